"""Which lines of two versions of a file are the same lines (pure).

The alignment is what a three-way merge rests on: a wrong pair puts a hunk into the wrong function.
So unique lines anchor it (patience diff, after Bram Cohen), and only what no unique line divides is
aligned by the longest common subsequence (Myers, "An O(ND) Difference Algorithm", 1986). Where that
would take too long, the lines stay unpaired: the merge then holds more, it never guesses."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MOST_DIFFERENCES = 400


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
    pairs: list[Block] = []
    todo = [(0, len(base), 0, len(ours))]
    while todo:
        base_lo, base_hi, ours_lo, ours_hi = todo.pop()
        head = _common_head(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if head:
            pairs.append(Block(base_lo, ours_lo, head))
            base_lo, ours_lo = base_lo + head, ours_lo + head
        tail = _common_tail(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if tail:
            base_hi, ours_hi = base_hi - tail, ours_hi - tail
            pairs.append(Block(base_hi, ours_hi, tail))
        if base_lo == base_hi or ours_lo == ours_hi:
            continue
        anchors = _unique_anchors(base, ours, base_lo, base_hi, ours_lo, ours_hi)
        if not anchors:
            pairs.extend(_shortest_edit(base, ours, base_lo, base_hi, ours_lo, ours_hi))
            continue
        for base_at, ours_at in anchors:
            pairs.append(Block(base_at, ours_at, 1))
            todo.append((base_lo, base_at, ours_lo, ours_at))
            base_lo, ours_lo = base_at + 1, ours_at + 1
        todo.append((base_lo, base_hi, ours_lo, ours_hi))
    return coalesce(pairs)


def coalesce(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks in order, those that follow each other directly on both sides joined."""
    joined: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.base, block.ours)):
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.base + last.count == block.base
            and last.ours + last.count == block.ours
        ):
            joined[-1] = Block(last.base, last.ours, last.count + block.count)
        elif block.count:
            joined.append(block)
    return tuple(joined)


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
) -> list[tuple[int, int]]:  # fmt: skip
    """The longest ascending list of pairs of lines that occur once on each side."""
    base_counts = Counter(base[base_lo:base_hi])
    ours_counts = Counter(ours[ours_lo:ours_hi])
    ours_index = {ours[at]: at for at in range(ours_lo, ours_hi) if ours_counts[ours[at]] == 1}
    pairs = [
        (at, ours_index[base[at]])
        for at in range(base_lo, base_hi)
        if base_counts[base[at]] == 1 and base[at] in ours_index
    ]
    return _longest_ascending(pairs)


def _longest_ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Patience sorting: the longest run of pairs that ascends on both sides."""
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
) -> list[Block]:  # fmt: skip
    """Myers' greedy algorithm on the lines that both ranges have; nothing when it goes too far."""
    shared = set(base[base_lo:base_hi]) & set(ours[ours_lo:ours_hi])
    left = [at for at in range(base_lo, base_hi) if base[at] in shared]
    right = [at for at in range(ours_lo, ours_hi) if ours[at] in shared]
    trail: list[dict[int, int]] = []
    furthest = {1: 0}
    for differences in range(min(len(left) + len(right), _MOST_DIFFERENCES) + 1):
        trail.append(dict(furthest))
        for diagonal in range(-differences, differences + 1, 2):
            goes_down = diagonal == -differences or (
                diagonal != differences
                and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            )
            at = furthest[diagonal + 1] if goes_down else furthest[diagonal - 1] + 1
            across = at - diagonal
            while at < len(left) and across < len(right) and base[left[at]] == ours[right[across]]:
                at, across = at + 1, across + 1
            furthest[diagonal] = at
            if at >= len(left) and across >= len(right):
                return [
                    Block(left[x], right[y], 1) for x, y in _walk_back(trail, len(left), len(right))
                ]
    return []


def _walk_back(trail: list[dict[int, int]], at: int, across: int) -> Iterator[tuple[int, int]]:
    """The pairs on the path that Myers' algorithm found, from its end to its start."""
    for differences in range(len(trail) - 1, -1, -1):
        furthest = trail[differences]
        diagonal = at - across
        goes_down = diagonal == -differences or (
            diagonal != differences
            and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        )
        previous = diagonal + 1 if goes_down else diagonal - 1
        before_at = furthest.get(previous, 0) if differences else 0
        before_across = before_at - previous if differences else 0
        while at > before_at and across > before_across:
            at, across = at - 1, across - 1
            yield at, across
        at, across = before_at, before_across
