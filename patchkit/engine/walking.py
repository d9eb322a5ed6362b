"""Walks through a stack on its own version: what each patch makes of the files that it names
(engine)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.engine.checking import Fit, PatchFit, check_patch
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import paths_of, touched_paths
from patchkit.engine.watching import Watcher, unwatched
from patchkit.engine.workbench import Workbench
from patchkit.errors import StackError
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import File, Overlay, Path, Tree

Files = Mapping[Path, File | None]
"""Files by path; None where there is none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One patch of a stack: the files that it names, before and after it, and how it applies."""

    stacked: StackedPatch
    before: Files
    after: Files
    fit: PatchFit

    @property
    def changes(self) -> Files:
        """The files that it leaves otherwise than it found them."""
        return {path: file for path, file in self.after.items() if file != self.before[path]}


def steps_of(
    stack: Stack, tree: Tree, policy: Policy, watch: Watcher = unwatched
) -> Iterator[Step]:
    """The patches of a stack one after the other, as GNU patch applies them to `tree`.

    Of the policy only fuzz limit and strip level count. One that does not apply has what of it
    does.
    """
    tree.prefetch(touched_paths(stack, policy.strip))
    bench = Workbench(tree, tree)
    own = _as_patch_has_it(policy)
    for number, stacked in enumerate(stack.patches, 1):
        watch(number, stacked.name)
        yield _step(stacked, bench, own)


@dataclass(frozen=True, slots=True)
class Applied:
    """A stack on its own version: how its patches apply, and the files that they name, before and
    after all of them."""

    fits: tuple[PatchFit, ...]
    before: Files
    after: Files


def applied(stack: Stack, tree: Tree, policy: Policy, watch: Watcher = unwatched) -> Applied:
    """What a whole stack makes of `tree`; as `steps_of`, but no file is made in between."""
    tree.prefetch(touched_paths(stack, policy.strip))
    bench = Workbench(tree, tree)
    own = _as_patch_has_it(policy)
    fits = []
    for number, stacked in enumerate(stack.patches, 1):
        watch(number, stacked.name)
        fits.append(check_patch(stacked, bench, own))
    pristine = bench.pristine()
    left = bench.base()
    after = {path: None if found is None else found.file for path, found in left.items()}
    return Applied(tuple(fits), {path: pristine.get(path) for path in after}, after)


def step_on(stacked: StackedPatch, tree: Tree, policy: Policy) -> Step:
    """What one patch makes of a tree."""
    own = _as_patch_has_it(policy)
    return _step(stacked, Workbench(tree, tree), own)


def _as_patch_has_it(policy: Policy) -> Policy:
    """Of the policy what GNU patch knows as well: the fuzz limit and the strip level."""
    return Policy(max_fuzz=policy.max_fuzz, strip=policy.strip)


def _step(stacked: StackedPatch, bench: Workbench, policy: Policy) -> Step:
    paths = paths_of(stacked, policy.strip)
    before = _files(bench, paths)
    fit = check_patch(stacked, bench, policy)
    return Step(stacked, before, _files(bench, paths), fit)


def _files(bench: Workbench, paths: Sequence[Path]) -> Files:
    bases = {path: bench.pair(path).base for path in paths}
    return {path: None if base is None else base.file for path, base in bases.items()}


@dataclass(frozen=True)
class Walk:
    """A whole walk: the tree that it began on, and its steps."""

    tree: Tree
    steps: tuple[Step, ...]

    def changes_before(self, index: int) -> Files:
        """What the patches before the one with this index (from 0) make of the tree."""
        changes: dict[Path, File | None] = {}
        for step in self.steps[:index]:
            changes |= step.changes
        return changes

    def tree_before(self, index: int) -> Overlay:
        """The tree that the patch with this index (from 0) is applied to."""
        return Overlay(self.tree, self.changes_before(index))


def walk_of(stack: Stack, tree: Tree, policy: Policy, watch: Watcher = unwatched) -> Walk:
    """The walk through a stack all of whose patches apply to `tree`.

    Raises `StackError` for the first that does not.
    """
    steps = []
    for step in steps_of(stack, tree, policy, watch):
        require_applied(step)
        steps.append(step)
    return Walk(tree, tuple(steps))


def require_applied(step: Step) -> None:
    """Raise `StackError` where a patch does not apply."""
    if step.fit.fit is not Fit.BROKEN:
        return
    file = next(file for file in step.fit.files if file.problems)
    raise StackError(
        f"{shown_name(step.stacked.name)}: does not apply to its own base: "
        f"{shown_path(file.path)}: {file.problems[0]}",
        "`patchkit check` shows all of it; mend the patch first.",
    )
