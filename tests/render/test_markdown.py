"""report.md: short, within its limit, and nothing in it acts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from patchkit.model.report import Report, Status
from patchkit.render.markdown import report_markdown
from tests.strategies.reports import reports

from .hostile import HOSTILE, many
from .reports import REPORT

_LEAST = 6_000
_FENCE = re.compile(r"^ {2}(`{3,})$")
_DETAILS = re.compile(
    r"<details><summary>"
    r"((<code>[^<>]*</code>|Old stack against new): [a-z0-9, ]+|\d+ open findings?)</summary>"
)


def _outside_of_fences(text: str) -> list[str]:
    """The lines that are Markdown; every fence that opens must close."""
    lines: list[str] = []
    fence = None
    for line in text.split("\n"):
        found = _FENCE.fullmatch(line)
        if fence is None and found is not None:
            fence = found[1]
        elif fence is None:
            lines.append(line)
        elif found is not None and len(found[1]) >= len(fence):
            fence = None
    assert fence is None
    return lines


def _without_code(line: str) -> str:
    """The line without code spans, as CommonMark finds them: by runs of backticks of one length."""
    runs = list(re.finditer("`+", line))
    told, at = "", 0
    while runs:
        first = runs.pop(0)
        told += line[at : first.start()]
        end = next(one for one in runs if one[0] == first[0])
        runs = [one for one in runs if one.start() > end.start()]
        at = end.end()
    return told + line[at:]


def _assert_tame(text: str) -> None:
    """Nothing but the report's own tags and marks stands outside of code."""
    opened = 0
    for line in _outside_of_fences(text):
        if _DETAILS.fullmatch(line):
            opened += 1
        elif line == "</details>":
            opened -= 1
        else:
            bare = _without_code(line)
            assert not re.search(r"[<>@\[\]!&\\$~_^]|://|www\.", bare.replace("\\|", "")), line
            assert "#" not in bare.removeprefix("### "), line
    assert 0 == opened
    assert all(char in "\n\t" or unicodedata.category(char)[0] != "C" for char in text)


@given(reports)
def test_any_report_is_tame_and_short(report: Report) -> None:
    """Whatever a report holds, it is closed Markdown within the limit."""
    text = report_markdown(report, _LEAST)
    assert len(text.encode()) <= _LEAST
    _assert_tame(text)


def test_hostile_text_stays_text() -> None:
    """HTML, mentions, references, links, fences and direction marks are all shown, none acts."""
    text = report_markdown(HOSTILE)
    _assert_tame(text)
    assert "\n  ``````\n" in text
    assert "&lt;/details&gt;" in text
    assert "\\u202e" in text


@given(st.integers(_LEAST, 30_000), st.integers(1, 120))
def test_the_limit_is_kept(limit: int, count: int) -> None:
    """However many patches there are, it is not longer, and what was cut is said."""
    text = report_markdown(many(count), limit)
    assert len(text.encode()) <= limit
    _assert_tame(text)
    cut = "Cut for its length" in text
    shown = (
        text.count("<details><summary><code>") == count
        and "patches are not in the table" not in text
    )
    assert shown or cut


def test_the_most_important_comes_first() -> None:
    """A cause goes before a hundred consequences, with its three sides."""
    text = report_markdown(many(100), _LEAST)
    assert text.index("0003-held.patch`") < text.index("0000-later.patch`")
    assert "<<<<<<< ours: upstream 3.2.0" in text
    assert re.search(r"\*Cut for its length: .* not shown at all", text)


def test_wide_characters_count_as_bytes() -> None:
    """The limit is one of bytes, too."""
    report = Report(
        "包" * 500, "1" * 500, "2" * 500, "u", "注" * 5000,
        tuple(REPORT.patches), (), ("警" * 5000,) * 40,
    )  # fmt: skip
    assert len(report_markdown(report, _LEAST).encode()) <= _LEAST


def test_what_is_clean_is_only_counted() -> None:
    """A patch that needs no look has neither a row nor a section."""
    text = report_markdown(REPORT)
    assert "0001-same" not in text
    assert "1 unchanged" in text
    assert [status for status in Status if f"| **{status.value}** |" in text] == [
        Status.PARTIAL, Status.CONFLICTED
    ]  # fmt: skip


def test_a_limit_that_is_too_small() -> None:
    """Below a few thousand bytes there is nothing to be told."""
    with pytest.raises(ValueError, match="6000"):
        report_markdown(REPORT, _LEAST - 1)


def test_a_parser_of_markdown_agrees() -> None:
    """CommonMark with tables finds no link, no picture, and no HTML but the folds."""
    text = report_markdown(HOSTILE)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    flat = [one for token in tokens for one in (token, *(token.children or ()))]
    raw = "".join(one.content for one in flat if one.type in ("html_block", "html_inline"))
    names = set(re.findall(r"</?([^\s>]*)", raw))
    assert {"details", "summary", "code"} == names
    assert not {"link_open", "image"} & {one.type for one in flat}
    prose = "".join(one.content for one in flat if one.type == "text")
    assert not set("@#<>") & set(prose)
    assert 3 == sum(one.type == "tr_open" for one in flat) - 1
    # The sides, and behind them the suggestion or the result, of three regions.
    assert 6 == sum(one.type == "fence" for one in flat)
