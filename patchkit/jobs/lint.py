"""Checks a packaging repository and mends what has one right answer (jobs floor)."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.errors import PatchkitError, StackError, UpstreamError
from patchkit.jobs.lintsources import NamedSource, upstream_trees
from patchkit.jobs.outputnames import SCRIPT
from patchkit.jobs.outputs import script_for
from patchkit.jobs.packaging import named_by_spec
from patchkit.jobs.project import Project
from patchkit.lint.checking import lint_scene
from patchkit.lint.mending import mended
from patchkit.lint.rules import LINT_RULES, meant_rules
from patchkit.lint.scene import Scene
from patchkit.lint.stack import StackFolder
from patchkit.model import tree as trees
from patchkit.model.lint import Finding, LintChoices
from patchkit.model.series import decode_name
from patchkit.model.shown import shown_name
from patchkit.model.stack import Dialect, Layout
from patchkit.model.tree import File, Overlay
from patchkit.sources.directory import DirectoryTree
from patchkit.sources.progress import Progress, silent
from patchkit.sources.worktree import work_tree_of
from patchkit.workspace.layout import SERIES_FILES, check_folder
from patchkit.workspace.settings import Settings, settings_beside
from patchkit.workspace.writing import Output, WriteResult, recover, write_outputs

_MOST_ROUNDS = 8
_HIDDEN = re.compile(rb"(?:^|/)\.[^/]+/")


class Extent(Enum):
    """Whose findings are told."""

    WHOLE = "whole"
    CHANGED = "changed"
    """Those in files that the index changes, or else the last commit; or that depend on one."""


class Mending(Enum):
    """What becomes of a finding that has one right answer."""

    TOLD = "told"
    MENDED = "mended"


@dataclass(frozen=True)
class LintPlan:
    """What was found in the repository in `folder`, and what mends some of it.

    `findings` are those that stay, `mended` those that writing `outputs`, made from the files in
    `read`, takes away. `notes` say what could not be checked."""

    folder: Path
    findings: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    outputs: tuple[Output, ...]
    read: Mapping[str, bytes]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: nothing is left but notes; 1: something is left to a person."""
        return int(any(finding.needs_person for finding in self.findings))

    def write(self) -> WriteResult:
        """Write all of it or nothing. Raises `OutputError` when the folder cannot be written, or
        somebody has changed one of the files since it was read."""
        return write_outputs(self.folder, self.outputs, read=self.read)


def plan_lint(
    folder: Path,
    choices: LintChoices | None = None,
    *,
    extent: Extent = Extent.WHOLE,
    mending: Mending = Mending.TOLD,
    source: NamedSource | None = None,
    progress: Progress = silent,
) -> LintPlan:
    """Check the packaging repository in `folder`; with `MENDED`, plan what mends it.

    `choices` None: as patchkit.yaml says. `source` names the upstream; None: the tarball in the
    repository, or a local upstream of the settings. Whatever is wrong with the repository is a
    finding. Raises `StackError` when the folder has neither a spec nor a series, `UpstreamError`
    when the named upstream or the folder cannot be read, `SettingsError` for the settings.
    """
    check_folder(folder)
    recover(folder)
    settings = settings_beside(folder)
    asked = settings.lint if choices is None else choices
    with contextlib.ExitStack() as stack:
        scene = _scene(folder, settings)
        found = upstream_trees(folder, scene, settings, source, stack, progress)
        scene = replace(scene, sources=found.trees)
        changed = _changed(folder) if extent is Extent.CHANGED else None
        findings = _told(scene, asked, changed)
        if mending is Mending.TOLD:
            return LintPlan(folder, findings, (), (), {}, found.notes)
        return _mended(folder, scene, asked, changed, findings, found.notes)


def check_selector(selector: str) -> None:
    """Raise `PatchkitError` for a selector that means no rule."""
    if not meant_rules(selector):
        raise PatchkitError(
            f"{shown_name(selector)}: no rule of lint.",
            f"A rule is named by its code ({LINT_RULES[0].code}), the beginning of codes (PK1), or "
            f"its name ({LINT_RULES[0].name}); `patchkit lint --rules` lists them.",
        )


def _scene(folder: Path, settings: Settings) -> Scene:
    files = DirectoryTree(folder)
    work = work_tree_of(folder)
    listed = files.paths()
    # What git ignores as a whole is looked at as any other folder.
    if work is not None and (known := work.paths()):
        listed = [path for path in listed if path in known]
    paths = tuple(path for path in listed if not _HIDDEN.search(path))
    scene = Scene(files, paths, settings.flags, settings.strip)
    if not scene.specs and not scene.stacks:
        raise StackError(
            f"{folder}: neither a spec nor a series file here or two levels below.",
            f"Looked for *.spec and {', '.join(SERIES_FILES)}.",
        )
    project = named_by_spec(Project(settings, folder), folder)
    return replace(
        scene,
        scripts={
            stack.root: script_for(project, _layout(stack))
            for stack in scene.stacks
            if stack.is_series_conf
        },
    )


def _layout(stack: StackFolder) -> Layout:
    return Layout(
        Dialect.SERIES_CONF, decode_name(stack.series_inside), decode_name(stack.patches_inside)
    )


def _changed(folder: Path) -> frozenset[trees.Path]:
    work = work_tree_of(folder)
    if work is None:
        raise UpstreamError(
            f"{folder}: not in a work tree of git, so what changed is not known.",
            "Leave out --changed.",
        )
    return work.changed()


def _told(
    scene: Scene, choices: LintChoices, changed: frozenset[trees.Path] | None
) -> tuple[Finding, ...]:
    findings = lint_scene(scene, choices)
    if changed is None:
        return findings
    return tuple(finding for finding in findings if finding.touches(changed))


def _mended(
    folder: Path,
    scene: Scene,
    choices: LintChoices,
    changed: frozenset[trees.Path] | None,
    findings: tuple[Finding, ...],
    notes: tuple[str, ...],
) -> LintPlan:
    files = scene.files
    contents: dict[trees.Path, bytes] = {}
    read: dict[str, bytes] = {}
    done: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        edited, taken = mended(Overlay(files, _as_files(contents)), findings)
        if not taken:
            break
        for path in edited:
            if (file := files.get(path)) is not None:
                read.setdefault(decode_name(path), file.content)
        contents.update(edited)
        done += taken
        scene = replace(scene, files=Overlay(files, _as_files(contents)))
        findings = _told(scene, choices, changed)
    outputs = tuple(
        Output(decode_name(path), content, _mode(folder, path))
        for path, content in contents.items()
    )
    return LintPlan(folder, findings, tuple(done), outputs, read, notes)


def _as_files(contents: Mapping[trees.Path, bytes]) -> dict[trees.Path, File | None]:
    return {path: File(content) for path, content in contents.items()}


def _mode(folder: Path, path: trees.Path) -> int:
    """The mode of the file as it is; a script is to be run."""
    mode = stat.S_IMODE((folder / os.fsdecode(path)).stat().st_mode)
    return mode | 0o111 if path.rpartition(b"/")[2] == SCRIPT.encode() else mode
