"""Folders for temporary files that a run that is killed does not leave for long (workspace floor).

Whoever makes one holds a lock in it. What is found without an owner was left by a run that was
killed, and the next run that writes removes it (`sweep`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.workspace.disk import remove_folder
from patchkit.workspace.locking import locked

_PREFIX = "patchkit-scratch-"
_LOCK = "lock"
_ATTEMPTS = 3
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 (its folders there get names of their own)
"""Where Linux has a file system in memory; others have no such folder."""
_MOST_IN_MEMORY = 64 << 20
_SHARE_OF_ROOM = 16
_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder for temporary files, and the open file by which it is held: a process that inherits
    it holds the folder as well."""

    folder: Path
    lock: int


def temporary_folder() -> Path:
    """The folder for temporary files (`TMPDIR`)."""
    return Path(tempfile.gettempdir())


def quickest_folder(size: int) -> Path:
    """The folder for temporary files of `size` bytes together that are made and gone in moments:
    one in memory, unless the person has named another or the room is scarce.

    Thousands of files are made there in half the time. That there is room says nothing of a moment
    later: who fails there should try again in `temporary_folder`.
    """
    if any(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")) or size > _MOST_IN_MEMORY:
        return temporary_folder()
    return _IN_MEMORY if _room_in_memory() >= _SHARE_OF_ROOM * size else temporary_folder()


def _room_in_memory() -> int:
    """Bytes that may be put into memory as files; 0 where that is not known."""
    try:
        file_system = os.statvfs(_IN_MEMORY)
        told = dict(line.split(":", 1) for line in _MEMINFO.read_text("ascii").splitlines())
    except OSError:
        return 0
    if not os.access(_IN_MEMORY, os.W_OK | os.X_OK):
        return 0
    available = int(told.get("MemAvailable", "0 kB").split()[0]) << 10
    return min(file_system.f_bavail * file_system.f_frsize, available)


@contextmanager
def scratch(top: Path) -> Iterator[Scratch]:
    """A new folder in `top`, removed at the end with all that is in it. Raises `OSError`."""
    with ExitStack() as ends:
        yield _made(top, ends)


def sweep() -> None:
    """Remove the folders for temporary files that killed runs of the same person have left."""
    for top in {temporary_folder(), _IN_MEMORY}:
        _sweep(top)


def _sweep(top: Path) -> None:
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
        ends.callback(_removal_in(top), folder)
        return Scratch(folder, lock)
    raise AssertionError


def _removal_in(top: Path) -> Callable[[Path], None]:
    """What removes a folder there: nothing in memory waits for a disk."""
    return partial(shutil.rmtree, ignore_errors=True) if top == _IN_MEMORY else remove_folder
