"""Reads decisions off what a person made of a ported file (engine; pure).

What stands where a region was is the answer to it; every other difference becomes an amendment,
with as much context as makes its lines the only ones of their kind. Nothing here is sure: a port
that goes by these decisions shows whether they say what the person did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from patchkit.diffing.alignment import Gap, align, gaps
from patchkit.model.report import (
    AMENDMENT,
    Held,
    HeldCause,
    Lines,
    PortedFile,
    Region,
    Settled,
    Sides,
)
from patchkit.model.resolutions import Answer, Question, Side

_OF_LINES = (HeldCause.OVERLAP, HeldCause.DOUBTFUL)

Lined = Sequence[bytes]
"""The lines of a file."""


def answers_learned(
    file: PortedFile, before: Lined, ported: Lined, wanted: Lined
) -> Iterator[tuple[Question, Answer]]:
    """Answers to the regions of a file from which `wanted` may come instead of `ported`.

    `before` is what ours had before the patch. A region that stands in `wanted` as it does in
    `ported` gets no answer.
    """
    made = tuple(gaps(align(before, ported), len(before), len(ported)))
    edits = tuple(gaps(align(ported, wanted), len(ported), len(wanted)))
    places = frozenset(path for path in (file.old_path, file.new_path) if path is not None)
    done = 0
    for region in sorted(file.regions, key=lambda region: region.ours.start):
        text = _text_now(region)
        start = None if text is None else _start_in(region, text, made, ported)
        if text is None or start is None:
            continue
        first, last = _image(start, start + len(text), edits)
        first, done = max(first, done), max(last, done)
        found = tuple(wanted[first:last])
        if found != text:
            sides = Sides(region.base.lines, region.theirs.lines, region.ours.lines)
            cause = HeldCause.OVERLAP
            if isinstance(region.settlement, Held):
                cause = region.settlement.cause
            yield Question(places, cause, sides), as_answer(found, sides)


def as_answer(lines: Lines, sides: Sides) -> Answer:
    """The side that these lines are, else the lines."""
    if lines == sides.ours:
        return Side.OURS
    return Side.THEIRS if lines == sides.theirs else lines


def amendments_learned(
    ported: Lined, wanted: Lined, is_free: Callable[[Lines, Lines], bool]
) -> tuple[tuple[Lines, Lines], ...] | None:
    """Lines that stand once in `ported` and what takes their place, one pair after the other, so
    that it becomes `wanted`; None where no context makes a place the only one.

    `is_free` says whether a pair may be used.
    """
    lines, pairs = list(ported), []
    edits = tuple(gaps(align(ported, wanted), len(ported), len(wanted)))
    for edit in reversed(edits):
        after = list(wanted[edit.ours_start : edit.ours_stop])
        pair = _with_context(lines, edit, after, is_free)
        if pair is None:
            return None
        pairs.append(pair)
        lines[edit.base_start : edit.base_stop] = after
    return tuple(pairs)


def _text_now(region: Region) -> Lines | None:
    """What the ported file has in the place of the region; None where that is no matter of
    lines."""
    match region.settlement:
        case Settled(rule, _, result):
            return None if rule == AMENDMENT else result
        case held:
            return region.ours.lines if held.cause in _OF_LINES else None


def _start_in(region: Region, text: Lines, made: Sequence[Gap], ported: Lined) -> int | None:
    """Where the region begins in the ported file; None where its text is not there."""
    at = region.ours.start - 1
    behind = sum(_growth(gap) for gap in made if gap.base_stop <= at and gap.base_start < at)
    inserted = sum(_growth(gap) for gap in made if gap.base_start == gap.base_stop == at)
    for start in (at + behind, at + behind + inserted):
        if tuple(ported[start : start + len(text)]) == text:
            return start
    return None


def _growth(gap: Gap) -> int:
    return gap.ours_stop - gap.ours_start - (gap.base_stop - gap.base_start)


def _image(start: int, stop: int, edits: Sequence[Gap]) -> tuple[int, int]:
    """What became of lines [start, stop): what was put in right at their ends belongs to it."""
    first, last = start, stop
    for gap in edits:
        is_insertion = gap.base_start == gap.base_stop
        if gap.base_stop < start or (gap.base_stop == start and not is_insertion):
            first += _growth(gap)
        elif gap.base_start <= start:
            first = gap.ours_start
        if gap.base_stop < stop:
            last += _growth(gap)
        elif gap.base_start < stop or (gap.base_start == stop and is_insertion):
            last = gap.ours_stop
    return first, max(first, last)


def _with_context(
    lines: list[bytes], edit: Gap, after: list[bytes], is_free: Callable[[Lines, Lines], bool]
) -> tuple[Lines, Lines] | None:
    start, stop = edit.base_start, edit.base_stop
    while True:
        before = tuple(lines[start:stop])
        pair = (before, (*lines[start : edit.base_start], *after, *lines[edit.base_stop : stop]))
        if before and is_free(*pair) and _count(before, lines) == 1:
            return pair
        if start == 0 and stop == len(lines):
            return None
        start, stop = max(start - 1, 0), min(stop + 1, len(lines))


def _count(wanted: Lines, lines: Sequence[bytes]) -> int:
    first, count = wanted[0], len(wanted)
    return sum(
        1
        for at in range(len(lines) - count + 1)
        if lines[at] == first and tuple(lines[at : at + count]) == wanted
    )
