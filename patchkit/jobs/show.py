"""What a stack consists of, for looking at (jobs floor)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from patchkit.jobs.inputs import read_stack
from patchkit.jobs.outputnames import REPORT_JSON
from patchkit.jobs.project import Project
from patchkit.model.patch import LineKind, Patch
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import Path as TreePath
from patchkit.render.json import load_report
from patchkit.workspace.writing import recover

_SUBJECT = re.compile(rb"^(?:Subject|Description):[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShownPatch:
    """One patch: its subject line, the paths it touches, its size in hunks, lines and bytes.

    `status` is what the report beside the stack says of it, None where there is none.
    """

    name: str
    subject: str
    files: tuple[TreePath, ...]
    hunks: int
    added: int
    removed: int
    size: int
    status: str | None


@dataclass(frozen=True, slots=True)
class ShownStack:
    """A stack as it stands in its folder; `guarded` counts the patches that no set flag selects."""

    folder: Path
    dialect: str
    patches: tuple[ShownPatch, ...]
    guarded: int
    warnings: tuple[str, ...]

    def touching(self, patterns: Sequence[str]) -> ShownStack:
        """Only the patches that touch a file that one of the patterns means, as in fnmatch(3);
        without patterns all."""
        meant = [one for one in self.patches if not patterns or _touches(one, patterns)]
        return replace(self, patches=tuple(meant))


def show_stack(project: Project, version: str) -> ShownStack:
    """Read the stack for `version`. Raises errors for bad input only."""
    recover(project.stack_folder(version))
    folder, stack = read_stack(project, version)
    statuses = _statuses(folder)
    patches = tuple(
        _shown(stacked, project.settings.strip, statuses.get(stacked.name))
        for stacked in stack.patches
    )
    return ShownStack(
        folder, stack.layout.dialect.value, patches, len(stack.guarded), stack.warnings
    )


def _touches(patch: ShownPatch, patterns: Sequence[str]) -> bool:
    names = [path.decode("utf-8", "surrogateescape") for path in patch.files]
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _statuses(folder: Path) -> dict[str, str]:
    report = folder / REPORT_JSON
    if not report.is_file():
        return {}
    loaded = load_report(report.read_bytes(), str(report))
    return {patch.name: patch.status.value for patch in loaded.patches}


def _shown(stacked: StackedPatch, strip: int, status: str | None) -> ShownPatch:
    patch = stacked.patch
    depth = strip if stacked.entry.strip is None else stacked.entry.strip
    hunks = [hunk for diff in patch.files for hunk in diff.hunks]
    kinds = [line.kind for hunk in hunks for line in hunk.lines]
    names = (diff.names(depth) for diff in patch.files)
    paths = dict.fromkeys(one.new or one.old or b"?" for one in names)
    return ShownPatch(
        stacked.name, _subject(patch), tuple(paths), len(hunks),
        kinds.count(LineKind.ADDED), kinds.count(LineKind.REMOVED), len(patch.raw), status,
    )  # fmt: skip


def _subject(patch: Patch) -> str:
    """The subject of the mail, or the first line of a DEP-3 description; "" without either."""
    found = _SUBJECT.search(patch.prologue)
    return "" if found is None else found[1].decode("utf-8", "replace").strip()
