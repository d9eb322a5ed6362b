"""Where a job finds its stack, its upstream and its output (jobs floor).

Either a folder with a series file is named, or the nearest `patchkit.yaml` decides; see
`docs/reference/patchkit-yaml.md`.
"""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import StackError, UpstreamError
from patchkit.sources.progress import Progress, silent
from patchkit.sources.upstream import Upstream, open_upstream
from patchkit.workspace.layout import series_files_in
from patchkit.workspace.settings import Settings, find_settings, load_settings, settings_beside

_SETTINGS_NAME = "patchkit.yaml"
_VERSION = "{version}"


@dataclass(frozen=True, slots=True)
class Project:
    """A stack's place and settings. `stack` is the folder that was named; None: the settings
    decide."""

    settings: Settings
    stack: Path | None

    @property
    def package(self) -> str:
        """The package's name: as set, else that of the stack's folder."""
        if self.settings.name is not None:
            return self.settings.name
        name = self.stack_folder("").resolve().name
        return re.sub(r"[-_]v?\d[\w.+~]*$", "", name) or name

    def stack_folder(self, version: str) -> Path:
        """The folder of the stack for an upstream version."""
        folder = self.stack or self.settings.stack_folder(version)
        assert folder is not None  # a project has a stack or settings
        return folder

    @property
    def repository(self) -> Path | None:
        """The one folder that the stack stands in whatever its version; None where each version
        has a folder of its own."""
        if self.stack is None and _VERSION in (self.settings.stack or _VERSION):
            return None
        return self.stack_folder("")

    def output_folder(self, old: str, new: str) -> Path:
        """Where the stack for version `new` goes when it is ported from `old`.

        As `output` in the settings says; else a folder beside the old one, named for the version.
        A slash in the name of a branch is a `-` there.
        """
        folder = self.stack_folder(old).resolve()
        new_name = new.replace("/", "-")
        set_folder = self.settings.output_folder(new_name)
        if set_folder is not None and set_folder.resolve().parent != folder:
            return set_folder
        named = re.fullmatch(rf"(v?|.*[-_]v?){re.escape(old)}", folder.name)
        return folder.with_name(f"{named[1] if named else f'{folder.name}-'}{new_name}")

    def versions(self) -> tuple[str, ...]:
        """The upstream versions that there is a stack for: of a single one what its packaging says,
        else as far as the names of folders tell."""
        if self.repository is not None:
            from patchkit.workspace.packageversion import version_in  # few commands ask

            packaged = version_in(self.repository)
            if packaged is not None:
                return (packaged.version,)
            found = re.search(r"(?:^|[-_])v?(\d[\w.+~]*)$", self.repository.resolve().name)
            return () if found is None else (found[1],)
        assert self.settings.path is not None
        assert self.settings.stack is not None
        names = _versions_named(str(self.settings.path.parent / self.settings.stack))
        return tuple(name for name in names if series_files_in(self.stack_folder(name)))


def _versions_named(pattern: str) -> list[str]:
    """What stands for `{version}` in the paths that are like `pattern`, sorted."""
    before, *between = pattern.split(_VERSION)
    if not between:
        return []
    first, *others = map(re.escape, between)
    repeated = "".join(f"(?P=version){other}" for other in others)
    path = re.compile(f"{re.escape(before)}(?P<version>[^/]+){first}{repeated}", re.DOTALL)
    # Path.glob would refuse a pattern that is absolute.
    places = glob.glob("*".join(map(glob.escape, (before, *between))))  # noqa: PTH207 (a whole path)
    found = map(path.fullmatch, sorted(places))
    return [match["version"] for match in found if match is not None]


def find_project(stack: Path | None = None, start: Path | None = None) -> Project:
    """The project that `stack` names, or that is nearest to `start` (the current folder).

    `stack` is a folder with a series file, or one with a `patchkit.yaml` and no series file. Raises
    `StackError` when there is nothing to be found, `SettingsError` when a settings file is wrong.
    """
    if stack is not None:
        settings_file = stack / _SETTINGS_NAME
        if os.path.lexists(settings_file) and not series_files_in(stack):
            return Project(load_settings(settings_file), None)
        return Project(settings_beside(stack), stack)
    here = Path.cwd() if start is None else start
    found = find_settings(here)
    if found is not None:
        settings = load_settings(found)
        return Project(settings, found.parent if series_files_in(found.parent) else None)
    if series_files_in(here):
        return Project(settings_beside(here), here)
    raise StackError(
        f"{here}: no {_SETTINGS_NAME} here, above or below, and no series file.",
        "Name the folder of the stack with --stack.",
    )


def own_version(
    project: Project, given: str | None = None, *, besides: str | None = None, option: str = "--at"
) -> str:
    """The version a stack is looked at on: as given, else the only one there is a stack for,
    `besides` left out.

    Raises `StackError` when that is not clear; `option` is by which it can be said.
    """
    if given is not None:
        return given
    known = project.versions()
    if project.repository is not None and besides in known:
        raise StackError(
            f"{project.repository}: is for {besides} already.",
            f"Name another version, or say with {option} which one the stack is for.",
        )
    versions = [one for one in known if one != besides]
    if len(versions) == 1:
        return versions[0]
    there = (
        f"There are stacks for {', '.join(versions)}."
        if versions
        else "No spec, debian/changelog, recipe or Makefile tells, nor does the folder."
    )
    raise StackError(
        "Which upstream version is the stack for?", there, f"Say it with {option} VERSION."
    )


def stack_version(project: Project, given: str | None = None) -> str:
    """The version that says which of the project's stacks is meant: as given, or the only one.

    "" where there is just one folder with a stack. Raises `StackError` when it is not clear.
    """
    if given is None and project.repository is not None:
        return ""
    return own_version(project, given)


def upstream_of(
    project: Project,
    source: str | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Upstream:
    """Open the upstream `source`, else the one of the settings. Raises `UpstreamError`."""
    chosen = source if source is not None else project.settings.upstream
    if chosen is None:
        if project.stack is not None and not project.stack.is_dir():
            # To be mended first: beside a stack that is not there no settings name an upstream.
            raise StackError(f"{project.stack}: no such folder.", "Name another one with --stack.")
        raise UpstreamError(
            "No upstream is named.",
            "Give one with --upstream (a git repository, a URL, or a folder with the versions),"
            f" or as `upstream:` in {_SETTINGS_NAME}; `patchkit init` looks for one.",
        )
    return open_upstream(
        chosen,
        package=project.settings.name,
        tag_pattern=project.settings.tag,
        cache=cache,
        progress=progress,
    )


def upstream_name(description: str) -> str:
    """What an upstream is called in reports: a URL as it is, else the name of its folder, since
    reports are the same on every machine."""
    is_url = "://" in description or (
        ":" in description and "/" not in description.partition(":")[0]
    )
    return description if is_url else Path(description).resolve().name


def upstream_note(project: Project, source: str | None) -> str:
    """What the settings say about their upstream, where it is the one in use."""
    return project.settings.upstream_note if source is None else ""
