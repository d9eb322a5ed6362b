"""Folders for temporary files that a run that is killed does not leave for long (workspace floor).

Whoever makes one holds a lock in it. What is found without an owner was left by a run that was
killed, and the next run that writes removes it (`sweep`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.workspace.disk import remove_folder
from patchkit.workspace.locking import locked

_PREFIX = "patchkit-scratch-"
_LOCK = "lock"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder for temporary files, and the open file by which it is held: a process that inherits
    it holds the folder as well."""

    folder: Path
    lock: int


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A new folder in the folder for temporary files (`TMPDIR`), removed at the end with all that
    is in it. Raises `OSError`."""
    top = Path(tempfile.gettempdir())
    with ExitStack() as ends:
        yield _made(top, ends)


def sweep(top: Path) -> None:
    """Remove the folders in `top` that killed runs of the same person have left there."""
    for folder in top.glob(f"{_PREFIX}*"):
        with suppress(OSError, OutputError):  # gone, or at work
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with locked(folder / _LOCK, folder, "patchkit (removing what is left)"):
                remove_folder(folder)


def _made(top: Path, ends: ExitStack) -> Scratch:
    for attempt in range(1, _ATTEMPTS + 1):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=top))
        try:
            lock = ends.enter_context(locked(folder / _LOCK, folder, "patchkit"))
        except (FileNotFoundError, OutputError):
            # Another run took it for left behind, in the moment before it was locked.
            if attempt == _ATTEMPTS:
                raise
            continue
        except BaseException:
            remove_folder(folder)
            raise
        ends.callback(remove_folder, folder)
        return Scratch(folder, lock)
    raise AssertionError
