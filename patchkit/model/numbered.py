"""A folder of patches that are applied in the order of their names, as OpenWrt has it (ground
floor).

There is no series file. `include/quilt.mk` and `scripts/patch-kernel.sh` of OpenWrt take all files
of the folder `patches` whose names do not begin with a dot, as the shell's `*` and `sort` order
them in the C locale (by bytes), with -p1. See `docs/reference/openwrt.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from patchkit.errors import StackError
from patchkit.model.entry import Entry, encode_name, no_such_patch
from patchkit.model.shown import shown_name


@dataclass(frozen=True)
class NumberedFolder:
    """The names of the patches, in order, and of those that are held aside for a person."""

    names: tuple[str, ...]
    held: tuple[str, ...] = ()

    @property
    def raw(self) -> bytes:
        """b"": there is no file."""
        return b""

    @cached_property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches in order, counted from 1."""
        return tuple((number, Entry(name)) for number, name in enumerate(self.names, 1))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The patches in order."""
        return tuple(Entry(name) for name in self.names)

    @property
    def notes(self) -> tuple[bytes, ...]:
        """Nothing: a folder has no comments."""
        return ()

    @property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """Nothing."""
        return ()

    def mentions(self, name: str) -> bool:
        """Whether this file is a patch, or held aside."""
        return name in self.names or name in self.held

    def commented_out(self, name: str, reason: str) -> Self:  # noqa: ARG002 (no place for it)
        """The folder without `name`, which is held aside. Raises `StackError` if it is not there.

        A folder has no place for the reason.
        """
        return replace(self.removed(name), held=(*self.held, name))

    def removed(self, name: str) -> Self:
        """The folder without `name`. Raises `StackError` if it is not there."""
        if name not in self.names:
            raise no_such_patch(name)
        return replace(self, names=tuple(one for one in self.names if one != name))

    def renamed(self, name: str, new_name: str) -> Self:
        """The folder in which `name` is called `new_name`.

        Raises `StackError` when it is not there, or when another order would come of it.
        """
        if name not in self.names:
            raise no_such_patch(name)
        return self._ordered(new_name if one == name else one for one in self.names)

    def inserted_after(self, name: str | None, entry: Entry) -> Self:
        """The folder with one more file, which comes after `name` by its own name.

        Raises `StackError` when `name` is not there, when the name of `entry` puts it elsewhere,
        or when it has options: OpenWrt applies every patch with -p1.
        """
        if name is not None and name not in self.names:
            raise no_such_patch(name)
        if entry.strip not in (None, 1) or entry.is_reversed or entry.guards:
            raise StackError(
                f"{shown_name(entry.name)}: OpenWrt applies every file of the folder with -p1.",
                "Rewrite the patch to that, or leave it out.",
            )
        at = len(self.names) if name is None else self.names.index(name) + 1
        return self._ordered((*self.names[:at], entry.name, *self.names[at:]))

    def _ordered(self, names: Iterable[str]) -> Self:
        wanted = tuple(names)
        for name in wanted:
            if not is_plain_name(name):
                raise StackError(
                    f"{shown_name(name)}: no name that OpenWrt would take.",
                    "No folder before it, and no dot at its start.",
                )
        if wanted != sorted_names(wanted) or len(set(wanted)) != len(wanted):
            raise StackError(
                "The names would put the patches into another order.",
                "Begin the name with a number that comes between its neighbours'.",
            )
        return replace(self, names=wanted)


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names in the order in which OpenWrt applies the files: by their bytes."""
    return tuple(sorted(names, key=encode_name))


def is_plain_name(name: str) -> bool:
    """Whether OpenWrt takes a file of this name for a patch."""
    return bool(name) and not name.startswith(".") and "/" not in name
