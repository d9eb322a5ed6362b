"""Reads patch files without losing a byte; the only module that knows unidiff (pure).

The file is framed first: prologue, per file a header and hunks, epilogue, each a raw slice. Only the
hunks themselves go through unidiff, because its `str()` does not give mail headers, signatures,
binary payloads or `@@ -1 +1 @@` back. Rules on what starts a file and how counts and
missing blanks are read follow GNU patch 2.7 (pch.c) and git (apply.c).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from unidiff.constants import LINE_TYPE_NO_NEWLINE
from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from patchkit.diffing.githeader import GitHeader, read_git_header
from patchkit.diffing.quoting import has_epoch_stamp, header_name
from patchkit.errors import PatchFormatError
from patchkit.model.patch import FileDiff, Hunk, Line, LineKind, Operation, Patch
from patchkit.model.tree import Path, split_lines

_HUNK_HEADER = re.compile(rb"@@ -(\d{1,10})(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@(.*)")
_NO_NEWLINE = "\\ No newline at end of file\n"
_SIGNATURES = (b"-- ", b"--")
_CONTEXT_STARTS = (b" ", b"\n", b"\t", b"\r")


def parse_patch(name: str, raw: bytes) -> Patch:
    """Read one patch file; `name` is used in messages and kept.

    `parse_patch(n, x).raw == x` for every input that parses. Raises `PatchFormatError` for a
    file that is truncated, has hunks that do not match their counts, is in UTF-16, is a context
    or combined diff, or holds text but no diff at all. An empty file is a patch without files.
    """
    _refuse_other_encodings(name, raw)
    return _Reader(name, split_lines(raw)).read()


def format_patch(patch: Patch) -> bytes:
    """The bytes of the patch file."""
    return patch.raw


@dataclass(frozen=True, slots=True)
class _RawHunk:
    """A hunk as it stands in the file, not yet read line by line."""

    header: bytes
    numbers: tuple[int, int, int, int]
    section: bytes
    body: tuple[bytes, ...]


class _Reader:
    """Walks over the lines of one patch file."""

    def __init__(self, name: str, lines: list[bytes]) -> None:
        self.name = name
        self.lines = lines
        self.at = 0
        self.unclaimed = 0

    def read(self) -> Patch:
        prologue = b""
        files: list[FileDiff] = []
        while self.at < len(self.lines):
            start = self.at
            part = self._file_at_cursor(is_first=not files)
            if part is None:
                self.at = start + 1
                continue
            if not files:
                begin = self._header_start(start)
                prologue = b"".join(self.lines[:begin])
                self.unclaimed = begin
            files.append(self._with_header(part, start))
            self.unclaimed = self.at
        rest = b"".join(self.lines[self.unclaimed :])
        if not files:
            self._refuse_text_without_diff(rest)
            return Patch(self.name, rest, (), b"")
        return Patch(self.name, prologue, tuple(files), rest)

    def _line(self, at: int) -> bytes:
        return self.lines[at] if at < len(self.lines) else b""

    def _fail(self, at: int, problem: str, *hints: str) -> PatchFormatError:
        return PatchFormatError(self.name, at + 1, problem, *hints)

    def _file_at_cursor(self, *, is_first: bool) -> _Part | None:
        line = self._line(self.at)
        if line.startswith(b"diff --git "):
            header = read_git_header(self.lines, self.at)
            return None if header is None else self._git_part(header)
        if line.startswith(b"--- ") and self._line(self.at + 1).startswith(b"+++ "):
            if self._line(self.at + 2).startswith(b"@@ -"):
                return self._plain_part()
            return None
        if line.startswith(b"@@ -") and not is_first and _HUNK_HEADER.match(line):
            raise self._fail(
                self.at, "a hunk that belongs to no file.",
                "Hunks must follow their --- and +++ lines without other text between.",
            )  # fmt: skip
        if line.startswith((b"diff --cc ", b"diff --combined ")):
            raise self._fail(
                self.at, "a combined diff of a merge, which cannot be applied.",
                "Make the patch with `git diff FIRST_PARENT MERGE`.",
            )  # fmt: skip
        is_context_diff = line.startswith(b"*** ") and self._line(self.at + 1).startswith(b"--- ")
        if is_context_diff and self._line(self.at + 2).startswith(b"***************"):
            raise self._fail(
                self.at, "a context diff; patchkit reads unified diffs.",
                "Convert it with `filterdiff --format=unified`.",
            )  # fmt: skip
        return None

    def _git_part(self, header: GitHeader) -> _Part:
        self.at = header.end
        old, new = header.old_name, header.new_name
        if self._line(self.at).startswith(b"--- ") and self._line(self.at + 1).startswith(b"+++ "):
            old = header_name(self._line(self.at)[4:], is_git=True)
            new = header_name(self._line(self.at + 1)[4:], is_git=True)
            self.at += 2
        hunks_at = self.at
        hunks = () if header.binary else self._hunks()
        return _Part(header, old, new, header.operation, hunks, hunks_at)

    def _plain_part(self) -> _Part:
        minus, plus = self._line(self.at)[4:], self._line(self.at + 1)[4:]
        old, new = header_name(minus, is_git=False), header_name(plus, is_git=False)
        self.at += 2
        hunks_at = self.at
        hunks = self._hunks()
        operation = Operation.MODIFY
        first = hunks[0].numbers
        if old is None or (first[:2] == (0, 0) and has_epoch_stamp(minus)):
            operation = Operation.CREATE
        elif new is None or (first[2:] == (0, 0) and has_epoch_stamp(plus)):
            operation = Operation.DELETE
        return _Part(None, old, new, operation, hunks, hunks_at)

    def _hunks(self) -> tuple[_RawHunk, ...]:
        hunks = []
        while self._line(self.at).startswith(b"@@ -"):
            hunks.append(self._hunk())
        return tuple(hunks)

    def _hunk(self) -> _RawHunk:
        header_at = self.at
        header = self._line(header_at)
        found = _HUNK_HEADER.match(header.rstrip(b"\r\n"))
        if found is None:
            raise self._fail(header_at, "a hunk header that is not of the form @@ -A,B +C,D @@.")
        old_start, old_count, new_start, new_count = (
            1 if text is None else int(text) for text in found.groups()[:4]
        )
        old_left, new_left = old_count, new_count
        self.at += 1
        begin = self.at
        while old_left > 0 or new_left > 0:
            line = self._line(self.at)
            mark = line[:1]
            if not line:
                raise self._fail(
                    header_at, f"the file ends inside this hunk: {old_left} old and {new_left} new "
                    "lines are missing.", "The patch is truncated; get it anew.",
                )  # fmt: skip
            if mark in _CONTEXT_STARTS:
                old_left, new_left = old_left - 1, new_left - 1
            elif mark == b"-":
                old_left -= 1
            elif mark == b"+":
                new_left -= 1
            elif mark != b"\\":
                break
            if old_left < 0 or new_left < 0:
                break
            self.at += 1
        if old_left or new_left:
            raise self._wrong_counts(header_at)
        if not old_count and not new_count:
            raise self._fail(header_at, "a hunk without any line.")
        if self._line(self.at).startswith(b"\\"):
            self.at += 1
        if self._goes_on():
            raise self._wrong_counts(header_at)
        numbers = (old_start, old_count, new_start, new_count)
        return _RawHunk(header, numbers, found[5], tuple(self.lines[begin : self.at]))

    def _goes_on(self) -> bool:
        """Whether lines of the hunk stand behind what its counts cover."""
        line = self._line(self.at)
        if line.rstrip(b"\r\n") in _SIGNATURES:
            return False
        if line.startswith(b"--- ") and self._line(self.at + 1).startswith(b"+++ "):
            return False
        return line.startswith((b"-", b"+", b" "))

    def _wrong_counts(self, header_at: int) -> PatchFormatError:
        return self._fail(
            header_at, "the hunk has not as many lines as its header says "
            f"(it differs at line {self.at + 1}).",
            "Mend the counts, for instance with `rediff` or by making the patch anew.",
        )  # fmt: skip

    def _header_start(self, start: int) -> int:
        """Where the header of the first file begins: lines like `Index:` belong to it."""
        begin = start
        while begin > 0 and self.lines[begin - 1].startswith(
            (b"Index: ", b"=====", b"diff ", b"RCS file: ", b"retrieving revision ")
        ):
            begin -= 1
        return begin

    def _with_header(self, part: _Part, start: int) -> FileDiff:
        git = part.git
        binary = b"" if git is None else git.binary
        header = b"".join(self.lines[self.unclaimed : part.hunks_at])
        return FileDiff(
            header=header.removesuffix(binary),
            operation=part.operation,
            old_name=part.old_name,
            new_name=part.new_name,
            hunks=self._read_hunks(part),
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

    def _read_hunks(self, part: _Part) -> tuple[Hunk, ...]:
        if not part.hunks:
            return ()
        text = ["--- a\n", "+++ b\n"]
        for raw in part.hunks:
            text.append("@@ -%d,%d +%d,%d @@\n" % raw.numbers)
            text.extend(_readable(line) for line in raw.body)
        try:
            (parsed,) = PatchSet(text)
        except UnidiffParseError as error:
            raise self._fail(part.hunks_at, f"unidiff cannot read the hunks: {error}.") from error
        return tuple(
            Hunk(*raw.numbers, raw.section, _lines_of(read, raw), raw.header + b"".join(raw.body))
            for raw, read in zip(part.hunks, parsed, strict=True)
        )

    def _refuse_text_without_diff(self, text: bytes) -> None:
        if text.strip():
            raise PatchFormatError(
                self.name, None, "no diff in it, only text.",
                "Remove it from the series, or get the patch anew if it was cut off.",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """One file's part of a patch, framed but not yet read line by line."""

    git: GitHeader | None
    old_name: Path | None
    new_name: Path | None
    operation: Operation
    hunks: tuple[_RawHunk, ...]
    hunks_at: int


def _readable(line: bytes) -> str:
    """A hunk line as unidiff wants it: Latin-1 maps bytes one to one, eaten blanks are put back."""
    if line.startswith(b"\\"):
        return _NO_NEWLINE
    if not line.endswith(b"\n"):
        line += b"\n"
    if line[:1] in (b"\t", b"\r", b"\n"):
        line = b" " + line
    return line.decode("latin-1")


def _lines_of(parsed: object, raw: _RawHunk) -> tuple[Line, ...]:
    # GNU patch strips carriage returns from a hunk whose own header line ends in one.
    strips_return = raw.header.endswith(b"\r\n")
    lines: list[Line] = []
    for line in parsed:  # type: ignore[attr-defined]  # unidiff's Hunk is a list of its lines
        if line.line_type == LINE_TYPE_NO_NEWLINE:
            lines[-1] = Line(lines[-1].kind, lines[-1].content.removesuffix(b"\n"))
            continue
        content = line.value.encode("latin-1")
        if strips_return and content.endswith(b"\r\n"):
            content = content[:-2] + b"\n"
        lines.append(Line(LineKind(line.line_type.encode()), content))
    return tuple(lines)


def _refuse_other_encodings(name: str, raw: bytes) -> None:
    looks_wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        len(raw) >= 8 and b"\0" in raw[:8] and raw[:64].count(0) * 3 > len(raw[:64])
    )
    if looks_wide:
        raise PatchFormatError(
            name, 1, "the file is in UTF-16 or UTF-32; a patch is bytes with \\n line ends.",
            "Convert it with `iconv -f UTF-16 -t UTF-8`.",
        )  # fmt: skip
