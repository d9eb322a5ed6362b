"""What a reviewer does with `report.html`, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from patchkit.model.report import Report, Status
from patchkit.render.html import report_html
from tests.browser.conftest import Opens
from tests.browser.stacks import EVIL, hostile_report, large_report
from tests.render.reports import REPORT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_HELD = ("0007", "0008", "0013", "0014")


def shown(page: Page) -> list[str]:
    """The numbers in the names of the patches that the page shows."""
    names = page.locator("details.patch:not([hidden]) .name").all_text_contents()
    return [name[:4] for name in names]


def told(page: Page, text: str) -> None:
    """Wait until the live region says this."""
    page.locator("#told", has_text=text).wait_for()


def open_patches(page: Page) -> Sequence[str]:
    """The numbers of the patches that are unfolded."""
    return [name[:4] for name in page.locator("details.patch[open] .name").all_text_contents()]


def test_a_person_sees_first_what_is_left_to_do(opened: Opens, kata: Report) -> None:
    """The overview, a cell for each patch, and only what needs somebody unfolded."""
    page = opened(kata)
    assert "settle 5 held regions" in page.locator(".next").inner_text()
    cells = page.locator(".strip a text").all_text_contents()
    assert (18, 1) == (len(cells), cells.count("Co"))
    assert [*_HELD] == open_patches(page)
    assert page.locator(".region.open .side").first.is_visible()


def test_the_filter_leaves_what_is_ticked(opened: Opens, kata: Report) -> None:
    """By one status, by the button for the open ones, and back."""
    page = opened(kata)
    page.get_by_role("checkbox", name="8 unchanged").uncheck()
    told(page, "10 of 18 patches shown")
    page.get_by_role("button", name="Only open").click()
    told(page, "4 of 18 patches shown")
    assert [*_HELD] == shown(page)
    page.get_by_role("button", name="All", exact=True).click()
    told(page, "18 of 18 patches shown")


def test_search_finds_names_files_and_text(opened: Opens, kata: Report) -> None:
    """Also what is folded; all words must be there; nothing found is said."""
    page = opened(kata)
    for words, found in (
        ("virtiofsd", "0007"),
        ("src/agent linux_abi.rs", "0011"),
        ("hot-plugged uevents", "0011"),
    ):
        page.get_by_label("Search").fill(words)
        page.locator("details.patch[hidden]").first.wait_for(state="attached")
        page.wait_for_timeout(200)
        assert found in shown(page), words
        assert len(shown(page)) < 18
    page.get_by_label("Search").fill("no patch says this")
    page.get_by_text("No patch is left by the filter").wait_for()


def test_keys_step_through_the_open_regions(opened: Opens, kata: Report) -> None:
    """`n` and `p` unfold what they go to, put the focus there and go round; a typed n is text."""
    page = opened(kata)
    page.get_by_role("button", name="Fold all", exact=True).click()
    for number in (1, 2, 3, 4, 5, 1):
        page.keyboard.press("n")
        told(page, f"Open region {number} of 5")
    page.keyboard.press("p")
    told(page, "Open region 5 of 5")
    assert ["0014"] == open_patches(page)[-1:]
    focused = page.evaluate("document.activeElement.className")
    assert "region open current" == focused
    page.keyboard.press("/")
    page.keyboard.type("n")
    assert "n" == page.get_by_label("Search").input_value()


def test_a_cell_leads_to_its_patch_even_when_it_is_filtered_away(
    opened: Opens, kata: Report
) -> None:
    """The link unfolds it and takes filter and search back."""
    page = opened(kata)
    page.get_by_role("button", name="Only open").click()
    page.locator('[data-cell="p11"]').click()
    page.locator("#p11[open]").wait_for()
    assert page.locator("#p11 .mail .subject").is_visible()
    assert 18 == len(shown(page))


def test_fold_unfold_and_a_settled_region(opened: Opens, kata: Report) -> None:
    """All at once; a region that a rule settled says which, and shows its result."""
    page = opened(kata)
    page.get_by_role("button", name="Unfold all").click()
    assert 18 == len(open_patches(page))
    settled = page.locator("#p11 details.region")
    settled.locator("summary").first.click()
    assert settled.locator(".side.result .code").is_visible()
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert [] == open_patches(page)


def test_the_theme_follows_the_system_and_the_switch(opened: Opens, kata: Report) -> None:
    """Light and dark from the system, and by choice against it."""
    page = opened(kata)

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    page.emulate_media(color_scheme="dark")
    dark = background()
    assert light != dark
    page.get_by_label("Theme").select_option("light")
    assert light == background()


def test_the_words_that_each_side_changed_are_marked(opened: Opens, kata: Report) -> None:
    """Not by colour alone: what the patch brought is underlined, other elements say it too."""
    page = opened(kata)
    region = page.locator("#p8 .region.open").first
    assert ["riscv64" in text for text in region.locator("ins.it").all_text_contents()] == [
        True
    ] * 2
    assert re.search(r"\+build", region.locator("del.do, del.db").first.text_content() or "")


def test_the_command_is_there_to_copy(opened: Opens, kata: Report) -> None:
    """Exactly what `patchkit resolve` takes; where copying is refused, it is selected."""
    page = opened(kata)
    command = page.locator("#p7 .command").first
    command.get_by_role("button").click()
    told(page, ": patchkit resolve 0007-")
    assert command.get_by_role("button").inner_text() in ("Copied", "Selected")


def test_hostile_text_runs_nothing(opened: Opens) -> None:
    """Markup in every name, path, line and note is text: no dialog, no element, no request."""
    page = opened(hostile_report())
    page.get_by_role("button", name="Unfold all").click()
    assert 0 == page.locator("img").count()
    visible = EVIL.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")
    assert visible in page.locator("#p1 .name").inner_text()
    page.keyboard.press("n")
    page.get_by_label("Search").fill("</script>")
    told(page, "2 of 2 patches shown")


def test_without_a_script_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    """No control that does nothing is shown, and the held regions stand open."""
    place = tmp_path / "report.html"
    place.write_bytes(report_html(hostile_report()))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.as_uri())
    assert not page.locator("#controls").is_visible()
    assert page.locator(".region.open .side").first.is_visible()
    context.close()


def test_print_shows_all_and_no_controls(opened: Opens, kata: Report) -> None:
    """What is folded on the screen is on paper."""
    page = opened(kata)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator("#controls").is_visible()
    assert page.locator("#p1 .mail .subject").is_visible()
    assert page.locator("#p11 .side.result").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert [*_HELD] == open_patches(page)


def test_a_narrow_screen_has_the_sides_below_each_other(opened: Opens, kata: Report) -> None:
    """And nothing makes the page wider than the screen."""
    page = opened(kata)
    page.set_viewport_size({"width": 400, "height": 800})
    boxes = [side.bounding_box() for side in page.locator("#p8 .region.open .side").all()[:3]]
    lefts = {round(box["x"]) for box in boxes if box}
    assert 1 == len(lefts)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_stack_of_500_patches_is_searched_and_walked(opened: Opens) -> None:
    """What is out of sight is not laid out, so it opens at once."""
    report = large_report(500)
    page = opened(report)
    assert 500 == page.locator("details.patch").count()
    assert "auto" == page.evaluate(
        "getComputedStyle(document.querySelector('details.patch')).contentVisibility"
    )
    page.locator("#search").fill("0123-change")
    told(page, "of 500 patches shown")
    assert "0123" in shown(page)
    page.locator("#search").fill("")
    told(page, "500 of 500 patches shown")
    page.locator("#next").click()
    told(page, f"Open region 1 of {report.held}")
    assert "hidden" == _visibility(page, 'path[data-from="p200"]')
    page.locator('[data-cell="p200"]').hover()
    for lit in ('path[data-from="p200"]', 'path[data-to="p200"]'):
        assert "visible" == _visibility(page, lit)
    page.locator('[data-cell="p300"]').hover()
    assert "hidden" == _visibility(page, 'path[data-from="p200"]')
    assert report.counts[Status.BROKEN]


def _visibility(page: Page, selector: str) -> str:
    found = page.locator(selector)
    return str(found.evaluate("element => getComputedStyle(element).visibility"))


def test_old_stack_against_new_is_unfolded_from_the_patch_and_back(
    opened: Opens, kata: Report
) -> None:
    """From the section of a patch to its inner diff, also where that is folded twice, and back."""
    page = opened(kata)
    page.get_by_role("link", name="changed (1 file)").first.click()
    page.locator("#c13[open]").wait_for()
    assert page.locator("#c13 .diff").is_visible()
    page.locator("#c13").get_by_role("link", name="How it was ported").click()
    page.locator("#p13 > summary:focus").wait_for()
    page.get_by_role("button", name="Unfold all").click()
    page.locator("#p10").get_by_role("link", name="context").click()
    page.locator("#c10[open]").wait_for()
    assert page.locator("#c10 .diff").is_visible()
    assert "8 same, 6 context, 3 changed, 1 dropped" in page.locator("#against").inner_text()


def test_a_reader_adds_what_the_commands_need(opened: Opens, kata: Report) -> None:
    """What is typed stands behind every command, what is copied too, and goes when it is taken
    away."""
    page = opened(kata)
    before = page.locator(".command code").all_text_contents()
    field = page.get_by_label("Add to each command")
    field.fill("--out 'a b'")
    assert [f"{text} --out 'a b'" for text in before] == page.locator(
        ".command code"
    ).all_text_contents()
    page.locator("#p7 .command").first.get_by_role("button").click()
    told(page, "--out 'a b'")
    field.fill("")
    assert before == page.locator(".command code").all_text_contents()


def test_the_keyboard_alone_is_enough(opened: Opens, kata: Report) -> None:
    """Skip link, controls, one stop for the picture with arrows in it, filter, folds: each is
    reached by tab, says what it is, and does its work."""
    page = opened(kata)
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(str(page.evaluate(_FOCUSED)))
        if stops[-1].startswith("SUMMARY 1 "):
            break
    order = [
        "A Skip to the patches", "INPUT Search", "BUTTON Previous", "BUTTON Next open region",
        "BUTTON Unfold all", "BUTTON Fold all", "SELECT Theme", "a 0001-", "INPUT Un 8 unchanged",
        "BUTTON Only open", "INPUT Add to each command", "A 0007-", "SUMMARY ! 0008-", "SUMMARY 1 ",
    ]  # fmt: skip
    found = [next((at for at, stop in enumerate(stops) if stop.startswith(one)), -1)
             for one in order]  # fmt: skip
    assert -1 not in found, (order, stops)
    assert sorted(found) == found
    page.keyboard.press("Enter")
    assert "0001" in open_patches(page)
    page.locator('[data-cell="p1"]').focus()
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    assert "p17" == page.evaluate("document.activeElement.dataset.cell")
    page.keyboard.press("Enter")
    page.locator("#p17[open] > summary:focus").wait_for()


_FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels[0];
  const name = label || at;
  return at.tagName + " " + (at.title || name.textContent).trim().replace(/\\s+/g, " ");
}"""


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, kata: Report, tmp_path: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    """Contrast, names, roles and structure, with all unfolded, in both themes; of the real port and
    of a report with something of everything."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    place = tmp_path / "report.html"
    # The page itself lets no other script run.
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    for report in (kata, REPORT):
        place.write_bytes(report_html(report))
        page.goto(place.as_uri())
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found = axe.run(page).response["violations"]
        assert [] == [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    context.close()
