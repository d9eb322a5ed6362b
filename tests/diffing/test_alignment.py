"""Alignments pair equal lines in order; where no unique line helps they are as long as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patchkit.diffing.alignment import Block, Gap, align, coalesce, gaps
from tests.strategies.text import changed, files, simple_bodies

Lines = list[bytes]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Lines, Lines]:
    """Two versions of a file, or two files that have little in common."""
    one = draw(files(simple_bodies))
    other = st.one_of(changed(one, simple_bodies, max_changes=5), files(simple_bodies))
    return one, draw(other)


repetitive = st.lists(st.sampled_from((b"a\n", b"b\n", b"c\n")), max_size=12)


class CountedLines(Lines):
    """Lines that count how many of them were read."""

    read = 0

    @overload
    def __getitem__(self, at: SupportsIndex, /) -> bytes: ...
    @overload
    def __getitem__(self, at: slice, /) -> Lines: ...
    def __getitem__(self, at: SupportsIndex | slice, /) -> bytes | Lines:
        found = super().__getitem__(at)
        self.read += len(found) if isinstance(found, list) else 1
        return found


def _longest_common(one: Sequence[bytes], two: Sequence[bytes]) -> int:
    """The length of the longest common subsequence, by the textbook's table."""
    row = [0] * (len(two) + 1)
    for line in one:
        above = row
        row = [0]
        for at, other in enumerate(two):
            row.append(above[at] + 1 if line == other else max(above[at + 1], row[at]))
    return row[-1]


@settings(max_examples=250, deadline=None)
@given(versions())
def test_blocks_pair_equal_lines_in_order(sides: tuple[Lines, Lines]) -> None:
    """Blocks ascend on both sides, never overlap, hold equal lines, and are as long as possible."""
    base, ours = sides
    base_at = ours_at = 0
    for number, block in enumerate(align(base, ours)):
        assert block.count > 0
        assert block.base >= base_at
        assert block.ours >= ours_at
        assert number == 0 or (block.base, block.ours) != (base_at, ours_at)
        base_at, ours_at = block.base + block.count, block.ours + block.count
        assert base[block.base : base_at] == ours[block.ours : ours_at]
    assert base_at <= len(base)
    assert ours_at <= len(ours)


@settings(max_examples=250, deadline=None)
@given(versions())
def test_blocks_and_gaps_cover_both_sides(sides: tuple[Lines, Lines]) -> None:
    """Put together in order, the blocks and the gaps between them give both files again."""
    base, ours = sides
    blocks = align(base, ours)
    parts = [
        *((block.base, block.base + block.count, block.ours, block.ours + block.count)
          for block in blocks),
        *((gap.base_start, gap.base_stop, gap.ours_start, gap.ours_stop)
          for gap in gaps(blocks, len(base), len(ours))),
    ]  # fmt: skip
    parts.sort()
    assert base == [line for start, stop, _, _ in parts for line in base[start:stop]]
    assert ours == [line for _, _, start, stop in parts for line in ours[start:stop]]
    assert all(start < stop or other < other_stop for start, stop, other, other_stop in parts)


@settings(max_examples=300, deadline=None)
@given(files(simple_bodies), st.lists(st.integers(0, 25), max_size=8))
def test_new_lines_leave_all_others_paired(base: Lines, places: list[int]) -> None:
    """Where one side only got lines that the other has not, all others pair, whichever is first."""
    ours = list(base)
    for number, place in enumerate(places):
        ours.insert(place, b"new %d\n" % number)
    for one, two in ((base, ours), (ours, base)):
        assert len(base) == sum(block.count for block in align(one, two))


@given(files())
def test_equal_files_are_one_block(lines: Lines) -> None:
    """Nothing is left unpaired, and an empty file has no block."""
    expected = (Block(0, 0, len(lines)),) if lines else ()
    assert expected == align(lines, list(lines))
    assert [] == list(gaps(expected, len(lines), len(lines)))


@settings(max_examples=250, deadline=None)
@given(repetitive, repetitive)
@example([b"a\n", b"b\n", b"c\n", b"a\n"], [])
def test_without_unique_lines_as_many_as_can_be_are_paired(base: Lines, ours: Lines) -> None:
    """No line anchors, since each stands twice behind ends that differ: the pairs are a longest
    common subsequence."""
    base, ours = [b"<base\n", *base * 2, b"base>\n"], [b"<ours\n", *ours * 2, b"ours>\n"]
    paired = sum(block.count for block in align(base, ours))
    assert _longest_common(base, ours) == paired


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(8)))
def test_of_unique_lines_as_many_as_can_be_are_paired(order: list[int]) -> None:
    """Moved lines cannot all be paired; the longest ascending run of them is."""
    base = [b"%d\n" % number for number in range(8)]
    ours = [base[number] for number in order]
    assert _longest_common(base, ours) == sum(block.count for block in align(base, ours))


def test_unique_lines_anchor() -> None:
    """A new function before an equal-looking one: the names are paired, not the braces."""
    base = [b"f() {\n", b"  x\n", b"}\n"]
    ours = [b"g() {\n", b"  x\n", b"}\n", b"f() {\n", b"  x\n", b"}\n"]
    assert (Block(0, 3, 3),) == align(base, ours)


@pytest.mark.parametrize("count", [5_000, 40_000])
def test_files_without_common_unique_lines_stay_affordable(count: int) -> None:
    """The lines read grow with the files, not with their product, however unlike they are."""
    base = CountedLines([b"%d\n" % (at * at % 97 % 7) for at in range(count)])
    ours = CountedLines([b"%d\n" % (at * at * at % 89 % 7) for at in range(count)])
    blocks = align(base, ours)
    assert base.read + ours.read < 100 * count
    assert all(base[block.base] == ours[block.ours] for block in blocks)


def test_too_different_lines_stay_unpaired() -> None:
    """What would take too long is not guessed at; only the equal ends are paired."""
    head, tail = [b"head\n"], [b"tail\n"]
    base = head + [b"a\n", b"b\n"] * 400 + [b"x\n"] + tail
    ours = head + [b"y\n"] + [b"b\n", b"b\n", b"a\n", b"a\n"] * 400 + tail
    assert (Block(0, 0, 1), Block(len(base) - 1, len(ours) - 1, 1)) == align(base, ours)


def test_coalesce_joins_what_follows_directly_on_both_sides() -> None:
    """Blocks in any order; empty ones vanish; those that touch on one side only stay apart."""
    blocks = [Block(4, 5, 1), Block(2, 2, 2), Block(0, 0, 2), Block(5, 6, 2), Block(9, 9, 0)]
    assert (Block(0, 0, 4), Block(4, 5, 3)) == coalesce(blocks)


def test_gaps_before_between_and_behind() -> None:
    """A gap may be empty on one side; where both sides go on together there is none."""
    blocks = (Block(1, 0, 2), Block(3, 4, 1))
    assert [Gap(0, 1, 0, 0), Gap(3, 3, 2, 4), Gap(4, 5, 5, 5)] == list(gaps(blocks, 5, 5))
