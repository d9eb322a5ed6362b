"""Finds the commit that changed the place where a patch changes a file (engine; pure).

A *place* are the lines of the pristine old file that an edit of the patch changes, with the line to
each side of them. It *stands* in another version of the file where the alignment pairs all of it
with lines that follow each other there. What happened before the last version of the trunk in which
it stands is of no consequence: upstream took it back, or the old version has it too. So the commit
after that version made the conflict. Where it is a merge, the commits inside of it are asked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import Block, Gap, align, gaps
from patchkit.diffing.edits import edits_between
from patchkit.diffing.rehunking import write_hunks
from patchkit.model.history import History, Stored, Touch, Walk
from patchkit.model.patch import Hunk
from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import Path, split_lines

_LONGEST_DIFF = 200
_CONTEXT = 3
_MOST_READ = 4
"""Versions whose lines are kept: a step asks for two of them, again and again."""
_NO_HUNK = Hunk(0, 0, 0, 0, b"", (), b"")


@dataclass(frozen=True, slots=True)
class Place:
    """Lines [start, stop) of the pristine old file; `at_top` and `at_end` say that nothing may
    come before, or after them."""

    start: int
    stop: int
    at_top: bool
    at_end: bool


def place_in(pristine: Sequence[bytes], blocks: Sequence[Block], start: int, stop: int) -> Place:
    """Where in the pristine file base lines [start, stop) lie, between the nearest lines that both
    have; `blocks` pairs base with it."""
    before = _nearest_before(blocks, start - 1)
    after = _nearest_after(blocks, stop)
    return Place(
        0 if before is None else before,
        len(pristine) if after is None else after + 1,
        before is None,
        after is None,
    )


def _nearest_before(blocks: Sequence[Block], base_at: int) -> int | None:
    at = bisect_right(blocks, base_at, key=lambda block: block.base) - 1
    if base_at < 0 or at < 0:
        return None
    block = blocks[at]
    return block.ours + min(base_at - block.base, block.count - 1)


def _nearest_after(blocks: Sequence[Block], base_at: int) -> int | None:
    at = bisect_left(blocks, base_at + 1, key=lambda block: block.base + block.count)
    if at == len(blocks):
        return None
    block = blocks[at]
    return block.ours + max(base_at - block.base, 0)


class Standing:
    """Where places of one version of a file stand in others; aligned once with each."""

    def __init__(self, history: History, lines: Sequence[bytes]) -> None:
        self._history = history
        self._lines = lines
        self._blocks: dict[str, Sequence[Block]] = {}
        self._offsets: dict[tuple[str, Place], int | None] = {}

    def is_in(self, stored: Stored | None, place: Place) -> bool:
        """Whether the place stands in a version; in none where the file is not there."""
        return self.offset(stored, place) is not None

    def offset(self, stored: Stored | None, place: Place) -> int | None:
        """By how many lines the place has moved in a version; None where it does not stand."""
        if stored is None:
            return None
        key = stored.identity, place
        if key not in self._offsets:
            self._offsets[key] = self._find(stored, place)
        return self._offsets[key]

    def _find(self, stored: Stored, place: Place) -> int | None:
        content = self._history.content(stored)
        if b"".join(self._lines[place.start : place.stop]) not in content:
            return None  # much cheaper than an alignment
        lines = split_lines(content)
        if stored.identity not in self._blocks:
            self._blocks[stored.identity] = align(self._lines, lines)
        blocks = self._blocks[stored.identity]
        at = bisect_right(blocks, place.start, key=lambda block: block.base) - 1
        if at < 0 or blocks[at].base + blocks[at].count < place.stop:
            return 0 if not self._lines and not lines else None
        offset = blocks[at].ours - blocks[at].base
        is_below = place.at_top and place.start + offset != 0
        is_above = place.at_end and place.stop + offset != len(lines)
        return None if is_below or is_above else offset


class FileTrace:
    """One file of the old upstream along the history; its versions are read and aligned once."""

    def __init__(self, history: History, path: Path, pristine: bytes) -> None:
        self.pristine: Sequence[bytes] = split_lines(pristine)
        self.walk: Walk = history.walk(path)
        self._history = history
        self._path = path
        self._standing = Standing(history, self.pristine)
        self._steps: dict[tuple[str, str], Sequence[Block]] = {}
        self._read: dict[str, Sequence[bytes]] = {}

    @property
    def states(self) -> tuple[Stored | None, ...]:
        """The file before the first touch of the trunk, and after each."""
        touches = self.walk.touches
        return (touches[0].before, *(touch.after for touch in touches)) if touches else ()

    def lines(self, stored: Stored | None) -> Sequence[bytes]:
        """The lines of a version; none where the file is not there."""
        if stored is None:
            return ()
        lines = self._read.pop(stored.identity, None)
        if lines is None:
            lines = split_lines(self._history.content(stored))
        self._read[stored.identity] = lines
        if len(self._read) > _MOST_READ:
            del self._read[next(iter(self._read))]
        return lines

    def step(self, before: Stored | None, after: Stored | None) -> Sequence[Block]:
        """The alignment of two versions of the file."""
        key = _identity(before), _identity(after)
        if key not in self._steps:
            self._steps[key] = align(self.lines(before), self.lines(after))
        return self._steps[key]

    def last_standing(self, places: Iterable[Place]) -> int:
        """The index of the last state in which all the places stand; -1 for none."""
        wanted = tuple(places)
        for at in reversed(range(len(self.states))):
            if all(self._standing.is_in(self.states[at], place) for place in wanted):
                return at
        return -1

    def shift(self, place: Place, state: int) -> int:
        """By how many lines a place has moved in a state in which it stands."""
        offset = self._standing.offset(self.states[state], place)
        assert offset is not None
        return offset

    def blamed(self, touch: Touch, places: Sequence[Place]) -> UpstreamCommit:
        """The commit of a touch that changed the places, which are in the file before it; where it
        is a merge, the newest one inside of it that did so."""
        standing = Standing(self._history, self.lines(touch.before))
        for inner in self._inner(touch):
            for place in places:
                offset = standing.offset(inner.before, place)
                if offset is not None and not standing.is_in(inner.after, place):
                    return self._with_diff(inner, [moved(place, offset)])
        return self._with_diff(touch, places)

    def brought(self, lines: Sequence[bytes]) -> UpstreamCommit | None:
        """The first commit after which these lines stand in the file, one after the other, that did
        not stand there before; where it is a merge, the newest one inside of it that did so."""
        for touch in self.walk.touches:
            if not self._brings(touch, lines):
                continue
            inner = (one for one in self._inner(touch) if self._brings(one, lines))
            found = next(inner, touch)
            return self._with_diff(found, [self._around(found, lines)])
        return None

    def _brings(self, touch: Touch, lines: Sequence[bytes]) -> bool:
        return _stand_in(lines, self.lines(touch.after)) and not _stand_in(
            lines, self.lines(touch.before)
        )

    def _around(self, touch: Touch, lines: Sequence[bytes]) -> Place:
        """Where in the file before a touch the lines came that stand in the file after it."""
        before, after = self.lines(touch.before), self.lines(touch.after)
        start = _index_of(lines, after)
        blocks = self.step(touch.before, touch.after)
        for gap in gaps(blocks, len(before), len(after)):
            if gap.ours_start < start + len(lines) and start < gap.ours_stop:
                stop = min(gap.base_stop + 1, len(before))
                return Place(
                    max(gap.base_start - 1, 0),
                    stop,
                    gap.base_start == 0,
                    gap.base_stop == len(before),
                )
        return Place(0, len(before), at_top=True, at_end=True)

    def on_old_side(self, places: Iterable[Place]) -> UpstreamCommit | None:
        """The newest commit that only the old version has and that made one of the places what it
        is there; with all that it did to the file."""
        wanted = tuple(places)
        for touch in reversed(() if self.walk.is_cut else self._history.on_old_side(self._path)):
            for place in wanted:
                is_made = self._standing.is_in(touch.after, place)
                if is_made and not self._standing.is_in(touch.before, place):
                    return self._with_diff(touch, None)
        return None

    def where_it_went(self) -> UpstreamCommit | None:
        """The last commit that took the file away or moved it."""
        for touch in reversed(self.walk.touches):
            if touch.before is not None and _path_of(touch.after) != touch.before.path:
                inner = self._inner(touch)
                took = next((one for one in inner if one.after is None), None)
                commit = (took or touch).commit
                return replace(commit, diff=_move(touch.before.path, _path_of(touch.after)))
        return None

    def where_it_came_from(self) -> UpstreamCommit | None:
        """The last commit that made the file."""
        for touch in reversed(self.walk.touches):
            if touch.before is None:
                inner = self._inner(touch)
                return next((one for one in inner if one.before is None), touch).commit
        return None

    def mode_change(self) -> UpstreamCommit | None:
        """The last commit that changed the file's mode or kind."""
        for touch in reversed(self.walk.touches):
            if _is_mode_change(touch):
                return next(filter(_is_mode_change, self._inner(touch)), touch).commit
        return None

    def _inner(self, touch: Touch) -> Iterator[Touch]:
        """The touches inside of a merge, newest first."""
        paths = {one.path: None for one in (touch.after, touch.before) if one is not None}
        for path in paths:
            yield from reversed(self._history.inside(touch.commit.identity, path))

    def _with_diff(self, touch: Touch, places: Sequence[Place] | None) -> UpstreamCommit:
        """The commit with its diff at the places, in lines of the file before it."""
        before, after = self.lines(touch.before), self.lines(touch.after)
        blocks = self.step(touch.before, touch.after)
        changes = list(gaps(blocks, len(before), len(after)))
        edits = [
            edit
            for gap in (changes if places is None else _near(changes, places))
            for edit in edits_between(
                before[gap.base_start : gap.base_stop],
                after[gap.ours_start : gap.ours_stop],
                gap.base_start,
                0,
            )
        ]
        hunks = b"".join(hunk.raw for hunk in write_hunks(before, edits, (_NO_HUNK,)))
        return replace(touch.commit, diff=_header(touch) + _cut(hunks))


def moved(place: Place, offset: int) -> Place:
    """The place in another version, in which it has moved by so many lines."""
    return replace(place, start=place.start + offset, stop=place.stop + offset)


def _near(changes: Sequence[Gap], places: Iterable[Place]) -> list[Gap]:
    """The changes at the places, with those that a diff would show in the same hunk."""
    wanted = tuple(places)
    runs: list[list[Gap]] = []
    for change in changes:
        if runs and change.base_start - runs[-1][-1].base_stop <= _CONTEXT:
            runs[-1].append(change)
        else:
            runs.append([change])
    return [
        change
        for run in runs
        if any(_is_within(change, place) for change in run for place in wanted)
        for change in run
    ]


def _is_within(gap: Gap, place: Place) -> bool:
    """Whether a change touches what lies between the outermost lines of a place."""
    begins = gap.base_start < place.stop or (place.at_end and gap.base_start == place.stop)
    ends = gap.base_stop > place.start or (place.at_top and gap.base_stop == place.start)
    return begins and ends


def _stand_in(lines: Sequence[bytes], text: Sequence[bytes]) -> bool:
    return _index_of(lines, text) >= 0


def _index_of(lines: Sequence[bytes], text: Sequence[bytes]) -> int:
    """Where the lines stand in the text, one after the other; -1: nowhere."""
    wanted = tuple(lines)
    starts = (at for at, line in enumerate(text) if wanted and line == wanted[0])
    return next((at for at in starts if tuple(text[at : at + len(wanted)]) == wanted), -1)


def _is_mode_change(touch: Touch) -> bool:
    before, after = touch.before, touch.after
    return before is not None and after is not None and before.mode != after.mode


def _identity(stored: Stored | None) -> str:
    return "" if stored is None else stored.identity


def _path_of(stored: Stored | None) -> Path | None:
    return None if stored is None else stored.path


def _header(touch: Touch) -> bytes:
    before = b"/dev/null" if touch.before is None else b"a/" + touch.before.path
    after = b"/dev/null" if touch.after is None else b"b/" + touch.after.path
    return b"--- %b\n+++ %b\n" % (before, after)


def _move(before: Path, after: Path | None) -> bytes:
    if after is None:
        return b"--- a/%b\n+++ /dev/null\n" % before
    return b"rename from %b\nrename to %b\n" % (before, after)


def _cut(diff: bytes) -> bytes:
    lines = diff.splitlines(keepends=True)
    if len(lines) <= _LONGEST_DIFF:
        return diff
    rest = len(lines) - _LONGEST_DIFF
    return b"".join(lines[:_LONGEST_DIFF]) + b"[%d more lines]\n" % rest
