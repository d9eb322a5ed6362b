"""Hunks whose place depends on line numbers, because their text could stand elsewhere (engine;
pure).

GNU patch takes the place nearest to where it expects a hunk. While the text of the hunk is in one
place only, whatever other patches are there, numbers do not matter. Otherwise the hunk is bound to
each patch that shifts it, or has a hand in another place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from patchkit.engine.lineage import Lineage, TracedHunk, TracedLine
from patchkit.model.dependencies import BondKind

Pair: TypeAlias = tuple[int, BondKind, int]
"""A patch, the kind of its bond, and the earlier patch that it is to."""

_MOST_PLACES = 200
"""Where the rarest line of a hunk occurs more often than this, nobody looks for its places."""


@dataclass(frozen=True, slots=True)
class Reach:
    """For each patch, as bits, those that are there whenever it is, and those that never come
    before it."""

    needs: Sequence[int]
    followers: Sequence[int]


def may_be_elsewhere(lineage: Lineage) -> bool:
    """Whether `place_bonds` may find something: a hunk only inserts, or has no line that the file
    had only once."""
    if len(lineage.touched_by) < 2:
        return False
    counts = Counter(line.content for line in lineage.chain())
    return any(
        not (hunk.lines and hunk.is_at_end) and all(counts[line.content] > 1 for line in hunk.lines)
        for hunk in lineage.hunks
    )


def place_bonds(lineage: Lineage, reach: Reach) -> Iterator[Pair]:
    """What the hunks of a file whose place is in doubt are bound to."""
    if len(lineage.touched_by) < 2:
        return
    chain = _Chain(lineage)
    before: list[TracedHunk] = []
    for hunk in lineage.hunks:
        if not before or before[-1].diff != hunk.diff:
            before = []
        before.append(hunk)
        involved = _Look(chain, hunk, reach).involved()
        if involved is None:
            continue
        for patch in lineage.touched_by:
            is_bound = hunk.offset or patch in involved or chain.shifts(patch, before)
            if patch != hunk.patch and is_bound:
                first, last = sorted((patch, hunk.patch))
                kind = BondKind.PLACE if patch < hunk.patch else BondKind.ORDER
                yield last, kind, first


class _Chain:
    """All lines that a file ever had, by number."""

    def __init__(self, lineage: Lineage) -> None:
        self.lines = list(lineage.chain())
        self.touched_by = lineage.touched_by
        self._numbers = {id(line): number for number, line in enumerate(self.lines)}
        self._numbers[id(lineage.head)] = -1
        self.places: dict[bytes, list[int]] = {}
        self._made: dict[int, list[int]] = {}
        self._removed: dict[int, list[int]] = {}
        for number, line in enumerate(self.lines):
            self.places.setdefault(line.content, []).append(number)
            if line.maker is not None:
                self._made.setdefault(line.maker, []).append(number)
            if line.remover is not None:
                self._removed.setdefault(line.remover, []).append(number)

    @cached_property
    def constant(self) -> Sequence[int]:
        """How many lines before each number are there whatever patches are."""
        counts = [0]
        for line in self.lines:
            counts.append(counts[-1] + (line.maker is None and line.remover is None))
        return counts

    def number(self, line: TracedLine) -> int:
        return self._numbers[id(line)]

    def start(self, hunk: TracedHunk) -> int:
        return self.number(hunk.lines[0]) if hunk.lines else self.number(hunk.before) + 1

    def made_above(self, patch: int, number: int) -> int:
        return bisect_left(self._made.get(patch, ()), number)

    def removed_above(self, patch: int, number: int) -> int:
        return bisect_left(self._removed.get(patch, ()), number)

    def shifts(self, patch: int, hunks: Sequence[TracedHunk]) -> bool:
        """Whether a patch shifts one of these hunks of a file diff."""
        starts = (self.start(hunk) for hunk in hunks)
        return any(
            self.made_above(patch, start) != self.removed_above(patch, start) for start in starts
        )

    def largest_shift(self, patch: int, number: int) -> int:
        """By how many lines other patches can shift a place of this one at most."""
        return sum(
            self.made_above(other, number) + self.removed_above(other, number)
            for other in self.touched_by
            if other != patch
        )


class _Look:
    """Looks for other places of one hunk."""

    def __init__(self, chain: _Chain, hunk: TracedHunk, reach: Reach) -> None:
        self._chain = chain
        self._hunk = hunk
        self._sure = reach.needs[hunk.patch] & ~(1 << hunk.patch)
        self._never = reach.followers[hunk.patch] | 1 << hunk.patch

    def involved(self) -> frozenset[int] | None:
        """The patches that make or unmake another place; None: there can be no other."""
        hunk, chain = self._hunk, self._chain
        if not hunk.lines:
            return frozenset()
        if hunk.is_at_end:
            return None
        contents = [line.content for line in hunk.lines]
        rarest = min(range(len(contents)), key=lambda at: len(chain.places[contents[at]]))
        places = chain.places[contents[rarest]]
        if len(places) == 1:
            return None
        if len(places) > _MOST_PLACES:
            return frozenset(chain.touched_by)
        own = chain.number(hunk.lines[rarest])
        reach = 2 * chain.largest_shift(hunk.patch, chain.start(hunk))
        involved: set[int] = set()
        is_doubtful = False
        for place in places:
            distance = abs(chain.constant[place] - chain.constant[own])
            if place == own or (distance > reach and not hunk.offset):
                continue
            met: set[int] = set()
            if (
                self._can_be(place, met)
                and self._goes_on(place, contents[rarest + 1 :], 1, met)
                and self._goes_on(place, contents[:rarest][::-1], -1, met)
            ):
                is_doubtful = True
                involved |= met
        return frozenset(involved) if is_doubtful else None

    def _goes_on(self, place: int, contents: Sequence[bytes], step: int, met: set[int]) -> bool:
        """Whether these lines can follow the one at `place` in the direction of `step`."""
        lines = self._chain.lines
        reached = {place}
        for content in contents:
            further: set[int] = set()
            for start in reached:
                at = start + step
                while 0 <= at < len(lines):
                    if lines[at].content == content and self._can_be(at, met):
                        further.add(at)
                    if self._must_be(at, met):
                        break
                    at += step
            if not further:
                return False
            reached = further
        return True

    def _can_be(self, at: int, met: set[int]) -> bool:
        """Whether the line can be there when the patch of the hunk comes."""
        line = self._chain.lines[at]
        if line.remover is not None and self._sure >> line.remover & 1:
            return False
        if line.maker is not None and self._never >> line.maker & 1:
            return False
        self._meet(line, met)
        return True

    def _must_be(self, at: int, met: set[int]) -> bool:
        """Whether the line is there for sure when the patch of the hunk comes."""
        line = self._chain.lines[at]
        is_made = line.maker is None or self._sure >> line.maker & 1
        is_kept = line.remover is None or self._never >> line.remover & 1
        if is_made and is_kept:
            return True
        self._meet(line, met)
        return False

    def _meet(self, line: TracedLine, met: set[int]) -> None:
        for author in (line.maker, line.remover):
            if author is not None and author != self._hunk.patch:
                met.add(author)
