"""Which of its names GNU patch takes for the file of a diff (engine; pure).

Source of the rules: patch(1), the section on how patch determines the file to patch, and GNU
patch 2.7 (pch.c, best_name): of the names that exist, the one with the fewest folders, then the
shortest last part, then the shortest; of names none of which exists, only those count that need
the fewest new folders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from patchkit.model.tree import Path


def picked_name(
    names: Sequence[Path], exists: Callable[[Path], bool], has_folder: Callable[[Path], bool]
) -> Path:
    """The one of `names` that patch takes in a tree; of equals, the first.

    >>> picked_name([b"foo.orig", b"foo"], lambda name: True, lambda folder: True)
    b'foo'
    """
    if len(set(names)) == 1:
        return names[0]
    candidates = [name for name in names if exists(name)]
    if not candidates:
        needed = {name: _new_folders(name, has_folder) for name in names}
        candidates = [name for name in names if needed[name] == min(needed.values())]
    return min(
        candidates, key=lambda name: (name.count(b"/"), len(name.rpartition(b"/")[2]), len(name))
    )


def _new_folders(name: Path, has_folder: Callable[[Path], bool]) -> int:
    parents = name.split(b"/")[:-1]
    above = (b"/".join(parents[:count]) for count in range(len(parents), 0, -1))
    there = next((folder.count(b"/") + 1 for folder in above if has_folder(folder)), 0)
    return len(parents) - there
