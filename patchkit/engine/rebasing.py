"""Ports a whole stack from one upstream version to another (engine).

A fold over the patches in order: it never stops, and gives one outcome for every patch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.engine.outcomes import PortedDiff
from patchkit.engine.policy import Policy
from patchkit.engine.porting import port_diff
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Operation, Patch
from patchkit.model.report import Held, PortedFile, PortedPatch, Region, RegionRef, Status
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import File, Path, Tree

Watcher = Callable[[int, str], None]
"""Is told the number (from 1) and name of each patch before it is ported."""


def unwatched(number: int, name: str) -> None:
    """Watches nothing."""


@dataclass(frozen=True)
class PortedStack:
    """All patches ported, with the files that the proof needs.

    `pristine` are the new upstream's files at every path that matters, `result` what they are with
    the new stack applied; None where there is no file.
    """

    patches: tuple[PortedPatch, ...]
    pristine: Mapping[Path, File | None]
    result: Mapping[Path, File | None]


def port_stack(
    stack: Stack, old: Tree, new: Tree, policy: Policy, watch: Watcher = unwatched
) -> PortedStack:
    """Port every patch of the stack from the tree `old` to the tree `new`."""
    touched = touched_paths(stack, policy.strip)
    old.prefetch(touched)
    new.prefetch(touched)
    bench = Workbench(old, new, made_paths(stack, policy.strip))
    patches = []
    for number, stacked in enumerate(stack.patches, 1):
        watch(number, stacked.name)
        patches.append(port_patch(stacked, bench, policy))
    result = bench.result()
    return PortedStack(_with_true_causes(patches), bench.pristine(), result)


def port_patch(stacked: StackedPatch, bench: Workbench, policy: Policy) -> PortedPatch:
    """Port one patch; the workbench moves on with it."""
    patch, entry = stacked.patch, stacked.entry
    strip = policy.strip if entry.strip is None else entry.strip
    diffs = tuple(
        port_diff(diff, bench, stacked.name, strip, policy, is_reversed=entry.is_reversed)
        for diff in patch.files
    )
    if not patch.files:
        return _port_empty(stacked)
    files = tuple(diff.file for diff in diffs)
    return PortedPatch(stacked.name, patch_status(files), files, _content(patch, diffs))


def _with_true_causes(patches: Sequence[PortedPatch]) -> tuple[PortedPatch, ...]:
    """Where a person decided on the earlier region, what follows from it is no consequence of a
    held one."""
    decided = {
        RegionRef(patch.name, path, region.number)
        for patch in patches
        for file in patch.files
        for region in file.regions
        for path in (file.old_path, file.new_path)
        if region.is_decided and path is not None
    }
    if not decided:
        return tuple(patches)

    def checked(region: Region) -> Region:
        match region.settlement:
            case Held(_, _, RegionRef() as ref) as settlement if ref in decided:
                return replace(region, settlement=replace(settlement, consequence_of=None))
        return region

    return tuple(
        replace(
            patch,
            files=tuple(
                replace(file, regions=tuple(map(checked, file.regions))) for file in patch.files
            ),
        )
        for patch in patches
    )


def _port_empty(stacked: StackedPatch) -> PortedPatch:
    if not stacked.patch.raw:
        note = "The patch is empty."
        return PortedPatch(stacked.name, Status.UNCHANGED, (), b"", (note,))
    note = "The patch holds nothing but blank lines, which GNU patch refuses."
    return PortedPatch(stacked.name, Status.BROKEN, (), None, (note,))


def patch_status(files: Iterable[PortedFile]) -> Status:
    """The status of a patch from those of its files."""
    statuses = {file.status for file in files}
    dropped = {status for status in statuses if status.is_dropped}
    if Status.BROKEN in statuses:
        return Status.BROKEN
    if statuses & {Status.PARTIAL, Status.CONFLICTED}:
        return Status.CONFLICTED if statuses - dropped == {Status.CONFLICTED} else Status.PARTIAL
    if dropped == statuses:
        return max(dropped, key=lambda status: status.rank)
    ported = max(statuses - dropped, key=lambda status: status.rank)
    return Status.RESOLVED if dropped else ported


def touched_paths(stack: Stack, strip: int) -> tuple[Path, ...]:
    """Every path that the stack names, each once, in order."""
    found: dict[Path, None] = {}
    for stacked in stack.patches:
        depth = strip if stacked.entry.strip is None else stacked.entry.strip
        for diff in stacked.patch.files:
            for name in _names(diff, depth):
                found[name] = None
    return tuple(found)


def made_paths(stack: Stack, strip: int) -> frozenset[Path]:
    """Every path at which a patch of the stack creates a file, or to which it moves one."""
    found = set()
    for stacked in stack.patches:
        depth = strip if stacked.entry.strip is None else stacked.entry.strip
        for diff in stacked.patch.files:
            names = diff.names(depth)
            if stacked.entry.is_reversed:
                removal, made = Operation.CREATE, names.old
            else:
                removal, made = Operation.DELETE, names.new
            if made is not None and diff.operation not in (Operation.MODIFY, removal):
                found.add(made)
    return frozenset(found)


def _names(diff: FileDiff, strip: int) -> tuple[Path, ...]:
    names = diff.names(strip)
    return tuple(name for name in (names.old, names.new) if name is not None)


def _content(patch: Patch, diffs: tuple[PortedDiff, ...]) -> bytes | None:
    parts = [diff.raw for diff in diffs if diff.raw is not None]
    if not parts:
        return None
    return patch.prologue + b"".join(parts) + patch.epilogue
