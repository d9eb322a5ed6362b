"""Finds where a file of the old upstream stands in the new one (engine).

In this order, each with its evidence: the same path; a file with the same bytes (exact); the folder
to which its neighbours moved (folder); a file with similar content (similar). Only files that the
old upstream did not have at their path can be the new place, and the same path is the same file
even where upstream moved the old one away and put another in its place, as git has it, too. An
empty file is like any other empty file, so it is only followed with its folder.

Similarity is the share of bytes in lines that both have, of the larger file, in percent, as git
diff -M counts it. Two places that are about equally likely are ambiguous: that is a conflict, never
a guess."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeAlias

from patchkit.engine.nearness import NearPaths, basename, extension
from patchkit.model.report import Followed, FollowKind, HeldCause
from patchkit.model.shown import shown_path
from patchkit.model.tree import Path, Tree, blob_id, split_lines

LEAST_SIMILARITY = 50
"""Percent from which a file elsewhere is taken for the same file."""
LEAST_SIMILARITY_IN_FOLDER = 30
"""Percent that is enough where the folder of the file moved to there and the name is the same."""
LEAST_LEAD = 10
"""Percent points by which the best place must be better than the second."""
_MOST_COMPARED = 400
_MOST_NEAR = 200
"""Among the five real stacks of the speed bench, the farthest file with moved code was the 109th
in the order of nearness."""
_EMPTY = blob_id(b"")


@dataclass(frozen=True, slots=True)
class Found:
    """The new place of a file; `followed` is None where the path is the same."""

    path: Path
    followed: Followed | None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The file has no new place; `note` says what was looked at, for a person."""

    cause: HeldCause
    note: str


Location: TypeAlias = Found | NotFound


class _Outline(NamedTuple):
    """A file's size in bytes and the short hashes of its lines, one after the other."""

    size: int
    hashes: bytes


class Locator:
    """Answers for two upstream trees; lists them only when first asked for a missing file."""

    def __init__(self, old: Tree, new: Tree) -> None:
        self._old = old
        self._new = new
        self._near: dict[Path, tuple[Path, ...]] = {}
        self._outlines: dict[Path, _Outline] = {}

    def locate(self, path: Path) -> Location:
        """Where the file that the old tree has at `path` stands in the new tree."""
        if self._new.get(path) is not None:
            return Found(path, None)
        if path not in self._old_ids:
            return NotFound(HeldCause.FILE_GONE, "The new upstream has no such file.")
        if self._old_ids[path] == _EMPTY:
            nowhere = NotFound(HeldCause.FILE_GONE, "Upstream removed the file, which was empty.")
            return self._in_moved_folder(path) or nowhere
        return self._exact(path) or self._in_moved_folder(path) or self._similar(path)

    def changed_near(self, path: Path) -> tuple[Path, ...]:
        """Files that upstream added or changed, other than `path` itself, to which code of `path`
        may have moved: of the same kind, the nearest first."""
        if path not in self._near:
            self._near[path] = tuple(islice(self._changed.near(path), _MOST_NEAR))
            self._outline_all(self._near[path])
        return self._near[path]

    def may_have(self, line: bytes, paths: Iterable[Path]) -> frozenset[Path]:
        """Those of the files of the new tree that have this line, or at least one of the same
        hash."""
        wanted = _short_hashes([line])
        return frozenset(path for path in paths if wanted in self._outline(path).hashes)

    def _outline_all(self, paths: Iterable[Path]) -> None:
        unknown = [path for path in paths if path not in self._outlines]
        self._new.prefetch(unknown)
        for path in unknown:
            self._outline(path)

    def _outline(self, path: Path) -> _Outline:
        """That of a file of the new tree. Each is read once, and only this is kept: there may be
        thousands."""
        if path not in self._outlines:
            file = self._new.get(path)
            content = b"" if file is None else file.content
            self._outlines[path] = _Outline(len(content), _short_hashes(split_lines(content)))
        return self._outlines[path]

    def place_for_new(self, path: Path) -> Found:
        """Where a file that a patch creates at `path` goes: along with its folder, if that
        moved."""
        folder = self.folder_that_left(path)
        if folder is None:
            return Found(path, None)
        moved = self._folder_moved_to(folder)
        if moved is None:
            return Found(path, None)
        return Found(moved + path[len(folder) :], Followed(FollowKind.FOLDER, 100))

    def folder_that_left(self, path: Path) -> Path | None:
        """The nearest folder above `path` that the old tree has, if the new one has it no more."""
        folder = path.rpartition(b"/")[0]
        while folder and not self._old.has_folder(folder):
            folder = folder.rpartition(b"/")[0]
        return folder if folder and not self._new.has_folder(folder) else None

    @cached_property
    def _old_ids(self) -> Mapping[Path, str]:
        return self._old.listing()

    @cached_property
    def _new_ids(self) -> Mapping[Path, str]:
        return self._new.listing()

    @cached_property
    def _changed(self) -> NearPaths:
        """Files of the new tree that the old one has not, or has with other content."""
        old = self._old_ids
        return NearPaths(path for path, one in self._new_ids.items() if old.get(path) != one)

    @cached_property
    def _added(self) -> Mapping[str, list[Path]]:
        """Files that stand only in the new tree, by content identity."""
        added: dict[str, list[Path]] = defaultdict(list)
        for path, identity in self._new_ids.items():
            if path not in self._old_ids:
                added[identity].append(path)
        return added

    @cached_property
    def _added_by_name(self) -> Mapping[bytes, list[Path]]:
        by_name: dict[bytes, list[Path]] = defaultdict(list)
        for paths in self._added.values():
            for path in paths:
                by_name[basename(path)].append(path)
        return by_name

    def _exact(self, path: Path) -> Found | None:
        places = self._added.get(self._old_ids[path], [])
        same_name = [place for place in places if basename(place) == basename(path)]
        for candidates in (same_name, places):
            if len(candidates) == 1:
                return Found(candidates[0], Followed(FollowKind.EXACT, 100))
            if candidates:
                break
        moved = self._moved_with_folder(path)
        return Found(moved, Followed(FollowKind.EXACT, 100)) if moved in places and moved else None

    def _in_moved_folder(self, path: Path) -> Found | None:
        moved = self._moved_with_folder(path)
        if moved is None or moved not in self._new_ids or moved in self._old_ids:
            return None
        similarity = self._best_similarities(path, [moved])[moved]
        if similarity < LEAST_SIMILARITY_IN_FOLDER:
            return None
        return Found(moved, Followed(FollowKind.FOLDER, similarity))

    def _similar(self, path: Path) -> Location:
        same_name = self._added_by_name.get(basename(path), [])
        others = (place for place in self._by_nearness(path) if place not in same_name)
        free = (
            place
            for place in (*same_name, *others)
            if not self._is_another(place, self._old_ids[path])
        )
        candidates = list(islice(free, _MOST_COMPARED))
        ranked = sorted(
            self._best_similarities(path, candidates).items(), key=lambda item: (-item[1], item[0])
        )
        if not ranked or ranked[0][1] < LEAST_SIMILARITY:
            best = f" The most similar new file has {ranked[0][1]} %." if ranked else ""
            return NotFound(HeldCause.FILE_GONE, "Upstream removed the file." + best)
        (place, similarity), *rest = ranked
        if rest and similarity - rest[0][1] < LEAST_LEAD:
            names = ", ".join(
                f"{shown_path(name)} ({percent} %)"
                for name, percent in ranked
                if similarity - percent < LEAST_LEAD
            )
            return NotFound(HeldCause.FILE_AMBIGUOUS, f"It could be any of: {names}.")
        return Found(place, Followed(FollowKind.SIMILAR, similarity))

    def _is_another(self, place: Path, identity: str) -> bool:
        """Whether a new file is another file that left, byte for byte, and not this one."""
        return self._new_ids[place] != identity and self._new_ids[place] in self._left_ids

    @cached_property
    def _left_ids(self) -> frozenset[str]:
        """The content identities of the files that stand only in the old tree."""
        return frozenset(self._left.values())

    @cached_property
    def _left(self) -> Mapping[Path, str]:
        """The files that stand only in the old tree, with their content identities."""
        new = self._new_ids
        return {path: identity for path, identity in self._old_ids.items() if path not in new}

    def _by_nearness(self, path: Path) -> list[Path]:
        """Added files with the same extension, those that share most of the path first."""
        parts = set(path.split(b"/"))
        places = self._added_by_extension.get(extension(path), ())
        return sorted(places, key=lambda place: (-len(parts & set(place.split(b"/"))), place))

    @cached_property
    def _added_by_extension(self) -> Mapping[bytes, list[Path]]:
        by_extension: dict[bytes, list[Path]] = defaultdict(list)
        for paths in self._added.values():
            for path in paths:
                by_extension[extension(path)].append(path)
        return by_extension

    def _best_similarities(self, path: Path, candidates: Sequence[Path]) -> dict[Path, int]:
        """The similarity of the most similar candidate, and of all that it does not lead by
        `LEAST_LEAD`: the others are not looked into where their outline says so."""
        wanted = self._old.get(path)
        if wanted is None:
            return {}
        self._outline_all(candidates)
        most = self._most_similar(wanted.content, candidates)
        found: dict[Path, int] = {}
        best = 0
        for place in sorted(candidates, key=lambda one: (-most[one], one)):
            if found and most[place] <= best - LEAST_LEAD:
                break
            file = self._new.get(place)
            if file is not None:
                found[place] = similarity(wanted.content, file.content)
                best = max(best, found[place])
        return found

    def _most_similar(self, content: bytes, candidates: Iterable[Path]) -> Mapping[Path, int]:
        """How similar each candidate can be at most."""
        lines = split_lines(content)
        bytes_of: Counter[int] = Counter()
        for line, one in zip(lines, _numbers(_short_hashes(lines)), strict=True):
            bytes_of[one] += len(line)
        most = {}
        for place in candidates:
            size, hashes = self._outline(place)
            larger = max(size, len(content))
            shared = sum(bytes_of[one] for one in bytes_of.keys() & _numbers(hashes))
            most[place] = 100 * min(shared, size) // larger if larger else 100
        return most

    def _moved_with_folder(self, path: Path) -> Path | None:
        folder = path.rpartition(b"/")[0]
        while folder:
            moved = self._folder_moved_to(folder)
            if moved is not None:
                return moved + path[len(folder) :]
            folder = folder.rpartition(b"/")[0]
        return None

    def _folder_moved_to(self, folder: Path) -> Path | None:
        """Where most of the files that left `folder` went with the rest of their path unchanged."""
        if folder not in self._folder_votes:
            self._folder_votes[folder] = self._count_votes(folder)
        return self._folder_votes[folder]

    @cached_property
    def _folder_votes(self) -> dict[Path, Path | None]:
        return {}

    def _count_votes(self, folder: Path) -> Path | None:
        """A file with the same bytes says more than one that only has the same name, and most of
        the files that left must agree: else a stray `.gitignore` would move whole folders."""
        start = folder + b"/"
        votes: Counter[Path] = Counter()
        voters: Counter[Path] = Counter()
        left = 0
        for path, identity in self._left.items():
            if not path.startswith(start):
                continue
            left += 1
            rest = path[len(folder) :]
            same_bytes = [place for place in self._added.get(identity, ()) if place.endswith(rest)]
            same_name = self._added_by_name.get(basename(path), ())
            places = same_bytes or [place for place in same_name if place.endswith(rest)]
            if len(places) == 1:
                votes[places[0][: -len(rest)]] += 2 if same_bytes else 1
                voters[places[0][: -len(rest)]] += 1
        if not votes:
            return None
        (best, count), *others = votes.most_common(2)
        is_clear = not others or count > 2 * others[0][1]
        is_most = count > 1 and 2 * voters[best] >= left
        return best if is_clear and is_most else None


def _short_hashes(lines: Sequence[bytes]) -> bytes:
    """Half of the hash of each line: all of them together in the time of a few steps of Python."""
    return memoryview(array("q", list(map(hash, lines)))).cast("B").cast("I")[::2].tobytes()


def _numbers(hashes: bytes) -> array[int]:
    return array("I", hashes)


def similarity(one: bytes, two: bytes) -> int:
    """The bytes of lines that both have, of the larger one, in percent; two empty files have
    100."""
    larger = max(len(one), len(two))
    if not larger:
        return 100
    lines, others = Counter(split_lines(one)), Counter(split_lines(two))
    # `&` of two counters asks for every line of the one, and most are only there.
    common = lines.keys() & others.keys()
    return 100 * sum(len(line) * min(lines[line], others[line]) for line in common) // larger
