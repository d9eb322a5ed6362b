"""The port that decisions are made on: its report, and the file that they go to (jobs floor)."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import OutputError, PatchkitError, StackError
from patchkit.jobs.outputnames import REPORT_JSON
from patchkit.jobs.project import Project
from patchkit.model.report import Report
from patchkit.model.resolutions import Resolutions
from patchkit.model.shown import shown_name
from patchkit.render.json import load_report
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.resolutions import load_resolutions
from patchkit.workspace.writing import recover

_VERSION = "{version}"


@dataclass(frozen=True)
class LastPort:
    """A port as `patchkit rebase` wrote it: where its report is, what it says, and where decisions
    on it are recorded."""

    place: Path
    report: Report
    resolutions_place: Path

    @property
    def folder(self) -> Path:
        """The folder of the ported stack."""
        return self.place.parent

    @property
    def versions(self) -> tuple[str, str]:
        """The old and the new version."""
        return self.report.old_version, self.report.new_version

    def resolutions(self) -> Resolutions:
        """What is recorded now. Raises `ResolutionFormatError` and `StackError`."""
        return load_resolutions(self.resolutions_place)


def last_port(
    project: Project,
    *,
    old: str | None = None,
    new: str | None = None,
    out: Path | None = None,
    report: Path | None = None,
    resolutions: Path | None = None,
) -> LastPort:
    """The port of the project's stack that is meant.

    `report` is its report.json, `out` the folder with one; `old` and `new` are the versions. Where
    none is given, or one version alone, it is the only one that a rebase of the project put where
    it does by itself. `resolutions` is the file for decisions, by default the one beside the stack.
    Raises `OutputError` where there is no such port or several, and `StackError` where the stack
    that was ported is not clear.
    """
    place = _place(project, old, new, out, report)
    recover(place.parent)
    found = _load(place)
    for given, known in ((old, found.old_version), (new, found.new_version)):
        if given is not None and given != known:
            raise OutputError(
                f"{place}: the report of a port from {shown_name(found.old_version)} to "
                f"{shown_name(found.new_version)}, not the one that is asked for.",
                "Name another folder with --out, or run the rebase.",
            )
    if resolutions is None:
        stack = project.stack_folder(found.old_version)
        resolutions = resolutions_place(project.settings, stack)
        if project.settings.path is None and stack.resolve() == place.parent.resolve():
            raise StackError(
                f"{place.parent}: the result of a port, but which stack was ported?",
                "Name that stack with --stack: its decisions are recorded beside it.",
            )
    return LastPort(place, found, resolutions)


def _place(
    project: Project, old: str | None, new: str | None, out: Path | None, report: Path | None
) -> Path:
    if report is not None:
        return report
    if out is not None:
        return out / REPORT_JSON
    if old is not None and new is not None:
        return project.output_folder(old, new) / REPORT_JSON
    near = sorted(set(_reports_near(project)))
    found = [place for place in near if _is_of(project, place, old, new)]
    if len(found) > 1:
        raise OutputError(
            f"There are several ports: {', '.join(str(place.parent) for place in found)}.",
            "Say which one is meant with --from and --to, or with --out.",
        )
    if found:
        return found[0]
    if os.path.lexists(REPORT_JSON):
        return Path(REPORT_JSON).absolute()
    raise OutputError(
        f"There is no {REPORT_JSON} of a port where patchkit would write one.",
        "Run patchkit rebase first, or name the folder of its output with --out.",
    )


def _is_of(project: Project, place: Path, old: str | None, new: str | None) -> bool:
    """Whether a rebase of the project wrote this report there by itself, for these versions."""
    try:
        report = _load(place)
    except PatchkitError:  # other programs, too, write a report.json
        return False
    if old not in (None, report.old_version) or new not in (None, report.new_version):
        return False
    folder = project.output_folder(report.old_version, report.new_version)
    return folder.resolve() == place.parent.resolve()


def _reports_near(project: Project) -> Iterator[Path]:
    """Every report in a folder that a stack of the project might be written to."""
    settings = project.settings
    patterns = []
    if settings.path is not None and settings.output is not None:
        patterns.append(str(settings.path.parent.resolve() / settings.output))
    stacks = [project.stack_folder(version) for version in project.versions()]
    if project.stack is not None:
        stacks.append(project.stack)
    patterns += [str(stack.resolve().parent / _VERSION) for stack in stacks]
    for pattern in patterns:
        parts = map(glob.escape, (*pattern.split(_VERSION), REPORT_JSON))
        *folder, name = parts
        for found in glob.glob(f"{'*'.join(folder)}/{name}"):  # noqa: PTH207 (a whole path)
            yield Path(found)


def _load(place: Path) -> Report:
    try:
        raw = place.read_bytes()
    except FileNotFoundError as error:
        raise OutputError(
            f"{place}: no such report.",
            "Run patchkit rebase first, or name the folder of its output with --out.",
        ) from error
    except OSError as error:
        raise OutputError(f"{place}: cannot be read: {error.strerror}.") from error
    return load_report(raw, str(place))
