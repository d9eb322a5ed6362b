"""Finds the series file of a stack, and the folder that its patches stand in.

Workspace floor. A stack folder is recognised by its series file alone. Where a folder has several,
the first of `SERIES_FILES` counts, and before all `lists`; `docs/reference/dialects.md` documents
the order.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from patchkit.errors import StackError
from patchkit.model.patchlist import PatchList
from patchkit.model.series import Series, parse_series
from patchkit.model.stack import Dialect, Layout
from patchkit.workspace.folders import folders_below
from patchkit.workspace.lists import lists_in, read_list

SERIES_FILES = {
    "series.conf": Dialect.SERIES_CONF,
    "debian/patches/series": Dialect.QUILT,
    "patches/series": Dialect.QUILT,
    "series": Dialect.QUILT,
}
"""The series files that make a folder a stack, the one that counts first, by relative path."""

_OTHER_LISTS = "a spec or a recipe that names patches, numbered patches/"
_PATCHES = "patches"
_SUSE_FOLDER = re.compile(r"patches\.[^/]+/")
_NEAR_DEPTH = 2
_MOST_NEAR = 3


def find_layout(root: Path) -> Layout:
    """How the stack in the folder `root` is laid out.

    The patches of `patches/series` and `debian/patches/series` stand beside it. Those of a series
    file in the root stand in `patches/` or beside it, wherever more of the named files are.

    Raises `StackError` when there is no series file, or none that can be read, and
    `SeriesFormatError` when it is not understood.
    """
    return read_layout(root)[0]


def read_layout(root: Path) -> tuple[Layout, PatchList]:
    """The layout of a stack, as `find_layout` finds it, with its list; raises the same."""
    check_folder(root)
    found = _series_file(root)
    if found is None:
        return read_list(root, lists_in(root)[0])
    place, dialect = found
    series = _read_series(root / place)
    folder = place.rpartition("/")[0]
    if dialect is Dialect.SERIES_CONF and _is_suse(series):
        return Layout(Dialect.SUSE, place, ""), series
    if not folder:
        folder = _patches_folder(root, place, dialect, series)
    return Layout(dialect, place, folder), series


def series_files_in(root: Path) -> tuple[str, ...]:
    """Every list of patches that `root` has, as paths relative to it, the one that counts first."""
    series = tuple(place for place in SERIES_FILES if _is_file(root / place))
    # The names in `patches/` are a list only where no series file says another order.
    others = (place for place in lists_in(root) if not series or place != _PATCHES)
    return (*series, *others)


def _is_suse(series: Series) -> bool:
    """Whether patches stand in folders as in SUSE's kernel-source: `patches.suse/x.patch`."""
    return any(_SUSE_FOLDER.match(entry.name) for entry in series.entries)


def check_folder(root: Path) -> None:
    """Raise `StackError` when `root` is not a folder that can be entered."""
    try:
        is_folder = stat.S_ISDIR(root.stat().st_mode)
    except FileNotFoundError as error:
        names = [folder.name for folder in folders_below(root.parent, 1)]
        near = difflib.get_close_matches(root.name, names)
        hints = [f"Did you mean {root.parent / near[0]}?"] if near else []
        raise StackError(f"{root}: no such folder.", *hints) from error
    except OSError as error:
        raise _unreadable(root, error) from error
    if not is_folder:
        raise StackError(
            f"{root}: a file, but a stack is a folder.", f"Did you mean {root.parent}?"
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # what may not be looked at is no series file that could be used
        return False


def _series_file(root: Path) -> tuple[str, Dialect] | None:
    """The series file that counts; None where another list does."""
    faults = []
    for place, dialect in SERIES_FILES.items():
        fault = _fault_of(root, place)
        if fault is None:
            return place, dialect
        if fault:
            faults.append(fault)
    if not faults and lists_in(root):
        return None
    problem = "; ".join(faults) if faults else "no series file here"
    near = [str(folder) for folder in islice(_stacks_near(root), _MOST_NEAR)]
    hints = [f"Near ones are in: {', '.join(near)}."] if near else []
    looked = f"{', '.join(SERIES_FILES)}, {_OTHER_LISTS}"
    raise StackError(f"{root}: {problem}. Looked for {looked}.", *hints)


def _fault_of(root: Path, place: str) -> str | None:
    """None for a series file, "" where there is nothing, else what is wrong with it."""
    path = root / place
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return f"{place} is a broken symbolic link" if path.is_symlink() else ""
    except NotADirectoryError:
        return f"{place.rpartition('/')[0]} is not a folder"
    except OSError as error:
        raise _unreadable(path, error) from error
    if stat.S_ISREG(mode):
        return None
    return f"{place} is {'a folder' if stat.S_ISDIR(mode) else 'not a regular file'}, not a series"


def _read_series(path: Path) -> Series:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    return parse_series(raw, str(path))


def _patches_folder(root: Path, place: str, dialect: Dialect, series: Series) -> str:
    names = [entry.name for entry in series.entries if not leaves_folder(entry.name)]
    inside = sum(os.path.lexists(root / _PATCHES / name) for name in names)
    beside = sum(os.path.lexists(root / name) for name in names)
    if inside != beside:
        return _PATCHES if inside > beside else ""
    if dialect is Dialect.QUILT:
        return ""
    folder = root / _PATCHES
    if names and not beside and os.path.lexists(folder) and not folder.is_dir():
        raise StackError(
            f"{folder}: a file, but it should be the folder with the patches of {place}.",
            "Unpack or rename it.",
        )
    return _PATCHES if folder.is_dir() else ""


def leaves_folder(name: str) -> bool:
    """Whether a patch name leads, by its wording alone, out of the folder it is relative to."""
    return name.startswith("/") or ".." in name.split("/")


def _stacks_near(root: Path) -> Iterator[Path]:
    """Folders with a series file: the one above, then those at most two levels below."""
    if series_files_in(root.parent):
        yield root.parent
    for folder in folders_below(root, _NEAR_DEPTH):
        if series_files_in(folder):
            yield folder


def _unreadable(path: Path, error: OSError) -> StackError:
    return StackError(f"{path}: cannot be read: {error.strerror}.", "Check its permissions.")
