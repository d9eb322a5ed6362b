r"""The patches in a recipe of BitBake: the `SRC_URI` of a .bb, .bbappend or .inc (ground floor).

    SRC_URI = "https://example.org/foo-${PV}.tar.gz \
               file://0001-first.patch \
               file://0002-second.patch;striplevel=0 \
               file://not-now.patch;apply=no"
    SRC_URI:append:riscv64 = " file://third.patch"

A file is a patch when its name ends in .patch or .diff, or by `apply=yes`; `apply=no` keeps it from
being applied, `striplevel` (once `pnum`) is 1 unless it says otherwise. That is what
`patch.bbclass` of OpenEmbedded-Core does; the operators are those of the BitBake User Manual,
"Syntax and Operators". All else in the file is kept byte for byte: `docs/reference/yocto.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.entry import (
    OFF,
    Entry,
    decode_name,
    encode_name,
    is_mentioned,
    no_such_patch,
    one_line,
)
from patchkit.model.shown import shown_name
from patchkit.model.tree import split_lines

_STATEMENT = re.compile(
    rb"""(?P<variable>[A-Za-z0-9_.+${}/:~-]+?)[ \t]*(?P<operator>:=|\?\?=|\?=|\+=|=\+|\.=|=\.|=)"""
    rb"""[ \t]*(?P<quote>["'])(?P<value>.*)(?P=quote)[ \t]*\r?\n?""",
    re.DOTALL,
)
_SRC_URI = re.compile(rb"SRC_URI(?:[:_](?P<verb>append|prepend|remove))?(?P<override>[:_][^\s]*)?")
_FUNCTION = re.compile(rb"(?:python|fakeroot|[ \t])*[\w:.${}-]*[ \t]*\(\)[ \t]*\{")
_WORD = re.compile(rb"(?:\$\{@[^}]*\}|(?!\\\r?\n)\S)+")
_PLAIN_VALUE = re.compile(r"[^\s\"']*")
_VARIABLE = re.compile(r"\$\{([^${}]+)\}")
_SUFFIXES = (".patch", ".diff")
_COMPRESSED = (".gz", ".bz2", ".xz", ".Z")
_YES, _NO = ("yes", "y", "true", "t", "1"), ("no", "n", "false", "f", "0")
_FORBIDDEN = re.compile(r"[\s;\"'\\$%]|^/")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Item:
    """A patch of the recipe: its entry, and where its word and its statement stand in the text."""

    entry: Entry
    word: slice
    statement: slice


@dataclass(frozen=True)
class Recipe:
    """A recipe and the patches that its `SRC_URI` names, in the order in which they are applied."""

    raw: bytes
    source: str
    known: tuple[tuple[str, str], ...]
    items: tuple[_Item, ...]
    remarks: tuple[tuple[int, str], ...]

    @cached_property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches in the order in which they are applied, each with the number of its line."""
        return tuple((_line_of(self.raw, one.word.start), one.entry) for one in self.items)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The patches, in order, those with `apply=no` included."""
        return tuple(one.entry for one in self.items)

    @cached_property
    def notes(self) -> tuple[bytes, ...]:
        """The comments of the recipe, from their `#` on."""
        lines = (line.strip() for line in split_lines(self.raw))
        return tuple(line for line in lines if line.startswith(b"#"))

    def mentions(self, name: str) -> bool:
        """Whether this file is named, be it as a patch or in a comment."""
        return any(one.name == name for one in self.entries) or is_mentioned(name, self.notes)

    def commented_out(self, name: str, reason: str) -> Self:
        """The recipe without the word of `name`; a comment above its statement says why.

        No comment may stand between continued lines. Raises `StackError` without such an entry.
        """
        item = self._item(name)
        word = encode_name(name) if name not in decode_name(self.raw[item.word]) else b""
        said = b": ".join(filter(None, [one_line(reason), word, self.raw[item.word]]))
        end = b"\r\n" if b"\r\n" in self.raw[item.statement] else b"\n"
        comment = b"# patchkit: " + said + end
        cut = self._without(item.word)
        at = item.statement.start
        return self._parsed(cut[:at] + comment + cut[at:])

    def removed(self, name: str) -> Self:
        """The recipe without the word of `name`. Raises `StackError` without such an entry."""
        return self._parsed(self._without(self._item(name).word))

    def renamed(self, name: str, new_name: str) -> Self:
        """The recipe in which `name` is called `new_name`; its parameters stay.

        Raises `StackError` when no entry has that name, or when no recipe can hold `new_name`.
        """
        item = self._item(name)
        parameters = self.raw[item.word].partition(b";")[1:]
        word = b"file://" + _sayable(new_name) + b"".join(parameters)
        raw = self.raw[: item.word.start] + word + self.raw[item.word.stop :]
        return self._checked(raw, replace(item.entry, name=new_name))

    def inserted_after(self, name: str | None, entry: Entry) -> Self:
        """The recipe with `entry` after `name`, on a line of its own where the list has lines.

        Raises `StackError` when no entry has that name, or when no recipe can say `entry`.
        """
        word = format_word(entry)
        if name is None and not self.items:
            gap = b"" if not self.raw or self.raw.endswith(b"\n") else b"\n"
            return self._checked(self.raw + gap + b'SRC_URI += "' + word + b'"\n', entry)
        item = self.items[-1] if name is None else self._item(name)
        raw = self.raw
        at = item.word.stop
        return self._checked(raw[:at] + self._gap(item) + word + raw[at:], entry)

    def _gap(self, item: _Item) -> bytes:
        """What stands between a word and one that is put after it."""
        if b"\n" not in self.raw[item.statement].rstrip(b"\r\n"):
            return b" "
        start = self.raw.rfind(b"\n", 0, item.word.start) + 1
        before = self.raw[start : item.word.start]
        indentation = before if not before.strip() else b"    "
        return (b" \\\r\n" if b"\r\n" in self.raw[item.statement] else b" \\\n") + indentation

    def _without(self, word: slice) -> bytes:
        """The text without a word; a line that has only this word goes as a whole."""
        raw = self.raw
        start = raw.rfind(b"\n", 0, word.start) + 1
        behind = re.compile(rb"[ \t]*(?:\\\r?\n)?").match(raw, word.stop)
        assert behind is not None  # it matches the empty text
        if not raw[start : word.start].strip() and behind[0].endswith(b"\n"):
            return raw[:start] + raw[behind.end() :]
        rest = re.compile(rb"[ \t]*").match(raw, word.stop)
        assert rest is not None
        return raw[: word.start] + raw[rest.end() :]

    def _item(self, name: str) -> _Item:
        for item in self.items:
            if item.entry.name == name:
                return item
        raise no_such_patch(name)

    def _parsed(self, raw: bytes) -> Self:
        parsed = parse_recipe(raw, self.source, dict(self.known))
        return replace(self, raw=raw, items=parsed.items, remarks=parsed.remarks)

    def _checked(self, raw: bytes, entry: Entry) -> Self:
        parsed = self._parsed(raw)
        if entry not in parsed.entries:
            raise StackError(f"{shown_name(entry.name)}: cannot be named in {self.source}.")
        return parsed


def format_word(entry: Entry) -> bytes:
    """The word of `SRC_URI` for a patch. Raises `StackError` where none can say it."""
    parameters = b""
    if entry.is_reversed:
        raise StackError(
            f"{shown_name(entry.name)}: SRC_URI cannot say that a patch is applied in reverse.",
            "Reverse the patch itself: interdiff -q PATCH /dev/null.",
        )
    if entry.strip is not None:
        parameters += b";striplevel=%d" % entry.strip
    if entry.is_switched_off:
        parameters += b";apply=no"
    elif entry.guards:
        raise StackError(f"{shown_name(entry.name)}: SRC_URI has no guards.")
    elif not entry.name.endswith(_SUFFIXES):
        parameters += b";apply=yes"
    return b"file://" + _sayable(entry.name) + parameters


def _sayable(name: str) -> bytes:
    if _FORBIDDEN.search(name):
        raise StackError(
            f"{shown_name(name)}: this name cannot stand in SRC_URI.",
            "Rename the patch: no blank, quote, backslash, `;`, `$` or `%`, no `/` at its start.",
        )
    return encode_name(name)


def names_from(file_name: str) -> dict[str, str]:
    """The variables that BitBake takes from the name of a recipe: PN, PV, P, and BPN, BP.

    >>> names_from("foo-native_1.2.bb")["BP"]
    'foo-1.2'
    """
    stem = file_name.rpartition(".")[0] or file_name
    name, _, version = stem.partition("_")
    version = version.partition("_")[0]
    base = name
    for ending in ("-native", "-cross", "-initial", "-intermediate", "-crosssdk"):
        base = base.removesuffix(ending)
    known = {"PN": name, "BPN": base.removeprefix("nativesdk-")}
    if version and "%" not in version:
        known |= {"PV": version, "P": f"{name}-{version}", "BP": f"{known['BPN']}-{version}"}
    return known


def parse_recipe(raw: bytes, source: str, known: Mapping[str, str] | None = None) -> Recipe:
    """Read the patches of a recipe; `known` are variables that its name gives (`names_from`).

    `parse_recipe(x).raw == x`. Raises `SeriesFormatError` for a patch whose name is not known
    (a variable from elsewhere) or whose parameters say what patchkit cannot do.
    """
    known = dict(known or {})
    reader = _Reader(raw, source, known)
    reader.read()
    return Recipe(raw, source, tuple(known.items()), reader.in_order(), tuple(reader.remarks))


class _Reader:
    """Reads statement by statement, as BitBake does: the operators decide on the order."""

    def __init__(self, raw: bytes, source: str, known: Mapping[str, str]) -> None:
        self.raw, self.source = raw, source
        self.variables = dict(known)
        self.remarks: list[tuple[int, str]] = []
        self._base: list[_Item] = []
        self._appended: list[_Item] = []
        self._prepended: list[_Item] = []
        self._off: list[_Item] = []
        self._removed: set[str] = set()

    def read(self) -> None:
        statements = list(_statements(self.raw))
        for _, found in statements:
            if _PLAIN_VALUE.fullmatch(value := decode_name(found["value"])):
                self.variables.setdefault(decode_name(found["variable"]), value)
        for place, found in statements:
            uri = _SRC_URI.fullmatch(found["variable"])
            if uri is not None:
                self._take(place, found, uri)

    def in_order(self) -> tuple[_Item, ...]:
        items = [*self._prepended, *self._base, *self._appended]
        kept = [
            replace(one, entry=replace(one.entry, guards=(OFF,)))
            if one.entry.name in self._removed
            else one
            for one in items
        ]
        return (*kept, *self._off)

    def _take(self, place: slice, found: re.Match[bytes], uri: re.Match[bytes]) -> None:
        start = place.start + found.start("value")
        if uri["verb"] == b"remove":
            for word in _WORD.finditer(found["value"]):
                path = decode_name(word[0]).removeprefix("file://").partition(";")[0]
                self._removed.add(self._expanded(path) or path)
            return
        items = [
            _Item(entry, slice(start + word.start(), start + word.end()), place)
            for word in _WORD.finditer(found["value"])
            if (entry := self._entry(word[0], start + word.start())) is not None
        ]
        if items and uri["override"]:
            shown = decode_name(found["variable"])
            number = _line_of(self.raw, items[0].word.start)
            self.remarks.append((number, f"{shown} counts for some builds only."))
        self._place(items, uri, found["operator"])

    def _place(self, items: list[_Item], uri: re.Match[bytes], operator: bytes) -> None:
        if uri["verb"] == b"append":
            self._appended += items
        elif uri["verb"] == b"prepend":
            self._prepended[:0] = items
        elif uri["override"]:
            # It would take the place of all others, in the builds that it is for.
            self._off += [replace(one, entry=replace(one.entry, guards=(OFF,))) for one in items]
        elif operator in (b"+=", b".="):
            self._base += items
        elif operator in (b"=+", b"=."):
            self._base[:0] = items
        elif operator in (b"=", b":=") or not self._base:
            self._off += [
                replace(one, entry=replace(one.entry, guards=(OFF,))) for one in self._base
            ]
            self._base = items

    def _entry(self, word: bytes, at: int) -> Entry | None:
        text = decode_name(word)
        number = _line_of(self.raw, at)
        path, *parameters = text.split(";")
        said = {key: value for key, _, value in (one.partition("=") for one in parameters)}
        is_patch = _is_patch(path, said)
        if text.startswith("${@") and any(f"{suffix}'" in text for suffix in _SUFFIXES):
            self.remarks.append((number, "a patch in an inline expression is not read."))
            return None
        if not is_patch:
            return None
        if not path.startswith("file://"):
            self.remarks.append((number, f"{shown_name(path)} is fetched, so it is not read."))
            return None
        for unknown in ("patchdir", "mindate", "maxdate", "minrev", "maxrev", "rev", "notrev"):
            if unknown in said:
                raise self._error(number, f"the parameter {unknown} of a patch is not understood.")
        name = self._expanded(path.removeprefix("file://"))
        if name is None:
            raise self._error(number, f"the variable in {shown_name(path)} is not known.")
        level = said.get("striplevel", said.get("pnum"))
        if level is not None and not level.isdecimal():
            raise self._error(number, f"striplevel is {shown_name(level)}, expected a number.")
        is_off = said.get("apply", "").lower() in _NO
        return Entry(name, None if level is None else int(level), guards=(OFF,) if is_off else ())

    def _error(self, number: int, problem: str) -> SeriesFormatError:
        return SeriesFormatError(
            self.source, number, problem, "Name the file in full, with striplevel and apply only."
        )

    def _expanded(self, text: str) -> str | None:
        """The text with its variables replaced; None where one is not known."""
        for _ in range(_DEPTH):
            if "$" not in text:
                return text
            text = _VARIABLE.sub(lambda one: self.variables.get(one[1], "$?"), text)
            if "$?" in text:
                return None
        return None


def _is_patch(path: str, said: Mapping[str, str]) -> bool:
    if "apply" in said:
        return said["apply"].lower() in _YES + _NO and (
            said["apply"].lower() in _YES or _named_patch(path)
        )
    return _named_patch(path)


def _named_patch(path: str) -> bool:
    for ending in _COMPRESSED:
        path = path.removesuffix(ending)
    return path.endswith(_SUFFIXES)


def _statements(raw: bytes) -> Iterator[tuple[slice, re.Match[bytes]]]:
    """Every assignment at the start of a line, with its place; bodies of functions are not read."""
    at = 0
    lines = split_lines(raw)
    number = 0
    in_function = False
    while number < len(lines):
        whole = lines[number]
        number += 1
        while whole.rstrip(b"\r\n").endswith(b"\\") and number < len(lines):
            if whole.startswith(b"#"):
                break
            whole += lines[number]
            number += 1
        if in_function:
            in_function = not whole.startswith(b"}")
        elif _FUNCTION.match(whole):
            in_function = True
        elif found := _STATEMENT.fullmatch(whole):
            yield slice(at, at + len(whole)), found
        at += len(whole)


def _line_of(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1
