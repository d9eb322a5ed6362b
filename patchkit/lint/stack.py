"""Reads the series of a stack whatever is wrong with it, line by line (lint floor; pure).

What counts as a series, and where its patches stand, is as `patchkit.workspace.layout` has it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchkit.errors import SeriesFormatError
from patchkit.model.series import Entry, encode_name, parse_series
from patchkit.model.tree import Path, split_lines

SERIES_FILES = (b"series.conf", b"debian/patches/series", b"patches/series", b"series")
_PATCHES = b"patches"
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class NamedPatch:
    """A patch with the number of the line that names it; `path` is None outside of the folder."""

    line: int
    entry: Entry
    path: Path | None


@dataclass(frozen=True)
class StackFolder:
    """A folder with a series; all paths are those of the repository. `patches` is where the names
    of the series are looked up, `faults` are the lines that are not understood, with the reason.
    """

    root: Path
    series: Path
    patches: Path
    raw: bytes
    entries: tuple[tuple[int, Entry], ...]
    faults: tuple[tuple[int, str], ...]

    @property
    def is_series_conf(self) -> bool:
        """Whether an apply-patches script belongs to it."""
        return self.series.endswith(b"series.conf")

    @property
    def patches_inside(self) -> Path:
        """Where the patches stand, from the root of the stack."""
        return self.patches[len(self.root) :].lstrip(b"/")

    @property
    def series_inside(self) -> Path:
        """Where the series stands, from the root of the stack."""
        return self.series[len(self.root) :].lstrip(b"/")

    @cached_property
    def named(self) -> tuple[NamedPatch, ...]:
        """Its patches in order, with their places."""
        return tuple(
            NamedPatch(line, entry, _place(self.patches, entry.name))
            for line, entry in self.entries
        )

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """The lines of the series with their ends."""
        return tuple(split_lines(self.raw))


def stack_folders(
    paths: Sequence[Path], content: Callable[[Path], bytes | None]
) -> Iterator[StackFolder]:
    """Every folder with a series at most two levels below the root, the nearest first."""
    present = frozenset(paths)
    found: dict[Path, Path] = {}
    for series in sorted(filter(None, map(_series_place, paths)), key=_rank):
        found.setdefault(series.root, series.path)
    for root in sorted(found, key=_depth):
        raw = content(found[root])
        if raw is not None and _depth(root)[0] <= _DEEPEST:
            yield _read(root, found[root], raw, present)


@dataclass(frozen=True, slots=True)
class _SeriesPlace:
    root: Path
    path: Path


def _series_place(path: Path) -> _SeriesPlace | None:
    """The stack that a file is the series of; the longest name counts, so that no series belongs
    to two."""
    for name in sorted(SERIES_FILES, key=len, reverse=True):
        if path == name or path.endswith(b"/" + name):
            return _SeriesPlace(path[: len(path) - len(name)].rstrip(b"/"), path)
    return None


def _rank(place: _SeriesPlace) -> int:
    """Which series of a folder counts first."""
    return SERIES_FILES.index(place.path[len(place.root) :].lstrip(b"/"))


def _depth(root: Path) -> tuple[int, Path]:
    return (root.count(b"/") + 1 if root else 0), root


def _read(root: Path, series: Path, raw: bytes, present: frozenset[Path]) -> StackFolder:
    entries: list[tuple[int, Entry]] = []
    faults: list[tuple[int, str]] = []
    try:
        lines = split_lines(raw)
        parse_series(raw[:2])
    except SeriesFormatError as error:
        lines, faults = [], [(1, error.message)]
    for number, line in enumerate(lines, 1):
        try:
            entries += ((number, entry) for entry in parse_series(line, "").entries)
        except SeriesFormatError as error:
            faults.append((number, error.message.partition(": ")[2] or error.message))
    folder = posixpath.dirname(series)
    if folder == root:
        folder = _patches_folder(root, [entry.name for _, entry in entries], present)
    return StackFolder(root, series, folder, raw, tuple(entries), tuple(faults))


def _patches_folder(root: Path, names: Sequence[str], present: frozenset[Path]) -> Path:
    inside = posixpath.join(root, _PATCHES)
    counts = [sum(_place(folder, name) in present for name in names) for folder in (inside, root)]
    if counts[0] != counts[1]:
        return inside if counts[0] > counts[1] else root
    has_folder = any(path.startswith(inside + b"/") for path in present)
    return inside if has_folder else root


def _place(folder: Path, name: str) -> Path | None:
    raw = encode_name(name)
    if raw.startswith(b"/") or b".." in raw.split(b"/"):
        return None
    return posixpath.normpath(posixpath.join(folder, raw))
