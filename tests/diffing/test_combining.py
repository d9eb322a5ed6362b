"""Combining the changes of two sides: what is apart, what is inside, and the laws."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.alignment import Gap
from patchkit.diffing.combining import Changes, are_apart, changed, combined, is_inside

WORDS = st.lists(st.sampled_from([b"a", b"b", b"c", b"}", b"1", b"2", b"3"]), max_size=8).map(tuple)


def units(text: str) -> tuple[bytes, ...]:
    """A unit for every letter."""
    return tuple(letter.encode() for letter in text)


def both(base: str, theirs: str, ours: str) -> str | None:
    """What the two make of base together."""
    found = combined(Changes.of(units(base), units(theirs), units(ours)))
    return None if found is None else b"".join(found).decode()


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        pytest.param(Gap(1, 2, 1, 2), Gap(2, 3, 2, 3), True, id="touching"),
        pytest.param(Gap(1, 3, 1, 2), Gap(2, 4, 2, 3), False, id="overlapping"),
        pytest.param(Gap(2, 2, 2, 3), Gap(2, 2, 2, 4), False, id="insertions at one place"),
        pytest.param(Gap(2, 2, 2, 3), Gap(2, 4, 2, 2), True, id="an insertion before"),
        pytest.param(Gap(4, 4, 4, 5), Gap(2, 4, 2, 2), True, id="an insertion behind"),
        pytest.param(Gap(3, 3, 3, 4), Gap(2, 4, 2, 2), False, id="an insertion within"),
    ],
)
def test_what_is_apart(one: Gap, two: Gap, *, expected: bool) -> None:
    """Changes are apart when no unit of base belongs to both; the order does not matter."""
    assert expected is are_apart(one, two)
    assert expected is are_apart(two, one)


@pytest.mark.parametrize(
    ("change", "deletion", "expected"),
    [
        pytest.param(Gap(3, 4, 3, 5), Gap(2, 6, 2, 2), True, id="in the middle"),
        pytest.param(Gap(3, 3, 3, 5), Gap(2, 6, 2, 2), True, id="an insertion in the middle"),
        pytest.param(Gap(2, 4, 2, 5), Gap(2, 6, 2, 2), False, id="at its first unit"),
        pytest.param(Gap(3, 6, 3, 5), Gap(2, 6, 2, 2), False, id="at its last unit"),
        pytest.param(Gap(3, 4, 3, 5), Gap(2, 6, 2, 3), False, id="in a replacement"),
    ],
)
def test_what_is_inside(change: Gap, deletion: Gap, *, expected: bool) -> None:
    """Inside is what leaves a unit alone at both ends of a deletion."""
    assert expected is is_inside(change, deletion)


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "expected"),
    [
        ("abcd", "aXcd", "abYd", "aXYd"),
        ("abcd", "acd", "abYd", "aYd"),
        ("abcd", "aXbcd", "aYcd", "aXYcd"),
        ("abcd", "aXbcd", "aYbcd", None),
        ("abcd", "aXcd", "aYcd", None),
        ("abcd", "ad", "abYd", None),
        ("", "X", "", "X"),
        ("abcd", "abcd", "wxyz", "wxyz"),
    ],
)
def test_combined(base: str, theirs: str, ours: str, expected: str | None) -> None:
    """Both changes where they are apart, else nothing."""
    assert expected == both(base, theirs, ours)


def test_what_is_covered_gives_way() -> None:
    """A change of ours that theirs covers is left out; one that is apart stays."""
    changes = Changes.of(units("abcdefg"), units("afg"), units("abXdefY"))
    assert combined(changes) is None
    assert units("afY") == combined(changes, is_inside)


def test_too_many_pairs_are_not_compared() -> None:
    """Beyond ten thousand pairs of changes nothing is combined: the cost is bounded."""
    base = tuple(b"%d" % number for number in range(440))
    theirs = tuple(b"t" + one if at % 4 == 0 else one for at, one in enumerate(base))
    ours = tuple(b"o" + one if at % 4 == 2 else one for at, one in enumerate(base))
    assert len(changed(base, theirs)) * len(changed(base, ours)) > 10_000
    assert combined(Changes.of(base, theirs, ours)) is None
    assert combined(Changes.of(base[:80], theirs[:80], ours[:80])) is not None


@given(WORDS, WORDS, WORDS)
def test_sides_may_change_places(
    base: tuple[bytes, ...], theirs: tuple[bytes, ...], ours: tuple[bytes, ...]
) -> None:
    """Which of the two sides is upstream's makes no difference."""
    assert combined(Changes.of(base, theirs, ours)) == combined(Changes.of(base, ours, theirs))


@given(WORDS, WORDS, WORDS)
def test_every_change_is_there_once(
    base: tuple[bytes, ...], theirs: tuple[bytes, ...], ours: tuple[bytes, ...]
) -> None:
    """The result gains what both sides gain together, and loses what both lose."""
    found = combined(Changes.of(base, theirs, ours))
    if found is not None:
        assert Counter(found) + Counter(base) == Counter(theirs) + Counter(ours)


@given(WORDS, WORDS)
def test_a_side_that_changes_nothing_gives_the_other(
    base: tuple[bytes, ...], other: tuple[bytes, ...]
) -> None:
    """Combined with base itself, a side stays as it is."""
    assert other == combined(Changes.of(base, base, other))
