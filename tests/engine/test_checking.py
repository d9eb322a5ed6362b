"""How a stack fits its own version: the same that GNU patch says of it."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

import pytest

from patchkit.engine.checking import Fit, PatchFit, check_stack
from patchkit.engine.policy import Policy
from patchkit.model.series import Entry
from patchkit.model.stack import Stack
from patchkit.model.tree import MemoryTree, split_lines

from .gnupatch import run_patch, write_tree
from .making import Files, diff, edited, file, numbered, stack_of

TEXT = numbered(30)
PATCHED = edited(TEXT, (b"line 15\n", b"fifteen\n"))
PATCH = diff({b"f": file(TEXT)}, {b"f": file(PATCHED)})
_HUNK = re.compile(
    rb"Hunk #(\d+) (FAILED|succeeded) at \d+(?: with fuzz (\d+))?(?: \(offset (-?\d+))?"
)


def check(stack: Stack, tree: Files, fuzz: int = 2) -> tuple[PatchFit, ...]:
    """How the stack fits the tree."""
    return check_stack(stack, MemoryTree(tree), Policy(max_fuzz=fuzz))


@pytest.mark.parametrize(
    ("tree", "fit", "fuzz", "offset"),
    [
        (TEXT, Fit.EXACT, 0, 0),
        (b"0\n0\n" + TEXT, Fit.OFFSET, 0, 2),
        (edited(TEXT, (b"line 1\n", b"")), Fit.OFFSET, 0, -1),
        (edited(TEXT, (b"line 12\n", b"twelve\n")), Fit.FUZZ, 1, 0),
        (b"0\n" + edited(TEXT, (b"line 17\n", b"x\n")), Fit.FUZZ, 2, 1),
        (edited(TEXT, (b"line 14\n", b"x\n")), Fit.BROKEN, 0, 0),
    ],
)
def test_each_fit(tree: bytes, fit: Fit, fuzz: int, offset: int) -> None:
    """From exact over offset and fuzz to broken."""
    (found,) = check(stack_of(PATCH), {b"f": file(tree)})
    assert (fit, fuzz, offset) == (found.fit, found.fuzz, found.offset)


def test_what_is_broken_says_why() -> None:
    """The problem of a hunk, of a file that is missing, and of what patch cannot do."""
    gone, other, binary = check(
        stack_of(
            diff({b"g": file(TEXT)}, {b"g": file(PATCHED)}),
            edited(PATCH, (b"-line 15\n", b"-line 51\n")),
            b"diff --git a/f b/f\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZPo\n\n",
        ),
        {b"f": file(TEXT)},
    )
    assert [Fit.BROKEN] * 3 == [gone.fit, other.fit, binary.fit]
    assert ("The file is not in its own base.",) == gone.files[0].problems
    assert "Hunk 1 does not apply" in other.files[0].problems[0]
    assert [None] == [hunk.place for hunk in other.files[0].hunks]
    assert "binary" in binary.files[0].problems[0]


def test_a_later_patch_is_checked_on_what_the_earlier_ones_made() -> None:
    """Creations, renames, copies of what the same patch changed, and reversed lines."""
    first: Files = {b"f": file(TEXT), b"n": file(TEXT + b"new\n")}
    second: Files = {
        b"m": file(edited(TEXT + b"new\n", (b"line 3\n", b"3\n"))),
        b"f": file(PATCHED),
    }
    third: Files = {**second, b"f": file(TEXT), b"c": file(PATCHED + b"more\n")}
    patches = [
        diff({b"f": file(TEXT)}, first),
        diff(first, second, "-M"),
        diff(third, second),
        diff(third, {**third, b"m": file(TEXT)}),
    ]
    entries = [Entry("1"), Entry("2"), Entry("3", is_reversed=True), Entry("4")]
    found = check(stack_of(*patches, entries=entries), {b"f": file(TEXT)})
    assert [Fit.EXACT] * 4 == [patch.fit for patch in found]


def test_a_copy_is_checked_on_the_file_before_the_patch() -> None:
    """The source grew in the same patch; its copy was made before that."""
    old = {b"f": file(TEXT)}
    theirs = {b"f": file(b"0\n0\n" + TEXT), b"g": file(PATCHED)}
    (found,) = check(stack_of(diff(old, theirs, "-C")), old)
    assert (Fit.EXACT, 0) == (found.fit, found.offset)


def test_a_watcher_hears_of_every_patch() -> None:
    """Whoever watches is told each patch before it is checked."""
    heard: list[tuple[int, str]] = []
    check_stack(
        stack_of(PATCH), MemoryTree({b"f": file(TEXT)}), Policy(), lambda *told: heard.append(told)
    )
    assert [(1, "1.patch")] == heard


@pytest.mark.parametrize("seed", range(60))
def test_offset_and_fuzz_are_those_that_patch_says(seed: int) -> None:
    """Two changes of a file that has meanwhile changed elsewhere, or just there."""
    rng = random.Random(seed)
    places = sorted(rng.sample(range(2, 28), 2))
    after = split_lines(TEXT)
    for place in places:
        after[place] = b"patched %d\n" % place
    patch = diff({b"f": file(TEXT)}, {b"f": file(b"".join(after))}, f"-U{rng.randint(0, 4)}")
    lines = split_lines(TEXT)
    for _ in range(3):
        place = rng.randrange(len(lines))
        lines[place : place + rng.randint(0, 1)] = [b"new\n"] * rng.randint(0, 2)
    tree = {b"f": file(b"".join(lines))}
    fuzz = rng.randint(0, 2)
    (found,) = check(stack_of(patch), tree, fuzz)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, tree)
        code, output = run_patch(root, patch, fuzz=fuzz)
    said = {int(number): rest for number, *rest in _HUNK.findall(output)}
    for hunk in found.files[0].hunks:
        verb, its_fuzz, offset = said.get(hunk.number, (b"succeeded", b"", b""))
        place_or_none = hunk.place
        assert (verb == b"FAILED") == (place_or_none is None)
        if place_or_none is not None:
            expected = (int(its_fuzz or 0), int(offset or 0))
            assert expected == (place_or_none.fuzz, place_or_none.offset)
    assert (code == 0) == (found.fit is not Fit.BROKEN)
