"""Patch files are read whole: every byte comes back, and every part is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.diffing.unified import format_patch, parse_patch
from patchkit.model.patch import FileDiff, Line, LineKind, Operation, Patch
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK

from .oracles import run, scratch

_HUNK = b"@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
_FILE = b"--- a/f\n+++ b/f\n" + _HUNK
_GIT = b"diff --git a/f b/f\nindex 1234567..89abcde 100644\n" + _FILE

_MAIL = (
    b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
    b"From: A U Thor <author@example.invalid>\n"
    b"Date: Sun, 2 Feb 2020 02:02:02 +0000\n"
    b"Subject: [PATCH 1/2] Do it\n\n"
    b"--- x is no file, and neither is\n+++ y\n"
    b"diff --git a/quoted b/quoted\n"
    b"@@ -1,2 +3,4 @@ is no hunk\n\n"
    b"Signed-off-by: A U Thor <author@example.invalid>\n"
    b"---\n f | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
)
_SIGNATURE = b"-- \n2.39.5\n\n"
_DEP3 = (
    b"Description: Do it\n Longer.\n .\n - a list\nOrigin: upstream, https://example.invalid/1\n"
    b"Bug-Debian: https://bugs.example.invalid/1\nForwarded: no\nLast-Update: 2020-02-02\n---\n"
    b"This patch header follows DEP-3\n"
)
_SVN = (
    b"Index: src/f\n"
    + b"=" * 67
    + b"\n--- src/f\t(revision 1)\n+++ src/f\t(working copy)\n"
    + _HUNK
)
_EPOCH = b"\t1970-01-01 00:00:00.000000000 +0000\n"
_STAMP = b"\t2020-02-02 02:02:02.000000000 +0000\n"
_NEW = (
    b"diff -Nru a/new.c b/new.c\n--- a/new.c" + _EPOCH + b"+++ b/new.c" + _STAMP
    + b"@@ -0,0 +1 @@\n+x\n"
)  # fmt: skip
_OLD = (
    b"diff -Nru a/old.c b/old.c\n--- a/old.c" + _STAMP + b"+++ b/old.c" + _EPOCH
    + b"@@ -1 +0,0 @@\n-x\n"
)  # fmt: skip
_MODE = b"diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
_RENAME = (
    b"diff --git a/old name b/new name\nsimilarity index 100%\n"
    b"rename from old name\nrename to new name\n"
)
_COPY = b"diff --git a/one b/two\nsimilarity index 100%\ncopy from one\ncopy to two\n"
_EMPTY = b"diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n"
_GONE = b"diff --git a/empty b/empty\ndeleted file mode 100755\nindex e69de29..0000000\n"
_LINK = (
    b"diff --git a/link b/link\nnew file mode 120000\nindex 0000000..1de5659\n--- /dev/null\n"
    b"+++ b/link\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n"
)
_PAYLOAD = b"GIT binary patch\nliteral 4\nLcmZQzU|?W)00961\n\nliteral 3\nKcmZQzWMl#W06+i$\n\n"
_BINARY = b"diff --git a/pic b/pic\nindex 1234567..89abcde 100644\n" + _PAYLOAD
_DIFFER = (
    b"diff --git a/pic b/pic\nindex 1234567..89abcde 100644\nBinary files a/pic and b/pic differ\n"
)
_OPEN = b"\\ No newline at end of file\n"


def _dos(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


SAMPLES = {
    "nothing at all": b"",
    "empty lines only": b"\n \n",
    "a lone diff": _FILE,
    "git": _GIT,
    "a mail with signature and diffstat": _MAIL + _GIT + _SIGNATURE,
    "a signature without blank": _MAIL + _GIT + b"--\n2.39.5\n",
    "mails in a row": (_MAIL + _GIT + _SIGNATURE) * 3,
    "mails in a row without signature": (_MAIL + _GIT) * 2,
    "DEP-3": _DEP3 + _FILE,
    "Subversion": _SVN * 2,
    "CVS": b"Index: f\n" + b"=" * 67 + b"\nRCS file: /cvs/f,v\nretrieving revision 1.1\n"
    b"diff -u -r1.1 f\n--- f\t2 Feb 2020 02:02:02 -0000\t1.1\n+++ f\t2 Feb 2020 02:02:03 -0000\n"
    + _HUNK,
    "Subversion with properties": _SVN + b"\nProperty changes on: src/f\n" + b"_" * 20
    + b"\nAdded: svn:executable\n   + *\n\n" + _SVN,
    "GNU diff of folders": b"diff -Nru a/f b/f\n" + _FILE + b"Only in a: g\n" + _NEW + _OLD,
    "binary files among others": b"Binary files a/p and b/p differ\n" + _FILE
    + b"Binary files a/q and b/q differ\n",
    "modes": _MODE * 2,
    "renames and copies": _RENAME + _COPY + _RENAME,
    "empty files": _EMPTY + _GONE,
    "a symbolic link": _LINK,
    "git binary patches": _BINARY * 2 + _GIT,
    "a binary patch in a mail": _MAIL + _BINARY + _SIGNATURE,
    "a binary patch before another mail": _MAIL + _BINARY + _MAIL + _GIT,
    "binary files differ": _DIFFER * 2,
    "all in the line ends of DOS": _dos(_MAIL + _GIT + _BINARY + _SIGNATURE),
    "content with the line ends of DOS": _GIT.replace(b"\n a\n-b\n+c\n", b"\n a\r\n-b\r\n+c\r\n"),
    "no newline on the old side": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n" + _OPEN + b"+b\n",
    "no newline on the new side": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n" + _OPEN,
    "no newline on either side": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n" + _OPEN + b"+b\n" + _OPEN,
    "no newline on a context line": b"--- f\n+++ f\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n" + _OPEN,
    "no newline, in another language": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n\\ Kein Ende\n",
    "no newline, itself without newline": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n" + _OPEN[:-1],
    "counts left out": b"--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9,0 @@ x\n-c\n",
    "counts spelled out": b"--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n+b\n",
    "a blank behind the header": b"--- f\n+++ f\n@@ -1 +1 @@ \n-a\n+b\n",
    "eaten blanks": b"--- f\n+++ f\n@@ -1,4 +1,4 @@\n\n-a\n+b\n\tc\n\n",
    "eaten blanks in the line ends of DOS": _dos(b"--- f\n+++ f\n@@ -1,3 +1,3 @@\n\n-a\n+b\n\n"),
    "lines that look like headers": b"--- f\n+++ f\n@@ -1,3 +1,3 @@\n--- a/foo\n-- bar\n+++ b/foo\n"
    b"+@@ -1 +1 @@\n diff --git a/x b/x\n",
    "context that is left over": _FILE + b" stray\n f | 2 +-\n" + _FILE,
    "an epilogue": _FILE + b"\nThat is all.\n",
    "an epilogue without newline": _FILE + _SIGNATURE.rstrip(),
    "other control characters": b"f\x0cg\rh\x85\n"
    b"--- f\n+++ f\n@@ -1 +1 @@\n-a\x0cb\rc\n+\x1c\x85\xff\n",
    "a lone carriage return": b"--- f\n+++ f\n@@ -1 +1 @@\n-\r\n+\rx\n",
    "a byte order mark": b"\xef\xbb\xbfSubject: x\n" + _FILE,
    "quoted text of a diff in a mail": b"> --- a/f\n> +++ b/f\n> @@ -1 +1 @@\n" + _FILE,
    "Mercurial": b"# HG changeset patch\n# User x\ndiff --git a/f b/f\n" + _FILE,
    "a combined diff talked about": b"diff --cc is what merges show\n" + _FILE,
}  # fmt: skip


@pytest.mark.parametrize("raw", SAMPLES.values(), ids=SAMPLES)
def test_every_byte_comes_back(raw: bytes) -> None:
    """What parses is given back as it was, and its parts are slices of it, in order."""
    patch = parse_patch("p", raw)
    assert raw == format_patch(patch)
    assert raw == patch.prologue + b"".join(part.raw for part in patch.files) + patch.epilogue


def _only(raw: bytes) -> FileDiff:
    (part,) = parse_patch("p", raw).files
    return part


def test_a_mail_is_prologue_diff_and_epilogue() -> None:
    """The diff begins at its `diff --git`, whatever the message looks like; the rest is kept."""
    patch = parse_patch("p", _MAIL + _GIT + _SIGNATURE)
    assert (_MAIL, _SIGNATURE) == (patch.prologue, patch.epilogue)
    assert _GIT == patch.files[0].raw
    assert _MAIL.count(b"\n") + 1 == patch.files[0].line


def test_text_between_diffs_belongs_to_the_next() -> None:
    """The signature of one mail and the header of the next stand before the second diff."""
    first, second = parse_patch("p", (_MAIL + _GIT + _SIGNATURE) * 2).files
    assert _GIT == first.raw
    assert _SIGNATURE + _MAIL + _GIT == second.raw
    assert [(2, 2)] == [(hunk.old_count, hunk.new_count) for hunk in second.hunks]


def test_lines_like_index_belong_to_the_diff() -> None:
    """Subversion's lines above `---` are the header of its first file too."""
    patch = parse_patch("p", b"Text.\n" + _SVN)
    assert b"Text.\n" == patch.prologue
    assert patch.files[0].header.startswith(b"Index: src/f\n")


@pytest.mark.parametrize(
    ("raw", "operation", "old", "new"),
    [
        pytest.param(_GIT, Operation.MODIFY, b"a/f", b"b/f", id="git"),
        pytest.param(_NEW, Operation.CREATE, b"a/new.c", b"b/new.c", id="epoch before"),
        pytest.param(_OLD, Operation.DELETE, b"a/old.c", b"b/old.c", id="epoch after"),
        pytest.param(
            _NEW.replace(_EPOCH, _STAMP), Operation.MODIFY, b"a/new.c", b"b/new.c",
            id="an empty file that is there",
        ),
        pytest.param(
            _OLD.replace(_EPOCH, b"\tWed Dec 31 16:00:00 1969\n"), Operation.DELETE,
            b"a/old.c", b"b/old.c", id="epoch, as diff -c writes it",
        ),
        pytest.param(
            _OLD.replace(_EPOCH, b"\tWed Dec 31 16:00:00 2008\n"), Operation.MODIFY,
            b"a/old.c", b"b/old.c", id="the last day of another year",
        ),
        pytest.param(
            b"--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n", Operation.CREATE, None, b"b/f",
            id="plain /dev/null before",
        ),
        pytest.param(
            b"--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", Operation.DELETE, b"a/f", None,
            id="plain /dev/null after",
        ),
        pytest.param(
            b"diff --git a/f b/f\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n",
            Operation.CREATE, None, b"b/f", id="git /dev/null without mode",
        ),
        pytest.param(
            b"diff --git a/f b/f\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
            Operation.DELETE, b"a/f", None, id="git /dev/null after without mode",
        ),
        pytest.param(_MODE, Operation.MODIFY, b"a/run.sh", b"b/run.sh", id="mode"),
        pytest.param(_RENAME, Operation.RENAME, None, None, id="names that only the rename tells"),
        pytest.param(_COPY, Operation.COPY, b"a/one", b"b/two", id="copy"),
        pytest.param(_EMPTY, Operation.CREATE, None, b"b/empty", id="new empty file"),
        pytest.param(_GONE, Operation.DELETE, b"a/empty", None, id="deleted empty file"),
        pytest.param(_LINK, Operation.CREATE, None, b"b/link", id="new link"),
        pytest.param(_DIFFER, Operation.MODIFY, b"a/pic", b"b/pic", id="binary files differ"),
        pytest.param(
            b"--- with blank\t\n+++ with blank\t\n" + _HUNK, Operation.MODIFY,
            b"with blank", b"with blank", id="blanks before a tab",
        ),
        pytest.param(
            b'--- "a/caf\\303\\251"\n+++ "b/tab\\there" \n' + _HUNK, Operation.MODIFY,
            b"a/caf\xc3\xa9", b"b/tab\there", id="quoted",
        ),
        pytest.param(
            b"--- a/caf\xe9\n+++ b/caf\xe9\n" + _HUNK, Operation.MODIFY,
            b"a/caf\xe9", b"b/caf\xe9", id="Latin-1",
        ),
        pytest.param(_dos(_FILE), Operation.MODIFY, b"a/f", b"b/f", id="line ends of DOS"),
        pytest.param(
            b"---   f  2020-02-02\n+++ \n" + _HUNK, Operation.MODIFY, b"f", b"",
            id="more blanks than needed, and no name at all",
        ),
    ],
)  # fmt: skip
def test_operation_and_names(
    raw: bytes, operation: Operation, old: bytes | None, new: bytes | None
) -> None:
    """What the file diff does, and the names as written, without quotes, stamps and line ends."""
    part = _only(raw)
    assert (operation, old, new) == (part.operation, part.old_name, part.new_name)


def test_git_facts() -> None:
    """Modes, similarity, blobs and the names of a move are read from git's header."""
    mode = _only(_MODE)
    assert (REGULAR, EXECUTABLE, True) == (mode.old_mode, mode.new_mode, mode.is_git)
    move = _only(_RENAME)
    assert (b"old name", b"new name") == (move.moved_from, move.moved_to)
    assert 100 == move.similarity
    assert (None, SYMLINK) == (_only(_LINK).old_mode, _only(_LINK).new_mode)
    assert (EXECUTABLE, None) == (_only(_GONE).old_mode, _only(_GONE).new_mode)
    assert (b"1234567", b"89abcde") == (_only(_GIT).old_blob, _only(_GIT).new_blob)
    assert (REGULAR, REGULAR) == (_only(_GIT).old_mode, _only(_GIT).new_mode)
    assert not _only(_FILE).is_git


def test_a_binary_payload_ends_where_its_blocks_end() -> None:
    """Both blocks belong to it, a signature or the next mail does not."""
    patch = parse_patch("p", _MAIL + _BINARY + _MAIL + _BINARY + b"End\n")
    assert [_PAYLOAD, _PAYLOAD] == [part.binary for part in patch.files]
    assert [(), ()] == [part.hunks for part in patch.files]
    assert b"End\n" == patch.epilogue
    assert _DIFFER.splitlines(keepends=True)[-1] == _only(_DIFFER).binary


def _hunk_lines(body: bytes, counts: bytes = b"-1 +1") -> list[tuple[LineKind, bytes]]:
    (hunk,) = _only(b"--- f\n+++ f\n@@ " + counts + b" @@\n" + body).hunks
    return [(line.kind, line.content) for line in hunk.lines]


def test_lines_of_a_hunk() -> None:
    """Kind and content of each line; the content keeps its own line end, or has none."""
    context, removed, added = LineKind.CONTEXT, LineKind.REMOVED, LineKind.ADDED
    assert [(removed, b"a"), (added, b"b\r\n")] == _hunk_lines(b"-a\n" + _OPEN + b"+b\r\n")
    assert [(removed, b"a\n"), (added, b"b")] == _hunk_lines(b"-a\n+b\n" + _OPEN)
    assert [(context, b"\n"), (removed, b"-- x\n"), (added, b"++ y\n"), (context, b"\tz\n")] == (
        _hunk_lines(b"\n--- x\n+++ y\n\tz\n", b"-1,3 +1,3")
    )
    assert [(removed, b"\xe9\x0c\r\x85\n"), (added, b"\\ No\n")] == _hunk_lines(
        b"-\xe9\x0c\r\x85\n+\\ No\n"
    )


def test_header_numbers_and_section() -> None:
    """Numbers as written, one where a count is left out; the section is what follows `@@`."""
    (hunk,) = _only(b"--- f\n+++ f\n@@ -3 +4,0 @@ int main()\n-a\n").hunks
    assert (3, 1, 4, 0) == (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count)
    assert b" int main()" == hunk.section
    assert (Line(LineKind.REMOVED, b"a\n"),) == hunk.lines


@pytest.mark.parametrize(
    ("names", "hunk_header", "expected"),
    [
        pytest.param(b"--- f\r\n+++ f\r\n", b"@@ -1 +1 @@\r\n", b"A\n", id="all of it"),
        pytest.param(b"--- f\n+++ f\r\n", b"@@ -1 +1 @@\n", b"A\n", id="only the +++ line"),
        pytest.param(b"--- f\n+++ f\n", b"@@ -1 +1 @@\r\n", None, id="only the hunk"),
        pytest.param(b"--- f\r\n+++ f\n", b"@@ -1 +1 @@\r\n", None, id="only the --- line"),
    ],
)
def test_carriage_returns_are_stripped_as_gnu_patch_does(
    names: bytes, hunk_header: bytes, expected: bytes | None
) -> None:
    """The line end of the `+++` line decides for all hunks of the file."""
    raw = names + hunk_header + b"-a\r\n+A\r\n"
    with scratch() as folder:
        (folder / "f").write_bytes(b"a\n")
        (folder / "p").write_bytes(raw)
        done = run(("patch", "--force", "-F0", "-o", "out", "f", "p"), folder)
        result = (folder / "out").read_bytes() if done.returncode == 0 else None
    assert expected == result
    (hunk,) = _only(raw).hunks
    assert (b"a\n" if expected else b"a\r\n") == hunk.old[0]


def test_text_is_kept_as_a_patch_without_files() -> None:
    """An empty file, or one of blank lines, is a patch that changes nothing."""
    assert Patch("p", b"\n \n", (), b"") == parse_patch("p", b"\n \n")


def test_real_mails_of_git(tmp_path: Path) -> None:
    """What git format-patch writes is cut into message, diffs and signature."""
    (tmp_path / "f").write_bytes(b"one\n")
    for command in (
        ("git", "init", "-q"),
        ("git", "add", "f"),
        ("git", "commit", "-qm", "Start\n\n--- a/f\n+++ b/f\n is no diff"),
    ):
        assert run(command, tmp_path).returncode == 0
    raw = run(("git", "format-patch", "--stdout", "--root", "HEAD"), tmp_path).stdout
    patch = parse_patch("0001-Start.patch", raw)
    assert raw == patch.raw
    assert patch.prologue.endswith(b" create mode 100644 f\n\n")
    assert patch.epilogue.startswith(b"-- \n2.")
    assert [Operation.CREATE] == [part.operation for part in patch.files]
