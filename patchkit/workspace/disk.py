"""Files and names that are on the disk, not only on their way there (workspace floor)."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from patchkit.model.tree import SYMLINK

_Item = TypeVar("_Item")

_MADE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_AT_ONCE = 16
"""How many files are put on the disk, or removed, at the same time: a file system writes its
journal once for all that wait for it, and a wait is milliseconds."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be made: where, its bytes, its exact mode. With the mode `SYMLINK` it is a symbolic
    link to what the bytes say."""

    place: Path
    content: bytes
    mode: int


def write_new(files: Sequence[NewFile]) -> None:
    """Make these files, and have all of them on the disk at the end; their names are for `sync` to
    put there. Raises `OSError`."""
    for file in files:
        _write(file)
    waiting = [file for file in files if file.mode != SYMLINK]
    _all_at_once(_sync_file, waiting)


def _write(new: NewFile) -> None:
    if new.mode == SYMLINK:
        # Path.symlink_to would tidy the target up.
        os.symlink(new.content, os.fsencode(new.place))  # noqa: PTH211 (pathlib would tidy it)
        return
    descriptor = os.open(new.place, _MADE, 0o666)
    try:
        write_all(descriptor, new.content)
        os.fchmod(descriptor, new.mode)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of it, also where the system takes it bit by bit. Raises `OSError`."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_file(new: NewFile) -> None:
    way = os.O_RDONLY if new.mode & 0o400 else os.O_WRONLY
    descriptor = os.open(new.place, way | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    _all_at_once(_unlink, list(_files_below(folder)))
    shutil.rmtree(folder, ignore_errors=True)


def _files_below(folder: Path) -> Iterator[str]:
    for above, _, files in os.walk(folder):
        yield from (os.path.join(above, name) for name in files)  # noqa: PTH118 (half the time)


def _unlink(place: str) -> None:
    with suppress(OSError):  # rmtree tries once more
        os.unlink(place)  # noqa: PTH108 (a path for each of thousands)


def _all_at_once(do: Callable[[_Item], None], items: Sequence[_Item]) -> None:
    """Do it for all, for several at the same time; raises what the first that fails raises."""
    shares = [items[at::_AT_ONCE] for at in range(min(_AT_ONCE, len(items)))]

    def do_share(share: Sequence[_Item]) -> None:
        for item in share:
            do(item)

    if len(shares) < 2:
        do_share(items)
        return
    with ThreadPoolExecutor(len(shares)) as pool:
        for _ in pool.map(do_share, shares):
            pass


def sync_all(folders: Iterable[Path]) -> None:
    """Put the names in all folders on the disk that are there. Raises `OSError`."""
    _all_at_once(sync, sorted(folder for folder in folders if folder.is_dir()))


def sync(folder: Path) -> None:
    """Put the names in a folder on the disk. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # what a file system says that cannot do it for folders
            raise
    finally:
        os.close(descriptor)
