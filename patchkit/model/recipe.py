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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from patchkit.errors import StackError
from patchkit.model.entry import (
    Entry,
    decode_name,
    encode_name,
    is_mentioned,
    no_such_patch,
    one_line,
)
from patchkit.model.recipereading import PATCH_SUFFIXES, Item, line_of, read_recipe
from patchkit.model.shown import shown_name
from patchkit.model.tree import split_lines

_FORBIDDEN = re.compile(r"[\s;\"'\\$%]|^/")


@dataclass(frozen=True)
class Recipe:
    """A recipe and the patches that its `SRC_URI` names, in the order in which they are applied."""

    raw: bytes
    source: str
    known: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    remarks: tuple[tuple[int, str], ...]

    @cached_property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches in the order in which they are applied, each with the number of its line."""
        return tuple((line_of(self.raw, one.word.start), one.entry) for one in self.items)

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
        return self.has(name) or is_mentioned(name, self.notes)

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
        shorter = self._parsed(cut[:at] + comment + cut[at:])
        return shorter.commented_out(name, reason) if shorter.has(name) else shorter

    def removed(self, name: str) -> Self:
        """The recipe without the word of `name`. Raises `StackError` without such an entry."""
        shorter = self._parsed(self._without(self._item(name).word))
        return shorter.removed(name) if shorter.has(name) else shorter

    def has(self, name: str) -> bool:
        """Whether it names this patch: for several kinds of builds it may do so several times."""
        return any(one.name == name for one in self.entries)

    def renamed(self, name: str, new_name: str) -> Self:
        """The recipe in which `name` is called `new_name`; its parameters stay.

        Raises `StackError` when no entry has that name, or when no recipe can hold `new_name`.
        """
        item = self._item(name)
        parameters = self.raw[item.word].partition(b";")[1:]
        word = b"file://" + _sayable(new_name) + b"".join(parameters)
        raw = self.raw[: item.word.start] + word + self.raw[item.word.stop :]
        longer = self._checked(raw, replace(item.entry, name=new_name))
        is_done = name == new_name or not longer.has(name)
        return longer if is_done else longer.renamed(name, new_name)

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

    def _gap(self, item: Item) -> bytes:
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

    def _item(self, name: str) -> Item:
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
    elif not entry.name.endswith(PATCH_SUFFIXES):
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
    items, remarks = read_recipe(raw, source, known)
    return Recipe(raw, source, tuple(known.items()), items, remarks)
