"""The parts of a patch as values: sides of a hunk, names of a file diff, raw bytes."""

from __future__ import annotations

import subprocess
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.patch import (
    FileDiff,
    Hunk,
    Line,
    LineKind,
    Names,
    Operation,
    Patch,
    strip_components,
)

_KINDS = {" ": LineKind.CONTEXT, "-": LineKind.REMOVED, "+": LineKind.ADDED}


def _hunk(*lines: str) -> Hunk:
    """A hunk whose lines are given with their markers."""
    parts = tuple(Line(_KINDS[line[0]], line[1:].encode() + b"\n") for line in lines)
    old = sum(line.kind is not LineKind.ADDED for line in parts)
    new = sum(line.kind is not LineKind.REMOVED for line in parts)
    return Hunk(1, old, 1, new, b"", parts, b"@@\n" + "\n".join(lines).encode() + b"\n")


def test_sides_of_a_hunk() -> None:
    """The old side is context and removed lines, the new one context and added ones."""
    hunk = _hunk(" a", "-b", "+c", " d", "+e")
    assert (b"a\n", b"b\n", b"d\n") == hunk.old
    assert (b"a\n", b"c\n", b"d\n", b"e\n") == hunk.new


@pytest.mark.parametrize(
    ("lines", "leading", "trailing"),
    [
        ((" a", " b", "-c", " d"), 2, 1),
        (("-c", " d"), 0, 1),
        ((" a", "+b"), 1, 0),
        (("+a", " b", "-c"), 0, 0),
        ((" a", " b"), 2, 2),
        ((), 0, 0),
    ],
)
def test_context_at_the_ends(lines: tuple[str, ...], leading: int, trailing: int) -> None:
    """Only context before the first and behind the last change counts; without any, all of it."""
    hunk = _hunk(*lines)
    assert (leading, trailing) == (hunk.leading_context, hunk.trailing_context)


def test_raw_is_all_parts_in_order() -> None:
    """A patch is prologue, header, payload and hunks of each file, epilogue."""
    text = FileDiff(b"one\n", Operation.MODIFY, b"a", b"a", (_hunk("-a"), _hunk("+b")))
    binary = FileDiff(b"two\n", Operation.MODIFY, b"b", b"b", binary=b"payload\n")
    patch = Patch("p", b"before\n", (text, binary), b"after\n")
    assert b"before\none\n@@\n-a\n@@\n+b\ntwo\npayload\nafter\n" == patch.raw


def test_patches_are_values() -> None:
    """Equal parts are equal, and nothing can be changed in place."""
    assert _hunk(" a", "-b") == _hunk(" a", "-b")
    with pytest.raises(FrozenInstanceError):
        _hunk("-b").old_start = 2  # type: ignore[misc]  # it is frozen


@pytest.mark.parametrize(
    ("name", "strip", "expected"),
    [
        (b"a/b/c", 0, b"a/b/c"),
        (b"a/b/c", 1, b"b/c"),
        (b"a/b/c", 2, b"c"),
        (b"a/b/c", 3, None),
        (b"a//b", 1, b"b"),
        (b"/a/b", 1, b"a/b"),
        (b"//a/b", 1, b"a/b"),
        (b"a/with blank", 1, b"with blank"),
    ],
)
def test_names_are_stripped_as_patch_does(
    tmp_path: Path, name: bytes, strip: int, expected: bytes | None
) -> None:
    """GNU patch creates the file at the path that is left, or nothing if none is."""
    assert expected == strip_components(name, strip)
    text = b"--- /dev/null\n+++ " + name + b"\t2020-02-02\n@@ -0,0 +1 @@\n+x\n"
    command = ("patch", "--force", "--silent", f"-p{strip}")
    subprocess.run(command, input=text, cwd=tmp_path, capture_output=True, check=False)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert ([] if expected is None else [expected]) == [
        bytes(path.relative_to(tmp_path)) for path in made
    ]


@pytest.mark.parametrize(
    ("name", "strip", "expected"),
    [
        (b"./a", 0, b"a"), (b"a/.//b", 1, b"b"), (b".///.//a", 0, b"a"), (b"./X/a", 0, b"X/a"),
        (b"a/", 1, None),        (b"", 0, None), (b"a/./", 1, None),
    ],
)  # fmt: skip
def test_what_is_left_is_a_path_of_a_tree(name: bytes, strip: int, expected: bytes | None) -> None:
    """No leading `./` stays, and nothing is no path."""
    assert expected == strip_components(name, strip)


@given(st.binary(), st.integers(0, 3))
def test_stripping_only_removes_from_the_front(name: bytes, strip: int) -> None:
    """What is left is never empty, and is how the name ends."""
    left = strip_components(name, strip)
    assert left is None or (left and name.endswith(left) and not left.startswith(b"./"))


_DIFF = FileDiff(b"", Operation.MODIFY, b"a/x/f", b"b/x/g")
_MOVE = FileDiff(b"", Operation.RENAME, None, None, moved_from=b"x/f", moved_to=b"x/g")


@pytest.mark.parametrize(
    ("diff", "strip", "expected"),
    [
        (_DIFF, 1, Names(b"x/f", b"x/g")),
        (_DIFF, 0, Names(b"a/x/f", b"b/x/g")),
        (_DIFF, 3, Names(None, None)),
        (replace(_DIFF, old_name=None), 1, Names(None, b"x/g")),
        (replace(_DIFF, new_name=None), 1, Names(b"x/f", None)),
        (replace(_DIFF, old_name=b"short"), 1, Names(None, b"x/g")),
        (_MOVE, 1, Names(b"x/f", b"x/g")),
        (_MOVE, 2, Names(b"f", b"g")),
        (_MOVE, 0, Names(b"x/f", b"x/g")),
        (replace(_MOVE, old_name=b"a/y/f", new_name=b"b/y/g"), 1, Names(b"y/f", b"y/g")),
        (replace(_MOVE, moved_to=None), 1, Names(None, None)),
    ],
)
def test_names_of_a_diff(diff: FileDiff, strip: int, expected: Names) -> None:
    """Both names are stripped alike; those of a move count where no others are, without prefix."""
    assert expected == diff.names(strip)
