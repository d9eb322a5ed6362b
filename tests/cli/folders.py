"""What a folder holds, to compare before and after."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

State: TypeAlias = Mapping[str, tuple[int, bytes, int]]
"""Mode, content and time of the last change (nanoseconds), by path."""


def state_of(root: Path) -> State:
    """Every file and link below a folder; empty where there is no folder."""
    found = {}
    for parent, folders, files in os.walk(root):
        for name in (*folders, *files):
            place = Path(parent, name)
            status = place.lstat()
            if stat.S_ISLNK(status.st_mode):
                content = os.fsencode(place.readlink())
            elif stat.S_ISREG(status.st_mode):
                content = place.read_bytes()
            else:
                continue
            found[str(place.relative_to(root))] = (status.st_mode, content, status.st_mtime_ns)
    return found


def without_times(state: State) -> Mapping[str, tuple[int, bytes]]:
    """Mode and content alone."""
    return {path: (mode, content) for path, (mode, content, _) in state.items()}


def contents_of(root: Path) -> Mapping[str, bytes]:
    """The content of every file below a folder."""
    return {path: content for path, (_, content, _) in state_of(root).items()}


def names_in(root: Path) -> list[str]:
    """The names in a folder, hidden ones too, sorted."""
    return sorted(place.name for place in root.iterdir())
