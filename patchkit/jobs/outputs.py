"""The files of a new stack: series, patches, apply-patches, reports (jobs floor)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from patchkit.errors import PatchkitError
from patchkit.jobs.outputnames import FURTHER_REPORTS, REPORT_JSON, REPORT_TEXT, SCRIPT, digests_of
from patchkit.jobs.project import Project
from patchkit.model.numbered import NumberedFolder
from patchkit.model.patchlist import PatchList
from patchkit.model.report import PortedPatch, Report, Status
from patchkit.model.shown import shown_name
from patchkit.model.stack import Layout, Stack
from patchkit.render.applyscript import apply_script
from patchkit.render.json import report_json
from patchkit.render.text import report_text
from patchkit.workspace.writing import Output

_SCRIPT_FUZZ = 0
"""What is written is proved to need no fuzz, so the script allows none."""


def ported_series(series: PatchList, patches: Iterable[PortedPatch], new_version: str) -> PatchList:
    """The series for the new version: what is left out of it is a comment that says why, where
    the dialect has comments."""
    for patch in patches:
        if patch.content is None and patch.is_dropped and not _has_comments(series):
            series = series.removed(patch.name)
        elif patch.content is None:
            series = series.commented_out(patch.name, _reason(patch, new_version))
    return series


def _has_comments(series: PatchList) -> bool:
    # A folder holds aside what would be a comment elsewhere; what is dropped needs no person.
    return not isinstance(series, NumberedFolder)


def _reason(patch: PortedPatch, version: str) -> str:
    match patch.status:
        case Status.UPSTREAMED:
            return f"dropped, upstream has it in {version}{_commits(patch)}"
        case Status.ABSORBED:
            return f"dropped, upstream has it in another form in {version}{_commits(patch)}"
        case Status.BROKEN:
            return f"left out, does not apply to its own base, see {REPORT_TEXT}"
        case Status.RESOLVED:
            return f"dropped for {version}, as a person decided, see {REPORT_TEXT}"
        case _:
            held = len(patch.held)
            regions = "1 region" if held == 1 else f"{held} regions"
            return f"left out, conflicts with {version} ({regions}), see {REPORT_TEXT}"


def _commits(patch: PortedPatch) -> str:
    names = ", ".join(commit.identity[:12] for commit in patch.commits)
    return f" ({names})" if names else ""


def patch_files(stack: Stack, patches: tuple[PortedPatch, ...]) -> Mapping[str, bytes]:
    """Every patch file of the new stack by name.

    One that is held whole is kept as it was, for the person who has to port it.
    """
    files = dict(stack.guarded)
    originals = {stacked.name: stacked.patch for stacked in stack.patches}
    for patch in patches:
        if patch.content is not None:
            files[patch.name] = patch.content
        elif not patch.is_dropped:
            files[patch.name] = originals[patch.name].raw
    return files


def rendered(report: Report, form: str) -> bytes:
    """The report in one of the `FURTHER_REPORTS`. Raises `PatchkitError` for another format."""
    # Each brings its own libraries, and none is needed for a port without it.
    match form:
        case "html":
            from patchkit.render.html import report_html

            return report_html(report)
        case "markdown":
            from patchkit.render.markdown import report_markdown

            return report_markdown(report).encode("utf-8", "backslashreplace")
        case "junit":
            from patchkit.render.junit import report_junit

            return report_junit(report)
        case "sarif":
            from patchkit.render.sarif import report_sarif

            return report_sarif(report)
    raise PatchkitError(
        f"{shown_name(form)}: no format of a report.", f"Known are {', '.join(FURTHER_REPORTS)}."
    )


def planned_outputs(
    project: Project,
    layout: Layout,
    series: PatchList,
    patches: Mapping[str, bytes],
    report: Report,
    forms: Collection[str] = (),
    others: Sequence[Output] = (),
) -> tuple[Output, ...]:
    """Every file of the new stack; `patches` are its patch files by name, `forms` the
    `FURTHER_REPORTS` that are asked for, `others` stand beside the stack, or in place of its
    list."""
    listed = {entry.name for entry in series.entries}
    is_made = not layout.has_file or any(one.path == layout.series for one in others)
    outputs = [] if is_made else [Output(layout.series, series.raw)]
    outputs += [
        Output(layout.place_of(name) if name in listed else layout.held_place_of(name), raw)
        for name, raw in patches.items()
    ]
    if layout.has_script:
        outputs.append(Output(SCRIPT, script_for(project, layout), 0o755))
    outputs.append(Output(REPORT_TEXT, report_text(report).encode("utf-8", "backslashreplace")))
    outputs += [
        Output(name, rendered(report, form))
        for form, name in FURTHER_REPORTS.items()
        if form in forms
    ]
    outputs += others
    outputs.append(Output(REPORT_JSON, report_json(report, digests_of(outputs))))
    return tuple(outputs)


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
