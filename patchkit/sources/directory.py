"""A folder on disk as a source tree (sources floor)."""

from __future__ import annotations

import errno
import os
import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from stat import S_ISDIR, S_ISLNK, S_ISREG, S_IXUSR

from patchkit.errors import UpstreamError
from patchkit.limits import how_to_raise, limits
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File, Path, blob_id

_GIT = b".git"
_NO_NAMES = frozenset({b"", b".", b".."})


@dataclass(frozen=True, slots=True)
class DirectoryTree:
    """The files below a folder, a `model.tree.Tree`; a `.git` at its top is no part of it.

    Symbolic links are files and never followed, whatever they point at. Raises `UpstreamError` when
    `root` is not a folder, something in it cannot be read, or a pipe, socket or device is asked
    for; in the listing those are left out, as git does.
    """

    root: pathlib.Path

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise UpstreamError(f"{self.root}: there is no such folder.")

    def get(self, path: Path) -> File | None:
        """The file at `path`, read at this moment."""
        place = self._place(path)
        return None if place is None else _file_at(*place)

    def has_folder(self, path: Path) -> bool:
        """Whether there is a file somewhere below the folder `path`."""
        found = self._place(path)
        if found is None or not S_ISDIR(found[1].st_mode):
            return False
        below = _files_below(pathlib.Path(found[0]), path + b"/" if path else b"")
        return next(below, None) is not None

    def paths(self) -> Collection[Path]:
        """Every file and link, in order."""
        return [path for path, _ in _files_below(self.root, b"")]

    def listing(self) -> Mapping[Path, str]:
        """Every file with the id of its content; reads them all."""
        return {
            path: blob_id(file.content)
            for path, place in _files_below(self.root, b"")
            if (file := _file_at(str(place), place.lstat())) is not None
        }

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Nothing to do: a file is read when it is asked for."""

    def _place(self, path: Path) -> tuple[str, os.stat_result] | None:
        """Where `path` is on disk, and its status; None where there is nothing, or only behind a
        symbolic link."""
        parts = path.split(b"/") if path else []
        if b"\0" in path or parts[:1] == [_GIT] or not _NO_NAMES.isdisjoint(parts):
            return None
        place = str(self.root)
        status: os.stat_result | None = None
        try:
            for part in parts:
                if status is not None and not S_ISDIR(status.st_mode):
                    return None
                place = f"{place}/{os.fsdecode(part)}"
                status = os.lstat(place)  # a Path takes longer to make than to look at
            return place, status or self.root.stat()
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
                return None
            raise _unreadable(place, problem) from problem


def _files_below(folder: pathlib.Path, prefix: bytes) -> Iterator[tuple[Path, pathlib.Path]]:
    try:
        for place in sorted(folder.iterdir()):
            path = prefix + os.fsencode(place.name)
            mode = place.lstat().st_mode
            if path == _GIT:
                continue
            if S_ISDIR(mode):
                yield from _files_below(place, path + b"/")
            elif S_ISREG(mode) or S_ISLNK(mode):
                yield path, place
    except OSError as problem:
        raise _unreadable(folder, problem) from problem


def _file_at(place: str, status: os.stat_result) -> File | None:
    """The file at a place with this status; None for a folder."""
    mode = status.st_mode
    try:
        if S_ISLNK(mode):
            # pathlib would tidy the target: `./x` would become `x`.
            return File(os.readlink(os.fsencode(place)), SYMLINK)  # noqa: PTH115 (it would tidy)
        if S_ISREG(mode):
            size, most = status.st_size, limits().file_bytes
            if size > most:
                raise UpstreamError(
                    f"{place}: a file of {size} bytes; {most} is the limit.",
                    how_to_raise("file_bytes"),
                )
            return File(content_of(place), EXECUTABLE if mode & S_IXUSR else REGULAR)
    except OSError as problem:
        raise _unreadable(place, problem) from problem
    if S_ISDIR(mode):
        return None
    raise UpstreamError(f"{place}: is neither a file nor a symbolic link.")


def content_of(place: str) -> bytes:
    """The bytes of a file, in half the time that a Path takes. Raises `OSError`."""
    with os.fdopen(os.open(place, os.O_RDONLY | os.O_CLOEXEC), "rb", buffering=0) as file:
        return file.readall()


def _unreadable(place: pathlib.Path | str, problem: OSError) -> UpstreamError:
    return UpstreamError(f"{problem.filename or place}: cannot be read: {problem.strerror}.")
