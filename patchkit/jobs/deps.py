"""Which patch of a stack needs which, and what follows: a stack of some patches alone (jobs
floor)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.engine.dependencies import dependencies_of
from patchkit.engine.policy import Policy
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import OutputError, StackError
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project
from patchkit.model.dependencies import Dependencies
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import Stack
from patchkit.model.tree import Tree
from patchkit.render.json import load_report
from patchkit.workspace.writing import recover

_LEFT_OUT = "not ported, left out by --only"
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FoundDependencies:
    """The dependencies of the stack in `folder`, and the patches that were asked about."""

    folder: Path
    dependencies: Dependencies
    asked: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: all is known; 1: some patches do not apply to their own version."""
        return int(bool(self.dependencies.unplaced))


@dataclass(frozen=True, slots=True)
class PartOfStack:
    """Some patches of a stack with all that they need; the others are comments in the series.
    `notes` say what was left out and what was added, and why."""

    stack: Stack
    dependencies: Dependencies
    notes: tuple[str, ...]


def find_dependencies(
    project: Project,
    version: str,
    tree: Tree,
    patches: Sequence[str] = (),
    *,
    fuzz: int | None = None,
    watch: Watcher = unwatched,
) -> FoundDependencies:
    """Which patch of the project's stack for `version` needs which, on `tree`.

    `patches` are those to look at, by name or by what no other name begins with; none: all. Raises
    `StackError` where one is not there.
    """
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    asked = named_patches(stack, patches) if patches else stack.names
    found = dependencies_of(stack, tree, policy_of(project, folder, fuzz), watch)
    return FoundDependencies(folder, found, asked, stack.warnings)


def named_patches(stack: Stack, given: Sequence[str]) -> tuple[str, ...]:
    """The patches of the stack that are meant, in its order: by name, or by what only one name
    begins with. Raises `StackError` where none is meant, or several are."""
    meant = {_named(stack, word) for word in given}
    return tuple(name for name in stack.names if name in meant)


def _named(stack: Stack, word: str) -> str:
    if word in stack.names:
        return word
    found = [name for name in stack.names if word and name.startswith(word)]
    if len(found) == 1:
        return found[0]
    shown = shown_name(word)
    if found:
        raise StackError(
            f"{shown}: {len(found)} patches begin like this: {_listed(found)}.",
            "Write more of the name.",
        )
    if any(name == word for name, _ in stack.guarded):
        raise StackError(
            f"{shown}: no flag selects this patch.", "Set its flag as `flags:` in patchkit.yaml."
        )
    near = difflib.get_close_matches(word, stack.names, n=1)
    hint = f"Did you mean {shown_name(near[0])}?" if near else "`patchkit show` lists them."
    raise StackError(f"{shown}: the series has no such patch.", hint)


def stack_of_only(stack: Stack, found: Dependencies, names: Sequence[str]) -> PartOfStack:
    """The stack with these patches and all that they need; what is left out, guarded patches too,
    is a comment in its series."""
    kept = set(found.with_needs(names))
    series = stack.series
    for entry in stack.series.entries:
        if entry.name not in kept:
            series = series.commented_out(entry.name, _LEFT_OUT)
    patches = tuple(one for one in stack.patches if one.name in kept)
    part = found.among(kept)
    notes = (
        f"Only {len(patches)} of {len(stack.patches)} patches are ported (--only); in the series "
        "the others are comments.",
        *_why_added(part, names),
    )
    return PartOfStack(replace(stack, series=series, patches=patches, guarded=()), part, notes)


def _why_added(found: Dependencies, names: Sequence[str]) -> list[str]:
    notes = []
    for name in found.patches:
        if name in names:
            continue
        first = found.needed_by(name)[0]
        notes.append(
            f"{shown_name(name)} is ported with them: {shown_name(first.patch)} needs it "
            f"({first.kind.value} in {shown_path(first.files[0])})."
        )
    return notes


def only_part(stack: Stack, tree: Tree, policy: Policy, names: Sequence[str]) -> PartOfStack:
    """The part of the stack that `--only` asks for by `names`; `tree` is the version that the stack
    is for. Raises `StackError` where a name is not clear."""
    asked = named_patches(stack, names)
    return stack_of_only(stack, dependencies_of(stack, tree, policy), asked)


def check_only_target(out: Path | None, report: str, kept: Sequence[str]) -> None:
    """Raise `OutputError` where a part of a stack would replace a port of more than that.

    `report` is the name of the report in the folder `out`, which must be named.
    """
    if out is None:
        raise OutputError(
            "A port of some patches alone needs a folder of its own.", "Name it with --out."
        )
    place = out / report
    if not place.is_file():
        return
    there = [patch.name for patch in load_report(place.read_bytes(), str(place)).patches]
    more = [name for name in there if name not in kept]
    if more:
        raise OutputError(
            f"{out}: holds a port of more patches: {_listed(more)}.",
            "Choose another folder with --out.",
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(shown_name, names[:_MOST_SHOWN]))
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
