"""Edits do what GNU patch does, also where a last line has no newline."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.diffing.edits import Edit, apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.model.patch import LineKind
from patchkit.model.tree import split_lines
from tests.strategies.text import changed, files

from .oracles import diff, gnu_patch

_HEADER = b"--- a/file\n+++ b/file\n"
_OPEN = b"\\ No newline at end of file\n"


def _edits(patch: bytes, target: bytes) -> tuple[Edit, ...]:
    hunks = parse_patch("p", patch).files[0].hunks
    lines = split_lines(target)
    return edits_of(hunks, place_hunks(hunks, lines, 0), lines)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_edits_of_a_diff_make_its_new_side(data: st.DataObject) -> None:
    """Odd bytes, line ends of DOS and missing newlines included."""
    old = data.draw(files())
    new = data.draw(changed(old))
    patch = diff(b"".join(old), b"".join(new), data.draw(st.integers(0, 3)))
    if patch:
        edits = _edits(patch, b"".join(old))
        assert new == apply_edits(old, edits)
        assert len(new) - len(old) == sum(edit.growth for edit in edits)
        for edit in edits:
            removed = [line.content for line in edit.lines if line.kind is LineKind.REMOVED]
            added = [line.content for line in edit.lines if line.kind is LineKind.ADDED]
            assert (old[edit.start : edit.stop], list(edit.added)) == (removed, added)


@pytest.mark.parametrize(
    ("target", "hunks", "expected"),
    [
        pytest.param(
            b"a", b"@@ -1,0 +2 @@\n+b\n", b"a\nb\n", id="an appended line ends the line before it"
        ),
        pytest.param(
            b"a", b"@@ -1,0 +2 @@\n+b\n" + _OPEN, b"a\nb", id="and may itself stay without newline"
        ),
        pytest.param(
            b"a", b"@@ -1,0 +2 @@\n+b\n@@ -1,0 +3 @@\n+c\n", b"a\nb\nc\n", id="two appended at once"
        ),
        pytest.param(
            b"a\nb\n", b"@@ -1 +1 @@\n-a\n+A\n" + _OPEN, b"A\nb\n",
            id="a line without newline is ended where others follow",
        ),
        pytest.param(
            b"a\nb", b"@@ -2 +2,2 @@\n-b\n" + _OPEN + b"+c\n+d\n" + _OPEN, b"a\nc\nd",
            id="a replaced last line",
        ),
        pytest.param(b"a\nb", b"@@ -1 +0,0 @@\n-a\n", b"b", id="the last line is left as it is"),
        pytest.param(b"", b"@@ -0,0 +1 @@\n+a\n" + _OPEN, b"a", id="an empty file"),
        pytest.param(
            b"a\nb", b"@@ -2 +1,0 @@\n-b\n" + _OPEN + b"@@ -2,0 +2 @@\n+c\n", b"a\nc\n",
            id="the last line removed, another one appended",
        ),
    ],
)  # fmt: skip
def test_missing_newlines(target: bytes, hunks: bytes, expected: bytes) -> None:
    """GNU patch ends a line where more follows, and leaves the end of the file to the patch."""
    assert expected == gnu_patch(target, _HEADER + hunks, 0).result
    edits = _edits(_HEADER + hunks, target)
    assert expected == b"".join(apply_edits(split_lines(target), edits))


def test_an_edit_says_where_in_its_hunk_it_stands() -> None:
    """Runs are split at context, numbered by hunk, with the distance from the hunk's first line."""
    patch = _HEADER + b"@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n+x\n-d\n e\n@@ -8 +8 @@\n-h\n+H\n"
    edits = _edits(patch, b"a\nb\nc\nd\ne\nf\ng\nh\n")
    found = [(edit.start, edit.stop, edit.added, edit.hunk, edit.offset) for edit in edits]
    assert [
        (1, 2, (b"B\n",), 0, 1),
        (3, 4, (b"x\n",), 0, 3),
        (7, 8, (b"H\n",), 1, 0),
    ] == found
    assert [LineKind.ADDED, LineKind.REMOVED] == [line.kind for line in edits[1].lines]


def test_a_rejected_hunk_has_no_edits() -> None:
    """The edits of the other hunks keep the number of theirs."""
    patch = _HEADER + b"@@ -1 +1 @@\n-x\n+y\n@@ -2 +2 @@\n-b\n+B\n"
    assert [1] == [edit.hunk for edit in _edits(patch, b"a\nb\n")]
