"""Patches that git and GNU diff make of generated trees are read whole, as git counts them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.diffing.quoting import quote
from patchkit.diffing.unified import parse_patch
from patchkit.errors import PatchFormatError
from patchkit.model.patch import FileDiff, LineKind, Operation, Patch
from patchkit.model.tree import SYMLINK, File
from patchkit.model.tree import Path as TreePath
from tests.engine.gnupatch import write_tree
from tests.strategies.patches import FRAGMENTS, messages
from tests.strategies.trees import NAMES, tree_versions

from .oracles import run, scratch

Tree = dict[TreePath, File]


def _counts(part: FileDiff) -> tuple[int, int]:
    kinds = [line.kind for hunk in part.hunks for line in hunk.lines]
    return kinds.count(LineKind.ADDED), kinds.count(LineKind.REMOVED)


def _numstat(folder: Path, raw: bytes) -> list[tuple[int, int, bytes]]:
    """Added and removed lines and the name of each file of a patch, as git reads it."""
    (folder / "patch").write_bytes(raw)
    done = run(("git", "apply", "--numstat", "-z", "patch"), folder)
    assert done.returncode == 0, done.stderr
    rows = (row.split(b"\t", 2) for row in done.stdout.split(b"\0") if row)
    return [
        (0, 0, name) if added == b"-" else (int(added), int(removed), name)
        for added, removed, name in rows
    ]


def _as_git_counts(patch: Patch) -> list[tuple[int, int, bytes]]:
    found = []
    for part in patch.files:
        names = part.names(1)
        found.append((*_counts(part), names.new or names.old or b""))
    return found


@settings(max_examples=100, deadline=None)
@given(tree_versions(), st.sampled_from(((), ("--binary",), ("-U0",), ("--text", "-U1"))))
def test_git_diff(sides: tuple[Tree, Tree], options: tuple[str, ...]) -> None:
    """Names, counts, modes and operations are those of the two trees."""
    old, new = sides
    with scratch() as folder:
        write_tree(folder / "a", old)
        write_tree(folder / "b", new)
        # Without a repository git would put the folders into the names of moved files.
        command = ("git", "diff", "--no-index", "--no-prefix", "--no-renames", *options, "a", "b")
        raw = run(command, folder).stdout
        patch = parse_patch("p", raw)
        assert raw == patch.raw
        if not raw:
            assert old == new
            return
        assert _numstat(folder, raw) == _as_git_counts(patch)
    for part in patch.files:
        names = part.names(1)
        before = None if names.old is None else old[names.old]
        after = None if names.new is None else new[names.new]
        assert (before is None) == (part.operation is Operation.CREATE)
        assert (after is None) == (part.operation is Operation.DELETE)
        if before is not None and after is not None and before.mode != after.mode:
            assert (before.mode, after.mode) == (part.old_mode, part.new_mode)
        if before is None and after is not None and part.hunks:
            assert after.content == b"".join(part.hunks[0].new)


@settings(max_examples=80, deadline=None)
@given(tree_versions())
def test_gnu_diff(sides: tuple[Tree, Tree]) -> None:
    """`diff -Nru` of folders: names, counts, and files that are created and deleted."""
    old, new = (
        {name: file for name, file in tree.items() if file.mode != SYMLINK} for tree in sides
    )
    with scratch() as folder:
        write_tree(folder / "a", old)
        write_tree(folder / "b", new)
        raw = run(("diff", "-Nru", "--text", "a", "b"), folder).stdout
        patch = parse_patch("p", raw)
        assert raw == patch.raw
        if raw:
            assert _numstat(folder, raw) == _as_git_counts(patch)
    # With -N an empty file is not told from one that is not there.
    expected = {
        name
        for name in {*old, *new}
        if old.get(name, File(b"")).content != new.get(name, File(b"")).content
    }
    assert expected == {part.names(1).new for part in patch.files}
    for part in patch.files:
        name = part.names(1).new
        assert (part.operation is Operation.CREATE) == (name not in old)
        assert (part.operation is Operation.DELETE) == (name not in new)


def _commit(branch: bytes, number: int, parent: int, message: bytes, files: bytes) -> bytes:
    who = b"A U Thor <author@example.invalid> 1580608922 +0000\n"
    text = b"commit refs/heads/%b\nmark :%d\n" % (branch, number)
    text += b"author " + who + b"committer " + who + b"data %d\n%b\n" % (len(message), message)
    return text + (b"from :%d\n" % parent if parent else b"") + b"deleteall\n" + files


def _stored(tree: Mapping[TreePath, File]) -> bytes:
    return b"".join(
        b"M %o inline %b\ndata %d\n%b\n" % (file.mode, quote(name), len(file.content), file.content)
        for name, file in tree.items()
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(tree_versions(), messages), min_size=1, max_size=3))
def test_mails_of_git(commits: list[tuple[tuple[Tree, Tree], bytes]]) -> None:
    """`git format-patch --stdout` of several commits, whatever their messages look like."""
    stream = _commit(b"main", 1, 0, b"start", b"")
    for number, ((old, new), message) in enumerate(commits):
        before, after = 2 * number + 2, 2 * number + 3
        stream += _commit(b"main", before, before - 1, message, _stored(old))
        stream += _commit(b"main", after, before, message, _stored(new))
    with scratch() as folder:
        run(("git", "init", "-q", "--bare", "."), folder)
        (folder / "stream").write_bytes(stream)
        with (folder / "stream").open("rb") as file:
            done = run(("git", "fast-import", "--quiet"), folder, file)
        assert done.returncode == 0, done.stderr
        raw = run(
            ("git", "format-patch", "--stdout", "--root", "--find-copies-harder", "main"), folder
        ).stdout
        patch = parse_patch("p", raw)
        assert raw == patch.raw
        if patch.files:
            assert _numstat(folder, raw) == _as_git_counts(patch)
            assert b"-- \n" in patch.epilogue


def _parses_or_is_refused(raw: bytes) -> None:
    try:
        patch = parse_patch("p", raw)
    except PatchFormatError as error:
        line = error.line
        assert line is None or 1 <= line <= raw.count(b"\n") + 1
        return
    assert raw == patch.raw
    for part in patch.files:
        for hunk in part.hunks:
            assert (hunk.old_count, hunk.new_count) == (len(hunk.old), len(hunk.new))
            assert hunk.leading_context + hunk.trailing_context < len(hunk.lines)


@settings(max_examples=150, deadline=None)
@given(st.binary())
def test_any_bytes_parse_or_are_refused(raw: bytes) -> None:
    """Nothing but `PatchFormatError` comes out of bytes of any kind."""
    _parses_or_is_refused(raw)


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(b"".join))
def test_any_pieces_of_patches_parse_or_are_refused(raw: bytes) -> None:
    """Nothing else comes out of the pieces of patches in any order either."""
    _parses_or_is_refused(raw)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    st.integers(0, 400), st.integers(0, 6), st.sampled_from((b"", b"\n", b"-", b"x\n", b"\r")),
)  # fmt: skip
def test_damaged_patches_parse_or_are_refused(
    names: list[bytes], start: int, length: int, inserted: bytes
) -> None:
    """A good patch with some bytes replaced is another patch, or none."""
    whole = b"".join(
        b"diff --git %b %b\nindex 1..2 100644\n--- %b\n+++ %b\n@@ -1,2 +1,3 @@ f\n a\n-b\n+c\n+d\n"
        % ((quote(b"a/" + name), quote(b"b/" + name)) * 2)
        for name in names
    )
    _parses_or_is_refused(whole[:start] + inserted + whole[start + length :])
