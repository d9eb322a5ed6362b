"""Which version a package of a fleet is ported from, and where it is, where nobody says (jobs
floor)."""

from __future__ import annotations

from pathlib import Path

from patchkit.errors import StackError
from patchkit.jobs.project import Project
from patchkit.jobs.versions import as_upstream_has_it, version_key
from patchkit.sources.upstream import Upstream
from patchkit.workspace.packageversion import version_in


def old_version(project: Project, upstream: Upstream) -> str:
    """The upstream version that a packaging repository is for.

    What its packaging says (without `+dfsg` and the like where upstream does not have it so), else
    the newest that there is a stack for. Raises `StackError` where nothing tells.
    """
    folder = repository_of(project)
    packaged = version_in(folder)
    if packaged is not None:
        return as_upstream_has_it(packaged.version, upstream)
    versions = sorted(project.versions(), key=version_key)
    if versions:
        return versions[-1]
    raise StackError(
        f"{folder}: which upstream version the stack is for, nothing in it tells.",
        "Say it with `from` in FLEET.yaml, or with --from.",
    )


def repository_of(project: Project) -> Path:
    """The folder with the stack, or that with the settings which say where the stacks are."""
    if project.stack is not None:
        return project.stack
    assert project.settings.path is not None  # a project has a stack or settings
    return project.settings.path.parent
