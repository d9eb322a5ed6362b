"""A stack beside another one: which two are meant, and what differs (jobs floor)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.diffing.stackdiffing import compare_stacks
from patchkit.diffing.unified import parse_patch
from patchkit.errors import StackError
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.lastport import last_port
from patchkit.jobs.project import Project, find_project
from patchkit.model.patchlist import PatchList
from patchkit.model.report import PortedPatch
from patchkit.model.shown import shown_name
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.stackdiff import FileComparison, PatchComparison, StackComparison
from patchkit.workspace.layout import series_files_in
from patchkit.workspace.writing import recover

_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class ComparedStacks:
    """Two stacks as they stand in their folders, and how they differ."""

    comparison: StackComparison
    warnings: tuple[str, ...]


def diff_stacks(old: str, new: str | None = None, *, stack: Path | None = None) -> ComparedStacks:
    """Compare the stack `old` with the stack `new`, or with its last port.

    Each is a folder with a series file, or an upstream version that the project (the one of
    `stack`, else the nearest) has a stack for. Raises errors for bad input only.
    """
    old_project, old_version = _named(old, stack)
    new_project, new_version = (
        _port_of(old_project, old_version) if new is None else _named(new, stack)
    )
    chosen = ((old_project, old_version), (new_project, new_version))
    for project, version in chosen:
        recover(project.stack_folder(version))
    (_, before), (new_folder, after) = (read_stack(project, version) for project, version in chosen)
    comparison = compare_stacks(
        before, after,
        labels=(old, str(new_folder) if new is None else new),
        strips=(old_project.settings.strip, new_project.settings.strip),
    )  # fmt: skip
    said = dict.fromkeys(
        f"{label}: {warning}"
        for label, one in ((comparison.old, before), (comparison.new, after))
        for warning in one.warnings
    )
    return ComparedStacks(comparison, tuple(said))


def compare_with_port(
    stack: Stack, series: PatchList, patches: Iterable[PortedPatch], *, labels: tuple[str, str],
    strip: int,
) -> StackComparison:  # fmt: skip
    """The stack beside the port of it that has this series and these patches.

    What only one of two patches does to a file is not repeated line by line when it is long: a
    report has it already, as regions or in the patch.
    """
    before = {one.name: one.patch for one in stack.patches}
    contents = {patch.name: patch.content for patch in patches}
    ported = []
    for entry in series.entries:
        content, patch = contents.get(entry.name), before.get(entry.name)
        if content is not None and patch is not None:
            after = patch if patch.raw == content else parse_patch(entry.name, content)
            ported.append(StackedPatch(entry, after))
    new = replace(stack, series=series, patches=tuple(ported))
    found = compare_stacks(stack, new, labels=labels, strips=(strip, strip))
    return replace(found, patches=tuple(map(_without_long_files, found.patches)))


def _without_long_files(patch: PatchComparison) -> PatchComparison:
    files = (replace(one, hunks=()) if _is_long(one) else one for one in patch.files)
    return replace(patch, files=tuple(files))


def _is_long(one: FileComparison) -> bool:
    is_of_one = one.old is None or one.new is None
    return is_of_one and sum(len(hunk.lines) for hunk in one.hunks) > _MOST_LINES


def _named(name: str, stack: Path | None) -> tuple[Project, str]:
    """The project and the version for one of the two names."""
    place = Path(name)
    if place.is_dir() and series_files_in(place):
        return find_project(place), ""
    project = None if place.is_absolute() else _project(stack)
    has_versions = project is not None and project.stack is None
    if project is not None and has_versions and series_files_in(project.stack_folder(name)):
        return project, name
    versions = () if project is None else project.versions()
    known = f" Stacks are there for {', '.join(versions)}." if versions else ""
    raise StackError(
        f"{shown_name(name)}: neither a folder with a series file nor a version with a stack.",
        f"Name a folder, or a version of the project (--stack says which project).{known}",
    )


def _project(stack: Path | None) -> Project | None:
    try:
        return find_project(stack)
    except StackError:
        return None


def _port_of(project: Project, version: str) -> tuple[Project, str]:
    port = last_port(project, old=version or None)
    return find_project(port.folder), ""
