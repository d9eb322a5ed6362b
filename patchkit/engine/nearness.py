"""Puts paths in order of how near they are to another one (engine; pure)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from patchkit.model.tree import Path

_SOURCES = dict.fromkeys((b"h", b"hh", b"hpp", b"hxx", b"c", b"cc", b"cpp", b"cxx", b"inc"), b"c")


class NearPaths:
    """Paths that are looked up again and again by their nearness to another path: those of the same
    kind, first those of the same name, then those that share more folders with it from the root
    on."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._by_kind: dict[bytes, list[Path]] = defaultdict(list)
        self._by_name: dict[bytes, list[Path]] = defaultdict(list)
        for path in sorted(paths):
            self._by_kind[_code_kind(path)].append(path)
            self._by_name[basename(path)].append(path)

    def near(self, path: Path) -> Iterator[Path]:
        """The paths of the kind of `path` but itself, the nearest first, equals in their order."""
        name, kind = basename(path), _code_kind(path)
        alike = [one for one in self._by_name.get(name, ()) if one != path]
        yield from _by_common_folders(alike, path)
        others = _by_common_folders(self._by_kind.get(kind, ()), path)
        yield from (one for one in others if basename(one) != name)


def _by_common_folders(places: Sequence[Path], path: Path) -> Iterator[Path]:
    """Sorted paths in the order of how many folders they share with `path`."""
    folder = path.rpartition(b"/")[0]
    start = stop = bisect_left(places, folder + b"/") if folder else 0
    while True:
        # "0" is what comes behind "/" in the order of bytes.
        low = bisect_left(places, folder + b"/") if folder else 0
        high = bisect_left(places, folder + b"0") if folder else len(places)
        yield from places[low:start]
        yield from places[stop:high]
        if not folder:
            return
        start, stop, folder = low, high, folder.rpartition(b"/")[0]


def basename(path: Path) -> bytes:
    """The last part of a path."""
    return path.rpartition(b"/")[2]


def extension(path: Path) -> bytes:
    """What stands behind the last dot of the name; a name without a dot has none."""
    name, dot, ending = basename(path).rpartition(b".")
    return ending if name and dot else b""


def _code_kind(path: Path) -> bytes:
    """The extension; a header and a source of C are of one kind."""
    ending = extension(path)
    return _SOURCES.get(ending, ending)
