"""Drops a patch that upstream has in another form (engine).

Asked before the merge is believed: a merge that keeps both sides would double what upstream has.
A patch is absorbed when some of it cannot be carried, and upstream has nearly all that it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.rehunking import flip
from patchkit.engine.outcomes import PortedDiff
from patchkit.engine.policy import Policy
from patchkit.engine.presence import (
    UNTOUCHED,
    Presence,
    UpstreamDelta,
    evidence_of,
    is_telling,
    plain,
    presence_of,
)
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Operation
from patchkit.model.report import (
    AMENDMENT,
    RESOLUTION,
    EvidenceLine,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    Settled,
    Status,
    UpstreamCommit,
)
from patchkit.model.stack import StackedPatch

_LEAST_LINES = 2
_LEAST_REMOVED = 4
"""Telling lines that must be gone where a patch only removes: one or two may be chance."""

_OF_LINES = (
    HeldCause.OVERLAP,
    HeldCause.DOUBTFUL,
    HeldCause.FILE_GONE,
    HeldCause.FILE_AMBIGUOUS,
    HeldCause.FILE_EXISTS,
)
_BEYOND_DOUBT = ("identical", "already-there", RESOLUTION, AMENDMENT)
_LEAST_ADDED = 0.65
"""The share of the added lines alone that must be there."""
_LESS_IF_FROM_UPSTREAM = 0.05
"""By how much less is enough for a patch that says it comes from upstream."""
_FROM_UPSTREAM = re.compile(
    rb"\bCVE-\d{4}-\d+|cherry.picked from commit|^Origin:\s*(?:upstream|backport)"
    rb"|\bcommit [0-9a-f]{12,40} upstream|^Applied-Upstream:(?!\s*no\b)",
    re.IGNORECASE | re.MULTILINE,
)

NOT_THERE = Held(
    HeldCause.FILE_GONE, "Upstream has the patch that makes this file, but not the file."
)
"""Why ours has not the file that an absorbed patch makes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What upstream has of a patch, file diff by file diff, and whether the patch says that it
    comes from upstream. Without evidence where upstream left all of its files alone."""

    evidence: tuple[tuple[EvidenceLine, ...], ...]
    is_from_upstream: bool

    @property
    def presence(self) -> Presence:
        """All of it, counted."""
        return presence_of(line for lines in self.evidence for line in lines)

    def needed(self, share: float) -> float:
        """The share that is enough for this patch, where it is `share` for others."""
        return share - _LESS_IF_FROM_UPSTREAM if self.is_from_upstream else share

    def is_met(self, share: float) -> bool:
        """Whether upstream has at least this share of the patch."""
        found = self.presence
        if found.added + found.removed < _LEAST_LINES:
            return False
        if not found.added and found.removed < _LEAST_REMOVED:
            return False
        share = self.needed(share)
        return found.share >= share and found.added_share >= min(share, _LEAST_ADDED)


def claim_of(stacked: StackedPatch, bench: Workbench, strip: int) -> Claim:
    """What upstream has of a patch that comes next on the bench."""
    deltas = [_delta_under(diff, bench, strip) for diff in stacked.patch.files]
    if all(delta is UNTOUCHED for delta in deltas):
        return Claim((), is_from_upstream=False)
    evidence: list[tuple[EvidenceLine, ...]] = []
    for diff, delta in zip(stacked.patch.files, deltas, strict=True):
        is_reversed = stacked.entry.is_reversed
        hunks = tuple(flip(hunk) for hunk in diff.hunks) if is_reversed else diff.hunks
        evidence.append(() if delta is None else evidence_of(hunks, delta))
    says = stacked.name.encode("utf-8", "surrogateescape") + b"\n" + stacked.patch.prologue
    return Claim(tuple(evidence), _FROM_UPSTREAM.search(says) is not None)


def _delta_under(diff: FileDiff, bench: Workbench, strip: int) -> UpstreamDelta | None:
    """What upstream did to the file of a diff; None where that says nothing of the diff."""
    names = diff.names(strip)
    candidates = tuple(name for name in (names.old, names.new) if name is not None)
    if not candidates or diff.operation is Operation.COPY:
        return None
    return bench.upstream_delta(bench.picked_in_base(candidates))


def commit_that_has(
    stacked: StackedPatch, diffs: Sequence[PortedDiff], policy: Policy
) -> UpstreamCommit | None:
    """The upstream commit with the change of a patch some of which is held; None where there is
    none, or no history to look at."""
    regions = [region for diff in diffs for region in diff.file.regions]
    held = [region.settlement for region in regions if isinstance(region.settlement, Held)]
    if policy.commit_with is None or not held or stacked.name in policy.kept:
        return None
    if any(one.cause not in _OF_LINES for one in held) or any(one.is_decided for one in regions):
        return None
    return policy.commit_with(stacked, policy.absorbed_from)


def decides(claim: Claim, diffs: Sequence[PortedDiff]) -> bool:
    """Whether a claim that is met decides: some of the patch could not just be carried, and what
    is held are lines, not the mode or the kind of a file.

    Of a patch that only removes lines upstream must have put nothing else in their place.
    """
    regions = [region for diff in diffs for region in diff.file.regions]
    if any(region.is_decided for region in regions):
        return False
    held = [region for region in regions if region.is_held]
    if any(_cause_of(region) not in _OF_LINES for region in held):
        return False
    if not claim.presence.added and not all(map(_is_removed_upstream, held)):
        return False
    is_settled = any(
        isinstance(region.settlement, Settled) and region.settlement.rule not in _BEYOND_DOUBT
        for region in regions
    )
    return bool(held) or is_settled or any(diff.also for diff in diffs)


def _cause_of(region: Region) -> HeldCause | None:
    return region.settlement.cause if isinstance(region.settlement, Held) else None


def _is_removed_upstream(region: Region) -> bool:
    """Whether upstream removed the region's lines too, and put nothing in their place."""
    if _cause_of(region) is HeldCause.FILE_AMBIGUOUS:
        return False
    fresh = set(map(plain, region.ours.lines)) - set(map(plain, region.base.lines))
    return not any(map(is_telling, fresh))


def absorbed(
    patch: str,
    diffs: Sequence[PortedDiff],
    claim: Claim,
    policy: Policy,
    commit: UpstreamCommit | None = None,
) -> PortedPatch:
    """The patch as one that upstream has in another form, or took in `commit`."""
    found = claim.presence
    note = (
        f"Upstream has {found.there} of the {found.added} lines that it adds, and "
        f"{found.gone} of the {found.removed} that it removes are gone: {100 * found.share:.0f} %. "
    )
    percent = f"{100 * claim.needed(policy.absorbed_from):.0f} %"
    if commit is None:
        note += f"From {percent} on it is dropped."
    else:
        note += f"It is dropped because an upstream commit has at least {percent} of it."
    files = tuple(
        _absorbed_file(diff.file, evidence)
        for diff, evidence in zip(diffs, claim.evidence, strict=True)
    )
    commits = () if commit is None else (commit,)
    return PortedPatch(patch, Status.ABSORBED, files, None, (note,), commits)


def _absorbed_file(file: PortedFile, evidence: tuple[EvidenceLine, ...]) -> PortedFile:
    if file.status is Status.UPSTREAMED:
        return file
    there = sum(line.is_there for line in evidence)
    return replace(
        file,
        status=Status.ABSORBED,
        carried=file.hunks if evidence and there == len(evidence) else 0,
        regions=(),
        evidence=evidence,
    )
