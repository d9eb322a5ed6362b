"""A file as the search for places sees it: lines without comments, what stands in what, and where
variants are named (pure).

What a line stands in is read from indentation: it is the same in all languages, and right wherever
people format their code."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from patchkit.model.tree import Path
from patchkit.model.variants import Mention
from patchkit.siblings.place_words import Words
from patchkit.syntax.parsing import Language, language_of

_SLASH = frozenset(
    (b"go", b"rs", b"c", b"h", b"cc", b"cpp", b"hpp", b"java", b"js", b"ts", b"S", b"dts", b"dtsi",
     b"proto", b"swift", b"kt", b"scala", b"cs", b"groovy", b"zig", b"d"),
)  # fmt: skip
_PROSE = frozenset((b"md", b"rst", b"adoc", b"txt", b"html", b"json", b"markdown"))
_STRING_OR_COMMENT = re.compile(
    rb'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\\\'\n])\'|(//[^\n]*|/\*.*?\*/)', re.DOTALL
)
_MAKEFILE = re.compile(rb"(?:GNU)?[Mm]akefile|.*\.mk\b")
_HASH = re.compile(rb"(?:^|(?<=[\s;]))#")
_NOT_NEWLINE = re.compile(rb"[^\n]")
_BUILD_TAG = re.compile(rb"//\s*(?:go:build|\+build)\b")
_DEFINITION = re.compile(
    rb"\b(?:fn|func|def|class|impl|mod|trait|struct|enum|function|interface)\b|\w+\s*\(\)\s*\{?$"
)
_HEADING = re.compile(rb"#{1,6}\s+\S")
_TESTS = re.compile(rb"\bmod tests?\b|\bfn test_|\bfunc Test")
AMBIGUOUS = frozenset((b"arm", b"alpha"))
"""Words that are also others: they count where nothing else is said with them."""
_TRIPLE = re.compile(rb"-(?:linux|unknown|none|softmmu|apple|pc)\b")


@dataclass(frozen=True)
class Source:
    """One file: its lines as they are, and without comments."""

    path: Path
    content: bytes
    words: Words

    @cached_property
    def language(self) -> Language | None:
        """The language of the file where it is one that is known."""
        name = self.path.rpartition(b"/")[2]
        return Language.MAKE if _MAKEFILE.match(name) else language_of(self.path, self.content)

    @cached_property
    def ending(self) -> bytes:
        """What the name of the file ends with."""
        return self.path.rpartition(b"/")[2].rpartition(b".")[2]

    @cached_property
    def is_prose(self) -> bool:
        """Whether it is text without comments."""
        return self.ending in _PROSE

    @cached_property
    def is_braced(self) -> bool:
        """Whether it is in a language with braces and comments like those of C."""
        return self.ending in _SLASH

    @cached_property
    def text(self) -> bytes:
        """The content with spaces for comments."""
        if self.is_prose:
            return self.content
        if self.is_braced:
            return _STRING_OR_COMMENT.sub(_blank, self.content)
        return b"\n".join(map(_without_hash, self.content.split(b"\n")))

    @cached_property
    def code(self) -> Sequence[bytes]:
        """The lines without comments, spaces at their ends and tabs in their indentation."""
        return [line.rstrip() for line in self.text.split(b"\n")]

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where each line begins in the text."""
        ends = accumulate(len(line) + 1 for line in self.text.split(b"\n"))
        return [0, *ends][:-1]

    def line_at(self, offset: int) -> int:
        """The number of the line, from 0, with this byte."""
        return bisect_right(self.starts, offset) - 1

    @cached_property
    def hits(self) -> Mapping[int, tuple[Mention, ...]]:
        """The words of variants by line, from 0; each stands at bytes of the line."""
        found: dict[int, tuple[Mention, ...]] = {}
        for at in self._lines_with_stems():
            line = self.code[at]
            mentions = tuple(self.words.axis.mentions(line))
            kept = tuple(one for one in mentions if not _is_other_word(line, one))
            clear = tuple(one for one in kept if not self._is_said_clearer(one, kept))
            if clear:
                found[at] = clear
        return found

    def _is_said_clearer(self, one: Mention, others: Sequence[Mention]) -> bool:
        """Whether an ambiguous word stands beside a better one: `arm64`, made by ARM."""
        kin = self.words.kin
        return one.word.lower() in AMBIGUOUS and any(
            other.variants != one.variants and kin[other.variants[0]] == kin[one.variants[0]]
            for other in others
        )

    def _lines_with_stems(self) -> Iterator[int]:
        """The lines in which a look for words can be worth while, in order."""
        text, end = self.text.lower(), -1
        for at in self.words.spots(text):
            if at > end:
                end = text.find(b"\n", at) % (len(text) + 1)
                yield self.line_at(at)

    def variants(self, first: int, last: int) -> tuple[str, ...]:
        """The variants that the lines name."""
        names = (
            name
            for at in range(first, last + 1)
            for one in self.hits.get(at, ())
            for name in one.variants
        )
        return tuple(dict.fromkeys(names))

    def is_place(self, names: Sequence[str]) -> bool:
        """Whether these are enough variants for a place."""
        return self.words.kins(names) > 1

    @cached_property
    def indents(self) -> Sequence[int]:
        """How far each line is indented; -1 for a blank one, or one with a comment alone."""
        return [_indent(line) for line in self.code]

    @cached_property
    def parents(self) -> Sequence[int]:
        """The line, from 0, that each is in: the last one before it that is indented less."""
        found, above, indents = [], [-1], [-2]
        is_c = self.language is Language.C
        for at, (indent, line) in enumerate(zip(self.indents, self.code, strict=True)):
            is_directive = is_c and b"#" in line and line.lstrip().startswith(b"#")
            if indent < 0 or is_directive:
                found.append(above[-1])
                continue
            while indents[-1] >= indent:
                above.pop()
                indents.pop()
            found.append(above[-1])
            above.append(at)
            indents.append(indent)
        return found

    def ancestors(self, at: int) -> Sequence[int]:
        """The lines that a line is in, the nearest first; for a brace alone the line before it."""
        found = []
        while (at := self.parents[at]) >= 0:
            is_brace = self.code[at].strip() == b"{"
            found.append(self._line_before(at) if is_brace else at)
        return found

    def _line_before(self, at: int) -> int:
        above = at - 1
        while above > 0 and self.indents[above] < 0:
            above -= 1
        return max(above, 0)

    def within(self, at: int) -> str:
        """What a line is in: a function, a type, a heading, a key."""
        above = list(self.ancestors(at))
        if self.ending in (b"md", b"markdown"):
            before = bisect_left(self._headings, at)
            above = list(self._headings[max(before - 1, 0) : before])
        named = [up for up in above if _DEFINITION.search(self.code[up])]
        nearest = named[:1] or (above[-1:] if self.language is Language.C else above[:1])
        return shown(self.code[nearest[0]]) if nearest else ""

    @cached_property
    def _headings(self) -> Sequence[int]:
        return [at for at, line in enumerate(self.code) if _HEADING.match(line)]

    def is_in_test(self, at: int) -> bool:
        """Whether a line is in a test that the file has for itself."""
        return any(_TESTS.search(self.code[up]) for up in (at, *self.ancestors(at)))

    def block_end(self, at: int) -> int:
        """The last line, from 0, of what begins in a line: all that is indented more follows."""
        last = at
        for below in range(at + 1, len(self.code)):
            if self.indents[below] < 0:
                continue
            if self.indents[below] <= self.indents[at]:
                break
            last = below
        return last

    def next_line(self, at: int) -> int:
        """The next line, from 0, that is not blank; the number of lines where there is none."""
        at += 1
        while at < len(self.code) and self.indents[at] < 0:
            at += 1
        return at

    def neutral(self, text: bytes) -> bytes:
        """A text that is the same for all variants, and however it is spaced and quoted."""
        return b" ".join(self.words.axis.neutral(text).replace(b'"', b"").split())


def shown(line: bytes) -> str:
    """A line as a title: without the brackets that it opens, and not too long."""
    text = line.decode("utf-8", "replace").strip().rstrip("{([").strip().rstrip(":").strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


_LONGEST = 70


def _indent(line: bytes) -> int:
    width = len(line) - len(line.lstrip())
    if width == len(line):
        return -1
    return len(line[:width].expandtabs(8)) if width and b"\t" in line[:width] else width


def _blank(found: re.Match[bytes]) -> bytes:
    """Spaces for a comment; strings and build constraints stay."""
    if found[1] is None or _BUILD_TAG.match(found[1]):
        return found[0]
    return _NOT_NEWLINE.sub(b" ", found[1])


def _without_hash(line: bytes) -> bytes:
    if b"#" not in line:
        return line
    for found in _HASH.finditer(line):
        before = line[: found.start()]
        if before.count(b'"') % 2 == 0 and before.count(b"'") % 2 == 0:
            return before
    return line


def _is_other_word(line: bytes, one: Mention) -> bool:
    """Whether a word is likely no variant: part of a longer name, or what only looks like one."""
    if one.word.lower() not in AMBIGUOUS:
        return False
    before, after = line[max(one.start - 1, 0) : one.start], line[one.stop : one.stop + 1]
    if _TRIPLE.match(line, one.stop):
        return False
    is_release = before in (b"-", b".") and one.word.lower() == b"alpha"
    is_longer = after in (b"-", b",") and line[one.stop + 1 : one.stop + 2].isalnum()
    return is_release or is_longer
