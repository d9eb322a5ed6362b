"""The main job: port a stack to another upstream version, prove it, and plan what to write (jobs
floor).

What is remembered is given again; else `patchkit.jobs.making` makes the port.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import OutputError, PatchkitError
from patchkit.jobs.choices import NO_CHOICES, Choices
from patchkit.jobs.identity import key_of
from patchkit.jobs.outputnames import REPORT_JSON, digests_of
from patchkit.jobs.project import Project, upstream_of
from patchkit.jobs.siblingchoices import AS_FOUND, SiblingChoices
from patchkit.model.shown import shown_name
from patchkit.render.recorded import recorded_outputs
from patchkit.sources.progress import Progress, silent
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.day import this_day
from patchkit.workspace.layout import check_folder
from patchkit.workspace.memory import Memory, Remembered
from patchkit.workspace.writing import Output, WriteResult, edited_outputs, recover, write_outputs

if TYPE_CHECKING:
    from patchkit.jobs.uses import Uses
    from patchkit.model.report import Report
    from patchkit.model.resolutions import Resolutions


_CHANGED_MEANWHILE = (
    "The stack or the upstream was changed while this port was made: run the command again for "
    "what is there now."
)


class Overwrite(Enum):
    """What to do with output files that a person has edited."""

    REFUSE = "refuse"
    FORCE = "force"


@dataclass(frozen=True)
class RebasePlan:
    """A finished and proved port that is not written yet: the report, and every file for
    `folder`. Of a remembered port `reported` are the bytes of report.json."""

    reported: Report | bytes
    exit_code: int
    folder: Path
    outputs: tuple[Output, ...]
    uses: Uses | None = None
    """The decisions that it goes by, where there are some beside the stack."""
    notes: tuple[str, ...] = ()
    """Sentences for a person on what depends on this machine, and so is in no report."""

    @cached_property
    def report(self) -> Report:
        """What became of each patch."""
        if isinstance(self.reported, bytes):
            from patchkit.render.json import load_report  # a quiet run asks for no report

            return load_report(self.reported, REPORT_JSON)
        return self.reported

    @property
    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of every output but the JSON report itself, which records them."""
        return digests_of(self.outputs)

    def write(self, overwrite: Overwrite = Overwrite.REFUSE) -> WriteResult:
        """Write all of it or nothing, then note which decisions served these versions.

        Raises `OutputError` when the folder cannot be written, or holds files that a person has
        edited (or that were never ours) and `overwrite` is not `Overwrite.FORCE`.
        """
        recover(self.folder)
        recorded = _recorded(self.folder / REPORT_JSON, overwrite)
        # A report is not for editing, and differs whenever its input did.
        kept = [one for one in self.outputs if one.path != REPORT_JSON or not recorded]
        edited = edited_outputs(self.folder, kept, recorded)
        if edited and overwrite is Overwrite.REFUSE:
            raise OutputError(
                f"{self.folder}: edited since patchkit wrote it, or not written by patchkit: "
                f"{', '.join(map(shown_name, edited))}.",
                "Move it away, choose another --out, or overwrite it with --force.",
            )
        planned = {output.path for output in self.outputs}
        stale = tuple(
            path for path in recorded if path not in planned and (self.folder / path).is_file()
        )
        written = write_outputs(self.folder, self.outputs, removals=stale)
        if self.uses is not None:
            from patchkit.jobs.uses import note_uses  # as below

            note_uses(self.uses, self.report)
        return written


def uncounted(patches: int) -> None:
    """Does not care how many patches there are."""


def plan_rebase(
    project: Project,
    old: str,
    new: str,
    *,
    upstream: str | None = None,
    out: Path | None = None,
    fuzz: int | None = None,
    resolutions: Resolutions | None = None,
    only: Sequence[str] = (),
    choices: Choices = NO_CHOICES,
    siblings: SiblingChoices = AS_FOUND,
    reports: Collection[str] = (),
    today: datetime.date | None = None,
    cache: Path | None = None,
    memory: Memory | None = None,
    watch: Watcher = unwatched,
    expect: Callable[[int], None] = uncounted,
    progress: Progress = silent,
) -> RebasePlan:
    """Port the project's stack from upstream version `old` to `new`, and prove the result.

    `upstream` and `fuzz` default to the settings', `out` to `Project.output_folder`, `resolutions`
    to those recorded beside the stack. `only` names the patches to port, with all that they need,
    in place of the whole stack; they need an `out` of their own. `siblings` says which variant is
    ours, and whether the stack gets a patch with the edits of its siblings on top. `reports` are
    the formats of `FURTHER_REPORTS` that are written as well as those of the settings. A port that
    `memory` has is not made again, one that it has not is remembered there. `watch` is told each
    patch, `expect` before the first one how many there are. Nothing is written. Raises
    `StackError`, `PatchFormatError`, `SeriesFormatError`, `ResolutionFormatError` and
    `UpstreamError` for bad input, `OutputError` when `out` is a file, the stack itself, or missing
    for a port of some patches alone, and `ProofError` when the result does not apply to the new
    upstream exactly as computed.
    """
    folder = project.stack_folder(old)
    recover(folder)
    folder = project.stack_folder(old)
    target = _checked_target(out or project.output_folder(old, new), folder)
    forms = {*project.settings.reports, *reports}
    check_folder(folder)  # before the upstream is asked for anything
    source = upstream_of(project, upstream, cache, progress)
    key = None
    asked_for = (fuzz, tuple(only), choices, siblings, sorted(forms), upstream)
    key_now = partial(key_of, project, folder, source, old, new, *asked_for)
    if memory is not None and resolutions is None:
        key = key_now()
        if key is not None and (known := memory.recall(key)) is not None:
            source.close()
            return _remembered(known, project, folder, target, today or this_day())
    # What makes a port brings the engine, which what is remembered needs not.
    from patchkit.jobs.making import Request, make_port

    asked = Request(
        project, folder, target, old, new, upstream, fuzz, tuple(only), choices, siblings,
        frozenset(forms), resolutions, today, is_elsewhere=out is not None,
    )  # fmt: skip
    made = make_port(asked, source, watch, expect, progress)
    report, outputs, notes = made.report, made.outputs, made.notes
    if memory is not None and key is not None:
        if key_now() == key:
            memory.remember(key, Remembered(outputs, report.exit_code, notes))
        else:
            # Of what was read before or after the change, the key says nothing.
            notes = (*notes, _CHANGED_MEANWHILE)
    return RebasePlan(report, report.exit_code, target, outputs, made.uses, notes)


def _remembered(
    known: Remembered, project: Project, folder: Path, target: Path, day: datetime.date
) -> RebasePlan:
    """The plan of a port that was made and proved before."""
    (report,) = (one.content for one in known.outputs if one.path == REPORT_JSON)
    uses = _uses(project, folder, day)
    return RebasePlan(report, known.exit_code, target, known.outputs, uses, known.notes)


def _uses(project: Project, folder: Path, day: datetime.date) -> Uses | None:
    """The decisions beside the stack; None where there are none."""
    place = resolutions_place(project.settings, folder)
    if not os.path.lexists(place):
        return None
    from patchkit.jobs.uses import uses_at  # most stacks have no decisions

    return uses_at(place, day)


def _checked_target(target: Path, stack: Path) -> Path:
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target}: a file, not a folder.", "Choose another folder with --out.")
    if target.resolve() == stack.resolve():
        # What is held would be lost: the next run would find it commented out, and remove it.
        raise OutputError(
            f"{target}: the output would replace the stack itself.",
            "Choose another folder with --out.",
        )
    return target


def _recorded(report: Path, overwrite: Overwrite) -> Mapping[str, str]:
    """What the report of an earlier run says that it wrote."""
    if not report.is_file():
        return {}
    try:
        return recorded_outputs(report.read_bytes(), str(report))
    except PatchkitError as error:
        if overwrite is Overwrite.FORCE:
            return {}
        raise OutputError(
            error.message, "Move it away, choose another --out, or overwrite it with --force."
        ) from error
