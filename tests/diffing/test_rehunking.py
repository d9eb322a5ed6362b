"""Written hunks apply at their very lines, with GNU patch and with git, and change little."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings

from patchkit.diffing.edits import Edit, apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.rehunking import flip, write_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.model.patch import Hunk
from tests.strategies.patches import Lines, file_versions, portings
from tests.strategies.text import edit_of

from .oracles import Taken, diff, git_accepts, gnu_patch

_HEADER = b"--- a/file\n+++ b/file\n"


def _hunks_of(patch: bytes) -> tuple[Hunk, ...]:
    return parse_patch("p", patch).files[0].hunks


def _text(hunks: Sequence[Hunk]) -> bytes:
    return _HEADER + b"".join(hunk.raw for hunk in hunks)


def _lines(text: str) -> Lines:
    return [line.encode() + b"\n" for line in text.split()]


@settings(max_examples=250, deadline=None)
@given(portings())
def test_written_hunks_apply_at_their_very_lines(
    case: tuple[Lines, tuple[Edit, ...], tuple[Hunk, ...]],
) -> None:
    """GNU patch takes all of them without fuzz and offset, and makes the edited file.

    They ascend, do not overlap, stand in the file word for word, and count their new side along.
    """
    before, edits, hunks = case
    written = write_hunks(before, edits, hunks)
    done = gnu_patch(b"".join(before), _text(written), 0)
    assert (Taken(0, 0),) * len(written) == done.hunks, done.said
    assert b"".join(apply_edits(before, edits)) == done.result
    assert written == _hunks_of(_text(written))
    growth = at = 0
    for hunk in written:
        start = hunk.old_start - 1 if hunk.old else hunk.old_start
        new_start = hunk.new_start - 1 if hunk.new else hunk.new_start
        assert at <= start
        assert start + growth == new_start
        assert hunk.old == tuple(before[start : start + hunk.old_count])
        at = start + hunk.old_count
        growth += hunk.new_count - hunk.old_count


@settings(max_examples=120, deadline=None)
@given(portings(least_context=1))
def test_git_takes_written_hunks(case: tuple[Lines, tuple[Edit, ...], tuple[Hunk, ...]]) -> None:
    """git accepts them as well, where the patch has context at all."""
    before, edits, hunks = case
    written = write_hunks(before, edits, hunks)
    # git, unlike GNU patch, takes a hunk without context behind it for one at the end of the file.
    assume(
        all(
            hunk.trailing_context or hunk.old_start - 1 + hunk.old_count >= len(before)
            for hunk in written
        )
    )
    assert git_accepts(b"".join(before), _text(written))


@settings(max_examples=120, deadline=None)
@given(file_versions())
def test_hunks_that_apply_as_they_are_stay_the_same(
    case: tuple[Lines, Lines, tuple[Hunk, ...]],
) -> None:
    """On the file that the patch was made for nothing is rewritten."""
    base, _, hunks = case
    edits = edits_of(hunks, place_hunks(hunks, base, 0), base)
    written = write_hunks(base, edits, hunks)
    assert [hunk.raw for hunk in hunks] == [hunk.raw for hunk in written]


@settings(max_examples=120, deadline=None)
@given(portings())
def test_the_body_stays_where_a_hunk_applies_without_fuzz(
    case: tuple[Lines, tuple[Edit, ...], tuple[Hunk, ...]],
) -> None:
    """A hunk that all stands there keeps every byte behind its header, whatever its offset."""
    before, _, hunks = case
    assume(not before or before[-1].endswith(b"\n"))
    for hunk in hunks:
        places = place_hunks([hunk], before, 0)
        if places != (None,):
            (written,) = write_hunks(before, edits_of([hunk], places, before), [hunk])
            assert hunk.raw.partition(b"\n")[2] == written.raw.partition(b"\n")[2]


_PATCH = b"""\
--- a/file
+++ b/file
@@ -2,3 +2,3 @@ section
 b
-c
+C
 d
@@ -9,3 +9,4 @@
 i
+new
 j
 k
"""


def _written(before: Lines, patch: bytes = _PATCH, fuzz: int = 0) -> tuple[Hunk, ...]:
    hunks = _hunks_of(patch)
    return write_hunks(before, edits_of(hunks, place_hunks(hunks, before, fuzz), before), hunks)


def test_a_shifted_hunk_gets_new_numbers_only() -> None:
    """Both starts move; counts, section and body stay as they were written."""
    first, second = _written(_lines("x y a b c d e f g h i j k"))
    assert _PATCH.partition(b"@@ -9")[0].replace(b"-2,3 +2,3", b"-4,3 +4,3") == _text([first])
    assert b"@@ -11,3 +11,4 @@\n i\n+new\n j\n k\n" == second.raw


def test_counts_stay_as_they_were_written() -> None:
    """A count of one that the patch leaves out, or spells out, stays so."""
    patch = _HEADER + b"@@ -1 +1,1 @@ f()\r\n-a\n+A\n@@ -3,1 +2,0 @@\n-c\n"
    written = _written(_lines("x a b c"), patch)
    assert [b"@@ -2 +2,1 @@ f()\r", b"@@ -4,1 +3,0 @@"] == [
        hunk.raw.partition(b"\n")[0] for hunk in written
    ]


def test_new_starts_follow_the_hunks_that_are_left() -> None:
    """Where an earlier hunk went away, the later ones do not count its growth."""
    patch = _HEADER + b"@@ -1,2 +1,4 @@\n a\n+x\n+y\n b\n@@ -5,2 +7,3 @@\n e\n+z\n f\n"
    before = _lines("a b c d e f g")
    hunks = _hunks_of(patch)
    edits = edits_of(hunks, place_hunks(hunks, before, 0), before)[1:]
    (written,) = write_hunks(before, edits, hunks)
    assert b"@@ -5,2 +5,3 @@\n e\n+z\n f\n" == written.raw


def test_changed_surroundings_become_new_context() -> None:
    """The changed lines stay in their order, the section stays, context comes from the file."""
    (written, _) = _written(_lines("a B c d e f g h i j k"), fuzz=1)
    assert (
        b"@@ -1,6 +1,6 @@ section\n a\n B\n-c\n+C\n d\n e\n f\n"
    ) == written.raw  # fmt: skip


def test_context_is_as_long_as_the_patch_had_it() -> None:
    """A patch with more than three lines of context keeps that many."""
    base = [b"%d\n" % number for number in range(20)]
    new = [*base[:10], b"new\n", *base[11:]]
    patch = diff(b"".join(base), b"".join(new), 5)
    target = [*base[:6], b"other\n", *base[7:]]
    (written,) = _written(target, patch, 2)
    assert (5, 5) == (written.leading_context, written.trailing_context)


@pytest.mark.parametrize(
    ("at", "leading", "trailing"),
    [
        pytest.param(0, 0, 3, id="first line"),
        pytest.param(1, 1, 3, id="second line"),
        pytest.param(5, 3, 3, id="middle"),
        pytest.param(8, 3, 1, id="last line but one"),
        pytest.param(9, 3, 0, id="last line"),
    ],
)
def test_context_is_shorter_only_at_an_end_of_the_file(
    at: int, leading: int, trailing: int
) -> None:
    """GNU patch takes missing context for the start or the end of the file; there it is right."""
    before = [b"%d\n" % number for number in range(10)]
    hunks = _hunks_of(_HEADER + b"@@ -1 +1 @@\n-x\n+y\n")
    (written,) = write_hunks(before, [edit_of(before, at, at + 1, [b"new\n"])], hunks)
    assert (leading, trailing) == (written.leading_context, written.trailing_context)


def test_a_hunk_from_the_end_of_the_file_gets_context_behind_it() -> None:
    """Less context behind than before says end of file: no longer true, so it is written anew."""
    patch = _HEADER + b"@@ -2,2 +2,3 @@\n b\n c\n+new\n"
    hunks = _hunks_of(patch)
    before = _lines("a b c d e")
    (written,) = write_hunks(before, [edit_of(before, 3, 3, [b"new\n"])], hunks)
    assert b"@@ -1,5 +1,6 @@\n a\n b\n c\n+new\n d\n e\n" == written.raw


def test_a_hunk_from_the_start_of_the_file_keeps_its_body() -> None:
    """Less context before than behind binds only a hunk whose header says line 1."""
    patch = _HEADER + b"@@ -1,2 +1,3 @@\n+new\n a\n b\n"
    hunks = _hunks_of(patch)
    before = _lines("x a b c d")
    (written,) = write_hunks(before, edits_of(hunks, place_hunks(hunks, before, 2), before), hunks)
    assert (Taken(0, 0),) == gnu_patch(b"".join(before), _text([written]), 0).hunks


def test_hunks_whose_contexts_come_to_overlap_are_joined() -> None:
    """New context that reaches into the hunk before makes one hunk of both."""
    before = _lines("a b c d X i j k l m")
    patch = _PATCH.replace(b"@@ -9,3 +9,4 @@\n i\n", b"@@ -8,4 +8,5 @@\n h\n i\n")
    (written,) = _written(before, patch, 2)
    assert (
        b"@@ -1,9 +1,10 @@ section\n a\n b\n-c\n+C\n d\n X\n i\n+new\n j\n k\n l\n"
    ) == written.raw  # fmt: skip


def test_joining_may_reach_back_further() -> None:
    """A hunk that grew by joining may overlap the one before it; then that joins too."""
    before = [b"%d\n" % number for number in range(20)]
    patch = _HEADER + b"@@ -3,3 +3,3 @@\n 2\n-3\n+three\n 4\n@@ -7,3 +7,3 @@\n 6\n-7\n+seven\n 8\n"
    hunks = (*_hunks_of(patch), *_hunks_of(_HEADER + b"@@ -9,2 +9,2 @@\n x\n-8\n+eight\n"))
    edits = (
        *edits_of(hunks[:2], place_hunks(hunks[:2], before, 0), before),
        edit_of(before, 8, 9, [b"eight\n"], 2),
    )
    (written,) = write_hunks(before, edits, hunks)
    assert tuple(before[:12]) == written.old


def test_two_edits_of_one_kept_hunk_stay_one_hunk() -> None:
    """A hunk with context between its changes is kept whole."""
    patch = _HEADER + b"@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n-d\n+D\n e\n"
    assert patch == _text(_written(_lines("a b c d e f"), patch))


def test_a_hunk_of_which_a_part_is_left_is_written_anew() -> None:
    """What was held or is there already is not in the new hunk."""
    patch = _HEADER + b"@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n-d\n+D\n e\n"
    hunks = _hunks_of(patch)
    before = _lines("a b c d e f")
    first, _ = edits_of(hunks, place_hunks(hunks, before, 0), before)
    (written,) = write_hunks(before, [first], hunks)
    assert b"@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n" == written.raw


def test_a_missing_newline_is_said() -> None:
    """Lines without newline are followed by git's and GNU diff's remark, on either side."""
    before = [b"a\n", b"b"]
    hunks = _hunks_of(_HEADER + b"@@ -1 +1 @@ f\r\n-x\n+y\n")
    (written,) = write_hunks(before, [edit_of(before, 1, 2, [b"c"])], hunks)
    remark = b"\\ No newline at end of file\n"
    assert b"@@ -1,2 +1,2 @@ f\n a\n-b\n" + remark + b"+c\n" + remark == written.raw


def test_no_edits_no_hunks() -> None:
    """Nothing to change, nothing to write."""
    assert () == write_hunks(_lines("a b"), (), _hunks_of(_PATCH))


@settings(max_examples=120, deadline=None)
@given(file_versions())
def test_a_flipped_hunk_takes_the_change_back(case: tuple[Lines, Lines, tuple[Hunk, ...]]) -> None:
    """Flipped hunks make the old file of the new one, as `patch -R` would, and are well-formed.

    Flipped twice, a hunk is the one it was.
    """
    base, new, hunks = case
    flipped = [flip(hunk) for hunk in hunks]
    done = gnu_patch(b"".join(new), _text(flipped), 0)
    assert (Taken(0, 0),) * len(hunks) == done.hunks, done.said
    assert b"".join(base) == done.result
    assert tuple(flipped) == _hunks_of(_text(flipped))
    for hunk in hunks:
        again = flip(flip(hunk))
        assert (hunk.old, hunk.new, hunk.old_start) == (again.old, again.new, again.old_start)
        assert hunk.lines == again.lines


def test_flipping_puts_removed_lines_first() -> None:
    """As diffs write it, whatever the order was; the section stays."""
    (hunk,) = _hunks_of(_HEADER + b"@@ -3,3 +3,4 @@ f()\n a\n+x\n-b\n+y\n c\n")
    assert b"@@ -3,4 +3,3 @@ f()\n a\n-x\n-y\n+b\n c\n" == flip(hunk).raw
