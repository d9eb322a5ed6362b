"""Makes a port: the engine, upstream's history, the siblings, the proof (jobs floor)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from patchkit.engine.dependencies import DependencyWalk
from patchkit.engine.foldednames import folded_by_port
from patchkit.engine.generated import Recogniser
from patchkit.engine.rebasing import port_stack
from patchkit.engine.regenerating import with_causes_to_regenerate
from patchkit.engine.watching import Watcher
from patchkit.errors import SpecError
from patchkit.jobs.choices import Choices
from patchkit.jobs.deps import check_only_target, named_patches, only_part
from patchkit.jobs.diff import compare_with_port
from patchkit.jobs.histories import UpstreamHistory
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.outputnames import REPORT_JSON
from patchkit.jobs.outputs import patch_files, planned_outputs, ported_series
from patchkit.jobs.packaging import (
    dated_as_in,
    named_by_spec,
    spec_of,
    updated_list_of,
    updated_spec_of,
)
from patchkit.jobs.policies import policy_of, policy_with
from patchkit.jobs.project import Project, upstream_name, upstream_note
from patchkit.jobs.proving import Foresight, begin_proof
from patchkit.jobs.siblingchoices import Ported, Proposals, SiblingChoices
from patchkit.jobs.uses import Uses, uses_at
from patchkit.model.patchlist import PatchList
from patchkit.model.report import AMENDMENT, PortedPatch, Report, Settled
from patchkit.model.resolutions import Resolutions, identity_of
from patchkit.model.shown import shown_path
from patchkit.model.stack import Dialect, Layout, Stack
from patchkit.proof import ProofInStages
from patchkit.sources.progress import Progress
from patchkit.sources.upstream import Upstream
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.day import this_day
from patchkit.workspace.writing import Output

if TYPE_CHECKING:
    from patchkit.siblings.comparing import Comparison


@dataclass(frozen=True)
class Request:
    """What port is asked for; see `patchkit.jobs.rebase.plan_rebase`. `folder` is that of the
    stack, `target` that of the new one, which `is_elsewhere` when a person named it."""

    project: Project
    folder: Path
    target: Path
    old: str
    new: str
    upstream: str | None
    fuzz: int | None
    only: tuple[str, ...]
    choices: Choices
    siblings: SiblingChoices
    forms: frozenset[str]
    resolutions: Resolutions | None
    today: datetime.date | None
    is_elsewhere: bool


@dataclass(frozen=True)
class Made:
    """A port that was made and proved: its report, its files, the decisions beside the stack that
    it went by, and notes for a person on what depends on this machine."""

    report: Report
    outputs: tuple[Output, ...]
    uses: Uses | None
    notes: tuple[str, ...]


def make_port(
    asked: Request,
    source: Upstream,
    watch: Watcher,
    expect: Callable[[int], None],
    progress: Progress,
) -> Made:
    """Port a stack, prove the result, and render what is to be written; closes the source.

    Raises what `patchkit.jobs.rebase.plan_rebase` raises.
    """
    old, new, siblings = asked.old, asked.new, asked.siblings
    folder, stack = read_stack(asked.project, old)
    project = named_by_spec(asked.project, folder)
    resolutions, uses = asked.resolutions, None
    if resolutions is None:
        place = resolutions_place(project.settings, folder)
        uses = uses_at(place, asked.today or this_day())
        resolutions = Resolutions() if uses is None else uses.resolutions
    decided = resolutions.for_version(new)
    policy = policy_with(policy_of(project, folder, asked.fuzz), asked.choices, project.settings)
    policy = replace(policy, resolutions=decided)
    notes: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    with ExitStack() as ends:
        ends.callback(source.close)
        kept = named_patches(stack, sorted(policy.kept))
        if asked.only:
            part = only_part(stack, source.tree(old), policy, asked.only)
            check_only_target(
                asked.target if asked.is_elsewhere else None, REPORT_JSON, part.stack.names
            )
            left_out = frozenset(stack.names) - frozenset(part.stack.names)
            stack, notes = part.stack, part.notes
        expect(len(stack.names))
        history = UpstreamHistory(source, old, new, policy.strip)
        policy = replace(policy, kept=frozenset(kept), commit_with=history.commit_with)
        walk = DependencyWalk(stack, policy)
        proof = ends.enter_context(ProofInStages())
        foresight = Foresight(project, stack, new, proof)
        trees = source.tree(old), source.tree(new)
        ported = port_stack(stack, *trees, policy, watch, walk, foresight.stage_done)
        dependencies = walk.dependencies()
        del walk  # it knows every line of every file
        progress("Asking upstream's history")
        patches = history.explained(ported, stack, trees[0], policy)
        recogniser = Recogniser(*trees, project.settings.generated)
        patches = _with_heads(with_causes_to_regenerate(patches, recogniser, policy), stack)
        series = ported_series(stack.series, patches, new)
        files = patch_files(stack, patches)
        whole = Ported(stack, *trees, policy, ported, new)
        if siblings.proposals is Proposals.STACKED:
            from patchkit.jobs.siblings import with_proposals  # few ports ask for it

            progress("Comparing with the siblings")
            compared = _compared(project, folder, whole, siblings, history)
            series, files = with_proposals(series, files, compared, project.settings.strip)
            proposed = {path: file for one in compared for path, file in one.proposed.items()}
            begin_proof(proof, project, stack, series, files, ported, proposed)
        else:
            begin_proof(proof, project, stack, series, files, ported, {})
            progress("Comparing with the siblings")
            compared = _compared(project, folder, whole, siblings, history)
        folded = tuple(map(str, folded_by_port(ported, trees[1])))
        source.close()  # what was read is a tenth of the memory of a long port
        report = Report(
            package=project.package,
            old_version=old,
            new_version=new,
            upstream=upstream_name(source.description),
            upstream_note=upstream_note(project, asked.upstream),
            patches=patches,
            guarded=tuple(name for name, _ in stack.guarded),
            # Without the folder: reports are the same on every machine.
            warnings=(
                *notes,
                *(text.removeprefix(f"{folder}/") for text in stack.warnings),
                *folded,
                *history.problems,
                *_unused_amendments(decided, ported.patches, left_out),
            ),
            dependencies=dependencies,
            siblings=tuple(one.report for one in compared),
            comparison=compare_with_port(
                stack, series, patches, labels=(old, new), strip=project.settings.strip
            ),
        )
        layout = stack.layout
        specs, further = _spec_outputs(folder, asked.target, report, layout, series, asked.today)
        outputs = planned_outputs(project, layout, series, files, report, asked.forms, specs)
        progress("Proving the new stack")
        proof.finish()
    return Made(report, outputs, uses, further)


def _compared(
    project: Project,
    folder: Path,
    port: Ported,
    choices: SiblingChoices,
    history: UpstreamHistory,
) -> tuple[Comparison, ...]:
    if not choices.may_concern(port, project.settings):
        return ()
    from patchkit.jobs.siblings import compare_variants  # most stacks have no variants

    return compare_variants(project, folder, port, choices, history)


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
        if layout.dialect is Dialect.RPM:
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
