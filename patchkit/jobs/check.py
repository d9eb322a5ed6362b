"""Looks at a stack on one upstream version: how it applies, and how to make it apply exactly (jobs
floor)."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.engine.checking import Fit, PatchFit, check_stack
from patchkit.engine.foldednames import folded_by_stack
from patchkit.engine.rebasing import PortedStack, port_stack
from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import StackError
from patchkit.jobs.changing import content_now, files_read
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.outputnames import SCRIPT
from patchkit.jobs.outputs import script_for
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import Project
from patchkit.model.report import PortedPatch
from patchkit.model.shown import shown_name
from patchkit.model.stack import Stack, as_series
from patchkit.model.tree import Tree
from patchkit.proof import prove
from patchkit.workspace.writing import Output, WriteResult, recover, write_outputs


@dataclass(frozen=True)
class CheckResult:
    """How the stack in `folder` applies, patch by patch; `max_fuzz` is the limit it was tried
    with."""

    folder: Path
    max_fuzz: int
    patches: tuple[PatchFit, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: every patch applies within the fuzz limit; 1: some do not."""
        return int(any(patch.fit is Fit.BROKEN for patch in self.patches))


@dataclass(frozen=True)
class RefreshPlan:
    """A refreshed and proved stack that is not written yet: every file that changes, and those
    that it was made from.

    There are none where `check` has broken patches: a stack that does not apply is not refreshed.
    """

    check: CheckResult
    folder: Path
    outputs: tuple[Output, ...]
    read: Mapping[str, bytes | None]

    @property
    def exit_code(self) -> int:
        """As of the check."""
        return self.check.exit_code

    def write(self) -> WriteResult:
        """Write all of it or nothing. Raises `OutputError` when the folder cannot be written, or
        somebody has changed the stack since it was read."""
        return write_outputs(self.folder, self.outputs, read=self.read)


def check(
    project: Project,
    version: str,
    tree: Tree,
    *,
    fuzz: int | None = None,
    watch: Watcher = unwatched,
) -> CheckResult:
    """How the project's stack for `version` applies to `tree`. Raises errors for bad input only."""
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    return _check(project, folder, stack, tree, fuzz, watch)


def plan_refresh(
    project: Project,
    version: str,
    tree: Tree,
    *,
    fuzz: int | None = None,
    watch: Watcher = unwatched,
) -> RefreshPlan:
    """Rewrite the patches so that they apply to `tree` with no fuzz and no offset, and prove it.

    A patch that does already keeps its bytes. Raises `ProofError` when the proof fails.
    """
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    found = _check(project, folder, stack, tree, fuzz, unwatched)
    if found.exit_code:
        return RefreshPlan(found, folder, (), {})
    ported = port_stack(stack, tree, tree, policy_of(project, folder, fuzz), watch)
    refreshed = {patch.name: _refreshed(patch) for patch in ported.patches}
    _prove(project, stack, {**dict(stack.guarded), **refreshed}, ported)
    outputs = [
        Output(stack.layout.place_of(stacked.name), refreshed[stacked.name])
        for stacked in stack.patches
        if refreshed[stacked.name] != stacked.patch.raw
    ]
    read: dict[str, bytes | None] = {**files_read(stack)}
    if stack.layout.has_script:
        read[SCRIPT] = content_now(folder / SCRIPT)
        script = Output(SCRIPT, script_for(project, stack.layout), 0o755)
        if not _stands_in(folder, script):
            outputs.append(script)
    return RefreshPlan(found, folder, tuple(outputs), read)


def _refreshed(patch: PortedPatch) -> bytes:
    if patch.content is None or not patch.status.is_ported:
        raise StackError(
            f"{shown_name(patch.name)}: applies, but does nothing that is not there already.",
            "Remove it from the series first.",
        )
    return patch.content


def _stands_in(folder: Path, output: Output) -> bool:
    place = folder / output.path
    if not place.is_file():
        return False
    mode = stat.S_IMODE(place.stat().st_mode)
    return mode == output.mode and place.read_bytes() == output.content


def _check(
    project: Project, folder: Path, stack: Stack, tree: Tree, fuzz: int | None, watch: Watcher
) -> CheckResult:
    policy = policy_of(project, folder, fuzz)
    folding = map(str, folded_by_stack(stack, tree, policy.strip))
    return CheckResult(
        folder,
        policy.max_fuzz,
        check_stack(stack, tree, policy, watch),
        (*stack.warnings, *folding),
    )


def _prove(project: Project, stack: Stack, files: dict[str, bytes], ported: PortedStack) -> None:
    layout, series = as_series(stack.layout, stack.series)
    prove(
        series=series,
        layout=layout,
        patches=files,
        pristine=ported.pristine,
        expected=ported.result,
        strip=project.settings.strip,
        flags=project.settings.flags,
        package=project.package,
    )
