"""Porting in two steps ends where porting in one does, where upstream's changes keep apart."""

from __future__ import annotations

import random

import pytest

from patchkit.engine.policy import Policy
from patchkit.model.report import Status
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


def with_changes(
    rng: random.Random, text: list[bytes], word: bytes, places: list[int]
) -> list[bytes]:
    """Each of the old lines at these places is replaced by one, by two, or deleted."""
    wanted = {b"line %d\n" % place: place for place in places}
    changed = []
    for line in text:
        if line in wanted:
            fresh = [b"%b %d\n" % (word, wanted[line]), b"%b %d too\n" % (word, wanted[line])]
            changed += fresh[: rng.randint(0, 2)]
        else:
            changed.append(line)
    return changed


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_two_steps_equal_one_wherever_nothing_is_held(first: int) -> None:
    """Old to middle to new is old to new also where changes touch and rules settle them, as long
    as no line stands twice."""
    compared = settled = 0
    for seed in range(first, first + 50):
        rng = random.Random(seed)
        lines = [b"line %d\n" % number for number in range(40)]
        spots = rng.sample(range(40), 9)
        middle = with_changes(rng, lines, b"first", spots[:3])
        new = with_changes(rng, middle, b"second", spots[3:6])
        theirs = with_changes(rng, lines, b"patch", spots[6:])
        old_file, middle_file, new_file, patched = (
            {b"f": File(b"".join(text))} for text in (lines, middle, new, theirs)
        )
        direct = port(stack_of(diff(old_file, patched)), old_file, new_file, EXACT)
        step = port(stack_of(diff(old_file, patched)), old_file, middle_file, EXACT)
        if step.patches[0].status.needs_person or direct.patches[0].status.needs_person:
            continue
        assert step.patches[0].content is not None
        second = port(stack_of(step.patches[0].content), middle_file, new_file, EXACT)
        if second.patches[0].status.needs_person:
            continue
        compared += 1
        settled += direct.patches[0].status is Status.RESOLVED
        assert direct.result == second.result, seed
    assert compared >= 15
    assert settled >= 5
