"""Guesses what a file of the stack is a variant of, where no table knows its name (pure).

`storage/postgres.c` beside `storage/mysql.c` and `storage/sqlite.c`: the paths differ in one word,
and the files have lines in common. Both must hold, so that a folder of unrelated files is no
family."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.model.tree import Path, Tree, split_lines
from patchkit.model.variants import INFERRED, PLACEHOLDER, Axis, Variant
from patchkit.siblings.changes import is_telling, squeezed
from patchkit.siblings.ranking import is_comment, is_document, is_test

_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9]*|[0-9]+[A-Za-z][A-Za-z0-9]*")
_LEAST_SIBLINGS = 2
_MOST_SIBLINGS = 8
_MOST_LOOKED_AT = 40
_LEAST_SHARE = 0.3
_LEAST_LINES = 5
_LEAST_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class InferredAxis:
    """The variants that were found, ours among them, and the paths that tell it."""

    axis: Axis
    variant: Variant
    template: bytes


@dataclass(frozen=True, slots=True)
class _Candidate:
    template: bytes
    ours: bytes
    words: tuple[bytes, ...]
    likeness: float


class UpstreamPaths:
    """The paths of an upstream that are near certain paths, found by what a path that differs in
    one word has in common."""

    def __init__(self, paths: Iterable[Path], wanted: Iterable[Path]) -> None:
        """Those of `paths` that are near one of `wanted`."""
        self._in_folder: dict[bytes, list[Path]] = {}
        self._named: dict[bytes, list[Path]] = {}
        for path in wanted:
            folder, _, name = path.rpartition(b"/")
            self._in_folder[folder], self._named[name] = [], []
        for path in paths:
            folder, _, name = path.rpartition(b"/")
            if folder in self._in_folder:
                self._in_folder[folder].append(path)
            if name in self._named:
                self._named[name].append(path)

    def near(self, path: Path, start: int) -> Sequence[Path]:
        """Those that can differ from `path` in the word at `start` alone: it is in the name of the
        file, and they are in the same folder; or they have the same name."""
        folder, _, name = path.rpartition(b"/")
        is_in_name = start >= len(path) - len(name)
        return self._in_folder.get(folder, ()) if is_in_name else self._named.get(name, ())


def inferred_axis(path: Path, new: Tree, upstream: UpstreamPaths) -> InferredAxis | None:
    """What the file at `path` of `new` is a variant of; None where nothing tells.

    `upstream` are the paths of the new upstream itself.
    """
    file = new.get(path)
    if file is None or b"\0" in file.content[:8000] or is_document(path) or is_test(path):
        return None
    candidates = list(_candidates(path, file.content, new, upstream))
    if not candidates:
        return None
    best = max(candidates, key=lambda one: one.likeness)
    words = sorted({*best.words, best.ours})
    variants = {word: Variant(_name(word), (_name(word),)) for word in words}
    axis = Axis(INFERRED, tuple(variants.values()))
    return InferredAxis(axis, variants[best.ours], best.template)


def _candidates(
    path: Path, content: bytes, new: Tree, upstream: UpstreamPaths
) -> Iterator[_Candidate]:
    stem = len(path) - len(path.rpartition(b"/")[2].partition(b".")[1:][1]) - 1
    for found in _WORD.finditer(path):
        before, after = path[: found.start()], path[found.end() :]
        is_ending = b"." in path[: found.start()].rpartition(b"/")[2] and found.end() > stem
        if is_ending:
            continue
        members = dict(_members(before, after, upstream.near(path, found.start())))
        members.pop(found[0].lower(), None)
        if _LEAST_SIBLINGS <= len(members) <= _MOST_LOOKED_AT:
            alike = _alike(path, found[0], content, members, new)
            if len(alike) >= _LEAST_SIBLINGS:
                words = tuple(alike)[:_MOST_SIBLINGS]
                template = before + PLACEHOLDER + after
                yield _Candidate(template, found[0], words, sum(alike.values()))


def _members(before: bytes, after: bytes, paths: Iterable[Path]) -> Iterator[tuple[bytes, Path]]:
    least = len(before) + len(after)
    for path in paths:
        if len(path) > least and path.startswith(before) and path.endswith(after):
            word = path[len(before) : len(path) - len(after)]
            if _WORD.fullmatch(word):
                yield word.lower(), path


def _alike(
    path: Path, word: bytes, content: bytes, members: Mapping[bytes, Path], new: Tree
) -> Mapping[bytes, float]:
    """The members that have enough lines in common with ours, the most alike first; some of these
    lines must name the variant."""
    ours = _lines(path, content, word)
    if not _is_enough(ours):
        return {}
    new.prefetch(members.values())
    found = {}
    for other, member in members.items():
        file = new.get(member)
        shared = ours & _lines(path, b"" if file is None else file.content, other)
        if _is_enough(shared) and len(shared) >= _LEAST_SHARE * len(ours):
            found[other] = len(shared) / len(ours)
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _lines(path: Path, content: bytes, word: bytes) -> frozenset[bytes]:
    """The telling lines, no comments, without the word of the variant."""
    # Inside of other words it is no name: `node` has nothing to do with the locale `de`.
    lower, upper = re.escape(word.lower()), re.escape(word.upper())
    capital = re.escape(word[:1].upper()) + lower[1:]
    pattern = re.compile(
        rb"(?<![A-Za-z])(?:%b|%b|%b)(?![a-z])" % (re.escape(word), lower, upper)
        + rb"|(?<![A-Z])%b(?![a-z])" % capital
    )
    neutral = (
        pattern.sub(PLACEHOLDER, line)
        for line in squeezed(split_lines(content))
        if not is_comment(line, path)
    )
    return frozenset(line for line in neutral if is_telling(line))


def _is_enough(lines: Collection[bytes]) -> bool:
    """Whether these are enough lines in common; fewer are where more of them name the variant."""
    naming = sum(PLACEHOLDER in line for line in lines)
    return len(lines) >= _LEAST_LINES and naming * len(lines) >= _LEAST_EVIDENCE


def _name(word: bytes) -> str:
    return word.decode("ascii").lower()
