"""Finds where hunks go, by GNU patch's own rules of offset and fuzz (pure).

Source of the rules: patch(1), "--fuzz" and "Applying patches with lines deleted from context", and
the order in which GNU patch 2.7 tries places (patch.c, locate_hunk): first where the header says, moved
by the offset of the hunk before, then one line further down, one line further up, and so on, for fuzz 0
first, then for fuzz 1 up to the limit. A hunk with less context at one end than at the other
stands at that end of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.model.patch import Hunk

_MOST_VOTES_PER_LINE = 50


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
    """The place most like what a hunk expects: the 0-based index, and how many of its lines are there."""

    at: int
    matching: int
    expected: int


def place_hunks(
    hunks: Sequence[Hunk], lines: Sequence[bytes], max_fuzz: int
) -> tuple[HunkPlace | None, ...]:
    """Where each hunk goes in `lines`, in order; None for a hunk that is rejected.

    A rejected hunk does not keep the later ones from being placed, as with GNU patch.
    """
    places: list[HunkPlace | None] = []
    offset = 0
    frozen = 0
    for hunk in hunks:
        place = _place(hunk, lines, offset, frozen, max_fuzz)
        places.append(place)
        if place is not None:
            offset = place.offset
            frozen = max(frozen, place.at + len(hunk.old) - hunk.trailing_context)
    return tuple(places)


def stands_at(hunk: Hunk, lines: Sequence[bytes], at: int) -> bool:
    """Whether GNU patch would take the hunk at index `at` with fuzz 0 when its header says so."""
    old = hunk.old
    if not 0 <= at <= len(lines) - len(old):
        return False
    leading, trailing = hunk.leading_context, hunk.trailing_context
    if old and leading < trailing and hunk.old_start <= 1 and at != 0:
        return False
    if old and trailing < leading and at + len(old) != len(lines):
        return False
    return tuple(lines[at : at + len(old)]) == old


def nearest_place(hunk: Hunk, lines: Sequence[bytes]) -> NearPlace | None:
    """Where most lines of a rejected hunk stand in the right distance to each other.

    None when no line of it but blank ones and lone punctuation is in the file.
    """
    where: dict[bytes, list[int]] = {}
    for index, line in enumerate(lines):
        where.setdefault(line, []).append(index)
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


def _place(
    hunk: Hunk, lines: Sequence[bytes], offset: int, frozen: int, max_fuzz: int
) -> HunkPlace | None:
    said = hunk.old_start if hunk.old else hunk.old_start + 1
    context = max(hunk.leading_context, hunk.trailing_context)
    for fuzz in range(min(max_fuzz, context) + 1):
        line = _locate(hunk, lines, said + offset, frozen, fuzz)
        if line is not None:
            return HunkPlace(min(line - 1, len(lines)), line - said, fuzz)
    return None


def _locate(
    hunk: Hunk, lines: Sequence[bytes], guess: int, frozen: int, fuzz: int
) -> int | None:
    """The 1-based line where the hunk matches with exactly this fuzz; None where nowhere.

    `frozen` is how many lines at the start are settled by earlier hunks.
    """
    old = hunk.old
    if not old:
        return guess if frozen < guess else None
    context = max(hunk.leading_context, hunk.trailing_context)
    front = fuzz + hunk.leading_context - context
    back = fuzz + hunk.trailing_context - context
    last = len(lines) - (len(old) - max(back, 0)) + 1

    def matches(line: int) -> bool:
        start = line - 1
        first, stop = max(front, 0), len(old) - max(back, 0)
        if line <= frozen or start + stop > len(lines):
            return False
        return all(lines[start + at] == old[at] for at in range(first, stop))

    if front < 0 and hunk.old_start <= 1:
        if back < 0 and len(old) != len(lines):
            return None
        return 1 if matches(1) else None
    if back < 0:
        line = len(lines) - len(old) + 1
        return line if line >= 1 and line <= guess + len(lines) and matches(line) else None
    for distance in range(max(last - guess, guess - frozen - 1) + 1):
        for line in (guess + distance, guess - distance):
            if 1 <= line <= last and matches(line):
                return line
    return None
