"""Applies a stack to a source folder, all of it or nothing (jobs floor)."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.engine.checking import Fit, PatchFit
from patchkit.engine.walking import applied
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import OutputError
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project
from patchkit.model.tree import SYMLINK, File
from patchkit.model.tree import Path as TreePath
from patchkit.sources.directory import DirectoryTree
from patchkit.workspace.writing import Output, WriteResult, recover, write_outputs


@dataclass(frozen=True)
class ApplyPlan:
    """A stack applied in memory: every file of `folder` that changes, and every one that goes.

    Both are empty where a patch does not apply; `patches` says which. `read` are the files that
    the patches touch, as they were.
    """

    folder: Path
    patches: tuple[PatchFit, ...]
    outputs: tuple[Output, ...]
    removals: tuple[str, ...]
    read: Mapping[str, bytes | None]

    @property
    def exit_code(self) -> int:
        """0: the whole stack applies; 1: some of it does not, and nothing is to be written."""
        return int(any(patch.fit is Fit.BROKEN for patch in self.patches))

    def write(self) -> WriteResult:
        """Change the folder, all or nothing. Raises `OutputError` when it cannot be written, or
        somebody has changed one of the files since it was read."""
        return write_outputs(self.folder, self.outputs, removals=self.removals, read=self.read)


def plan_apply(
    project: Project,
    version: str,
    folder: Path,
    *,
    fuzz: int | None = None,
    watch: Watcher = unwatched,
) -> ApplyPlan:
    """Apply the project's stack for `version` to the source tree in `folder`, in memory."""
    if not folder.is_dir():
        raise OutputError(f"{folder}: no such folder.", "Name the unpacked source tree.")
    recover(folder)
    stack_folder, stack = read_stack(project, version)
    policy = policy_of(project, stack_folder, fuzz)
    tree = DirectoryTree(folder)
    done = applied(stack, tree, policy, watch)
    if any(fit.fit is Fit.BROKEN for fit in done.fits):
        return ApplyPlan(folder, done.fits, (), (), {})
    before = done.before
    changed = {path: file for path, file in done.after.items() if before[path] != file}
    outputs = tuple(
        Output(os.fsdecode(path), file.content, _mode(folder, path, file, before[path]))
        for path, file in changed.items()
        if file is not None
    )
    removals = tuple(os.fsdecode(path) for path, file in changed.items() if file is None)
    read = {
        os.fsdecode(path): None if file is None else file.content
        for path, file in before.items()
        if path in changed
    }
    return ApplyPlan(folder, done.fits, outputs, removals, read)


def _mode(folder: Path, path: TreePath, file: File, before: File | None) -> int:
    """The mode to write a file with: permissions that git does not record stay as they are."""
    if file.mode == SYMLINK:
        return SYMLINK
    if before is not None and before.mode == file.mode:
        return stat.S_IMODE(os.lstat(f"{folder}/{os.fsdecode(path)}").st_mode)
    return file.mode & 0o777
