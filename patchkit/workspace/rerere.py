"""Reads the conflicts that `git rerere` has recorded, with their answers (workspace floor).

git keeps, for every conflict it saw, a folder in `.git/rr-cache`: `preimage` is the file with its
conflicts, `postimage` (once it is resolved) the same file without. In the preimage the markers have
no labels, the base is left out, and of the two sides the one that sorts first stands first
(git, rerere.c and technical/rerere). So which side was whose cannot be told.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import ResolveError
from patchkit.model.report import Lines
from patchkit.model.tree import split_lines

_CACHE = "rr-cache"
_PREIMAGE, _POSTIMAGE = "preimage", "postimage"
_SHORTEST = 7
_MOST_TRIED = 64


@dataclass(frozen=True, slots=True)
class SettledConflict:
    """One conflict of a file and the text that took its place; `sides` are in no known order."""

    sides: tuple[Lines, Lines]
    result: Lines


@dataclass(frozen=True)
class RerereCache:
    """What a cache holds: the conflicts with a clear answer; `unclear` counts the others, in files
    that were changed elsewhere too, or are not resolved yet."""

    conflicts: tuple[SettledConflict, ...]
    unclear: int


def read_rerere(place: Path) -> RerereCache:
    """Read the cache of the git repository at `place`, or the folder `rr-cache` itself.

    Raises `ResolveError` when there is none, or it cannot be read.
    """
    folder = _cache_of(place)
    conflicts: list[SettledConflict] = []
    unclear = 0
    try:
        for preimage in sorted(folder.glob(f"*/{_PREIMAGE}*")):
            postimage = preimage.with_name(preimage.name.replace(_PREIMAGE, _POSTIMAGE))
            parts = _parts_of(split_lines(preimage.read_bytes()))
            count = len(parts.sides)
            results = None
            if count and postimage.is_file():
                results = _results(parts.between, split_lines(postimage.read_bytes()))
            if results is None:
                unclear += count
            else:
                conflicts += map(SettledConflict, parts.sides, results)
    except OSError as error:
        raise ResolveError(f"{error.filename}: cannot be read: {error.strerror}.") from error
    return RerereCache(tuple(conflicts), unclear)


def _cache_of(place: Path) -> Path:
    if place.name == _CACHE and place.is_dir():
        return place
    known = [place / _CACHE, place / ".git" / _CACHE]
    done = None
    if place.is_dir():
        try:
            # A linked work tree has its cache elsewhere.
            done = subprocess.run(
                ["git", "rev-parse", "--git-path", _CACHE],
                cwd=place, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError:
            done = None
    if done is not None and not done.returncode:
        known.append(place / done.stdout.removesuffix("\n"))
    found = next((folder for folder in known if folder.is_dir()), None)
    if found is None:
        raise ResolveError(
            f"{place}: no {_CACHE} here.",
            "Name a git repository in which `git config rerere.enabled true` was set, or the "
            f"folder {_CACHE} itself.",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """A preimage: the sides of its conflicts, and the text before, between and behind them."""

    sides: tuple[tuple[Lines, Lines], ...]
    between: tuple[Lines, ...]


def _parts_of(lines: Sequence[bytes]) -> _Parts:
    sides: list[tuple[Lines, Lines]] = []
    between: list[Lines] = []
    size = _marker_size(lines)
    first, middle, last = (mark * size + b"\n" for mark in (b"<", b"=", b">"))
    at = start = 0
    while at < len(lines):
        if lines[at] != first:
            at += 1
            continue
        stop = _next(lines, last, at)
        half = _next(lines, middle, at)
        nested = _next(lines, first, at + 1)
        if not at < half < stop < len(lines) or nested < stop:
            return _Parts((), ())  # a conflict in a conflict: no plain answer
        between.append(tuple(lines[start:at]))
        sides.append((tuple(lines[at + 1 : half]), tuple(lines[half + 1 : stop])))
        at = start = stop + 1
    return _Parts(tuple(sides), (*between, tuple(lines[start:])))


def _marker_size(lines: Sequence[bytes]) -> int:
    """The length of the markers, which an attribute of the file may have changed."""
    sizes = {
        len(line) - 1
        for line in lines
        if len(line) > _SHORTEST and line == b"<" * (len(line) - 1) + b"\n"
    }
    return min(sizes, default=_SHORTEST)


def _next(lines: Sequence[bytes], wanted: bytes, start: int) -> int:
    return next((at for at in range(start, len(lines)) if lines[at] == wanted), len(lines))


def _results(between: Sequence[Lines], resolved: Sequence[bytes]) -> tuple[Lines, ...] | None:
    """What took the place of each conflict; None where the text around them changed as well, or
    stands in several places, so that it is not clear."""
    head, tail = between[0], between[-1]
    end = len(resolved) - len(tail)
    if end < len(head) or not _stands(head, resolved, 0) or not _stands(tail, resolved, end):
        return None
    found = list(_ways(between[1:-1], resolved, len(head), end, [_MOST_TRIED]))
    return found[0] if len(found) == 1 else None


def _ways(
    between: Sequence[Lines], resolved: Sequence[bytes], start: int, end: int, tries: list[int]
) -> Iterator[tuple[Lines, ...]]:
    """Every way to find the texts in this order; too many tries end it with a way too many."""
    if not between:
        yield (tuple(resolved[start:end]),)
        return
    text, *others = between
    for at in range(start, end - len(text) + 1):
        if not _stands(text, resolved, at):
            continue
        tries[0] -= 1
        if tries[0] < 0:
            yield from ((), ())
            return
        for rest in _ways(others, resolved, at + len(text), end, tries):
            yield (tuple(resolved[start:at]), *rest)


def _stands(text: Lines, lines: Sequence[bytes], at: int) -> bool:
    return tuple(lines[at : at + len(text)]) == text
