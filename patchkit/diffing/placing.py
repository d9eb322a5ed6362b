"""Finds where hunks go, by GNU patch's own rules of offset and fuzz (pure).

Source of the rules: patch(1), "--fuzz" and "Applying patches with lines deleted from context", and
the order in which GNU patch 2.7 tries places (patch.c, locate_hunk): first where the header says,
moved by the offset of the hunk before, then one line further down, one line further up, and so on,
for fuzz 0 first, then for fuzz 1 up to the limit. A hunk with less context at one end than at the
other stands at that end of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.patch import Hunk

_MOST_VOTES_PER_LINE = 50
_NEAR = 8
"""How far a hunk is looked for line by line; beyond, by where its rarest line stands."""


@dataclass(frozen=True, slots=True)
class HunkPlace:
    """Where a hunk matches: `at` is the 0-based index of its first old line (where it would insert,
    if it has none), `offset` the distance in lines from where its header says, `fuzz` how many
    context lines at its ends were ignored."""

    at: int
    offset: int
    fuzz: int


@dataclass(frozen=True, slots=True)
class NearPlace:
    """The place most like what a hunk expects: the 0-based index, and how many of its lines are
    there."""

    at: int
    matching: int
    expected: int


@dataclass(frozen=True)
class _Target:
    """A file that hunks are looked for in."""

    lines: Sequence[bytes]

    @cached_property
    def where(self) -> Mapping[bytes, Sequence[int]]:
        """At which indexes each line stands."""
        return positions_of(self.lines)


def positions_of(lines: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
    """At which indexes each line of a file stands, in order."""
    where: dict[bytes, list[int]] = {}
    for index, line in enumerate(lines):
        where.setdefault(line, []).append(index)
    return where


def place_hunks(
    hunks: Sequence[Hunk], lines: Sequence[bytes], max_fuzz: int
) -> tuple[HunkPlace | None, ...]:
    """Where each hunk goes in `lines`, in order; None for a hunk that is rejected.

    A rejected hunk does not keep the later ones from being placed, as with GNU patch.
    """
    places: list[HunkPlace | None] = []
    target = _Target(lines)
    offset = 0
    settled = 0
    for hunk in hunks:
        said = hunk.old_start if hunk.old else hunk.old_start + 1
        found = _find(hunk, target, said + offset, settled, max_fuzz)
        place = None
        if found is not None:
            line, fuzz = found
            offset = line - said
            # A hunk that would change what earlier hunks settled is misordered.
            if line >= 1 and settled < line + hunk.leading_context:
                place = HunkPlace(min(line - 1, len(lines)), offset, fuzz)
                settled = line - 1 + len(hunk.old) - hunk.trailing_context
        places.append(place)
    return tuple(places)


def stands_at(hunk: Hunk, lines: Sequence[bytes], at: int) -> bool:
    """Whether GNU patch would take the hunk at index `at` with fuzz 0 when its header says so."""
    old = hunk.old
    if not 0 <= at <= len(lines) - len(old):
        return False
    if old and hunk.trailing_context < hunk.leading_context and at + len(old) != len(lines):
        return False
    return tuple(lines[at : at + len(old)]) == old


def nearest_place(hunk: Hunk, where: Mapping[bytes, Sequence[int]]) -> NearPlace | None:
    """Where most lines of a rejected hunk stand in the right distance to each other; `where` are
    the `positions_of` the lines of the file.

    None when no line of it but blank ones and lone punctuation is in the file.
    """
    votes: Counter[int] = Counter()
    for index, line in enumerate(hunk.old):
        if not line.strip(b" \t\r\n{}();"):
            continue
        for found in where.get(line, ())[:_MOST_VOTES_PER_LINE]:
            votes[found - index] += 1
    if not votes:
        return None
    said = max(hunk.old_start - 1, 0)
    at, matching = max(votes.items(), key=lambda vote: (vote[1], -abs(vote[0] - said)))
    return NearPlace(max(at, 0), matching, len(hunk.old))


def _find(
    hunk: Hunk, target: _Target, guess: int, settled: int, max_fuzz: int
) -> tuple[int, int] | None:
    """The 1-based line where the hunk matches with the least fuzz, and that fuzz.

    A line before the first is found only for a hunk behind which others should stand. GNU patch
    takes line 0 for no match, but goes on from there.
    """
    if not hunk.old:
        return guess, 0
    context = max(hunk.leading_context, hunk.trailing_context)
    before_first: tuple[int, int] | None = None
    for fuzz in range(min(max_fuzz, context) + 1):
        line = _locate(hunk, target, guess, settled, fuzz)
        if line == 0:
            guess, before_first = 0, (0, fuzz)
        elif line is not None:
            return line, fuzz
    return before_first


def _locate(hunk: Hunk, target: _Target, guess: int, settled: int, fuzz: int) -> int | None:
    """The 1-based line where the hunk matches with exactly this fuzz; None where nowhere.

    `settled` is how many lines at the start earlier hunks have dealt with.
    """
    old, lines = hunk.old, target.lines
    context = max(hunk.leading_context, hunk.trailing_context)
    front = fuzz + hunk.leading_context - context
    back = fuzz + hunk.trailing_context - context
    first, stop = max(front, 0), len(old) - max(back, 0)

    def matches(line: int) -> bool:
        if first >= stop:
            return True
        start = line - 1
        return start + first >= 0 and tuple(lines[start + first : start + stop]) == old[first:stop]

    if front < 0 and hunk.old_start <= 1:
        return 1 if settled <= hunk.leading_context and matches(1) else None
    if back < 0:
        line = len(lines) - len(old) + 1
        return line if line > settled and matches(line) else None
    last = len(lines) - stop + 1
    furthest_down, furthest_up = last - guess, guess - settled - 1
    nearest = -furthest_down if furthest_down < 0 else min(furthest_up, 0)
    furthest = max(furthest_down, furthest_up)
    for distance in range(nearest, min(furthest, nearest + _NEAR) + 1):
        if distance <= furthest_down and matches(guess + distance):
            return guess + distance
        if distance <= furthest_up and matches(guess - distance):
            return guess - distance
    if furthest <= nearest + _NEAR or first >= stop:
        return None
    # In the same order, of two equally far the one further down first.
    ways = [
        (distance, is_up, line)
        for line in _candidates(old[first:stop], target.where, first)
        for distance, is_up in ((line - guess, False), (guess - line, True))
        if nearest < distance <= (furthest_up if is_up else furthest_down)
    ]
    return next((line for _, _, line in sorted(ways) if matches(line)), None)


def _candidates(
    wanted: Sequence[bytes], where: Mapping[bytes, Sequence[int]], first: int
) -> Iterator[int]:
    """The 1-based lines at which a hunk may begin whose lines from `first` on are `wanted`: there
    the rarest of these stands where it has to."""
    found = [where.get(line, ()) for line in wanted]
    rarest = min(range(len(found)), key=lambda at: len(found[at]))
    yield from (index - rarest - first + 1 for index in found[rarest])
