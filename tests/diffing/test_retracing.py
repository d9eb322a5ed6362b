"""Edits along the hunks of an old patch lead to the new version, and keep what nobody touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.edits import apply_edits
from patchkit.diffing.rehunking import write_hunks
from patchkit.diffing.retracing import NO_HUNK, edits_towards
from patchkit.diffing.unified import parse_patch
from tests.engine.making import numbered, plain_diff
from tests.strategies.text import changed, files


@given(st.data())
def test_they_lead_to_the_new_version(data: st.DataObject) -> None:
    """Whatever the old patch did, and whatever the new version is."""
    before = data.draw(files())
    middle = data.draw(changed(before))
    after = data.draw(changed(middle))
    text = plain_diff("f", b"".join(before), b"".join(middle))
    hunks = parse_patch("p", text).files[0].hunks if text else ()
    edits = edits_towards(before, after, hunks, 0)
    assert b"".join(after) == b"".join(apply_edits(before, edits))


def test_a_hunk_that_nobody_touched_keeps_its_bytes() -> None:
    """Of three hunks the middle one changes; the others keep body and section."""
    before = numbered(60)
    middle = before.replace(b"line 5\n", b"five\n").replace(b"line 30\n", b"thirty\n")
    middle = middle.replace(b"line 50\n", b"fifty\n")
    text = plain_diff("f", before, middle).replace(b" @@\n", b" @@ the section\n")
    hunks = parse_patch("p", text).files[0].hunks
    after = middle.replace(b"thirty\n", b"thirty\nand one\n")
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    written = write_hunks(old, edits_towards(old, new, hunks, 0), (*hunks, NO_HUNK))
    assert 3 == len(written)
    assert hunks[0] is written[0]
    assert hunks[2].raw.partition(b"\n")[2] == written[2].raw.partition(b"\n")[2]
    assert b"+and one\n" in written[1].raw


def test_a_hunk_that_does_nothing_any_more_goes() -> None:
    """It took the end from the last line, and its number names another line now, which keeps its
    end. GNU patch 2.7.6 aborts where such a hunk and the next one touch."""
    before, after = (b"a\n",) * 5, (*(b"a\n",) * 4, b"a")
    text = b"--- a/f\n+++ b/f\n@@ -4 +4 @@\n-a\n+a\n\\ No newline at end of file\n"
    edits = edits_towards(before, after, parse_patch("p", text).files[0].hunks, 0)
    assert list(after) == apply_edits(before, edits)
    assert [4] == [edit.start for edit in edits]
