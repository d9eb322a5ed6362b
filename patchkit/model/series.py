"""The ordered list of patches: series.conf and its relatives (ground floor, no I/O).

Each line is kept raw, so `Series.raw` is the file that was parsed, byte for byte, and an
edit changes only the lines it must. Formats: quilt's `series` (quilt(1)), openEuler's
`series.conf` (one patch file name a line) and the guarded `series.conf` of SUSE's
kernel-source (guards(1)). What is read how: `docs/reference/series.md`.

    # a comment
    0001-first.patch
    0002-second.patch -p0 -R     # a trailing comment
    +virt patches.suse/third.patch
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.entry import (
    Entry,
    Guard,
    decode_name,
    encode_name,
    format_entry,
    is_mentioned,
    no_such_patch,
    one_line,
)
from patchkit.model.shown import shown_name
from patchkit.model.tree import split_lines

__all__ = [
    "Entry", "Guard", "Series", "SeriesLine", "decode_name", "encode_name", "format_entry",
    "parse_series",
]  # fmt: skip

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BLANKS = b" \t\f\v\r\n"
_COMMENT = re.compile(rb"(?:^|[ \t])#.*", re.DOTALL)
_GUARD = re.compile(rb"([+-])(!?)([^ \t]*)[ \t]+")
_OPTION = re.compile(
    rb"(?<![ \t])[ \t]+"
    rb"(?:-p[ \t]*(?P<strip>\d{1,4})|--strip=(?P<long>\d{1,4})|(?P<reverse>-R|--reverse))"
    rb"(?![^ \t])"
)
_OPTION_LIKE = re.compile(rb"[ \t]-")
_SORTED = b"# sorted patches"
_END_OF_SORTED = b"# end of sorted patches"


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One line of a series file: its bytes, and the patch it names, if it names one."""

    raw: bytes
    entry: Entry | None

    @property
    def comment(self) -> bytes:
        """The comment on this line from its `#` on, without the line end; b"" if there is none."""
        found = _COMMENT.search(self.raw.removeprefix(_BYTE_ORDER_MARK))
        return b"" if found is None else found[0].strip(_BLANKS)


@dataclass(frozen=True)
class Series:
    """A series file: an ordered patch list with everything that stands around it."""

    lines: tuple[SeriesLine, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The patches, in order, guarded ones included."""
        return tuple(line.entry for line in self.lines if line.entry is not None)

    @cached_property
    def raw(self) -> bytes:
        """The file, byte for byte."""
        return b"".join(line.raw for line in self.lines)

    @cached_property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches, in order, each with the number of its line."""
        numbered = ((number, line.entry) for number, line in enumerate(self.lines, 1))
        return tuple((number, entry) for number, entry in numbered if entry is not None)

    @cached_property
    def notes(self) -> tuple[bytes, ...]:
        """The comments on lines that name no patch, from their `#` on."""
        return tuple(line.comment for line in self.lines if line.entry is None and line.comment)

    @property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """What a person should know of how the file was read: nothing, it is read as it stands."""
        return ()

    def mentions(self, name: str) -> bool:
        """Whether a line names this file, be it as its patch or somewhere in its comment."""
        is_patch = any(entry.name == name for entry in self.entries)
        return is_patch or is_mentioned(name, [line.comment for line in self.lines])

    def selected(self, flags: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
        """The patches that are applied when exactly `flags` are set."""
        return tuple(entry for entry in self.entries if entry.selected_by(flags))

    def commented_out(self, name: str, reason: str) -> Series:
        """The series in which the line of `name` is a comment that says why.

        Raises `StackError` when no entry has that name.
        """
        at = self._line_of(name)
        raw = self.lines[at].raw
        unmarked = raw.removeprefix(_BYTE_ORDER_MARK)
        mark = raw[: len(raw) - len(unmarked)]
        # SUSE's git-sort takes a `# ` between the markers for the heading of a section.
        sign = b"#patchkit: " if self._is_sorted(at) else b"# patchkit: "
        note = sign + one_line(reason) + b": "
        return self._with(at, SeriesLine(mark + note + unmarked.lstrip(b" \t"), None))

    def removed(self, name: str) -> Series:
        """The series without the line of `name`. Raises `StackError` when there is none."""
        gone = self._line_of(name)
        return Series(self.lines[:gone] + self.lines[gone + 1 :])

    def renamed(self, name: str, new_name: str) -> Series:
        """The series in which `name` is called `new_name`; its options and comment stay.

        Raises `StackError` when no entry has that name, or when no line can hold `new_name`.
        """
        at = self._line_of(name)
        line = self.lines[at]
        assert line.entry is not None  # _line_of finds lines that name a patch
        place = _parts_of(line.raw).name
        raw = line.raw[: place.start] + encode_name(new_name) + line.raw[place.stop :]
        return self._with(at, _checked_line(raw, replace(line.entry, name=new_name)))

    def inserted_after(self, name: str | None, entry: Entry) -> Series:
        """The series with `entry` on a line of its own after `name` (None: at the end).

        Raises `StackError` when no entry has that name, or when no line can hold `entry`.
        """
        at = len(self.lines) if name is None else self._line_of(name) + 1
        uses_crlf = self.lines[:1] and self.lines[0].raw.endswith(b"\r\n")
        line_end = b"\r\n" if uses_crlf else b"\n"
        before = list(self.lines[:at])
        if before and not before[-1].raw.endswith(b"\n"):
            before[-1] = replace(before[-1], raw=before[-1].raw + line_end)
        text = self._indentation(name) + format_entry(entry).removesuffix(b"\n")
        return Series((*before, _checked_line(text + line_end, entry), *self.lines[at:]))

    def _indentation(self, name: str | None) -> bytes:
        """What stands before the patch that a new one follows, as in SUSE's series.conf."""
        beside = [line for line in self.lines if line.entry is not None]
        if name is not None:
            beside = [self.lines[self._line_of(name)]]
        if not beside:
            return b""
        raw = beside[-1].raw.removeprefix(_BYTE_ORDER_MARK)
        return raw[: len(raw) - len(raw.lstrip(b" \t"))]

    def _is_sorted(self, at: int) -> bool:
        """Whether a line stands between the markers of SUSE's sorted section."""
        marks = [line.raw.strip(_BLANKS).lower() for line in self.lines[:at]]
        return _SORTED in marks and _END_OF_SORTED not in marks

    def _with(self, at: int, line: SeriesLine) -> Series:
        return Series((*self.lines[:at], line, *self.lines[at + 1 :]))

    def _line_of(self, name: str) -> int:
        for at, line in enumerate(self.lines):
            if line.entry is not None and line.entry.name == name:
                return at
        raise no_such_patch(name)


def parse_series(raw: bytes, source: str = "series") -> Series:
    """Read a series file; `source` names it in messages.

    `parse_series(x).raw == x` for every file that parses. Raises `SeriesFormatError` for
    UTF-16, for a NUL byte, and for lines that are not understood.
    """
    _refuse_other_encodings(raw, source)
    lines: list[SeriesLine] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(split_lines(raw), 1):
        try:
            lines.append(SeriesLine(line, _parse_entry(line)))
        except _NotUnderstoodError as error:
            problems.append((number, str(error)))
    if problems:
        (first, problem), *others = problems
        numbers = ", ".join(str(number) for number, _ in others)
        raise SeriesFormatError(
            source, first, problem,
            *([f"Not understood either: line {numbers}."] if others else []),
            "Known are -pN, -R, guards (+flag, -flag) before the name, and # comments.",
        )  # fmt: skip
    return Series(tuple(lines))


class _NotUnderstoodError(Exception):
    """A line of a series has something on it that is not understood."""


def _refuse_other_encodings(raw: bytes, source: str) -> None:
    if raw.startswith(_UTF_16_MARKS) or b"\0" in raw[:2]:
        raise SeriesFormatError(
            source, 1, "the file is in UTF-16.", "Convert it with `iconv -f UTF-16 -t UTF-8`."
        )
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise SeriesFormatError(source, line, "a NUL byte in a series file.", "Save it as UTF-8.")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where guards, name and options stand in a line; an empty name: the line names no patch."""

    guards: slice
    name: slice
    options: slice


def _parts_of(raw: bytes) -> _Parts:
    marked = len(raw) - len(raw.removeprefix(_BYTE_ORDER_MARK))
    text = raw[:marked] + _COMMENT.sub(b"", raw[marked:]).rstrip(_BLANKS)
    start = name = len(text) - len(text[marked:].lstrip(_BLANKS))
    while guard := _GUARD.match(text, name):
        name = guard.end()
    option = _OPTION.search(text, name)
    end = len(text) if option is None else option.start()
    return _Parts(slice(start, name), slice(name, end), slice(end, len(text)))


def _parse_entry(raw: bytes) -> Entry | None:
    parts = _parts_of(raw)
    name, options = raw[parts.name], raw[parts.options]
    if not name:
        return None
    guards = tuple(
        Guard(sign.decode(), decode_name(flag), bool(negation))
        for sign, negation, flag in _GUARD.findall(raw[parts.guards])
    )
    if guards and name.startswith((b"+", b"-")):
        raise _NotUnderstoodError("guards (+flag, -flag) without a patch behind them.")
    strip, is_reversed, at = None, False, 0
    while found := _OPTION.match(options, at):
        number = found["strip"] or found["long"]
        strip = int(number) if number else strip
        is_reversed = is_reversed or found["reverse"] is not None
        at = found.end()
    if options[at:] or _OPTION_LIKE.search(name):
        shown = shown_name(decode_name(raw[parts.name.start : parts.options.stop]))
        raise _NotUnderstoodError(f"option not understood in: {shown}")
    return Entry(decode_name(name), strip, is_reversed, guards)


def _checked_line(raw: bytes, entry: Entry) -> SeriesLine:
    """The line, if it is one line that says exactly this entry."""
    with suppress(_NotUnderstoodError):
        if split_lines(raw) == [raw] and _parse_entry(raw) == entry:
            return SeriesLine(raw, entry)
    raise StackError(
        f"{shown_name(entry.name)}: this name cannot stand in a series file.",
        "Rename the patch: no line end, no ` #`, no ` -`, no blank at either end.",
    )
