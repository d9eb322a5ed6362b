"""How a patch stack differs from another one (ground floor, no I/O).

    StackComparison > PatchComparison > FileComparison > HunkComparison > ComparedLine

It is what `patchkit diff` shows: text, JSON and every other form are made from these values alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from patchkit.model.patch import LineKind
from patchkit.model.tree import Path


class Likeness(Enum):
    """How much two things that belong together are alike."""

    SAME = "same"
    CONTEXT = "context"
    """Only context or line numbers differ: it adds and removes the same lines."""
    CHANGED = "changed"


class Standing(Enum):
    """What became of a patch; the value is the word used in files and on the terminal."""

    SAME = "same"
    CONTEXT = "context"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"
    ADDED = "added"
    DROPPED = "dropped"


class Side(Enum):
    """Which of the two has a line; the value is its marker."""

    BOTH = " "
    OLD = "-"
    NEW = "+"


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of a message, of a file's header or of a hunk, and which side has it.

    `kind` is what a line of a hunk does, None for other lines. `content` has no marker.
    """

    side: Side
    content: bytes
    kind: LineKind | None = None

    @property
    def is_telling(self) -> bool:
        """Whether one side alone has it, and it is more than context."""
        return self.side is not Side.BOTH and self.kind is not LineKind.CONTEXT


@dataclass(frozen=True, slots=True)
class HunkComparison:
    """Lines of a hunk around what differs; the numbers of the hunks in the patches' file, from 1.

    A number is None where that side has no part in it.
    """

    old: int | None
    new: int | None
    section: bytes
    lines: tuple[ComparedLine, ...]

    @property
    def likeness(self) -> Likeness:
        """Whether an added or removed line differs, or context alone."""
        is_changed = any(line.is_telling for line in self.lines)
        return Likeness.CHANGED if is_changed else Likeness.CONTEXT


@dataclass(frozen=True, slots=True)
class FileComparison:
    """What two patches do to one file; a path is None where that patch does not touch it.

    `facts` are modes, moves and the like that differ. `is_elsewhere`: the same lines are added and
    removed, but on the other side of a line that both have as context.
    """

    old: Path | None
    new: Path | None
    likeness: Likeness
    facts: tuple[ComparedLine, ...] = ()
    hunks: tuple[HunkComparison, ...] = ()
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A patch in its series: its number from 1, and its name."""

    number: int
    name: str


@dataclass(frozen=True)
class PatchComparison:
    """A patch in the old stack, in the new one or in both.

    `options` are those of its line in both series, where they differ. `message` are the lines of
    its header and message, where these differ. `note` is what the series that lacks the patch says
    about it. `files` are those that are not the same.
    """

    old: Place | None
    new: Place | None
    message: tuple[ComparedLine, ...] = ()
    files: tuple[FileComparison, ...] = ()
    options: tuple[str, str] | None = None
    is_moved: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        """The name in the new stack; that in the old one where it was dropped."""
        place = self.new or self.old
        assert place is not None  # one of the two stacks has it
        return place.name

    @property
    def is_renamed(self) -> bool:
        """Whether the two stacks have it under two names."""
        return self.old is not None and self.new is not None and self.old.name != self.new.name

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """All that became of it, what matters most first."""
        if self.old is None:
            return (Standing.ADDED,)
        if self.new is None:
            return (Standing.DROPPED,)
        found = []
        is_changed = any(one.likeness is Likeness.CHANGED for one in self.files)
        if is_changed or self.message or self.options is not None:
            found.append(Standing.CHANGED)
        elif self.files:
            found.append(Standing.CONTEXT)
        if self.is_renamed:
            found.append(Standing.RENAMED)
        if self.is_moved:
            found.append(Standing.MOVED)
        return tuple(found) or (Standing.SAME,)

    @property
    def standing(self) -> Standing:
        """What matters most of what became of it."""
        return self.standings[0]


@dataclass(frozen=True)
class StackComparison:
    """Two stacks side by side. The patches are in the order of the new one; one that was dropped
    stands where it stood among those before it."""

    old: str
    new: str
    patches: tuple[PatchComparison, ...]

    @property
    def is_same(self) -> bool:
        """Whether every patch is in both, at its place, and the same."""
        return all(patch.standing is Standing.SAME for patch in self.patches)

    def among(self, names: Iterable[str]) -> StackComparison:
        """What became of these patches alone, by their name in either stack."""
        kept = set(names)
        return replace(
            self,
            patches=tuple(
                patch
                for patch in self.patches
                if any(place and place.name in kept for place in (patch.old, patch.new))
            ),
        )

    def counts(self) -> Iterator[tuple[Standing, int]]:
        """How many patches each word stands at; a patch may have several."""
        for standing in Standing:
            count = sum(standing in patch.standings for patch in self.patches)
            if count:
                yield standing, count
