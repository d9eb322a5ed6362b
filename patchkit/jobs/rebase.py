"""The main job: port a stack to another upstream version, prove it, and plan what to write (jobs
floor)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from patchkit.engine.dependencies import DependencyWalk
from patchkit.engine.foldednames import folded_by_port
from patchkit.engine.generated import Recogniser
from patchkit.engine.rebasing import Watcher, port_stack, unwatched
from patchkit.engine.regenerating import with_causes_to_regenerate
from patchkit.errors import OutputError, PatchkitError, SpecError
from patchkit.jobs.choices import NO_CHOICES, Choices, policy_with
from patchkit.jobs.deps import check_only_target, named_patches, only_part
from patchkit.jobs.diff import compare_with_port
from patchkit.jobs.histories import UpstreamHistory
from patchkit.jobs.identity import key_of
from patchkit.jobs.outputs import (
    REPORT_JSON,
    digests_of,
    patch_files,
    planned_outputs,
    ported_series,
)
from patchkit.jobs.packaging import (
    dated_as_in,
    named_by_spec,
    spec_of,
    updated_list_of,
    updated_spec_of,
)
from patchkit.jobs.project import (
    Project,
    policy_of,
    read_stack,
    resolutions_of,
    upstream_name,
    upstream_note,
    upstream_of,
)
from patchkit.jobs.proving import Foresight, begin_proof
from patchkit.jobs.siblings import (
    AS_FOUND,
    Ported,
    Proposals,
    SiblingChoices,
    compare_variants,
    with_proposals,
)
from patchkit.jobs.uses import Uses, note_uses
from patchkit.model.patchlist import PatchList
from patchkit.model.report import AMENDMENT, PortedPatch, Report, Settled
from patchkit.model.resolutions import Resolutions, identity_of
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.specpatches import SpecPatches
from patchkit.model.stack import Layout, Stack
from patchkit.proof import ProofInStages
from patchkit.render.json import load_report, recorded_outputs
from patchkit.sources.progress import Progress, silent
from patchkit.workspace.day import this_day
from patchkit.workspace.memory import Memory, Remembered
from patchkit.workspace.resolutions import resolutions_place
from patchkit.workspace.writing import (
    Output,
    WriteResult,
    edited_outputs,
    recover,
    write_outputs,
)

if TYPE_CHECKING:
    pass


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
    """The decisions that it goes by, where they are those beside the stack."""
    notes: tuple[str, ...] = ()
    """Sentences for a person on what depends on this machine, and so is in no report."""

    @cached_property
    def report(self) -> Report:
        """What became of each patch."""
        if isinstance(self.reported, bytes):
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
        if self.uses is not None and self.uses.resolutions != Resolutions():
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
    if not folder.is_dir():
        read_stack(project, old)  # which says what is missing, before anything else does
    source = upstream_of(project, upstream, cache, progress)
    key = None
    if memory is not None and resolutions is None and folder.is_dir():
        asked_for = (fuzz, tuple(only), choices, siblings, sorted(forms), upstream)
        key = key_of(project, folder, source, old, new, *asked_for)
        if key is not None and (known := memory.recall(key)) is not None:
            source.close()
            return _remembered(known, project, folder, target, today or this_day())
    folder, stack = read_stack(project, old)
    project = named_by_spec(project, folder)
    uses = None
    if resolutions is None:
        resolutions = resolutions_of(project, folder)
        uses = Uses(resolutions_place(project.settings, folder), resolutions, today or this_day())
    decided = resolutions.for_version(new)
    policy = policy_with(policy_of(project, folder, fuzz), choices, project.settings)
    policy = replace(policy, resolutions=decided)
    notes: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    with ExitStack() as ends:
        ends.callback(source.close)
        kept = named_patches(stack, sorted(policy.kept))
        if only:
            part = only_part(stack, source.tree(old), policy, only)
            check_only_target(out, REPORT_JSON, part.stack.names)
            left_out = frozenset(stack.names) - frozenset(part.stack.names)
            stack, notes = part.stack, part.notes
        expect(len(stack.names))
        asked = UpstreamHistory(source, old, new, policy.strip)
        policy = replace(policy, kept=frozenset(kept), commit_with=asked.commit_with)
        walk = DependencyWalk(stack, policy)
        proof = ends.enter_context(ProofInStages())
        foresight = Foresight(project, stack, new, proof)
        trees = source.tree(old), source.tree(new)
        ported = port_stack(stack, *trees, policy, watch, walk, foresight.stage_done)
        dependencies = walk.dependencies()
        del walk  # it knows every line of every file
        progress("Asking upstream's history")
        patches = asked.explained(ported, stack, trees[0], policy)
        recogniser = Recogniser(*trees, project.settings.generated)
        patches = _with_heads(with_causes_to_regenerate(patches, recogniser, policy), stack)
        series = ported_series(stack.series, patches, new)
        files = patch_files(stack, patches)
        whole = Ported(stack, *trees, policy, ported, new)
        if siblings.proposals is Proposals.STACKED:
            progress("Comparing with the siblings")
            compared = compare_variants(project, folder, whole, siblings, asked)
            series, files = with_proposals(series, files, compared, project.settings.strip)
            proposed = {path: file for one in compared for path, file in one.proposed.items()}
            begin_proof(proof, project, stack, series, files, ported, proposed)
        else:
            begin_proof(proof, project, stack, series, files, ported, {})
            progress("Comparing with the siblings")
            compared = compare_variants(project, folder, whole, siblings, asked)
        source.close()  # what was read is a tenth of the memory of a long port
        report = Report(
            package=project.package,
            old_version=old,
            new_version=new,
            upstream=upstream_name(source.description),
            upstream_note=upstream_note(project, upstream),
            patches=patches,
            guarded=tuple(name for name, _ in stack.guarded),
            # Without the folder: reports are the same on every machine.
            warnings=(
                *notes,
                *(text.removeprefix(f"{folder}/") for text in stack.warnings),
                *map(str, folded_by_port(ported, trees[1])),
                *asked.problems,
                *_unused_amendments(decided, ported.patches, left_out),
            ),
            dependencies=dependencies,
            siblings=tuple(one.report for one in compared),
            comparison=compare_with_port(
                stack, series, patches, labels=(old, new), strip=project.settings.strip
            ),
        )
        specs, further = _spec_outputs(folder, target, report, stack.layout, series, today)
        outputs = planned_outputs(project, stack.layout, series, files, report, forms, specs)
        progress("Proving the new stack")
        proof.finish()
    if memory is not None and key is not None:
        memory.remember(key, Remembered(outputs, report.exit_code, further))
    return RebasePlan(report, report.exit_code, target, outputs, uses, further)


def _remembered(
    known: Remembered, project: Project, folder: Path, target: Path, day: datetime.date
) -> RebasePlan:
    """The plan of a port that was made and proved before."""
    uses = Uses(resolutions_place(project.settings, folder), resolutions_of(project, folder), day)
    (report,) = (one.content for one in known.outputs if one.path == REPORT_JSON)
    return RebasePlan(report, known.exit_code, target, known.outputs, uses, known.notes)


def _spec_outputs(
    folder: Path,
    target: Path,
    report: Report,
    layout: Layout,
    series: PatchList,
    today: datetime.date | None,
) -> tuple[tuple[Output, ...], tuple[str, ...]]:
    """The spec of the package for the new version, and what a person must know of it. It may be
    the list of the patches itself."""
    try:
        if isinstance(series, SpecPatches):
            place = folder / layout.series
            day = today or dated_as_in(target / layout.series)
            raw = updated_list_of(series, place, report, folder, day)
            return (Output(layout.series, raw, place.stat().st_mode & 0o777),), ()
        spec = spec_of(folder)
        if spec is None:
            return (), ()
        day = today or dated_as_in(target / spec.name)
        return (updated_spec_of(spec, report, folder, day),), ()
    except SpecError as error:
        return (), (f"The spec was not updated. {error}",)


def _with_heads(patches: Iterable[PortedPatch], stack: Stack) -> tuple[PortedPatch, ...]:
    """Where nothing is left of a patch the report has its head, which says what it was for."""
    heads = {one.name: one.patch.prologue for one in stack.patches}
    return tuple(
        replace(patch, head=heads[patch.name]) if patch.content is None else patch
        for patch in patches
    )


def _unused_amendments(
    decided: Resolutions, patches: Iterable[PortedPatch], left_out: Collection[str]
) -> Iterator[str]:
    """A sentence for every amendment to this version that found nothing to amend."""
    used = {
        (patch.name, file.new_path, region.ours.lines)
        for patch in patches
        for file in patch.files
        for region in file.regions
        if isinstance(region.settlement, Settled) and region.settlement.rule == AMENDMENT
    }
    for one in decided.amendments:
        if one.provenance.patch in left_out:
            continue
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
