"""How names in headers are read, chosen and rewritten; GNU patch proves every port."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from patchkit.engine.naming import picked_name
from patchkit.engine.policy import Policy
from patchkit.model.report import FollowKind, HeldCause, Status
from patchkit.model.series import Entry

from .gnupatch import read_tree, run_patch, write_tree
from .making import (
    Files,
    diff,
    edited,
    file,
    link,
    numbered,
    only_file,
    plain_diff,
    port,
    port_one,
    program,
    stack_of,
    why_held,
)

TEXT = numbered(20)
PATCHED = edited(TEXT, (b"line 10\n", b"ten\n"))
HUNK = plain_diff("x", TEXT, PATCHED).partition(b"@@ ")[2]
STAMP = b"\t2020-02-02 20:20:20.000000000 +0100\n"


def with_header(header: bytes) -> bytes:
    """A diff of lines 7 to 13 of the text below a header."""
    return header + b"@@ " + HUNK


@pytest.mark.parametrize(
    ("names", "there"),
    [
        (("f.orig", "f"), ("f",)),
        (("f.orig", "f"), ("f.orig",)),
        (("f.orig", "f"), ("f.orig", "f")),
        (("deep/er/f", "deep/f"), ("deep/er/f", "deep/f")),
        (("b/long.c", "a/x.c"), ("b/long.c", "a/x.c")),
        (("b.c", "a.c"), ("b.c", "a.c")),
        (("x/y/new", "x/new"), ("x/y/z",)),
        (("p/q/new", "r/new"), ("p/q/z",)),
        (("p/q/new.c", "r/new"), ()),
    ],
)
def test_the_name_is_the_one_that_patch_takes(
    names: tuple[str, str], there: tuple[str, ...]
) -> None:
    """Of the names that exist the best one, else the one that needs the fewest new folders."""
    files = {name.encode(): file(b"") for name in there}
    before, after = (name.encode() for name in names)
    creation = b"--- %b\n+++ %b\n@@ -0,0 +1 @@\n+new\n" % (before, after)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, files)
        assert 0 == run_patch(root, creation, strip=0)[0]
        (expected,) = (path for path, found in read_tree(root).items() if found.content == b"new\n")
    folders = {name.encode().rpartition(b"/")[0] for name in there}
    parents = folders | {folder.rpartition(b"/")[0] for folder in folders}
    assert expected == picked_name([before, after], files.__contains__, parents.__contains__)


def test_a_diff_against_a_backup_means_the_file_itself() -> None:
    """`diff -u foo.orig foo` names a file that no tree has; only the other name follows."""
    patch = with_header(b"--- src/f.orig" + STAMP + b"+++ src/f" + STAMP)
    old = {b"src/f": file(TEXT)}
    policy = Policy(strip=0)
    assert Status.UNCHANGED is port_one(patch, old, old, policy)[0].status
    ported, whole = port_one(patch, old, {b"lib/g": file(TEXT)}, policy)
    assert patch.replace(b"+++ src/f\t", b"+++ lib/g\t") == ported.content
    assert file(PATCHED) == whole.result[b"lib/g"]


def test_a_backup_that_upstream_ships_is_not_patched() -> None:
    """Where the new version has files of both names, patch is told which one is meant."""
    patch = with_header(b"--- a/f" + STAMP + b"+++ a/file.new" + STAMP)
    old = {b"file.new": file(TEXT)}
    new = {b"file.new": file(TEXT), b"f": file(TEXT)}
    ported, whole = port_one(patch, old, new)
    assert Status.SHIFTED is ported.status
    assert patch.replace(b"--- a/f\t", b"--- a/file.new\t") == ported.content
    assert file(PATCHED) == whole.result[b"file.new"]
    assert b"f" not in whole.result


def test_an_epoch_stamp_deletes_a_file_by_its_other_name() -> None:
    """A file that `diff -N` says is gone may have a backup's name on the first line."""
    removal = plain_diff("x", TEXT, b"").partition(b"@@ ")[2]
    patch = b"--- a/f.orig" + STAMP + b"+++ a/f\t1970-01-01 01:00:00.000000000 +0100\n@@ " + removal
    old = {b"f": file(TEXT)}
    ported, whole = port_one(patch, old, old)
    assert (Status.UNCHANGED, None) == (ported.status, whole.result[b"f"])


@pytest.mark.parametrize("start", [0, 1, 3])
@pytest.mark.parametrize("is_git", [False, True])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_line_number_in_dev_null_counts_as_it_does_for_patch(
    start: int, is_git: bool, is_reversed: bool
) -> None:
    """Without git's header GNU patch goes by that number: it makes no file, and deletes none."""
    said = [b"diff --git a/n b/n\n"] * is_git
    if is_reversed:
        said += [b"deleted file mode 100644\n"] * is_git
        patch = b"".join((*said, b"--- a/n\n+++ /dev/null\n@@ -1,2 +%d,0 @@\n-a\n-b\n" % start))
        old, expected = {b"n": file(b"a\nb\n")}, {}
    else:
        said += [b"new file mode 100644\n"] * is_git
        patch = b"".join((*said, b"--- /dev/null\n+++ b/n\n@@ -%d,0 +1,2 @@\n+a\n+b\n" % start))
        old, expected = {}, {b"n": file(b"a\nb\n")}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, old)
        is_done = 0 == run_patch(root, patch)[0] and read_tree(root) == expected
    ported, _ = port_one(patch, old, old)
    assert (ported.status is Status.BROKEN) == (not is_done)
    assert (ported.content is not None) == is_done


def test_an_index_line_follows_with_its_file() -> None:
    """Subversion's `Index:` line has no prefix; it stays in step with the others."""
    rule = b"=" * 67 + b"\n"
    patch = with_header(b"Index: src/f\n" + rule + b"--- a/src/f" + STAMP + b"+++ b/src/f" + STAMP)
    ported, _ = port_one(patch, {b"src/f": file(TEXT)}, {b"lib/f": file(TEXT)})
    assert Status.FOLLOWED is ported.status
    assert patch.replace(b"src/f", b"lib/f") == ported.content


def test_a_file_that_git_would_create_goes_into_one_that_is_empty() -> None:
    """GNU patch fills an empty file that is there, whatever the header says of a new one."""
    patch = diff({}, {b"f": file(TEXT)})
    empty = {b"f": file(b"")}
    ported, whole = port_one(patch, empty, empty)
    assert (Status.UNCHANGED, patch) == (ported.status, ported.content)
    assert file(TEXT) == whole.result[b"f"]
    ported, whole = port_one(patch, empty, {b"f": file(b"upstream\n")})
    assert HeldCause.OVERLAP is why_held(ported).cause
    assert file(b"upstream\n") == whole.result[b"f"]


def test_a_hunk_without_old_lines_makes_the_file() -> None:
    """GNU patch makes the file that a hunk at line 0 wants, without a header that says so."""
    patch = b"--- a/n\n+++ b/n\n@@ -0,0 +1 @@\n+new\n"
    ported, whole = port_one(patch, {}, {})
    assert (Status.UNCHANGED, file(b"new\n")) == (ported.status, whole.result[b"n"])
    both = b"diff --git a/n b/n\nold mode 100644\nnew mode 100755\nindex e69de29..3e75765\n" + patch
    ported, whole = port_one(both, {}, {})
    assert (Status.UNCHANGED, program(b"new\n")) == (ported.status, whole.result[b"n"])
    git = b"diff --git a/n b/n\nindex e69de29..3e75765 100755\n" + patch
    ported, whole = port_one(git, {}, {})
    assert (Status.UNCHANGED, file(b"new\n")) == (ported.status, whole.result[b"n"])


def test_a_hunk_without_old_lines_makes_a_link() -> None:
    """The mode of git's index line says that the new file is a link."""
    patch = (
        b"diff --git a/l b/l\nindex e69de29..1de5659 120000\n--- a/l\n+++ b/l\n"
        b"@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n"
    )
    ported, whole = port_one(patch, {}, {})
    assert (Status.UNCHANGED, link(b"target")) == (ported.status, whole.result[b"l"])


def test_noise_between_diffs_stays_as_it_is() -> None:
    """Lines of text between two diffs that look like names are no names."""
    old = {b"src/f": file(TEXT), b"src/g": file(TEXT + b"g\n"), b"src/h": file(b"h\n" * 9)}
    theirs = {**old, b"src/f": file(PATCHED)}
    second = diff(theirs, {**theirs, b"src/g": file(PATCHED + b"g\n")})
    noise = b"-- \n2.39.5\n\nSubject: [PATCH 2/2] src/g, too\n--- notes on src/g\n"
    patch = diff(old, theirs) + noise + second
    new = {b"lib/" + path[4:]: found for path, found in old.items()}
    ported, whole = port_one(patch, old, new)
    assert Status.FOLLOWED is ported.status
    assert noise + second.replace(b"src/", b"lib/") in (ported.content or b"")
    assert file(PATCHED + b"g\n") == whole.result[b"lib/g"]


def test_prefixes_of_any_depth_are_kept() -> None:
    """`-p2` patches of a sub-project keep both of their leading folders when a file moves."""
    old = {b"src/f": file(TEXT)}
    prefixes = ("--src-prefix=a/sub/", "--dst-prefix=b/sub/")
    patch = diff(old, {b"src/g": file(PATCHED)}, "-M", *prefixes)
    entry = Entry("p2.patch", strip=2)
    ported = port(stack_of(patch, entries=[entry]), old, {b"lib/f": file(TEXT)})
    content = ported.patches[0].content or b""
    assert b"diff --git a/sub/lib/f b/sub/lib/g\n" in content
    assert b"rename from lib/f\nrename to lib/g\n" in content
    assert b"--- a/sub/lib/f\n+++ b/sub/lib/g\n" in content
    assert file(PATCHED) == ported.result[b"lib/g"]


def test_move_lines_with_a_folder_more_than_the_tree_follow() -> None:
    """git's `rename from` lines count folders that -p2 strips from the other names."""
    patch = diff({b"sub/f": file(TEXT)}, {b"sub/g": file(PATCHED)}, "-M")
    entry = Entry("p2.patch", strip=2)
    ported = port(stack_of(patch, entries=[entry]), {b"f": file(TEXT)}, {b"h": file(TEXT)})
    content = ported.patches[0].content or b""
    assert b"rename from sub/h\nrename to sub/g\n" in content
    assert file(PATCHED) == ported.result[b"g"]


@pytest.mark.parametrize("strip", [0, 1, 2])
def test_a_rename_that_upstream_made_keeps_its_prefix_and_mode(strip: int) -> None:
    """What is left of the rename is a modification, with the same prefix and strip level."""
    old = {b"src/f": file(TEXT)}
    prefix = ["--no-prefix", "--src-prefix=a/", "--src-prefix=a/x/"][strip]
    other = ["--no-prefix", "--dst-prefix=b/", "--dst-prefix=b/x/"][strip]
    patch = diff(old, {b"src/g": program(PATCHED)}, "-M", prefix, other)
    entry = Entry("p.patch", strip=strip)
    upstream: Files = {b"src/g": file(b"0\n" + TEXT)}
    ported = port(stack_of(patch, entries=[entry]), old, upstream)
    assert Status.RESOLVED is ported.patches[0].status
    assert program(b"0\n" + PATCHED) == ported.result[b"src/g"]
    assert b"rename" not in (ported.patches[0].content or b"")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param((b"with blank", b"new blank"), id="blank"),
        pytest.param((b"plain", b"new blank"), id="to a blank"),
        pytest.param((b"tab\there", b"tab\tthere"), id="tab"),
        pytest.param("smørrebrød ä".encode().split(b" "), id="UTF-8"),
        pytest.param((b"caf\xe9", b"th\xe9"), id="Latin-1"),
        pytest.param((b'quo"te', b"back\\slash"), id="quoted"),
        pytest.param((b"f", b"foo"), id="prefix"),
        pytest.param((b"-dash", b"--- a"), id="like a header"),
    ],
)
def test_renames_of_odd_names_are_carried(names: tuple[bytes, bytes]) -> None:
    """A rename with an edit, of a file in a folder that moved, in every form of quoting."""
    before, after = names
    side = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    old = {**side, b"src/" + before: file(TEXT)}
    patch = diff(old, {**side, b"src/" + after: file(PATCHED)}, "-M")
    new = {b"lib/" + path[4:]: found for path, found in old.items()}
    assert Status.UNCHANGED is port_one(patch, old, old)[0].status
    ported, whole = port_one(patch, old, new)
    assert Status.FOLLOWED is ported.status
    assert file(PATCHED) == whole.result[b"lib/" + after]
    assert whole.result[b"lib/" + before] is None
    taken: Files = {**side, b"src/" + after: file(TEXT)}
    ported, whole = port_one(patch, old, taken)
    assert file(PATCHED) == whole.result[b"src/" + after]


def test_blanks_are_quoted_where_only_the_git_line_names_the_file() -> None:
    """Upstream has the edit of a rename: without hunks, patch reads the names off that line."""
    old = {b"a file": file(TEXT)}
    patch = diff(old, {b"the file": file(PATCHED)}, "-M")
    ported, whole = port_one(patch, old, {b"a file": file(PATCHED)})
    assert Status.RESOLVED is ported.status
    assert b'diff --git "a/a file" "b/the file"\n' in (ported.content or b"")
    assert b"\n--- " not in (ported.content or b"")
    assert file(PATCHED) == whole.result[b"the file"]


def test_a_mode_alone_is_left_of_a_file_with_a_blank() -> None:
    """Upstream has the text and moved the file; the mode goes to its new name."""
    old = {b"src/a file": file(TEXT), b"src/b": file(b"b\n"), b"src/c": file(b"c\n")}
    patch = diff(old, {**old, b"src/a file": program(PATCHED)})
    new = {
        b"lib/a file": file(PATCHED),
        b"lib/b": file(b"b\n"),
        b"lib/c": file(b"c\n"),
    }
    ported, whole = port_one(patch, old, new)
    assert Status.RESOLVED is ported.status
    assert program(PATCHED) == whole.result[b"lib/a file"]
    followed = only_file(ported).followed
    assert followed is not None
    assert FollowKind.FOLDER is followed.kind


def test_a_name_that_begins_another_is_not_mixed_up() -> None:
    """Only whole names are replaced: `src/f` moved, `src/f.c` and `src/foo` did not."""
    old = {b"src/f": file(TEXT), b"src/f.c": file(TEXT + b"c\n"), b"src/foo": file(TEXT + b"o\n")}
    theirs = {path: file(found.content + b"more\n") for path, found in old.items()}
    new = {b"lib/f": old[b"src/f"], b"src/f.c": old[b"src/f.c"], b"src/foo": old[b"src/foo"]}
    ported, whole = port_one(diff(old, theirs), old, new)
    assert [b"lib/f", b"src/f.c", b"src/foo"] == [found.new_path for found in ported.files]
    assert theirs[b"src/f"] == whole.result[b"lib/f"]


def test_a_patch_with_carriage_returns_is_moved_and_shifted() -> None:
    """Patch takes the returns off a patch that a mailer gave them; its header keeps them."""
    patch = with_header(b"--- a/src/f\n+++ b/src/f\n").replace(b"\n", b"\r\n")
    ported, whole = port_one(patch, {b"src/f": file(TEXT)}, {b"lib/f": file(b"0\n" + TEXT)})
    assert Status.FOLLOWED is ported.status
    assert (ported.content or b"").startswith(b"--- a/lib/f\r\n+++ b/lib/f\r\n@@ -8,7 +8,7 @@")
    assert file(b"0\n" + PATCHED) == whole.result[b"lib/f"]


def test_a_file_with_carriage_returns_keeps_them() -> None:
    """Line ends of CR LF are content, in hunks that shift, merge and are held."""
    text, patched = (content.replace(b"\n", b"\r\n") for content in (TEXT, PATCHED))
    patch = diff({b"f": file(text)}, {b"f": file(patched)})
    upstream = b"0\r\n" + edited(text, (b"line 8\r\n", b"eight\r\n"))
    ported, whole = port_one(patch, {b"f": file(text)}, {b"f": file(upstream)}, Policy(max_fuzz=0))
    assert Status.MERGED is ported.status
    assert file(edited(upstream, (b"line 10\r\n", b"ten\r\n"))) == whole.result[b"f"]
    ported, whole = port_one(patch, {b"f": file(text)}, {b"f": file(TEXT)})
    assert Status.CONFLICTED is ported.status
    assert file(TEXT) == whole.result[b"f"]
