"""Patches change places in a stack; GNU patch says what each order makes."""

from __future__ import annotations

import pytest

from patchkit.engine.carrying import Clash, moved_down, moved_up, without
from patchkit.engine.policy import Policy
from patchkit.engine.walking import Walk, walk_of
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import MemoryTree

from .making import Files, diff, edited, file, numbered, port, stack_of

POLICY = Policy(max_fuzz=0)
TEXT = numbered(40)
OLD: Files = {b"f": file(TEXT), b"kept": file(b"kept\n")}
LONGER: Files = {**OLD, b"f": file(b"first\n" + TEXT)}
EDITED: Files = {**LONGER, b"f": file(edited(LONGER[b"f"].content, (b"line 30\n", b"30\n")))}
MADE: Files = {**EDITED, b"n": file(b"new\n")}
AGAIN: Files = {**MADE, b"f": file(edited(MADE[b"f"].content, (b"\n30\n", b"\nthirty\n")))}
STACK = stack_of(diff(OLD, LONGER), diff(LONGER, EDITED), diff(EDITED, MADE), diff(MADE, AGAIN))


def walk(tree: Files = OLD) -> Walk:
    """A line at the top, a line further down, a new file, and the second line once more."""
    return walk_of(STACK, MemoryTree(tree), POLICY)


def made_by(patches: tuple[StackedPatch, ...], tree: Files) -> Files:
    """What GNU patch makes of the tree with these patches, without offset."""
    stack = stack_of(*(one.patch for one in patches), entries=[one.entry for one in patches])
    result = port(stack, tree, tree, POLICY).result
    found = {path: result.get(path, tree.get(path)) for path in (*tree, *result)}
    return {path: one for path, one in found.items() if one is not None}


@pytest.mark.parametrize(
    ("at", "to", "order"),
    [(1, 0, "21"), (2, 0, "312"), (2, 1, "32"), (3, 2, "43")],
)
def test_a_patch_goes_up(at: int, to: int, order: str) -> None:
    """In front of those that it does not meet; line numbers are those of its new place."""
    found = moved_up(walk(), at, to, POLICY)
    assert not isinstance(found, Clash)
    assert [f"{number}.patch" for number in order] == [one.name for one in found]
    base, after = ((OLD, LONGER, EDITED, MADE, AGAIN)[index] for index in (to, at + 1))
    assert after == made_by(found, base)


@pytest.mark.parametrize(
    ("at", "to", "order"),
    [(0, 1, "21"), (0, 3, "2341"), (1, 2, "32"), (2, 3, "43")],
)
def test_a_patch_goes_down(at: int, to: int, order: str) -> None:
    """Behind those that do not meet it; line numbers are those of its new place."""
    found = moved_down(walk(), at, to, POLICY)
    assert not isinstance(found, Clash)
    assert [f"{number}.patch" for number in order] == [one.name for one in found]
    base, after = ((OLD, LONGER, EDITED, MADE, AGAIN)[index] for index in (at, to + 1))
    assert after == made_by(found, base)


def test_what_needs_no_other_place_keeps_its_bytes() -> None:
    """The patch of another file is the same wherever it stands."""
    up, down = moved_up(walk(), 2, 0, POLICY), moved_down(walk(), 0, 2, POLICY)
    assert not isinstance(up, Clash)
    assert not isinstance(down, Clash)
    assert STACK.patches[2].patch == up[0].patch == down[1].patch
    assert STACK.patches[0].patch == up[1].patch == down[2].patch
    assert STACK.patches[1].patch == up[2].patch != down[0].patch


@pytest.mark.parametrize(("at", "to"), [(3, 0), (3, 1)])
def test_who_is_met_on_the_way_up(at: int, to: int) -> None:
    """The last of those in front that it cannot do without."""
    clash = moved_up(walk(), at, to, POLICY)
    assert isinstance(clash, Clash)
    assert ("4.patch", "2.patch", b"f") == (clash.patch, clash.other, clash.path)
    assert clash.region is not None


def test_who_is_met_on_the_way_down() -> None:
    """The first behind that cannot do without it."""
    clash = moved_down(walk(), 1, 3, POLICY)
    assert isinstance(clash, Clash)
    assert {"4.patch", "2.patch"} == {clash.patch, clash.other}
    assert b"f" == clash.path


def test_what_goes_along_with_a_patch_that_goes() -> None:
    """What needs it, with why; the others stay, at their new lines."""
    found = without(walk(), ["2.patch"], POLICY)
    assert ("2.patch", "4.patch") == found.removed
    assert ["1.patch", "3.patch"] == [one.name for one in found.patches]
    assert [("4.patch", "2.patch", b"f")] == [
        (one.patch, one.other, one.path) for one in found.clashes
    ]
    assert {b"f": LONGER[b"f"], b"n": file(b"new\n")} == dict(found.changes)
    alone = without(walk(), ["1.patch", "2.patch", "4.patch"], POLICY)
    assert ((), {b"n": file(b"new\n")}) == (alone.clashes, dict(alone.changes))
