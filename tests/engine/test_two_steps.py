"""Porting in two steps ends where porting in one does, where upstream's changes keep apart."""

from __future__ import annotations

import random

import pytest

from patchkit.engine.policy import Policy
from patchkit.model.tree import File

from .making import diff, port, stack_of

EXACT = Policy(max_fuzz=0)


@pytest.mark.parametrize("seed", range(60))
def test_two_steps_equal_one(seed: int) -> None:
    """Old to middle to new is old to new, where upstream's lines are unlike any other."""
    rng = random.Random(seed)
    numbers = list(range(60))
    old = b"".join(b"line %d\n" % number for number in numbers)

    def with_insertions(content: bytes, word: bytes, places: list[int]) -> bytes:
        for place in places:
            mark = b"line %d\n" % place
            content = content.replace(mark, b"%b %d\n" % (word, place) + mark)
        return content

    spots = rng.sample(range(2, 60, 4), 9)
    middle = with_insertions(old, b"first", spots[:3])
    new = with_insertions(middle, b"second", spots[3:6])
    patch = diff({b"f": File(old)}, {b"f": File(with_insertions(old, b"patch", spots[6:]))})
    first = port(stack_of(patch), {b"f": File(old)}, {b"f": File(middle)}, EXACT)
    assert first.patches[0].content is not None
    second = port(
        stack_of(first.patches[0].content), {b"f": File(middle)}, {b"f": File(new)}, EXACT
    )
    direct = port(stack_of(patch), {b"f": File(old)}, {b"f": File(new)}, EXACT)
    assert direct.result == second.result
    assert direct.patches[0].content == second.patches[0].content
