"""A series file for another dialect, and a list brought up to date with a converted one (ground
floor)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from patchkit.errors import StackError
from patchkit.model.entry import Entry, format_entry
from patchkit.model.patchlist import PatchList
from patchkit.model.saying import said_in
from patchkit.model.series import Series, SeriesLine, parse_series
from patchkit.model.shown import shown_name
from patchkit.model.stack import Dialect

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_IN_QUILT = re.compile(r"[ \t]|^#")


def reworded(
    series: Series, dialect: Dialect, said: Mapping[str, Entry | None], source: str
) -> Series:
    """A series file as another dialect writes it; `said` has by name what becomes of each patch.

    Comments, blank lines and order stay, and so does a line that says the same there. What is left
    out becomes a comment. Raises `StackError`, with the line, for a name that quilt would cut.
    """
    lines: list[SeriesLine] = []
    for number, line in enumerate(series.lines, 1):
        text = line.raw
        if line.entry is not None:
            entry = said[line.entry.name]
            if dialect is Dialect.QUILT and entry and _NOT_IN_QUILT.search(entry.name):
                raise StackError(
                    f"{source}:{number}: {shown_name(entry.name)}: quilt ends a name at a blank.",
                    "Rename the patch.",
                )
            text = _line_for(line, line.entry, entry, dialect)
        lines.append(SeriesLine(_as_quilt(text) if dialect is Dialect.QUILT else text, None))
    return parse_series(b"".join(line.raw for line in lines), source)


def _line_for(line: SeriesLine, before: Entry, entry: Entry | None, dialect: Dialect) -> bytes:
    if entry is None:
        return b"# patchkit: not applied, no flag selects it: " + line.raw.lstrip()
    # `-p1` may stay where options are known at all; said or not, it is the same.
    says_level_1 = before.strip == 1 and entry.strip is None and dialect is not Dialect.SUSE
    is_same_level = says_level_1 or before.strip == entry.strip
    if is_same_level and replace(before, strip=None) == replace(entry, strip=None):
        return line.raw
    plain = line.raw.removeprefix(_BYTE_ORDER_MARK)
    indentation = plain[: len(plain) - len(plain.lstrip(b" \t"))]
    end = plain[len(plain.rstrip(b"\r\n")) :]
    comment = b" " + line.comment if line.comment else b""
    return indentation + format_entry(entry).rstrip(b"\n") + comment + end


def _as_quilt(line: bytes) -> bytes:
    """A line without what quilt would take for a part of a name: indentation, mark, CR."""
    text = line.removeprefix(_BYTE_ORDER_MARK).lstrip(b" \t")
    return text.removesuffix(b"\r\n") + b"\n" if text.endswith(b"\r\n") else text


def brought_up_to_date(
    before: PatchList, now: Sequence[Entry], *, kept: Sequence[str], through: Dialect,
    flags: frozenset[str], strip: int,
) -> PatchList:  # fmt: skip
    """The list `before` with what was done to the stack while it was of the dialect `through`.

    `now` are its patches, by the names that they have in `before`; `kept` those that it could not
    list; `strip` is the level of one that says none. What `through` cannot say is as it was. Raises
    `StackError` where the order is another.
    """
    names = [entry.name for entry in now]
    there = {entry.name: entry for entry in before.entries}
    # Where those stand that are not applied is of no consequence.
    applied = [entry.name for entry in now if entry.name in there and not entry.is_switched_off]
    if applied != [entry.name for entry in before.entries if entry.name in set(applied)]:
        raise StackError(
            "The order of the patches was changed, and the list they come from has another one.",
            "Delete patchkit.origin to make a new list.",
        )
    listed = before
    for name in there:
        if name not in names and name not in kept:
            listed = listed.removed(name)
    previous: str | None = None
    for entry in now:
        if entry.name in there and _is_same(entry, there[entry.name], through, flags, strip):
            previous = entry.name
            continue
        if entry.name in there:
            listed = listed.removed(entry.name)
        said = entry if entry.strip is not None or strip == 1 else replace(entry, strip=1)
        listed = _inserted(listed, previous, said)
        previous = entry.name
    return listed


def _inserted(listed: PatchList, previous: str | None, entry: Entry) -> PatchList:
    """The list with `entry` after `previous`; None: before all others."""
    if previous is not None or not listed.entries:
        return listed.inserted_after(previous, entry)
    # A list has no place before all others, so the first one moves behind the new one.
    first = listed.entries[0]
    longer = listed.inserted_after(first.name, entry)
    return longer.removed(first.name).inserted_after(entry.name, first)


def _is_same(
    now: Entry, before: Entry, through: Dialect, flags: frozenset[str], strip: int
) -> bool:
    level = strip if before.strip is None else before.strip
    said = said_in(through, replace(before, name=now.name, strip=level), flags)
    if said is not None and said.is_switched_off and now.is_switched_off:
        return True  # what is not applied has no level
    return said == replace(now, strip=None if now.strip == 1 else now.strip)
