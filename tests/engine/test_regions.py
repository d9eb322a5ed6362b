"""What a region says: its three sides, their line numbers, and why it is held."""

from __future__ import annotations

import pytest

from patchkit.engine.policy import Policy
from patchkit.model.report import HeldCause, Settled, Status

from .making import (
    diff,
    edited,
    file,
    link,
    numbered,
    only_file,
    plain_diff,
    port_one,
    stack_of,
    why_held,
)
from .making import port as port_proved

TEXT = numbered(30)
OLD = {b"src/a.c": file(TEXT)}
PATCH = diff(OLD, {b"src/a.c": file(edited(TEXT, (b"line 15\n", b"line fifteen\n")))})


def test_each_side_counts_its_own_lines() -> None:
    """The patch and upstream both grew above the region, by two lines and by one."""
    theirs = edited(TEXT, (b"line 5\n", b"line 5\n+1\n+2\n"), (b"line 25\n", b"theirs\n"))
    upstream = b"0\n" + edited(TEXT, (b"line 25\n", b"ours\n"))
    ported, _ = port_one(diff(OLD, {b"src/a.c": file(theirs)}), OLD, {b"src/a.c": file(upstream)})
    (region,) = ported.held
    assert (25, 27, 26) == (region.base.start, region.theirs.start, region.ours.start)
    assert [(b"line 25\n",), (b"theirs\n",), (b"ours\n",)] == [
        side.lines for side in (region.base, region.theirs, region.ours)
    ]


def test_what_upstream_has_whole_has_a_region_for_each_hunk() -> None:
    """The evidence that a patch is upstream: what it makes of each place, and that ours is so."""
    theirs = edited(TEXT, (b"line 5\n", b"five\n5\n"), (b"line 25\n", b"twenty-five\n"))
    ported, _ = port_one(diff(OLD, {b"src/a.c": file(theirs)}), OLD, {b"src/a.c": file(theirs)})
    assert Status.UPSTREAMED is ported.status
    regions = only_file(ported).regions
    assert [(1, (1,)), (2, (2,))] == [(region.number, region.hunks) for region in regions]
    assert [(2, 2), (22, 23)] == [(region.base.start, region.ours.start) for region in regions]
    assert all(isinstance(region.settlement, Settled) for region in regions)
    assert all(region.ours == region.theirs for region in regions)


def test_a_file_that_is_gone_has_a_region_for_each_hunk() -> None:
    """Every hunk is held with what it expected and what it would make, numbered in base."""
    theirs = edited(TEXT, (b"line 5\n", b"five\n5\n"), (b"line 25\n", b"twenty-five\n"))
    ported, _ = port_one(diff(OLD, {b"src/a.c": file(theirs)}), OLD, {})
    assert Status.CONFLICTED is ported.status
    assert only_file(ported).new_path is None
    one, two = ported.held
    assert (2, b"line 2\n") == (one.base.start, one.base.lines[0])
    assert (b"line 2\n", b"line 3\n", b"line 4\n", b"five\n", b"5\n") == one.theirs.lines[:5]
    assert (22, 23) == (two.base.start, two.theirs.start)
    assert () == two.ours.lines


def test_several_places_are_named() -> None:
    """Two copies elsewhere are one too many; the note says which they are."""
    ported, _ = port_one(PATCH, OLD, {b"x/one.c": file(TEXT), b"y/two.c": file(TEXT)})
    held = why_held(ported)
    assert HeldCause.FILE_AMBIGUOUS is held.cause
    assert "x/one.c (100 %)" in held.note
    assert "y/two.c (100 %)" in held.note


def test_a_file_that_became_a_link_is_held() -> None:
    """A file that upstream turned into a symbolic link cannot take the hunks."""
    ported, whole = port_one(PATCH, OLD, {b"src/a.c": link(b"b.c"), b"src/b.c": file(TEXT)})
    assert HeldCause.KIND is why_held(ported).cause
    assert link(b"b.c") == whole.result[b"src/a.c"]


def test_a_rejected_hunk_names_the_nearest_place() -> None:
    """The place that is most like what a hunk expects, with the lines that stand there."""
    wrong = edited(PATCH, (b"\n line 12\n", b"\n never\n"), (b"\n line 13\n", b"\n was\n"))
    wrong = edited(wrong, (b"\n line 14\n", b"\n there\n"))
    ported, _ = port_one(wrong, OLD, OLD)
    assert Status.BROKEN is ported.status
    held = why_held(ported)
    assert HeldCause.REJECTED is held.cause
    assert "nearest place is line 12, where 4 of its 7 lines stand" in held.note
    (region,) = ported.held
    assert (12, b"line 12\n") == (region.ours.start, region.ours.lines[0])


def test_a_rejected_hunk_without_any_near_place_says_so() -> None:
    """No line of the hunk is in the file."""
    other = {b"src/a.c": file(b"other\n")}
    ported, _ = port_one(PATCH, other, other)
    assert "no line of it is in the file" in why_held(ported).note


def test_a_rejected_hunk_counts_before_what_is_held() -> None:
    """Regions are numbered through: the broken hunk first, then those that meet upstream."""
    theirs = edited(TEXT, (b"line 5\n", b"five\n"), (b"line 25\n", b"twenty-five\n"))
    patch = edited(plain_diff("src/a.c", TEXT, theirs), (b"-line 25\n", b"-line 52\n"))
    upstream = {b"src/a.c": file(edited(TEXT, (b"line 5\n", b"cinq\n")))}
    ported, _ = port_one(patch, OLD, upstream)
    assert Status.BROKEN is ported.status
    assert [(1, (2,)), (2, (1,))] == [(region.number, region.hunks) for region in ported.held]
    assert (2, 0) == (only_file(ported).hunks, only_file(ported).carried)


@pytest.mark.parametrize("context", [0, 1, 3])
def test_a_hunk_of_two_changes_is_carried_in_part(context: int) -> None:
    """Of two changes in one hunk, the one that meets upstream's is held and the other goes in."""
    theirs = edited(TEXT, (b"line 5\n", b"five\n"), (b"line 8\n", b"eight\n"))
    patch = plain_diff("src/a.c", TEXT, theirs, context=context)
    ported, whole = port_one(patch, OLD, {b"src/a.c": file(edited(TEXT, (b"line 5\n", b"cinq\n")))})
    assert Status.PARTIAL is ported.status
    expected = edited(TEXT, (b"line 5\n", b"cinq\n"), (b"line 8\n", b"eight\n"))
    assert file(expected) == whole.result[b"src/a.c"]


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        pytest.param(
            b"diff --git a/x.png b/x.png\nnew file mode 100644\nindex 0000000..2222222\n"
            b"Binary files /dev/null and b/x.png differ\n",
            "binary files differ",
            id="binary without content",
        ),
        pytest.param(
            b"--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-a\n+b\n",
            "outside the source tree",
            id="absolute",
        ),
        pytest.param(b'--- "x\\ny"\n+++ "x\\ny"\n@@ -1 +1 @@\n-a\n+b\n', "newline", id="newline"),
        pytest.param(
            b"diff --git x x\nold mode 100644\nnew mode 120000\n", "of another kind", id="kind"
        ),
        pytest.param(
            b"diff --git x y x z\nsimilarity index 100%\nrename from x y\nrename to x z\n",
            "blanks without quotes",
            id="unreadable names",
        ),
    ],
)
def test_a_note_says_what_patch_cannot_do(patch: bytes, said: str) -> None:
    """What GNU patch cannot make in any tree is broken, and the note says what it is."""
    old = {b"x.png": file(b"png"), b"x": file(b"a\n"), b"x y": file(b"a\n")}
    ported, _ = port_one(patch, old, old, Policy(strip=0))
    assert HeldCause.UNSUPPORTED is why_held(ported).cause
    assert said in why_held(ported).note
    assert ported.content is None


def test_too_few_folders_to_strip_are_named() -> None:
    """A patch made without prefixes does not go in with -p1."""
    ported, _ = port_one(b"--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", {b"x": file(b"a\n")}, {})
    assert "fewer than 1 leading folders to strip (-p1)" in why_held(ported).note


def test_a_move_that_loses_a_name_to_stripping_is_broken() -> None:
    """With -p2 one of the two names of a rename is gone, so nobody knows where it goes."""
    patch = b"diff --git a/d/x b/y\nsimilarity index 100%\nrename from d/x\nrename to y\n"
    old = {b"x": file(b"a\n")}
    ported, _ = port_one(patch, old, old, Policy(strip=2))
    assert Status.BROKEN is ported.status
    assert "only one name of the two" in why_held(ported).note


def test_a_patch_of_blank_lines_is_broken() -> None:
    """GNU patch takes an empty patch, but one with blank lines is garbage to it."""
    ported = port_proved(stack_of(b"\n\n", PATCH), OLD, OLD)
    assert [(Status.BROKEN, None), (Status.UNCHANGED, PATCH)] == [
        (patch.status, patch.content) for patch in ported.patches
    ]
    assert "blank lines" in ported.patches[0].notes[0]
