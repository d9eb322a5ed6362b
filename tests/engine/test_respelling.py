"""A patch is written anew for another tree; what of its own spelling can stay does."""

from __future__ import annotations

from patchkit.diffing.unified import parse_patch
from patchkit.engine.policy import Policy
from patchkit.engine.respelling import respelled
from patchkit.model.series import Entry
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import File, MemoryTree, Path

from .making import Files, diff, edited, file, numbered, program

TEXT = numbered(30)
OLD: Files = {b"f": file(TEXT)}
FIFTEEN = (b"line 15\n", b"fifteen\n")
PATCH = b"""From: A <a@b>
Subject: fifteen

diff -Nur x/f y/f
--- x/f\t2020-02-02 10:00:00
+++ y/f\t2020-02-02 10:00:01
@@ -12,7 +12,7 @@ the section of somebody
 line 12
 line 13
 line 14
-line 15
+fifteen
 line 16
 line 17
 line 18
--
2.1
"""


def spelled(raw: bytes, tree: Files, wanted: dict[Path, File | None]) -> bytes:
    """The patch for this tree and these files."""
    stacked = StackedPatch(Entry("a.patch"), parse_patch("a.patch", raw))
    return respelled(stacked, MemoryTree(tree), wanted, Policy()).patch.raw


def test_what_fits_keeps_every_byte() -> None:
    """Nothing is written where nothing must be."""
    assert PATCH == spelled(PATCH, OLD, {b"f": file(edited(TEXT, FIFTEEN))})


def test_header_and_section_stay() -> None:
    """Only the numbers of the hunk are others where the file has become longer at its top."""
    longer = b"0\n" + TEXT
    found = spelled(PATCH, {b"f": file(longer)}, {b"f": file(edited(longer, FIFTEEN))})
    assert PATCH.replace(b"@@ -12,7 +12,7 @@", b"@@ -13,7 +13,7 @@") == found


def test_a_section_stays_where_the_lines_are_others() -> None:
    """Somebody's section says more than one that is guessed from the lines above."""
    other = edited(TEXT, (b"line 17\n", b"seventeen\n"))
    found = spelled(PATCH, {b"f": file(other)}, {b"f": file(edited(other, FIFTEEN))})
    assert PATCH.replace(b" line 17\n", b" seventeen\n") == found


def test_a_mode_that_the_header_does_not_set_makes_a_new_diff() -> None:
    """The old header would leave the mode as it was."""
    wanted: Files = {b"f": program(edited(TEXT, FIFTEEN))}
    found = spelled(PATCH, OLD, {**wanted})
    assert b"old mode 100644\nnew mode 100755\n" in found
    assert found.startswith(b"From: A <a@b>\n")
    modes = diff(OLD, wanted)
    longer: Files = {b"f": file(b"0\n" + TEXT)}
    both: dict[Path, File | None] = {b"f": program(b"0\n" + edited(TEXT, FIFTEEN))}
    again = spelled(modes, longer, both)
    assert modes.replace(b"@@ -12,7 +12,7 @@ line 11", b"@@ -13,7 +13,7 @@ line 11") == again


def test_a_deletion_of_other_lines_is_one_of_those() -> None:
    """And a creation has the lines that the file is to have now."""
    shorter: Files = {b"f": file(b"one\n")}
    deletion = spelled(diff(OLD, {}), shorter, {b"f": None})
    assert diff(shorter, {}).partition(b"index")[0] == deletion.partition(b"index")[0]
    assert deletion.endswith(b"@@ -1 +0,0 @@\n-one\n")
    creation = spelled(diff({}, OLD), {}, {b"f": file(b"one\n")})
    assert creation.endswith(b"--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+one\n")
