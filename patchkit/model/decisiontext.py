"""One decision as text, and back: a record of `patchkit-resolutions/1` (ground floor, no I/O).

The format is defined in `docs/reference/resolutions.md`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.errors import ResolutionFormatError
from patchkit.model.decisions import (
    Amendment,
    Answer,
    Decision,
    Provenance,
    Question,
    Resolution,
    Side,
)
from patchkit.model.entry import decode_name, encode_name
from patchkit.model.report import HeldCause, Lines, Sides
from patchkit.model.shown import shown_line, shown_name, single_blanks

KINDS = (b"resolution", b"amendment")
"""The lines with which a record begins."""

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


def read_decision(lines: Sequence[bytes], at: int, stop: int, source: str) -> Decision:
    """The decision of the record that begins with line index `at` and ends before `stop`.

    Raises `ResolutionFormatError`, with `source` and the line.
    """
    return _decision(_read_fields(lines, at, stop, source))


def is_comment(line: bytes) -> bool:
    """Whether a line between the fields says nothing to patchkit."""
    return not line.strip() or line.startswith(b"#")


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
        if is_comment(line):
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
        why=single_blanks(" ".join(map(decode_name, fields.values.get("why", ())))),
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


def decision_text(decision: Decision) -> bytes:
    """The record of a decision, without comments."""
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
        single_blanks(provenance.why), _WIDTH, break_long_words=False, break_on_hyphens=False
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
