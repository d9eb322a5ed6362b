"""Edits of a stack: add, remove, disable, move, rename, split and fold its patches (jobs floor).

Each gives the same tree as before, as GNU patch applies the stack, but for the patches that come or
go. Where the order of two patches matters, nothing is done, and the clash says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.diffing.arranging import arranged
from patchkit.diffing.unified import parse_patch
from patchkit.engine.carrying import Clash, carry, moved_down, moved_up, without
from patchkit.engine.checking import Fit
from patchkit.engine.policy import Policy
from patchkit.engine.walking import Files, Walk, step_on, walk_of
from patchkit.errors import StackError
from patchkit.jobs.changing import ChangedStack, changed_stack, prove_changed
from patchkit.jobs.deps import named_patches
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project
from patchkit.model.entry import Entry
from patchkit.model.patchlist import PatchList
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Overlay, Tree
from patchkit.workspace.layout import leaves_folder
from patchkit.workspace.writing import WriteResult, recover


class Side(Enum):
    """On which side of another patch one goes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a series: beside the patch `anchor`; None: before or after all of them."""

    side: Side
    anchor: str | None = None


LAST = Place(Side.AFTER)


class Dependents(Enum):
    """What to do where others need a patch that is to go."""

    REFUSE = "refuse"
    WITH_THEM = "with them"


@dataclass(frozen=True)
class SeriesPlan:
    """An edit that is proved and not written yet; with `clashes` it is refused, and changes
    nothing. `done` are sentences on what it does, `refreshed` the patches that got other lines."""

    changed: ChangedStack
    done: tuple[str, ...]
    refreshed: tuple[str, ...]
    clashes: tuple[Clash, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: it can be written; 1: it is refused."""
        return int(bool(self.clashes))

    def write(self) -> WriteResult:
        """Write it, all or nothing. Raises `OutputError` when that cannot be done."""
        return self.changed.write()


@dataclass(frozen=True)
class EditedStack:
    """The stack in `folder` that is to be edited, on the tree that it is for."""

    project: Project
    folder: Path
    stack: Stack
    tree: Tree
    policy: Policy

    def walk(self, patches: Sequence[StackedPatch] | None = None) -> Walk:
        """The walk through its patches, or through these. Raises `StackError`."""
        stack = self.stack if patches is None else replace(self.stack, patches=tuple(patches))
        return walk_of(stack, self.tree, self.policy)

    def meant(self, word: str) -> str:
        """The patch that a word names whole, or by a beginning that no other has."""
        return named_patches(self.stack, [word])[0]

    def index(self, word: str) -> int:
        """Where this patch stands, from 0."""
        return self.stack.names.index(self.meant(word))

    def index_at(self, place: Place) -> int:
        """How many patches stand before a place."""
        if place.anchor is None:
            return len(self.stack.patches) if place.side is Side.AFTER else 0
        return self.index(place.anchor) + (place.side is Side.AFTER)


def edited_stack(
    project: Project, version: str, tree: Tree, fuzz: int | None = None
) -> EditedStack:
    """The project's stack for `version`, to be edited on `tree`. Raises what reading it raises."""
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    return EditedStack(project, folder, stack, tree, policy_of(project, folder, fuzz))


def plan_move(edited: EditedStack, patch: str, place: Place) -> SeriesPlan:
    """Move a patch. Refused where its order to one that it passes matters."""
    at = edited.index(patch)
    name = edited.stack.names[at]
    walk = edited.walk()
    to = edited.index_at(place)
    to -= to > at
    moved = with_moved(walk, at, to, edited.policy)
    if isinstance(moved, Clash):
        return refused(edited, [moved])
    told = f"{shown_name(name)} is number {to + 1} of {len(moved)} now, it was number {at + 1}."
    return planned(edited, moved, all_changes(walk), [told])


def with_moved(walk: Walk, at: int, to: int, policy: Policy) -> tuple[StackedPatch, ...] | Clash:
    """All patches of a walk, with the one at `at` at `to`."""
    patches = tuple(step.stacked for step in walk.steps)
    if at == to:
        return patches
    first, last = min(at, to), max(at, to)
    move = moved_up(walk, at, to, policy) if to < at else moved_down(walk, at, to, policy)
    return move if isinstance(move, Clash) else (*patches[:first], *move, *patches[last + 1 :])


def plan_add(edited: EditedStack, raw: bytes, entry: Entry, place: Place = LAST) -> SeriesPlan:
    """Add a patch under the name of `entry`. Refused where a later patch meets it.

    Raises `StackError` where it does not apply at its place, or its name is taken.
    """
    check_new_name(edited, entry.name)
    at = edited.index_at(place)
    walk = edited.walk()
    below = walk.tree_before(at)
    added = StackedPatch(entry, parse_patch(entry.name, raw))
    step = step_on(added, below, edited.policy)
    if step.fit.fit is Fit.BROKEN or not step.changes:
        problems = [
            f"{shown_path(file.path)}: {told}" for file in step.fit.files for told in file.problems
        ]
        where = f"after {shown_name(edited.stack.names[at - 1])}" if at else "before all others"
        raise StackError(
            f"{shown_name(entry.name)}: does not apply {where}: "
            f"{(problems or ['it changes nothing.'])[0]}",
            "Choose another place with --after or --before, or mend the patch.",
        )
    if step.fit.fit is not Fit.EXACT:
        exact = carry([added], below, below, edited.policy)
        if isinstance(exact, Clash):
            return refused(edited, [exact])
        (added,) = exact.patches
    above = Overlay(below.below, {**below.changes, **step.changes})
    later = [one.stacked for one in walk.steps[at:]]
    rest = carry(later, below, above, edited.policy, entry.name)
    if isinstance(rest, Clash):
        return refused(edited, [rest])
    patches = (*edited.stack.patches[:at], added, *rest.patches)
    told = f"{shown_name(entry.name)} is number {at + 1} of {len(patches)} now."
    fits = "" if step.fit.fit is Fit.EXACT else " It was refreshed: it needed an offset or fuzz."
    return planned(edited, patches, {**above.changes, **rest.changes}, [told + fits])


def plan_remove(
    edited: EditedStack, patches: Sequence[str], dependents: Dependents = Dependents.REFUSE
) -> SeriesPlan:
    """Remove patches and their files. Refused where others need one of them, unless they go too."""
    return _plan_without(edited, patches, dependents, None)


def plan_disable(
    edited: EditedStack,
    patches: Sequence[str],
    reason: str,
    dependents: Dependents = Dependents.REFUSE,
) -> SeriesPlan:
    """Make comments of patches in the series, with a reason; their files stay.

    Refused where others need one of them, unless they are disabled too.
    """
    return _plan_without(edited, patches, dependents, reason)


def _plan_without(
    edited: EditedStack, patches: Sequence[str], dependents: Dependents, reason: str | None
) -> SeriesPlan:
    names = named_patches(edited.stack, patches)
    found = without(edited.walk(), names, edited.policy)
    if found.clashes and dependents is Dependents.REFUSE:
        return refused(edited, found.clashes)
    series = edited.stack.series
    for name in found.removed:
        if reason is None:
            series = series.removed(name)
        else:
            needed = "" if name in names else f", with {', '.join(names)}"
            series = series.commented_out(name, reason + needed)
    verb = "removed" if reason is None else "disabled"
    done = [f"{shown_name(name)} is {verb}." for name in found.removed]
    removals = found.removed if reason is None else ()
    return planned(edited, found.patches, found.changes, done, series=series, removed=removals)


def plan_rename(edited: EditedStack, patch: str, name: str) -> SeriesPlan:
    """Give a patch another name. Raises `StackError` where it is taken, or cannot be one."""
    check_new_name(edited, name)
    old = edited.meant(patch)
    series = edited.stack.series.renamed(old, name)
    patches = tuple(
        replace(one, entry=replace(one.entry, name=name), patch=replace(one.patch, name=name))
        if one.name == old
        else one
        for one in edited.stack.patches
    )
    told = f"{shown_name(old)} is called {shown_name(name)} now."
    changes = all_changes(edited.walk())
    return planned(edited, patches, changes, [told], series=series, removed=[old])


def all_changes(walk: Walk) -> Files:
    """What the patches of a walk make of its tree."""
    return walk.changes_before(len(walk.steps))


def check_new_name(edited: EditedStack, name: str) -> None:
    """Raise `StackError` for a name that no new patch of the stack can have."""
    stack = edited.stack
    there = edited.folder / stack.layout.place_of(name)
    problem = ""
    if not name or leaves_folder(name) or name.endswith("/"):
        problem = "cannot name a patch of this stack"
    elif any(entry.name == name for entry in stack.series.entries):
        problem = "the series has a patch of that name"
    elif there.exists() or there.is_symlink():
        problem = "there is a file of that name"
    if problem:
        raise StackError(f"{shown_name(name)}: {problem}.", "Choose another name with --name.")


def refused(edited: EditedStack, clashes: Sequence[Clash]) -> SeriesPlan:
    """The plan that changes nothing, because patches meet."""
    same = changed_stack(edited.folder, edited.stack, edited.stack.series, edited.stack.patches)
    return SeriesPlan(same, (), (), tuple(clashes), edited.stack.warnings)


def planned(
    edited: EditedStack,
    patches: tuple[StackedPatch, ...],
    expected: Files,
    done: Sequence[str],
    *,
    series: PatchList | None = None,
    removed: Sequence[str] = (),
    remade: Sequence[str] = (),
) -> SeriesPlan:
    """The plan for these patches, proved: they must make of the tree what `expected` has. `removed`
    are those whose files go, `remade` those that are other patches now. Raises `ProofError`."""
    before = edited.stack
    if series is None:
        new = {one.name: one.entry for one in patches}
        series = arranged(before.series, before.names, [*new], new)
    changed = changed_stack(edited.folder, before, series, patches, removed)
    prove_changed(edited.project, changed.stack, edited.tree, expected, edited.policy)
    old: Mapping[str, bytes] = {one.name: one.patch.raw for one in before.patches}
    refreshed = [
        one.name
        for one in patches
        if one.name not in remade and one.patch.raw != old.get(one.name, one.patch.raw)
    ]
    return SeriesPlan(changed, tuple(done), tuple(refreshed), (), before.warnings)
