"""What persons decided about a stack, as a file beside it (ground floor, no I/O).

    Resolutions > Record > Resolution | Amendment

A *resolution* answers a held region: which text the ported patch shall leave there. It is found
again by the contents of the region's three sides, so it serves the next version and a colleague. An
*amendment* changes what a patch brings where nothing was held: text of the stack's own that must
follow upstream. It counts for the upstream versions that it was made for only.

The file is text that can be read in a review; every record keeps its bytes. The format,
`patchkit-resolutions/1`, is defined in `docs/reference/resolutions.md`.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from patchkit.errors import ResolutionFormatError
from patchkit.model.report import HeldCause, Lines, Sides
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_line, shown_name
from patchkit.model.tree import Path, split_lines

RESOLUTIONS_FORMAT = "patchkit-resolutions/1"

_KINDS = (b"resolution", b"amendment")
_FIELD = re.compile(rb"([a-z-]+):(?: (.*))?", re.DOTALL)
_NO_NEWLINE = b"\\ no newline at the end\n"
_FIELDS = {
    "resolution": ("patch", "file", "new-file", "held", "for", "by", "on", "used", "why",
                   "base", "theirs", "ours", "result"),
    "amendment": ("patch", "file", "for", "by", "on", "used", "why", "before", "after"),
}  # fmt: skip
_TEXTS = ("base", "theirs", "ours", "result", "before", "after")
_REPEATED = ("for", "why")
_WIDTH = 90


class Side(Enum):
    """One side of a region as the answer to it."""

    OURS = "ours"
    """Leave out what the patch does there."""
    THEIRS = "theirs"
    """Put what the patch makes of it."""


Answer: TypeAlias = Side | Lines
"""One of the sides, or a text of its own."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a decision comes from: the patch it was made in, the ports that it was made or used for
    (old and new version), who made it when (as ISO 8601 has it), and why, a sentence for a person.
    `used` is the day on which it was used for the last of the ports, where that was a later one."""

    patch: str
    ports: tuple[tuple[str, str], ...]
    by: str = ""
    on: str = ""
    why: str = ""
    used: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A held region as a resolution is found by: the paths of the file in base and in ours, why it
    is held, and its three sides."""

    places: frozenset[Path]
    cause: HeldCause
    sides: Sides


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to every region that asks the same question."""

    question: Question
    answer: Answer
    provenance: Provenance

    @property
    def result(self) -> Lines:
        """The text that the region gets."""
        match self.answer:
            case Side.OURS:
                return self.question.sides.ours
            case Side.THEIRS:
                return self.question.sides.theirs
            case tuple():
                return self.answer

    def answers(self, question: Question) -> bool:
        """Whether this is the same question: the same contents, in the same file."""
        mine = self.question
        return (mine.cause, mine.sides) == (question.cause, question.sides) and bool(
            mine.places & question.places
        )


@dataclass(frozen=True, slots=True)
class Amendment:
    """The lines `before`, which the ported patch leaves in `file` of the new upstream, give way to
    `after`."""

    file: Path
    before: Lines
    after: Lines
    provenance: Provenance

    def counts_for(self, version: str) -> bool:
        """Whether it was made for this upstream version."""
        return any(new == version for _, new in self.provenance.ports)


Decision: TypeAlias = Resolution | Amendment


@dataclass(frozen=True, slots=True)
class Record:
    """A decision with the bytes that it was read from, the comments above it included."""

    decision: Decision
    raw: bytes

    @property
    def identity(self) -> str:
        """A short name for it, made of what it decides on: twelve hexadecimal digits."""
        return identity_of(self.decision)


@dataclass(frozen=True)
class Resolutions:
    """All that was decided, in the order of the file.

    `head` is the first line with the comments that belong to the file, `tail` what stands behind
    the last record.
    """

    records: tuple[Record, ...] = ()
    head: bytes = RESOLUTIONS_FORMAT.encode() + b"\n"
    tail: bytes = b""

    @property
    def raw(self) -> bytes:
        """The file, byte for byte."""
        return self.head + b"".join(record.raw for record in self.records) + self.tail

    def answer_to(self, question: Question) -> Resolution | None:
        """The resolution of a held region; of several the one recorded last."""
        found = self._by_sides.get((question.cause, question.sides), ())
        return next((one for one in reversed(found) if one.answers(question)), None)

    @cached_property
    def amendments(self) -> tuple[Amendment, ...]:
        """The amendments, in order."""
        decisions = (record.decision for record in self.records)
        return tuple(one for one in decisions if isinstance(one, Amendment))

    def for_version(self, version: str) -> Resolutions:
        """Without the amendments that were made for other upstream versions."""
        kept = (
            record
            for record in self.records
            if isinstance(record.decision, Resolution) or record.decision.counts_for(version)
        )
        return replace(self, records=tuple(kept))

    def with_decision(self, decision: Decision) -> Resolutions:
        """With one more behind the others; an earlier one on the same question is taken out."""
        kept = self.without(identity_of(decision)).records
        return replace(self, records=(*kept, Record(decision, b"\n" + _written(decision))))

    def without(self, identity: str) -> Resolutions:
        """Without the decision of this identity, and the comments above it."""
        return replace(self, records=tuple(one for one in self.records if one.identity != identity))

    @cached_property
    def _by_sides(self) -> Mapping[tuple[HeldCause, Sides], Sequence[Resolution]]:
        found: dict[tuple[HeldCause, Sides], list[Resolution]] = {}
        for record in self.records:
            if isinstance(record.decision, Resolution):
                question = record.decision.question
                found.setdefault((question.cause, question.sides), []).append(record.decision)
        return found


def identity_of(decision: Decision) -> str:
    """The identity that a record of this decision has."""
    match decision:
        case Resolution(question):
            sides = question.sides
            texts: tuple[Lines, ...] = (sides.base, sides.theirs, sides.ours)
            names = (question.cause.value.encode(), *sorted(question.places))
        case Amendment(file, before, _, provenance):
            texts = (before,)
            names = (b"amendment", file, encode_name(provenance.patch))
    parts = (*names, *(b"%d" % len(text) + b"".join(text) for text in texts))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def parse_resolutions(raw: bytes, source: str = "resolutions") -> Resolutions:
    """Read a resolutions file; `source` names it in messages.

    Raises `ResolutionFormatError` where the format is not kept, with the line.
    """
    lines = split_lines(raw)
    if not raw:
        return Resolutions()
    if lines[0].removesuffix(b"\n") != RESOLUTIONS_FORMAT.encode():
        found = shown_line(lines[0])
        raise ResolutionFormatError(
            source, 1, f"expected {RESOLUTIONS_FORMAT}, found {found}.",
            "Use the patchkit that wrote it, or restore the file.",
        )  # fmt: skip
    if not raw.endswith(b"\n"):
        raise ResolutionFormatError(source, len(lines), "the last line has no newline.", "Add it.")
    starts = [at for at, line in enumerate(lines) if line.removesuffix(b"\n") in _KINDS]
    chunks = [_start_with_comments(lines, at) for at in starts]
    end = _end_of_records(lines, starts)
    records = []
    stops = (*chunks[1:], end) if chunks else ()
    for at, start, stop in zip(starts, chunks, stops, strict=True):
        fields = _read_fields(lines, at, stop, source)
        records.append(Record(_decision(fields), b"".join(lines[start:stop])))
    first = chunks[0] if chunks else end
    _check_comments(lines, 1, first, source)
    _check_comments(lines, end, len(lines), source)
    return Resolutions(tuple(records), b"".join(lines[:first]), b"".join(lines[end:]))


# --- reading ----------------------------------------------------------------------------


def _is_comment(line: bytes) -> bool:
    return not line.strip() or line.startswith(b"#")


def _start_with_comments(lines: Sequence[bytes], at: int) -> int:
    """Where the comments above a record begin; those of the file end with a blank line."""
    start = at
    while start > 1 and _is_comment(lines[start - 1]):
        start -= 1
    if start > 1:
        return start
    blanks = [number for number in range(1, at) if not lines[number].strip()]
    return blanks[0] if blanks else at


def _end_of_records(lines: Sequence[bytes], starts: Sequence[int]) -> int:
    end = len(lines)
    while starts and end > starts[-1] and _is_comment(lines[end - 1]):
        end -= 1
    return end


def _check_comments(lines: Sequence[bytes], start: int, stop: int, source: str) -> None:
    for number in range(start, stop):
        if not _is_comment(lines[number]):
            raise ResolutionFormatError(
                source, number + 1,
                f"expected a record or a comment, found {shown_line(lines[number])}.",
                "A record begins with a line `resolution` or `amendment`.",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one record; a text is a tuple of lines, `lines` are the line numbers."""

    source: str
    line: int
    kind: str
    values: Mapping[str, tuple[bytes, ...]]
    texts: Mapping[str, Lines]
    lines: Mapping[str, int]

    def name(self, key: str) -> str:
        return decode_name(self.path(key))

    def path(self, key: str) -> bytes:
        (value,) = self.values.get(key, (b"",))
        return value

    def needed(self, key: str) -> bytes:
        value = self.path(key)
        if not value:
            raise self.error(key, f"a record of this kind needs `{key}:`.")
        return value

    def text(self, key: str) -> Lines:
        if key not in self.texts:
            raise self.error(key, f"a record of this kind needs the text `{key}:`.")
        return self.texts[key]

    def error(self, key: str, problem: str, *hints: str) -> ResolutionFormatError:
        return ResolutionFormatError(self.source, self.lines.get(key, self.line), problem, *hints)


def _read_fields(lines: Sequence[bytes], at: int, stop: int, source: str) -> _Fields:
    kind = lines[at].removesuffix(b"\n").decode()
    values: dict[str, tuple[bytes, ...]] = {}
    texts: dict[str, Lines] = {}
    places: dict[str, int] = {}
    number = at + 1
    while number < stop:
        line = lines[number]
        if _is_comment(line):
            number += 1
            continue
        found = _FIELD.fullmatch(line.removesuffix(b"\n"))
        key = found[1].decode() if found else ""
        if found is None or key not in _FIELDS[kind]:
            raise ResolutionFormatError(
                source, number + 1, f"not a field of a record: {shown_line(line)}.",
                f"Known are {', '.join(_FIELDS[kind])}; the lines of a text begin with |.",
            )  # fmt: skip
        if key in places and key not in _REPEATED:
            raise ResolutionFormatError(
                source, number + 1, f"`{key}:` is given twice, first on line {places[key]}.",
                "Delete one of them.",
            )  # fmt: skip
        places.setdefault(key, number + 1)
        number += 1
        if key in _TEXTS and not found[2]:
            text, number = _read_text(lines, number, stop)
            texts[key] = text
        else:
            values[key] = (*values.get(key, ()), found[2] or b"")
    return _Fields(source, at + 1, kind, values, texts, places)


def _read_text(lines: Sequence[bytes], number: int, stop: int) -> tuple[Lines, int]:
    text: list[bytes] = []
    while number < stop and lines[number].startswith(b"|"):
        text.append(lines[number][1:])
        number += 1
    if text and number < stop and lines[number] == _NO_NEWLINE:
        text[-1] = text[-1].removesuffix(b"\n")
        number += 1
    return tuple(text), number


def _decision(fields: _Fields) -> Decision:
    provenance = Provenance(
        patch=decode_name(fields.needed("patch")),
        ports=tuple(_port(value, fields) for value in fields.values.get("for", ())),
        by=fields.name("by"),
        on=fields.name("on"),
        why=" ".join(map(decode_name, fields.values.get("why", ()))),
        used=fields.name("used"),
    )
    file = fields.needed("file")
    if fields.kind == "amendment":
        before = fields.text("before")
        if not before:
            raise fields.error("before", "an amendment needs lines that it changes.")
        return Amendment(file, before, fields.text("after"), provenance)
    places = frozenset((file, fields.path("new-file") or file))
    sides = Sides(fields.text("base"), fields.text("theirs"), fields.text("ours"))
    return Resolution(Question(places, _cause(fields), sides), _answer(fields), provenance)


def _port(value: bytes, fields: _Fields) -> tuple[str, str]:
    old, arrow, new = decode_name(value).partition(" -> ")
    if not (old and arrow and new):
        raise fields.error("for", "`for:` names two versions, as in `for: 2.5.1 -> 3.2.0`.")
    return old, new


def _cause(fields: _Fields) -> HeldCause:
    word = decode_name(fields.needed("held"))
    try:
        return HeldCause(word)
    except ValueError as error:
        known = ", ".join(cause.value for cause in HeldCause)
        raise fields.error(
            "held", f"no such cause: {shown_name(word)}.", f"Known are {known}."
        ) from error


def _answer(fields: _Fields) -> Answer:
    if "result" in fields.texts:
        return fields.texts["result"]
    word = decode_name(fields.needed("result"))
    try:
        return Side(word)
    except ValueError as error:
        raise fields.error(
            "result",
            f"`result:` is ours, theirs or a text on the lines below, not {shown_name(word)}.",
        ) from error


# --- writing ----------------------------------------------------------------------------


def _written(decision: Decision) -> bytes:
    return b"".join(_lines_of(decision))


def _lines_of(decision: Decision) -> Iterator[bytes]:
    provenance = decision.provenance
    match decision:
        case Resolution(question, answer):
            file, *others = sorted(question.places)
            yield b"resolution\n"
            yield from _value("patch", encode_name(provenance.patch))
            yield from _value("file", file)
            for other in others:
                yield from _value("new-file", other)
            yield from _value("held", question.cause.value.encode())
            yield from _provenance(provenance)
            yield from _text("base", question.sides.base)
            yield from _text("theirs", question.sides.theirs)
            yield from _text("ours", question.sides.ours)
            if isinstance(answer, Side):
                yield from _value("result", answer.value.encode())
            else:
                yield from _text("result", answer)
        case Amendment(file, before, after):
            yield b"amendment\n"
            yield from _value("patch", encode_name(provenance.patch))
            yield from _value("file", file)
            yield from _provenance(provenance)
            yield from _text("before", before)
            yield from _text("after", after)


def _provenance(provenance: Provenance) -> Iterator[bytes]:
    for old, new in provenance.ports:
        yield from _value("for", encode_name(f"{old} -> {new}"))
    yield from _value("by", encode_name(provenance.by))
    yield from _value("on", encode_name(provenance.on))
    yield from _value("used", encode_name(provenance.used))
    for line in textwrap.wrap(
        provenance.why, _WIDTH, break_long_words=False, break_on_hyphens=False
    ):
        yield from _value("why", encode_name(line))


def _value(key: str, value: bytes) -> Iterator[bytes]:
    if value:
        yield b"%b: %b\n" % (key.encode(), value)


def _text(key: str, lines: Lines) -> Iterator[bytes]:
    yield key.encode() + b":\n"
    for line in lines:
        yield b"|" + line
    if lines and not lines[-1].endswith(b"\n"):
        yield b"\n" + _NO_NEWLINE
