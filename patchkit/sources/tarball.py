"""A tar archive as a source tree, read where it lies (sources floor): tar(5).

Nothing is ever extracted. An archive can only be read from its start to its end, so it is read as
seldom as possible: the first pass makes the index and keeps what was asked for, and as much of the
other content as fits the memory set aside for it. What is asked for later and was not kept costs
another pass; `prefetch` makes that one pass for many.
"""

from __future__ import annotations

import contextlib
import hashlib
import pathlib
import tarfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from stat import S_IXUSR
from typing import IO, Self, TypeAlias

from patchkit.errors import UpstreamError
from patchkit.limits import how_to_raise, limits
from patchkit.model.shown import shown_path
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File, Path, blob_id
from patchkit.sources.compression import CorruptError, decompressed

KEPT_BYTES = 48 << 20
"""How much content a tree keeps in memory beside what was asked for last."""
_LARGE_FILE = 1 << 20
"""Files above this size are kept only when they are asked for."""
_CHUNK = 1 << 20
_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)
_END = tarfile.EOFHeaderError  # type: ignore[attr-defined]  # not in typeshed
_BAD_HEADER = tarfile.HeaderError
_LARGEST_HEADER = 1 << 20
"""Bytes of a long name or of extended attributes, which tarfile reads whole."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A regular file: the number of its member in the archive, and the `blob_id` of its content."""

    member: int
    mode: int
    identity: str


@dataclass(frozen=True, slots=True)
class _Link:
    target: bytes


@dataclass(frozen=True, slots=True)
class _Refused:
    """What is in the archive but is no file of a tree."""

    reason: str


_Entry: TypeAlias = _Stored | _Link | _Refused


class TarballTree:
    """The files of a tar archive, a `model.tree.Tree`; plain, gzip, bzip2, xz or zstd.

    A single folder at the top that holds everything is stripped. A hard link is the file it is
    linked to; of members with the same name the last one counts. Every method raises
    `UpstreamError` when the archive is damaged or cut off, or a member has an absolute name or one
    with `..`; `get` also for a device or pipe, which the listing leaves out.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self._index: dict[Path, _Entry] | None = None
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0

    def get(self, path: Path) -> File | None:
        """The file at `path`; what was not kept costs a pass over the archive."""
        match self._index_with(frozenset([path])).get(path):
            case None:
                return None
            case _Link(target):
                return File(target, SYMLINK)
            case _Refused(reason):
                raise UpstreamError(f"{self.path}: {shown_path(path)}: {reason}.")
            case _Stored() as stored:
                self._keep([stored])
                return File(self._kept[stored.identity], stored.mode)

    def has_folder(self, path: Path) -> bool:
        """Whether there is a file somewhere below the folder `path`."""
        return path in self._folders

    def paths(self) -> Collection[Path]:
        """Every file; the index has them."""
        return self.listing().keys()

    def listing(self) -> Mapping[Path, str]:
        """Every file with the id of its content; the index has them."""
        return {
            path: blob_id(entry.target) if isinstance(entry, _Link) else entry.identity
            for path, entry in self._index_with(frozenset()).items()
            if not isinstance(entry, _Refused)
        }

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Keep the content of these files, with one pass over the archive at most."""
        wanted = frozenset(paths)
        index = self._index_with(wanted)
        entries = (index.get(path) for path in wanted)
        self._keep([entry for entry in entries if isinstance(entry, _Stored)])

    @cached_property
    def _folders(self) -> frozenset[Path]:
        """Every folder with a file somewhere below it, the root among them."""
        folders = set()
        for path in self.listing():
            folder = path
            while folder and (folder := folder.rpartition(b"/")[0]) not in folders:
                folders.add(folder)
        return frozenset(folders)

    def _index_with(self, wanted: frozenset[Path]) -> Mapping[Path, _Entry]:
        """The files by path; when it has to be made, the content of `wanted` is kept on the way."""
        if self._index is None:
            with self._opened() as (archive, content):
                self._index = self._read_index(archive, wanted)
                read = 0
                while piece := content.read(_CHUNK):  # the check sum of the data is at its end
                    read += len(piece)
                    self._require(read, "archive_bytes", "bytes behind its end")
        return self._index

    def _read_index(self, archive: tarfile.TarFile, wanted: frozenset[Path]) -> dict[Path, _Entry]:
        entries: dict[bytes, _Entry] = {}
        tops = set()
        total = 0
        for number, member in enumerate(archive):
            total += member.size
            self._require(member.size, "file_bytes", f"bytes of {shown_path(_raw(member.name))}")
            self._require(total, "archive_bytes", "bytes in all")
            self._require(number + 1, "archive_members", "members")
            name = self._name_of(member)
            entries.pop(name, None)
            top, slash, below = name.partition(b"/")
            if name:
                tops.add(top if slash or member.isdir() else None)
            if member.isreg():
                is_wanted = name in wanted or below in wanted
                content = None
                if is_wanted or member.size <= _LARGE_FILE:
                    content = _content(archive, member)
                identity = _identity(archive, member) if content is None else blob_id(content)
                mode = EXECUTABLE if member.mode & S_IXUSR else REGULAR
                entries[name] = _Stored(number, mode, identity)
                fits = self._kept_bytes + member.size <= KEPT_BYTES
                if content is not None and (fits or is_wanted):
                    self._add(identity, content)
            elif not member.isdir():
                entries[name] = _entry_without_content(member, entries)
        if len(tops) == 1 and None not in tops:
            return {name.partition(b"/")[2]: entry for name, entry in entries.items()}
        return entries

    def _keep(self, stored: Iterable[_Stored]) -> None:
        """Make sure that the contents are in memory; forget older ones where it gets too much."""
        missing = {file.member: file.identity for file in stored if file.identity not in self._kept}
        if not missing:
            return
        while self._kept and self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.pop(next(iter(self._kept))))
        with self._opened() as (archive, _):
            for number, member in enumerate(archive):
                if number in missing:
                    content = _content(archive, member)
                    if blob_id(content) != missing.pop(number):
                        break
                    self._add(blob_id(content), content)
                    if not missing:
                        return
        raise UpstreamError(f"{self.path}: has changed while it was read.", "Run it again.")

    def _require(self, found: int, name: str, what: str) -> None:
        most: int = getattr(limits(), name)
        if found > most:
            raise UpstreamError(
                f"{self.path}: {found} {what}; {most} is the limit.", how_to_raise(name)
            )

    def _add(self, identity: str, content: bytes) -> None:
        if identity not in self._kept:
            self._kept[identity] = content
            self._kept_bytes += len(content)

    def _name_of(self, member: tarfile.TarInfo) -> bytes:
        parts = _raw(member.name).split(b"/")
        if member.name.startswith("/") or b".." in parts:
            raise UpstreamError(
                f"{self.path}: member {shown_path(_raw(member.name))} is outside of the archive.",
                "Such an archive is not read.",
            )
        return _tidy(parts)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[tarfile.TarFile, IO[bytes]]]:
        try:
            with (
                self.path.open("rb") as raw,
                decompressed(raw) as content,
                tarfile.open(
                    fileobj=content,
                    mode="r|",
                    tarinfo=_StrictInfo,
                    encoding="utf-8",
                    errors="surrogateescape",
                ) as archive,
            ):
                yield archive, content
        except (CorruptError, tarfile.TarError) as problem:
            # What the libraries say of it is worded otherwise in every version of Python.
            reason = f": {problem}" if isinstance(problem, _LargeHeader) else ""
            raise UpstreamError(
                f"{self.path}: is no tar archive, or is damaged or cut off{reason}.",
                "Fetch it again.",
            ) from problem
        except OSError as problem:
            raise UpstreamError(f"{self.path}: cannot be read: {problem.strerror}.") from problem


class _DamagedHeader(tarfile.ReadError):
    """A header that is none, or not whole."""


class _LargeHeader(tarfile.ReadError):
    """A header that would be read whole, and is too large for that."""


class _StrictInfo(tarfile.TarInfo):
    """Stops at a damaged header, which tarfile would silently take for the end of the archive, and
    at one that is too large, before it is read.

    By the two methods that tarfile has for subclasses: newer releases no longer read headers by
    `frombuf`.
    """

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except _END:
            raise
        except _BAD_HEADER as problem:
            raise _DamagedHeader(str(problem)) from problem

    def _proc_member(self, tarfile: tarfile.TarFile) -> Self:
        if self.type in _HEADERS and self.size > _LARGEST_HEADER:
            raise _LargeHeader(f"a header of {self.size} bytes")
        found: Self = super()._proc_member(tarfile)  # type: ignore[misc]  # a hook; not in typeshed
        return found


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    reader = archive.extractfile(member)
    assert reader is not None  # it is for regular files
    return reader.read()


def _identity(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """The `blob_id` of a member, which is not kept."""
    reader = archive.extractfile(member)
    assert reader is not None  # it is for regular files
    digest = hashlib.sha1(b"blob %d\0" % member.size, usedforsecurity=False)
    while piece := reader.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _entry_without_content(member: tarfile.TarInfo, before: Mapping[bytes, _Entry]) -> _Entry:
    target = _raw(member.linkname)
    if member.issym():
        return _Link(target)
    if member.islnk():
        linked = before.get(_tidy(target.split(b"/")))
        return linked or _Refused(f"is a hard link to {shown_path(target)}, which is not before it")
    return _Refused("is a device, a pipe or of an unknown kind")


def _tidy(parts: Iterable[bytes]) -> bytes:
    return b"/".join(part for part in parts if part not in (b"", b"."))


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
