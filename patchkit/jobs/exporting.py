"""Writes a branch of commits back into the stack that it was made of (jobs floor).

What keeps its bytes, and what is written anew: `docs/reference/branches.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from patchkit.diffing.arranging import arranged
from patchkit.diffing.unified import parse_patch
from patchkit.engine.policy import Policy
from patchkit.engine.walking import steps_of
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import OutputError, PatchkitError, StackError, UpstreamError
from patchkit.jobs.changing import ChangedStack, changed_stack, files_beside, prove_changed
from patchkit.jobs.commitpatches import Fate, Known, PatchOf, name_for, new_patch, paired, patch_of
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project
from patchkit.model.marks import Marks, marks_of, patch_note, read_note
from patchkit.model.series import decode_name
from patchkit.model.shown import shown_name, shown_text
from patchkit.model.stack import Stack, StackedPatch
from patchkit.sources.branches import note_commits
from patchkit.sources.commits import (
    Commit,
    changes_of,
    commit_named,
    commits_between,
    notes_of,
    read_commit,
    root_of,
)
from patchkit.sources.gittree import GitTree
from patchkit.sources.local import LocalRepository
from patchkit.sources.repository import GitRepository
from patchkit.workspace.writing import WriteResult, recover

_QUEUE = "patch-queue/"


class Changed(Enum):
    """What to do where the stack was changed since the branch was made of it."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True)
class PatchFate:
    """What became of a patch; `commit` is the one that it is now, "" where it is gone."""

    name: str
    fate: Fate
    commit: str


@dataclass(frozen=True)
class ExportPlan:
    """A stack that a branch says, proved and not written yet."""

    branch: str
    base: str
    changed: ChangedStack
    patches: tuple[PatchFate, ...]
    warnings: tuple[str, ...]
    repository: GitRepository
    tip: str

    def write(self) -> WriteResult:
        """Write the stack, all or nothing, and note of each commit the patch that it is now.

        Raises `OutputError` when one of the two cannot be written; the notes come last, and the
        error says so where only they are missing.
        """
        raw = {one.name: one.patch.raw for one in self.changed.stack.patches}
        notes = {
            one.commit: patch_note(one.name, raw[one.name]) for one in self.patches if one.commit
        }
        committed = read_commit(self.repository, self.base).committed
        written = self.changed.write()
        try:
            note_commits(self.repository, self.branch, notes, committed)
        except PatchkitError as error:
            raise OutputError(
                f"{shown_text(str(self.changed.folder))}: is written, but which commit is which "
                f"patch now could not be noted in the repository: {error.message}",
                *error.hints,
                "Then run the same command again.",
            ) from error
        return written


def plan_export(
    project: Project,
    version: str,
    source: LocalRepository,
    *,
    branch: str,
    base: str | None = None,
    at: str | None = None,
    fuzz: int | None = None,
    changed: Changed = Changed.REFUSE,
    watch: Watcher = unwatched,
) -> ExportPlan:
    """The stack that the commits of a branch are, from the commit `base` on; None: that of the
    upstream version `at`, or the imported one that the branch begins with.

    Raises `UpstreamError` where branch or base are not there or no straight line of commits,
    `StackError` where a commit cannot be a patch, or the stack is not the one of which the branch
    was made, and `ProofError` where GNU patch makes another tree of it.
    """
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    policy = policy_of(project, folder, fuzz)
    repository = source.repository
    tip = commit_named(repository, branch)
    if tip is None:
        raise UpstreamError(
            f"{source.description}: there is no branch {shown_name(branch)}.",
            "`patchkit branch` makes one; name another with --branch.",
        )
    start = _base_of(source, at or version, branch, base, tip)
    commits = [
        (commit, marks_of(commit.message)) for commit in commits_between(repository, start, tip)
    ]
    if not commits:
        raise UpstreamError(
            f"{source.description}: {shown_name(branch)} has no commit on top of {start[:12]}.",
            "Name another branch with --branch, or another commit with --base.",
        )
    tree = GitTree(repository, repository.tree_of(start))
    notes = _noted(repository, branch)
    made_of = _with_noted(stack, notes)
    known = {
        step.stacked.name: Known(step.stacked, step.changes, step.fit)
        for step in steps_of(made_of, tree, policy, watch)
    }
    taken = {entry.name for entry in stack.series.entries} | files_beside(folder, stack.layout)
    found, warnings = _patches(repository, commits, known, stack, taken, policy)
    patches = tuple(patch.stacked for _, patch in found)
    series = arranged(
        stack.series,
        stack.names,
        [one.name for one in patches],
        {one.name: one.entry for one in patches},
    )
    left = {one.name for one in patches}
    gone = [name for name in stack.names if name not in left]
    result = changed_stack(folder, stack, series, patches, gone)
    if changed is Changed.REFUSE:
        _require_unchanged(stack, notes, patches)
    expected = changes_of(repository, repository.tree_of(start), repository.tree_of(tip))
    prove_changed(project, result.stack, tree, expected, policy)
    fates = [PatchFate(one.stacked.name, one.fate, commit.identity) for commit, one in found]
    fates += [PatchFate(name, Fate.REMOVED, "") for name in gone]
    told = (*stack.warnings, *warnings)
    return ExportPlan(branch, start, result, tuple(fates), told, repository, tip)


def _patches(
    repository: GitRepository,
    commits: Sequence[tuple[Commit, Marks]],
    known: Mapping[str, Known],
    stack: Stack,
    taken: set[str],
    policy: Policy,
) -> tuple[list[tuple[Commit, PatchOf]], list[str]]:
    pairs = paired(commits, known)
    found: list[tuple[Commit, PatchOf]] = []
    warnings = []
    for commit, marks in commits:
        parent = read_commit(repository, commit.parents[0]).tree
        wanted = changes_of(repository, parent, commit.tree)
        below = GitTree(repository, parent)
        name = pairs.get(commit.identity)
        if not wanted and (name is None or known[name].changes):
            subject = shown_name(decode_name(commit.subject))
            place = f'Commit {commit.identity[:12]} ("{subject}")'
            warnings.append(f"{place} changes nothing: left out.")
            continue
        if name is not None:
            found.append((commit, patch_of(commit, marks, known[name], below, wanted, policy)))
            continue
        name = name_for(marks, taken, stack)
        taken.add(name)
        found.append((commit, new_patch(commit, marks, name, below, wanted, stack, policy)))
    return found, warnings


def _base_of(source: LocalRepository, version: str, branch: str, base: str | None, tip: str) -> str:
    """The commit that the first patch applies to: as named, as gbp-pq(1) has it, as imported, or
    the one of the version."""
    repository = source.repository
    if base is not None:
        found = commit_named(repository, base)
        if found is None:
            raise UpstreamError(f"{source.description}: there is no commit {shown_name(base)}.")
        return found
    if branch.startswith(_QUEUE):
        found = commit_named(repository, branch.removeprefix(_QUEUE))
        if found is not None:
            return found
    root = root_of(repository, tip)
    if marks_of(root.message).upstream:
        return root.identity
    if not version:
        raise UpstreamError(
            "Which commit does the first patch apply to?",
            "Say the version with --at VERSION, or name the commit with --base.",
        )
    return source.commit(version)


def _noted(repository: GitRepository, branch: str) -> dict[str, bytes]:
    """The patches of which the branch was made, by name."""
    noted = (read_note(note) for note in notes_of(repository, branch).values())
    return {name: raw for name, raw in noted if name}


def _with_noted(stack: Stack, noted: Mapping[str, bytes]) -> Stack:
    """The stack with its patches as they were when the branch was made of them."""
    patches = tuple(
        replace(one, patch=parse_patch(one.name, noted[one.name])) if one.name in noted else one
        for one in stack.patches
    )
    return replace(stack, patches=patches)


def _require_unchanged(
    stack: Stack, noted: Mapping[str, bytes], patches: Sequence[StackedPatch]
) -> None:
    """Raise `StackError` where writing would undo what was done to the stack since."""
    if not noted:
        return
    planned = {one.name: one.patch.raw for one in patches}
    there = {one.name: one.patch.raw for one in stack.patches}
    for name in (*there, *noted):
        is_undone = planned.get(name) != there.get(name)
        if is_undone and noted.get(name) != there.get(name) and (name in there or name in planned):
            what = "edited" if name in noted and name in there else "added"
            what = what if name in there else "removed"
            raise StackError(
                f"{shown_name(name)}: {what} in the stack since the branch was made of it.",
                "Do the same on the branch, make the branch anew, or overwrite with --force.",
            )
