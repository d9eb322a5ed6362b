"""Ports what renames or copies a file (engine).

The edits go into the file that ours has for the source; what comes of it then moves.
"""

from __future__ import annotations

from dataclasses import replace

from patchkit.diffing.alignment import align
from patchkit.engine.changes import Change, kind_of
from patchkit.engine.modifying import Merged, are_same, merge_change, status_of
from patchkit.engine.outcomes import (
    PortedDiff,
    broken,
    rewritten,
    rewritten_as_modification,
    whole_region,
    with_region,
)
from patchkit.engine.versions import FilePair, Version
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import Operation
from patchkit.model.report import (
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    RegionRef,
    Settled,
    Status,
)
from patchkit.model.tree import Path


def move(change: Change, bench: Workbench) -> PortedDiff:
    """Port a rename or a copy, with the edits that come with it."""
    source, target = _ends(change)
    problem = _why_broken(change, bench, source, target)
    if problem:
        return broken(change, HeldCause.REJECTED, problem)
    merged = merge_change(change, bench.source(source))
    ours = merged.after.ours
    place, followed = bench.place_for_new(target)
    there = bench.ours_at(place)
    if there is not None and not merged.is_broken and _is_made(change, merged, there):
        return _made_upstream(change, bench, merged, there)
    if ours is None:
        return _move_without_ours(change, bench, merged)
    if _is_rename(change) and ours.path in (target, place):
        return _moved_upstream(change, bench, merged, ours)
    if there is None and not bench.is_blocked(place):
        return _moved(change, bench, merged, ours, place, followed)
    if _is_rename(change):
        return _rename_held(change, bench, merged, ours)
    return _copy_held(change, bench, merged)


def _why_broken(change: Change, bench: Workbench, source: Path, target: Path) -> str:
    base = bench.source(source).base
    if base is None:
        return "The file that it moves is not in its own base."
    if bench.pair(target).base is not None:
        return "It moves a file onto one that its own base has."
    if change.kind != kind_of(base.mode):
        return "In its own base the file that it moves is of another kind."
    if _is_rename(change) and bench.is_changed_in_run(source):
        return (
            "It moves a file that an earlier part of the same patch changed: GNU patch takes the "
            "file from before."
        )
    return ""


def _moved(
    change: Change,
    bench: Workbench,
    merged: Merged,
    ours: Version,
    place: Path,
    followed: Followed | None,
) -> PortedDiff:
    source, target = _ends(change)
    before = merged.pair.ours
    assert before is not None
    earlier = Followed(FollowKind.EARLIER, 100) if place != target else None
    _put_moved(change, bench, merged, replace(ours, path=place), earlier)
    if _is_rename(change):
        bench.put(source, FilePair(None, None))
        bench.remove_ours(before.path)
    is_same_place = (before.path, place) == (source, target)
    is_same = not merged.regions and is_same_place and are_same(merged.hunks, change.hunks)
    if is_same:
        raw, status = change.diff.raw, Status.UNCHANGED
    else:
        raw = rewritten(change, {source: before.path, target: place}, merged.hunks)
        status = _status_of_moved(change, merged, is_same_place=is_same_place)
    file = _ported_file(change, merged, status, place)
    return PortedDiff(replace(file, followed=merged.pair.followed or followed), raw)


def _status_of_moved(change: Change, merged: Merged, *, is_same_place: bool) -> Status:
    if merged.is_held:
        return merged.status_where_left(is_carried=True)
    if not is_same_place and not merged.regions:
        return Status.FOLLOWED
    return status_of(change, merged)


def _moved_upstream(change: Change, bench: Workbench, merged: Merged, ours: Version) -> PortedDiff:
    """A rename that upstream made as well: only the edits are left of it."""
    _put_moved(change, bench, merged, ours, merged.pair.followed)
    bench.put(_ends(change)[0], FilePair(None, None))
    raw = None
    if merged.changes_ours:
        raw = rewritten_as_modification(change, ours.path, merged.hunks)
    if merged.is_held:
        status = merged.status_where_left(is_carried=raw is not None)
    else:
        status = merged.status_where_nothing_left if raw is None else Status.RESOLVED
    settled = Settled("identical", "Upstream moved the file to the same place.")
    file = _ported_file(change, merged, status, ours.path)
    regions = with_region(merged.regions, whole_region(settled))
    return PortedDiff(replace(file, regions=regions, followed=merged.pair.followed), raw)


def _rename_held(change: Change, bench: Workbench, merged: Merged, ours: Version) -> PortedDiff:
    """The new name is taken in ours: the file stays where it is, and only its edits go in."""
    source, target = _ends(change)
    note = "The patch moves a file to where the new upstream has another one."
    held = Held(HeldCause.FILE_EXISTS, note, bench.held_at(target))
    _put_moved(change, bench, merged, ours, Followed(FollowKind.EARLIER, 100))
    bench.put(source, FilePair(None, None))
    raw = None
    if merged.changes_ours:
        raw = rewritten_as_modification(change, ours.path, merged.hunks)
    regions = with_region(merged.regions, whole_region(held))
    status = merged.status_where_left(is_carried=raw is not None)
    file = _ported_file(change, merged, status, ours.path)
    return PortedDiff(replace(file, regions=regions, followed=merged.pair.followed), raw)


def _is_made(change: Change, merged: Merged, there: Version) -> bool:
    """Whether `there`, at the new name in ours, is just what the patch makes in base or in ours."""
    theirs, ours = merged.after.base, merged.after.ours
    assert theirs is not None
    if _is_rename(change):
        return ours is None and there.is_like(theirs)
    is_made_of_ours = ours is not None and not merged.is_held and there.is_like(ours)
    return is_made_of_ours or there.is_like(theirs)


def _made_upstream(change: Change, bench: Workbench, merged: Merged, there: Version) -> PortedDiff:
    source, target = _ends(change)
    assert merged.after.base is not None
    base = replace(merged.after.base, path=target)
    pair = FilePair(base, there, align(base.lines, there.lines))
    bench.put_at_end_of_run(target, pair)
    if _is_rename(change):
        bench.put(source, FilePair(None, None))
    region = whole_region(Settled("identical", "The new upstream has exactly this file."))
    count = len(change.hunks)
    file = PortedFile(source, there.path, Status.UPSTREAMED, count, count, (region,))
    return PortedDiff(file, None)


def _copy_held(change: Change, bench: Workbench, merged: Merged) -> PortedDiff:
    """The new name is taken in ours by something else."""
    target = _ends(change)[1]
    assert merged.after.base is not None
    base = replace(merged.after.base, path=target)
    note = "The patch copies a file to where the new upstream has another one."
    held = Held(HeldCause.FILE_EXISTS, note, bench.held_at(target))
    regions = with_region(merged.regions, whole_region(held))
    ref = RegionRef(change.owner.patch, change.owner.file, len(regions))
    missing = replace(held, consequence_of=ref)
    bench.put_at_end_of_run(target, FilePair(base, None, missing=missing))
    status = Status.BROKEN if merged.is_broken else Status.CONFLICTED
    file = _ported_file(change, merged, status, None)
    return PortedDiff(replace(file, carried=0, regions=regions), None)


def _move_without_ours(change: Change, bench: Workbench, merged: Merged) -> PortedDiff:
    """The source is not in ours: all of it is held."""
    source, target = _ends(change)
    assert merged.after.base is not None
    base = replace(merged.after.base, path=target)
    bench.put_at_end_of_run(target, replace(merged.after, base=base))
    if _is_rename(change):
        bench.put(source, FilePair(None, None))
    missing = merged.pair.missing or Held(HeldCause.FILE_GONE, "The file is gone.")
    regions = merged.regions or (whole_region(missing),)
    status = Status.BROKEN if merged.is_broken else Status.CONFLICTED
    file = _ported_file(change, merged, status, None)
    return PortedDiff(replace(file, regions=regions), None)


def _put_moved(
    change: Change, bench: Workbench, merged: Merged, ours: Version, followed: Followed | None
) -> None:
    """Base has the file at the new name; ours where `ours` stands."""
    target = _ends(change)[1]
    assert merged.after.base is not None
    base = replace(merged.after.base, path=target)
    followed = None if ours.path == target else followed
    pair = replace(merged.after, base=base, ours=ours, followed=followed)
    bench.put_at_end_of_run(target, pair)


def _ported_file(change: Change, merged: Merged, status: Status, place: Path | None) -> PortedFile:
    source = _ends(change)[0]
    return PortedFile(source, place, status, len(change.hunks), merged.carried, merged.regions)


def _ends(change: Change) -> tuple[Path, Path]:
    assert change.names.old is not None
    assert change.names.new is not None
    return change.names.old, change.names.new


def _is_rename(change: Change) -> bool:
    return change.operation is Operation.RENAME
