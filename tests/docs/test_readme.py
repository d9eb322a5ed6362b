"""The README's figures are those of the pages that measured them."""

from __future__ import annotations

from tests.cli.running import REPOSITORY

_QUALITY = ("patchkit", "quilt, fuzz 2", "git am -3", "git cherry-pick", "wiggle")
_SPEED = ("`patchkit rebase`", "`quilt push -a -q`", "`git am -3`", "`git cherry-pick` loop", None)
_FROM = (
    ("reference/port-quality.md", "### development", "right", _QUALITY),
    ("reference/port-quality.md", "### set-aside", "right", _QUALITY),
    ("reference/port-quality.md", "### set-aside", "silently wrong", _QUALITY),
    ("explanation/performance.md", "### Wall time, seconds", "50k-1000", _SPEED),
    ("explanation/performance.md", "### Wall time, seconds", "qemu", _SPEED),
    ("explanation/performance.md", "### Wall time, seconds", "ppp", _SPEED),
)
"""Of each row of the comparison: page, heading, column, and the rows there, in the README's order
of the tools."""


def test_the_comparison_is_as_it_was_measured() -> None:
    """Each row has the figures of one column of another page."""
    _, *rows = _table((REPOSITORY / "README.md").read_text("utf-8"), "<!-- compared")
    assert len(_FROM) == len(rows)
    for row, (page, heading, column, tools) in zip(rows, _FROM, strict=True):
        heads, *others = _table((REPOSITORY / "docs" / page).read_text("utf-8"), heading)
        at = heads.index(column)
        found = {one[0]: one[at] for one in others}
        measured = [found[tool] if tool else "" for tool in tools]
        assert measured == [cell.strip("*") for cell in row[1:]], row[0]


def _table(text: str, heading: str) -> list[list[str]]:
    """The first table behind a heading, without the line below its heads."""
    behind = text.partition(heading)[2]
    assert behind, heading
    lines = behind[behind.index("\n|") + 1 :].partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]
