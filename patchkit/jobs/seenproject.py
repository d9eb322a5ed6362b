"""What patchkit sees of the project that it is run in, told without a network (jobs floor)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.errors import PatchkitError, StackError, UpstreamError
from patchkit.jobs.project import Project, find_project, upstream_of
from patchkit.jobs.versions import as_upstream_has_it
from patchkit.sources.git import without_credentials
from patchkit.workspace.layout import read_layout
from patchkit.workspace.packageversion import FoundVersion, version_in


class UpstreamState(Enum):
    """What is known of the upstream; the value is the word for people and programs."""

    UNSET = "not set"
    REMOTE = "not asked, it is a URL"
    FOUND = "has the version of the stack"
    UNREAD = "is not there"
    LACKING = "does not have the version of the stack"
    THERE = "is there"
    """It can be read, and no version is known to ask for."""


@dataclass(frozen=True, slots=True)
class SeenProject:
    """A project: its settings file (None: it has none), the folder of its stack (None: each of the
    `versions` has its own), what the list of patches is and how many it has, and its upstream.

    `version` is what the packaging says. `problem` is what keeps other commands from working, ""
    where nothing does.
    """

    settings: Path | None
    stack: Path | None
    dialect: str | None = None
    series: str | None = None
    patches: int | None = None
    versions: tuple[str, ...] = ()
    version: FoundVersion | None = None
    upstream: str | None = None
    upstream_state: UpstreamState = UpstreamState.UNSET
    problem: str = ""


def seen_project(start: Path) -> SeenProject | None:
    """The project nearest to the folder `start`; None where there is none."""
    try:
        project = find_project(None, start)
    except StackError:
        return None
    except PatchkitError as error:
        return SeenProject(None, None, problem=str(error))
    except ImportError as error:  # the library that reads its settings, of which is told above
        return SeenProject(None, None, problem=f"it cannot be read: {error}.")
    upstream = project.settings.upstream
    seen = SeenProject(
        project.settings.path, project.repository, versions=project.versions(),
        upstream=None if upstream is None else without_credentials(upstream),
    )  # fmt: skip
    try:
        seen = _with_stack(seen)
        return _with_upstream(seen, project)
    except (PatchkitError, OSError, ImportError) as error:
        return replace(seen, problem=str(error))


def _with_stack(seen: SeenProject) -> SeenProject:
    if seen.stack is None:
        return seen
    layout, series = read_layout(seen.stack)
    return replace(
        seen, version=version_in(seen.stack), dialect=layout.dialect.value,
        series=layout.series, patches=len(series.entries),
    )  # fmt: skip


def _with_upstream(seen: SeenProject, project: Project) -> SeenProject:
    named = project.settings.upstream
    if named is None:
        return seen
    from patchkit.workspace.settingsreading import is_url  # only where there are settings

    if is_url(named):
        return replace(seen, upstream_state=UpstreamState.REMOTE)
    versions = (seen.version.version,) if seen.version else seen.versions
    try:
        with contextlib.closing(upstream_of(project)) as upstream:
            for version in versions[:1]:
                upstream.tree(as_upstream_has_it(version, upstream))
    except UpstreamError as error:
        state = UpstreamState.LACKING if Path(named).is_dir() else UpstreamState.UNREAD
        return replace(seen, upstream_state=state, problem=str(error))
    state = UpstreamState.FOUND if versions else UpstreamState.THERE
    return replace(seen, upstream_state=state)
