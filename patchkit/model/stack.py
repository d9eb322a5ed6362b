"""A patch stack: a series with its patches, and how its folder is laid out (ground floor).

The layout is what makes a stack openEuler's, quilt's, SUSE's, Yocto's, OpenWrt's or RPM's: where
the list of the patches and the patches stand, and whether an `apply-patches` script belongs to it.
Each dialect has a page in `docs/reference/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from patchkit.model.entry import Entry, format_entry
from patchkit.model.patch import Patch
from patchkit.model.patchlist import PatchList


class Dialect(Enum):
    """Whose conventions a stack follows; the value is the word used in files and reports."""

    SERIES_CONF = "series.conf"
    """openEuler: `series.conf`, patches in `patches/` or beside it, an apply-patches script."""
    QUILT = "quilt"
    """quilt and Debian: a file `series` in the folder that holds the patches."""
    SUSE = "suse"
    """SUSE's kernel-source: `series.conf` with guards, patches in `patches.suse/` and the like."""
    YOCTO = "yocto"
    """BitBake: the `SRC_URI` of a recipe, patches in a folder beside it."""
    OPENWRT = "openwrt"
    """OpenWrt: a folder of patches whose names give their order, and no list."""
    RPM = "rpm"
    """RPM: the `Patch` tags and `%prep` of a spec, patches beside it or in `SOURCES/`."""


_WITH_SERIES = (Dialect.SERIES_CONF, Dialect.QUILT, Dialect.SUSE)
_PLAIN_SERIES, _PLAIN_FOLDER = "series.conf", "patches"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a stack stand, as `/`-separated paths relative to its root.

    `series` is the file with the list, or the folder that is one. `patches` is the folder that
    entry names are relative to, "" for the root itself; `folders` are those of patches that stand
    in another one, by name.
    """

    dialect: Dialect
    series: str
    patches: str
    folders: tuple[tuple[str, str], ...] = ()

    @property
    def has_file(self) -> bool:
        """Whether there is a file with the list: OpenWrt has the names of the patches only."""
        return self.dialect is not Dialect.OPENWRT

    @property
    def has_script(self) -> bool:
        """Whether an `apply-patches` script belongs to the stack."""
        return self.dialect is Dialect.SERIES_CONF

    def place_of(self, name: str) -> str:
        """The path of a patch file, relative to the root of the stack."""
        folder = dict(self.folders).get(name, self.patches)
        return f"{folder}/{name}" if folder else name

    def held_place_of(self, name: str) -> str:
        """The path of a patch file that the list does not apply, for a person to look at.

        OpenWrt would apply it where the others stand.
        """
        if self.dialect is not Dialect.OPENWRT:
            return self.place_of(name)
        return f"{self.patches}{HELD}/{name}" if self.patches else f"{HELD[1:]}/{name}"


HELD = "-held"
"""What the name of the folder ends in that has the held patches of an OpenWrt stack."""


def as_series(layout: Layout, patches: PatchList) -> tuple[Layout, bytes]:
    """The stack as an apply-patches script reads it: the same patches, options and order.

    A series file is taken as it is; from another list a `series.conf` is made.
    """
    if layout.dialect in _WITH_SERIES:
        return layout, patches.raw
    lines = b"".join(map(format_entry, patches.entries))
    return Layout(Dialect.SERIES_CONF, _PLAIN_SERIES, _PLAIN_FOLDER), lines


@dataclass(frozen=True, slots=True)
class StackedPatch:
    """A patch with the line of the series that names it."""

    entry: Entry
    patch: Patch

    @property
    def name(self) -> str:
        """The name as the series has it."""
        return self.entry.name


@dataclass(frozen=True)
class Stack:
    """A whole patch stack, read and parsed. `series` is its list, in whatever file that is.

    `patches` are those that `flags` select, in order. `guarded` are the raw bytes of the others by
    name: they ride along untouched."""

    layout: Layout
    series: PatchList
    patches: tuple[StackedPatch, ...]
    guarded: tuple[tuple[str, bytes], ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the patches, in order."""
        return tuple(stacked.name for stacked in self.patches)
