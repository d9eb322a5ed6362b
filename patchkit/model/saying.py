"""What each dialect can say of a patch, and what it calls it (ground floor).

`docs/reference/convert.md` has the table.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from patchkit.errors import StackError
from patchkit.model.entry import OFF, Entry, encode_name
from patchkit.model.numbered import sorted_names
from patchkit.model.shown import shown_name
from patchkit.model.stack import Dialect

_SUSE_FOLDER = re.compile(r"patches\.[^/]+/")
_NEW_SUSE_FOLDER = "patches.suse"
_NUMBER = re.compile(r"\d+-")
_FIRST_NUMBER, _MOST_IN_STEPS = 100, 90
_ONLY_LEVEL_1 = (Dialect.SUSE, Dialect.OPENWRT)
_WITHOUT_REVERSE = (Dialect.SUSE, Dialect.OPENWRT, Dialect.YOCTO)
_WITH_GUARDS = (Dialect.SERIES_CONF, Dialect.SUSE)
_WITH_SWITCH = (Dialect.YOCTO, Dialect.RPM)


def said_in(dialect: Dialect, entry: Entry, flags: frozenset[str]) -> Entry | None:
    """The entry as the dialect has it; None where it can only leave the patch out.

    Level 1 is not said. Guards become, where there are none, what `flags` make of them. Raises
    `StackError` where the patch would be applied in another way.
    """
    strip = None if entry.strip == 1 else entry.strip
    if strip is not None and dialect in _ONLY_LEVEL_1:
        raise StackError(
            f"{shown_name(entry.name)}: applied with -p{strip}; {dialect.value} has -p1 only.",
            "Rewrite the paths in the patch.",
        )
    if entry.is_reversed and dialect in _WITHOUT_REVERSE:
        raise StackError(
            f"{shown_name(entry.name)}: applied in reverse, which {dialect.value} cannot say.",
            "Reverse the patch itself: interdiff -q PATCH /dev/null.",
        )
    said = replace(entry, strip=strip)
    if dialect in _WITH_GUARDS or not entry.guards:
        return said
    if entry.selected_by(flags):
        return replace(said, guards=())
    return replace(said, guards=(OFF,)) if dialect in _WITH_SWITCH else None


def names_in(dialect: Dialect, names: Sequence[str]) -> dict[str, str]:
    """What the patches of these names are called in the dialect, by their own names.

    Raises `StackError` where two would be called the same.
    """
    match dialect:
        case Dialect.SUSE:
            new = [
                name if _SUSE_FOLDER.match(name) else f"{_NEW_SUSE_FOLDER}/{name}" for name in names
            ]
        case Dialect.RPM:
            new = [posixpath.basename(name) for name in names]
        case Dialect.OPENWRT:
            new = _numbered([posixpath.basename(name) for name in names])
        case _:
            new = [_SUSE_FOLDER.sub("", name, count=1) for name in names]
    _check_distinct(names, new)
    return dict(zip(names, new, strict=True))


def _numbered(names: list[str]) -> list[str]:
    """Names whose order is that of the list: as they are, or with a new number before each."""
    if all(_NUMBER.match(name) for name in names) and list(sorted_names(names)) == names:
        return names
    step = 10 if len(names) < _MOST_IN_STEPS else 1
    numbers = [_FIRST_NUMBER + step * at for at in range(len(names))]
    width = len(str(numbers[-1])) if numbers else 0
    return [
        f"{number:0{width}}-{_NUMBER.sub('', name, count=1)}"
        for number, name in zip(numbers, names, strict=True)
    ]


def _check_distinct(names: Iterable[str], new: Iterable[str]) -> None:
    first: dict[bytes, str] = {}
    for name, new_name in zip(names, new, strict=True):
        other = first.setdefault(encode_name(new_name), name)
        if other != name:
            raise StackError(
                f"{shown_name(other)} and {shown_name(name)} would both be {shown_name(new_name)}.",
                "Rename one of them.",
            )
