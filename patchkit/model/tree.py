"""Source trees as values: files by path, read on demand, with changes laid over them.

Ground floor: standard library only, no I/O of its own. What implements `Tree`
(a git tag, a folder, a tarball) lives in `patchkit.sources`.

A path is `bytes`, relative to the root of the tree, with `/` between its parts
and no leading `./`. Modes are git's: `0o100644`, `0o100755`, `0o120000` (a
symbolic link, its content the target without a newline) and `0o160000` (a
submodule, its content empty).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, TypeAlias

Path: TypeAlias = bytes
"""A path in a tree: relative, `/` between its parts, in whatever encoding upstream uses."""

REGULAR = 0o100644
EXECUTABLE = 0o100755
SYMLINK = 0o120000
SUBMODULE = 0o160000


@dataclass(frozen=True, slots=True)
class File:
    """One file of a tree: its bytes and its git mode."""

    content: bytes
    mode: int = REGULAR


class Tree(Protocol):
    """A source tree that is read only where it is asked."""

    def get(self, path: Path) -> File | None:
        """The file at `path`; None where there is none, also for a folder.

        Symbolic links are never followed: a path that leads through one names
        no file. Raises `UpstreamError` when the source cannot be read.
        """

    def has_folder(self, path: Path) -> bool:
        """Whether `path` is a folder with at least one file below it; the root is `b""`."""

    def paths(self) -> Collection[Path]:
        """Every file of the tree, without a look into any."""

    def listing(self) -> Mapping[Path, str]:
        """Every file of the tree with its content identity, `blob_id` of its bytes.

        Costs as much as the tree is large: ask only when a file is missing.
        """

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Say which paths will be asked for, so that a slow source reads them in one go."""


@dataclass(frozen=True)
class Overlay:
    """A tree with changes laid over it; a change to None is a deletion."""

    below: Tree
    changes: Mapping[Path, File | None]

    def get(self, path: Path) -> File | None:
        """As the changes say, else as the tree below has it."""
        if path in self.changes:
            return self.changes[path]
        return self.below.get(path)

    def has_folder(self, path: Path) -> bool:
        """Whether a file stands below `path` with the changes made."""
        if _has_file_below(path, self.changes):
            return True
        if not self.below.has_folder(path):
            return False
        is_emptied = any(file is None for file in self.changes.values())
        return not is_emptied or _has_file_below(path, dict.fromkeys(self.listing(), File(b"")))

    def paths(self) -> Collection[Path]:
        """The paths of the tree below with the changes made."""
        found = dict.fromkeys(self.below.paths())
        for path, file in self.changes.items():
            if file is None:
                found.pop(path, None)
            else:
                found[path] = None
        return found.keys()

    def listing(self) -> Mapping[Path, str]:
        """The listing of the tree below with the changes made."""
        listed = dict(self.below.listing())
        for path, file in self.changes.items():
            if file is None:
                listed.pop(path, None)
            else:
                listed[path] = blob_id(file.content)
        return listed

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Passed on for the paths that are not changed."""
        self.below.prefetch(path for path in paths if path not in self.changes)


@dataclass(frozen=True)
class MemoryTree:
    """A tree that is held whole in memory: for tests, and for small made-up trees."""

    files: Mapping[Path, File]

    def get(self, path: Path) -> File | None:
        """The file with this key."""
        return self.files.get(path)

    def has_folder(self, path: Path) -> bool:
        """Whether a key stands below `path`."""
        return _has_file_below(path, self.files)

    def paths(self) -> Collection[Path]:
        """Every key."""
        return self.files.keys()

    def listing(self) -> Mapping[Path, str]:
        """Every key with the id of its content."""
        return {path: blob_id(file.content) for path, file in self.files.items()}

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Nothing to do: all is here."""


def _has_file_below(path: Path, files: Mapping[Path, File | None]) -> bool:
    start = path + b"/" if path else b""
    return any(file is not None and name.startswith(start) for name, file in files.items())


def blob_id(content: bytes) -> str:
    """The id that git gives a blob with this content (SHA-1, hexadecimal)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def split_lines(content: bytes) -> list[bytes]:
    r"""Cut content into lines that keep their `\n`; a last line without one stays without.

    Only `\n` ends a line: a lone carriage return or a form feed is content.

    >>> split_lines(b"a\r\nb\x0cc")
    [b'a\r\n', b'b\x0cc']
    """
    return BytesIO(content).readlines()
