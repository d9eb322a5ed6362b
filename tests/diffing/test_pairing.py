"""Which things belong together: the cheapest choice as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.pairing import CREATION_SHARE, likely_pairs

_things = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5), max_size=4)


@given(_things, _things)
def test_no_other_choice_gains_more(old: list[list[str]], new: list[list[str]]) -> None:
    """All choices are tried, and each thing is in one pair at most."""
    pairs = likely_pairs([Counter(one) for one in old], [Counter(one) for one in new])
    assert len(pairs) == len(set(pairs.values()))
    mine = sum(_gain(old[at], new[to]) for at, to in pairs.items())
    assert abs(mine - _best(old, new)) < 1e-9


def test_the_likeliest_pair_gives_way() -> None:
    """The first thing is most like the first, but two pairs keep more than that one."""
    old = [range(1, 9), (4, 5, 6, 9, 10, 11, 12, 13)]
    new = [(1, 2, 3, 4, 5, 6, 9, 10), (1, 2, 3, 7, 8, 14, 15, 16)]
    found = likely_pairs([Counter(one) for one in old], [Counter(one) for one in new])
    assert {0: 1, 1: 0} == found


def test_many_of_a_kind_stay_in_time() -> None:
    """Eight hundred, each of which has a partner, and a part that all have."""
    old = [Counter({f"{number} {part}": 1 for part in range(4)}) for number in range(800)]
    new = [Counter({**one, "more": 1}) for one in reversed(old)]
    assert {at: 799 - at for at in range(800)} == likely_pairs(
        [Counter(one) for one in old], [Counter(one) for one in new]
    )


def _gain(old: Sequence[str], new: Sequence[str]) -> float:
    size, common = len(old) + len(new), (Counter(old) & Counter(new)).total()
    return CREATION_SHARE * size - (size - 2 * common)


def _best(old: list[list[str]], new: list[list[str]]) -> float:
    few, many = sorted((old, new), key=len)
    return max(
        sum(max(_gain(one, other), 0) for one, other in zip(few, order, strict=True))
        for order in permutations(many, len(few))
    )
