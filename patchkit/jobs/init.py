"""Writes the first `patchkit.yaml` of a packaging repository, from what is found there (jobs
floor)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.errors import PatchkitError, SettingsError, StackError
from patchkit.jobs.project import Project
from patchkit.jobs.upstreamsfound import FoundUpstream, UpstreamKind, upstreams_of
from patchkit.jobs.versions import version_key
from patchkit.model.shown import shown_name
from patchkit.model.stack import Dialect
from patchkit.render.settingstext import SetKey, settings_text
from patchkit.workspace.folders import folders_below
from patchkit.workspace.layout import check_folder, read_layout, series_files_in
from patchkit.workspace.loading import load_stack
from patchkit.workspace.packagesources import package_name
from patchkit.workspace.packageversion import FoundVersion, version_in
from patchkit.workspace.settings import SETTINGS_FILE, Settings, load_settings
from patchkit.workspace.writing import Output, WriteResult, write_outputs

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_VERSIONED = re.compile(r"(?P<before>(?:.*[-_])?v?)(?P<version>\d[\w.+~]*)")
_NO_VERSION = re.compile(r"[-_]v?\d[\w.+~]*$")
_MOST_SHOWN = 5
_QUILT_FORMAT = "3.0 (quilt)"
_LET_BE = 'extend-diff-ignore = "^patchkit\\."'


@dataclass(frozen=True, slots=True)
class FoundStack:
    """A stack: `folder` relative to the repository ("" for itself), the list and its dialect, and
    the names of its patches. `problem` is why it cannot be read yet, "" where it can."""

    folder: str
    dialect: Dialect
    series: str
    patches: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class InitPlan:
    """What was found in the packaging repository `root`, and the settings that are not written yet.

    `name` and its `name_place` are of the package. `stacks` are one, or one for each version;
    `pattern` is then how their folders are called. `upstreams` are all that were found: the first
    is the one that is set. `settings` are the bytes of `patchkit.yaml`.
    """

    root: Path
    name: str
    name_place: str
    version: FoundVersion | None
    stacks: tuple[FoundStack, ...]
    pattern: str | None
    upstreams: tuple[FoundUpstream, ...]
    settings: bytes

    @property
    def place(self) -> Path:
        """The file that would be written."""
        return self.root / SETTINGS_FILE

    @property
    def upstream(self) -> FoundUpstream | None:
        """The upstream that is set."""
        return next(iter(self.upstreams), None)

    def next_commands(self) -> tuple[str, ...]:
        """The lines to type next, as far as what they need was found."""
        at = start = ""
        if self.pattern is not None and len(self.stacks) > 1:
            own = _version_of(self.stacks[-1])
            at, start = f" --at {own}", f" --from {own}"
        elif self.pattern is None and self.version is None:
            at, start = " --at VERSION", " --from VERSION"
        upstream = self.upstream
        newest = upstream.newest if upstream else None
        source = "" if upstream else " --upstream SRC"
        return (
            f"patchkit show{at if self.pattern else ''}",
            f"patchkit check{at}" if upstream else "patchkit check --tree SOURCE",
            f"patchkit rebase{start} --to {newest or 'VERSION'}{source}",
        )

    def advice(self) -> tuple[str, ...]:
        """Sentences on what else there is to do before the next commands, or for the package."""
        told = [*_for_dpkg(self.root)]
        upstream = self.upstream
        if upstream is not None and upstream.newest is None:
            told.append(_for_a_port(upstream))
        return tuple(told)

    @property
    def exit_code(self) -> int:
        """0: what comes next will find the stack; 1: it cannot be read as it is."""
        return int(any(one.problem for one in self.stacks))

    def write(self) -> WriteResult:
        """Write `patchkit.yaml`. Raises `OutputError` where it cannot be, or is there by now."""
        output = Output(SETTINGS_FILE, self.settings)
        return write_outputs(self.root, [output], read={SETTINGS_FILE: None})


def plan_init(root: Path) -> InitPlan:
    """Look at the packaging repository `root`, and plan its settings.

    Nothing is written, run or asked through the network. Raises `StackError` where there is no list
    of patches, `SeriesFormatError` for one that is not understood.
    """
    check_folder(root)
    stacks, pattern = _stacks_in(root)
    home = root / stacks[-1].folder
    version = version_in(home) or _named_for(home) if pattern is None else None
    folder_name = _NO_VERSION.sub("", root.resolve().name)
    name, name_place = package_name(home) or (folder_name, "the name of the folder")
    names = tuple(one for one in dict.fromkeys((name, folder_name)) if _NAME.fullmatch(one))
    own = version.version if version else _version_of(stacks[-1]) if pattern else None
    upstreams = upstreams_of(root, home, names, own)
    plan = InitPlan(root, name, name_place, version, stacks, pattern, upstreams, b"")
    return replace(plan, settings=_text_of(plan).encode("utf-8", "backslashreplace"))


def check_unset(root: Path) -> None:
    """Raise `SettingsError` where the repository has a `patchkit.yaml`, or is itself one of the
    stacks that the nearest one above is for."""
    for place in (root / SETTINGS_FILE, root / "debian" / SETTINGS_FILE):
        if os.path.lexists(place):
            raise SettingsError(
                f"{place}: is there already; nothing was written.",
                "`patchkit init --print` shows what would be written, `patchkit doctor` what it "
                "says.",
            )
    real = root.resolve()
    above = next(
        (one / SETTINGS_FILE for one in real.parents if os.path.lexists(one / SETTINGS_FILE)), None
    )
    if above is None:
        return
    project = Project(load_settings(above), None)
    if any(project.stack_folder(one).resolve() == real for one in project.versions()):
        raise SettingsError(
            f"{root}: is one of the stacks of {above} already; nothing was written.",
            "Edit that file.",
        )


def _named_for(folder: Path) -> FoundVersion | None:
    """The version in the name of a folder."""
    versions = Project(Settings(), folder).versions()
    return FoundVersion(versions[0], "the name of the folder") if versions else None


def _stacks_in(root: Path) -> tuple[tuple[FoundStack, ...], str | None]:
    """The stacks of a repository and how their folders are called, None where there is one."""
    if series_files_in(root):
        _check_is_whole(root)
        return (_stack_at(root, ""),), None
    below = [one for one in folders_below(root, 1) if series_files_in(one)]
    found = {one: match for one in below if (match := _VERSIONED.fullmatch(one.name))}
    versions = {one: match["version"] for one, match in found.items()}
    begins = {match["before"] for match in found.values()}
    if len(below) == 1 and not found:
        return (_stack_at(below[0], below[0].name),), None
    if len(begins) == 1 and len(found) == len(below):
        ordered = sorted(below, key=lambda one: version_key(versions[one]))
        return tuple(_stack_at(one, one.name) for one in ordered), f"{begins.pop()}{{version}}"
    if below:
        shown = ", ".join(shown_name(one.name) for one in below[:_MOST_SHOWN])
        more = len(below) - _MOST_SHOWN
        raise StackError(
            f"{root}: several packages: {shown}{f' and {more} more' if more > 0 else ''}.",
            "Run patchkit init in one of them, or port them all with patchkit fleet.",
        )
    read_layout(root)  # which says what was looked for, and what is near
    raise AssertionError("a folder without a list has no layout")


def _check_is_whole(root: Path) -> None:
    """Raise `StackError` for a folder within a packaging repository: debian/, debian/patches/."""
    real = root.resolve()
    for above in (real.parent, real.parent.parent):
        lists = series_files_in(above)
        if lists and (above / lists[0]).is_relative_to(real):
            raise StackError(
                f"{root}: a folder of the packaging repository, and not the whole of it.",
                f"Run it there: patchkit init {above}",
            )


def _stack_at(folder: Path, name: str) -> FoundStack:
    layout, series = read_layout(folder)
    names = tuple(entry.name for entry in series.entries)
    found = FoundStack(name, layout.dialect, layout.series, names)
    try:
        return replace(found, warnings=load_stack(folder).warnings)
    except PatchkitError as error:
        return replace(found, problem=str(error))


def _version_of(stack: FoundStack) -> str:
    """The version in the name of a stack's folder."""
    found = _VERSIONED.fullmatch(stack.folder)
    assert found is not None  # such folders alone have a pattern
    return found["version"]


def _for_dpkg(root: Path) -> Iterator[str]:
    """dpkg-source(1) refuses a file outside debian/ that upstream has not."""
    source = root / "debian" / "source"
    form, options = (
        place.read_text("utf-8", "replace") if place.is_file() else ""
        for place in (source / "format", source / "options")
    )
    if form.strip() == _QUILT_FORMAT and "patchkit" not in options:
        yield (
            "dpkg-source takes patchkit.yaml for a change of upstream; this lets it be: "
            f"echo '{_LET_BE}' >> debian/source/options"
        )


def _for_a_port(upstream: FoundUpstream) -> str:
    """What is to be done before a port, where no later version is there."""
    match upstream.kind:
        case UpstreamKind.ARCHIVES:
            return f"For a port put the tarball of the new VERSION into {upstream.value}, too."
        case UpstreamKind.GIT:
            return f"For a port {upstream.value} needs the new VERSION: git fetch --tags."
        case UpstreamKind.URL:
            return "VERSION is a tag there; what patchkit needs of it is fetched when it is used."


def _text_of(plan: InitPlan) -> str:
    found: dict[str, SetKey] = {}
    others: dict[str, list[SetKey]] = {}
    upstream = plan.upstream
    name = (upstream.name if upstream else None) or plan.name
    # The tarballs have a name that nothing here tells: with another one they would not be found.
    is_other = upstream is not None and upstream.version is not None and upstream.name is None
    if _NAME.fullmatch(name) and not is_other:
        place = plan.name_place if name == plan.name else "the folder, as the tarballs have it"
        found["name"] = SetKey(name, place)
    if upstream is not None:
        found["upstream"] = SetKey(upstream.value, told_upstream(upstream))
        others["upstream"] = [SetKey(one.value, told_upstream(one)) for one in plan.upstreams[1:]]
    folder = plan.stacks[0].folder
    if plan.pattern is not None and plan.pattern != "{version}":
        found["stack"] = SetKey(plan.pattern, "the names of the folders")
        found["output"] = SetKey(plan.pattern, "the names of the folders")
    elif plan.pattern is None and folder:
        found["stack"] = SetKey(folder, "where the only list of patches is")
    return settings_text(found, others, _notes(plan))


def _notes(plan: InitPlan) -> list[str]:
    stack = plan.stacks[-1]
    series = f"{stack.folder}/{stack.series}" if stack.folder else stack.series
    told = [f"The patches: {len(stack.patches)} in {shown_name(series)} ({stack.dialect.value})."]
    if plan.version is not None:
        told.append(
            f"The version is not written here: {shown_name(plan.version.place)} says it "
            f"({shown_name(plan.version.version)} now)."
        )
    return told


def told_upstream(upstream: FoundUpstream) -> str:
    """Where an upstream was found, and what is known of it."""
    match upstream.kind:
        case UpstreamKind.GIT:
            what = "a git repository on this machine"
        case UpstreamKind.ARCHIVES:
            what = "archives on this machine"
        case UpstreamKind.URL:
            return f"{shown_name(upstream.place)}; it was not asked, which takes a network"
    return f"{what} with {upstream.version}" if upstream.version else f"{what} by this name"
