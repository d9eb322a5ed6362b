"""The two trees that a port works on: base and ours, as far as the stack touches them (engine).

The one place of the engine that changes as a port goes on. Trees are read through it once per file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import align
from patchkit.engine.locating import Found, Location, Locator
from patchkit.engine.naming import picked_name
from patchkit.engine.presence import UNTOUCHED, UpstreamDelta
from patchkit.engine.versions import FilePair, Version
from patchkit.model.patch import FileDiff
from patchkit.model.report import Followed, Held, HeldCause, RegionRef
from patchkit.model.tree import File, Overlay, Path, Tree, split_lines

_ABSENT = FilePair(None, None)
_TAKEN_AWAY = Held(
    HeldCause.FILE_GONE, "An earlier patch of the stack removed the file or moved it away."
)
_TAKEN_UP = Held(
    HeldCause.FILE_GONE, "Upstream moved the file to where the stack makes one of its own."
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a bench: what was known then of each file that became another since.

    `pairs` are None, and `ours` empty, where nothing was known yet.
    """

    pairs: dict[Path, FilePair | None]
    ours: dict[Path, tuple[Version | None, ...]]


class Workbench:
    """Base (old upstream plus original patches) and ours (new upstream plus ported patches).

    A patch may hold a run of git diffs. GNU patch reads what such a run copies or renames as it
    was before the run, and writes its results only at the end of it, or when the run changes the
    same file a second time (util.c, output_file); what it creates or deletes shows at once. So the
    bench keeps the pairs from before the run.
    """

    def __init__(self, old: Tree, new: Tree, made: frozenset[Path] = frozenset()) -> None:
        """Start with both trees as they are; `made` are the paths at which the stack makes files,
        as far as they are known."""
        self._old = old
        self._new = new
        self._made = made
        self._locator = Locator(old, new)
        self._pairs: dict[Path, FilePair] = {}
        self._ours: dict[Path, Version | None] = {}
        self._asked: dict[Path, File | None] = {}
        self._written_folders: set[Path] = set()
        self._run: str | None = None
        self._before_run: dict[Path, FilePair] = {}
        self._deltas: dict[tuple[Path, Path], UpstreamDelta] = {}
        self._handled_whole: frozenset[Path] = frozenset()
        self._mark: Mark | None = None
        self._rewritten: set[Path] = set()
        self._ever_rewritten: set[Path] = set()
        self._in_use: list[Version] = []

    def begin_patch(self, handled_whole: frozenset[Path]) -> None:
        """Say that a patch comes next which creates, deletes, moves or copies the files at these
        paths of base."""
        self._handled_whole = handled_whole
        self._mark = None

    def put_away(self) -> None:
        """Keep the files as bytes until they are asked for again, and forget what can be found out
        again: a long stack comes back to few of them."""
        for version in self._in_use:
            version.text.put_away()
        self._in_use.clear()
        self._deltas.clear()

    def begin(self, patch: str, diff: FileDiff) -> None:
        """Say that `diff`, of the patch named `patch`, comes next."""
        run = patch if diff.is_git else None
        if run is None or run != self._run:
            self._before_run.clear()
        self._run = run

    def pair(self, path: Path) -> FilePair:
        """The file that base has at `path`, with its fellow in ours; both absent if base has
        none."""
        known = self._pairs.get(path)
        pair = self._load(path) if known is None else self._refreshed(known)
        if self._is_taken_up(pair, path):
            pair = FilePair(pair.base, None, missing=_TAKEN_UP)
        if pair is not known:
            self._set_pair(path, pair)
        self._use(pair.base, pair.ours)
        return pair

    def seen_in_base(self, path: Path) -> Version | None:
        """The file of base at `path` that GNU patch sees."""
        before = self._before_run.get(path)
        return None if before is not None and before.base is None else self.pair(path).base

    def changeable(self, path: Path) -> FilePair:
        """The pair of a file that a diff changes; absent where GNU patch does not see it yet."""
        if self.seen_in_base(path) is None:
            return _ABSENT
        if path in self._before_run:
            self._before_run.clear()
        return self.pair(path)

    def source(self, path: Path) -> FilePair:
        """The pair of a file that a diff copies, as it was before the run."""
        return self._before_run.get(path) or self.pair(path)

    def held_at(self, path: Path) -> RegionRef | None:
        """The held region because of which ours still has a file where base has none."""
        return next((mark.ref for mark in self.pair(path).marks), None)

    def is_changed_in_run(self, path: Path) -> bool:
        """Whether the run of git diffs changed this file, which GNU patch has not written yet."""
        return path in self._before_run

    def is_made_by_stack(self, path: Path) -> bool:
        """Whether some patch of the stack makes a file at `path`."""
        return path in self._made

    def ours_at(self, path: Path) -> Version | None:
        """What ours has at `path` now."""
        if path not in self._ours:
            file = self._new_file(path)
            self._set_ours(path, None if file is None else Version.of(path, file))
        return self._ours[path]

    def is_blocked(self, path: Path) -> bool:
        """Whether ours has a folder at `path`, or a file where a folder above it would be."""
        parents = path.split(b"/")[:-1]
        above = (b"/".join(parents[: count + 1]) for count in range(len(parents)))
        if any(self._has_ours(parent) for parent in above):
            return True
        return not self._has_ours(path) and self._has_ours_folder(path)

    def place_for_new(self, path: Path) -> tuple[Path, Followed | None]:
        """Where ours gets a file that a patch creates at `path`."""
        found = self._locator.place_for_new(path)
        return found.path, found.followed

    def folder_that_left(self, path: Path) -> Path | None:
        """The nearest folder above `path` that the old upstream has, if the new one has it no
        more."""
        return self._locator.folder_that_left(path)

    def picked_in_base(self, names: tuple[Path, ...]) -> Path:
        """Which of its names GNU patch takes for the file of a diff in base."""
        return picked_name(names, self._has_base, self._has_base_folder)

    def names_for(
        self, candidates: tuple[Path, ...], path: Path, place: Path
    ) -> Mapping[Path, Path]:
        """Which names a file diff must change, and to what, so that GNU patch takes `place` in
        ours for what is `path` in base; empty where it does already."""
        moved = {} if place == path else {path: place}
        names = [moved.get(name, name) for name in candidates]
        if picked_name(names, self._has_ours, self._has_ours_folder) == place:
            return moved
        return {name: place for name in candidates if name != place}

    def put(self, path: Path, pair: FilePair) -> None:
        """Record what became of the file that base has (or had) at `path`."""
        self._set_pair(path, pair)
        if pair.ours is not None:
            self._write_ours(pair.ours.path, pair.ours)

    def put_at_end_of_run(self, path: Path, pair: FilePair) -> None:
        """Record what a diff makes of a file, or into which file it moves or copies one."""
        self.await_end_of_run(path)
        self.put(path, pair)

    def await_end_of_run(self, path: Path) -> None:
        """Say that GNU patch writes only later what comes of the file that base has at `path`."""
        if self._run is not None:
            self._before_run.setdefault(path, self.pair(path))

    def remove_ours(self, path: Path) -> None:
        """Record that ours has no file at `path` any more."""
        self._write_ours(path, None)

    def files_with(self, line: bytes, path: Path) -> Iterator[Version]:
        """The files of ours that code of the file at `path` of base may have moved to, and that
        have this line: its own fellow, and what upstream added or changed near it.

        Not those that the patch moves or deletes: a run of git diffs reads them as they were before
        it, and code put there would be lost.
        """
        own = self.pair(path).ours
        places = () if own is None else (own.path,)
        fellows = (self.pair(handled).ours for handled in self._handled_whole)
        lost = self._handled_whole.union(one.path for one in fellows if one is not None)
        near = self._locator.changed_near(path)
        likely = self._locator.may_have(line, (one for one in near if one not in self._ours))
        for place in (*places, *near):
            if place in lost or (place not in self._ours and place not in likely):
                continue
            version = self.ours_at(place)
            if version is not None and version.text.has(line):
                self._use(version)
                yield version

    def amend_ours(self, version: Version) -> None:
        """Record that a person changed a file of ours; its pair is aligned anew when asked for."""
        self._write_ours(version.path, version)

    def upstream_delta(self, path: Path) -> UpstreamDelta:
        """What upstream did to the lines of the file that base has, or gets, at `path`."""
        ours = self.pair(path).ours
        place = path if ours is None else ours.path
        if (path, place) not in self._deltas:
            old, new = self._old.get(path), self._new_file(place)
            before = b"" if old is None else old.content
            after = b"" if new is None else new.content
            # Most files of a stack are as they were, and then nothing need be counted.
            self._deltas[path, place] = (
                UNTOUCHED
                if before == after
                else UpstreamDelta.between(split_lines(before), split_lines(after))
            )
        return self._deltas[path, place]

    def marked(self) -> Mark:
        """This moment, to go back to before the next patch begins."""
        self._mark = Mark({}, {})
        return self._mark

    def take_back_ours(self, mark: Mark, missing: Held) -> None:
        """Give ours back the files that it had; base keeps what it got since. `missing` says why
        ours has no file where base has a new one."""
        self._mark = None
        for path, known in mark.ours.items():
            if not known:
                del self._ours[path]
            elif self._ours[path] is not known[0]:
                self._write_ours(path, known[0])
        for path, pair in mark.pairs.items():
            if self._pairs[path] is pair:
                continue
            base, before = self._pairs[path].base, pair or self._load(path)
            ours = before.ours or self.ours_at(path)
            if base is None or ours is None:
                why = None if base is None else before.missing or missing
                self._pairs[path] = FilePair(base, None, missing=why)
            else:
                # Not quite the file of ours, so that it is aligned when it is asked for: few are.
                unaligned = Version(ours.path, ours.mode, ours.text)
                self._pairs[path] = FilePair(base, unaligned, (), before.followed)
        self._before_run.clear()

    def pristine(self) -> Mapping[Path, File | None]:
        """The new upstream's own files at every path that was asked for."""
        return dict(self._asked)

    def asked(self, paths: Iterable[Path]) -> Mapping[Path, File | None]:
        """As `pristine`, at those of the paths that were asked for so far."""
        return {path: self._asked[path] for path in paths if path in self._asked}

    def base(self) -> Mapping[Path, Version | None]:
        """Base at every path that was asked for; None where there is no file."""
        return {path: pair.base for path, pair in self._pairs.items()}

    def changes_of_ours(self) -> Mapping[Path, Version | None]:
        """Ours at every path that was written since this was asked last."""
        written, self._rewritten = self._rewritten, set()
        return {path: self.ours_at(path) for path in sorted(written)}

    def loaded_base(self, paths: Iterable[Path]) -> Mapping[Path, Version | None]:
        """Base at those of the paths that were asked for already."""
        return {path: self._pairs[path].base for path in paths if path in self._pairs}

    def result(self) -> Mapping[Path, File | None]:
        """Ours at every path that was asked for or written; None where there is no file."""
        for path in self._ours:
            self._new_file(path)
        for path in self._asked:
            self.ours_at(path)
        return {path: self._result_at(path, found) for path, found in self._ours.items()}

    def _result_at(self, path: Path, found: Version | None) -> File | None:
        if path not in self._ever_rewritten:
            return self._asked[path]
        return None if found is None else found.file

    def _new_file(self, path: Path) -> File | None:
        if path not in self._asked:
            self._asked[path] = self._new.get(path)
        return self._asked[path]

    def _use(self, *versions: Version | None) -> None:
        """Note whose lines are at hand now."""
        self._in_use += (one for one in versions if one is not None)

    def _set_pair(self, path: Path, pair: FilePair) -> None:
        if self._mark is not None:
            self._mark.pairs.setdefault(path, self._pairs.get(path))
        self._pairs[path] = pair
        self._use(pair.base, pair.ours)

    def _set_ours(self, path: Path, version: Version | None) -> None:
        if self._mark is not None:
            known = (self._ours[path],) if path in self._ours else ()
            self._mark.ours.setdefault(path, known)
        self._ours[path] = version
        self._use(version)

    def _write_ours(self, path: Path, version: Version | None) -> None:
        self._set_ours(path, version)
        self._rewritten.add(path)
        self._ever_rewritten.add(path)
        parents = path.split(b"/")[:-1]
        self._written_folders.update(
            b"/".join(parents[: count + 1]) for count in range(len(parents))
        )

    def _has_base(self, path: Path) -> bool:
        return self.seen_in_base(path) is not None

    def _has_ours(self, path: Path) -> bool:
        """Whether ours has a file here; a folder that is asked for does not become a result."""
        if path in self._ours:
            return self._ours[path] is not None
        return self._new.get(path) is not None

    def _has_ours_folder(self, path: Path) -> bool:
        if path not in self._written_folders:
            return self._new.has_folder(path)
        there = {name: version is not None for name, version in self._ours.items()}
        return _has_folder(self._new, there, path)

    def _has_base_folder(self, path: Path) -> bool:
        there = {name: pair.base is not None for name, pair in self._pairs.items()}
        return _has_folder(self._old, there, path)

    def _is_taken_up(self, pair: FilePair, path: Path) -> bool:
        """Whether the pair's file in ours is that of another file of base, of the same path."""
        if pair.base is None or pair.ours is None or pair.ours.path == path:
            return False
        owner = self._pairs.get(pair.ours.path, _ABSENT)
        return (
            owner.base is not None and owner.ours is not None and owner.ours.path == pair.ours.path
        )

    def _load(self, path: Path) -> FilePair:
        file = self._old.get(path)
        if file is None:
            return _ABSENT
        base = Version.of(path, file)
        if self._new is self._old:  # a stack on its own version
            self._asked[path] = file
            location: Location = Found(path, None)
        else:
            location = self._locator.locate(path)
        if not isinstance(location, Found):
            return FilePair(base, None, missing=Held(location.cause, location.note))
        place = location.path
        if place not in self._ours and self._new_file(place) == file:
            # Most files are as they were: one list of lines does for both.
            self._set_ours(place, Version(place, file.mode, base.text))
        ours = self.ours_at(place)
        if ours is None:
            return FilePair(base, None, missing=_TAKEN_AWAY)
        return FilePair(base, ours, align(base.lines, ours.lines), location.followed)

    def _refreshed(self, pair: FilePair) -> FilePair:
        """The pair, also where its file in ours was changed for the sake of another of base."""
        ours = None if pair.ours is None else self.ours_at(pair.ours.path)
        if ours is pair.ours:
            return pair
        if ours is None:
            return replace(pair, ours=None, blocks=(), missing=_TAKEN_AWAY)
        blocks = () if pair.base is None else align(pair.base.lines, ours.lines)
        return replace(pair, ours=ours, blocks=blocks)


def _has_folder(tree: Tree, there: Mapping[Path, bool], path: Path) -> bool:
    changes = {name: File(b"") if is_there else None for name, is_there in there.items()}
    return Overlay(tree, changes).has_folder(path)
