"""Carries patches over to a tree that lacks, or has, some change of their own stack (engine).

A patch is moved past another by carrying each over to where the other is not, or is already. That
is a port from one tree to another, with no rule but that nothing may meet: a region in which
patches meet ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.unified import parse_patch
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import made_paths, paths_of, port_patch
from patchkit.engine.walking import Files, Walk
from patchkit.engine.workbench import Workbench
from patchkit.model.report import PortedPatch, Region, Status
from patchkit.model.series import Series
from patchkit.model.stack import Dialect, Layout, Stack, StackedPatch
from patchkit.model.tree import File, Overlay, Path, Tree

_NOWHERE = Layout(Dialect.QUILT, "series", "")
_NEVER = 2.0
_CARRIED = (Status.UNCHANGED, Status.SHIFTED, Status.MERGED, Status.FOLLOWED)


@dataclass(frozen=True, slots=True)
class Clash:
    """Where the patch `patch` and the patch `other` meet, so that their order matters.

    `region` is None where no lines meet, but the two together would make another tree. An empty
    `other`: it could not be told which patch it is.
    """

    patch: str
    other: str
    path: Path | None
    region: Region | None


@dataclass(frozen=True, slots=True)
class Carried:
    """Patches as they are for another tree, and what they make of it."""

    patches: tuple[StackedPatch, ...]
    changes: Files


def carry(
    patches: Sequence[StackedPatch], old: Tree, new: Tree, policy: Policy, other: str = ""
) -> Carried | Clash:
    """Carry patches that are applied to `old`, one after the other, over to `new`.

    One that finds all its files as they were keeps its bytes. `other` is the patch that makes the
    difference between the trees, for the clash.
    """
    alone = Stack(_NOWHERE, Series(()), tuple(patches))
    bench = Workbench(old, new, made_paths(alone, policy.strip))
    strict = Policy(policy.max_fuzz, policy.strip, (), (), absorbed_from=_NEVER)
    carried = []
    for stacked in patches:
        paths = paths_of(stacked, policy.strip)
        is_same = all(_is_same(bench, path) for path in paths)
        ported = port_patch(stacked, bench, strict)
        clash = _clash(ported, other)
        if clash is not None:
            return clash
        assert ported.content is not None  # what is carried has a text
        content = stacked.patch.raw if is_same else ported.content
        carried.append(replace(stacked, patch=parse_patch(stacked.name, content)))
    pristine = bench.pristine()
    changes = {path: one for path, one in bench.result().items() if one != pristine.get(path)}
    return Carried(tuple(carried), changes)


def _is_same(bench: Workbench, path: Path) -> bool:
    pair = bench.pair(path)
    if pair.base is None:
        return bench.ours_at(path) is None
    is_there = pair.ours is not None and pair.ours.path == path
    return is_there and pair.ours is not None and pair.base.is_like(pair.ours)


def _clash(ported: PortedPatch, other: str) -> Clash | None:
    for file in ported.files:
        path = file.new_path or file.old_path
        if file.regions:
            return Clash(ported.name, other, path, file.regions[0])
        if file.status not in _CARRIED:
            return Clash(ported.name, other, path, None)
    return None if ported.status in _CARRIED else Clash(ported.name, other, None, None)


def moved_up(walk: Walk, at: int, to: int, policy: Policy) -> tuple[StackedPatch, ...] | Clash:
    """The patches from index `to` to `at` of a walk, with the one at `at` before all others."""
    steps = walk.steps[to : at + 1]
    patch, between = steps[-1].stacked, [step.stacked for step in steps[:-1]]
    below = walk.tree_before(to)
    first = carry([patch], walk.tree_before(at), below, policy)
    if isinstance(first, Clash):
        return replace(first, other=_met_going_up(walk, at, to, policy))
    rest = carry(between, below, _with(below, first.changes), policy, patch.name)
    if isinstance(rest, Clash):
        return rest
    return _checked(walk, to, at, (*first.patches, *rest.patches), [first, rest])


def moved_down(walk: Walk, at: int, to: int, policy: Policy) -> tuple[StackedPatch, ...] | Clash:
    """The patches from index `at` to `to` of a walk, with the one at `at` behind all others."""
    steps = walk.steps[at : to + 1]
    patch, between = steps[0].stacked, [step.stacked for step in steps[1:]]
    below = walk.tree_before(at)
    rest = carry(between, walk.tree_before(at + 1), below, policy, patch.name)
    if isinstance(rest, Clash):
        return rest
    last = carry([patch], below, _with(below, rest.changes), policy)
    if isinstance(last, Clash):
        return replace(last, other=_met_going_down(walk, at, to, policy))
    return _checked(walk, at, to, (*rest.patches, *last.patches), [rest, last])


def _with(tree: Overlay, changes: Files) -> Overlay:
    return Overlay(tree.below, {**tree.changes, **changes})


def _met_going_up(walk: Walk, at: int, to: int, policy: Policy) -> str:
    patch = walk.steps[at].stacked
    for index in range(at - 1, to - 1, -1):
        if isinstance(carry([patch], walk.tree_before(at), walk.tree_before(index), policy), Clash):
            return walk.steps[index].stacked.name
    return ""


def _met_going_down(walk: Walk, at: int, to: int, policy: Policy) -> str:
    below, patch = walk.tree_before(at), walk.steps[at].stacked
    between: list[StackedPatch] = []
    for step in walk.steps[at + 1 : to + 1]:
        between.append(step.stacked)
        rest = carry(between, walk.tree_before(at + 1), below, policy)
        if isinstance(rest, Clash) or isinstance(
            carry([patch], below, _with(below, rest.changes), policy), Clash
        ):
            return step.stacked.name
    return ""


def _checked(
    walk: Walk,
    first: int,
    last: int,
    patches: tuple[StackedPatch, ...],
    parts: Sequence[Carried],
) -> tuple[StackedPatch, ...] | Clash:
    """The patches, if they make the tree that they made in their old order."""
    changes: dict[Path, File | None] = {}
    for part in parts:
        changes |= part.changes
    before, after = walk.changes_before(first), walk.changes_before(last + 1)
    tree = Overlay(walk.tree, before)
    for path in sorted({*changes, *after}):
        wanted = after[path] if path in after else walk.tree.get(path)
        made = changes[path] if path in changes else tree.get(path)
        if wanted != made:
            moved = walk.steps[first].stacked.name, walk.steps[last].stacked.name
            return Clash(moved[1], moved[0], path, None)
    return patches


@dataclass(frozen=True, slots=True)
class Without:
    """A stack without some patches: the others as they are then, and what had to go along.

    `changes` are what the others make of the tree; `clashes` say for each patch that needs one of
    them why it does."""

    patches: tuple[StackedPatch, ...]
    changes: Files
    removed: tuple[str, ...]
    clashes: tuple[Clash, ...]


def without(walk: Walk, names: Sequence[str], policy: Policy) -> Without:
    """The patches of a walk without these, and without those that need one of them."""
    kept: list[StackedPatch] = []
    gone: list[StackedPatch] = []
    clashes: list[Clash] = []
    old: dict[Path, File | None] = {}
    new: dict[Path, File | None] = {}
    for step in walk.steps:
        stacked = step.stacked
        found: Carried | Clash | None = None
        if stacked.name not in names:
            found = Carried((stacked,), step.changes)
            if gone:
                trees = Overlay(walk.tree, dict(old)), Overlay(walk.tree, dict(new))
                found = carry([stacked], *trees, policy)
        old |= step.changes
        if isinstance(found, Carried):
            kept += found.patches
            new |= found.changes
            continue
        if found is not None:
            clashes.append(replace(found, other=_needed(found, gone, policy)))
        gone.append(stacked)
    return Without(tuple(kept), new, tuple(one.name for one in gone), tuple(clashes))


def _needed(clash: Clash, gone: Sequence[StackedPatch], policy: Policy) -> str:
    """The last of the patches that are gone that has to do with the file of a clash."""
    named = [one for one in gone if clash.path in paths_of(one, policy.strip)]
    return (named or gone)[-1].name
