"""Proves a port while it is still going on (jobs floor)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchkit.engine.rebasing import PortedStack
from patchkit.engine.stages import PATCHES_OF_A_STAGE, Stage
from patchkit.engine.versions import Version
from patchkit.jobs.outputs import patch_files, ported_series
from patchkit.jobs.project import Project
from patchkit.model.patchlist import PatchList
from patchkit.model.series import Series, SeriesLine
from patchkit.model.stack import Stack, as_series
from patchkit.model.tree import File, Path
from patchkit.proof import ProofInStages, Statement
from patchkit.proof.stages import statement_of


class Foresight:
    """Begins the proof of each stage of a stack as soon as it is ported.

    What becomes of the series and the patches afterwards is only guessed; the proof compares.
    """

    def __init__(self, project: Project, stack: Stack, new: str, proof: ProofInStages) -> None:
        self._stack = stack
        self._new = new
        self._proof = proof
        self._like = _statement(project, stack, stack.series, {}, {}, {})
        self._files: dict[Path, File | Version | None] = {}
        self._lines = _lines_of_stages(stack)
        self._at = 0

    def stage_done(self, stage: Stage) -> None:
        """A stage is ported."""
        if self._lines:
            self._files = {**stage.pristine, **self._files}
            series = ported_series(Series(self._lines[self._at]), stage.patches, self._new)
            files = patch_files(self._stack, stage.patches)
            part = statement_of(stage, series.raw, files, self._files, self._like)
            self._proof.foresee(part)
            self._files.update(stage.changes)
        self._at += 1


def begin_proof(
    proof: ProofInStages,
    project: Project,
    stack: Stack,
    series: PatchList,
    files: Mapping[str, bytes],
    ported: PortedStack,
    proposed: Mapping[Path, File],
) -> None:
    """Begin the proof of the new stack with these patch files; `proposed` are files that patches
    on top of the ported ones leave."""
    expected = {**ported.result, **proposed}
    whole = _statement(project, stack, series, files, ported.pristine, expected)
    proof.begin(whole, () if proposed else ported.stages)


def _statement(
    project: Project,
    stack: Stack,
    series: PatchList,
    files: Mapping[str, bytes],
    pristine: Mapping[Path, File | None],
    expected: Mapping[Path, File | None],
) -> Statement:
    layout, as_read = as_series(stack.layout, series)
    return Statement(
        series=as_read,
        layout=layout,
        patches=files,
        pristine=pristine,
        expected=expected,
        strip=project.settings.strip,
        flags=project.settings.flags,
        package=project.package,
    )


def _lines_of_stages(stack: Stack) -> Sequence[tuple[SeriesLine, ...]]:
    """The lines of the series for each stage; none where the stack has no series of its own."""
    if not isinstance(stack.series, Series) or not stack.names:
        return ()
    numbers = {name: at // PATCHES_OF_A_STAGE for at, name in enumerate(stack.names)}
    count = (len(stack.names) - 1) // PATCHES_OF_A_STAGE + 1
    lines: list[list[SeriesLine]] = [[] for _ in range(count)]
    at = 0
    for line in stack.series.lines:
        if line.entry is not None:
            at = numbers.get(line.entry.name, at)
        lines[at].append(line)
    return [tuple(one) for one in lines]
