"""What a condition in a source file says of one variant (pure).

A condition is true, false, or not to be told without the build (None)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from patchkit.model.variants import Axis, Variant

Truth: TypeAlias = "bool | None"
"""What is known of a condition."""


@dataclass(frozen=True)
class Target:
    """The variant that something is built for."""

    axis: Axis
    variant: Variant

    @cached_property
    def decided(self) -> dict[tuple[bytes, str], Truth]:
        """What is known of conditions that were asked for: the same ones stand in many files."""
        return {}

    def is_named_by(self, word: str) -> Truth:
        """Whether the word, taken whole, names this variant; None where it names none at all."""
        lower = word.lower()
        named = [one.name for one in self.axis.variants if lower in (one.name, *one.words)]
        if not named:
            named = [one.name for one in self.axis.variants if lower in one.broad]
        return self.variant.name in named if named else None

    def is_named_in(self, text: bytes) -> Truth:
        """Whether a name that is made of words, such as `CONFIG_X86_64`, names this variant."""
        named = self.axis.named_in(text)
        return self.variant.name in named if named else None


def negated(holds: Truth) -> Truth:
    """The opposite."""
    return None if holds is None else not holds


def all_hold(conditions: Iterable[Truth]) -> Truth:
    """Whether all of them are true.

    >>> all_hold([True, None]), all_hold([False, None]), all_hold([])
    (None, False, True)
    """
    given = list(conditions)
    if any(one is False for one in given):
        return False
    return None if any(one is None for one in given) else True


def any_holds(conditions: Iterable[Truth]) -> Truth:
    """Whether one of them is true.

    >>> any_holds([True, None]), any_holds([False, None]), any_holds([])
    (True, None, False)
    """
    return negated(all_hold(negated(one) for one in conditions))
