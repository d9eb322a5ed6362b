"""The master oracle of the engine's tests: a ported stack, applied by real GNU patch."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack
from patchkit.model.stack import Stack
from patchkit.model.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, File
from patchkit.model.tree import Path as TreePath


def prove_with_gnu_patch(ported: PortedStack, stack: Stack, policy: Policy | None = None) -> None:
    """Fail unless GNU patch makes `ported.result` out of `ported.pristine`, byte for byte, with
    every hunk at its line, all of its context there, and nothing left behind."""
    strip = (policy or Policy()).strip
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, ported.pristine)
        for stacked, patch in zip(stack.patches, ported.patches, strict=True):
            assert stacked.name == patch.name
            if patch.content is None:
                continue
            entry = stacked.entry
            level = strip if entry.strip is None else entry.strip
            code, output = run_patch(
                root, patch.content, strip=level, fuzz=0, is_reversed=entry.is_reversed
            )
            told = b"\n".join((patch.name.encode(), output, patch.content)).decode("latin-1")
            assert code == 0, told
            assert b"Hunk #" not in output, told
        expected = {path: file for path, file in ported.result.items() if file is not None}
        assert expected == read_tree(root, ported.result)


def run_patch(
    root: Path, content: bytes, *options: str, strip: int = 1, fuzz: int = 0,
    is_reversed: bool = False,
) -> tuple[int, bytes]:  # fmt: skip
    """Run `patch` as a packager does, and give its exit code and all that it says."""
    done = subprocess.run(
        [
            *("patch", f"-p{strip}", f"-F{fuzz}", "-f", "--no-backup-if-mismatch", "-r", "-"),
            *options,
            *(["-R"] if is_reversed else []),
        ],
        cwd=root,
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        check=False,
    )
    return done.returncode, done.stdout


def write_tree(root: Path, files: Mapping[TreePath, File | None]) -> None:
    """Write the files of a tree into a new folder; a submodule is an empty folder."""
    root.mkdir(parents=True)
    for path, file in files.items():
        if file is None:
            continue
        place = root / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.mode == SUBMODULE:
            place.mkdir(exist_ok=True)
        elif file.mode == SYMLINK:
            place.symlink_to(os.fsdecode(file.content))
        else:
            place.write_bytes(file.content)
            place.chmod(0o755 if file.mode == EXECUTABLE else 0o644)


def read_tree(
    root: Path, known: Mapping[TreePath, File | None] | None = None
) -> dict[TreePath, File]:
    """Every file below a folder; folders only where `known` says that they are submodules."""
    found: dict[TreePath, File] = {}
    for place in root.rglob("*"):
        path = os.fsencode(place.relative_to(root))
        if place.is_symlink():
            found[path] = File(os.fsencode(os.readlink(place)), SYMLINK)  # noqa: PTH115 (it would tidy)
        elif place.is_file():
            is_executable = place.stat().st_mode & 0o100
            found[path] = File(place.read_bytes(), EXECUTABLE if is_executable else REGULAR)
    submodules = {
        path: file
        for path, file in (known or {}).items()
        if file is not None and file.mode == SUBMODULE and (root / os.fsdecode(path)).is_dir()
    }
    return found | submodules
