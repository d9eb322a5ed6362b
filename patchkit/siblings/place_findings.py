"""The places of the new upstream as families, and those that have nothing for ours as findings
(pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from patchkit.model.siblings import (
    Cell,
    CellState,
    Family,
    FamilyKind,
    Finding,
    FindingKind,
    Rank,
    SiblingPlace,
)
from patchkit.model.tree import File, Path
from patchkit.siblings.ahead import read_in_turn
from patchkit.siblings.filegaps import FileFamilies
from patchkit.siblings.place_matching import Matched, PlacesOf, matched, unchanged
from patchkit.siblings.place_model import Gets, Need, Place
from patchkit.siblings.place_source import AMBIGUOUS
from patchkit.siblings.place_words import words_of
from patchkit.siblings.places import places_in
from patchkit.siblings.ranking import is_code, is_document, is_test
from patchkit.siblings.scene import Scene
from patchkit.siblings.wording import listed

_NOT_SEARCHED = (b".patch", b".diff", b".lock", b".sum", b"-lock.json", b"-lock.yaml")
_MADE_BY_AUTOTOOLS = re.compile(
    rb"(?:^|.*/)(?:config\.guess|config\.sub|configure|ltmain\.sh|aclocal\.m4|libtool\.m4)$"
)
_NOTES_OF_RELEASES = re.compile(
    rb"(?:^|.*/)(?:change(?:log|s)|news|history|release[-_]?notes|releases)(?:[./].*)?$",
    re.IGNORECASE,
)


def place_findings(scene: Scene) -> tuple[tuple[Family, ...], tuple[Finding, ...]]:
    """Every place of the new tree as a family, and a finding for each that does not name ours.

    Not searched are files that are for some variants by their path, patches, lock files, notes of
    releases and what autotools copy. A finding breaks the build (`BUILD`) where what no condition
    names stops it, or where something is defined for each variant in turn. It is of no consequence
    (`NOTHING`) in documents, in tests' code and data, and where the default of an old place goes on
    to serve ours. All else is `BEHAVIOUR`: lists, scripts and workflows, and defaults that are new,
    or for which siblings got pieces of their own. Raises `UpstreamError` where a tree cannot be
    read.
    """
    search = _Search(scene)
    told = [one for path in search.places for one in search.told(path)]
    told.sort(key=lambda one: not one.matched.is_new)
    families = tuple(search.family(one) for one in told)
    findings = tuple(search.finding(one) for one in told if search.is_open(one))
    return families, findings


@dataclass(frozen=True, slots=True)
class _Told:
    """A place of a file, with what it was in the old one."""

    path: Path
    matched: Matched

    @property
    def place(self) -> Place:
        return self.matched.place


@dataclass(frozen=True)
class _Search:
    """Looks through the files of a scene."""

    scene: Scene

    @cached_property
    def ours(self) -> str:
        return self.scene.variant.name

    @cached_property
    def columns(self) -> frozenset[str]:
        return frozenset(FileFamilies(self.scene).columns)

    @cached_property
    def paths(self) -> Sequence[Path]:
        """The files that are looked at."""
        own, scene = self._own_paths(), self.scene
        asked = {*scene.patched, *scene.added} if scene.is_upstreams else scene.new_listing
        return [
            path
            for path in sorted(asked)
            if path in scene.new_listing
            and path not in own
            and not path.endswith(_NOT_SEARCHED)
            and not _NOTES_OF_RELEASES.match(path)
            and not _MADE_BY_AUTOTOOLS.match(path)
        ]

    @cached_property
    def places(self) -> Mapping[Path, Sequence[Place]]:
        """The files that have places; those that differ are made ready in the old tree."""
        scene = self.scene
        files = read_in_turn(scene.new, self.paths)
        read = ((path, _places_of(path, file, scene)) for path, file in files)
        found = {path: places for path, places in read if places}
        scene.old.prefetch(scene.old_path(path) for path in found if scene.is_changed(path))
        return found

    def _own_paths(self) -> frozenset[Path]:
        """The files that are for some variants: their path says so."""
        scene = self.scene
        found = set()
        for members in scene.new_families.values():
            is_family = len(set(members.values())) > 1
            for path in {path for paths in members.values() for path in paths}:
                words = {one.word.lower() for one in scene.axis.mentions(path)}
                if is_family or words - AMBIGUOUS:
                    found.add(path)
        return frozenset(found)

    def told(self, path: Path) -> Iterator[_Told]:
        """The places of a file, each with what it was in the old one."""
        scene, places = self.scene, self.places[path]
        if not scene.is_changed(path):
            found = unchanged(places)
        else:
            old_path = scene.old_path(path)
            old = scene.old.get(old_path)
            before = PlacesOf(_places_of(old_path, old, scene), _lines_of(old))
            found = matched(PlacesOf(places, _lines_of(scene.new.get(path))), before)
        for one in found:
            if self._is_of_project(one.place):
                yield _Told(path, self._with_counterpart(path, one))

    def _is_of_project(self, place: Place) -> bool:
        """Whether a place is about variants that the project has, where it has any."""
        known = [name for name in place.named if name in self.columns]
        least = 2 if len(self.columns) > 2 else 0
        return words_of(self.scene.axis).kins(known) >= least

    def _with_counterpart(self, path: Path, one: Matched) -> Matched:
        """A Go file for some architectures needs none of ours where another one in its folder is
        for all that it does not name."""
        is_file = one.place.key == b"go:build" and one.place.rest is Gets.NOTHING
        if not is_file or self.ours in one.place.named:
            return one
        folder = path.rpartition(b"/")[0]
        for other in self._go_files.get(folder, ()):
            file = self.scene.new.get(other)
            for place in _places_of(other, file, self.scene)[:1]:
                is_other_half = place.key == b"go:build" and set(one.place.named) <= set(
                    place.named
                )
                if other != path and is_other_half and place.rest is Gets.DEFAULT:
                    return replace(one, place=replace(one.place, rest=Gets.DEFAULT))
        return one

    @cached_property
    def _go_files(self) -> Mapping[bytes, Sequence[Path]]:
        found: dict[bytes, list[Path]] = {}
        for path in self.scene.new_listing:
            if path.endswith(b".go"):
                found.setdefault(path.rpartition(b"/")[0], []).append(path)
        return found

    def named(self, place: Place) -> Sequence[str]:
        """The siblings that a place names, of those that the project has files for."""
        siblings = [name for name in place.named if name != self.ours]
        return [name for name in siblings if name in self.columns] or siblings

    def family(self, one: _Told) -> Family:
        """The place with a cell for every variant that it names."""
        others = dict.fromkeys(self.named(one.place))
        if one.matched.old is not None:
            others.update(dict.fromkeys(self.named(one.matched.old)))
        cells = [self._our_cell(one), *(self._cell(name, one) for name in others)]
        return Family(
            FamilyKind.PLACE,
            one.path,
            tuple(cells),
            is_new=one.matched.is_new,
            place=one.place.what,
            line=one.place.first,
        )

    def _our_cell(self, one: _Told) -> Cell:
        gets = one.place.gets(self.ours)
        if gets is Gets.NAMED:
            is_stacks = one.path in self.scene.patched or one.path in self.scene.added
            return (
                Cell(self.ours, CellState.OURS, (one.path,))
                if is_stacks
                else self._cell(self.ours, one)
            )
        state = CellState.DEFAULT if gets is Gets.DEFAULT else CellState.MISSING
        return Cell(self.ours, state)

    def _cell(self, name: str, one: _Told) -> Cell:
        is_named, was_named = name in one.place.named, one.matched.was_named(name)
        if not is_named:
            return Cell(name, CellState.GONE)
        if not was_named:
            return Cell(name, CellState.NEW, (one.path,))
        is_same = name in one.matched.same
        return Cell(name, CellState.THERE if is_same else CellState.CHANGED, (one.path,))

    def is_open(self, one: _Told) -> bool:
        """Whether ours is not named there."""
        return one.place.gets(self.ours) is not Gets.NAMED

    def finding(self, one: _Told) -> Finding:
        """What ours lacks at a place."""
        place = one.place
        named = self.named(place)
        rank = self._rank(one)
        return Finding(
            kind=FindingKind.PLACE,
            rank=rank,
            path=one.path,
            note=f"{place.what}: {listed(named)} {'are' if len(named) > 1 else 'is'} named here, "
            f"ours is not. {_todo(place, rank)}",
            line=place.first,
            symbol=place.title,
            siblings=tuple(
                SiblingPlace(name, one.path, line) for name in named for line in place.lines(name)
            ),
            is_new=one.matched.is_new,
        )

    def _rank(self, one: _Told) -> Rank:
        place, path = one.place, one.path
        is_tests = place.is_test or (is_test(path) and not _is_script(path))
        if is_document(path) or is_tests:
            return Rank.NOTHING
        if place.rest is Gets.STOPS:
            return Rank.BUILD
        if place.rest is Gets.NOTHING and place.need is Need.ITEM and is_code(path):
            return Rank.BUILD
        if place.rest is Gets.DEFAULT and not self._grew(one):
            return Rank.NOTHING
        return Rank.BEHAVIOUR

    def _grew(self, one: _Told) -> bool:
        """Whether siblings got something here that they had not in the old version."""
        return not all(map(one.matched.was_named, self.named(one.place)))


def _places_of(path: Path, file: File | None, scene: Scene) -> tuple[Place, ...]:
    return () if file is None else places_in(path, file.content, scene.axis)


def _lines_of(file: File | None) -> Sequence[bytes]:
    return () if file is None else file.content.split(b"\n")


def _is_script(path: Path) -> bool:
    name = path.rpartition(b"/")[2]
    return name.endswith((b".sh", b".bash", b".mk", b".bats")) or b"." not in name


def _todo(place: Place, rank: Rank) -> str:
    if place.rest is Gets.STOPS:
        return "What is not named stops the build: name ours as well."
    if place.rest is Gets.FAILS:
        return "What is not named ends with an error: name ours as well."
    if place.rest is Gets.DEFAULT:
        return "It gets what holds for all that are not named: look whether that is right for it."
    if rank is Rank.BUILD:
        return "Code that is built for ours likely needs it: add the piece for ours."
    return "Nothing here is for it: decide whether it belongs here."
