"""Reads the hunks of one file diff; the only module that knows unidiff (pure).

Hunks are framed by their counts first, each with its raw slice. What is a line of a hunk follows
GNU patch 2.7 (pch.c, another_hunk), eaten blanks and carriage returns included; what neither GNU
patch nor git takes is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from patchkit.errors import PatchFormatError
from patchkit.limits import how_to_raise, limits
from patchkit.model.patch import Hunk, Line, LineKind

_HEADER = re.compile(rb"@@ -(\d{1,10})(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@(.*)")
_KINDS = {
    b" ": LineKind.CONTEXT, b"\t": LineKind.CONTEXT, b"\n": LineKind.CONTEXT,
    b"-": LineKind.REMOVED, b"+": LineKind.ADDED,
}  # fmt: skip
_EATEN_BLANKS = (b"\t", b"\n")
"""So a line of context begins in front of which a mail program took away the blank."""
_EMPTY_LINES = (b"-\n", b"+\n", b" \n", b"\n")
_SIGNATURES = (b"-- ", b"--")
SEPARATOR = b"---"
_NO_TEXT = (
    b" ", b"\t", b"-", b"+", b"\\", b"@@", b"diff ", b"Index: ", b"=====", b"RCS file: ", b"*** ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PatchText:
    """The lines of a patch file, and its name for messages."""

    name: str
    lines: Sequence[bytes]

    def line(self, at: int) -> bytes:
        """The line at index `at`; empty before the start and behind the end."""
        return self.lines[at] if 0 <= at < len(self.lines) else b""

    def error(self, at: int, problem: str, *hints: str) -> PatchFormatError:
        """The error to raise about the line at index `at`."""
        return PatchFormatError(self.name, at + 1, problem, *hints)


def is_hunk_header(line: bytes) -> bool:
    """Whether a line is a well-formed hunk header."""
    return _HEADER.match(line.rstrip(b"\r\n")) is not None


def read_hunks(text: PatchText, start: int) -> tuple[tuple[Hunk, ...], int]:
    """The hunks at index `start`, right behind their `+++` line, and the index behind them.

    Raises `PatchFormatError` for a hunk that is cut off, that does not match its counts or that
    changes nothing, and for more hunks than `patchkit.limits` has.
    """
    reader = _HunkReader(text, has_dos_ends=text.line(start - 1).endswith(b"\r\n"))
    framed: list[_RawHunk] = []
    at = start
    while text.line(at).startswith(b"@@ -"):
        if len(framed) == limits().hunks:
            raise text.error(start - 1, f"more than {len(framed)} hunks.", how_to_raise("hunks"))
        framed.append(reader.frame(at))
        at += 1 + len(framed[-1].body)
    return (reader.parsed(framed, start) if framed else ()), at


@dataclass(frozen=True, slots=True)
class _RawHunk:
    """A hunk as it stands in the file, not yet read line by line."""

    header: bytes
    numbers: tuple[int, int, int, int]
    section: bytes
    body: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _HunkReader:
    """Reads the hunks of one file diff.

    `has_dos_ends` says that its `+++` line ends in a carriage return: then GNU patch strips one
    from every line of the hunks.
    """

    text: PatchText
    has_dos_ends: bool

    def frame(self, header_at: int) -> _RawHunk:
        """The hunk whose header is at this index, with the body that its counts cover."""
        header = self.text.line(header_at)
        found = _HEADER.match(header.rstrip(b"\r\n"))
        if found is None:
            raise self.text.error(
                header_at, "a hunk header that is not of the form @@ -A,B +C,D @@."
            )
        old_start, old_count, new_start, new_count = (
            1 if number is None else int(number) for number in found.groups()[:4]
        )
        stop = self._body_stop(header_at, old_count, new_count)
        body = self.text.lines[header_at + 1 : stop]
        if self._goes_on(stop):
            raise self._wrong_counts(header_at, stop)
        if {b"-", b"+"}.isdisjoint(line[:1] for line in body):
            raise self.text.error(header_at, "a hunk that changes nothing.")
        return _RawHunk(header, (old_start, old_count, new_start, new_count), found[5], body)

    def parsed(self, framed: Sequence[_RawHunk], start: int) -> tuple[Hunk, ...]:
        """The hunks, line by line, which unidiff has to take as well; `start` is where they begin.

        unidiff gets them as it wants them: Latin-1 maps bytes one to one, and a blank that was
        eaten in front of a tab is put back.
        """
        bodies = [b"".join(raw.body) for raw in framed]
        pieces = [b"--- a\n+++ b\n"]
        for raw, body in zip(framed, bodies, strict=True):
            pieces += (b"@@ -%d,%d +%d,%d @@\n" % raw.numbers, body)
        readable = b"".join(pieces).replace(b"\n\t", b"\n \t").decode("latin-1")
        try:
            (taken,) = PatchSet(readable.removesuffix("\n").split("\n"), metadata_only=True)
        except UnidiffParseError as error:
            raise self.text.error(start, f"unidiff cannot read the hunks: {error}.") from error
        return tuple(
            Hunk(*raw.numbers, raw.section, self._lines_of(raw), raw.header + body)
            for raw, body, _ in zip(framed, bodies, taken, strict=True)
        )

    def _lines_of(self, raw: _RawHunk) -> tuple[Line, ...]:
        body = [*map(self._stripped, raw.body)] if self.has_dos_ends else raw.body
        lines: list[Line] = []
        for line in body:
            mark = line[:1]
            if mark == b"\\":
                lines[-1] = Line(lines[-1].kind, lines[-1].content.removesuffix(b"\n"))
            else:
                lines.append(Line(_KINDS[mark], line if mark in _EATEN_BLANKS else line[1:]))
        return tuple(lines)

    def _body_stop(self, header_at: int, old_left: int, new_left: int) -> int:
        """The index behind the lines of a hunk with so many old and new ones."""
        at = header_at + 1
        lines = self.text.lines
        while old_left or new_left:
            line = self._stripped(lines[at]) if at < len(lines) else b""
            if not line:
                raise self.text.error(
                    header_at, f"the file ends inside this hunk: {old_left} old and {new_left} new "
                    "lines are missing.", "The patch is truncated; get it anew.",
                )  # fmt: skip
            kind = _KINDS.get(line[:1])
            takes_old, takes_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
            if kind is None or takes_old > old_left or takes_new > new_left:
                raise self._wrong_counts(header_at, at)
            if not line.endswith(b"\n"):
                raise self.text.error(
                    at, "the file ends in the middle of this line of a hunk.",
                    "Get the patch anew, or end the line if nothing is missing.",
                )  # fmt: skip
            old_left, new_left = old_left - takes_old, new_left - takes_new
            at += 1
            if at < len(lines) and lines[at][:1] == b"\\":
                is_last = not (old_left if takes_old else new_left)
                if not is_last or line in _EMPTY_LINES:
                    raise self.text.error(
                        at, "a line without newline that is not the last one of its file, or empty."
                    )
                at += 1
        return at

    def _goes_on(self, at: int) -> bool:
        """Whether changes of the hunk stand behind what its counts cover.

        Context that is left over does no harm: GNU patch takes it for text between the diffs.
        """
        while self.text.line(at).startswith(b" "):
            at += 1
        line = self.text.line(at)
        if line.rstrip(b"\r\n") in _SIGNATURES or self._separates(at):
            return False
        if line.startswith(b"--- ") and self.text.line(at + 1).startswith(b"+++ "):
            return False
        return line.startswith((b"-", b"+"))

    def _separates(self, at: int) -> bool:
        """Whether a line `---` with text below it closes the diff, as TopGit writes it.

        Nothing of a diff follows that text directly: else it may as well remove a line `--`.
        """
        if self.text.line(at).rstrip(b"\r\n") != SEPARATOR:
            return False
        at += 1
        while self.text.line(at) and not self.text.line(at).strip():
            at += 1
        line = self.text.line(at)
        return bool(line) and not line.startswith(_NO_TEXT)

    def _wrong_counts(self, header_at: int, at: int) -> PatchFormatError:
        return self.text.error(
            header_at,
            f"the hunk has not as many lines as its header says (it differs at line {at + 1}).",
            "Mend the counts, for instance with `rediff` or by making the patch anew.",
        )

    def _stripped(self, line: bytes) -> bytes:
        if self.has_dos_ends and line.endswith(b"\r\n"):
            return line[:-2] + b"\n"
        return line
