"""Several git diffs in one patch: GNU patch reads what they copy or rename as it was before them.

Each story is checked twice: the port is proved, and GNU patch on the old version tells whether the
patch does what the engine takes it to do.
"""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest

from patchkit.model.report import Status
from patchkit.model.tree import File

from .gnupatch import read_tree, run_patch, write_tree
from .making import Files, diff, edited, file, link, numbered, port_one, program, why_held

TEXT = numbered(20)
FIRST = edited(TEXT, (b"line 3\n", b"three\n"))
SECOND = edited(TEXT, (b"line 17\n", b"seventeen\n"))
BOTH = edited(FIRST, (b"line 17\n", b"seventeen\n"))
OLD = {b"f": file(TEXT)}
SHIFTED = {b"f": file(b"0\n" + TEXT)}
FINDING = ("-M", "-C", "--find-copies-harder")


def patched(files: Files, patch: bytes) -> tuple[int, Files]:
    """What GNU patch makes of a tree, and its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, files)
        code, _ = run_patch(root, patch)
        return code, read_tree(root)


def assert_same_as_patch(patch: bytes, files: Files) -> None:
    """The patch is unchanged on its own version, and makes what GNU patch makes."""
    ported, whole = port_one(patch, files, files)
    code, expected = patched(files, patch)
    assert 0 == code
    assert (Status.UNCHANGED, patch) == (ported.status, ported.content)
    result: dict[bytes, File | None] = {**files, **whole.result}
    assert expected == {path: found for path, found in result.items() if found is not None}


def test_a_copy_is_made_of_the_file_before_the_patch() -> None:
    """`git diff -C` lists the change of the source first, but copies the old source."""
    theirs = {b"f": file(FIRST), b"g": file(SECOND)}
    patch = diff(OLD, theirs, *FINDING)
    assert patch.index(b"+three\n") < patch.index(b"copy from f\n")
    assert_same_as_patch(patch, OLD)
    ported, whole = port_one(patch, OLD, SHIFTED)
    assert Status.SHIFTED is ported.status
    assert file(b"0\n" + FIRST) == whole.result[b"f"]
    assert file(b"0\n" + SECOND) == whole.result[b"g"]


def test_a_source_whose_change_is_held_is_copied_all_the_same() -> None:
    """What is held of the source does not touch the copy."""
    patch = diff(OLD, {b"f": file(FIRST), b"g": file(SECOND)}, *FINDING)
    upstream = edited(TEXT, (b"line 3\n", b"trois\n"))
    ported, whole = port_one(patch, OLD, {b"f": file(upstream)})
    assert [Status.CONFLICTED, Status.UNCHANGED] == [found.status for found in ported.files]
    assert file(upstream) == whole.result[b"f"]
    assert file(edited(upstream, (b"line 17\n", b"seventeen\n"))) == whole.result[b"g"]


def test_commits_in_one_patch_follow_each_other() -> None:
    """A second change of the same file stands on the first."""
    second = diff({b"f": file(FIRST)}, {b"f": file(BOTH)})
    patch = diff(OLD, {b"f": file(FIRST)}) + second
    assert_same_as_patch(patch, OLD)
    ported, whole = port_one(patch, OLD, SHIFTED)
    assert Status.SHIFTED is ported.status
    assert file(b"0\n" + BOTH) == whole.result[b"f"]


def test_a_later_commit_copies_what_patch_has_written() -> None:
    """A file that a run changes twice is written in between: the copy is made of that."""
    commits: list[Files] = [
        OLD,
        {b"f": file(FIRST)},
        {b"f": file(BOTH)},
        {b"f": file(BOTH), b"g": file(edited(BOTH, (b"line 9\n", b"nine\n")))},
    ]
    patch = b"".join(diff(one, two, *FINDING) for one, two in pairwise(commits))
    assert_same_as_patch(patch, OLD)
    _, whole = port_one(patch, OLD, SHIFTED)
    assert file(b"0\n" + edited(FIRST, (b"line 9\n", b"nine\n"))) == whole.result[b"g"]


def test_a_file_is_renamed_and_another_takes_its_name() -> None:
    """What a run deletes or renames away is gone at once, so its name is free."""
    other = numbered(9, "other")
    patch = diff(OLD, {b"g": file(TEXT)}, "-M") + diff({}, {b"f": file(other)})
    assert_same_as_patch(patch, OLD)
    ported, whole = port_one(patch, OLD, SHIFTED)
    assert Status.UNCHANGED is ported.status
    assert file(other) == whole.result[b"f"]
    assert file(b"0\n" + TEXT) == whole.result[b"g"]


def test_a_file_becomes_a_link() -> None:
    """git writes a change of kind as a deletion and a creation."""
    patch = diff(OLD, {b"f": link(b"g")})
    assert 2 == patch.count(b"diff --git ")
    assert_same_as_patch(patch, OLD)
    ported, whole = port_one(patch, OLD, {b"f": program(TEXT)})
    assert Status.UNCHANGED is ported.status
    assert link(b"g") == whole.result[b"f"]


def test_a_file_that_is_made_changed_and_deleted() -> None:
    """What a run creates shows at once, so later diffs of the run can change it."""
    versions: list[Files] = [{}, {b"n": file(TEXT)}, {b"n": file(FIRST)}, {}]
    patch = b"".join(diff(one, two) for one, two in pairwise(versions))
    assert_same_as_patch(patch, {})


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        pytest.param(
            [OLD, {b"f": file(FIRST)}, {b"g": file(FIRST)}],
            "GNU patch takes the file from before",
            id="changed, then renamed",
        ),
        pytest.param(
            [OLD, {b"g": file(TEXT)}, {b"g": file(FIRST)}],
            "not in its own base",
            id="renamed, then changed",
        ),
        pytest.param(
            [OLD, {b"g": file(TEXT)}, {b"h": file(TEXT)}],
            "not in its own base",
            id="renamed twice",
        ),
    ],
)
def test_what_patch_does_not_see_in_a_run_is_broken(versions: list[Files], said: str) -> None:
    """`git am` would take these commits in one file; patch, which spec files call, does not."""
    patch = b"".join(diff(one, two, "-M") for one, two in pairwise(versions))
    code, result = patched(OLD, patch)
    assert code != 0 or result != versions[-1]
    ported, _ = port_one(patch, OLD, OLD)
    assert Status.BROKEN is ported.status
    assert said in why_held(ported).note


def test_plain_diffs_are_no_run() -> None:
    """Without git's headers every diff is written before the next one is read."""
    first = diff(OLD, {b"f": file(FIRST)}).partition(b"\n--- ")
    second = diff({b"f": file(FIRST)}, {b"f": file(BOTH)}).partition(b"\n--- ")
    assert_same_as_patch(b"--- " + first[2] + b"--- " + second[2], OLD)
