"""Small scenes: an old and a new upstream with a stack that brings the riscv64 files."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from patchkit.model.ignores import Ignores
from patchkit.model.tree import File, MemoryTree
from patchkit.model.tree import Path as TreePath
from patchkit.model.variants import ARCHITECTURES, Axis
from patchkit.siblings.commits import SiblingHistory
from patchkit.siblings.comparing import Comparison, compare_siblings
from patchkit.siblings.moves import moved_files
from patchkit.siblings.scene import Scene

PATCH = "0001-ours.patch"


def scene(
    old: Mapping[str, bytes],
    new: Mapping[str, bytes],
    ours: Mapping[str, bytes],
    *,
    variant: str = "riscv64",
    axis: Axis = ARCHITECTURES,
) -> Scene:
    """The upstream files of both versions, and the files that the stack brings to both."""
    added = files(ours)
    before, after = MemoryTree({**files(old), **added}), MemoryTree({**files(new), **added})
    mine = axis.variant(variant)
    assert mine is not None
    moves = moved_files(before.listing(), after.listing(), axis)
    return Scene(axis, mine, before, after, dict.fromkeys(added, PATCH), moves)


def files(contents: Mapping[str, bytes]) -> dict[TreePath, File]:
    """Files by path."""
    return {path.encode(): File(content) for path, content in contents.items()}


def compared(
    made: Scene, ignores: Ignores | None = None, history: SiblingHistory | None = None
) -> Comparison:
    """The comparison for a scene that goes to version 2.0."""
    return compare_siblings(made, "2.0", ignores or Ignores(), history=history)


def patched(folder: Path, tree: Mapping[TreePath, File], patch: bytes) -> dict[TreePath, bytes]:
    """The files as GNU patch leaves them, which must need neither fuzz nor offset."""
    for path, file in tree.items():
        place = folder / path.decode("latin-1")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    done = subprocess.run(
        ["patch", "-p1", "-F0", "--binary", "--no-backup-if-mismatch"],
        cwd=folder, input=patch, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"offset" not in done.stdout
    assert b"fuzz" not in done.stdout
    return {path: (folder / path.decode("latin-1")).read_bytes() for path in tree}
