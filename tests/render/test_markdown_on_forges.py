"""report.md through the renderer that GitHub uses: what it becomes on a page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import given

from patchkit.model.report import PortedPatch, Report, Status
from patchkit.render.markdown import report_markdown
from tests.strategies.reports import reports

from .hostile import HOSTILE, many
from .reports import REPORT

_OWN = {
    "h3", "p", "strong", "em", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul",
    "li", "details", "summary",
}  # fmt: skip
"""The elements that a report is made of; none of them can act."""


class _Page(HTMLParser):
    """Elements, and the text outside and inside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.prose = ""
        self.code = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if {"code", "pre"} & set(self.open):
            self.code += data
        else:
            self.prose += data


def _rendered(report: Report, limit: int = 65_000) -> _Page:
    html = cmarkgfm.github_flavored_markdown_to_html(
        report_markdown(report, limit), Options.CMARK_OPT_UNSAFE
    )
    return _Page(html)


@given(reports)
def test_any_report_becomes_elements_of_its_own_alone(report: Report) -> None:
    """Whatever it holds: every element is closed, none links, shows a picture or runs, and nothing
    that a forge would make a mention, a reference or an address of stands outside of code."""
    page = _rendered(report)
    assert [] == page.open
    assert set(page.tags) <= _OWN
    assert {name for name, _ in page.attributes} <= {"align"}
    assert not re.search(r"[@#]\w|://|www\.", page.prose)


def test_each_part_becomes_what_it_is_meant_to_be() -> None:
    """A table with its rows, folds with code in them, fences, and no mark that is left over."""
    page = _rendered(REPORT)
    assert 5 == page.tags.count("tr")
    assert 4 * 5 == page.tags.count("td") + page.tags.count("th")
    # Old against new, and the four patches that need a look.
    assert (5, 5) == (page.tags.count("details"), page.tags.count("summary"))
    assert page.tags.count("pre") >= 2
    assert "<<<<<<< ours: upstream 3.2.0" in page.code
    assert not re.search(r"[`|]|\*\*|<|>", page.prose)


def test_hostile_text_stays_text() -> None:
    """HTML, backticks, pipes, a mention, a reference and the end of a fold: all can be read, in
    code, and none becomes anything."""
    attack = "a|b`c</details><img src=x>@everyone #123 [x](http://a.invalid)"
    patch = PortedPatch(attack, Status.CONFLICTED, (), None, (f"It says {attack}.",))
    page = _rendered(replace(REPORT, patches=(patch,), package=attack, warnings=(attack,)))
    assert set(page.tags) <= _OWN
    assert 2 == page.tags.count("tr")
    assert 8 == page.tags.count("td") + page.tags.count("th")
    assert attack in page.code
    assert not re.search(r"[@#]\w|img|details", page.prose)
    hostile = _rendered(HOSTILE)
    assert ([], True) == (hostile.open, set(hostile.tags) <= _OWN)


def test_a_report_that_was_cut_is_whole() -> None:
    """Every fold that is shown is closed; the line that says what was cut is outside of them."""
    page = _rendered(many(200), 8_000)
    assert [] == page.open
    assert "Cut for its length" in page.prose
