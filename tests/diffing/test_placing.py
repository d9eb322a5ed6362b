"""Hunks go where GNU patch puts them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import (
    NearPlace,
    nearest_place,
    place_hunks,
    positions_of,
    stands_at,
)
from patchkit.diffing.unified import parse_patch
from patchkit.model.patch import Hunk
from patchkit.model.tree import split_lines
from tests.strategies.patches import loose_patchings, patchings

from .oracles import Taken, gnu_patch

Placed = tuple[tuple[Taken | None, ...], bytes]


def _hunks_of(patch: bytes) -> tuple[Hunk, ...]:
    return parse_patch("p", patch).files[0].hunks


def _placed(target: bytes, patch: bytes, fuzz: int) -> Placed:
    lines = split_lines(target)
    hunks = _hunks_of(patch)
    places = place_hunks(hunks, lines, fuzz)
    taken = tuple(None if place is None else Taken(place.offset, place.fuzz) for place in places)
    return taken, b"".join(apply_edits(lines, edits_of(hunks, places, lines)))


@settings(max_examples=350, deadline=None)
@given(patchings())
def test_agrees_with_gnu_patch(case: tuple[bytes, bytes, int]) -> None:
    """What is taken, with which offset and fuzz, and the bytes that come out are GNU patch's."""
    theirs = gnu_patch(*case)
    assert not theirs.malformed, theirs.said
    assert (theirs.hunks, theirs.result) == _placed(*case), theirs.said


@settings(max_examples=300, deadline=None)
@given(loose_patchings())
def test_agrees_with_gnu_patch_on_hunks_that_no_diff_writes(case: tuple[bytes, bytes, int]) -> None:
    """Lopsided context, wrong line numbers and misordered hunks are read as GNU patch does."""
    theirs = gnu_patch(*case)
    assert not theirs.malformed, theirs.said
    assert (theirs.hunks, theirs.result) == _placed(*case), theirs.said


@settings(max_examples=150, deadline=None)
@given(patchings(), st.data())
def test_stands_at_is_what_gnu_patch_takes_at_that_line(
    case: tuple[bytes, bytes, int], data: st.DataObject
) -> None:
    """A hunk whose header names the place is taken there, without fuzz and offset, or nowhere."""
    target, patch, _ = case
    lines = split_lines(target)
    hunk = data.draw(st.sampled_from(_hunks_of(patch)))
    near = [place.at for place in place_hunks([hunk], lines, 0) if place is not None]
    at = data.draw(st.sampled_from([*near, *range(len(lines) + 2)]))
    start = at + 1 if hunk.old else at
    moved = b"--- a/file\n+++ b/file\n@@ -%d,%d +%d,%d @@\n" % (
        start, hunk.old_count, start, hunk.new_count,
    ) + hunk.raw.partition(b"\n")[2]  # fmt: skip
    exact = (Taken(0, 0),)
    is_beyond = not hunk.old and at > len(lines)  # taken, but no place in the file
    expected = gnu_patch(target, moved, 0).hunks == exact and not is_beyond
    assert expected == stands_at(hunk, lines, at)


def test_stands_at_refuses_places_outside_the_file() -> None:
    """No index before the first or behind the last line is a place."""
    (hunk,) = _hunks_of(b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n")
    assert [False, True, False] == [stands_at(hunk, [b"a\n"], at) for at in (-1, 0, 1)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([b"x\n", b"one\n", b"two\n", b"other\n"], NearPlace(1, 2, 4), id="most lines"),
        pytest.param([b"}\n", b"\n", b"\t{\n"], None, id="only punctuation"),
        pytest.param([], None, id="empty file"),
        pytest.param([b"four\n"], NearPlace(0, 1, 4), id="would begin before the file"),
        pytest.param(
            [b"one\n", b"x\n", b"x\n", b"x\n", b"one\n", b"x\n"], NearPlace(4, 1, 4),
            id="of equals the one nearest to the header",
        ),
    ],
)  # fmt: skip
def test_nearest_place(lines: list[bytes], expected: NearPlace | None) -> None:
    """The nearest place is where most lines that say something stand as the hunk has them."""
    patch = b"--- a/f\n+++ b/f\n@@ -6,4 +6,4 @@\n one\n two\n-}\n+{\n four\n"
    assert expected == nearest_place(_hunks_of(patch)[0], positions_of(lines))


def test_nearest_place_stays_quick_where_a_line_is_everywhere() -> None:
    """Of a line that fills the file only the first places count."""
    (hunk,) = _hunks_of(b"--- a/f\n+++ b/f\n@@ -9 +9 @@\n-same\n+other\n")
    found = nearest_place(hunk, positions_of([b"same\n"] * 100))
    assert NearPlace(8, 1, 1) == found


def test_an_insertion_behind_the_end_goes_to_the_end() -> None:
    """A hunk without old lines is always taken; its place is never outside the file."""
    (hunk,) = _hunks_of(b"--- a/f\n+++ b/f\n@@ -7,0 +8 @@\n+new\n")
    (place,) = place_hunks([hunk], [b"a\n"], 0)
    assert place is not None
    assert (1, 0, 0) == (place.at, place.offset, place.fuzz)
    assert place_hunks([replace(hunk, old_start=0)], [b"a\n"], 0)[0] is not None
