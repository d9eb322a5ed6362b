"""Lines of a file as HTML: safe, numbered, cut where there are too many, coloured by their
language, with the words marked that somebody changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from patchkit.model.report import Lines
from patchkit.model.shown import shown_line
from patchkit.render.html.words import Stretch

_QUOTED = re.compile("`([^`]+)`")
MOST_LINES = 60
"""More lines of one text than this are left to report.json."""
_MOST_CHARACTERS = 400

_CLASSES: Mapping[_TokenType, str] = {
    Token.Comment: "c",
    Token.Comment.Preproc: "p",
    Token.Keyword: "k",
    Token.Keyword.Type: "t",
    Token.Literal.String: "s",
    Token.Literal.Number: "n",
    Token.Name.Attribute: "a",
    Token.Name.Builtin: "t",
    Token.Name.Class: "t",
    Token.Name.Decorator: "p",
    Token.Name.Function: "f",
    Token.Name.Tag: "k",
    Token.Name.Variable: "a",
}


@dataclass(frozen=True, slots=True)
class ShownText:
    """Lines made safe to show. `text` has all that is shown, `more` counts the lines that were
    left out, `is_whole` says whether the last line ends with a line end."""

    text: str
    start: int
    more: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text that an element `tag` of a class is to surround."""

    start: int
    stop: int
    tag: str
    kind: str


def shown_lines(lines: Lines, start: int = 1) -> ShownText:
    """At most the first `MOST_LINES` of them, each cut where it is very long."""
    shown = lines[:MOST_LINES]
    return ShownText(
        text="".join(f"{cut_line(shown_line(line))}\n" for line in shown),
        start=start,
        more=len(lines) - len(shown),
        is_whole=not shown or len(lines) > len(shown) or shown[-1].endswith(b"\n"),
    )


def cut_line(line: str) -> str:
    """The line as far as it is shown, and how much more there is."""
    more = len(line) - _MOST_CHARACTERS
    return line if more <= 0 else f"{line[:_MOST_CHARACTERS]} … ({more} more characters)"


def code_html(shown: ShownText, path: bytes | None, marks: Sequence[Mark] = ()) -> Markup:
    """The text as lines of `<span class=l data-n=NUMBER>`; `path` tells the language.

    Marks are in order and do not overlap.
    """
    html = list(_lines_html(shown, path, marks))
    if not shown.is_whole:
        html.append(Markup('<span class="o">\\ No newline at end of file</span>\n'))
    return Markup("").join(html)


def marks_of(stretches: Sequence[Stretch], tag: str, kind: str) -> list[Mark]:
    """Each stretch as a mark."""
    return [Mark(start, stop, tag, kind) for start, stop in stretches]


def overlaid(first: Sequence[Mark], second: Sequence[Mark], both: str) -> list[Mark]:
    """The marks of both, in order; where two overlap the kind is `both`."""
    edges = sorted({edge for mark in (*first, *second) for edge in (mark.start, mark.stop)})
    found: list[Mark] = []
    for start, stop in pairwise(edges):
        over = [
            mark
            for marks in (first, second)
            for mark in marks
            if mark.start <= start and stop <= mark.stop
        ]
        if over:
            kind = over[0].kind if len(over) == 1 else both
            found.append(Mark(start, stop, over[0].tag, kind))
    return found


def _lines_html(
    shown: ShownText, path: bytes | None, marks: Sequence[Mark]
) -> Iterator[Markup]:  # fmt: skip
    text, at = shown.text, 0
    pieces = _pieces(text, [*_syntax(text, path)], marks)
    for number, line in enumerate(text.splitlines(keepends=True), shown.start):
        stop = at + len(line)
        parts = [Markup(f'<span class="l" data-n="{number}">')]  # noqa: S704 (a number)
        while at < stop:
            piece = next(pieces)
            parts.append(piece.html)
            at = piece.stop
        parts.append(Markup("</span>\n"))
        yield Markup("").join(parts)


@dataclass(frozen=True, slots=True)
class _Piece:
    stop: int
    html: Markup


def _pieces(text: str, syntax: Sequence[Mark], marks: Sequence[Mark]) -> Iterator[_Piece]:
    """The text in order, cut wherever a mark, a colour or a line begins or ends."""
    edges = {0, len(text)}
    for mark in (*syntax, *marks):
        edges |= {mark.start, mark.stop}
    for at, char in enumerate(text):
        if char == "\n":
            edges |= {at, at + 1}
    layers = [_Layer(syntax), _Layer(marks)]
    ordered = sorted(edges)
    for start, stop in pairwise(ordered):
        html = escape(text[start:stop].rstrip("\n"))
        for layer in layers:
            over = layer.at(start)
            if over is not None and html:
                html = _within(over, html)
        yield _Piece(stop, html)


def _within(mark: Mark, html: Markup) -> Markup:
    """The text inside the element; tag and class are words of ours."""
    return Markup(f'<{mark.tag} class="{mark.kind}">{html}</{mark.tag}>')  # noqa: S704 (escaped)


class _Layer:
    """Marks that are asked for by rising offsets."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._next = 0

    def at(self, offset: int) -> Mark | None:
        """The mark that covers the offset."""
        while self._next < len(self._marks) and self._marks[self._next].stop <= offset:
            self._next += 1
        if self._next < len(self._marks) and self._marks[self._next].start <= offset:
            return self._marks[self._next]
        return None


def _syntax(text: str, path: bytes | None) -> Iterator[Mark]:
    lexer = _lexer(b"" if path is None else path.rpartition(b"/")[2])
    if lexer is None:
        return
    for start, token, value in _tokens(lexer, text):
        kind = _class_of(token)
        if kind and value.strip():
            yield Mark(start, start + len(value), "span", kind)


def _tokens(lexer: Lexer, text: str) -> list[tuple[int, _TokenType, str]]:
    try:
        return list(lexer.get_tokens_unprocessed(text))
    except Exception:  # a lexer that stumbles over a fragment costs its colours, not the report
        return []


@lru_cache(maxsize=1024)
def _lexer(name: bytes) -> Lexer | None:
    try:
        return get_lexer_for_filename(name.decode("utf-8", "replace"))
    except ClassNotFound:
        return None


@lru_cache(maxsize=1024)
def _class_of(token: _TokenType) -> str:
    """The class of the token or of the nearest kind that it is a part of."""
    parts = token.split()
    return next((_CLASSES[part] for part in reversed(parts) if part in _CLASSES), "")


def with_code(text: str) -> Markup:
    """A sentence as HTML; what stands between backticks is code."""
    parts = _QUOTED.split(text)
    pieces = (
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )
    return Markup("").join(pieces)
