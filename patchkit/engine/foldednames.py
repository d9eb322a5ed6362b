"""Finds files that a stack makes beside others of nearly the same name (engine)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.engine.rebasing import PortedStack
from patchkit.model.patch import Operation
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import Stack
from patchkit.model.tree import Path, Tree
from patchkit.model.treepaths import folded


@dataclass(frozen=True, slots=True)
class FoldedName:
    """A path that a patch makes, and the other one that differs in case or Unicode form only."""

    patch: str
    path: Path
    other: Path

    def __str__(self) -> str:
        return (
            f"{shown_name(self.patch)}: makes {shown_path(self.path)} beside "
            f"{shown_path(self.other)}: one file where case or Unicode form is folded."
        )


def folded_by_stack(stack: Stack, tree: Tree, strip: int) -> tuple[FoldedName, ...]:
    """What the patches make, as their headers say, in a tree that they are for."""
    made: dict[Path, str] = {}
    gone: set[Path] = set()
    for stacked in stack.patches:
        level = strip if stacked.entry.strip is None else stacked.entry.strip
        for diff in stacked.patch.files:
            names = diff.names(level)
            before, after = names.old, names.new
            operation = diff.operation
            if stacked.entry.is_reversed:
                before, after = after, before
                operation = _REVERSED.get(operation, operation)
            if operation in (Operation.DELETE, Operation.RENAME) and before is not None:
                gone.add(before)
                made.pop(before, None)
            if operation not in (Operation.MODIFY, Operation.DELETE) and after is not None:
                made.setdefault(after, stacked.name)
                gone.discard(after)
    new = {path: name for path, name in made.items() if tree.get(path) is None}
    return tuple(_pairs(new, tree, gone))


def folded_by_port(ported: PortedStack, tree: Tree) -> tuple[FoldedName, ...]:
    """What a ported stack makes in the new tree."""
    made = {
        file.new_path: patch.name
        for patch in ported.patches
        for file in patch.files
        if file.new_path is not None
        and ported.result.get(file.new_path) is not None
        and ported.pristine[file.new_path] is None
    }
    return tuple(_pairs(made, tree, [path for path, file in ported.result.items() if file is None]))


_REVERSED = {Operation.CREATE: Operation.DELETE, Operation.DELETE: Operation.CREATE}


def _pairs(made: Mapping[Path, str], tree: Tree, gone: Iterable[Path]) -> Iterator[FoldedName]:
    if not made:
        return  # the tree is not listed for nothing
    wanted: dict[str, list[Path]] = {folded(path): [] for path in made}
    left_out = frozenset(gone)
    for path in (*tree.paths(), *made):
        key = folded(path)
        if key in wanted and path not in left_out:
            wanted[key].append(path)
    for path in made:
        others = wanted[folded(path)]
        if others and others[0] != path:
            yield FoldedName(made[path], path, others[0])
