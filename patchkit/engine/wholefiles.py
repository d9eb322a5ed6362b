"""Ports what creates or deletes a whole file (engine)."""

from __future__ import annotations

from dataclasses import replace

from patchkit.diffing.alignment import align
from patchkit.diffing.edits import Edit, apply_edits, edits_between, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.rehunking import write_hunks
from patchkit.engine.changes import Change, kind_of
from patchkit.engine.outcomes import (
    PortedDiff,
    broken,
    rewritten,
    rewritten_as_modification,
    whole_region,
)
from patchkit.engine.versions import FilePair, HeldMark, Text, Version
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import Line, LineKind
from patchkit.model.report import (
    RESOLUTION,
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    Region,
    RegionRef,
    Settled,
    Sides,
    Status,
)
from patchkit.model.resolutions import Question, Resolution, Side
from patchkit.model.shown import shown_path
from patchkit.model.tree import REGULAR, Path


def create(change: Change, bench: Workbench) -> PortedDiff:
    """Port the creation of a file."""
    path = bench.picked_in_base(change.candidates)
    if bench.pair(path).base is not None:
        note = "It creates a file that its own base has already."
        return broken(change, HeldCause.REJECTED, note)
    if len(change.hunks) > 1 or any(hunk.old for hunk in change.hunks):
        note = "It creates a file, but expects lines in it."
        return broken(change, HeldCause.REJECTED, note)
    if change.hunks and _counts_lines_of_no_file(change, change.hunks[0].old_start):
        note = "Its hunk counts lines in /dev/null, so GNU patch makes no file: write -0,0 there."
        return broken(change, HeldCause.REJECTED, note)
    lines = change.hunks[0].new if change.hunks else ()
    made = Version(path, change.new_mode or REGULAR, Text(lines))
    place, followed = bench.place_for_new(path)
    ours = bench.ours_at(place)
    if ours is None and not bench.is_blocked(place):
        return _created(change, bench, made, place, followed)
    if ours is not None and _is_made(change, made, ours):
        bench.put(path, FilePair(made, ours, align(made.lines, ours.lines), followed))
        settled = Settled("identical", "The new upstream has exactly this file.")
        region = whole_region(settled, theirs=made.lines, ours=ours.lines)
        count = len(change.hunks)
        file = PortedFile(path, place, Status.UPSTREAMED, count, count, (region,), followed)
        return PortedDiff(file, None)
    return _create_held(change, bench, made, ours, followed)


def _decision_on(region: Region, places: tuple[Path, Path], change: Change) -> Resolution | None:
    """What a person decided on a held region that is a whole file."""
    assert isinstance(region.settlement, Held)
    sides = Sides(region.base.lines, region.theirs.lines, region.ours.lines)
    question = Question(frozenset(places), region.settlement.cause, sides)
    return change.policy.resolutions.answer_to(question)


def delete(change: Change, bench: Workbench) -> PortedDiff:
    """Port the deletion of a file."""
    path = bench.picked_in_base(change.candidates)
    pair = bench.changeable(path)
    base, ours = pair.base, pair.ours
    if base is None:
        note = "It deletes a file that its own base has not."
        return broken(change, HeldCause.REJECTED, note)
    places = place_hunks(change.hunks, base.lines, change.policy.max_fuzz)
    removal = edits_of(change.hunks, places, base.lines)
    if None in places or apply_edits(base.lines, removal) or change.kind != kind_of(base.mode):
        note = "It deletes a file that has other content in its own base."
        return broken(change, HeldCause.REJECTED, note)
    if change.hunks and _counts_lines_of_no_file(change, change.hunks[0].new_start):
        note = "Its hunk counts lines in /dev/null, so GNU patch leaves an empty file: write +0,0."
        return broken(change, HeldCause.REJECTED, note)
    if ours is None or _is_another(path, base, ours, bench):
        return _delete_without_ours(change, bench, path, base, pair.missing)
    followed = pair.followed if ours.path != path else None
    count = len(change.hunks)
    is_changed = ours.text != base.text or kind_of(ours.mode) != kind_of(base.mode)
    held = Held(HeldCause.FILE_CHANGED, "The patch deletes this file, and upstream changed it.")
    region = whole_region(held, base=base.lines, ours=ours.lines)
    decided = _decision_on(region, (path, ours.path), change) if is_changed else None
    if decided is not None and decided.answer is Side.THEIRS and _is_deletable(change, base, ours):
        return _delete_changed(change, bench, path, ours, region, decided)
    if is_changed:
        ref = RegionRef(change.owner.patch, change.owner.file, 1)
        bench.put(path, FilePair(None, ours, marks=(HeldMark(0, 0, ref),)))
        file = PortedFile(path, ours.path, Status.CONFLICTED, count, 0, (region,), followed)
        return PortedDiff(file, None)
    hunks = write_hunks(ours.lines, removal, change.hunks)
    names = bench.names_for(change.candidates, path, ours.path)
    bench.put(path, FilePair(None, None))
    bench.remove_ours(ours.path)
    is_same = not names and [one.raw for one in hunks] == [one.raw for one in change.hunks]
    raw = change.diff.raw if is_same else rewritten(change, names, hunks)
    status = Status.UNCHANGED if is_same else Status.SHIFTED
    status = status if ours.path == path else Status.FOLLOWED
    return PortedDiff(PortedFile(path, ours.path, status, count, count, (), followed), raw)


def _counts_lines_of_no_file(change: Change, start: int) -> bool:
    """Whether the hunk has a line number on the side that is `/dev/null`: GNU patch goes by that
    number, unless git's header says what becomes of the file."""
    return start != 0 and not change.diff.is_git


def _is_deletable(change: Change, base: Version, ours: Version) -> bool:
    """Whether GNU patch can delete what ours has: of an empty file only a git diff can say so."""
    return kind_of(ours.mode) == kind_of(base.mode) and (bool(ours.lines) or change.diff.is_git)


def _delete_changed(
    change: Change,
    bench: Workbench,
    path: Path,
    ours: Version,
    region: Region,
    decided: Resolution,
) -> PortedDiff:
    """A person decided that the file goes, as upstream has it now."""
    removal = Edit(
        0, len(ours.lines), (), 0, 0, tuple(Line(LineKind.REMOVED, line) for line in ours.lines)
    )
    hunks = write_hunks(ours.lines, (removal,), change.hunks) if ours.lines else ()
    settled = Settled(RESOLUTION, decided.provenance.why, ())
    names = bench.names_for(change.candidates, path, ours.path)
    bench.put(path, FilePair(None, None))
    bench.remove_ours(ours.path)
    count = len(change.hunks)
    file = PortedFile(
        path, ours.path, Status.RESOLVED, count, count, (replace(region, settlement=settled),)
    )
    return PortedDiff(file, rewritten(change, names, hunks))


def _is_another(path: Path, base: Version, ours: Version, bench: Workbench) -> bool:
    """Whether ours has not the old file but the new one there: a patch may write a rename, or a
    change of kind, as a deletion and a creation."""
    is_like_old = ours.path == path and kind_of(ours.mode) == kind_of(base.mode)
    return not is_like_old and bench.is_made_by_stack(ours.path)


def _created(
    change: Change, bench: Workbench, made: Version, place: Path, followed: Followed | None
) -> PortedDiff:
    names = bench.names_for(change.candidates, made.path, place)
    ported = Version(place, made.mode, made.text)
    earlier = None if followed is None else Followed(FollowKind.EARLIER, 100)
    bench.put(made.path, FilePair(made, ported, align(made.lines, made.lines), earlier))
    raw = rewritten(change, names, change.hunks) if names else change.diff.raw
    status = Status.UNCHANGED if place == made.path else Status.FOLLOWED
    count = len(change.hunks)
    file = PortedFile(made.path, place, status, count, count, (), followed)
    return PortedDiff(file, raw, note=_note_on_folder(place, bench))


def _note_on_folder(place: Path, bench: Workbench) -> str:
    folder = bench.folder_that_left(place)
    if folder is None:
        return ""
    return (
        f"{shown_path(place)} is made in {shown_path(folder)}/, which upstream has no more; "
        "nothing shows where it went. Look whether the file belongs there still."
    )


def _is_made(change: Change, made: Version, ours: Version) -> bool:
    """Whether ours is just what the patch makes; a diff without a mode does not say which."""
    says_mode = change.new_mode is not None
    is_same_mode = ours.mode == made.mode if says_mode else kind_of(ours.mode) == kind_of(made.mode)
    return is_same_mode and ours.text == made.text


def _create_held(
    change: Change,
    bench: Workbench,
    made: Version,
    ours: Version | None,
    followed: Followed | None,
) -> PortedDiff:
    held = replace(_why_not_created(made, ours), consequence_of=bench.held_at(made.path))
    there = () if ours is None else ours.lines
    region = whole_region(held, theirs=made.lines, ours=there)
    if ours is not None and held.cause is HeldCause.FILE_EXISTS:
        decided = _decision_on(region, (made.path, ours.path), change)
        if decided is not None and decided.result != region.ours.lines:
            return _put_into_existing(change, bench, made, ours, region, decided)
    ref = RegionRef(change.owner.patch, change.owner.file, 1)
    marks = (HeldMark(0, len(made.lines), ref),)
    blocks = () if ours is None else align(made.lines, ours.lines)
    missing = Held(held.cause, held.note, ref) if ours is None else None
    bench.put(made.path, FilePair(made, ours, blocks, followed, missing, marks, tuple(made.lines)))
    place = None if ours is None else ours.path
    count = len(change.hunks)
    file = PortedFile(made.path, place, Status.CONFLICTED, count, 0, (region,), followed)
    return PortedDiff(file, None)


def _put_into_existing(
    change: Change,
    bench: Workbench,
    made: Version,
    ours: Version,
    region: Region,
    decided: Resolution,
) -> PortedDiff:
    """A person decided what becomes of the file that upstream has where the patch makes one."""
    after = ours.with_lines(decided.result)
    edits = edits_between(ours.lines, after.lines, 0, 0)
    raw = rewritten_as_modification(change, ours.path, write_hunks(ours.lines, edits, change.hunks))
    settled = Settled(RESOLUTION, decided.provenance.why, decided.result)
    bench.put(made.path, FilePair(made, after, align(made.lines, after.lines)))
    count = len(change.hunks)
    file = PortedFile(
        made.path, ours.path, Status.RESOLVED, count, count, (replace(region, settlement=settled),)
    )
    return PortedDiff(file, raw)


def _why_not_created(made: Version, ours: Version | None) -> Held:
    if ours is None:
        note = "A folder, or a file in place of a folder, is in the way in the new upstream."
        return Held(HeldCause.FILE_EXISTS, note)
    if kind_of(ours.mode) != kind_of(made.mode):
        note = "The patch creates this file, and the new upstream has one of another kind."
        return Held(HeldCause.KIND, note)
    if ours.text == made.text:
        note = (
            f"The patch creates this file with mode {made.mode:o}, the new upstream has it with "
            f"mode {ours.mode:o}."
        )
        return Held(HeldCause.MODE, note)
    note = "The patch creates this file, and the new upstream has one with other content."
    return Held(HeldCause.FILE_EXISTS, note)


def _delete_without_ours(
    change: Change, bench: Workbench, path: Path, base: Version, missing: Held | None
) -> PortedDiff:
    """Upstream removed the file too; where it may have moved, a person decides."""
    bench.put(path, FilePair(None, None))
    count = len(change.hunks)
    if missing is not None and missing.cause is HeldCause.FILE_AMBIGUOUS:
        region = whole_region(missing, base=base.lines)
        return PortedDiff(PortedFile(path, None, Status.CONFLICTED, count, 0, (region,)), None)
    settled = Settled("identical", "The new upstream has no such file.")
    region = whole_region(settled, base=base.lines)
    return PortedDiff(PortedFile(path, None, Status.UPSTREAMED, count, count, (region,)), None)
