"""Follows code that moved: a hunk whose lines stand elsewhere goes there (engine).

Asked for hunks that are held whole: where upstream split a file, joined two, or moved a function,
the lines that such a hunk expects stand in another place. It is followed only where these lines,
three telling ones at least, stand at exactly one place of one file; more than one is a conflict,
never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import HunkPlace
from patchkit.diffing.rehunking import write_hunks
from patchkit.engine.changes import Change
from patchkit.engine.generated import is_lock_file
from patchkit.engine.outcomes import PortedDiff, rewritten_as_modification
from patchkit.engine.presence import is_telling
from patchkit.engine.versions import Version
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import Hunk, Operation
from patchkit.model.report import (
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    Region,
    Settled,
    Status,
)
from patchkit.model.shown import shown_path

MOVED_CODE = "moved-code"
"""What settled a region whose lines stand elsewhere in the same file."""

_LEAST_TELLING = 3
_MOST_TRIMMED = 2
_FOLLOWABLE = (HeldCause.OVERLAP, HeldCause.FILE_GONE)


@dataclass(frozen=True, slots=True)
class _Landing:
    """Where a hunk goes: index `at` of a file; `hunk` may have less context than it had."""

    number: int
    whole: Hunk
    hunk: Hunk
    version: Version
    at: int


def with_moved_code(ported: PortedDiff, change: Change, bench: Workbench) -> PortedDiff:
    """With the hunks that are held whole put where their lines stand now."""
    if change.operation is not Operation.MODIFY or change.sets_mode or not ported.lost:
        return ported
    if ported.file.old_path is None or is_lock_file(ported.file.old_path):
        return ported
    landings = list(_landings(ported, change, bench))
    landings = _whole_regions_only(ported.file, landings)
    ported = replace(ported, file=_with_hints(ported.file, landings, change, bench))
    if not landings:
        return ported
    by_place = [
        sorted((one for one in landings if one.version.path == place), key=_at)
        for place in dict.fromkeys(one.version.path for one in landings)
    ]
    landed = [_landed(mine, change, ported.file) for mine in by_place]
    if None in landed:
        return ported
    for one in filter(None, landed):
        bench.amend_ours(one.version)
    also = tuple(one.diff for one in filter(None, landed))
    gone = {one.number for one in landings}
    return replace(ported, file=_without(ported.file, gone), also=also)


def _with_hints(
    file: PortedFile, landings: Sequence[_Landing], change: Change, bench: Workbench
) -> PortedFile:
    """Says of the hunks of a file that is gone where most of their lines stand now, if anywhere."""
    landed = {one.number for one in landings}

    def hinted(region: Region) -> Region:
        held = region.settlement
        if (
            not isinstance(held, Held)
            or held.cause is not HeldCause.FILE_GONE
            or file.old_path is None
        ):
            return region
        hunks = [change.hunks[number - 1] for number in region.hunks if number not in landed]
        hint = _where_most_went(hunks, file.old_path, bench)
        return (
            replace(region, settlement=replace(held, note=f"{held.note} {hint}"))
            if hint
            else region
        )

    return replace(file, regions=tuple(map(hinted, file.regions)))


def _where_most_went(hunks: Sequence[Hunk], path: bytes, bench: Workbench) -> str:
    wanted = {line for hunk in hunks for line in hunk.old if is_telling(line)}
    if len(wanted) < _LEAST_TELLING:
        return ""
    best, where = 0, b""
    for version in bench.files_with(max(wanted, key=len), path):
        found = len(wanted.intersection(version.lines))
        if found > best:
            best, where = found, version.path
    if best < max(len(wanted) / 2, _LEAST_TELLING):
        return ""
    return f"{best} of its {len(wanted)} lines stand in {shown_path(where)} now."


def _at(landing: _Landing) -> int:
    return landing.at


def _landings(ported: PortedDiff, change: Change, bench: Workbench) -> Iterator[_Landing]:
    path = ported.file.old_path
    if path is None:
        return
    regions_of: dict[int, list[Region]] = {}
    for region in ported.file.regions:
        for number in region.hunks:
            regions_of.setdefault(number, []).append(region)
    for number in ported.lost:
        hunk = change.hunks[number - 1]
        regions = regions_of.get(number, ())
        if not all(_is_followable(region) for region in regions):
            continue
        if sum(map(is_telling, hunk.old)) < _LEAST_TELLING:
            continue
        if regions and _is_in_place(hunk, regions):
            continue
        for trimmed in _trimmed(hunk):
            places = list(_places_of(trimmed, path, bench))
            if len(places) == 1 and not _is_beside(*places[0], trimmed, ported.file):
                yield _Landing(number, hunk, trimmed, *places[0])
            if places:
                break


def _is_followable(region: Region) -> bool:
    held = region.settlement
    return isinstance(held, Held) and held.cause in _FOLLOWABLE


def _is_in_place(hunk: Hunk, regions: Sequence[Region]) -> bool:
    """Whether lines of the hunk stand as before on both sides of what is held, more of them than a
    hunk is trimmed by: then upstream changed what is between them, and moved nothing."""
    first, last = len(hunk.old), 0
    for region in regions:
        start = _start_in(hunk.old, region.base.lines)
        if start is None:
            return False
        first, last = min(first, start), max(last, start + len(region.base.lines))
    before, after = hunk.old[:first], hunk.old[last:]
    return (
        any(map(is_telling, before))
        and any(map(is_telling, after))
        and max(len(before), len(after)) > _MOST_TRIMMED
    )


def _start_in(lines: Sequence[bytes], held: Sequence[bytes]) -> int | None:
    """The index at which held lines stand among those of a hunk; None for no lines: they may stand
    anywhere."""
    wanted = tuple(held)
    starts = range(len(lines) - len(wanted) + 1) if wanted else ()
    return next((at for at in starts if tuple(lines[at : at + len(wanted)]) == wanted), None)


def _is_beside(version: Version, at: int, hunk: Hunk, file: PortedFile) -> bool:
    """Whether the lines stand just where the hunk is held: then they have not moved."""
    if version.path != file.new_path:
        return False
    stop = at + len(hunk.old)
    for region in file.held:
        start = region.ours.start - 1
        end = start + len(region.ours.lines)
        if at <= end and start <= stop and not start <= at <= stop <= end:
            return True
    return False


def _trimmed(hunk: Hunk) -> Iterator[Hunk]:
    """The hunk with ever less context, as long as it says enough."""
    for count in range(_MOST_TRIMMED + 1):
        lead = min(count, hunk.leading_context)
        tail = min(count, hunk.trailing_context)
        lines = hunk.lines[lead : len(hunk.lines) - tail]
        less = replace(hunk, lines=lines, old_start=hunk.old_start + lead) if count else hunk
        if count and len(lines) == len(hunk.lines):
            return
        if sum(map(is_telling, less.old)) >= _LEAST_TELLING:
            yield less


def _places_of(hunk: Hunk, path: bytes, bench: Workbench) -> Iterator[tuple[Version, int]]:
    wanted = hunk.old
    telling = max(wanted, key=len)
    for version in bench.files_with(telling, path):
        lines = version.lines
        for at in range(len(lines) - len(wanted) + 1):
            if lines[at] == wanted[0] and tuple(lines[at : at + len(wanted)]) == wanted:
                yield version, at


def _whole_regions_only(file: PortedFile, landings: Sequence[_Landing]) -> list[_Landing]:
    """Only where every hunk of a region moves: the rest of it would have no place in the report."""
    numbers = {one.number for one in landings}
    split = {
        number
        for region in file.regions
        if not numbers.issuperset(region.hunks)
        for number in region.hunks
    }
    return [one for one in landings if one.number not in split]


@dataclass(frozen=True, slots=True)
class _Landed:
    """The file diff that some hunks became, and the file with them in."""

    diff: PortedDiff
    version: Version


def _landed(landings: Sequence[_Landing], change: Change, file: PortedFile) -> _Landed | None:
    """The hunks that go into one file, as a file diff of their own; None where they overlap."""
    before = landings[0].version
    hunks = [one.hunk for one in landings]
    edits = edits_of(hunks, [HunkPlace(one.at, 0, 0) for one in landings], before.lines)
    if any(one.stop > two.start for one, two in pairwise(edits)):
        return None
    after = before.with_lines(apply_edits(before.lines, edits))
    # With less context than it had, a hunk is written anew.
    edits = tuple(
        edit if hunks[edit.hunk] is landings[edit.hunk].whole else replace(edit, offset=-1)
        for edit in edits
    )
    whole = [one.whole for one in landings]
    raw = rewritten_as_modification(change, before.path, write_hunks(before.lines, edits, whole))
    note = (
        f"The lines that it expects stand at line {landings[0].at + 1} of "
        f"{shown_path(before.path)}, and nowhere else."
    )
    regions = tuple(
        replace(region, number=number, settlement=Settled(MOVED_CODE, note))
        for number, region in enumerate(
            (region for region in file.regions if _moves(region, landings)), 1
        )
    )
    moved = PortedFile(
        file.old_path,
        before.path,
        Status.RESOLVED,
        len(landings),
        len(landings),
        regions,
        Followed(FollowKind.CODE, 100),
    )
    return _Landed(PortedDiff(moved, raw), after)


def _moves(region: Region, landings: Sequence[_Landing]) -> bool:
    return any(one.number in region.hunks for one in landings)


def _without(file: PortedFile, gone: set[int]) -> PortedFile:
    regions = tuple(region for region in file.regions if gone.isdisjoint(region.hunks))
    status = file.status
    if not any(region.is_held for region in regions) and status in (
        Status.PARTIAL,
        Status.CONFLICTED,
    ):
        status = Status.RESOLVED
    return replace(file, hunks=file.hunks - len(gone), regions=regions, status=status)
