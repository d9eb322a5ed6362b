"""A patch is split in two, and patches are folded into one: together they do what they did."""

from __future__ import annotations

import pytest

from patchkit.engine.policy import Policy
from patchkit.engine.recutting import Cut, fold_patches, split_patch
from patchkit.engine.walking import Walk, walk_of
from patchkit.errors import StackError
from patchkit.model.series import Entry
from patchkit.model.tree import MemoryTree

from .making import Files, diff, edited, file, numbered, program, stack_of

POLICY = Policy(max_fuzz=0)
TEXT = numbered(60)
OLD: Files = {b"f": file(TEXT), b"g": file(TEXT)}
THREE = ((b"line 5\n", b"5\n"), (b"line 25\n", b"new\n25\n"), (b"line 50\n", b"50\n"))
NEW: Files = {b"f": file(edited(TEXT, *THREE)), b"g": program(edited(TEXT, THREE[0]))}


def walk(*patches: bytes) -> Walk:
    """A walk through these patches."""
    return walk_of(stack_of(*patches), MemoryTree(OLD), POLICY)


def split(cut: Cut) -> tuple[Files, Files]:
    """The files after the first part of the patch, and after the second."""
    whole = walk(diff(OLD, NEW))
    first, second = split_patch(whole.steps[0], whole.tree_before(0), cut, Entry("2.patch"), POLICY)
    assert ("1.patch", "2.patch") == (first.name, second.name)
    found = walk(first.patch.raw, second.patch.raw)
    first_files, second_files = (
        {path: one for path, one in {**OLD, **found.changes_before(at)}.items() if one is not None}
        for at in (1, 2)
    )
    return first_files, second_files


@pytest.mark.parametrize(
    ("chosen", "stays"),
    [
        ({0: frozenset((2,))}, {**NEW, b"f": file(edited(TEXT, THREE[0], THREE[2]))}),
        ({0: frozenset((1, 3))}, {**NEW, b"f": file(edited(TEXT, THREE[1]))}),
        ({0: None}, {**NEW, b"f": OLD[b"f"]}),
        ({0: frozenset((1, 2, 3))}, {**NEW, b"f": OLD[b"f"]}),
        ({1: None}, {**NEW, b"g": OLD[b"g"]}),
    ],
)
def test_the_chosen_hunks_go(chosen: dict[int, frozenset[int] | None], stays: Files) -> None:
    """The first part leaves them out, and both together are the whole."""
    first, second = split(Cut(chosen))
    assert (stays, NEW) == (first, second)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({}, "1.patch: nothing would go into the second part. Choose other hunks."),
        (
            {0: None, 1: None},
            "1.patch: all of it would go into the second part. Choose other hunks.",
        ),
    ],
)
def test_an_empty_part_is_refused(chosen: dict[int, frozenset[int] | None], message: str) -> None:
    """A patch without a change is none."""
    with pytest.raises(StackError) as caught:
        split(Cut(chosen))
    assert message == str(caught.value)


def test_a_diff_that_changes_a_mode_stays_in_one_piece() -> None:
    """Nobody can say to which of its hunks the mode belongs."""
    both: Files = {**OLD, b"f": program(edited(TEXT, *THREE))}
    whole = walk(diff(OLD, both))
    with pytest.raises(StackError) as caught:
        split_patch(
            whole.steps[0], whole.tree_before(0), Cut({0: frozenset((1,))}), Entry("2"), POLICY
        )
    assert (
        "b/f: its diff does more than change lines, so it stays in one piece. "
        "Choose the whole file."
    ) == str(caught.value)


def test_patches_become_one() -> None:
    """It has the name of the first, the prologue that is given, and no step in between."""
    middle: Files = {**OLD, b"f": file(edited(TEXT, (b"line 5\n", b"five\n"), *THREE[1:]))}
    steps = walk(diff(OLD, middle), diff(middle, NEW)).steps
    folded = fold_patches(steps[0], steps[1:], walk().tree_before(0), b"Subject: one\n\n", POLICY)
    assert "1.patch" == folded.name
    assert folded.patch.raw.startswith(b"Subject: one\n\ndiff --git a/f b/f\n")
    assert b"five" not in folded.patch.raw
    assert NEW == {**OLD, **walk(folded.patch.raw).changes_before(1)}


def test_patches_that_take_each_other_back_are_not_folded() -> None:
    """What is left of them is nothing, so they can go."""
    steps = walk(diff(OLD, NEW), diff(NEW, OLD)).steps
    with pytest.raises(StackError) as caught:
        fold_patches(steps[0], steps[1:], walk().tree_before(0), b"", POLICY)
    assert ("1.patch: folded, nothing would be left of it. Remove the patches instead.") == str(
        caught.value
    )
