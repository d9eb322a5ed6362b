"""Who wrote, removed and expects each line of a file, as a stack goes in (engine; pure).

All lines that the file ever had stand in one chain, in order; those that are not removed are the
file. Patches are numbers, in the order of the series. What each patch is bound to comes out as
pairs of a kind and an earlier patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from patchkit.diffing.edits import Edit, edits_of
from patchkit.diffing.placing import HunkPlace
from patchkit.model.dependencies import BondKind
from patchkit.model.patch import Hunk

Found: TypeAlias = tuple[BondKind, int]
"""A kind of bond, and the earlier patch that it is to."""


@dataclass(eq=False, slots=True)
class TracedLine:
    """A line in the chain of a file.

    `maker` and `remover` are patches, None: upstream's, and still there. `expected_by` are those
    that have it as context, `joined_by` those that expect nothing between it and the next.
    """

    content: bytes
    maker: int | None = None
    remover: int | None = None
    next: TracedLine | None = None
    expected_by: tuple[int, ...] = ()
    joined_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedHunk:
    """A hunk where it went in: the lines that it stood on (none: it only inserts), and the one
    before them. `diff` tells apart the file diffs of a stack."""

    patch: int
    diff: int
    lines: tuple[TracedLine, ...]
    before: TracedLine
    offset: int
    is_at_end: bool


@dataclass(eq=False, slots=True)
class Lineage:
    """A file, from where it came from: `head` stands before its first line and is none itself.

    `maker` is the patch that made it or moved it here, `mode_setter` the last that set its mode.
    """

    head: TracedLine
    present: list[TracedLine]
    maker: int | None = None
    mode_setter: int | None = None
    touched_by: list[int] = field(default_factory=list)
    copied_by: list[int] = field(default_factory=list)
    hunks: list[TracedHunk] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Iterable[bytes], maker: int | None = None) -> Lineage:
        """A file of these lines; `maker` None: upstream's."""
        made = [TracedLine(content, maker) for content in lines]
        head = TracedLine(b"")
        for line, after in zip((head, *made), made, strict=False):
            line.next = after
        touched = [] if maker is None else [maker]
        return cls(head, made, maker, touched_by=touched)

    @property
    def contents(self) -> list[bytes]:
        """The lines that the file has now."""
        return [line.content for line in self.present]

    def chain(self) -> Iterator[TracedLine]:
        """Every line that the file ever had."""
        line = self.head.next
        while line is not None:
            yield line
            line = line.next

    def touch(self, patch: int) -> Iterator[Found]:
        """Note that a patch changes the file, and say what that binds it to."""
        if self.maker is not None:
            yield BondKind.FILE, self.maker
        for copier in self.copied_by:
            yield BondKind.ORDER, copier
        if self.touched_by[-1:] != [patch]:
            self.touched_by.append(patch)

    def take_away(self, patch: int) -> Iterator[Found]:
        """Note that a patch deletes the file or moves it: none that touched it can come later."""
        yield from self.touch(patch)
        for earlier in self.touched_by:
            yield BondKind.ORDER, earlier

    def set_mode(self, patch: int) -> Iterator[Found]:
        """Note that a patch sets the mode of the file; the last one counts."""
        if self.mode_setter is not None:
            yield BondKind.ORDER, self.mode_setter
        self.mode_setter = patch

    def clear(self, patch: int) -> Iterator[Found]:
        """Remove all lines; whoever does so must name every one of them."""
        for line in self.chain():
            for author in (line.maker, line.remover):
                if author is not None:
                    yield BondKind.LINES, author
        for line in self.present:
            line.remover = patch
        self.present = []

    def before(self, patch: int) -> list[TracedLine]:
        """The lines that the file had before this patch."""
        return [
            line for line in self.chain() if line.maker != patch and line.remover in (None, patch)
        ]

    def copied(self, lines: Sequence[TracedLine], maker: int) -> Lineage:
        """A copy that a patch makes of the file as it was with these lines: who wrote them stays
        known."""
        kept = set(map(id, lines))
        head = last = TracedLine(b"")
        present = []
        for line in self.chain():
            if line.maker == maker:
                continue
            remover = None if id(line) in kept else line.remover
            last.next = TracedLine(line.content, line.maker, remover)
            last = last.next
            if remover is None:
                present.append(last)
        return Lineage(head, present, maker, touched_by=[maker])

    def edit(
        self,
        patch: int,
        diff: int,
        hunks: Sequence[Hunk],
        places: Sequence[HunkPlace | None],
    ) -> list[Found]:
        """Put the hunks in that have a place, and say what they are bound to."""
        edits = edits_of(hunks, places, self.contents)
        of_hunk: dict[int, list[Edit]] = {}
        for edit in edits:
            of_hunk.setdefault(edit.hunk, []).append(edit)
        found: list[Found] = []
        after: list[tuple[TracedHunk, int, int]] = []
        growth = 0
        for index, (hunk, place) in enumerate(zip(hunks, places, strict=True)):
            if place is None:
                continue
            own = of_hunk.get(index, [])
            traced, (start, stop) = self._traced(patch, diff, hunk, place)
            found += self._expected(traced, (start, stop), own)
            found += self._disturbed(own)
            inside = sum(edit.growth for edit in own)
            after.append((traced, start + growth, stop + growth + inside))
            growth += inside
        self._apply(edits, patch)
        for traced, start, stop in after:
            self._join(traced, start, stop)
        self.hunks += (traced for traced, _, _ in after)
        return found

    def _traced(
        self, patch: int, diff: int, hunk: Hunk, place: HunkPlace
    ) -> tuple[TracedHunk, tuple[int, int]]:
        """The hunk on its lines, with where they begin and end: without the context that fuzz
        ignores, and with the ends of the file where GNU patch looks for it there alone."""
        context = max(hunk.leading_context, hunk.trailing_context)
        front = place.fuzz + hunk.leading_context - context
        back = place.fuzz + hunk.trailing_context - context
        start = place.at + max(front, 0)
        stop = max(place.at + len(hunk.old) - max(back, 0), start)
        is_at_start = bool(hunk.old) and front < 0 and hunk.old_start <= 1
        is_at_end = bool(hunk.old) and back < 0
        lines = tuple(self.present[start:stop])
        traced = TracedHunk(
            patch, diff, lines, self._line_before(start), place.offset, is_at_start or is_at_end
        )
        if not lines:
            return traced, (start - 1, start + 1)
        return traced, (start - is_at_start, stop + is_at_end)

    def _expected(
        self, traced: TracedHunk, span: tuple[int, int], edits: Sequence[Edit]
    ) -> Iterator[Found]:
        """Bonds to those who wrote what the hunk stands on, or removed what was in between."""
        for edit in edits:
            yield from _makers(self.present[edit.start : edit.stop], BondKind.LINES)
        removed = {id(line) for edit in edits for line in self.present[edit.start : edit.stop]}
        context = (line for line in traced.lines if id(line) not in removed)
        yield from _makers(context, BondKind.CONTEXT)
        at_edit = {at for edit in edits for at in range(edit.start, edit.stop + 1)}
        for at in range(span[0] + 1, span[1]):
            kind = BondKind.LINES if at in at_edit else BondKind.CONTEXT
            for line in self._gap(at):
                assert line.remover is not None
                yield kind, line.remover

    def _disturbed(self, edits: Sequence[Edit]) -> Iterator[Found]:
        """Bonds to those who expect what the edits change."""
        for edit in edits:
            if edit.added:
                for earlier in self._line_before(edit.start).joined_by:
                    yield BondKind.ORDER, earlier
            for line in self.present[edit.start : edit.stop]:
                for earlier in (*line.expected_by, *line.joined_by):
                    yield BondKind.ORDER, earlier

    def _line_before(self, at: int) -> TracedLine:
        return self.present[at - 1] if at > 0 else self.head

    def _gap(self, at: int) -> Iterator[TracedLine]:
        """The removed lines just before the one at index `at`, or behind the last one."""
        stop = self.present[at] if at < len(self.present) else None
        line = self._line_before(at).next
        while line is not stop:
            assert line is not None
            yield line
            line = line.next

    def _apply(self, edits: Sequence[Edit], patch: int) -> None:
        for edit in reversed(edits):
            if edit.start < edit.stop:
                last = self.present[edit.stop - 1]
            else:
                last = self._line_before(edit.start)
                for line in self._gap(edit.start):
                    last = line
            for line in self.present[edit.start : edit.stop]:
                line.remover = patch
            added = [TracedLine(content, patch) for content in edit.added]
            behind = last.next
            for line in added:
                last.next = line
                last = line
            last.next = behind
            self.present[edit.start : edit.stop] = added

    def _join(self, traced: TracedHunk, start: int, stop: int) -> None:
        """Note that a patch expects its context, and that nothing gets in between what are the
        lines [start, stop) now; -1 is the start of the file, one more than it has lines its end."""
        patch = traced.patch
        for line in traced.lines:
            if line.remover is None:
                line.expected_by = (*line.expected_by, patch)
        for at in range(start + 1, stop):
            line = self._line_before(at)
            line.joined_by = (*line.joined_by, patch)


def _makers(lines: Iterable[TracedLine], kind: BondKind) -> Iterator[Found]:
    for line in lines:
        if line.maker is not None:
            yield kind, line.maker
