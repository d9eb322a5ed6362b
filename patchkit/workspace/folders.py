"""Looks for folders below a folder (workspace floor)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def folders_below(start: Path, depth: int) -> Iterator[Path]:
    """The folders at most `depth` levels below `start`, the nearest first, each level sorted.

    Left out are hidden folders, symbolic links, and folders that may not be read: what is
    searched for here is only ever proposed or found by chance.
    """
    level = [start]
    for _ in range(depth):
        level = [below for folder in level for below in _folders_in(folder)]
        yield from level


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                folder / entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            )
    except OSError:
        return []
