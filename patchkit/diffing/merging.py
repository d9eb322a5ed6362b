"""Three-way merge of a patch's edits into another version of the file (pure).

base is the file that the patch was made for, ours the file that it shall go into; the alignment
says which lines of the two are the same. An edit all around which (one line to each side) the two
are the same is *clear*: its place in ours follows by counting. The others *meet* upstream's
changes, as in git merge: changes of both sides that overlap or touch. All that touches each other
is one meeting."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from patchkit.diffing.alignment import Block, Gap, coalesce, gaps
from patchkit.diffing.edits import Edit
from patchkit.diffing.twins import LONGEST_SLIDE, are_twins


@dataclass(frozen=True, slots=True)
class Clear:
    """An edit that meets nothing; `at` is the index in ours where its first line goes."""

    edit: Edit
    at: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Edits of the patch and changes of upstream that touch: one region of the file.

    The region is lines [base_start, base_stop) of base and [ours_start, ours_stop) of ours;
    `theirs` is what the edits make of it."""

    edits: tuple[Edit, ...]
    base_start: int
    base_stop: int
    ours_start: int
    ours_stop: int
    theirs: tuple[bytes, ...]


Step: TypeAlias = Clear | Meeting

_NEAR = 6


def merge(
    edits: Sequence[Edit], base: Sequence[bytes], ours: Sequence[bytes], blocks: Sequence[Block]
) -> tuple[Step, ...]:
    """Carry edits of base over to ours; the steps come in the order of the file."""
    changes = tuple(gaps(blocks, len(base), len(ours)))
    groups = _groups(edits, changes, base, ours)
    steps: list[Step] = []
    for cluster in _clusters(groups):
        single = [_step(group, changes, base, blocks) for group in cluster]
        steps += _whole_if_identical(single, reduce(_joined, cluster), changes, base, ours)
    if not steps or not changes:
        return tuple(steps)
    everything = reduce(_joined, groups)
    start = min(everything.start, changes[0].base_start)
    stop = max(everything.stop, changes[-1].base_stop)
    everything = _Group(everything.edits, start, stop, everything.meets)
    return tuple(_whole_if_identical(steps, everything, changes, base, ours))


def realign(
    steps: Sequence[tuple[Step, Sequence[bytes], Sequence[Block]]], blocks: Sequence[Block]
) -> tuple[Block, ...]:
    """The alignment after the steps were taken.

    Each step comes with the lines that ours has now in its place and, for a meeting, with the
    alignment of its `theirs` with those lines. base has every edit in, whatever became of it in
    ours."""
    moved: list[Block] = []
    base_at = 0
    base_shift = ours_shift = 0
    for step, lines, inner in steps:
        match step:
            case Clear(edit, at):
                base_start, base_stop, ours_start = edit.start, edit.stop, at
                ours_stop = at + (edit.stop - edit.start)
                theirs_count = len(edit.added)
                inner = (Block(0, 0, theirs_count),)
            case Meeting():
                base_start, base_stop = step.base_start, step.base_stop
                ours_start, ours_stop = step.ours_start, step.ours_stop
                theirs_count = len(step.theirs)
        moved.extend(_clipped(blocks, base_at, base_start, base_shift, ours_shift))
        moved.extend(
            _shifted(block, base_start + base_shift, ours_start + ours_shift) for block in inner
        )
        base_shift += theirs_count - (base_stop - base_start)
        ours_shift += len(lines) - (ours_stop - ours_start)
        base_at = base_stop
    moved.extend(_clipped(blocks, base_at, None, base_shift, ours_shift))
    return coalesce(moved)


def _shifted(block: Block, base: int, ours: int) -> Block:
    return Block(block.base + base, block.ours + ours, block.count)


def _clipped(
    blocks: Sequence[Block], start: int, stop: int | None, base_shift: int, ours_shift: int
) -> list[Block]:
    """The parts of the blocks in base lines [start, stop), moved."""
    kept = []
    first = max(bisect_right(blocks, start, key=_base_start) - 1, 0)
    for block in blocks[first:]:
        if stop is not None and block.base >= stop:
            break
        low = max(block.base, start)
        high = block.base + block.count if stop is None else min(block.base + block.count, stop)
        if low < high:
            ours = block.ours + low - block.base + ours_shift
            kept.append(Block(low + base_shift, ours, high - low))
    return kept


def _base_start(block: Block) -> int:
    return block.base


def _position(blocks: Sequence[Block], base_at: int) -> int:
    """The index in ours of a base line (or of the end of a block) that is paired."""
    if not blocks:
        return base_at  # both files are empty
    block = blocks[max(bisect_right(blocks, base_at, key=_base_start) - 1, 0)]
    return block.ours + base_at - block.base


@dataclass(frozen=True, slots=True)
class _Group:
    """Edits that hang together, and the base lines [start, stop) that they and what they meet
    cover."""

    edits: tuple[Edit, ...]
    start: int
    stop: int
    meets: bool


def _groups(
    edits: Sequence[Edit], changes: Sequence[Gap], base: Sequence[bytes], ours: Sequence[bytes]
) -> list[_Group]:
    """Edits with the changes they meet; what overlaps is one group, in the order of the file."""
    found: list[_Group] = []
    first_near = 0
    for edit in edits:
        while (
            first_near < len(changes) and changes[first_near].base_stop + LONGEST_SLIDE < edit.start
        ):
            first_near += 1
        met = []
        for change in changes[first_near:]:
            if change.base_start > edit.stop + LONGEST_SLIDE:
                break
            if _touch(edit, change) or are_twins(edit, change, base, ours):
                met.append(change)
        start = min([edit.start, *(change.base_start for change in met)])
        stop = max([edit.stop, *(change.base_stop for change in met)])
        group = _Group((edit,), start, stop, bool(met))
        while found and _belong_together(found[-1], group):
            group = _joined(found.pop(), group)
        found.append(group)
    return found


def _joined(one: _Group, two: _Group) -> _Group:
    start, stop = min(one.start, two.start), max(one.stop, two.stop)
    return _Group((*one.edits, *two.edits), start, stop, one.meets or two.meets)


def _clusters(groups: Sequence[_Group]) -> list[list[_Group]]:
    """The groups, those together that follow each other nearby or share a hunk."""
    clusters: list[list[_Group]] = []
    for group in groups:
        last = clusters[-1][-1] if clusters else None
        if last is not None and (
            group.start - last.stop <= _NEAR or group.edits[0].hunk == last.edits[-1].hunk
        ):
            clusters[-1].append(group)
        else:
            clusters.append([group])
    return clusters


def _step(
    group: _Group, changes: Sequence[Gap], base: Sequence[bytes], blocks: Sequence[Block]
) -> Step:
    if group.meets:
        return _meeting(group, changes, base)
    (edit,) = group.edits
    return Clear(edit, _position(blocks, edit.start))


def _whole_if_identical(
    steps: Sequence[Step],
    group: _Group,
    changes: Sequence[Gap],
    base: Sequence[bytes],
    ours: Sequence[bytes],
) -> Sequence[Step]:
    """One meeting of the whole group in place of its steps, if upstream made exactly that.

    The diff that the patch is may pair lines otherwise than the alignment does. Taken one by one,
    an edit can then look clear whose text is there already.
    """
    if not group.meets or all(_is_identical(step, ours) for step in steps):
        return steps
    whole = _meeting(group, changes, base)
    return [whole] if _is_identical(whole, ours) else steps


def _is_identical(step: Step, ours: Sequence[bytes]) -> bool:
    if isinstance(step, Clear):
        return False
    return step.theirs == tuple(ours[step.ours_start : step.ours_stop])


def _belong_together(one: _Group, two: _Group) -> bool:
    return two.start < one.stop or (one.meets and two.meets and two.start == one.stop)


def _touch(edit: Edit, change: Gap) -> bool:
    return change.base_start <= edit.stop and edit.start <= change.base_stop


def _meeting(group: _Group, changes: Sequence[Gap], base: Sequence[bytes]) -> Meeting:
    met = [
        change
        for change in changes
        if change.base_start <= group.stop and group.start <= change.base_stop
    ]
    first, last = met[0], met[-1]
    start, stop = min(group.start, first.base_start), max(group.stop, last.base_stop)
    theirs: list[bytes] = []
    at = start
    for edit in group.edits:
        theirs.extend(base[at : edit.start])
        theirs.extend(edit.added)
        at = edit.stop
    theirs.extend(base[at:stop])
    return Meeting(
        group.edits,
        start,
        stop,
        first.ours_start - (first.base_start - start),
        last.ours_stop + (stop - last.base_stop),
        tuple(theirs),
    )
