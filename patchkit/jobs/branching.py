"""Makes a git branch of a stack: one commit for each patch, on the upstream version (jobs floor).

What it looks like, and what is kept of each patch where: `docs/reference/branches.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from patchkit.diffing.messages import Message, message_of
from patchkit.engine.walking import Step, walk_of
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import UpstreamError
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project, upstream_of
from patchkit.model.marks import patch_note, upstream_message, with_marks
from patchkit.model.patchlist import PatchList
from patchkit.model.series import Series, encode_name, format_entry
from patchkit.model.stack import Stack
from patchkit.model.tree import Tree
from patchkit.sources.branches import (
    COMMITTER,
    MadeBranch,
    NewCommit,
    Replace,
    check_branch_name,
    make_branch,
)
from patchkit.sources.commits import When, read_commit
from patchkit.sources.gittree import GitTree
from patchkit.sources.local import LocalRepository, git_dir_of
from patchkit.sources.progress import Progress, silent
from patchkit.sources.repository import GitRepository
from patchkit.workspace.writing import recover

_EPOCH = When(0, "+0000")
_UNSAFE = re.compile(rb"[\x00-\x1f<>]+")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a branch of patches stands on: a commit of a repository, or None for an upstream that
    is to be imported; its tree; the moment at which it was committed."""

    repository: LocalRepository
    base: str | None
    tree: Tree
    committed: When
    version: str


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A branch that is not made yet: `names` are the patches, a commit for each."""

    folder: Path
    branch: str
    ground: Ground
    names: tuple[str, ...]
    commits: tuple[NewCommit, ...]
    warnings: tuple[str, ...]

    def write(self, replace: Replace = Replace.REFUSE) -> MadeBranch:
        """Make the branch; with the commits that it has already it stays as it is.

        Raises `OutputError` when there is another branch of that name that may not be replaced or
        is checked out, and when git cannot write. No ref has changed then.
        """
        ground = self.ground
        repository = ground.repository.repository
        return make_branch(
            repository, self.branch, ground.base, self.commits, ground.committed, replace
        )


def branch_name(version: str) -> str:
    """The name of the branch for a version, where none is given."""
    return f"patches/{version}" if version else "patches/stack"


@contextmanager
def repository_at(
    project: Project, place: Path | None, upstream: str | None = None
) -> Iterator[LocalRepository]:
    """The git repository `place`, else the one that the upstream is. Raises `UpstreamError`."""
    chosen = str(place) if place is not None else upstream or project.settings.upstream
    git_dir = None if chosen is None else git_dir_of(Path(chosen))
    if chosen is None or git_dir is None:
        raise UpstreamError(
            f"{'No repository is named' if chosen is None else chosen}: a branch needs a git "
            "repository on this machine.",
            "Name one with --repo; `git init` makes one for an upstream that is a tarball.",
        )
    settings = project.settings
    source = LocalRepository(GitRepository(git_dir, name=chosen), settings.name, settings.tag)
    try:
        yield source
    finally:
        source.close()


@contextmanager
def ground_for(
    project: Project,
    version: str,
    source: LocalRepository,
    upstream: str | None = None,
    progress: Progress = silent,
) -> Iterator[Ground]:
    """What the patches for `version` stand on: the commit of that version in the repository; where
    it has none, the tree of the upstream, to be imported. Raises `UpstreamError`."""
    named = upstream or project.settings.upstream
    is_elsewhere = named is not None and git_dir_of(Path(named)) is None
    try:
        base = source.commit(version)
    except UpstreamError:
        if not is_elsewhere:
            raise
    else:
        commit = read_commit(source.repository, base)
        tree = GitTree(source.repository, commit.tree)
        yield Ground(source, base, tree, commit.committed, version)
        return
    other = upstream_of(project, upstream, progress=progress)
    try:
        yield Ground(source, None, other.tree(version), _EPOCH, version)
    finally:
        other.close()


def plan_branch(
    project: Project,
    version: str,
    ground: Ground,
    *,
    branch: str | None = None,
    fuzz: int | None = None,
    watch: Watcher = unwatched,
) -> BranchPlan:
    """The branch with a commit for each patch of the project's stack for `version`.

    The trees of the commits are what GNU patch makes. Raises `StackError` where a patch does not
    apply, and `OutputError` for a name that no branch can have.
    """
    name = branch or branch_name(ground.version)
    check_branch_name(name)
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    walk = walk_of(stack, ground.tree, policy_of(project, folder, fuzz), watch)
    lines = _lines_of(stack.series)
    commits = [_commit(step, lines[step.stacked.name], ground) for step in walk.steps]
    if ground.base is None:
        commits.insert(0, _import_of(ground, project.package))
    return BranchPlan(
        folder, name, ground, stack.names, tuple(commits), (*stack.warnings, *_left_out(stack))
    )


def _lines_of(series: PatchList) -> dict[str, bytes]:
    """The line of each patch, as a series file has it or would have it."""
    if isinstance(series, Series):
        return {line.entry.name: line.raw for line in series.lines if line.entry is not None}
    return {entry.name: format_entry(entry) for entry in series.entries}


def _left_out(stack: Stack) -> Iterator[str]:
    if stack.guarded:
        many = f"{len(stack.guarded)} patches are" if len(stack.guarded) > 1 else "1 patch is"
        yield f"{many} not on the branch: no flag selects them. They stay in the stack."


def _commit(step: Step, line: bytes, ground: Ground) -> NewCommit:
    patch, entry = step.stacked.patch, step.stacked.entry
    message = message_of(patch.prologue, entry.name)
    when = message.seconds_and_zone
    return NewCommit(
        _author(message),
        ground.committed if when is None else When(*when),
        with_marks(message.text, entry, line.removeprefix(b"\xef\xbb\xbf")),
        step.changes,
        patch_note(entry.name, patch.raw),
    )


def _author(message: Message) -> bytes:
    name, _, mail = message.author.rpartition(b" <")
    if not message.author:
        return COMMITTER
    safe = [_UNSAFE.sub(b" ", part).strip() for part in (name, mail)]
    return safe[0] + b" <" + safe[1] + b">"


def _import_of(ground: Ground, package: str) -> NewCommit:
    tree = ground.tree
    files = {path: tree.get(path) for path in sorted(tree.paths())}
    message = upstream_message(encode_name(package).decode("utf-8", "replace"), ground.version)
    return NewCommit(COMMITTER, _EPOCH, message, files)
