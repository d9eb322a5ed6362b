"""A stack that was changed, proved and ready to be written into its folder (jobs floor)."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.engine.checking import Fit
from patchkit.engine.policy import Policy
from patchkit.engine.walking import Files, require_applied, steps_of
from patchkit.errors import ProofError
from patchkit.jobs.project import Project
from patchkit.model.patchlist import PatchList
from patchkit.model.shown import shown_path
from patchkit.model.stack import Layout, Stack, StackedPatch, as_series
from patchkit.model.tree import File, Overlay, Tree
from patchkit.model.tree import Path as TreePath
from patchkit.proof import prove
from patchkit.workspace.writing import Output, WriteResult, write_outputs


@dataclass(frozen=True)
class ChangedStack:
    """Every file of the stack in `folder` that is to be written, and those that go; `read` are the
    files that it was made from."""

    folder: Path
    stack: Stack
    outputs: tuple[Output, ...]
    removals: tuple[str, ...]
    read: Mapping[str, bytes]

    @property
    def is_unchanged(self) -> bool:
        """Whether the folder has all of it already."""
        return not self.outputs and not self.removals

    def write(self) -> WriteResult:
        """Write it, all or nothing. Raises `OutputError` when that cannot be done, or somebody has
        changed the stack since it was read."""
        return write_outputs(self.folder, self.outputs, removals=self.removals, read=self.read)


def changed_stack(
    folder: Path,
    before: Stack,
    series: PatchList,
    patches: tuple[StackedPatch, ...],
    removed: Sequence[str] = (),
) -> ChangedStack:
    """What leads from a stack to the one with this series and these patches, without the files of
    those that are `removed`."""
    layout = before.layout
    old = {one.name: one.patch.raw for one in before.patches}
    outputs = [
        _output(folder, layout.place_of(one.name), one.patch.raw)
        for one in patches
        if old.get(one.name) != one.patch.raw
    ]
    if series.raw != before.series.raw:
        outputs.append(_output(folder, layout.series, series.raw))
    gone = [layout.place_of(name) for name in removed]
    left = {*removed, *(one.name for one in patches)}
    for name in old.keys() - left:
        # Disabled: where the list is a folder, the file itself has to stand aside.
        if (aside := layout.held_place_of(name)) != layout.place_of(name):
            outputs.append(_output(folder, aside, old[name]))
            gone.append(layout.place_of(name))
    stack = replace(before, series=series, patches=patches)
    return ChangedStack(folder, stack, tuple(outputs), tuple(gone), files_read(before))


def files_read(stack: Stack) -> dict[str, bytes]:
    """Every file that a stack was read from: its list, where that is a file, and its patches."""
    patches = {**{one.name: one.patch.raw for one in stack.patches}, **dict(stack.guarded)}
    files = {stack.layout.place_of(name): raw for name, raw in patches.items()}
    return {stack.layout.series: stack.series.raw, **files} if stack.layout.has_file else files


def content_now(place: Path) -> bytes | None:
    """What a file has at this moment; None where there is none."""
    return place.read_bytes() if place.is_file() else None


def files_beside(folder: Path, layout: Layout) -> set[str]:
    """Every file in the folder of the patches, listed or not, named as a patch there would be."""
    top = folder / layout.patches
    return {str(place.relative_to(top)) for place in top.rglob("*") if not place.is_dir()}


def _output(folder: Path, path: str, content: bytes) -> Output:
    """The file with the mode that it has, if it is there."""
    place = folder / path
    mode = stat.S_IMODE(place.stat().st_mode) if place.is_file() else 0o644
    return Output(path, content, mode)


def prove_changed(
    project: Project, stack: Stack, tree: Tree, expected: Files, policy: Policy
) -> None:
    """Apply the stack to `tree` with GNU patch; the files must become those of `expected`, which
    are the ones that differ from the tree.

    A stack that applies with no fuzz and no offset must do so for GNU patch; another one within the
    fuzz limit of the policy. Raises `ProofError`, and `StackError` where a patch does not apply.
    """
    is_exact = True
    pristine: dict[TreePath, File | None] = {}
    made: dict[TreePath, File | None] = {}
    for step in steps_of(stack, tree, policy):
        require_applied(step)
        is_exact = is_exact and step.fit.fit is Fit.EXACT
        made |= step.after
        pristine |= {path: tree.get(path) for path in step.before if path not in pristine}
    _require_same(tree, made, expected)
    layout, series = as_series(stack.layout, stack.series)
    prove(
        series=series,
        layout=layout,
        patches={**dict(stack.guarded), **{one.name: one.patch.raw for one in stack.patches}},
        pristine=pristine,
        expected=made,
        strip=project.settings.strip,
        flags=project.settings.flags,
        package=project.package,
        within_fuzz=None if is_exact else policy.max_fuzz,
    )


def _require_same(tree: Tree, made: Files, expected: Files) -> None:
    wanted = Overlay(tree, expected)
    result = Overlay(tree, made)
    for path in sorted({*made, *expected}):
        if wanted.get(path) != result.get(path):
            raise ProofError(
                f"{shown_path(path)}: the changed stack does not make of it what it should.",
                "Nothing was written. This is a fault of patchkit: please report it.",
            )
