"""What a page has to be run, read by a CommonMark parser."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")
_COMMENT = re.compile(r"\s*<!-- (setup|not run):\s*(.*?)\s*-->\s*", re.DOTALL)
_RUN_AS = {"# patchkit.yaml": "patchkit.yaml", "# FLEET.yaml": "FLEET.yaml"}


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a page: the number of the first one, from 1, how many, and what stands before each
    of them."""

    line: int
    count: int
    indent: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command for the shell; `place` is that of its output."""

    line: int
    text: str
    expected: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Setup:
    """Commands that the reader does not see."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """Lines of Python; `place` is that of its output, where it has a fence."""

    line: int
    text: str
    expected: tuple[str, ...]
    place: Place
    has_fence: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """A file that a person writes, `patchkit.yaml` or `FLEET.yaml`."""

    line: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text that is not run, in which commands of patchkit stand: a fence, or words in a line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the page itself."""

    line: int
    message: str


Part = Command | Setup | Script | Settings | Quoted | Fault


def read_page(path: Path) -> Iterator[Part]:
    """The parts of a page, in order."""
    text = path.read_text("utf-8")
    lines = text.split("\n")
    tokens = _PARSER.parse(text)
    for number, token in enumerate(tokens):
        before = _comment(tokens[number - 1]) if number else None
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        if token.type == "fence":
            yield from _fence(token, before, after, lines)
        elif token.type == "code_block":
            yield Fault(_line(token), "code is indented: put it into a fence.")
        elif token.type == "html_block":
            kind, words = _comment(token) or ("", "")
            if kind == "setup":
                yield Setup(_line(token), words)
        elif token.type == "inline":
            for child in token.children or ():
                if child.type == "code_inline":
                    yield Quoted(_line(token), child.content)


def _fence(
    token: Token, before: tuple[str, str] | None, after: Token | None, lines: list[str]
) -> Iterator[Part]:
    language = token.info.strip()
    is_not_run = before is not None and before[0] == "not run" and bool(before[1])
    first = token.content.partition("\n")[0].strip()
    if language == "console":
        yield from _commands(token, lines)
    elif language == "sh":
        if not is_not_run:
            message = "a fence sh is not run: say why in a line `<!-- not run: … -->` before it."
            yield Fault(_line(token), message)
        yield Quoted(_line(token) + 1, token.content)
    elif language == "python" and not is_not_run:
        yield _script(token, after, lines)
    elif language == "yaml" and first in _RUN_AS:
        yield Settings(_line(token) + 1, _RUN_AS[first], token.content)
    elif not language:
        yield Fault(_line(token), "the fence names no language (text, if it is none).")


def _commands(token: Token, lines: list[str]) -> Iterator[Part]:
    first, indent = _line(token) + 1, _indent(token, lines)
    content = token.content.removesuffix("\n").split("\n")
    starts = [at for at, line in enumerate(content) if line.startswith("$ ")]
    if starts[:1] != [0]:
        yield Fault(first, "a fence console begins with a command: a line `$ COMMAND`.")
    for start, end in itertools.pairwise((*starts, len(content))):
        more = start + 1
        while more < end and content[more].startswith("> "):
            more += 1
        text = "\n".join(line[2:] for line in content[start:more])
        place = Place(first + more, end - more, indent)
        yield Command(first + start, text, tuple(content[more:end]), place)


def _script(token: Token, after: Token | None, lines: list[str]) -> Script:
    assert token.map is not None
    indent = _indent(token, lines)
    if after is None or after.type != "fence" or after.info.strip() != "text":
        return Script(
            _line(token) + 1, token.content, (), Place(token.map[1] + 1, 0, indent), False
        )
    assert after.map is not None
    expected = tuple(after.content.removesuffix("\n").split("\n"))
    place = Place(_line(after) + 1, after.map[1] - after.map[0] - 2, indent)
    return Script(_line(token) + 1, token.content, expected, place, True)


def _comment(token: Token) -> tuple[str, str] | None:
    found = _COMMENT.fullmatch(token.content) if token.type == "html_block" else None
    return (found[1], found[2]) if found else None


def _line(token: Token) -> int:
    assert token.map is not None
    return token.map[0] + 1


def _indent(token: Token, lines: list[str]) -> str:
    opening = lines[_line(token) - 1]
    return opening[: opening.index(token.markup)]
