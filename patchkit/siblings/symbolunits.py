"""Finds what is built together for each variant: packages, crates, programs (pure).

    Unit > Piece

A *unit* is what shares its names: a Go package, a Rust crate, the C files below a folder, a makefile
with those that it includes. A *piece* is one of its files, with the variants that it is built for.
Only units are taken in which siblings have pieces of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.tree import Path
from patchkit.model.variants import PLACEHOLDER
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolsources import Sources
from patchkit.syntax.goconstraints import is_go_file_built, is_go_test
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.targets import Target

MOST_FILES = 3_000
"""A unit with more files is read only where it names variants."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a unit; `variants` are those of the unit's that it is built for."""

    path: Path
    variants: frozenset[str]
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What shares its names. `siblings` are the other variants that have pieces in it, `templates`
    the families of paths that made it one."""

    language: Language
    folder: Path
    siblings: tuple[str, ...]
    templates: tuple[bytes, ...]


def units_of(scene: Scene, sources: Sources) -> tuple[Unit, ...]:
    """The units in which two siblings or more have files of one family."""
    found: dict[tuple[Language, Path], tuple[dict[str, None], list[bytes]]] = {}
    for template, members in scene.new_families.items():
        siblings = {name: paths for name, paths in members.items() if name != scene.variant.name}
        distinct = {path for paths in siblings.values() for path in paths}
        language = language_of(template)
        if language is None or len(distinct) < 2:
            continue
        folder = _folder_of(language, template, sources)
        if folder is None:
            continue
        names, templates = found.setdefault((language, folder), ({}, []))
        names.update(dict.fromkeys(siblings))
        templates.append(template)
    return tuple(
        Unit(language, folder, tuple(sorted(names)), tuple(templates))
        for (language, folder), (names, templates) in sorted(
            found.items(), key=lambda one: (one[0][1], one[0][0].value)
        )
    )


def _folder_of(language: Language, template: bytes, sources: Sources) -> Path | None:
    """The folder of the unit that a family belongs to."""
    before = template.partition(PLACEHOLDER)[0].rpartition(b"/")[0]
    folder = template.rpartition(b"/")[0]
    match language:
        case Language.GO:
            # Where the folder names the variant, each has a package of its own.
            return folder if PLACEHOLDER not in folder else None
        case Language.RUST:
            return next((one for one in _ancestors(before) if _has_crate(one, sources)), None)
        case Language.C:
            return next((one for one in _ancestors(before) if _has_c(one, sources)), b"")
        case _:
            return before


def _ancestors(folder: Path) -> Iterator[Path]:
    yield folder
    while folder:
        folder = folder.rpartition(b"/")[0]
        yield folder


def _has_crate(folder: Path, sources: Sources) -> bool:
    return _below(folder, b"Cargo.toml") in sources.listing


def _has_c(folder: Path, sources: Sources) -> bool:
    return any(language_of(path) is Language.C for path in sources.folders.get(folder, ()))


def _below(folder: Path, name: bytes) -> Path:
    return folder + b"/" + name if folder else name


def pieces_of(
    unit: Unit, sources: Sources, targets: Mapping[str, Target], folder: Path | None = None
) -> tuple[Piece, ...]:
    """The files of a unit, each with those of `targets` that it is built for.

    `folder` is where the unit stands in the version, if not where it stands in the new one.
    """
    folder = unit.folder if folder is None else folder
    paths = tuple(_paths(unit, sources, folder))
    sources.prefetch(paths)
    found = []
    for path in paths:
        variants = _variants(unit, path, folder, sources, targets)
        is_test = unit.language is Language.GO and is_go_test(path)
        if variants:
            found.append(Piece(path, variants, is_test))
    return tuple(found)


def _paths(unit: Unit, sources: Sources, folder: Path) -> Iterator[Path]:
    if unit.language is Language.GO:
        inside: Iterable[Path] = sources.folders.get(folder, ())
    else:
        start = folder + b"/" if folder else b""
        inside = (path for path in sources.listing if path.startswith(start))
    count = 0
    for path in inside:
        if language_of(path) is unit.language:
            count += 1
            if count > MOST_FILES:
                return
            yield path
    if unit.language in (Language.MAKE, Language.SHELL):
        yield from _includers(unit, sources, folder)


def _includers(unit: Unit, sources: Sources, folder: Path) -> Iterator[Path]:
    """The files above the folder that can include the family's."""
    for one in list(_ancestors(folder))[1:3]:
        for path in sources.folders.get(one, ()):
            if language_of(path) is unit.language:
                yield path


def _variants(
    unit: Unit, path: Path, folder: Path, sources: Sources, targets: Mapping[str, Target]
) -> frozenset[str]:
    if unit.language is Language.GO:
        content = sources.content(path)
        return frozenset(
            name for name, target in targets.items() if is_go_file_built(path, content, target)
        )
    axis = next(iter(targets.values())).axis
    start = len(folder) + 1 if folder and path.startswith(folder + b"/") else 0
    named = axis.named_in(path[start:])
    return frozenset(targets) & named if named else frozenset(targets)
