"""Lays over a ported file diff what persons decided on it: what is left out, what is amended
(engine).

Resolutions of regions that are lines of a file are taken in the merge itself. Here is the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from patchkit.diffing.edits import Edit, apply_edits, edits_between, edits_of
from patchkit.diffing.placing import HunkPlace
from patchkit.diffing.rehunking import flip, write_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.engine.headers import header_without_hunks
from patchkit.engine.outcomes import PortedDiff, with_region
from patchkit.engine.policy import Policy
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Hunk, Operation
from patchkit.model.report import (
    AMENDMENT,
    RESOLUTION,
    HeldCause,
    PortedFile,
    Region,
    Settled,
    Sides,
    Span,
    Status,
)
from patchkit.model.resolutions import Amendment, Question, Side

_NO_QUESTION = (HeldCause.REJECTED, HeldCause.UNSUPPORTED)


def question_of(region: Region, file: PortedFile) -> Question | None:
    """What a resolution of a held region answers; None where no resolution can."""
    settlement = region.settlement
    if isinstance(settlement, Settled) or settlement.cause in _NO_QUESTION:
        return None
    places = frozenset(path for path in (file.old_path, file.new_path) if path is not None)
    sides = Sides(region.base.lines, region.theirs.lines, region.ours.lines)
    return Question(places, settlement.cause, sides)


def with_left_out(ported: PortedDiff, policy: Policy) -> PortedDiff:
    """With what is held settled wherever a person decided that ours stays as it is."""
    file = ported.file
    if not file.held:
        return ported
    regions = tuple(_left_out(region, file, policy) for region in file.regions)
    if regions == file.regions:
        return ported
    file = replace(file, regions=regions)
    if not file.held and file.status in (Status.PARTIAL, Status.CONFLICTED):
        file = replace(file, status=Status.RESOLVED)
    return replace(ported, file=file)


def _left_out(region: Region, file: PortedFile, policy: Policy) -> Region:
    question = question_of(region, file)
    decided = None if question is None else policy.resolutions.answer_to(question)
    if decided is None or decided.answer not in (Side.OURS, region.ours.lines):
        return region
    settled = Settled(RESOLUTION, decided.provenance.why, region.ours.lines)
    return replace(region, settlement=settled)


def with_amendments(
    ported: PortedDiff, patch: str, bench: Workbench, policy: Policy, *, is_reversed: bool
) -> PortedDiff:
    """With the recorded amendments to what the patch named `patch` makes of its file.

    One whose lines are not there, or more than once, is not taken.
    """
    place = ported.file.new_path
    wanted = [
        one
        for one in policy.resolutions.amendments
        if (one.provenance.patch, one.file) == (patch, place)
    ]
    after = bench.ours_at(place) if wanted and place is not None else None
    if after is None or ported.raw is None:
        return ported
    parsed = parse_patch(patch, ported.raw)
    (diff,) = parsed.files
    header = parsed.prologue + diff.header + diff.binary
    hunks = tuple(flip(hunk) for hunk in diff.hunks) if is_reversed else diff.hunks
    taken, lines = [], tuple(after.lines)
    for one in wanted:
        at = _only_place(one.before, lines)
        if at is not None:
            lines = (*lines[:at], *one.after, *lines[at + len(one.before) :])
            taken.append(_amended_region(one, at))
    if not hunks or not taken:
        return ported
    written = _rewritten(hunks, after.lines, lines)
    raw: bytes | None = header + b"".join(
        (flip(hunk) if is_reversed else hunk).raw for hunk in written
    )
    if not written:
        raw = header_without_hunks(header) if _says_more_than_hunks(diff) else None
        if raw is None and not lines:
            return ported  # without hunks only git's header can say that there is an empty file
    bench.amend_ours(after.with_lines(lines))
    regions = ported.file.regions
    for region in taken:
        regions = with_region(regions, region)
    status = max(ported.file.status, Status.RESOLVED, key=lambda status: status.rank)
    file = replace(ported.file, regions=regions, status=status)
    return replace(ported, file=file, raw=raw)


def _says_more_than_hunks(diff: FileDiff) -> bool:
    sets_mode = diff.new_mode is not None and diff.new_mode != diff.old_mode
    return diff.is_git and (sets_mode or diff.operation is not Operation.MODIFY)


def _only_place(wanted: Sequence[bytes], lines: Sequence[bytes]) -> int | None:
    count = len(wanted)
    places = [
        at
        for at in range(len(lines) - count + 1)
        if lines[at] == wanted[0] and tuple(lines[at : at + count]) == tuple(wanted)
    ]
    return places[0] if len(places) == 1 else None


def _amended_region(amendment: Amendment, at: int) -> Region:
    span = Span(at + 1, amendment.before)
    settled = Settled(AMENDMENT, amendment.provenance.why, amendment.after)
    return Region(0, (), span, span, span, settled)


def _rewritten(
    hunks: Sequence[Hunk], after: Sequence[bytes], wanted: Sequence[bytes]
) -> tuple[Hunk, ...]:
    """Hunks that leave `wanted` where `hunks`, which fit exactly, leave `after`."""
    backwards = [flip(hunk) for hunk in hunks]
    before = apply_edits(after, _edits_at_place(backwards, after))
    known = {(edit.start, edit.stop, edit.added): edit for edit in _edits_at_place(hunks, before)}
    starts = [hunk.old_start for hunk in hunks]
    edits = []
    for edit in edits_between(before, wanted, 0, 0):
        nearest = max(bisect_right(starts, edit.start + 1) - 1, 0)
        same = known.get((edit.start, edit.stop, edit.added))
        edits.append(same or replace(edit, hunk=nearest))
    return write_hunks(before, edits, hunks)


def _edits_at_place(hunks: Sequence[Hunk], lines: Sequence[bytes]) -> tuple[Edit, ...]:
    places = [
        HunkPlace(max(hunk.old_start - 1, 0) if hunk.old else hunk.old_start, 0, 0)
        for hunk in hunks
    ]
    return edits_of(hunks, places, lines)
