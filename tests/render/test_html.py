"""`report.html` as a file: self-contained, the same each time, and safe whatever it shows.
What it does in a browser is tested in `tests/browser`."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.model.dependencies import BondKind, Dependencies, Reason, bond
from patchkit.model.report import PortedPatch, Report, Status
from patchkit.render.html import report_html
from patchkit.render.html.code import MOST_LINES, code_html, shown_lines
from patchkit.render.html.header import patch_header
from patchkit.render.html.words import changed_words
from tests.browser.stacks import EVIL, hostile_report
from tests.render.kata import kata_report
from tests.render.reports import REPORT
from tests.strategies.reports import reports

REPOSITORY = Path(__file__).parents[2]
_FOREIGN = {"img", "iframe", "object", "embed", "link", "base", "form", "video", "audio", "image"}


class _Page(HTMLParser):
    """The tags, the attributes and the text of a page; style and script are no text."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._text: list[str] = []
        self._inside = ""
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self._text.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).split())


@settings(max_examples=40, deadline=None)
@given(reports)
def test_any_report_becomes_a_page_of_its_own(report: Report) -> None:
    """Whatever bytes a report holds: no element, handler or address comes from them, and the same
    report gives the same bytes."""
    html = report_html(report)
    page = _Page(html)
    assert not _FOREIGN & set(page.tags)
    assert (1, 1) == (page.tags.count("script"), page.tags.count("style"))
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert all((value or "").startswith("#") for name, value in page.attributes if name == "href")
    assert "src" not in dict(page.attributes)
    assert html == report_html(report)


def test_hostile_text_stays_text() -> None:
    """Each text of a report that could break out is shown as it is, marks of direction and
    escape sequences made visible."""
    html = report_html(hostile_report())
    assert (b"<img" not in html, html.count(b"</script>")) == (True, 1)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", html.decode())
    assert EVIL.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b") in _Page(html).text


def test_the_policy_lets_only_its_own_style_and_script_run() -> None:
    """Everything is refused but what has the digest of the style and script in the page."""
    html = report_html(REPORT).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert 2 == len(re.findall(r"(?:style|script)-src &#39;sha256-", policy))
    assert not re.search(r"url\(|@import|https?://(?!example)", html)


def test_every_region_has_its_sides_its_reason_and_its_command() -> None:
    """The report with something of everything: what stands there of a held region."""
    text = _Page(report_html(REPORT)).text
    assert "Region 1, hunks 2 and 3: held (overlap)" in text
    assert "patchkit resolve 0003-held.patch:src/y.go:1" in text
    assert "settled by the rule identical" in text
    assert "a file that is 87 % similar stands there" in text
    assert "40 more lines, see report.json." in text
    assert "0006-virt.patch" in text
    assert "unlisted.patch is not in the series." in text


def test_a_consequence_and_its_cause_link_to_each_other() -> None:
    """As far as the report has the cause."""
    html = report_html(hostile_report()).decode()
    assert 'This is a consequence of <a href="#p1f1r1">' in html
    assert '<li><a href="#p1f1r1">' in html


def test_dependencies_are_lines_in_the_picture_and_links_in_the_sections() -> None:
    """One for each bond; both ends say it, with the reason; a report that knows none has none."""
    html = report_html(REPORT).decode()
    assert '<path class="arc need" data-from="p4" data-to="p3"' in html
    assert '<path class="arc order" data-from="p5" data-to="p1"' in html
    text = _Page(report_html(REPORT)).text
    assert "Needs 0003-held.patch (lines: src/x.go)" in text
    assert "Needed by 0004-later.patch (lines: src/x.go)" in text
    assert "Stays behind 0001-same.patch (order: r.go)" in text
    assert "it may need more than is known here" in text
    assert 'class="arc need"' not in report_html(replace(REPORT, dependencies=None)).decode()


def test_many_lines_are_drawn_one_patch_at_a_time() -> None:
    """More than can be told apart are hidden until a patch is pointed at."""
    names = tuple(f"{number}.patch" for number in range(70))
    bonds = tuple(bond(name, names[0], [Reason(BondKind.FILE, b"x")]) for name in names[1:])
    patches = tuple(PortedPatch(name, Status.UNCHANGED, (), b"") for name in names)
    report = replace(REPORT, patches=patches, dependencies=Dependencies(names, bonds))
    page = report_html(report).decode()
    assert 'class="strip crowded"' in page
    assert "and 61 more" in page
    assert 'class="strip"' in report_html(REPORT).decode()


def test_old_stack_against_new() -> None:
    """Counted, what changed first, the inner diff with both markers, and links both ways."""
    page = _Page(report_html(REPORT))
    assert "2.5.1 -> 3.2.0: 5 patches: 2 same, 1 context, 1 changed, 1 dropped." in page.text
    assert "< 0004-later.patch dropped (left out, conflicts)" in page.text
    assert "+One more word." in page.text
    assert "-+b ++caf\\xe9" in page.text
    assert "1 in other surroundings" in page.text
    links = [value for name, value in page.attributes if name == "href"]
    assert {"#p3", "#p4", "#c3", "#c4"} <= set(links)
    assert "Old stack against new" not in _Page(report_html(replace(REPORT, comparison=None))).text


def test_a_patch_that_is_held_whole_has_its_header() -> None:
    """What it was for is what a person has to know to settle it."""
    patch = PortedPatch("a.patch", Status.CONFLICTED, (), None, head=b"Subject: Why\n\nBecause.\n")
    text = _Page(report_html(replace(REPORT, patches=(patch,)))).text
    assert "Why" in text
    assert "Because." in text


def test_words_are_marked_where_lines_are_alike() -> None:
    """Only the words that differ; whole lines where hardly anything is common."""
    changes = changed_words("keep\nif (a == 1)\n", "keep\nif (a == 22)\n")
    assert (((14, 15),), ((14, 16),)) == (changes.gone, changes.come)
    assert ((0, 8),) == changed_words("alpha b\n", "other text here\n").gone


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_not_marked_is_common(old: str, new: str) -> None:
    """Both texts without their marked stretches are the same but for blanks."""
    changes = changed_words(old, new)

    def left(text: str, stretches: tuple[tuple[int, int], ...]) -> str:
        for start, stop in reversed(stretches):
            text = text[:start] + text[stop:]
        return "".join(text.split())

    assert left(old, changes.gone) == left(new, changes.come)


def test_code_keeps_its_text_whatever_its_language() -> None:
    """Colours and numbers add elements, never characters; long lines and long texts are cut."""
    lines = (b"int main(void) { return 0; } /* <b> & */\n", b"\tlast")
    html = code_html(shown_lines(lines, 7), b"src/main.c")
    assert '<span class="l" data-n="8">' in html
    assert "\\ No newline at end of file" in html
    assert html.striptags().startswith("int main(void) { return 0; } /* <b> & */ last")
    assert MOST_LINES == shown_lines((b"x\n",) * 99).text.count("\n")
    assert "(600 more characters)" in shown_lines((b"y" * 1000,)).text


@pytest.mark.parametrize(
    ("head", "subject", "message"),
    [
        (b"From: A\nSubject: [PATCH 3/4] net: a\n b\n\nWhy.\n---\n x | 1\n", "net: a b", "Why."),
        (b"Description: short\n long\nForwarded: no\n", "short", " long"),
        (b"Just words.\n", "", "Just words."),
        (b"Subject: =?utf-8?q?caf=C3=A9?=\n\n", "café", ""),
    ],
)  # fmt: skip
def test_the_head_of_a_patch_is_read(head: bytes, subject: str, message: str) -> None:
    """A mail, DEP-3 fields, free text, encoded words."""
    header = patch_header(head + b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
    assert (subject, message) == (header.subject, header.message)


def test_a_report_without_patches_is_a_page() -> None:
    """Nothing to show is shown."""
    assert b"Overview" in report_html(Report("p", "1", "2", "u", "", ()))
    only = PortedPatch("a.patch", Status.UPSTREAMED, (), None)
    assert b"The new upstream has exactly this" in report_html(
        Report("p", "1", "2", "u", "", (only,))
    )


def test_the_sample_in_the_documents_is_up_to_date(tmp_path: Path) -> None:
    """But for its colours, which another Pygments may choose otherwise. Made anew with
    `python -m tests.render.sample`."""
    sample = (REPOSITORY / "docs/samples/kata-report.html").read_bytes()
    assert _Page(report_html(kata_report(tmp_path))).text == _Page(sample).text
