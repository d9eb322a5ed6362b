"""What a job reads of a project: a stack, what was decided about it, a source tree (jobs floor)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchkit.jobs.project import Project, own_version, upstream_of
from patchkit.jobs.versions import as_upstream_has_it
from patchkit.model.resolutions import Resolutions
from patchkit.model.stack import Stack
from patchkit.model.tree import Tree
from patchkit.sources.progress import Progress, silent
from patchkit.sources.versions import tree_at
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.loading import load_stack
from patchkit.workspace.resolutions import load_resolutions
from patchkit.workspace.writing import recover


def read_stack(project: Project, version: str) -> tuple[Path, Stack]:
    """The folder and the stack for a version, after an interrupted write there is finished or
    undone. Raises `StackError`, `PatchFormatError`, and `OutputError` where that cannot be done."""
    folder = project.stack_folder(version)
    recover(folder)
    return folder, load_stack(folder, flags=project.settings.flags)


def resolutions_of(project: Project, folder: Path) -> Resolutions:
    """What persons decided about the stack in `folder`.

    Raises `ResolutionFormatError` and `StackError` when it cannot be read.
    """
    return load_resolutions(resolutions_place(project.settings, folder))


@contextmanager
def source_tree(
    project: Project,
    version: str | None,
    *,
    place: Path | None = None,
    upstream: str | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Iterator[Tree]:
    """The source tree that a stack is looked at on: the folder or tarball `place`, else `version`
    of the upstream, else the one that the stack is for, as far as that is clear. Raises
    `StackError` and `UpstreamError`."""
    if place is not None:
        yield tree_at(place)
        return
    source = upstream_of(project, upstream, cache, progress)
    try:
        own = as_upstream_has_it(own_version(project), source) if version is None else version
        yield source.tree(own)
    finally:
        source.close()
