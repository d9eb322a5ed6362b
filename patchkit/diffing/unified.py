"""Reads patch files without losing a byte (pure).

The file is framed first: prologue, per file a header and hunks, epilogue, each a raw slice, so that
mail headers, signatures, binary payloads and `@@ -1 +1 @@` come back as they were. What starts a
file follows GNU patch 2.7 (pch.c, intuit_diff_type) and git (apply.c).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.githeader import GitHeader, read_git_header
from patchkit.diffing.hiddenchanges import hidden_change
from patchkit.diffing.hunkreading import PatchText, is_hunk_header, read_hunks
from patchkit.diffing.quoting import has_epoch_stamp, header_name
from patchkit.errors import PatchFormatError
from patchkit.limits import how_to_raise, limits
from patchkit.model.patch import FileDiff, Hunk, Operation, Patch
from patchkit.model.tree import SYMLINK, Path, split_lines

_HEADER_STARTS = (b"Index: ", b"=====", b"diff ", b"RCS file: ", b"retrieving revision ")
_EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_CUT_HEADERS = (b"diff -", b"--- ", b"+++ ")
_GET_ANEW = "The patch is truncated; get it anew."


def parse_patch(name: str, raw: bytes) -> Patch:
    """Read one patch file; `name` is used in messages and kept.

    `parse_patch(n, x).raw == x` for every input that parses. Raises `PatchFormatError` for a
    file that is truncated, has hunks that do not match their counts, is in UTF-16, is a context
    or combined diff, or holds text but no diff at all. An empty file is a patch without files.
    """
    _refuse_other_encodings(name, raw)
    return _Reader(PatchText(name, split_lines(raw))).read()


def format_patch(patch: Patch) -> bytes:
    """The bytes of the patch file."""
    return patch.raw


@dataclass(frozen=True, slots=True)
class _Part:
    """One file's part of a patch; `hunks_at` is where its header ends."""

    git: GitHeader | None
    old_name: Path | None
    new_name: Path | None
    operation: Operation
    hunks: tuple[Hunk, ...]
    hunks_at: int


class _Reader:
    """Walks over the lines of one patch file."""

    def __init__(self, text: PatchText) -> None:
        self.text = text
        self.at = 0
        self.unclaimed = 0
        self.hunks = 0

    def read(self) -> Patch:
        lines = self.text.lines
        prologue = b""
        files: list[FileDiff] = []
        while self.at < len(lines):
            start = self.at
            part = self._file_at_cursor(is_first=not files)
            if part is None:
                self.at = start + 1
                continue
            self._refuse_hidden_changes(start)
            if not files:
                self.unclaimed = self._header_start(start)
                prologue = b"".join(lines[: self.unclaimed])
            files.append(self._with_header(part, start))
            self._refuse_many_hunks(files)
            self.unclaimed = self.at
        rest = b"".join(lines[self.unclaimed :])
        self._refuse_cut_header()
        self._refuse_hidden_changes(len(lines))
        if not files:
            self._refuse_text_without_diff(rest)
            return Patch(self.text.name, rest, (), b"")
        return Patch(self.text.name, prologue, tuple(files), rest)

    def _file_at_cursor(self, *, is_first: bool) -> _Part | None:
        line, following = self.text.line(self.at), self.text.line(self.at + 1)
        if line.startswith(b"diff --git "):
            header = read_git_header(self.text.lines, self.at)
            return None if header is None else self._git_part(header)
        if self._names_are_at_cursor():
            starts_hunks = self.text.line(self.at + 2).startswith(b"@@ -")
            return self._plain_part() if starts_hunks else None
        if line.startswith(b"@@ -"):
            self._refuse_stray_hunk(is_first=is_first)
        self._refuse_other_formats(line, following)
        return None

    def _names_are_at_cursor(self) -> bool:
        minus, plus = self.text.line(self.at), self.text.line(self.at + 1)
        return minus.startswith(b"--- ") and plus.startswith(b"+++ ")

    def _git_part(self, header: GitHeader) -> _Part:
        start, self.at = self.at, header.end
        old, new, operation = header.old_name, header.new_name, header.operation
        # Behind a binary change a text diff is one of its own, to git as to GNU patch.
        if not header.binary and self._names_are_at_cursor():
            old = header_name(self.text.line(self.at)[4:], is_git=True)
            new = header_name(self.text.line(self.at + 1)[4:], is_git=True)
            if operation is Operation.MODIFY and None in (old, new):
                operation = Operation.CREATE if old is None else Operation.DELETE
            self.at += 2
            if not self.text.line(self.at).startswith(b"@@ -"):
                raise self.text.error(start, "a file diff without a hunk.", _GET_ANEW)
        hunks_at = self.at
        hunks, self.at = read_hunks(self.text, hunks_at)
        if not hunks:
            self._refuse_cut_git_diff(header, start)
        return _Part(header, old, new, operation, hunks, hunks_at)

    def _plain_part(self) -> _Part:
        minus, plus = self.text.line(self.at)[4:], self.text.line(self.at + 1)[4:]
        old, new = header_name(minus, is_git=False), header_name(plus, is_git=False)
        hunks_at = self.at + 2
        hunks, self.at = read_hunks(self.text, hunks_at)
        first = hunks[0]
        operation = Operation.MODIFY
        if old is None or ((first.old_start, first.old_count) == (0, 0) and has_epoch_stamp(minus)):
            operation = Operation.CREATE
        elif new is None or (
            (first.new_start, first.new_count) == (0, 0) and has_epoch_stamp(plus)
        ):
            operation = Operation.DELETE
        return _Part(None, old, new, operation, hunks, hunks_at)

    def _header_start(self, start: int) -> int:
        """Where the header of the first file begins: lines like `Index:` belong to it."""
        begin = start
        while begin > 0 and self.text.line(begin - 1).startswith(_HEADER_STARTS):
            begin -= 1
        return begin

    def _with_header(self, part: _Part, start: int) -> FileDiff:
        git = part.git
        binary = b"" if git is None else git.binary
        header = b"".join(self.text.lines[self.unclaimed : part.hunks_at])
        return FileDiff(
            header=header.removesuffix(binary),
            operation=part.operation,
            old_name=part.old_name,
            new_name=part.new_name,
            hunks=part.hunks,
            moved_from=None if git is None else git.moved_from,
            moved_to=None if git is None else git.moved_to,
            old_mode=None if git is None else git.old_mode,
            new_mode=None if git is None else git.new_mode,
            similarity=None if git is None else git.similarity,
            old_blob=None if git is None else git.old_blob,
            new_blob=None if git is None else git.new_blob,
            binary=binary,
            is_git=git is not None,
            line=start + 1,
        )

    def _refuse_many_hunks(self, files: Sequence[FileDiff]) -> None:
        self.hunks += len(files[-1].hunks)
        most = limits().hunks
        if self.hunks > most:
            raise self.text.error(
                files[-1].line - 1, f"more than {most} hunks in this patch, up to this file.",
                how_to_raise("hunks"),
            )  # fmt: skip

    def _refuse_hidden_changes(self, stop: int) -> None:
        """Raise for what GNU patch would take for a change in the text from the last diff to
        `stop`."""
        found = hidden_change(self.text.lines, range(self.unclaimed, stop))
        if found is not None:
            raise self.text.error(
                found.at, f"{found.what}, which GNU patch would carry out as well.",
                "Remove it from the text of the patch, or put a > before each line.",
            )  # fmt: skip

    def _refuse_stray_hunk(self, *, is_first: bool) -> None:
        """Raise for a hunk whose file header is missing; a line of a message may only look so."""
        is_text = is_first and not self.text.line(self.at - 1).startswith(b"+++ ")
        following = self.text.line(self.at + 1)
        is_hunk = not following or following.startswith((b" ", b"-", b"+"))
        if is_hunk and not is_text and is_hunk_header(self.text.line(self.at)):
            raise self.text.error(
                self.at, "a hunk that belongs to no file.",
                "Hunks must follow their --- and +++ lines without other text between.",
            )  # fmt: skip

    def _refuse_other_formats(self, line: bytes, following: bytes) -> None:
        is_combined = line.startswith((b"diff --cc ", b"diff --combined "))
        if is_combined and following.startswith(b"index "):
            raise self.text.error(
                self.at, "a combined diff of a merge, which cannot be applied.",
                "Make the patch with `git diff FIRST_PARENT MERGE`.",
            )  # fmt: skip
        is_context_diff = line.startswith(b"*** ") and following.startswith(b"--- ")
        if is_context_diff and self.text.line(self.at + 2).startswith(b"***************"):
            raise self.text.error(
                self.at, "a context diff; patchkit reads unified diffs.",
                "Convert it with `filterdiff --format=unified`.",
            )  # fmt: skip

    def _refuse_cut_git_diff(self, header: GitHeader, start: int) -> None:
        """Raise for a git header without hunks whose change must have been cut off.

        git itself refuses a header that changes nothing (apply.c, parse_chunk).
        """
        is_payload = header.binary.startswith(b"GIT binary patch")
        if is_payload and not header.binary.endswith((b"\n\n", b"\n\r\n")):
            raise self.text.error(start, "the file ends inside this binary diff.", _GET_ANEW)
        if header.binary:
            return
        blob = header.new_blob
        lacks_content = blob is not None and not any(
            empty.startswith(blob) for empty in _EMPTY_BLOBS
        )
        is_cut = {
            Operation.CREATE: lacks_content or header.new_mode == SYMLINK,
            Operation.DELETE: False,
            Operation.MODIFY: not header.changes_mode,
            Operation.RENAME: header.similarity not in (None, 100) or header.moved_to is None,
            Operation.COPY: header.similarity not in (None, 100) or header.moved_to is None,
        }
        if is_cut[header.operation]:
            raise self.text.error(start, "a git file header without its change.", _GET_ANEW)

    def _refuse_cut_header(self) -> None:
        last = len(self.text.lines) - 1
        is_cut_line = not self.text.line(last).endswith(b"\n")
        header_ends = (last - 1, last) if is_cut_line else (last,)
        for at in header_ends:
            if at >= self.unclaimed and self.text.line(at).startswith(_CUT_HEADERS):
                raise self.text.error(at, "the file ends inside the header of a diff.", _GET_ANEW)

    def _refuse_text_without_diff(self, text: bytes) -> None:
        if text.strip():
            raise PatchFormatError(
                self.text.name, None, "no diff in it, only text.",
                "Remove it from the series, or get the patch anew if it was cut off.",
            )  # fmt: skip


def _refuse_other_encodings(name: str, raw: bytes) -> None:
    looks_wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        len(raw) >= 8 and b"\0" in raw[:8] and raw[:64].count(0) * 3 > len(raw[:64])
    )
    if looks_wide:
        raise PatchFormatError(
            name, 1, "the file is in UTF-16 or UTF-32; a patch is bytes with \\n line ends.",
            "Convert it with `iconv -f UTF-16 -t UTF-8`.",
        )  # fmt: skip
