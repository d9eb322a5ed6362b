"""A patch stack: a series with its patches, and how its folder is laid out (ground floor).

The layout is what makes a stack openEuler's, quilt's or Debian's: where the series file and
the patches stand, and whether an `apply-patches` script belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from patchkit.model.patch import Patch
from patchkit.model.series import Entry, Series


class Dialect(Enum):
    """Whose conventions a stack follows; the value is the word used in files and reports."""

    SERIES_CONF = "series.conf"
    """openEuler and SUSE: `series.conf`, patches in `patches/` or beside it, an apply-patches
    script."""
    QUILT = "quilt"
    """quilt and Debian: a file `series` in the folder that holds the patches."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a stack stand, as `/`-separated paths relative to its root.

    `patches` is the folder that entry names are relative to, "" for the root itself.
    """

    dialect: Dialect
    series: str
    patches: str

    def place_of(self, name: str) -> str:
        """The path of a patch file, relative to the root of the stack."""
        return f"{self.patches}/{name}" if self.patches else name


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
    """A whole patch stack, read and parsed.

    `patches` are those that `flags` select, in order. `guarded` are the raw bytes of the others by
    name: they ride along untouched."""

    layout: Layout
    series: Series
    patches: tuple[StackedPatch, ...]
    guarded: tuple[tuple[str, bytes], ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the patches, in order."""
        return tuple(stacked.name for stacked in self.patches)
