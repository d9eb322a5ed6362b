r"""Reads a spec file line by line (lint floor; pure): tags, macros, sections.

It asks rpm nothing and runs nothing, and it never refuses a spec: a value that it cannot make out
is None. Format: rpm's manual, "Spec file format" and "Macro syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.tree import Path, split_lines

_TAG = re.compile(r"\s*([A-Za-z]+)(\d*)\s*:\s*(.*?)\s*$")
_DEFINITION = re.compile(r"\s*%(?:global|define)\s+([A-Za-z_]\w*)(?:\([^)]*\))?\s+(.*)$")
_CONDITION = re.compile(r"\s*%(if|ifarch|ifnarch|ifos|ifnos|endif)\b")
_SECTION = re.compile(
    r"%(package|description|prep|generate_buildrequires|conf|build|install|check|clean|files"
    r"|changelog|sourcelist|patchlist|preun|pre|postun|posttrans|post|pretrans|preuntrans"
    r"|postuntrans|triggerin|triggerun|triggerpostun|triggerprein|filetriggerin|filetriggerun"
    r"|filetriggerpostun|transfiletriggerin|transfiletriggerun|transfiletriggerpostun"
    r"|verifyscript|verify)(?=\s|$)"
)
_TAGGED = ("", "package")
_MACRO = re.compile(
    r"%%|%\{(?P<test>[?!]*)(?P<braced>[A-Za-z_]\w*)(?::(?P<text>[^{}]*))?\}"
    r"|%(?P<bare_test>\??)(?P<bare>[A-Za-z_]\w*)"
)
_NOT_UNDERSTOOD = re.compile(r"%[({\[*#-]")
_DEEPEST = 20
_LONGEST = 100_000
"""Letters of what a macro may grow to; nothing in a spec that is looked at is as long."""
KEPT_SECTIONS = ("", "package", "description", "changelog", "files")
"""The sections whose text goes into the package."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A line `Name: value` of a spec; `number` is what follows the name, "" for none.

    `value` is expanded, None where a macro of it is not known here. `line` counts from 1.
    `is_conditional`: it stands inside an `%if`."""

    name: str
    number: str
    raw: str
    value: str | None
    line: int
    is_conditional: bool

    @property
    def label(self) -> str:
        """As a person calls it: `Source0`."""
        return f"{self.name}{self.number}"

    @property
    def file(self) -> str | None:
        """The name of the file that a source or patch is: what follows the last slash of a URL."""
        return None if self.value is None else self.value.rpartition("/")[2] or None


@dataclass(frozen=True, slots=True)
class SpecLine:
    """A line of a spec: its section ("" for the first), its number from 1, its text."""

    section: str
    number: int
    text: str
    is_conditional: bool


@dataclass(frozen=True)
class Spec:
    """A spec file."""

    path: Path
    raw: bytes

    @cached_property
    def raw_lines(self) -> tuple[bytes, ...]:
        """Its lines with their ends."""
        return tuple(split_lines(self.raw))

    @cached_property
    def lines(self) -> tuple[SpecLine, ...]:
        """Its lines, each with the section that it is in; a section's own line belongs to it."""
        return tuple(_lines(self.raw_lines))

    def section(self, name: str) -> tuple[SpecLine, ...]:
        """The lines of a section, without the one that begins it."""
        return tuple(
            line for line in self.lines if line.section == name and not _SECTION.match(line.text)
        )

    @cached_property
    def macros(self) -> Mapping[str, str | None]:
        """The body of each macro that it defines; None where it has several for one name."""
        found: dict[str, str | None] = {}
        for line in self.lines:
            if match := _DEFINITION.match(line.text):
                name, body = match.groups()
                body = body.strip()
                is_other = name in found and found[name] != body
                found[name] = None if is_other or body.endswith("\\") else body
        return found

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Its tags, those of lists (`%sourcelist`, `%patchlist`) included."""
        return tuple(self._tags())

    def tag(self, name: str) -> Tag | None:
        """The first tag of this name."""
        return next((tag for tag in self.tags if tag.name.lower() == name.lower()), None)

    def value(self, name: str) -> str | None:
        """The value of the first tag of this name."""
        tag = self.tag(name)
        return None if tag is None else tag.value

    @property
    def sources(self) -> tuple[Tag, ...]:
        """Its `SourceN:` tags."""
        return tuple(tag for tag in self.tags if tag.name == "Source")

    @property
    def patches(self) -> tuple[Tag, ...]:
        """Its `PatchN:` tags."""
        return tuple(tag for tag in self.tags if tag.name == "Patch")

    @cached_property
    def text(self) -> str:
        """All that it says before the changelog, comments left out; macros as they are."""
        return "\n".join(
            line.text
            for line in self.lines
            if line.section != "changelog" and not line.text.lstrip().startswith("#")
        )

    def expanded(self, text: str) -> str | None:
        """The text with its macros replaced; None where one of them is not known here."""
        return self._expanded(text, self._known, 0)

    @cached_property
    def _known(self) -> Mapping[str, str | None]:
        known: dict[str, str | None] = dict(self.macros)
        for line in self.lines:
            match = _TAG.match(line.text) if line.section == "" else None
            if match is not None:
                name = match[1].lower()
                if name in ("name", "version", "release", "epoch", "url"):
                    known.setdefault(name, match[3])
        # A distribution's mark, and what a build may set, are nothing where nobody says more.
        known.setdefault("dist", "")
        return known

    @cached_property
    def _done(self) -> dict[tuple[str, int], str | None]:
        """What was expanded already: macros that name each other several times would be expanded
        more often than any spec is worth."""
        return {}

    def _expanded(self, text: str, known: Mapping[str, str | None], depth: int) -> str | None:
        if (text, depth) not in self._done:
            found = self._replaced(text, known, depth)
            is_too_long = found is not None and len(found) > _LONGEST
            self._done[text, depth] = None if is_too_long else found
        return self._done[text, depth]

    def _replaced(self, text: str, known: Mapping[str, str | None], depth: int) -> str | None:
        parts: list[str] = []
        at = 0
        for match in _MACRO.finditer(text):
            between = text[at : match.start()]
            at = match.end()
            part = self._expansion(match, known, depth)
            if part is None or _NOT_UNDERSTOOD.search(between):
                return None
            parts += (between, part)
        rest = text[at:]
        return None if _NOT_UNDERSTOOD.search(rest) else "".join((*parts, rest))

    def _expansion(
        self, match: re.Match[str], known: Mapping[str, str | None], depth: int
    ) -> str | None:
        if match[0] == "%%":
            return "%"
        name = match["braced"] or match["bare"]
        test = match["test"] or match["bare_test"] or ""
        if depth > _DEEPEST:
            return None
        is_known = name in known
        if "!" in test:
            return "" if is_known else self._text_of(match, known, depth)
        if match["text"] is not None:
            if not test:
                return None
            return self._text_of(match, known, depth) if is_known else ""
        if not is_known:
            return "" if test else None
        body = known[name]
        return None if body is None else self._expanded(body, known, depth + 1)

    def _text_of(
        self, match: re.Match[str], known: Mapping[str, str | None], depth: int
    ) -> str | None:
        return self._expanded(match["text"] or "", known, depth + 1)

    def _tags(self) -> Iterator[Tag]:
        for line in self.lines:
            if line.section in ("sourcelist", "patchlist"):
                word = line.text.strip()
                if word and not word.startswith(("#", "%")):
                    name = "Source" if line.section == "sourcelist" else "Patch"
                    yield self._tag(name, "", word, line)
            elif line.section in _TAGGED and (match := _TAG.match(line.text)):
                name, number, raw = match.groups()
                kind = name.capitalize() if name.lower() in ("source", "patch") else name
                yield self._tag(kind, number, raw, line)

    def _tag(self, name: str, number: str, raw: str, line: SpecLine) -> Tag:
        return Tag(name, number, raw, self.expanded(raw), line.number, line.is_conditional)


def _lines(raw_lines: tuple[bytes, ...]) -> Iterator[SpecLine]:
    section, depth = "", 0
    for number, raw in enumerate(raw_lines, 1):
        text = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        condition = _CONDITION.match(text) if section != "changelog" else None
        if condition is not None:
            depth = max(0, depth - 1) if condition[1] == "endif" else depth + 1
        elif match := _SECTION.match(text):
            section = match[1]
        yield SpecLine(section, number, text, depth > 0)
