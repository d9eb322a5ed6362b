"""Two states of an output folder, and how to look at one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from patchkit.workspace.writing import Output

OLD = (
    Output("series.conf", b"old\n"),
    Output("apply-patches", b"#!/bin/sh\n", 0o644),
    Output("patches/same.patch", b"same\n"),
    Output("patches/changed.patch", b"old\n"),
    Output("patches/gone.patch", b"gone\n"),
    Output("notes.txt", b"mine", 0o600),
)
NEW = (
    Output("series.conf", b"new\n"),
    Output("patches/same.patch", b"same\n"),
    Output("patches/changed.patch", b"new\n" * 2000),
    Output("patches/new.patch", b"new\n"),
    Output("apply-patches", b"#!/bin/sh\n", 0o755),
    Output("a/b/c/deep.txt", b""),
    Output("caf\udce9 x.patch", b"\x00\xff"),
)
REMOVALS = ("patches/gone.patch", "patches/never-there.patch")


def put(root: Path, outputs: Iterable[Output]) -> Path:
    """Write files the plain way."""
    root.mkdir(exist_ok=True)
    for output in outputs:
        place = root / output.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(output.content)
        place.chmod(output.mode)
    return root


def contents(outputs: Iterable[Output]) -> dict[str, tuple[int, bytes] | None]:
    """What `tree_of` shows of a folder with these files."""
    files = {output.path: (output.mode, output.content) for output in outputs}
    folders = {str(above) for path in files for above in Path(path).parents} - {"."}
    return {**files, **dict.fromkeys(folders)}


def tree_of(root: Path) -> Mapping[str, tuple[int, bytes] | None]:
    """Every file below a folder with mode and bytes (a link with its target), folders as None."""
    found: dict[str, tuple[int, bytes] | None] = {}
    for folder, names, files in os.walk(root):
        for name in (*names, *files):
            place = Path(folder) / name
            status = place.lstat()
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISLNK(status.st_mode):
                found[str(place.relative_to(root))] = (mode, os.fsencode(place.readlink()))
            elif stat.S_ISDIR(status.st_mode):
                found[str(place.relative_to(root))] = None
            else:
                content = place.read_bytes() if stat.S_ISREG(status.st_mode) else b"special"
                found[str(place.relative_to(root))] = (mode, content)
    return found


def leftovers(root: Path) -> list[str]:
    """What patchkit left of its own in an output folder and beside it."""
    places = [*root.parent.iterdir(), *(root.iterdir() if root.is_dir() else ())]
    return [place.name for place in places if place.name.startswith(".patchkit")]
