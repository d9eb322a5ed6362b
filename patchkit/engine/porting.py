"""Ports one file diff of a patch from base to ours (engine).

Base always gets the whole change, as far as it applies there; ours gets what can be carried. What
comes back says what happened, and the text of the file diff for the new stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import align
from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.rehunking import flip, write_hunks
from patchkit.engine.headers import moved_header, plain_git_header
from patchkit.engine.merging import MergedFile, Owner, merge_hunks
from patchkit.engine.rules import CERTAIN_RULES, Rule
from patchkit.engine.versions import FilePair, HeldMark, Version
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Hunk, Names, Operation
from patchkit.model.report import (
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    Region,
    RegionRef,
    Settled,
    Span,
    Status,
)
from patchkit.model.tree import REGULAR, SUBMODULE, Path

_KIND_BITS = 0o170000


@dataclass(frozen=True, slots=True)
class Policy:
    """What a port may do: the stack's fuzz limit, its strip level where a line gives none, and the
    rules that may settle a region."""

    max_fuzz: int = 2
    strip: int = 1
    rules: Sequence[Rule] = CERTAIN_RULES


@dataclass(frozen=True, slots=True)
class PortedDiff:
    """A file diff after porting: what happened, and its bytes in the new stack (None: nothing
    left)."""

    file: PortedFile
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class _Job:
    """One file diff with all that is needed to port it. `hunks` are flipped for a reversed
    patch."""

    diff: FileDiff
    operation: Operation
    hunks: tuple[Hunk, ...]
    names: Names
    old_mode: int | None
    new_mode: int | None
    is_reversed: bool
    strip: int
    owner: Owner
    policy: Policy


def port_diff(
    diff: FileDiff, bench: Workbench, patch: str, strip: int, policy: Policy, *, is_reversed: bool
) -> PortedDiff:
    """Port one file diff of the patch named `patch`; the workbench moves on with it."""
    names = diff.names(strip)
    shown = names.new or names.old or diff.new_name or diff.old_name or b"?"
    owner = Owner(patch, shown)
    job = _Job(
        diff, diff.operation, diff.hunks, names, diff.old_mode, diff.new_mode,
        is_reversed, strip, owner, policy,
    )  # fmt: skip
    if is_reversed:
        job = _reversed(job)
    problem = _unsupported(job)
    if problem:
        return _broken(job, HeldCause.UNSUPPORTED, problem)
    match job.operation:
        case Operation.CREATE:
            return _create(job, bench)
        case Operation.DELETE:
            return _delete(job, bench)
        case Operation.RENAME | Operation.COPY:
            return _move(job, bench)
        case Operation.MODIFY:
            return _modify(job, bench)


def _reversed(job: _Job) -> _Job:
    swapped = {
        Operation.CREATE: Operation.DELETE,
        Operation.DELETE: Operation.CREATE,
    }
    return replace(
        job,
        operation=swapped.get(job.operation, job.operation),
        hunks=tuple(flip(hunk) for hunk in job.hunks),
        names=Names(job.names.new, job.names.old),
        old_mode=job.new_mode,
        new_mode=job.old_mode,
    )


def _unsupported(job: _Job) -> str:
    """Why GNU patch cannot make this change at all; empty where it can."""
    diff = job.diff
    for name in (job.names.old, job.names.new):
        parts = (name or b"").split(b"/")
        if b".." in parts or (parts[0] == b"" and name is not None):
            return "It names a path outside the source tree."
        if name is not None and (b"\0" in name or b"\n" in name):
            return "It names a path with a NUL byte or a newline."
    if job.names.old is None and job.names.new is None:
        return (
            f"Its file names have fewer than {job.strip} leading folders to strip (-p{job.strip})."
        )
    if SUBMODULE in (diff.old_mode, diff.new_mode):
        return "It changes a submodule, which patch cannot do."
    if diff.binary.startswith(b"GIT binary patch"):
        return "It is a git binary diff, which GNU patch refuses."
    if diff.binary and job.operation is not Operation.MODIFY:
        return "It only says that binary files differ, so their contents are not in the patch."
    if job.is_reversed and job.operation is Operation.COPY:
        return "It is a reversed copy, which patch cannot take back."
    return ""


def _broken(job: _Job, cause: HeldCause, note: str) -> PortedDiff:
    """A file diff that does not apply to base at all."""
    regions = tuple(
        Region(
            number, (number,), Span(hunk.old_start, hunk.old), Span(hunk.new_start, hunk.new),
            Span(1, ()), Held(cause, note),
        )
        for number, hunk in enumerate(job.hunks, 1)
    )  # fmt: skip
    regions = regions or (_whole_region((), (), (), Held(cause, note)),)
    old = job.names.old or job.names.new
    return PortedDiff(PortedFile(old, None, Status.BROKEN, len(job.hunks), 0, regions), None)


def _whole_region(
    base: Sequence[bytes],
    theirs: Sequence[bytes],
    ours: Sequence[bytes],
    settlement: Held | Settled,
) -> Region:
    return Region(
        1, (), Span(1, tuple(base)), Span(1, tuple(theirs)), Span(1, tuple(ours)), settlement
    )


def _target(job: _Job, bench: Workbench) -> Path:
    """Which of its two names a modification means: GNU patch's choice among those that exist."""
    names = list(dict.fromkeys(name for name in (job.names.old, job.names.new) if name is not None))
    there = [name for name in names if bench.pair(name).base is not None]
    return min(
        there or names,
        key=lambda name: (name.count(b"/"), len(name.rpartition(b"/")[2]), len(name)),
    )


def _modify(job: _Job, bench: Workbench) -> PortedDiff:
    path = _target(job, bench)
    pair = bench.pair(path)
    base = pair.base
    if base is None:
        if job.hunks and job.hunks[0].old_start == 0 and job.hunks[0].old_count == 0:
            return _create(replace(job, names=Names(None, path)), bench)
        return _broken(job, HeldCause.REJECTED, "The file is not in its own base.")
    if job.old_mode is not None and _kind(job.old_mode) != _kind(base.mode):
        return _broken(job, HeldCause.REJECTED, "In its own base the file is of another kind.")
    if pair.ours is not None and _kind(pair.ours.mode) != _kind(base.mode):
        note = "Upstream turned the file into another kind, such as a link."
        pair = replace(pair, ours=None, blocks=(), missing=Held(HeldCause.KIND, note))
    merged = merge_hunks(pair, job.hunks, job.owner, job.policy.max_fuzz, job.policy.rules)
    mode_region, merged = _merge_mode(job, pair, merged)
    bench.put(path, merged.pair)
    return _outcome(job, path, pair, merged, mode_region)


def _merge_mode(
    job: _Job, before: FilePair, merged: MergedFile
) -> tuple[Region | None, MergedFile]:
    """Carry a change of mode; a region where upstream changed the mode otherwise."""
    base, ours = merged.pair.base, merged.pair.ours
    assert base is not None
    if job.new_mode is None or job.new_mode in (job.old_mode, base.mode):
        return None, merged
    pair = replace(merged.pair, base=replace(base, mode=job.new_mode))
    region = None
    if ours is not None and ours.mode == base.mode:
        pair = replace(pair, ours=replace(ours, mode=job.new_mode))
    elif ours is None or ours.mode != job.new_mode:
        note = before.missing or Held(
            HeldCause.MODE, f"The patch sets mode {job.new_mode:o}, upstream another one."
        )
        region = replace(_whole_region((), (), (), note), number=len(merged.regions) + 1)
    return region, replace(merged, pair=pair)


def _outcome(
    job: _Job, path: Path, before: FilePair, merged: MergedFile, mode_region: Region | None
) -> PortedDiff:
    """Status and new text of a modification, or of the modifying part of a rename."""
    regions = merged.regions if mode_region is None else (*merged.regions, mode_region)
    ours_before, ours_after = before.ours, merged.pair.ours
    raw = None
    status = Status.CONFLICTED
    if ours_before is not None and ours_after is not None:
        new_hunks = write_hunks(ours_before.lines, merged.edits, job.hunks)
        is_moved = ours_before.path != path
        is_same = (
            not is_moved and mode_region is None and len(new_hunks) == len(job.hunks)
            and not any(region.is_held for region in regions)
            and all(one.old_start == two.old_start and one.lines == two.lines
                    for one, two in zip(new_hunks, job.hunks, strict=True))
        )  # fmt: skip
        changes_mode = ours_before.mode != ours_after.mode
        if is_same and (new_hunks or changes_mode or not _does_something(job)):
            raw = job.diff.raw
        elif new_hunks or changes_mode:
            raw = _rewritten(job, {path: ours_before.path}, new_hunks)
        status = _status(job, before, merged, regions, is_changed=raw is not None, is_same=is_same)
    elif not any(region.is_held for region in regions):
        status = Status.UPSTREAMED
    if any(isinstance(one.settlement, Held) and one.settlement.cause is HeldCause.REJECTED
           for one in regions):  # fmt: skip
        status = Status.BROKEN
    new_path = None if ours_after is None else ours_after.path
    followed = before.followed if new_path != path else None
    file = PortedFile(path, new_path, status, len(job.hunks), merged.carried, regions, followed)
    return PortedDiff(file, raw)


def _does_something(job: _Job) -> bool:
    return bool(job.hunks) or job.new_mode not in (None, job.old_mode)


def _status(
    job: _Job, before: FilePair, merged: MergedFile, regions: Sequence[Region],
    *, is_changed: bool, is_same: bool,
) -> Status:  # fmt: skip
    held = any(region.is_held for region in regions)
    if held:
        return Status.PARTIAL if is_changed else Status.CONFLICTED
    if not is_changed:
        return Status.UPSTREAMED
    if regions:
        return Status.RESOLVED
    ours_before, ours_after = before.ours, merged.pair.ours
    assert before.base is not None
    assert ours_before is not None
    assert ours_after is not None
    if ours_before.path != before.base.path:
        return Status.FOLLOWED
    if is_same:
        return Status.UNCHANGED
    places = place_hunks(job.hunks, ours_before.lines, job.policy.max_fuzz)
    edits = edits_of(job.hunks, places, ours_before.lines)
    if None not in places and apply_edits(ours_before.lines, edits) == list(ours_after.lines):
        return Status.SHIFTED
    return Status.MERGED


def _rewritten(job: _Job, moved: dict[Path, Path], hunks: Sequence[Hunk]) -> bytes:
    """The file diff with new hunks, and with a header for its new paths."""
    header = moved_header(job.diff, job.strip, moved)
    if job.is_reversed:
        hunks = [flip(hunk) for hunk in hunks]
    return header + job.diff.binary + b"".join(hunk.raw for hunk in hunks)


def _create(job: _Job, bench: Workbench) -> PortedDiff:
    path = job.names.new or job.names.old
    assert path is not None
    pair = bench.pair(path)
    if pair.base is not None and (pair.base.lines or (not job.diff.is_git and not job.hunks)):
        return _broken(job, HeldCause.REJECTED, "It creates a file that its own base has already.")
    if len(job.hunks) > 1 or any(hunk.old for hunk in job.hunks):
        return _broken(job, HeldCause.REJECTED, "It creates a file, but expects lines in it.")
    lines = list(job.hunks[0].new) if job.hunks else []
    mode = job.new_mode or REGULAR
    made = Version(path, mode, lines)
    place, followed = bench.place_for_new(path)
    ours = bench.ours_at(place)
    count = len(job.hunks)
    if ours is None and not bench.is_blocked(place):
        ported = replace(made, path=place)
        earlier = None if followed is None else Followed(FollowKind.EARLIER, 100)
        bench.put(path, FilePair(made, ported, align(lines, lines), earlier))
        if place == path:
            return PortedDiff(PortedFile(path, path, Status.UNCHANGED, count, count), job.diff.raw)
        raw = _rewritten(job, {path: place}, job.hunks)
        return PortedDiff(PortedFile(path, place, Status.FOLLOWED, count, count, (), followed), raw)
    if ours is not None and (list(ours.lines), ours.mode) == (lines, mode):
        bench.put(path, FilePair(made, ours, align(lines, lines), followed))
        settled = Settled("identical", "The new upstream has exactly this file.")
        region = _whole_region((), lines, ours.lines, settled)
        return PortedDiff(
            PortedFile(path, place, Status.UPSTREAMED, count, count, (region,), followed), None
        )
    return _create_held(job, bench, made, ours, followed)


def _create_held(
    job: _Job, bench: Workbench, made: Version, ours: Version | None, followed: Followed | None
) -> PortedDiff:
    note = (
        "A folder, or a file in place of a folder, is in the way in the new upstream."
        if ours is None
        else "The patch creates this file, and the new upstream has one with other content."
    )
    held = Held(HeldCause.FILE_EXISTS, note)
    there = [] if ours is None else ours.lines
    region = _whole_region((), made.lines, there, held)
    ref = RegionRef(job.owner.patch, job.owner.file, 1)
    marks = (HeldMark(0, len(made.lines), ref),)
    blocks = () if ours is None else align(made.lines, ours.lines)
    missing = replace(held, consequence_of=ref) if ours is None else None
    bench.put(made.path, FilePair(made, ours, blocks, followed, missing, marks))
    place = None if ours is None else ours.path
    file = PortedFile(made.path, place, Status.CONFLICTED, len(job.hunks), 0, (region,), followed)
    return PortedDiff(file, None)


def _delete(job: _Job, bench: Workbench) -> PortedDiff:
    path = job.names.old or job.names.new
    assert path is not None
    pair = bench.pair(path)
    if pair.base is None:
        return _broken(job, HeldCause.REJECTED, "It deletes a file that its own base has not.")
    base = pair.base
    places = place_hunks(job.hunks, base.lines, job.policy.max_fuzz)
    left = apply_edits(base.lines, edits_of(job.hunks, places, base.lines))
    if None in places or left:
        return _broken(
            job, HeldCause.REJECTED, "It deletes a file that has other lines in its own base."
        )
    count = len(job.hunks)
    ours = pair.ours
    if ours is None:
        bench.put(path, FilePair(None, None))
        settled = Settled("identical", "The new upstream has no such file.")
        region = _whole_region(base.lines, (), (), settled)
        return PortedDiff(PortedFile(path, None, Status.UPSTREAMED, count, count, (region,)), None)
    followed = pair.followed if ours.path != path else None
    if list(ours.lines) != list(base.lines) or _kind(ours.mode) != _kind(base.mode):
        held = Held(HeldCause.FILE_CHANGED, "The patch deletes this file, and upstream changed it.")
        region = _whole_region(base.lines, (), ours.lines, held)
        bench.put(path, FilePair(None, ours))
        file = PortedFile(path, ours.path, Status.CONFLICTED, count, 0, (region,), followed)
        return PortedDiff(file, None)
    bench.put(path, FilePair(None, None))
    bench.remove_ours(ours.path)
    removal = edits_of(job.hunks, places, base.lines)
    hunks = write_hunks(ours.lines, removal, job.hunks)
    is_same = ours.path == path and [one.raw for one in hunks] == [one.raw for one in job.hunks]
    raw = job.diff.raw if is_same else _rewritten(job, {path: ours.path}, hunks)
    status = (
        Status.UNCHANGED if is_same else Status.SHIFTED if followed is None else Status.FOLLOWED
    )
    return PortedDiff(PortedFile(path, ours.path, status, count, count, (), followed), raw)


def _move(job: _Job, bench: Workbench) -> PortedDiff:
    """Port a rename or copy: the edits go into ours' version of the source, which then moves."""
    source, target = job.names.old, job.names.new
    assert source is not None
    assert target is not None
    pair = bench.pair(source)
    if pair.base is None:
        return _broken(job, HeldCause.REJECTED, "The file that it moves is not in its own base.")
    if bench.pair(target).base is not None and target != source:
        return _broken(job, HeldCause.REJECTED, "It moves a file onto one that its own base has.")
    merged = merge_hunks(pair, job.hunks, job.owner, job.policy.max_fuzz, job.policy.rules)
    mode_region, merged = _merge_mode(job, pair, merged)
    outcome = _outcome(job, source, pair, merged, mode_region)
    is_rename = job.operation is Operation.RENAME
    place, followed = bench.place_for_new(target)
    if is_rename and pair.ours is not None and pair.ours.path in (target, place):
        return _moved_upstream(job, bench, pair, merged, outcome)
    ours = merged.pair.ours
    assert merged.pair.base is not None
    base_after = replace(merged.pair.base, path=target)
    if ours is None:
        bench.put(target, replace(merged.pair, base=base_after))
        _forget_source(bench, source, None, is_rename=is_rename)
        held = outcome.file.regions or (
            _whole_region(
                (), (), (), pair.missing or Held(HeldCause.FILE_GONE, "The file is gone.")
            ),
        )
        return PortedDiff(replace(outcome.file, status=Status.CONFLICTED, regions=held), None)
    if bench.ours_at(place) is not None or bench.is_blocked(place):
        note = "The patch moves a file to where the new upstream has another one."
        region = _whole_region((), (), (), Held(HeldCause.FILE_EXISTS, note))
        region = replace(region, number=len(outcome.file.regions) + 1)
        regions = (*outcome.file.regions, region)
        bench.put(target, replace(merged.pair, base=base_after, ours=pair.ours, blocks=pair.blocks))
        if is_rename:
            bench.put(source, FilePair(None, None))
        file = replace(outcome.file, status=Status.CONFLICTED, carried=0, regions=regions)
        return PortedDiff(file, None)
    ours_after = replace(ours, path=place)
    moved = Followed(FollowKind.EARLIER, 100) if place != target else None
    bench.put(target, replace(merged.pair, base=base_after, ours=ours_after, followed=moved))
    _forget_source(bench, source, ours.path, is_rename=is_rename)
    return _moved_text(job, pair, merged, outcome, place, followed)


def _moved_text(
    job: _Job, pair: FilePair, merged: MergedFile, outcome: PortedDiff, place: Path,
    followed: Followed | None,
) -> PortedDiff:  # fmt: skip
    source, target = job.names.old, job.names.new
    before = pair.ours
    assert source is not None
    assert target is not None
    assert before is not None
    hunks = write_hunks(before.lines, merged.edits, job.hunks)
    status = outcome.file.status
    is_whole = status.is_ported or status is Status.UPSTREAMED
    is_same = (before.path, place) == (source, target) and tuple(
        (hunk.old_start, hunk.lines) for hunk in hunks
    ) == tuple((hunk.old_start, hunk.lines) for hunk in job.hunks)
    moved = {source: before.path, target: place}
    raw = job.diff.raw if is_same else _rewritten(job, moved, hunks)
    if is_whole:
        if (before.path, place) != (source, target):
            status = max(Status.FOLLOWED, status, key=_ported_rank)
        elif is_same:
            status = Status.UNCHANGED
        elif status is Status.UPSTREAMED:
            status = Status.RESOLVED
    elif status is Status.CONFLICTED:
        status = Status.PARTIAL  # the move itself is carried
    file = replace(
        outcome.file, new_path=place, status=status, followed=outcome.file.followed or followed
    )
    return PortedDiff(file, raw)


def _ported_rank(status: Status) -> int:
    return status.rank if status.is_ported else -1


def _moved_upstream(
    job: _Job, bench: Workbench, pair: FilePair, merged: MergedFile, outcome: PortedDiff
) -> PortedDiff:
    """A rename that upstream made as well: only the edits are left of it."""
    target, ours = job.names.new, merged.pair.ours
    assert target is not None
    assert ours is not None
    assert pair.ours is not None
    assert merged.pair.base is not None
    base = replace(merged.pair.base, path=target)
    bench.put(target, replace(merged.pair, base=base))
    bench.put(job.names.old or target, FilePair(None, None))
    hunks = write_hunks(pair.ours.lines, merged.edits, job.hunks)
    raw = None
    status = outcome.file.status
    if hunks:
        raw = plain_git_header(job.diff, ours.path) + b"".join(hunk.raw for hunk in hunks)
    if status.is_ported:
        status = Status.RESOLVED if hunks else Status.UPSTREAMED
    settled = Settled("identical", "Upstream moved the file to the same place.")
    region = replace(_whole_region((), (), (), settled), number=len(outcome.file.regions) + 1)
    file = replace(outcome.file, status=status, regions=(*outcome.file.regions, region))
    return PortedDiff(file, raw)


def _forget_source(
    bench: Workbench, source: Path, ours_path: Path | None, *, is_rename: bool
) -> None:
    if is_rename:
        bench.put(source, FilePair(None, None))
        if ours_path is not None:
            bench.remove_ours(ours_path)


def _kind(mode: int) -> int:
    return mode & _KIND_BITS
