"""The reference page of the rules says what the rules do: its examples are run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from patchkit.engine.policy import Policy
from patchkit.engine.rules import CERTAIN_RULES, RULES, Certainty, Rule
from patchkit.model.report import Lines, Settled, Sides, Status

from .making import file, numbered, plain_diff, port_one, why_held

PAGE = Path(__file__, "../../../docs/reference/rules.md").resolve().read_text("utf-8")
BEFORE, AFTER = numbered(9, "before"), numbered(9, "after")


@dataclass(frozen=True)
class Section:
    """What the page says of a rule."""

    certainty: str
    text: str
    sides: Sides
    result: Lines


def section_of(rule: Rule) -> Section:
    """The section of a rule, with its one example."""
    (text,) = re.findall(rf"^## {rule.name}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    (example,) = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    rows = ([cell.rstrip() for cell in f"{row} ".split("| ")] for row in example.splitlines())
    heads, *texts = rows
    assert ["base", "theirs", "ours", "result"] == heads
    base, theirs, ours, result = (_lines(column) for column in zip(*texts, strict=True))
    (certainty,) = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
    return Section(certainty.lower(), text, Sides(base, theirs, ours), result)


def _lines(cells: Iterable[str]) -> Lines:
    """The lines of a column; an empty cell is no line."""
    return tuple(cell.encode() + b"\n" for cell in cells if cell)


def _file(lines: Lines) -> bytes:
    return BEFORE + b"".join(lines) + AFTER


RULE = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])


def test_the_page_has_the_rules_in_their_order() -> None:
    """A section for each, in the order in which they are tried, and a line in the table."""
    names = [rule.name for rule in RULES]
    assert names == re.findall(r"^## ([a-z-]+)$", PAGE, re.MULTILINE)
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(#\1\) \| (\w+) \|", PAGE, re.MULTILINE)
    assert [(rule.name, rule.certainty.value) for rule in RULES] == rows


@RULE
def test_the_page_is_complete(rule: Rule) -> None:
    """Each section says whether the rule is certain, when it holds, and where it was seen."""
    section = section_of(rule)
    assert rule.certainty.value == section.certainty
    assert "\nReal: " in section.text


@RULE
def test_the_example_gives_the_result(rule: Rule) -> None:
    """The rule makes of the three sides what the page says."""
    section = section_of(rule)
    assert section.result == rule.settle(section.sides)


@RULE
def test_the_example_is_ported_so(rule: Rule) -> None:
    """In a file, the example comes to this rule and to no other; GNU patch proves the result."""
    section = section_of(rule)
    sides, expected = section.sides, section.result
    old, new = ({b"f": file(_file(side))} for side in (sides.base, sides.ours))
    patch = plain_diff("f", _file(sides.base), _file(sides.theirs))
    ported, whole = port_one(patch, old, new)
    if rule.certainty is Certainty.CERTAIN:
        assert Status.RESOLVED is ported.status or ported.status.is_dropped
        (region,) = ported.files[0].regions
        assert isinstance(region.settlement, Settled)
        assert rule.name == region.settlement.rule
    else:
        suggestion = why_held(ported).suggestion
        assert suggestion is not None
        assert rule.name == suggestion.rule
        assert new[b"f"] == whole.result[b"f"]
        policy = replace(Policy(), rules=(*CERTAIN_RULES, rule))
        ported, whole = port_one(patch, old, new, policy)
        assert Status.CONFLICTED is not ported.status
    assert file(_file(expected)) == whole.result[b"f"]
