"""Imports among the changes of siblings: they follow from what else changes (pure).

Go's import blocks are understood; in other languages an import is a line like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable

from patchkit.siblings.changes import Change, squeezed

_GO_IMPORT = re.compile(rb'(?:([A-Za-z_]\w*)[ \t]+)?"([\w./~-]+)"')


def imports_alone(change: Change) -> tuple[bytes, ...]:
    """The names that a change imports, or ceases to; none where it does anything else."""
    lines = squeezed((*change.removed, *change.added))
    names = [imported_name(line) for line in lines]
    found = tuple(name for name in names if name is not None)
    return found if len(found) == len(names) else ()


def imported_names(lines: Iterable[bytes]) -> frozenset[bytes]:
    """The names that all these lines bring, in a block or each by itself."""
    names = (imported_name(line.strip().removeprefix(b"import ")) for line in lines)
    return frozenset(name for name in names if name is not None)


def imported_name(line: bytes) -> bytes | None:
    """The name that a line of a Go import block brings; None for any other line.

    >>> imported_name(b'\\tgovmm "example.org/pkg/govmm"')
    b'govmm'
    """
    found = _GO_IMPORT.fullmatch(line.strip())
    return None if found is None else found[1] or found[2].rpartition(b"/")[2]
