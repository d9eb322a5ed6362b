"""Turns what a person edited in a ported stack into decisions (jobs floor).

Whatever is learned is tried first: the whole stack is ported once more with it, and every edited
patch must then leave the same tree as the person's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.engine.deciding import question_of
from patchkit.engine.learning import amendments_learned, answers_learned
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack, port_stack
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import OutputError, PatchkitError
from patchkit.jobs.choices import NO_CHOICES, Choices
from patchkit.jobs.deps import named_patches
from patchkit.jobs.edited import edits_in
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.lastport import LastPort
from patchkit.jobs.policies import policy_of, policy_with
from patchkit.jobs.project import Project, upstream_of
from patchkit.jobs.rebase import plan_rebase
from patchkit.jobs.resolving import with_decisions
from patchkit.jobs.siblingchoices import NOT_ASKED
from patchkit.model.report import Held, HeldCause, Lines, PortedFile, Report, Status
from patchkit.model.resolutions import (
    Amendment,
    Answer,
    Decision,
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
    identity_of,
)
from patchkit.model.shown import shown_path
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import File, Overlay, Tree, split_lines
from patchkit.model.tree import Path as TreePath
from patchkit.model.uses import decisions_used
from patchkit.sources.progress import Progress, silent
from patchkit.workspace.resolutions import write_resolutions

Changes = Mapping[TreePath, File | None]
"""What a stack made of the files of the new upstream."""


@dataclass(frozen=True)
class LearnPlan:
    """What was learned, and tried, but is not written yet.

    `decisions` are all that are new, none where there are `problems`: sentences on what no decision
    brings about. `notes` say what else a person should know. `resolutions` is the file at `place`
    as it would be, `before` as it was read.
    """

    decisions: tuple[Decision, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    resolutions: Resolutions
    before: Resolutions
    place: Path

    @property
    def exit_code(self) -> int:
        """0: all that was edited is learned; 1: some of it cannot be, and nothing is written."""
        return int(bool(self.problems))

    def write(self) -> None:
        """Record it. Raises `OutputError` when the file cannot be written."""
        if self.decisions:
            write_resolutions(self.place, self.resolutions, self.before)


def plan_learn(
    project: Project,
    port: LastPort,
    provenance: Provenance,
    *,
    only: Collection[str] = (),
    upstream: str | None = None,
    fuzz: int | None = None,
    choices: Choices = NO_CHOICES,
    cache: Path | None = None,
    watch: Watcher = unwatched,
    progress: Progress = silent,
) -> LearnPlan:
    """Find decisions that lead to what a person made of the ported patches in the port's folder.

    `provenance` says who learns it, when and why; the rest of it is filled in. `only` names the
    patches to look at, by default all. Nothing is written.
    Raises what `plan_rebase` and `edits_in` raise.
    """
    old, new = port.versions
    folder, stack = read_stack(project, old)
    edits = edits_in(port, stack)
    edits = edits.of(only) if only else edits
    recorded = port.resolutions()
    source = upstream_of(project, upstream, cache, progress)
    try:
        policy = policy_with(policy_of(project, folder, fuzz), choices, project.settings)
        policy = replace(policy, kept=frozenset(named_patches(stack, sorted(policy.kept))))
        porting = _Porting(stack, source.tree(old), source.tree(new), policy, port)
        learning = _Learning(porting, provenance, recorded)
        for number, edited in enumerate(edits.patches, 1):
            watch(number, edited.name)
            learning.learn(edited)
        for name in edits.removed:
            learning.drop(name)
        problems = (*(text for _, text in edits.problems), *learning.problems)
        problems = problems or tuple(learning.differences(edits.patches))
    finally:
        source.close()
    decided = learning.decided
    told = tuple(text for _, text in edits.notes)
    notes = told
    if not problems and decided != recorded:
        try:
            plan = plan_rebase(
                project, old, new, upstream=upstream, out=port.folder, fuzz=fuzz,
                resolutions=decided, choices=choices, siblings=NOT_ASKED, cache=cache,
                progress=progress,
            )  # fmt: skip
        except OutputError:
            raise  # the proof could not be run, which says nothing of what was learned
        except PatchkitError as error:
            problems = (str(error),)
        else:
            names = {patch.name for patch in edits.patches}.union(edits.removed)
            notes = (*notes, *_told(port.report, plan.report, names))
    if problems:
        return LearnPlan((), problems, told, recorded, recorded, port.resolutions_place)
    known = {record.decision for record in recorded.records}
    fresh = tuple(one.decision for one in decided.records if one.decision not in known)
    return LearnPlan(fresh, (), notes, decided, recorded, port.resolutions_place)


def _told(before: Report, after: Report, edited: Iterable[str]) -> Iterator[str]:
    """What the next rebase will do differently, beyond what was edited; what is still held."""
    statuses = {patch.name: patch.status for patch in before.patches}
    names = set(edited)
    for patch in after.patches:
        was = statuses[patch.name]
        if patch.name in names and patch.held:
            yield (
                f"{patch.name}: {len(patch.held)} regions are as upstream has them, and stay held. "
                "Where that is meant, say so: patchkit resolve --take ours."
            )
        elif patch.name not in names and patch.status is not was:
            yield f"{patch.name}: will be {patch.status.value}, was {was.value}."


@dataclass(frozen=True)
class _Porting:
    """Ports the beginning of a stack by some decisions."""

    stack: Stack
    old: Tree
    new: Tree
    policy: Policy
    port: LastPort

    def first(self, count: int, decided: Resolutions) -> PortedStack:
        stack = replace(self.stack, patches=self.stack.patches[:count])
        decided = decided.for_version(self.port.report.new_version)
        return port_stack(stack, self.old, self.new, replace(self.policy, resolutions=decided))

    def tree(self, ported: PortedStack) -> Tree:
        return Overlay(self.new, ported.result)

    def applied(self, patch: StackedPatch, tree: Tree) -> Changes | str:
        """What a patch that needs no fuzz makes of a tree; a sentence where it does not apply."""
        policy = replace(self.policy, max_fuzz=0, resolutions=Resolutions())
        ported = port_stack(replace(self.stack, patches=(patch,)), tree, tree, policy)
        (found,) = ported.patches
        if found.status is not Status.BROKEN and not found.held:
            return ported.result
        why = next(
            (one.settlement.note for one in found.held if isinstance(one.settlement, Held)), ""
        )
        return f"{patch.name}: as it is now, it does not apply to the patches before it. {why}"


class _Learning:
    """What is decided so far, and what no decision could bring about."""

    def __init__(self, porting: _Porting, provenance: Provenance, decided: Resolutions) -> None:
        self._porting = porting
        self._provenance = replace(provenance, ports=(porting.port.versions,))
        self.decided = decided
        self.problems: list[str] = []

    def learn(self, edited: StackedPatch) -> None:
        """Decide so that the patch gives what the edited one does."""
        number = self._porting.stack.names.index(edited.name)
        before = self._porting.tree(self._porting.first(number, self.decided))
        wanted = self._porting.applied(edited, before)
        if isinstance(wanted, str):
            self.problems.append(wanted)
            return
        ported = self._porting.first(number + 1, self.decided)
        differing = _differing(before, ported.result, wanted)
        answered = self.decided
        for file in ported.patches[number].files:
            if file.new_path in differing:
                answers = _answers(file, before, ported.result, wanted)
                answered = self._with_answers(answered, edited.name, answers)
        if answered is not self.decided:
            ported = self._porting.first(number + 1, answered)
            self.decided = self._without_unused(answered, ported)
            differing = _differing(before, ported.result, wanted)
        for path in differing:
            self._amend(edited.name, path, ported, number, before, wanted)

    def drop(self, name: str) -> None:
        """Decide that nothing of a patch that is held whole is carried."""
        number = self._porting.stack.names.index(name)
        ported = self._porting.first(number + 1, self.decided).patches[number]
        for file in ported.files:
            for region in file.held:
                question = question_of(region, file)
                if question is not None:
                    self.decided = self._with_answers(self.decided, name, [(question, Side.OURS)])
        dropped = self._porting.first(number + 1, self.decided).patches[number]
        if not dropped.is_dropped:
            self.problems.append(
                f"{name}: taken out of the series, but some of it can be carried now, or never "
                "applied. Take it out of the stack that is ported."
            )

    def differences(self, edited: Iterable[StackedPatch]) -> Iterator[str]:
        """A sentence for every file in which an edited patch would not do what it does now."""
        for patch in edited:
            number = self._porting.stack.names.index(patch.name)
            before = self._porting.tree(self._porting.first(number, self.decided))
            wanted = self._porting.applied(patch, before)
            if isinstance(wanted, str):
                yield wanted
                continue
            ported = self._porting.first(number + 1, self.decided)
            for path in _differing(before, ported.result, wanted):
                yield _not_learned(patch.name, path)

    def _with_answers(
        self, decided: Resolutions, patch: str, answers: Iterable[tuple[Question, Answer]]
    ) -> Resolutions:
        provenance = replace(self._provenance, patch=patch)
        return with_decisions(
            decided, [Resolution(question, answer, provenance) for question, answer in answers]
        )

    def _without_unused(self, answered: Resolutions, ported: PortedStack) -> Resolutions:
        """Without the new answers that nothing asks for."""
        report = replace(self._porting.port.report, patches=ported.patches)
        used = set(map(identity_of, decisions_used(answered, report)))
        known = {record.identity for record in self.decided.records}
        for record in answered.records:
            if record.identity not in used | known:
                answered = answered.without(record.identity)
        return answered

    def _amend(
        self,
        patch: str,
        path: TreePath,
        ported: PortedStack,
        number: int,
        before: Tree,
        wanted: Changes,
    ) -> None:
        made, wished = _file(before, ported.result, path), _file(before, wanted, path)
        is_there = any(file.new_path == path for file in ported.patches[number].files)
        pairs = None
        if made is not None and wished is not None and made.mode == wished.mode and is_there:
            pairs = amendments_learned(
                split_lines(made.content),
                split_lines(wished.content),
                lambda one, other: self._is_free(patch, path, one, other),
            )
        if pairs is None:
            self.problems.append(_not_learned(patch, path))
            return
        provenance = replace(self._provenance, patch=patch)
        self.decided = with_decisions(
            self.decided, [Amendment(path, one, other, provenance) for one, other in pairs]
        )

    def _is_free(self, patch: str, path: TreePath, before: Lines, after: Lines) -> bool:
        """Whether no other amendment has these lines: it would be lost."""
        one = Amendment(path, before, after, replace(self._provenance, patch=patch))
        same = [each for each in self.decided.amendments if identity_of(each) == identity_of(one)]
        return all(each.after == after for each in same)


def _answers(
    file: PortedFile, before: Tree, ported: Changes, wanted: Changes
) -> Iterator[tuple[Question, Answer]]:
    assert file.new_path is not None
    path = file.new_path
    ours, made, wished = before.get(path), _file(before, ported, path), _file(before, wanted, path)
    for region in file.held:
        question = question_of(region, file)
        cause = None if question is None else question.cause
        if question is None:
            continue
        if cause is HeldCause.FILE_CHANGED and wished is None:
            yield question, Side.THEIRS
        elif cause is HeldCause.FILE_EXISTS and wished is not None:
            lines = tuple(split_lines(wished.content))
            yield question, Side.THEIRS if lines == question.sides.theirs else lines
    if ours is not None and made is not None and wished is not None:
        texts = (split_lines(one.content) for one in (ours, made, wished))
        yield from answers_learned(file, *texts)


def _differing(before: Tree, ported: Changes, wanted: Changes) -> list[TreePath]:
    """The paths at which the two results differ, sorted."""
    paths = sorted({*ported, *wanted})
    return [path for path in paths if _file(before, ported, path) != _file(before, wanted, path)]


def _file(before: Tree, changes: Changes, path: TreePath) -> File | None:
    return changes[path] if path in changes else before.get(path)


def _not_learned(patch: str, path: TreePath) -> str:
    return (
        f"{patch}: what you made of {shown_path(path)} is not what any decision would. Keep the "
        "edited patch, or make the change in the stack that is ported."
    )
