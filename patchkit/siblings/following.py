"""Says of every edit of the siblings how it stands to our file (pure).

Where the same edit can be made in our file by a three-way merge (base: the sibling at the old
version, theirs: the sibling at the new one, ours: our file, all without the words of variants), it
is proposed. It is nothing for all where a sibling that had the text, too, left it as it was."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from patchkit.diffing.alignment import Block, align
from patchkit.diffing.edits import Edit
from patchkit.diffing.merging import Clear, Meeting, merge
from patchkit.model.report import Lines, UpstreamCommit
from patchkit.model.siblings import EditState
from patchkit.model.tree import split_lines
from patchkit.model.variants import Variant
from patchkit.siblings.changes import (
    CONTEXT,
    Change,
    SharedChange,
    Sibling,
    Text,
    is_telling,
    neutral_lines,
    shared_changes,
    squeezed,
)
from patchkit.siblings.imports import imports_alone
from patchkit.siblings.rewording import paired_lines, rewording


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines [start, stop) of our file give way to `added`."""

    start: int
    stop: int
    added: Lines


@dataclass(frozen=True, slots=True)
class Followed:
    """How a shared edit stands to our file. `line` is the index in our file that it is about,
    `proposal` what a merge would make there, `commit` the one that made the edit. `held_back` says
    why a merge that could be made is not proposed."""

    shared: SharedChange
    state: EditState
    line: int | None = None
    proposal: Proposal | None = None
    commit: UpstreamCommit | None = None
    held_back: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How one sibling's edit stands to our file."""

    state: EditState
    at: int | None = None
    proposal: Proposal | None = None


def follow(ours: bytes, siblings: Sequence[Sibling], variant: Variant) -> tuple[Followed, ...]:
    """Every edit that the siblings made, those of most siblings first, and how it stands to our
    file; each by itself, see `accepting` for what is proposed of them together."""
    lines = tuple(split_lines(ours))
    views = [_View(sibling, lines, variant) for sibling in siblings]
    seen = {
        id(change): state
        for view in views
        for change, state in zip(view.sibling.changes, view.states(), strict=True)
    }
    return tuple(_followed(shared, seen, siblings) for shared in shared_changes(siblings))


class _View:
    """Our file beside one sibling."""

    def __init__(self, sibling: Sibling, ours: Lines, variant: Variant) -> None:
        self.sibling = sibling
        self._ours = ours
        self._neutral = neutral_lines(sibling.axis, ours)
        self._blocks: tuple[Block, ...] = align(sibling.neutral_old, self._neutral)
        self._bases = [block.base for block in self._blocks]
        self._text = Text(self._neutral)
        runs = ((block.base, block.ours, block.count) for block in self._blocks)
        pairs = paired_lines(sibling.old, ours, runs)
        self._words = rewording(sibling.axis, sibling.variant, variant, pairs)

    def states(self) -> list[_Seen]:
        """How each of the sibling's changes stands to our file."""
        steps: dict[tuple[int, int], Clear | Meeting] = {}
        for step in merge(
            self.sibling.edits, self.sibling.neutral_old, self._neutral, self._blocks
        ):
            edits = (step.edit,) if isinstance(step, Clear) else step.edits
            steps |= {(edit.start, edit.stop): step for edit in edits}
        return [
            self._state(change, steps[change.edit.start, change.edit.stop])
            for change in self.sibling.changes
        ]

    def _state(self, change: Change, step: Clear | Meeting) -> _Seen:
        if isinstance(step, Meeting):
            return self._met(change, step)
        if self._is_there(change):
            return _Seen(EditState.THERE, step.at)
        if not self._is_anchored(change.edit):
            return _Seen(EditState.ELSEWHERE)
        return self._proposed(change, step.at)

    def _met(self, change: Change, step: Meeting) -> _Seen:
        at = step.ours_start
        is_same = step.theirs == self._neutral[at : step.ours_stop]
        if is_same or self._is_there(change):
            return _Seen(EditState.THERE, at)
        place = self._place_of(change.edit)
        if place is not None:
            return self._proposed(change, place)
        is_known = self._knows(change)
        return _Seen(EditState.CONFLICT, at) if is_known else _Seen(EditState.ELSEWHERE)

    def _knows(self, change: Change) -> bool:
        """Whether our file has most of what the change removes, or both sides of where it adds."""
        old = self.sibling.neutral_old[change.edit.start : change.edit.stop]
        removed = [line for line in squeezed(old) if is_telling(line)]
        if not removed:
            return self._has_neighbours(change)
        return 2 * sum(line in self._text.places for line in removed) > len(removed)

    def _proposed(self, change: Change, at: int) -> _Seen:
        stop = at + change.edit.stop - change.edit.start
        added = tuple(map(self._words.of_line, change.added))
        is_last = stop == len(self._ours)
        if is_last and self._ours and not self._ours[-1].endswith(b"\n"):
            return _Seen(EditState.CONFLICT, at)
        ended = tuple(line if line.endswith(b"\n") else line + b"\n" for line in added)
        return _Seen(EditState.PROPOSED, at, Proposal(at, stop, ended))

    def _place_of(self, edit: Edit) -> int | None:
        """Where all lines that an edit removes stand in our file, one after the other.

        Our file is no later version of the sibling, so what it has beside them is no conflict.
        """
        removed = range(edit.start, edit.stop)
        if not any(is_telling(self.sibling.neutral_old[at]) for at in removed):
            return None
        block = self._block_at(edit.start)
        if block is None or edit.stop > block.base + block.count:
            return None
        return block.ours + edit.start - block.base

    def _is_there(self, change: Change) -> bool:
        removed, added = change.key
        if not any(map(is_telling, added)):
            return False
        # What the sibling had before, and has elsewhere now, is not there yet because ours has it.
        is_more = self._text.times(added) > self.sibling.old_text.times(added)
        return is_more and not self._text.has([line for line in removed if line not in added])

    def _has_neighbours(self, change: Change) -> bool:
        """Whether our file has both telling lines that are next to where lines were added."""
        old, edit = self.sibling.neutral_old, change.edit
        above = (old[at] for at in reversed(range(edit.start)))
        below = (old[at] for at in range(edit.stop, len(old)))
        nearest = [next(filter(is_telling, lines), None) for lines in (above, below)]
        return all(line in self._lines for line in nearest)

    @cached_property
    def _lines(self) -> frozenset[bytes | None]:
        return frozenset(self._neutral)

    def _is_anchored(self, edit: Edit) -> bool:
        """Whether more than braces and blank lines say that this is the place."""
        old = self.sibling.neutral_old
        near = range(max(edit.start - CONTEXT, 0), min(edit.stop + CONTEXT, len(old)))
        return any(is_telling(old[at]) and self._is_paired(at) for at in near)

    def _is_paired(self, at: int) -> bool:
        return self._block_at(at) is not None

    def _block_at(self, base: int) -> Block | None:
        """The block that pairs a line of the sibling with one of ours."""
        at = bisect_right(self._bases, base) - 1
        if at < 0 or base >= self._bases[at] + self._blocks[at].count:
            return None
        return self._blocks[at]


def _followed(
    shared: SharedChange, seen: dict[int, _Seen], siblings: Sequence[Sibling]
) -> Followed:
    states = [seen[id(change)] for change in shared.changes]
    for state in (EditState.THERE, EditState.PROPOSED, EditState.CONFLICT):
        found = next((one for one in states if one.state is state), None)
        if found is None:
            continue
        if state is not EditState.THERE and _is_divided(shared, siblings):
            # What an edit imports is there for what else it does, see `accepting`.
            kept = found.proposal if imports_alone(shared.first) else None
            return Followed(shared, EditState.DIVIDED, found.at, kept)
        return Followed(shared, state, found.at, found.proposal)
    return Followed(shared, EditState.ELSEWHERE)


def _is_divided(shared: SharedChange, siblings: Sequence[Sibling]) -> bool:
    """Whether a sibling that had the text did not follow."""
    made = {change.sibling.new_path for change in shared.changes}
    return any(
        one.new_path not in made and _had_text(shared.first, one) and not _has_result(shared, one)
        for one in siblings
    )


def _has_result(shared: SharedChange, sibling: Sibling) -> bool:
    added = shared.first.key[1]
    return bool(added) and sibling.new_text.has(added)


def _had_text(change: Change, sibling: Sibling) -> bool:
    """Whether the sibling had the lines that the change replaces, or the two between which it
    adds."""
    edit, old = change.edit, change.sibling.neutral_old
    removed = old[edit.start : edit.stop]
    if any(map(is_telling, removed)):
        return sibling.old_text.has(removed)
    around = old[max(edit.start - 1, 0) : edit.start] + old[edit.stop : edit.stop + 1]
    if not any(map(is_telling, around)):
        around = old[max(edit.start - CONTEXT, 0) : edit.start] + old[edit.stop : edit.stop + 1]
    return sibling.old_text.has(around)
