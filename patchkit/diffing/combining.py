"""Combines the changes of two sides of a region, where they are different enough (pure).

Both sides are compared with base. Two changes are *apart* when they touch no common line, though
they may touch each other; a change of ours is *inside* when theirs deletes all that stands around
it. Units are lines, or the words of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from patchkit.diffing.alignment import Gap, align, gaps

Units = tuple[bytes, ...]

_MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Changes:
    """What two sides did to base, each in order."""

    base: Units
    theirs: Units
    ours: Units
    of_theirs: tuple[Gap, ...]
    of_ours: tuple[Gap, ...]

    @classmethod
    def of(cls, base: Units, theirs: Units, ours: Units) -> Changes:
        """Compare both sides with base."""
        return cls(base, theirs, ours, changed(base, theirs), changed(base, ours))


def changed(before: Units, after: Units) -> tuple[Gap, ...]:
    """The changes between two texts."""
    return tuple(gaps(align(before, after), len(before), len(after)))


def are_apart(one: Gap, two: Gap) -> bool:
    """Whether two changes have no unit of base in common, and do not both insert at one place."""
    if one.base_stop == two.base_start and two.base_stop == one.base_start:
        return False
    return one.base_stop <= two.base_start or two.base_stop <= one.base_start


def is_inside(change: Gap, deletion: Gap) -> bool:
    """Whether a change leaves alone what stands at both ends of a deletion around it."""
    is_deletion = deletion.ours_start == deletion.ours_stop
    return (
        is_deletion
        and deletion.base_start < change.base_start
        and change.base_stop < deletion.base_stop
    )


def combined(
    changes: Changes, is_covered: Callable[[Gap, Gap], bool] = lambda _ours, _theirs: False
) -> Units | None:
    """base with the changes of both sides; None where two of them are not apart.

    `is_covered` says of a change of ours and one of theirs that the latter takes its place.
    """
    if len(changes.of_ours) * len(changes.of_theirs) > _MOST_PAIRS:
        return None
    covered = set()
    for ours, theirs in product(changes.of_ours, changes.of_theirs):
        if is_covered(ours, theirs):
            covered.add(ours)
        elif not are_apart(ours, theirs):
            return None
    kept = [(change, changes.ours) for change in changes.of_ours if change not in covered]
    kept += [(change, changes.theirs) for change in changes.of_theirs]
    return tuple(_applied(changes.base, kept))


def _applied(base: Units, parts: Sequence[tuple[Gap, Units]]) -> Iterator[bytes]:
    at = 0
    for gap, side in sorted(parts, key=lambda part: (part[0].base_start, part[0].base_stop)):
        yield from base[at : gap.base_start]
        yield from side[gap.ours_start : gap.ours_stop]
        at = gap.base_stop
    yield from base[at:]
