"""Asks git which files of a folder belong to it, and which of them a commit touches (sources
floor)."""

from __future__ import annotations

import os
import pathlib
from dataclasses import dataclass

from patchkit.errors import UpstreamError
from patchkit.model.tree import Path
from patchkit.sources.git import location_of, run_offline
from patchkit.sources.local import git_dir_of


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A folder in a work tree of git; paths are relative to the folder. `top` is the top of the
    work tree. All methods raise `UpstreamError` when git cannot read the repository."""

    folder: pathlib.Path
    top: pathlib.Path
    git_dir: pathlib.Path

    def paths(self) -> frozenset[Path]:
        """The files that are in the index or could be added to it."""
        command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return frozenset(self._names(*command))

    def changed(self) -> frozenset[Path]:
        """The files that the index changes, removed ones too; where it changes none, those that
        the last commit changed against its first parent."""
        if not self._knows("HEAD"):
            return frozenset(self._names("ls-files", "-z", "--cached"))
        names = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative")
        staged = frozenset(self._names("diff", "--cached", *names, "HEAD"))
        if staged or not self._is_clean():
            return staged
        if not self._knows("HEAD^"):
            return frozenset(self._names("ls-tree", "-r", "-z", "--name-only", "HEAD"))
        return frozenset(self._names("diff", *names, "HEAD^", "HEAD"))

    def _is_clean(self) -> bool:
        """Whether the index is that of the last commit, in all of the repository."""
        return not self._query("diff", "--cached", "--name-only", "--no-ext-diff", "HEAD")

    def _knows(self, revision: str) -> bool:
        return self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")[0] is None

    def _names(self, *command: str) -> list[Path]:
        return [name for name in self._query(*command).split(b"\0") if name]

    def _query(self, *command: str) -> bytes:
        complaint, output = self._run(*command)
        if complaint is not None:
            raise UpstreamError(f"{self.folder}: git cannot read it: {complaint}")
        return output

    def _run(self, *command: str) -> tuple[str | None, bytes]:
        location = {**location_of(self.git_dir), "GIT_WORK_TREE": str(self.top)}
        index = os.environ.get("GIT_INDEX_FILE")
        if index:  # a hook of `git commit` may have an index of its own
            location["GIT_INDEX_FILE"] = str(self.top / index)
        ran = run_offline(("-C", str(self.folder), *command), location)
        return ran.complaint, ran.stdout


def work_tree_of(folder: pathlib.Path) -> WorkTree | None:
    """The work tree that a folder is in; None where git has none."""
    real = folder.resolve()
    for top in (real, *real.parents):
        if (top / ".git").exists():
            git_dir = git_dir_of(top)
            return None if git_dir is None else WorkTree(real, top, git_dir)
    return None
