"""Ports a whole stack from one upstream version to another (engine).

A fold over the patches in order: it never stops, and gives one outcome for every patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.engine.absorbing import NOT_THERE, absorbed, claim_of, commit_that_has, decides
from patchkit.engine.outcomes import PortedDiff
from patchkit.engine.policy import Policy
from patchkit.engine.porting import UNOBSERVED, Observer, port_diff
from patchkit.engine.stages import PATCHES_OF_A_STAGE, Stage, StageWatcher, unwatched_stage
from patchkit.engine.versions import Version
from patchkit.engine.watching import Watcher, unwatched
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Operation, Patch
from patchkit.model.report import Held, PortedFile, PortedPatch, Region, RegionRef, Status
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import File, Path, Tree

_PATCHES_UNTIL_PUT_AWAY = 50


@dataclass(frozen=True)
class PortedStack:
    """All patches ported, with the files that the proof needs.

    `pristine` are the new upstream's files at every path that matters, `result` what they are with
    the new stack applied; None where there is no file. `base` are the files that the stack makes of
    its own version, `bases_of_held` the lines that base had when a patch came of which something is
    held, by the index of the patch and the path. `stages` are what runs of patches did, in order.
    """

    patches: tuple[PortedPatch, ...]
    pristine: Mapping[Path, File | None]
    result: Mapping[Path, File | None]
    base: Mapping[Path, Version | None]
    bases_of_held: Mapping[tuple[int, Path], Sequence[bytes]]
    stages: tuple[Stage, ...]


def port_stack(
    stack: Stack, old: Tree, new: Tree, policy: Policy, watch: Watcher = unwatched,
    observer: Observer = UNOBSERVED, watch_stage: StageWatcher = unwatched_stage,
) -> PortedStack:  # fmt: skip
    """Port every patch of the stack from the tree `old` to the tree `new`."""
    touched = touched_paths(stack, policy.strip)
    old.prefetch(touched)
    new.prefetch(touched)
    bench = Workbench(old, new, made_paths(stack, policy.strip))
    patches = []
    bases_of_held: dict[tuple[int, Path], Sequence[bytes]] = {}
    stages: list[Stage] = []
    named: set[Path] = set()
    for at, stacked in enumerate(stack.patches):
        if at % PATCHES_OF_A_STAGE == 0:
            of_stage = stack.patches[at : at + PATCHES_OF_A_STAGE]
            coming = tuple(path for one in of_stage for path in paths_of(one, policy.strip))
            old.prefetch(coming)
            new.prefetch(coming)
        watch(at + 1, stacked.name)
        paths = paths_of(stacked, policy.strip)
        loaded = bench.loaded_base(paths)
        ported = port_patch(stacked, bench, policy, observer)
        patches.append(ported)
        if (at + 1) % _PATCHES_UNTIL_PUT_AWAY == 0:
            bench.put_away()
        held_in = (file.old_path for file in ported.files if file.held)
        for path in {path for path in held_in if path is not None}:
            base = loaded[path] if path in loaded else _version_in(old, path)
            if base is not None:
                bases_of_held[at, path] = base.lines
        named.update(paths, _paths_in(ported))
        if (at + 1) % PATCHES_OF_A_STAGE == 0 or at + 1 == len(stack.patches):
            changes = bench.changes_of_ours()
            reached = {*named, *changes}
            first = at - at % PATCHES_OF_A_STAGE
            stages.append(Stage(tuple(patches[first:]), reached, bench.asked(reached), changes))
            watch_stage(stages[-1])
            named = set()
    result = bench.result()
    return PortedStack(
        _with_true_causes(patches), bench.pristine(), result, bench.base(), bases_of_held,
        tuple(stages),
    )  # fmt: skip


def _paths_in(patch: PortedPatch) -> Iterator[Path]:
    for file in patch.files:
        yield from (path for path in (file.old_path, file.new_path) if path is not None)


def _version_in(tree: Tree, path: Path) -> Version | None:
    file = tree.get(path)
    return None if file is None else Version.of(path, file)


def port_patch(
    stacked: StackedPatch, bench: Workbench, policy: Policy, observer: Observer = UNOBSERVED
) -> PortedPatch:
    """Port one patch; the workbench moves on with it."""
    patch, entry = stacked.patch, stacked.entry
    strip = policy.strip if entry.strip is None else entry.strip
    if not patch.files:
        return _port_empty(stacked)
    bench.begin_patch(_handled_whole(patch, strip))
    claim = claim_of(stacked, bench, strip)
    is_claimed = stacked.name not in policy.kept and claim.is_met(policy.absorbed_from)
    mark = bench.marked() if is_claimed or policy.commit_with else None
    diffs = tuple(
        port_diff(
            diff, bench, stacked.name, strip, policy,
            is_reversed=entry.is_reversed, observer=observer,
        )
        for diff in patch.files
    )  # fmt: skip
    is_met = is_claimed and decides(claim, diffs)
    commit = None if is_met else commit_that_has(stacked, diffs, policy)
    if mark is not None and (is_met or commit is not None):
        bench.take_back_ours(mark, NOT_THERE)
        return absorbed(stacked.name, diffs, claim, policy, commit)
    parts = tuple(part for diff in diffs for part in diff.parts)
    files = tuple(part.file for part in parts)
    notes = tuple(dict.fromkeys(part.note for part in parts if part.note))
    return PortedPatch(stacked.name, patch_status(files), files, _content(patch, parts), notes)


def _with_true_causes(patches: Sequence[PortedPatch]) -> tuple[PortedPatch, ...]:
    """What follows from a region that was held at first and settled later, by a person or because
    upstream has the whole patch, is no consequence of a held one."""
    files = [
        (patch.name, path, file)
        for patch in patches
        for file in patch.files
        for path in (file.old_path, file.new_path)
        if path is not None
    ]
    named = {(patch, path) for patch, path, _ in files}
    held = {RegionRef(patch, path, one.number) for patch, path, file in files for one in file.held}
    held_in = {(ref.patch, ref.region) for ref in held}

    def is_held(ref: RegionRef) -> bool:
        # What a patch copies or moves it names by its target, which is nowhere if that is held.
        is_named = (ref.patch, ref.file) in named
        return ref in held if is_named else (ref.patch, ref.region) in held_in

    def checked(region: Region) -> Region:
        match region.settlement:
            case Held(consequence_of=RegionRef() as ref) as settlement if not is_held(ref):
                return replace(region, settlement=replace(settlement, consequence_of=None))
        return region

    def with_checked(file: PortedFile) -> PortedFile:
        return replace(file, regions=tuple(map(checked, file.regions))) if file.held else file

    return tuple(
        replace(patch, files=tuple(map(with_checked, patch.files))) if patch.held else patch
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
    return tuple(
        dict.fromkeys(path for stacked in stack.patches for path in paths_of(stacked, strip))
    )


def paths_of(stacked: StackedPatch, strip: int) -> tuple[Path, ...]:
    """Every path that a patch names, each once, in order; `strip` counts where its line says
    none."""
    depth = strip if stacked.entry.strip is None else stacked.entry.strip
    names = (name for diff in stacked.patch.files for name in _names(diff, depth))
    return tuple(dict.fromkeys(names))


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


def _handled_whole(patch: Patch, strip: int) -> frozenset[Path]:
    """The paths of the files that a patch creates, deletes, moves or copies."""
    diffs = (diff for diff in patch.files if diff.operation is not Operation.MODIFY)
    return frozenset(name for diff in diffs for name in _names(diff, strip))


def _names(diff: FileDiff, strip: int) -> tuple[Path, ...]:
    names = diff.names(strip)
    return tuple(name for name in (names.old, names.new) if name is not None)


def _content(patch: Patch, diffs: tuple[PortedDiff, ...]) -> bytes | None:
    parts = [diff.raw for diff in diffs if diff.raw is not None]
    if not parts:
        return None
    content = patch.prologue + b"".join(parts) + patch.epilogue
    # One of two equal texts is enough to keep.
    return patch.raw if content == patch.raw else content
