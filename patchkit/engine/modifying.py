"""Ports what changes the lines or the mode of a file that stays (engine)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.rehunking import write_hunks
from patchkit.engine.changes import Change, kind_of
from patchkit.engine.merging import merge_hunks
from patchkit.engine.outcomes import PortedDiff, broken, rewritten, whole_region, with_region
from patchkit.engine.rules import IDENTICAL
from patchkit.engine.versions import FilePair, Version
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import Hunk
from patchkit.model.report import Held, HeldCause, PortedFile, Region, Settled, Status
from patchkit.model.tree import Path


@dataclass(frozen=True, slots=True)
class Merged:
    """The lines and the mode of a file after a change: `pair` before, `after` it.

    `hunks` make the same change in ours (none where ours has no such file), `carried` counts those
    of the patch that are in ours whole, `lost` are the numbers of those of which nothing is.
    """

    pair: FilePair
    after: FilePair
    regions: tuple[Region, ...]
    hunks: tuple[Hunk, ...]
    carried: int
    lost: tuple[int, ...] = ()

    @property
    def changes_mode(self) -> bool:
        """Whether ours has another mode after it."""
        before, after = self.pair.ours, self.after.ours
        return before is not None and after is not None and before.mode != after.mode

    @property
    def changes_ours(self) -> bool:
        """Whether ours is another file after it."""
        return bool(self.hunks) or self.changes_mode

    @property
    def changes_base(self) -> bool:
        """Whether the change does anything where it was made for."""
        before, after = self.pair.base, self.after.base
        return before is not None and after is not None and not before.is_like(after)

    @property
    def is_held(self) -> bool:
        """Whether a region is left to a person."""
        return any(region.is_held for region in self.regions)

    @property
    def is_broken(self) -> bool:
        """Whether a hunk does not apply to base."""
        return any(
            isinstance(region.settlement, Held) and region.settlement.cause is HeldCause.REJECTED
            for region in self.regions
        )

    @property
    def status_where_nothing_left(self) -> Status:
        """The status where ours needs nothing of it: a person said so, or upstream has it, in the
        very same form or another."""
        if any(region.is_decided for region in self.regions):
            return Status.RESOLVED
        rules = (region.settlement for region in self.regions)
        is_same = all(isinstance(one, Settled) and one.rule == IDENTICAL.name for one in rules)
        return Status.UPSTREAMED if is_same else Status.ABSORBED

    def status_where_left(self, *, is_carried: bool) -> Status:
        """The status where some of it does not apply or is held."""
        if self.is_broken:
            return Status.BROKEN
        return Status.PARTIAL if is_carried else Status.CONFLICTED


def modify(change: Change, bench: Workbench) -> PortedDiff:
    """Port a change of a file's lines or mode."""
    path = bench.picked_in_base(change.candidates)
    pair = bench.changeable(path)
    if pair.base is None:
        return broken(change, HeldCause.REJECTED, "The file is not in its own base.")
    if change.kind != kind_of(pair.base.mode):
        return broken(change, HeldCause.REJECTED, "In its own base the file is of another kind.")
    merged = merge_change(change, pair)
    bench.put_at_end_of_run(path, merged.after)
    return _outcome(change, path, merged, bench)


def merge_change(change: Change, pair: FilePair) -> Merged:
    """Carry the lines and the mode of a change; `pair.base` must be there."""
    assert pair.base is not None
    if pair.ours is not None and kind_of(pair.ours.mode) != kind_of(pair.base.mode):
        note = "Upstream turned the file into another kind, such as a link."
        pair = replace(pair, ours=None, blocks=(), missing=Held(HeldCause.KIND, note))
    lines = merge_hunks(pair, change.hunks, change.owner, change.policy)
    hunks = () if pair.ours is None else write_hunks(pair.ours.lines, lines.edits, change.hunks)
    merged = Merged(pair, lines.pair, lines.regions, hunks, lines.carried, lines.lost)
    return _with_mode(change, merged) if change.sets_mode else merged


def status_of(change: Change, merged: Merged) -> Status:
    """The status of a change that ours has whole, at the path that base has: `shifted` where the
    old hunks would have done, with the stack's fuzz, else `merged`; `resolved` by a rule."""
    before, after = merged.pair.ours, merged.after.ours
    assert before is not None
    assert after is not None
    if merged.regions:
        return Status.RESOLVED
    places = place_hunks(change.hunks, before.lines, change.policy.max_fuzz)
    edits = edits_of(change.hunks, places, before.lines)
    if None not in places and apply_edits(before.lines, edits) == list(after.lines):
        return Status.SHIFTED
    return Status.MERGED


def are_same(hunks: Sequence[Hunk], others: Sequence[Hunk]) -> bool:
    """Whether GNU patch does the very same with both."""
    return [(hunk.old_start, hunk.lines) for hunk in hunks] == [
        (hunk.old_start, hunk.lines) for hunk in others
    ]


def _with_mode(change: Change, merged: Merged) -> Merged:
    """The merge with the mode carried, or held where ours has no such file."""
    base, ours = merged.after.base, merged.after.ours
    mode = change.new_mode
    assert base is not None
    assert mode is not None
    after = replace(merged.after, base=replace(base, mode=mode))
    if ours is not None:
        # A file has one of two modes: where upstream changed it, it has the patch's.
        return replace(merged, after=replace(after, ours=replace(ours, mode=mode)))
    held = merged.pair.missing or Held(HeldCause.MODE, f"The patch sets mode {mode:o}.")
    return replace(merged, after=after, regions=with_region(merged.regions, whole_region(held)))


def _outcome(change: Change, path: Path, merged: Merged, bench: Workbench) -> PortedDiff:
    ours = merged.pair.ours
    raw, status = None, Status.CONFLICTED
    if ours is not None:
        raw, status = _text(change, path, ours, merged, bench)
    elif not merged.is_held:
        status = Status.UPSTREAMED
    if merged.is_broken:
        status = Status.BROKEN
    place = None if ours is None else ours.path
    file = PortedFile(
        path,
        place,
        status,
        len(change.hunks),
        merged.carried,
        merged.regions,
        None if place == path else merged.pair.followed,
    )
    return PortedDiff(file, raw, merged.lost)


def _text(
    change: Change, path: Path, ours: Version, merged: Merged, bench: Workbench
) -> tuple[bytes | None, Status]:
    names = bench.names_for(change.candidates, path, ours.path)
    is_same = not merged.regions and not names and are_same(merged.hunks, change.hunks)
    if is_same and (merged.changes_ours or not merged.changes_base):
        return change.diff.raw, Status.UNCHANGED
    raw = rewritten(change, names, merged.hunks) if merged.changes_ours else None
    if merged.is_held:
        return raw, merged.status_where_left(is_carried=raw is not None)
    if raw is None:
        return raw, merged.status_where_nothing_left
    if ours.path != path and not merged.regions:
        return raw, Status.FOLLOWED
    return raw, status_of(change, merged)
