"""Merges the hunks of one file diff into ours, region by region (engine; pure).

Hunks that do not apply to base are rejected, edits that meet upstream's changes are settled by a
rule or held, and all others are carried. One held region never takes its neighbours with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import Block, align
from patchkit.diffing.edits import Edit, apply_edits, edits_between, edits_of
from patchkit.diffing.merging import Clear, Meeting, Step, merge, realign
from patchkit.diffing.placing import HunkPlace, place_hunks
from patchkit.engine.doubting import doubt_about, meets_another_function
from patchkit.engine.policy import Policy
from patchkit.engine.rejecting import rejected_regions
from patchkit.engine.rules import IDENTICAL
from patchkit.engine.settling import Owner, decided_lines, ruled_lines, suggestion_for
from patchkit.engine.supposing import supposed, taken_from_patch
from patchkit.engine.versions import FilePair, HeldMark, Version
from patchkit.model.patch import Hunk
from patchkit.model.report import (
    Held,
    HeldCause,
    Lines,
    Region,
    RegionRef,
    Settled,
    Settlement,
    Sides,
    Span,
    Suggestion,
)
from patchkit.model.resolutions import Question


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What became of the hunks of one file diff.

    `edits` are those that changed ours, in lines of ours before; `carried` counts the hunks that
    are in ours whole, `lost` are the numbers of those of which nothing is. `places` are where the
    hunks apply in base."""

    pair: FilePair
    edits: tuple[Edit, ...]
    regions: tuple[Region, ...]
    carried: int
    lost: tuple[int, ...]
    places: tuple[HunkPlace | None, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that was taken: the lines ours has there now, how they align with theirs, what
    changed."""

    step: Step
    lines: tuple[bytes, ...]
    inner: tuple[Block, ...]
    edits: tuple[Edit, ...]
    settlement: Settlement | None


@dataclass(frozen=True, slots=True)
class _Applied:
    """The hunks applied to base: where each is, what they change, and what base becomes."""

    hunks: Sequence[Hunk]
    places: tuple[HunkPlace | None, ...]
    edits: tuple[Edit, ...]
    theirs: Version
    rejected: tuple[Region, ...]


def merge_hunks(pair: FilePair, hunks: Sequence[Hunk], owner: Owner, policy: Policy) -> MergedFile:
    """Apply the hunks to base, and carry what they do over to ours.

    `pair.base` must be there. Where ours is absent every hunk that applies to base is held.
    """
    base, ours = pair.base, pair.ours
    assert base is not None
    places = place_hunks(hunks, base.lines, policy.max_fuzz)
    edits = edits_of(hunks, places, base.lines)
    theirs = base.with_lines(apply_edits(base.lines, edits))
    applied = _Applied(hunks, places, edits, theirs, rejected_regions(hunks, places, base))
    if ours is None:
        held = pair.missing or Held(HeldCause.FILE_GONE, "The file is not in the new upstream.")
        after = FilePair(theirs, None, missing=pair.missing, followed=pair.followed)
        return _without_merge(applied, base, after, held)
    if ours.text == theirs.text != base.text:
        settled = Settled(IDENTICAL.name, IDENTICAL.note)
        after = FilePair(theirs, ours, align(theirs.lines, ours.lines), pair.followed)
        return _without_merge(applied, base, after, settled)
    if ours.text is base.text and not pair.marks and pair.supposed is None:
        return _as_in_base(applied, ours, pair)
    return _merged(applied, base, ours, pair, owner, policy)


def _as_in_base(applied: _Applied, ours: Version, pair: FilePair) -> MergedFile:
    """Ours is what base is, so it becomes what base becomes; the two go on sharing their lines."""
    lines = applied.theirs.lines
    blocks = (Block(0, 0, len(lines)),) if lines else ()
    after = FilePair(applied.theirs, replace(ours, text=applied.theirs.text), blocks, pair.followed)
    rejected = {number for region in applied.rejected for number in region.hunks}
    lost = tuple(sorted(rejected - {edit.hunk + 1 for edit in applied.edits}))
    carried = len(applied.hunks) - len(rejected)
    regions = _numbered(applied.rejected)
    return MergedFile(after, applied.edits, regions, carried, lost, applied.places)


def _merged(
    applied: _Applied,
    base: Version,
    ours: Version,
    pair: FilePair,
    owner: Owner,
    policy: Policy,
) -> MergedFile:
    steps = merge(applied.edits, base.lines, ours.lines, pair.blocks)
    taken = [_take(step, applied.hunks, base, ours, policy) for step in steps]
    supposed_lines, taken = _with_causes(taken, applied, base, ours, pair, policy)
    numbered_before = len(applied.rejected)
    met, marks = _regions_of(taken, base, ours, owner, numbered_before, pair.marks)
    ours_edits = tuple(edit for step in taken for edit in step.edits)
    after = FilePair(
        applied.theirs,
        ours.with_lines(apply_edits(ours.lines, ours_edits)),
        realign([(step.step, step.lines, step.inner) for step in taken], pair.blocks),
        pair.followed,
        None,
        marks,
        supposed_lines,
    )
    regions = (*applied.rejected, *met)
    lost = {number for region in regions if region.is_left_out for number in region.hunks}
    carried = len(applied.hunks) - len(lost)
    whole = tuple(sorted(lost - _settled_hunks(taken)))
    return MergedFile(after, ours_edits, _numbered(regions), carried, whole, applied.places)


def _with_causes(
    taken: Sequence[_Taken],
    applied: _Applied,
    base: Version,
    ours: Version,
    pair: FilePair,
    policy: Policy,
) -> tuple[Lines | None, list[_Taken]]:
    """The file as it would be, had all held regions been taken; and the steps, in which what would
    merge then is marked as the consequence of the nearest earlier held region."""
    if pair.supposed is None:
        if not any(isinstance(one.settlement, Held) for one in taken):
            return None, list(taken)
        return taken_from_patch(ours.lines, [(one.step, _wanted(one)) for one in taken]), list(
            taken
        )
    after = supposed(applied.edits, base.lines, pair.supposed, policy)
    marked = [_with_cause(one, after.conflicting, pair.marks) for one in taken]
    return after.lines, marked


def _wanted(one: _Taken) -> Lines:
    is_held = isinstance(one.settlement, Held)
    return one.step.theirs if is_held and isinstance(one.step, Meeting) else one.lines


def _with_cause(one: _Taken, conflicting: frozenset[int], marks: Sequence[HeldMark]) -> _Taken:
    met, held = one.step, one.settlement
    if not isinstance(met, Meeting) or not isinstance(held, Held) or not marks:
        return one
    if any(edit.hunk in conflicting for edit in met.edits):
        return one
    nearest = min(
        marks, key=lambda mark: max(mark.start - met.base_stop, met.base_start - mark.stop, 0)
    )
    return replace(one, settlement=replace(held, consequence_of=nearest.ref))


def _settled_hunks(taken: Sequence[_Taken]) -> set[int]:
    """The numbers of the hunks that have an edit which is not held."""
    found: set[int] = set()
    for one in taken:
        if not isinstance(one.settlement, Held):
            edits = (one.step.edit,) if isinstance(one.step, Clear) else one.step.edits
            found.update(edit.hunk + 1 for edit in edits)
    return found


def _take(
    step: Step, hunks: Sequence[Hunk], base: Version, ours: Version, policy: Policy
) -> _Taken:
    match step:
        case Clear(edit, at):
            doubt = doubt_about(edit, at, hunks[edit.hunk], base.lines, ours.lines)
            if doubt is not None:
                return _settle_doubtful(_as_meeting(step), doubt, base, ours, policy)
            moved = Edit(
                at, at + edit.stop - edit.start, edit.added, edit.hunk, edit.offset, edit.lines
            )
            return _Taken(step, edit.added, (), (moved,), None)
        case Meeting():
            return _settle(step, base, ours, policy)


def _settle(met: Meeting, base: Version, ours: Version, policy: Policy) -> _Taken:
    sides = _sides(met, base, ours)
    question = Question(frozenset((base.path, ours.path)), HeldCause.OVERLAP, sides)
    # As a deletion of a changed file is held, so is what empties one.
    empties = not met.theirs and met.base_stop - met.base_start == len(base.lines)
    ruled = None if empties else ruled_lines(sides, policy)
    if ruled is not None and ruled.result != sides.ours:
        ruled = None if meets_another_function(met, base.lines, ours.lines) else ruled
    for settled in (decided_lines(question, policy), ruled):
        if settled is not None and _can_stand(settled, met, ours):
            return _settled(met, settled, sides)
    held = Held(
        HeldCause.OVERLAP,
        "Upstream and the patch changed the same or touching lines.",
        suggestion=suggestion_for(sides, policy),
    )
    return _Taken(met, sides.ours, _common_ends(met.theirs, sides.ours), (), held)


def _settle_doubtful(
    met: Meeting, doubt: str, base: Version, ours: Version, policy: Policy
) -> _Taken:
    sides = _sides(met, base, ours)
    question = Question(frozenset((base.path, ours.path)), HeldCause.DOUBTFUL, sides)
    settled = decided_lines(question, policy)
    if settled is not None and _can_stand(settled, met, ours):
        return _settled(met, settled, sides)
    suggestion = Suggestion("as-placed", "The place that the merge found is right.", sides.theirs)
    held = Held(HeldCause.DOUBTFUL, doubt, None, suggestion)
    return _Taken(met, sides.ours, _common_ends(met.theirs, sides.ours), (), held)


def _settled(met: Meeting, settled: Settled, sides: Sides) -> _Taken:
    assert settled.result is not None
    edits = edits_between(sides.ours, settled.result, met.ours_start, met.edits[0].hunk)
    return _Taken(met, settled.result, align(met.theirs, settled.result), edits, settled)


def _sides(met: Meeting, base: Version, ours: Version) -> Sides:
    return Sides(
        tuple(base.lines[met.base_start : met.base_stop]),
        met.theirs,
        tuple(ours.lines[met.ours_start : met.ours_stop]),
    )


def _as_meeting(step: Clear) -> Meeting:
    """A clear edit as a region of its own."""
    edit, at = step.edit, step.at
    return Meeting((edit,), edit.start, edit.stop, at, at + edit.stop - edit.start, edit.added)


def _can_stand(settled: Settled, met: Meeting, ours: Version) -> bool:
    return settled.result is not None and _fits(
        settled.result, is_last=met.ours_stop == len(ours.lines)
    )


def _fits(lines: Lines, *, is_last: bool) -> bool:
    r"""Whether the lines can stand there: only the last one of a file may have no `\n`."""
    inner = lines[:-1] if is_last else lines
    return all(line.endswith(b"\n") for line in inner)


def _common_ends(theirs: Sequence[bytes], ours: Sequence[bytes]) -> tuple[Block, ...]:
    """Of a held region only the equal lines at its two ends count as the same lines."""
    limit = min(len(theirs), len(ours))
    head = 0
    while head < limit and theirs[head] == ours[head]:
        head += 1
    tail = 0
    while tail < limit - head and theirs[-1 - tail] == ours[-1 - tail]:
        tail += 1
    return Block(0, 0, head), Block(len(theirs) - tail, len(ours) - tail, tail)


def _regions_of(
    taken: Sequence[_Taken],
    base: Version,
    ours: Version,
    owner: Owner,
    numbered_before: int,
    marks: Sequence[HeldMark],
) -> tuple[tuple[Region, ...], tuple[HeldMark, ...]]:
    """The regions of the meetings, and where in the new base the held ones stand now."""
    regions: list[Region] = []
    new_marks: list[HeldMark] = []
    shifts: list[tuple[int, int]] = []
    shift = 0
    for one in taken:
        match one.step:
            case Clear(edit):
                stop, growth = edit.stop, edit.growth
            case Meeting() as met:
                stop = met.base_stop
                growth = len(met.theirs) - (met.base_stop - met.base_start)
                assert one.settlement is not None
                number = numbered_before + len(regions) + 1
                region = _region(met, one.settlement, base, ours, shift, number)
                regions.append(region)
                if region.is_held:
                    start = met.base_start + shift
                    ref = RegionRef(owner.patch, owner.file, region.number)
                    new_marks.append(HeldMark(start, start + len(met.theirs), ref))
        shift += growth
        shifts.append((stop, growth))
    old_marks = [_moved_mark(mark, shifts) for mark in marks]
    return tuple(regions), (*old_marks, *new_marks)


def _moved_mark(mark: HeldMark, shifts: Sequence[tuple[int, int]]) -> HeldMark:
    before = sum(growth for stop, growth in shifts if stop <= mark.start)
    inside = sum(growth for stop, growth in shifts if mark.start < stop <= mark.stop)
    start = mark.start + before
    return HeldMark(start, max(mark.stop + before + inside, start), mark.ref)


def _region(
    met: Meeting, settlement: Settlement, base: Version, ours: Version, shift: int, number: int
) -> Region:
    """The region of a meeting; `shift` is by how many lines theirs has grown before it."""
    return Region(
        number,
        tuple(sorted({edit.hunk + 1 for edit in met.edits})),
        Span(met.base_start + 1, tuple(base.lines[met.base_start : met.base_stop])),
        Span(met.base_start + shift + 1, met.theirs),
        Span(met.ours_start + 1, tuple(ours.lines[met.ours_start : met.ours_stop])),
        settlement,
    )


def _without_merge(
    applied: _Applied, base: Version, after: FilePair, settlement: Settlement
) -> MergedFile:
    """Every hunk a region of its own: ours has no such file, or has just what the patch makes."""
    regions = list(applied.rejected)
    growth = 0
    grows: Counter[int] = Counter()
    for edit in applied.edits:
        grows[edit.hunk] += edit.growth
    for index, (hunk, place) in enumerate(zip(applied.hunks, applied.places, strict=True)):
        if place is None:
            continue
        stop = place.at + len(hunk.old)
        start = place.at + growth
        growth += grows[index]
        theirs = Span(start + 1, tuple(applied.theirs.lines[start : stop + growth]))
        found = Span(place.at + 1, tuple(base.lines[place.at : stop]))
        if isinstance(settlement, Settled):
            settled = replace(settlement, result=theirs.lines)
            regions.append(Region(0, (index + 1,), found, theirs, theirs, settled))
        else:
            regions.append(Region(0, (index + 1,), found, theirs, Span(1, ()), settlement))
    lost = sum(region.is_held for region in regions)
    carried = len(applied.hunks) - lost
    whole = tuple(number for region in regions if region.is_held for number in region.hunks)
    return MergedFile(after, (), _numbered(regions), carried, whole, applied.places)


def _numbered(regions: Sequence[Region]) -> tuple[Region, ...]:
    return tuple(
        Region(number, one.hunks, one.base, one.theirs, one.ours, one.settlement)
        for number, one in enumerate(regions, 1)
    )
