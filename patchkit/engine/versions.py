"""One file on both sides of a port (engine; pure values).

A `FilePair` is what the engine knows of a file of base: its lines there, where it is in ours with
which lines, and which of the lines are the same. Each patch that goes in gives a new pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.alignment import Block
from patchkit.model.report import Followed, Held, RegionRef
from patchkit.model.tree import File, Path, split_lines


@dataclass(frozen=True, slots=True)
class Version:
    """A file on one side: where it stands, its mode, its lines with their line ends."""

    path: Path
    mode: int
    lines: Sequence[bytes]

    @classmethod
    def of(cls, path: Path, file: File) -> Version:
        """The version that a tree has at `path`."""
        return cls(path, file.mode, split_lines(file.content))

    def is_like(self, other: Version) -> bool:
        """Whether the two have the same lines and mode, wherever they stand."""
        return self.mode == other.mode and list(self.lines) == list(other.lines)

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return b"".join(self.lines)

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
