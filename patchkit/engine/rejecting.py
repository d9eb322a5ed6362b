"""Holds the hunks that do not apply to their own base (engine; pure)."""

from __future__ import annotations

from collections.abc import Sequence

from patchkit.diffing.placing import HunkPlace, nearest_place, positions_of
from patchkit.engine.versions import Version
from patchkit.model.patch import Hunk
from patchkit.model.report import Held, HeldCause, Region, Span


def rejected_regions(
    hunks: Sequence[Hunk], places: Sequence[HunkPlace | None], base: Version
) -> tuple[Region, ...]:
    """A held region for each hunk without a place, with the place in base that is most like it."""
    if None not in places:
        return ()
    regions: list[Region] = []
    positions = positions_of(base.lines)
    for number, (hunk, place) in enumerate(zip(hunks, places, strict=True), 1):
        if place is not None:
            continue
        near = nearest_place(hunk, positions)
        if near is None:
            where, found = "no line of it is in the file.", Span(1, ())
        else:
            where = (
                f"the nearest place is line {near.at + 1}, where {near.matching} of its "
                f"{near.expected} lines stand."
            )
            stop = min(near.at + len(hunk.old), len(base.lines))
            found = Span(near.at + 1, tuple(base.lines[near.at : stop]))
        note = f"Hunk {number} does not apply to its own base; {where}"
        regions.append(
            Region(
                len(regions) + 1,
                (number,),
                Span(max(hunk.old_start, 1), hunk.old),
                Span(max(hunk.new_start, 1), hunk.new),
                found,
                Held(HeldCause.REJECTED, note),
            )
        )
    return tuple(regions)
