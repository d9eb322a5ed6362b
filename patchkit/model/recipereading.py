"""Reads the patches that the statements of a recipe name, in the order in which they are applied
(ground floor).

The operators are those of the BitBake User Manual, "Syntax and Operators", the parameters those of
`patch.bbclass`. See `docs/reference/yocto.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from patchkit.errors import SeriesFormatError
from patchkit.model.entry import OFF, Entry, decode_name, encode_name
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
_PATCH = re.compile(rb"file://[^\s\"';]+\.(?:patch|diff)\b")
_NAME = re.compile(r"\w+")
PATCH_SUFFIXES = (".patch", ".diff")
_COMPRESSED = (".gz", ".bz2", ".xz", ".Z")
_YES, _NO = ("yes", "y", "true", "t", "1"), ("no", "n", "false", "f", "0")
_LEVEL = re.compile(r"[0-9]{1,4}")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Item:
    """A patch of the recipe: its entry, and where its word and its statement stand in the text.

    `is_conditional`: the statement counts for some builds only."""

    entry: Entry
    word: slice
    statement: slice
    is_conditional: bool = False


def read_recipe(
    raw: bytes, source: str, known: Mapping[str, str]
) -> tuple[tuple[Item, ...], tuple[tuple[int, str], ...]]:
    """The patches of a recipe in order, and remarks with their lines.

    Raises `SeriesFormatError` with the line of what is not understood.
    """
    reader = _Reader(raw, source, known)
    reader.read()
    return reader.in_order(), tuple(reader.remarks)


def line_of(raw: bytes, at: int) -> int:
    """The number of the line in which the byte `at` stands."""
    return raw.count(b"\n", 0, at) + 1


class _Reader:
    """Reads statement by statement, as BitBake does: the operators decide on the order."""

    def __init__(self, raw: bytes, source: str, known: Mapping[str, str]) -> None:
        self.raw, self.source = raw, source
        self.variables = dict(known)
        self.remarks: list[tuple[int, str]] = []
        self._base: list[Item] = []
        self._appended: list[Item] = []
        self._prepended: list[Item] = []
        self._off: list[Item] = []
        self._removed: set[str] = set()
        self._carriers: set[str] = set()

    def read(self) -> None:
        statements = list(_statements(self.raw))
        self._carriers = {
            decode_name(found["variable"]).partition(":")[0]
            for _, found in statements
            if _PATCH.search(found["value"])
        }
        for _, found in statements:
            if _PLAIN_VALUE.fullmatch(value := decode_name(found["value"])):
                self.variables.setdefault(decode_name(found["variable"]), value)
        for place, found in statements:
            uri = _SRC_URI.fullmatch(found["variable"])
            if uri is not None:
                self._take(place, found, uri)

    def in_order(self) -> tuple[Item, ...]:
        items = [*self._prepended, *self._base, *self._appended]
        kept = [
            replace(one, entry=replace(one.entry, guards=(OFF,)))
            if one.entry.name in self._removed
            else one
            for one in items
        ]
        return tuple(_once([*kept, *self._off]))

    def _take(self, place: slice, found: re.Match[bytes], uri: re.Match[bytes]) -> None:
        start = place.start + found.start("value")
        if uri["verb"] == b"remove":
            for word in _WORD.finditer(found["value"]):
                path = decode_name(word[0]).removeprefix("file://").partition(";")[0]
                self._removed.add(self._expanded(path) or path)
            return
        items = [
            Item(
                entry,
                slice(start + word.start(), start + word.end()),
                place,
                bool(uri["override"]),
            )
            for word in _WORD.finditer(found["value"])
            if (entry := self._entry(word[0], start + word.start())) is not None
        ]
        if items and uri["override"]:
            shown = decode_name(found["variable"])
            number = line_of(self.raw, items[0].word.start)
            self.remarks.append((number, f"{shown} counts for some builds only."))
        self._place(items, uri, found["operator"])

    def _place(self, items: list[Item], uri: re.Match[bytes], operator: bytes) -> None:
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
        number = line_of(self.raw, at)
        path, *parameters = text.split(";")
        said = {key: value for key, _, value in (one.partition("=") for one in parameters)}
        is_patch = _is_patch(path, said)
        if not is_patch:
            self._remark_on_others(text, number)
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
        if level is not None and not _LEVEL.fullmatch(level):
            raise self._error(number, f"striplevel is {shown_name(level)}, expected a number.")
        is_off = said.get("apply", "").lower() in _NO
        return Entry(name, None if level is None else int(level), guards=(OFF,) if is_off else ())

    def _remark_on_others(self, text: str, number: int) -> None:
        """Say of a word that is no patch itself that it stands for some that are not read."""
        if text.startswith("${@") and _PATCH.search(encode_name(text)):
            self.remarks.append((number, "a patch in an inline expression is not read."))
        for name in sorted(self._carriers.intersection(_NAME.findall(text))):
            self.remarks.append((number, f"the patches in {name} are not read."))

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


def _once(items: list[Item]) -> Iterator[Item]:
    """Each patch once, where it is named for several kinds of builds."""
    first: dict[str, Item] = {}
    for item in items:
        before = first.setdefault(item.entry.name, item)
        if before is item or not (before.is_conditional or item.is_conditional):
            yield item


def _is_patch(path: str, said: Mapping[str, str]) -> bool:
    if "apply" in said:
        return said["apply"].lower() in _YES + _NO and (
            said["apply"].lower() in _YES or _named_patch(path)
        )
    return _named_patch(path)


def _named_patch(path: str) -> bool:
    for ending in _COMPRESSED:
        path = path.removesuffix(ending)
    return path.endswith(PATCH_SUFFIXES)


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
