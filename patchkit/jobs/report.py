"""Reading a saved report again, in any format (jobs floor)."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.errors import OutputError, PatchkitError
from patchkit.jobs.lastport import last_port
from patchkit.jobs.outputnames import FURTHER_REPORTS, REPORT_JSON
from patchkit.jobs.outputs import rendered
from patchkit.jobs.project import Project
from patchkit.model.report import PortedPatch, Report, Status
from patchkit.model.shown import shown_name
from patchkit.render.json import load_report, report_json
from patchkit.render.recorded import recorded_outputs
from patchkit.render.text import report_text
from patchkit.workspace.writing import Output, recover, write_outputs

REPORT_FORMATS = ("text", "json", *FURTHER_REPORTS)
"""Every format that `SavedReport.formatted` knows."""


@dataclass(frozen=True)
class SavedReport:
    """A report as it was read: where it stands, what it says, what was written with it."""

    place: Path
    report: Report
    outputs: Mapping[str, str]

    def of_patches(
        self, names: Sequence[str] = (), statuses: Collection[Status] = ()
    ) -> SavedReport:
        """Only the patches whose names begin with one of `names`, and that have one of `statuses`;
        where none are given, all. A warning says how many others there are.

        Raises `PatchkitError` where no patch begins with one of the names.
        """
        patches = self.report.patches
        for name in names:
            if not any(patch.name.startswith(name) for patch in patches):
                raise PatchkitError(
                    f"{self.place}: no patch begins with {shown_name(name)}.",
                    "`patchkit report` without --patch lists them.",
                )
        kept = tuple(patch for patch in patches if _is_meant(patch, names, statuses))
        if len(kept) == len(patches):
            return self
        warning = f"This shows {len(kept)} of the {len(patches)} patches of the report."
        report = self.report.of_patches(kept)
        report = replace(report, warnings=(*report.warnings, warning))
        return replace(self, report=report)

    def formatted(self, form: str) -> bytes:
        """The report in one of the `REPORT_FORMATS`."""
        match form:
            case "text":
                return report_text(self.report).encode("utf-8", "backslashreplace")
            case "json":
                return report_json(self.report, self.outputs)
        return rendered(self.report, form)

    def write(self, form: str, out: Path) -> None:
        """Write the report to the file `out`, all of it or nothing.

        Raises `OutputError` when it cannot be written, or is the report that was read.
        """
        if out.resolve() == self.place.resolve():
            raise OutputError(f"{out}: the report that is read.", "Choose another file with --out.")
        write_outputs(out.parent, (Output(out.name, self.formatted(form)),))


def saved_report(place: Path) -> SavedReport:
    """The report in the folder `place` of a ported stack, or in the file `place`.

    Raises `OutputError` when it cannot be read, `PatchkitError` when it is no report.
    """
    if place.is_dir():
        place /= REPORT_JSON
    recover(place.parent)
    try:
        raw = place.read_bytes()
    except FileNotFoundError as error:
        raise OutputError(
            f"{place}: no such report.",
            "Name the folder of a ported stack, or its report.json; patchkit rebase writes it.",
        ) from error
    except OSError as error:
        raise OutputError(f"{place}: cannot be read: {error.strerror}.") from error
    return SavedReport(place, load_report(raw, str(place)), recorded_outputs(raw, str(place)))


def last_report(project: Project, old: str | None = None, new: str | None = None) -> SavedReport:
    """The report of the last port of the project's stack; raises what `last_port` raises."""
    # Which decisions belong to the port does not matter for reading.
    port = last_port(project, old=old, new=new, resolutions=Path(os.devnull))
    return saved_report(port.place)


def open_statuses() -> Iterator[Status]:
    """The statuses of patches that are left to a person."""
    return (status for status in Status if status.needs_person)


def _is_meant(patch: PortedPatch, names: Sequence[str], statuses: Collection[Status]) -> bool:
    is_named = not names or patch.name.startswith(tuple(names))
    return is_named and (not statuses or patch.status in statuses)
