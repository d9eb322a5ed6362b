"""The main job: port a stack to another upstream version, prove it, and plan what to write (jobs
floor)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.engine.rebasing import PortedStack, Watcher, port_stack, unwatched
from patchkit.errors import OutputError, PatchkitError
from patchkit.jobs.project import (
    Project,
    policy_of,
    read_stack,
    resolutions_of,
    upstream_note,
    upstream_of,
)
from patchkit.model.report import AMENDMENT, PortedPatch, Report, Settled, Status
from patchkit.model.resolutions import Resolutions, identity_of
from patchkit.model.series import Series
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import Dialect, Layout, Stack
from patchkit.proof import prove
from patchkit.render.applyscript import apply_script
from patchkit.render.json import recorded_outputs, report_json
from patchkit.render.text import report_text
from patchkit.sources.progress import Progress, silent
from patchkit.workspace.writing import (
    Output,
    WriteResult,
    edited_outputs,
    recover,
    write_outputs,
)

REPORT_JSON = "report.json"
REPORT_TEXT = "report.txt"
SCRIPT = "apply-patches"
_SCRIPT_FUZZ = 0
"""What is written is proved to need no fuzz, so the script allows none."""


class Overwrite(Enum):
    """What to do with output files that a person has edited."""

    REFUSE = "refuse"
    FORCE = "force"


@dataclass(frozen=True)
class RebasePlan:
    """A finished and proved port that is not written yet: the report, and every file for
    `folder`."""

    report: Report
    folder: Path
    outputs: tuple[Output, ...]

    @property
    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of every output but the JSON report itself, which records them."""
        return _digests(self.outputs)

    def write(self, overwrite: Overwrite = Overwrite.REFUSE) -> WriteResult:
        """Write all of it or nothing.

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
        return write_outputs(self.folder, self.outputs, removals=stale)


def plan_rebase(
    project: Project,
    old: str,
    new: str,
    *,
    upstream: str | None = None,
    out: Path | None = None,
    fuzz: int | None = None,
    resolutions: Resolutions | None = None,
    cache: Path | None = None,
    watch: Watcher = unwatched,
    progress: Progress = silent,
) -> RebasePlan:
    """Port the project's stack from upstream version `old` to `new`, and prove the result.

    `upstream` and `fuzz` default to the settings', `out` to `Project.output_folder`, `resolutions`
    to those recorded beside the stack. Nothing is written. Raises `StackError`, `PatchFormatError`,
    `SeriesFormatError`, `ResolutionFormatError` and `UpstreamError` for bad input, `OutputError`
    when `out` is a file or the stack itself, and `ProofError` when the result does not apply to the
    new upstream exactly as computed.
    """
    folder = project.stack_folder(old)
    recover(folder)
    folder, stack = read_stack(project, old)
    target = _checked_target(out or project.output_folder(old, new), folder)
    decided = resolutions_of(project, folder) if resolutions is None else resolutions
    decided = decided.for_version(new)
    policy = replace(policy_of(project, folder, fuzz), resolutions=decided)
    source = upstream_of(project, upstream, cache, progress)
    try:
        ported = port_stack(stack, source.tree(old), source.tree(new), policy, watch)
        report = Report(
            package=project.package,
            old_version=old,
            new_version=new,
            upstream=_shown(source.description),
            upstream_note=upstream_note(project, upstream),
            patches=ported.patches,
            guarded=tuple(name for name, _ in stack.guarded),
            # Without the folder: reports are the same on every machine.
            warnings=(
                *(text.removeprefix(f"{folder}/") for text in stack.warnings),
                *_unused_amendments(decided, ported.patches),
            ),
        )
    finally:
        source.close()
    series = ported_series(stack.series, report)
    progress("Proving the new stack")
    _prove(project, stack, series, ported)
    outputs = _outputs(project, stack, series, report)
    return RebasePlan(report, target, outputs)


def _unused_amendments(decided: Resolutions, patches: Iterable[PortedPatch]) -> Iterator[str]:
    """A sentence for every amendment to this version that found nothing to amend."""
    used = {
        (patch.name, file.new_path, region.ours.lines)
        for patch in patches
        for file in patch.files
        for region in file.regions
        if isinstance(region.settlement, Settled) and region.settlement.rule == AMENDMENT
    }
    for one in decided.amendments:
        if (one.provenance.patch, one.file, one.before) not in used:
            yield (
                f"The amendment {identity_of(one)} to {one.provenance.patch} is not used: its "
                f"lines are not once in what the patch makes of {shown_path(one.file)}."
            )


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


def ported_series(series: Series, report: Report) -> Series:
    """The series for the new version: what is left out of it is a comment that says why."""
    for patch in report.patches:
        if patch.content is None:
            series = series.commented_out(patch.name, _reason(patch, report.new_version))
    return series


def _reason(patch: PortedPatch, version: str) -> str:
    match patch.status:
        case Status.UPSTREAMED:
            return f"dropped, upstream has it in {version}"
        case Status.ABSORBED:
            return f"dropped, upstream has it in another form in {version}"
        case Status.BROKEN:
            return f"left out, does not apply to its own base, see {REPORT_TEXT}"
        case Status.RESOLVED:
            return f"dropped for {version}, as a person decided, see {REPORT_TEXT}"
        case _:
            held = len(patch.held)
            regions = "1 region" if held == 1 else f"{held} regions"
            return f"left out, conflicts with {version} ({regions}), see {REPORT_TEXT}"


def _prove(project: Project, stack: Stack, series: Series, ported: PortedStack) -> None:
    prove(
        series=series.raw,
        layout=stack.layout,
        patches=_patch_files(stack, ported.patches),
        pristine=ported.pristine,
        expected=ported.result,
        strip=project.settings.strip,
        flags=project.settings.flags,
        package=project.package,
    )


def _patch_files(stack: Stack, patches: tuple[PortedPatch, ...]) -> Mapping[str, bytes]:
    """Every patch file of the new stack by name.

    One that is held whole is kept as it was, for the person who has to port it.
    """
    files = dict(stack.guarded)
    originals = {stacked.name: stacked.patch.raw for stacked in stack.patches}
    for patch in patches:
        if patch.content is not None:
            files[patch.name] = patch.content
        elif not patch.is_dropped:
            files[patch.name] = originals[patch.name]
    return files


def _outputs(project: Project, stack: Stack, series: Series, report: Report) -> tuple[Output, ...]:
    layout = stack.layout
    outputs = [Output(layout.series, series.raw)]
    outputs += [
        Output(layout.place_of(name), raw)
        for name, raw in _patch_files(stack, report.patches).items()
    ]
    if layout.dialect is Dialect.SERIES_CONF:
        outputs.append(Output(SCRIPT, script_for(project, layout), 0o755))
    outputs.append(Output(REPORT_TEXT, report_text(report).encode("utf-8", "backslashreplace")))
    outputs.append(Output(REPORT_JSON, report_json(report, _digests(outputs))))
    return tuple(outputs)


def _digests(outputs: Iterable[Output]) -> Mapping[str, str]:
    return {
        one.path: hashlib.sha256(one.content).hexdigest()
        for one in outputs
        if one.path != REPORT_JSON
    }


def script_for(project: Project, layout: Layout) -> bytes:
    """The apply-patches script for a stack; it does not depend on the version."""
    return apply_script(
        package=project.settings.name,
        strip=project.settings.strip,
        fuzz=_SCRIPT_FUZZ,
        flags=project.settings.flags,
        series=layout.series,
        patches=layout.patches,
    )


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


def _shown(description: str) -> str:
    """The upstream without the folders of this machine: reports are the same everywhere."""
    is_url = "://" in description or (
        ":" in description and "/" not in description.partition(":")[0]
    )
    return description if is_url else Path(description).resolve().name
