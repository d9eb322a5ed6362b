"""Which lines of two versions of a file are the same lines (pure).

The alignment is what a three-way merge rests on: a wrong pair puts a hunk into the wrong function.
So unique lines anchor it (patience diff, after Bram Cohen), and only what no unique line divides is
aligned by the longest common subsequence (Myers, "An O(ND) Difference Algorithm", 1986). Where that
would take too long, the lines stay unpaired: the merge then holds more, it never guesses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

_MOST_DIFFERENCES = 400
_Run: TypeAlias = tuple[int, int, int]
"""A block that is not one yet."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of `count` lines that both sides have: from index `base` on the one, `ours` on the
    other."""

    base: int
    ours: int
    count: int


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two blocks: base lines [base_start, base_stop) became
    ours lines [ours_start, ours_stop); one of the two may be empty."""

    base_start: int
    base_stop: int
    ours_start: int
    ours_stop: int


def align(base: Sequence[bytes], ours: Sequence[bytes]) -> tuple[Block, ...]:
    """Pair the lines of two sequences, in order, each line at most once.

    Blocks come sorted and never touch each other on both sides.
    """
    if base == ours:
        return (Block(0, 0, len(base)),) if base else ()
    runs: list[_Run] = []
    todo = [(0, len(base), 0, len(ours))]
    while todo:
        base_lo, base_hi, ours_lo, ours_hi = todo.pop()
        head = _common_head(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if head:
            runs.append((base_lo, ours_lo, head))
            base_lo, ours_lo = base_lo + head, ours_lo + head
        tail = _common_tail(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if tail:
            base_hi, ours_hi = base_hi - tail, ours_hi - tail
            runs.append((base_hi, ours_hi, tail))
        if base_lo == base_hi or ours_lo == ours_hi:
            continue
        anchors = _unique_anchors(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if not anchors:
            runs.extend(_shortest_edit(base, ours, base_lo, base_hi, ours_lo, ours_hi))
            continue
        for base_at, ours_at, count in anchors:
            if base_lo < base_at and ours_lo < ours_at:
                todo.append((base_lo, base_at, ours_lo, ours_at))
            base_lo, ours_lo = base_at + count, ours_at + count
        runs.extend(anchors)
        todo.append((base_lo, base_hi, ours_lo, ours_hi))
    return tuple(Block(*run) for run in _joined(sorted(runs)))


def coalesce(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks in order, those that follow each other directly on both sides joined."""
    runs = sorted((block.base, block.ours, block.count) for block in blocks if block.count)
    return tuple(Block(*run) for run in _joined(runs))


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The runs, which come in order, those that follow each other on both sides as one."""
    base_at = ours_at = count = 0
    for at, other, more in runs:
        if count and at == base_at + count and other == ours_at + count:
            count += more
            continue
        if count:
            yield base_at, ours_at, count
        base_at, ours_at, count = at, other, more
    if count:
        yield base_at, ours_at, count


def gaps(blocks: Sequence[Block], base_count: int, ours_count: int) -> Iterator[Gap]:
    """What the blocks leave unpaired, in order."""
    base_at = ours_at = 0
    for block in (*blocks, Block(base_count, ours_count, 0)):
        if base_at < block.base or ours_at < block.ours:
            yield Gap(base_at, block.base, ours_at, block.ours)
        base_at, ours_at = block.base + block.count, block.ours + block.count


def _common_head(
    base: Sequence[bytes], ours: Sequence[bytes],
    base_lo: int, base_hi: int, ours_lo: int, ours_hi: int,
) -> int:  # fmt: skip
    limit = min(base_hi - base_lo, ours_hi - ours_lo)
    count = 0
    while count < limit and base[base_lo + count] == ours[ours_lo + count]:
        count += 1
    return count


def _common_tail(
    base: Sequence[bytes], ours: Sequence[bytes],
    base_lo: int, base_hi: int, ours_lo: int, ours_hi: int,
) -> int:  # fmt: skip
    limit = min(base_hi - base_lo, ours_hi - ours_lo)
    count = 0
    while count < limit and base[base_hi - count - 1] == ours[ours_hi - count - 1]:
        count += 1
    return count


def _unique_anchors(
    base: Sequence[bytes], ours: Sequence[bytes],
    base_lo: int, base_hi: int, ours_lo: int, ours_hi: int,
) -> list[_Run]:  # fmt: skip
    """The longest ascending list of pairs of lines that occur once on each side, as runs."""
    ours_index = _unique(ours, ours_lo, ours_hi)
    pairs = [
        (at, ours_index[line])
        for line, at in _unique(base, base_lo, base_hi).items()
        if at >= 0 and ours_index.get(line, -1) >= 0
    ]
    return list(_joined((at, other, 1) for at, other in _longest_ascending(pairs)))


def _unique(lines: Sequence[bytes], start: int, stop: int) -> dict[bytes, int]:
    """The index of every line that occurs once, in order; less than 0 for the others."""
    found: dict[bytes, int] = {}
    for at in range(start, stop):
        line = lines[at]
        found[line] = -1 if line in found else at
    return found


def _longest_ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Patience sorting: the longest run of pairs that ascends on both sides."""
    if all(one[1] < other[1] for one, other in pairwise(pairs)):
        return pairs
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int] = []
    for index, (_, ours_at) in enumerate(pairs):
        pile = bisect_left(tops, ours_at)
        before.append(top_pairs[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(ours_at)
            top_pairs.append(index)
        else:
            tops[pile] = ours_at
            top_pairs[pile] = index
    chain: list[tuple[int, int]] = []
    index = top_pairs[-1] if top_pairs else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _shortest_edit(
    base: Sequence[bytes], ours: Sequence[bytes],
    base_lo: int, base_hi: int, ours_lo: int, ours_hi: int,
) -> list[_Run]:  # fmt: skip
    """Myers' greedy algorithm on the lines that both ranges have; nothing when it goes too far."""
    shared = set(base[base_lo:base_hi]) & set(ours[ours_lo:ours_hi])
    if not shared:
        return []
    left = [at for at in range(base_lo, base_hi) if base[at] in shared]
    right = [at for at in range(ours_lo, ours_hi) if ours[at] in shared]
    path = _path([base[at] for at in left], [ours[at] for at in right])
    return list(_joined((left[x], right[y], 1) for x, y in path))


def _path(left: Sequence[bytes], right: Sequence[bytes]) -> Sequence[tuple[int, int]]:
    """The pairs of the shortest edit, in order."""
    most = min(len(left) + len(right), _MOST_DIFFERENCES)
    zero = most + 1  # where diagonal 0 stands
    furthest = [-1] * (2 * most + 3)
    furthest[zero + 1] = 0
    trail: list[Sequence[int]] = []
    for differences in range(most + 1):
        trail.append(furthest[zero - differences - 1 : zero + differences + 2])
        for diagonal in range(-differences, differences + 1, 2):
            lower, upper = furthest[zero + diagonal - 1], furthest[zero + diagonal + 1]
            goes_down = diagonal == -differences or (diagonal != differences and lower < upper)
            at = upper if goes_down else lower + 1
            across = at - diagonal
            while at < len(left) and across < len(right) and left[at] == right[across]:
                at, across = at + 1, across + 1
            furthest[zero + diagonal] = at
            if at >= len(left) and across >= len(right):
                return list(_walk_back(trail, len(left), len(right)))[::-1]
    return ()


def _walk_back(trail: Sequence[Sequence[int]], at: int, across: int) -> Iterator[tuple[int, int]]:
    """The pairs on the path that Myers' algorithm found, from its end to its start."""
    for differences in range(len(trail) - 1, -1, -1):
        furthest = trail[differences]
        zero = differences + 1
        diagonal = at - across
        goes_down = diagonal == -differences or (
            diagonal != differences
            and furthest[zero + diagonal - 1] < furthest[zero + diagonal + 1]
        )
        previous = diagonal + 1 if goes_down else diagonal - 1
        before_at = furthest[zero + previous] if differences else 0
        before_across = before_at - previous if differences else 0
        while at > before_at and across > before_across:
            at, across = at - 1, across - 1
            yield at, across
        at, across = before_at, before_across
