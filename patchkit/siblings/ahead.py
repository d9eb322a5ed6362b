"""Reads many files of a tree, those ahead along with the one that is asked for (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchkit.model.tree import File, Path, Tree

_AT_ONCE = 150
"""A tree reads so many files ahead without forgetting the first, unless they are huge."""


def read_in_turn(tree: Tree, paths: Sequence[Path]) -> Iterator[tuple[Path, File | None]]:
    """The files at these paths, in order. Raises what the tree raises."""
    tree.prefetch(paths)  # what has to be fetched is fetched in one go
    for chunk in chunks_of(paths):
        tree.prefetch(chunk)
        for path in chunk:
            yield path, tree.get(path)


def chunks_of(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """The paths, as many at a time as are read ahead."""
    for start in range(0, len(paths), _AT_ONCE):
        yield paths[start : start + _AT_ONCE]
