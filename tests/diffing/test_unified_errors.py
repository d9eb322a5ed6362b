"""Files that are no patches, or no whole ones, are refused with the line and what to do."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from patchkit.diffing.unified import parse_patch
from patchkit.errors import PatchFormatError

from .oracles import run, scratch

_NAMES = b"--- a/f\n+++ b/f\n"
_FILE = _NAMES + b"@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
_OPEN = b"\\ No newline at end of file\n"
_DIFF = b"diff --git a/f b/f\n"
_INDEX = b"index 1234567..89abcde 100644\n"


def _hunk(header: bytes, body: bytes) -> bytes:
    return _NAMES + header + b"\n" + body


_BROKEN = {
    "cut in a hunk": (_FILE[:-3], 3, "ends inside this hunk: 1 old and 1 new lines are missing"),
    "cut in a line": (_FILE[:-1], 7, "ends in the middle of this line"),
    "a removed line missing": (_hunk(b"@@ -1,3 +1,2 @@", b" a\n b\n"), 3, "1 old and 0 new"),
    "old count too small": (_hunk(b"@@ -1 +1 @@", b"-a\n-b\n+c\n"), 3, "at line 5"),
    "new count too small": (_hunk(b"@@ -1,2 +1 @@", b" a\n-b\n+c\n"), 3, "at line 6"),
    "changes behind left over context": (
        _hunk(b"@@ -1,2 +1,2 @@", b" a\n-b\n+c\n d\n-e\n"), 3, "at line 7",
    ),
    "counts too large, git's diff behind": (
        _hunk(b"@@ -1,4 +1,4 @@", b" a\n-b\n+c\n d\n") + _DIFF, 3, "at line 8",
    ),
    "counts too large, a plain diff behind": (
        _hunk(b"@@ -1,9 +1,9 @@", b" a\n-b\n+c\n d\n") + _FILE, 3, "at line 10",
    ),
    "counts too large, a signature behind": (
        _hunk(b"@@ -1,4 +1,3 @@", b" a\n-b\n+c\n") + b"-- \n2.39.5\n", 3, "at line 8",
    ),
    "a removed line of two dashes at the end": (
        _hunk(b"@@ -1,2 +1,2 @@", b" a\n-b\n+c\n---\n"), 3, "at line 7",
    ),
    "a removed line of two dashes before a diff": (
        _hunk(b"@@ -1,2 +1,2 @@", b" a\n-b\n+c\n---\n\n") + _DIFF, 3, "at line 7",
    ),
    "a removed line of two dashes before a hunk": (
        _hunk(b"@@ -1,2 +1,2 @@", b" a\n-b\n+c\n---\n@@ -9 +9 @@\n-a\n+b\n"), 3, "at line 7",
    ),
    "text in a hunk": (_hunk(b"@@ -1,2 +1,2 @@", b" a\nx\n-b\n+c\n"), 3, "at line 5"),
    "an empty line with a lone return": (
        _hunk(b"@@ -1,2 +1,2 @@", b"\r\n-b\n+c\n"), 3, "at line 4",
    ),
    "a hunk header that is none": (_hunk(b"@@ -1,x +1 @@", b"-a\n+b\n"), 3, "of the form"),
    "a hunk header without end": (_hunk(b"@@ -1 +1", b"-a\n+b\n"), 3, "of the form"),
    "numbers beyond reason": (_hunk(b"@@ -1 +99999999999 @@", b"-a\n+b\n"), 3, "of the form"),
    "a count beyond reason": (_hunk(b"@@ -1 +1,9999999999 @@", b"-a\n+b\n"), 3, "ends inside"),
    "a hunk that changes nothing": (_hunk(b"@@ -1 +1 @@", b" a\n"), 3, "changes nothing"),
    "a hunk without lines": (_hunk(b"@@ -0,0 +0,0 @@", b""), 3, "changes nothing"),
    "a remark before all lines": (_hunk(b"@@ -1 +1 @@", _OPEN + b"-a\n+b\n"), 3, "line 4"),
    "a remark in the middle": (
        _hunk(b"@@ -1,2 +1 @@", b"-a\n" + _OPEN + b" b\n"), 5, "not the last one",
    ),
    "a remark between added lines": (
        _hunk(b"@@ -1 +1,2 @@", b"-a\n+b\n" + _OPEN + b"+c\n"), 6, "not the last one",
    ),
    "a remark on an empty line": (
        _hunk(b"@@ -1 +1 @@", b"-a\n+\n" + _OPEN), 6, "last one of its file, or empty",
    ),
    "a remark twice": (_hunk(b"@@ -1 +1 @@", b"-a\n" + _OPEN * 2 + b"+b\n"), 3, "line 6"),
    "a hunk without file": (_FILE + b"\n@@ -9 +9 @@\n-x\n+y\n", 9, "belongs to no file"),
    "a byte order mark before the names": (b"\xef\xbb\xbf" + _FILE, 3, "belongs to no file"),
    "a context diff": (
        b"Text\n*** a/f\t2020\n--- b/f\t2020\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
        2, "a context diff",
    ),
    "a combined diff": (
        b"diff --cc f\nindex 1234567,1234567..89abcde\n--- a/f\n+++ b/f\n"
        b"@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n", 1, "a combined diff",
    ),
    "another combined diff": (
        _FILE + b"diff --combined f\nindex 1234567,1234567..89abcde\n", 8, "a combined diff",
    ),
    "UTF-16 with byte order mark": (_FILE.decode().encode("utf-16"), 1, "UTF-16"),
    "UTF-16, big end first": (b"\xfe\xff" + _FILE.decode().encode("utf-16-be"), 1, "UTF-16"),
    "UTF-16 without byte order mark": (_FILE.decode().encode("utf-16-le"), 1, "UTF-16"),
    "UTF-16, big end first, unmarked": (_FILE.decode().encode("utf-16-be"), 1, "UTF-16"),
    "UTF-32": (_FILE.decode().encode("utf-32-be"), 1, "UTF-16"),
    "cut behind the old name": (_FILE + b"--- a/g\n", 3, "at line 8"),
    "cut behind an old name": (_FILE + b"\n--- a/g\n", 9, "inside the header"),
    "cut in a hunk header": (_FILE + b"--- a/g\n+++ b/g\n@", 9, "inside the header"),
    "cut behind the new name": (_FILE + b"--- a/g\n+++ b/g\n", 9, "inside the header"),
    "cut in a new name": (_FILE + b"--- a/g\n+++ b/", 8, "inside the header"),
    "cut behind diff --git": (_FILE + _DIFF, 8, "inside the header"),
    "cut behind diff -u": (_FILE + b"diff -u a/g b/g\n", 8, "inside the header"),
    "nothing but names": (_NAMES, 2, "inside the header"),
    "git names without hunk": (_DIFF + _INDEX + _NAMES, 1, "without a hunk"),
    "git header only": (b"x\n" + _DIFF + _INDEX, 2, "without its change"),
    "git header cut in its modes": (_DIFF + b"old mode 100644\n", 1, "without its change"),
    "git header with equal modes": (
        _DIFF + b"old mode 100644\nnew mode 100644\n", 1, "without its change",
    ),
    "a new file without content": (
        _DIFF + b"new file mode 100644\nindex 0000000..89abcde\n", 1, "without its change",
    ),
    "half a rename": (_DIFF + b"similarity index 100%\nrename from f\n", 1, "without its change"),
    "half a copy": (_DIFF + b"similarity index 100%\ncopy from f\n", 1, "without its change"),
    "a rename without its edits": (
        _DIFF + b"similarity index 90%\nrename from f\nrename to g\n", 1, "without its change",
    ),
    "a binary diff without payload": (
        _DIFF + _INDEX + b"GIT binary patch\n", 1, "inside this binary diff",
    ),
    "a binary diff cut in its payload": (
        _DIFF + _INDEX + b"GIT binary patch\nliteral 4\nLcmZQzU|?W)00961\n", 1,
        "inside this binary diff",
    ),
    "text only": (b"Description: x\n\nNo diff.\n", None, "no diff in it, only text"),
    "an ed script": (b"1c\nx\n.\n", 1, "commands for the program ed"),
    "a normal diff": (b"1c1\n< a\n---\n> b\n", 1, "a diff in the normal format"),
    "a lone hunk": (b"@@ -1 +1 @@\n-a\n+b\n", None, "no diff in it, only text"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "line", "problem"), _BROKEN.values(), ids=_BROKEN)
def test_broken_patches(raw: bytes, line: int | None, problem: str) -> None:
    """The message names the file and the line, says what is wrong, and mostly what to do."""
    with pytest.raises(PatchFormatError) as caught:
        parse_patch("x.patch", raw)
    assert line == caught.value.line
    assert problem in caught.value.message
    assert caught.value.message.startswith("x.patch" if line is None else f"x.patch:{line}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_hints_say_what_to_do(encoding: str) -> None:
    """A hint comes with the error, apart from its message."""
    with pytest.raises(PatchFormatError) as caught:
        parse_patch("x.patch", _FILE.decode().encode(encoding))
    assert ("Convert it with `iconv -f UTF-16 -t UTF-8`.",) == caught.value.hints


_WHOLE = (
    b"Subject: x\n\n" + _DIFF + _INDEX + _FILE + b"@@ -9,2 +9,3 @@\n x\n+y\n z\n"
    + _FILE.replace(b"/f", b"/g") + b"diff --git a/h b/h\nold mode 100644\nnew mode 100755\n"
    + b"diff --git a/i b/i\n" + _INDEX
    + b"GIT binary patch\nliteral 4\nLcmZQzU|?W)00961\n\nliteral 0\nHcmV?d00001\n\n"
)  # fmt: skip


def test_a_patch_cut_anywhere_loses_nothing_silently() -> None:
    """Either it is refused, or what is left are whole headers and whole hunks, as they were.

    A cut between two hunks, between the two blocks of a binary diff, or in the first word of a
    header cannot be told.
    """
    whole = parse_patch("p", _WHOLE).files
    for size in range(len(_WHOLE)):
        try:
            left = parse_patch("p", _WHOLE[:size])
        except PatchFormatError:
            continue
        assert _WHOLE[:size] == left.raw
        for cut, part in zip(left.files, whole, strict=False):
            assert part.hunks[: len(cut.hunks)] == cut.hunks
            assert part.operation is cut.operation
            assert part.header.rstrip(b"\n") == cut.header.rstrip(b"\n")
            assert part.binary.startswith(cut.binary)
            assert part.hunks == () or cut.hunks
        assert b"\n" not in left.epilogue, size


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n\n"])
def test_a_separator_with_text_below_it_ends_the_diff(between: bytes) -> None:
    """As TopGit writes it, and as GNU patch and git take it: no removed line `--`."""
    raw = _FILE + b"---\n" + between + b"tg: (9a079e2..) t/f (depends on: baseline)\n" + _FILE
    patch = parse_patch("p", raw)
    assert raw == patch.raw
    assert [3, 3] == [hunk.old_count for part in patch.files for hunk in part.hunks]
    with scratch() as folder:
        (folder / "f").write_bytes(b"a\nb\nd\n")
        (folder / "patch").write_bytes(raw)
        done = run(("patch", "--force", "--dry-run", "--verbose", "-p1", "-i", "patch"), folder)
        counted = run(("git", "apply", "--numstat", "patch"), folder)
    assert b"Hunk #1 succeeded" in done.stdout
    assert b"1\t1\tf\n" * 2 == counted.stdout


_PIECES = (
    b" x\n", b"-x\n", b"+x\n", b"\n", b"\tx\n", b"\r\n", b"-\n", b"+y\n", b"text\n", b"-- \n",
    b"--- a/g\n", b"+++ b/g\n", b"---\n", _OPEN, b"@@ -1 +1 @@\n", b"@@ -2,2 +3,2 @@\n",
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(
    st.tuples(*[st.integers(0, 3)] * 2),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=7),
)
def test_what_is_read_gnu_patch_reads_too(counts: tuple[int, int], pieces: list[bytes]) -> None:
    """No hunk is taken that GNU patch calls malformed, and none is missed or made up."""
    raw = _hunk(b"@@ -1,%d +1,%d @@" % counts, b"".join(pieces))
    # A --- line without its +++ is text to us, as in a mail; GNU patch takes a later hunk for its.
    assume(not re.search(rb"\n--- a/g\n(?!\+\+\+ )(?:.*\n)*?@@ ", raw))
    try:
        files = parse_patch("p", raw).files
    except PatchFormatError:
        return
    with scratch() as folder:
        for name, content in (("f", b"x\n"), ("g", b"x\n"), ("patch", raw)):
            (folder / name).write_bytes(content)
        done = run(("patch", "--force", "--dry-run", "--verbose", "-p1", "-i", "patch"), folder)
    assert done.returncode in (0, 1), done.stdout
    assert sum(len(part.hunks) for part in files) == done.stdout.count(b"Hunk #")
