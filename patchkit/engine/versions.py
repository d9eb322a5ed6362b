"""One file on both sides of a port (engine; pure values).

A `FilePair` is what the engine knows of a file of base: its lines there, where it is in ours with
which lines, and which of the lines are the same. Each patch that goes in gives a new pair.

A file is worked on as lines, and a line is an object: three times the size of its text. In a long
stack most files wait for the end, so their lines can be put away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.alignment import Block
from patchkit.model.report import Followed, Held, RegionRef
from patchkit.model.tree import File, Path, split_lines


class Text:
    """The text of a file, as lines or as bytes; which of the two it is kept as shows nowhere."""

    __slots__ = ("_content", "_lines")

    def __init__(self, lines: Sequence[bytes]) -> None:
        """Of lines with their line ends."""
        self._lines: Sequence[bytes] | None = lines
        self._content: bytes | None = None

    @classmethod
    def of(cls, content: bytes) -> Text:
        """Of the bytes of a file."""
        text = cls(())
        text._content, text._lines = content, None
        return text

    def __eq__(self, other: object) -> bool:
        """Whether it is the same text."""
        return isinstance(other, Text) and (self is other or self.content == other.content)

    __hash__ = None  # type: ignore[assignment]  # as that of a list

    @property
    def lines(self) -> Sequence[bytes]:
        """The lines with their line ends: the same list until they are put away."""
        if self._lines is None:
            assert self._content is not None
            self._lines = split_lines(self._content)
        return self._lines

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        lines = self._lines
        # In this order: another thread may be putting the lines away.
        if lines is None or self._content is not None:
            assert self._content is not None
            return self._content
        return b"".join(lines)

    def has(self, line: bytes) -> bool:
        """Whether it has this line; its lines stay put away for that."""
        if self._lines is not None:
            return line in self._lines
        content = self.content
        return line in content and line in split_lines(content)

    def put_away(self) -> None:
        """Keep the bytes alone, until the lines are asked for again."""
        self._content = self.content
        self._lines = None


@dataclass(frozen=True, slots=True)
class Version:
    """A file on one side: where it stands, its mode, its text."""

    path: Path
    mode: int
    text: Text

    @classmethod
    def of(cls, path: Path, file: File) -> Version:
        """The version that a tree has at `path`."""
        return cls(path, file.mode, Text.of(file.content))

    @property
    def lines(self) -> Sequence[bytes]:
        """Its lines with their line ends."""
        return self.text.lines

    def with_lines(self, lines: Sequence[bytes]) -> Version:
        """The file with other lines."""
        return Version(self.path, self.mode, Text(lines))

    def is_like(self, other: Version) -> bool:
        """Whether the two have the same text and mode, wherever they stand."""
        return self.mode == other.mode and self.text == other.text

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.content

    @property
    def file(self) -> File:
        """The file as a tree has it."""
        return File(self.content, self.mode)


@dataclass(frozen=True, slots=True)
class HeldMark:
    """Base lines [start, stop) that ours has not, because the region `ref` was held."""

    start: int
    stop: int
    ref: RegionRef


@dataclass(frozen=True, slots=True)
class FilePair:
    """A file in base and the same file in ours; either may be absent.

    `blocks` aligns the two where both are there. `missing` says why ours has no such file although
    base has one. `followed` is the evidence when the file stands at another path in ours.
    `supposed` are the lines that ours would have, had the held regions at `marks` been taken from
    their patches; None where there are none.
    """

    base: Version | None
    ours: Version | None
    blocks: tuple[Block, ...] = ()
    followed: Followed | None = None
    missing: Held | None = None
    marks: tuple[HeldMark, ...] = ()
    supposed: tuple[bytes, ...] | None = None
