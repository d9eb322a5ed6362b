"""Families of files with what each variant has of them, and the files that ours lacks (pure).

Files below one folder of each variant (`src/{}/gic/mod.rs`) are told as that folder where ours has
no such folder at all. Where two families in a folder complete each other (`hypervisor_{}.go` and
`hypervisor_linux_{}.go`, no variant in both), a variant in the one needs nothing in the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from patchkit.model.tree import Path
from patchkit.model.variants import PLACEHOLDER, Variant
from patchkit.siblings.place_words import words_of
from patchkit.siblings.ranking import is_code, is_document, is_test
from patchkit.siblings.scene import Scene
from patchkit.siblings.wording import listed

_LEAST_SIBLINGS = 2
_PATCHES = (b".patch", b".diff")
_TOKEN = re.compile(rb"[A-Za-z0-9]+|\{\}")


@dataclass(frozen=True, slots=True)
class _Rows:
    """A template with its files in both versions, by variant."""

    template: bytes
    new: Mapping[str, tuple[Path, ...]]
    old: Mapping[str, tuple[Path, ...]]


@dataclass(frozen=True)
class FileFamilies:
    """The families of files of a scene, as far as at least two siblings are in them."""

    scene: Scene

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Ours, then every variant that some path names by a word of its own, and the first of each
        kin that paths name by a broad word alone."""
        ours = self.scene.variant.name
        kins = {
            one.variants
            for path in words_of(self.scene.axis).naming(self.scene.new_listing)
            for one in self.scene.axis.mentions(path)
        }
        named = {ours, *(kin[0] for kin in kins if len(kin) == 1)}
        named |= {kin[0] for kin in kins if not named.intersection(kin)}
        others = [one.name for one in self.scene.axis.variants if one.name in named]
        return (ours, *(name for name in others if name != ours))

    @cached_property
    def rows(self) -> Mapping[bytes, _Rows]:
        """The families with at least two siblings, or with ours and one sibling; by template."""
        found = {}
        for template, members in sorted(self.scene.new_families.items()):
            new = self._among_columns(members)
            siblings = {files for name, files in new.items() if name != self.columns[0]}
            least = 1 if self.columns[0] in new else _LEAST_SIBLINGS
            if len(siblings) >= least and not template.endswith(_PATCHES):
                old = self._among_columns(self._old_members(template, new))
                found[template] = _Rows(template, new, old)
        return found

    def _among_columns(
        self, members: Mapping[str, tuple[Path, ...]]
    ) -> dict[str, tuple[Path, ...]]:
        return {name: members[name] for name in self.columns if name in members}

    def _old_members(
        self, template: bytes, new: Mapping[str, tuple[Path, ...]]
    ) -> Mapping[str, tuple[Path, ...]]:
        scene = self.scene
        found = {
            name: tuple(
                scene.old_path(path) for path in paths if scene.old_path(path) in scene.old_listing
            )
            for name, paths in new.items()
        }
        there = scene.old_families.get(template, {})
        return {**there, **{name: paths for name, paths in found.items() if paths}}

    def families(self) -> tuple[Family, ...]:
        """One family a template, or a folder where ours has none of it; new ones first."""
        absent = self._absent_folders()
        found = [self._folder_family(folder, rows) for folder, rows in absent.items()]
        told = {row.template for rows in absent.values() for row in rows}
        found += [self._family(row) for row in self.rows.values() if row.template not in told]
        return tuple(sorted(found, key=lambda one: (not one.is_new, one.name)))

    def _absent_folders(self) -> dict[bytes, list[_Rows]]:
        """The folders of variants in which ours has nothing, with the families below each."""
        found: dict[bytes, list[_Rows]] = {}
        for row in self.rows.values():
            folder = _folder_of(row.template)
            if folder is not None:
                found.setdefault(folder, []).append(row)
        ours = self.columns[0]
        has_ours = {
            _folder_of(template)
            for template, members in self.scene.new_families.items()
            if ours in members
        }
        return {folder: rows for folder, rows in found.items() if folder not in has_ours}

    def _folder_family(self, folder: bytes, rows: Sequence[_Rows]) -> Family:
        cells = []
        for name in self.columns:
            new = tuple(path for row in rows for path in row.new.get(name, ()))
            old = tuple(path for row in rows for path in row.old.get(name, ()))
            cells.append(self._cell(name, new, old))
        is_new = not any(row.old for row in rows)
        return Family(FamilyKind.FOLDER, folder, tuple(cells), is_new)

    def _family(self, row: _Rows) -> Family:
        cells = [
            self._cell(name, row.new.get(name, ()), row.old.get(name, ())) for name in self.columns
        ]
        ours = cells[0]
        twin = self._completing(row)
        if ours.state is CellState.MISSING and twin is not None:
            cells[0] = Cell(ours.variant, CellState.DEFAULT, twin.new[ours.variant])
        # What the stack brought to the old version upstream did not have.
        others = row.old.keys() - ({ours.variant} if ours.state is CellState.OURS else set())
        return Family(FamilyKind.FILE, row.template, tuple(cells), not others)

    def _completing(self, row: _Rows) -> _Rows | None:
        """The family that has ours, and no sibling that this one has."""
        tokens = _tokens(row.template)
        for other in self._with_ours.get(row.template.rpartition(b"/")[0], ()):
            theirs = _tokens(other.template)
            is_near = tokens < theirs or theirs < tokens
            if is_near and not set(row.new) & set(other.new):
                return other
        return None

    @cached_property
    def _with_ours(self) -> Mapping[Path, Sequence[_Rows]]:
        """The families that have ours, by the folder that they are in."""
        found: dict[Path, list[_Rows]] = {}
        for row in self.rows.values():
            if self.columns[0] in row.new:
                found.setdefault(row.template.rpartition(b"/")[0], []).append(row)
        return found

    def _cell(self, name: str, new: tuple[Path, ...], old: tuple[Path, ...]) -> Cell:
        scene = self.scene
        if name == self.columns[0] and any(path in scene.added for path in new):
            return Cell(name, CellState.OURS, new)
        if new and not old:
            return Cell(name, CellState.NEW, new)
        if new:
            is_changed = len(new) != len(old) or any(map(scene.is_changed, new))
            return Cell(name, CellState.CHANGED if is_changed else CellState.THERE, new)
        if name == self.columns[0]:
            return Cell(name, CellState.MISSING)
        return Cell(name, CellState.GONE if old else CellState.NONE)

    def findings(self, families: Sequence[Family]) -> tuple[Finding, ...]:
        """One for every family of which ours has nothing."""
        return tuple(
            self._finding(one)
            for one in families
            if one.cell(self.columns[0]).state is CellState.MISSING
        )

    def _finding(self, family: Family) -> Finding:
        siblings = [cell for cell in family.cells if cell.paths]
        names = listed([cell.variant for cell in siblings])
        path = self._place_for_ours(family)
        rank = self._rank(family, path)
        is_folder = family.kind is FamilyKind.FOLDER
        files = sum(len(cell.paths) for cell in siblings)
        what = f"a folder here with {files} files in all" if is_folder else "a file here"
        note = f"{names} {'have' if len(siblings) > 1 else 'has'} {what}, ours none."
        return Finding(
            kind=FindingKind.FOLDER if is_folder else FindingKind.FILE,
            rank=rank,
            path=path,
            note=note + _HINTS[rank],
            siblings=tuple(SiblingPlace(cell.variant, cell.paths[0]) for cell in siblings),
            is_new=family.is_new,
        )

    def _rank(self, family: Family, path: Path) -> Rank:
        member = next(cell.paths[0] for cell in family.cells if cell.paths)
        if is_document(path):
            return Rank.NOTHING
        if is_test(path) or not is_code(member):
            return Rank.BEHAVIOUR
        there = {cell.variant for cell in family.cells if cell.paths}
        return Rank.BUILD if self._regular_in(path) <= there else Rank.BEHAVIOUR

    def _regular_in(self, path: Path) -> frozenset[str]:
        """The siblings that have a file in most families of a component of the project."""
        component = path.split(b"/")[:2]
        near = [row for row in self.rows.values() if row.template.split(b"/")[:2] == component]
        counts = Counter(name for row in near for name in row.new if name != self.columns[0])
        return frozenset(name for name, count in counts.items() if 2 * count > len(near))

    def _place_for_ours(self, family: Family) -> Path:
        """Where the file or folder of ours would be: named by our word that stands in paths near,
        else by our first."""
        return family.name.replace(PLACEHOLDER, self._word_near(family.name))

    def _word_near(self, template: bytes) -> bytes:
        near = b"/".join(template.split(b"/")[:2]) + b"/"
        words: Counter[bytes] = Counter()
        for path in self.scene.added:
            for one in self.scene.axis.mentions(path):
                if self.scene.variant.name in one.variants:
                    words[one.word] += 1 + 100 * path.startswith(near)
        return words.most_common(1)[0][0] if words else _first_word(self.scene.variant)


_HINTS = {
    Rank.BUILD: " Code that is built for ours likely needs it.",
    Rank.BEHAVIOUR: " Decide whether ours needs one.",
    Rank.NOTHING: "",
}


def _tokens(template: bytes) -> frozenset[bytes]:
    return frozenset(_TOKEN.findall(template))


def _first_word(variant: Variant) -> bytes:
    return variant.words[0].encode()


def _folder_of(template: bytes) -> bytes | None:
    """The path up to the folder that is named for the variant; None where no folder is."""
    parts = template.split(b"/")
    at = next((at for at, part in enumerate(parts[:-1]) if part == PLACEHOLDER), None)
    return None if at is None else b"/".join(parts[: at + 1])
