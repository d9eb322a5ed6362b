"""A patch as a value: prologue, file diffs, hunks, lines, epilogue (ground floor, no I/O).

    Patch > FileDiff > Hunk > Line

Every part keeps the bytes it was read from, so that `Patch.raw` is the file that
was parsed, byte for byte. Formats: unified diff as GNU diffutils' manual defines it
("Detailed Description of Unified Format"), with git's extended headers
(git-diff(1), "Generating patch text with -p").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from patchkit.model.tree import Path


class LineKind(Enum):
    """What a line of a hunk does; the value is its marker in the patch."""

    CONTEXT = b" "
    REMOVED = b"-"
    ADDED = b"+"


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a hunk: what it does, and the file's line with its `\n`, if it has one."""

    kind: LineKind
    content: bytes


@dataclass(frozen=True)
class Hunk:
    """One contiguous change with its context.

    Starts are line numbers as written (1-based; 0 with a count of 0 means "before the
    first line"). `raw` is the header line and the body as they stand in the patch.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: bytes
    lines: tuple[Line, ...]
    raw: bytes

    @cached_property
    def old(self) -> tuple[bytes, ...]:
        """The lines that the hunk expects: context and removed ones."""
        return tuple(line.content for line in self.lines if line.kind is not LineKind.ADDED)

    @cached_property
    def new(self) -> tuple[bytes, ...]:
        """The lines that the hunk leaves: context and added ones."""
        return tuple(line.content for line in self.lines if line.kind is not LineKind.REMOVED)

    @cached_property
    def leading_context(self) -> int:
        """How many context lines stand before the first change."""
        for count, line in enumerate(self.lines):
            if line.kind is not LineKind.CONTEXT:
                return count
        return len(self.lines)

    @cached_property
    def trailing_context(self) -> int:
        """How many context lines stand after the last change."""
        for count, line in enumerate(reversed(self.lines)):
            if line.kind is not LineKind.CONTEXT:
                return count
        return len(self.lines)


class Operation(Enum):
    """What a file diff does to its file, as far as its header says."""

    MODIFY = "modify"
    CREATE = "create"
    DELETE = "delete"
    RENAME = "rename"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Names:
    """The two names of a file diff after stripping; None for `/dev/null` or no name at all."""

    old: Path | None
    new: Path | None


@dataclass(frozen=True)
class FileDiff:
    """The part of a patch that changes one file.

    `header` is all from the end of the part before up to the first hunk, noise included.
    `old_name` and `new_name` are as written (unquoted, prefix and all), None for `/dev/null`
    or where no such line is there. `moved_from` and `moved_to` are git's `rename from/to` and
    `copy from/to`, which carry no `a/` prefix. `binary` is the payload of `GIT binary patch`
    or the line `Binary files … differ`, empty for a text diff.
    """

    header: bytes
    operation: Operation
    old_name: Path | None
    new_name: Path | None
    hunks: tuple[Hunk, ...] = ()
    moved_from: Path | None = None
    moved_to: Path | None = None
    old_mode: int | None = None
    new_mode: int | None = None
    similarity: int | None = None
    old_blob: bytes | None = None
    new_blob: bytes | None = None
    binary: bytes = b""
    is_git: bool = False
    line: int = 1
    """Line number of the header in the patch file, for messages."""

    @property
    def raw(self) -> bytes:
        """This part of the patch, byte for byte."""
        return self.header + self.binary + b"".join(hunk.raw for hunk in self.hunks)

    def names(self, strip: int) -> Names:
        """The two paths after removing `strip` leading components (`patch -p`).

        A name with too few components gives None, as GNU patch ignores it then. git's names of a
        rename or copy count only where no others can be read: they carry no prefix.
        """
        is_named = self.old_name is not None and self.new_name is not None
        if not is_named and self.moved_from is not None and self.moved_to is not None:
            shorter = max(strip - 1, 0)
            return Names(
                strip_components(self.moved_from, shorter), strip_components(self.moved_to, shorter)
            )
        return Names(
            None if self.old_name is None else strip_components(self.old_name, strip),
            None if self.new_name is None else strip_components(self.new_name, strip),
        )


@dataclass(frozen=True)
class Patch:
    """A patch file: free text or a mail header, the file diffs, and what follows them."""

    name: str
    prologue: bytes
    files: tuple[FileDiff, ...]
    epilogue: bytes

    @cached_property
    def raw(self) -> bytes:
        """The patch file, byte for byte as it was read."""
        return self.prologue + b"".join(part.raw for part in self.files) + self.epilogue


def strip_components(name: Path, strip: int) -> Path | None:
    """Remove leading components as `patch -pN` does; several slashes in a row count as one.

    >>> strip_components(b"a//b/c", 1)
    b'b/c'
    >>> strip_components(b"c", 1) is None
    True
    """
    rest = name
    for _ in range(strip):
        _, slash, rest = rest.partition(b"/")
        if not slash:
            return None
        rest = rest.lstrip(b"/")
    while rest.startswith(b"./"):
        rest = rest[2:].lstrip(b"/")
    return rest or None
