"""Rules that settle a region without a person (engine; pure).

A rule gets the three sides of a region and gives the text that ours shall have there, or None where
its precondition does not hold. Only *certain* rules stand here: their result is the only one that
both sides could have meant. What a rule settled is shown as `resolved`, for review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchkit.model.report import Lines, Sides


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. `settle` gives the lines for ours or None; `note` says to a person what it
    did."""

    name: str
    note: str
    settle: Callable[[Sides], Lines | None]


def _identical(sides: Sides) -> Lines | None:
    return sides.ours if sides.ours == sides.theirs else None


IDENTICAL = Rule("identical", "Upstream made exactly this change already.", _identical)

CERTAIN_RULES: Sequence[Rule] = (IDENTICAL,)
"""The rules that are applied, in this order."""
