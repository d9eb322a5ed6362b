"""Which things of two lists belong together, and which of them changed their places (pure).

Like git range-diff: keeping a pair costs what differs, leaving both alone costs a share of their
sizes, and the pairs are chosen so that all of it together costs least.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import product

Features = Counter[Hashable]
"""What a thing consists of, for comparing: how often it has each part."""

CREATION_SHARE = 0.6
"""git range-diff's --creation-factor: a pair must differ in less than this share of both sizes."""
_MOST_HOLDERS = 20
_MOST_STEPS = 4_000_000


def likely_pairs(old: Sequence[Features], new: Sequence[Features]) -> dict[int, int]:
    """The indexes of `new` by those of `old`, where two are enough alike; each at most once.

    Only things with a part in common that few others have are compared, and where too many hang
    together, the likeliest pair goes first instead of the best choice as a whole.
    """
    gains = {}
    for at, to in _candidates(old, new):
        size = old[at].total() + new[to].total()
        common = (old[at] & new[to]).total()
        gain = CREATION_SHARE * size - (size - 2 * common)
        if gain > 0:
            gains[at, to] = gain
    pairs: dict[int, int] = {}
    for group in _groups(gains):
        rows = sorted({at for at, _ in group})
        columns = sorted({to for _, to in group})
        steps = min(len(rows), len(columns)) ** 2 * max(len(rows), len(columns))
        chosen = _greedy(group) if steps > _MOST_STEPS else _optimal(group, rows, columns)
        pairs.update(chosen)
    return pairs


def stayed(places: Sequence[int]) -> frozenset[int]:
    """The most of `places`, all different, that ascend: the others are the fewest that moved.

    >>> sorted(stayed([1, 2, 0, 3]))
    [1, 2, 3]
    """
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        pile = bisect_left(tops, place)
        before[place] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [place]
    chain = set()
    at = tops[-1] if tops else None
    while at is not None:
        chain.add(at)
        at = before[at]
    return frozenset(chain)


def _candidates(old: Sequence[Features], new: Sequence[Features]) -> set[tuple[int, int]]:
    holders: tuple[defaultdict[Hashable, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for side, things in zip(holders, (old, new), strict=True):
        for index, thing in enumerate(things):
            for part in thing:
                side[part].append(index)
    found: set[tuple[int, int]] = set()
    for part, there in holders[0].items():
        here = holders[1].get(part, [])
        if len(there) <= _MOST_HOLDERS and len(here) <= _MOST_HOLDERS:
            found.update(product(there, here))
    return found


def _groups(gains: Mapping[tuple[int, int], float]) -> list[dict[tuple[int, int], float]]:
    """The pairs, in groups that share no member."""
    above: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for at, to in gains:
        above[root(("old", at))] = root(("new", to))
    groups: defaultdict[tuple[str, int], dict[tuple[int, int], float]] = defaultdict(dict)
    for pair, gain in sorted(gains.items()):
        groups[root(("old", pair[0]))][pair] = gain
    return list(groups.values())


def _greedy(gains: Mapping[tuple[int, int], float]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for (at, to), _ in sorted(gains.items(), key=lambda item: (-item[1], item[0])):
        if at not in pairs and to not in taken:
            pairs[at] = to
            taken.add(to)
    return pairs


def _optimal(
    gains: Mapping[tuple[int, int], float], rows: Sequence[int], columns: Sequence[int]
) -> dict[int, int]:
    """The pairs that gain most together."""
    if len(rows) > len(columns):
        turned = {(to, at): gain for (at, to), gain in gains.items()}
        return {at: to for to, at in _optimal(turned, columns, rows).items()}
    costs = [[-gains.get((row, column), 0.0) for column in columns] for row in rows]
    found = {rows[row]: columns[column] for row, column in enumerate(_assignment(costs))}
    return {row: column for row, column in found.items() if (row, column) in gains}


def _assignment(costs: Sequence[Sequence[float]]) -> list[int]:
    """For each row a column of its own, for the least cost; no fewer columns than rows.

    The Hungarian method with potentials (Kuhn 1955, Munkres 1957), a row at a time; index 0 is a
    row and a column before the first.
    """
    width = len(costs[0])
    row_potential, potential = [0.0] * (len(costs) + 1), [0.0] * (width + 1)
    row_of = [0] * (width + 1)
    for row in range(1, len(costs) + 1):
        row_of[0] = row
        column, came_from = 0, [0] * (width + 1)
        slack, is_used = [float("inf")] * (width + 1), [False] * (width + 1)
        while row_of[column]:
            is_used[column] = True
            at, least, following = row_of[column], float("inf"), 0
            for other in range(1, width + 1):
                if is_used[other]:
                    continue
                cost = costs[at - 1][other - 1] - row_potential[at] - potential[other]
                if cost < slack[other]:
                    slack[other], came_from[other] = cost, column
                if slack[other] < least:
                    least, following = slack[other], other
            for other in range(width + 1):
                if is_used[other]:
                    row_potential[row_of[other]] += least
                    potential[other] -= least
                else:
                    slack[other] -= least
            column = following
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    columns = [0] * len(costs)
    for column in range(1, width + 1):
        if row_of[column]:
            columns[row_of[column] - 1] = column - 1
    return columns
