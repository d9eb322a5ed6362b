"""What siblings changed between the two versions, edit by edit (pure).

Two siblings made the same edit where the lines that they removed and added are the same but for the
variant's word and for blank lines around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchkit.diffing.edits import Edit, edits_between
from patchkit.model.report import Lines
from patchkit.model.tree import Path
from patchkit.model.variants import Axis

CONTEXT = 3


@dataclass(frozen=True)
class Sibling:
    """A sibling of our file in both versions."""

    variant: str
    old_path: Path
    new_path: Path
    old: Lines
    new: Lines
    axis: Axis

    @cached_property
    def neutral_old(self) -> Lines:
        """Its old lines without the words of variants."""
        return neutral_lines(self.axis, self.old)

    @cached_property
    def neutral_new(self) -> Lines:
        """Its new lines without the words of variants."""
        return neutral_lines(self.axis, self.new)

    @cached_property
    def old_text(self) -> Text:
        """The neutral old lines, to look others up."""
        return Text(self.neutral_old)

    @cached_property
    def new_text(self) -> Text:
        """The neutral new lines, to look others up."""
        return Text(self.neutral_new)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """What it changed, in neutral lines of the old version, each in its own place."""
        return edits_between(self.neutral_old, self.neutral_new, 0, 0)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The edits, each with where it is in the new version."""
        found, growth = [], 0
        for edit in self.edits:
            found.append(Change(self, edit, edit.start + growth))
            growth += edit.growth
        return tuple(found)


@dataclass(frozen=True)
class Change:
    """One edit of one sibling; `new_start` is the index of its first line in the new version."""

    sibling: Sibling
    edit: Edit
    new_start: int

    @property
    def new_stop(self) -> int:
        """The index behind its last line in the new version."""
        return self.new_start + len(self.edit.added)

    @property
    def removed(self) -> Lines:
        """The sibling's own lines that it removed."""
        return self.sibling.old[self.edit.start : self.edit.stop]

    @property
    def added(self) -> Lines:
        """The sibling's own lines that it added."""
        return self.sibling.new[self.new_start : self.new_stop]

    @property
    def before(self) -> Lines:
        """A few lines before it, of the new version."""
        return self.sibling.new[max(self.new_start - CONTEXT, 0) : self.new_start]

    @property
    def after(self) -> Lines:
        """A few lines behind it, of the new version."""
        return self.sibling.new[self.new_stop : self.new_stop + CONTEXT]

    @cached_property
    def key(self) -> tuple[Lines, Lines]:
        """The same for the same edit of another sibling."""
        removed = self.sibling.neutral_old[self.edit.start : self.edit.stop]
        return _slid_apart(removed), _slid_apart(self.edit.added)


@dataclass(frozen=True)
class SharedChange:
    """The same edit, made by one or more siblings."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The one whose text is shown."""
        return self.changes[0]

    @property
    def variants(self) -> tuple[str, ...]:
        """The siblings that made it."""
        return tuple(dict.fromkeys(one.sibling.variant for one in self.changes))


def shared_changes(siblings: Iterable[Sibling]) -> tuple[SharedChange, ...]:
    """All edits of all siblings, the same ones together; those of most siblings first."""
    groups: dict[tuple[Lines, Lines], list[Change]] = {}
    for sibling in siblings:
        for change in sibling.changes:
            groups.setdefault(change.key, []).append(change)
    shared = [SharedChange(tuple(group)) for group in groups.values()]
    return tuple(sorted(shared, key=lambda one: -len(one.variants)))


def neutral_lines(axis: Axis, lines: Sequence[bytes]) -> Lines:
    """The lines without the words of variants."""
    return tuple(axis.neutral(line) for line in lines)


@dataclass(frozen=True)
class Text:
    """Lines in which others are looked up: white space and blank lines aside."""

    lines: Sequence[bytes]

    def has(self, lines: Sequence[bytes]) -> bool:
        """Whether the lines stand in the text one after the other."""
        return self.times(lines) > 0

    def times(self, lines: Sequence[bytes]) -> int:
        """How often they stand there so; blank lines alone stand nowhere."""
        wanted = squeezed(lines)
        starts = self.places.get(wanted[0], ()) if wanted else ()
        return sum(self._squeezed[at : at + len(wanted)] == wanted for at in starts)

    @cached_property
    def places(self) -> Mapping[bytes, Sequence[int]]:
        """Where each line stands among those that are not blank."""
        found: dict[bytes, list[int]] = {}
        for at, line in enumerate(self._squeezed):
            found.setdefault(line, []).append(at)
        return found

    @cached_property
    def _squeezed(self) -> list[bytes]:
        return squeezed(self.lines)


def squeezed(lines: Iterable[bytes]) -> list[bytes]:
    """The lines that are not blank, without white space at their ends."""
    return [line for line in (b" ".join(line.split()) for line in lines) if line]


def is_telling(line: bytes) -> bool:
    """Whether a line says enough not to stand everywhere by chance."""
    return sum(chr(byte).isalnum() for byte in line) >= 4


def _slid_apart(lines: Sequence[bytes]) -> Lines:
    """The lines without blank ones at their ends, turned so that a run that could as well be said
    to begin some lines later begins with its most telling line."""
    kept = [b" ".join(line.split()) for line in lines]
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    # `}` + blank + body and body + `}` are the same insertion, seen one line apart.
    first = next((at for at, line in enumerate(kept) if is_telling(line)), 0)
    return (*kept[first:], *filter(None, kept[:first]))
