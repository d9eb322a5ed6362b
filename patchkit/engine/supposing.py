"""What would be, had the held regions of a file been taken from their patches (engine; pure).

So a later region that is held can be told from one that is so only because an earlier one was: the
latter merges into the supposed file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.alignment import align
from patchkit.diffing.edits import Edit
from patchkit.diffing.merging import Clear, Meeting, Step, merge
from patchkit.engine.policy import Policy
from patchkit.engine.settling import ruled_lines
from patchkit.model.report import Lines, Sides


@dataclass(frozen=True, slots=True)
class Supposed:
    """The supposed file after a patch, and the indexes of its hunks that conflict even there."""

    lines: Lines
    conflicting: frozenset[int]


def supposed(
    edits: Sequence[Edit], base: Sequence[bytes], before: Sequence[bytes], policy: Policy
) -> Supposed:
    """Merge the edits of base into the supposed file `before`, taking what conflicts there too."""
    conflicting: set[int] = set()
    parts: list[tuple[int, int, Lines]] = []
    for step in merge(edits, base, before, align(base, before)):
        match step:
            case Clear(edit, at):
                parts.append((at, at + edit.stop - edit.start, edit.added))
            case Meeting():
                lines = _ruled(step, base, before, policy)
                if lines is None:
                    conflicting.update(edit.hunk for edit in step.edits)
                parts.append(
                    (step.ours_start, step.ours_stop, step.theirs if lines is None else lines)
                )
    return Supposed(_replaced(before, parts), frozenset(conflicting))


def taken_from_patch(ours: Sequence[bytes], steps: Sequence[tuple[Step, Lines]]) -> Lines:
    """ours with each step in: the lines that come with a clear or settled one, and what the patch
    makes of a held one."""
    parts = []
    for step, lines in steps:
        match step:
            case Clear(edit, at):
                parts.append((at, at + edit.stop - edit.start, lines))
            case Meeting():
                parts.append((step.ours_start, step.ours_stop, lines))
    return _replaced(ours, parts)


def _ruled(
    met: Meeting, base: Sequence[bytes], before: Sequence[bytes], policy: Policy
) -> Lines | None:
    sides = Sides(
        tuple(base[met.base_start : met.base_stop]),
        met.theirs,
        tuple(before[met.ours_start : met.ours_stop]),
    )
    settled = ruled_lines(sides, policy)
    return None if settled is None else settled.result


def _replaced(lines: Sequence[bytes], parts: Sequence[tuple[int, int, Lines]]) -> Lines:
    result: list[bytes] = []
    at = 0
    for start, stop, text in parts:
        result += [*lines[at:start], *text]
        at = stop
    return (*result, *lines[at:])
