"""Finds what is built together for each variant: packages, crates, programs (pure).

    Unit > Piece

A *unit* is what shares its names: a Go package, a Rust crate, the C files below a folder, a
makefile with those that it includes. A *piece* is one of its files, with the variants that it is
built for. Only units are taken in which siblings have pieces of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.tree import Path
from patchkit.model.variants import PLACEHOLDER
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolsources import Sources
from patchkit.syntax.goconstraints import is_go_file_built, is_go_test
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.rustcfg import conditional_modules
from patchkit.syntax.targets import Target

_TESTS = frozenset((b"test", b"tests", b"testsuite", b"testing", b"selftests"))

MOST_FILES = 3_000
"""With more files of C a project would have to be read for too long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a unit; `variants` are those of the unit's that it is built for. `is_optional`:
    something else decides as well, so that it may be left out."""

    path: Path
    variants: frozenset[str]
    is_test: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What shares its names. `siblings` are the other variants that have pieces in it, `templates`
    the families of paths that made it one."""

    language: Language
    folder: Path
    siblings: tuple[str, ...]
    templates: tuple[bytes, ...]


def units_of(scene: Scene, sources: Sources) -> tuple[Unit, ...]:
    """The units in which two siblings or more have files of one family; a package of Go counts
    with all of its families, as siblings divide their names over files as they like."""
    found: dict[tuple[Language, Path], dict[bytes, dict[Path, str]]] = {}
    for template, members in scene.new_families.items():
        language = language_of(template)
        theirs = _sibling_files(scene, members)
        folder = _folder_of(language, template, sources) if language and theirs else None
        if language is not None and folder is not None:
            found.setdefault((language, folder), {})[template] = theirs
    units = []
    for (language, folder), families in found.items():
        counts = [len(files) for files in families.values()]
        count = sum(counts) if language is Language.GO else max(counts)
        if count > 1:
            names = sorted({name for files in families.values() for name in files.values()})
            units.append(Unit(language, folder, tuple(names), tuple(families)))
    return tuple(sorted(units, key=lambda one: (one.folder, one.language.value)))


def _sibling_files(scene: Scene, members: Mapping[str, tuple[Path, ...]]) -> dict[Path, str]:
    """Each file of a family that is not ours, with one variant: `x86` is no two siblings."""
    ours = members.get(scene.variant.name, ())
    found: dict[Path, str] = {}
    for one in scene.axis.variants:
        for path in members.get(one.name, ()):
            if path not in ours:
                found.setdefault(path, one.name)
    return found


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
            # Headers can be anywhere.
            return b"" if len(sources.by_language.get(Language.C, ())) <= MOST_FILES else None
        case _:
            return before


def _ancestors(folder: Path) -> Iterator[Path]:
    yield folder
    while folder:
        folder = folder.rpartition(b"/")[0]
        yield folder


def _has_crate(folder: Path, sources: Sources) -> bool:
    return _below(folder, b"Cargo.toml") in sources.listing


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
    modules = _conditional_modules(unit, paths, sources, targets)
    for path in paths:
        variants = _variants(unit, path, folder, sources, targets)
        is_test = _is_test(unit, path)
        is_optional = False
        for (module, only), is_sure in modules.items():
            if _is_in_module(path, module):
                variants &= only
                is_optional = is_optional or not is_sure
        if variants:
            found.append(Piece(path, variants, is_test, is_optional))
    return tuple(found)


def _conditional_modules(
    unit: Unit, paths: Iterable[Path], sources: Sources, targets: Mapping[str, Target]
) -> Mapping[tuple[Path, frozenset[str]], bool]:
    """The modules of Rust that are declared under a condition, each with the variants for which
    it can hold, and whether that is known."""
    found = {}
    for path in paths if unit.language is Language.RUST else ():
        for name, conditions in conditional_modules(sources.content(path), targets.values()):
            only = {
                variant
                for variant, holds in zip(targets, conditions, strict=True)
                if holds is not False
            }
            folder = path.rpartition(b"/")[0]
            stem = path.rpartition(b"/")[2].removesuffix(b".rs")
            inside = folder if stem in (b"mod", b"lib", b"main") else _below(folder, stem)
            found[_below(inside, name), frozenset(only)] = None not in conditions
    return found


def _is_test(unit: Unit, path: Path) -> bool:
    if unit.language is Language.GO:
        return is_go_test(path)
    return not _TESTS.isdisjoint(path.split(b"/")[:-1])


def _is_in_module(path: Path, module: Path) -> bool:
    return path == module + b".rs" or path.startswith(module + b"/")


def _paths(unit: Unit, sources: Sources, folder: Path) -> Iterator[Path]:
    if unit.language is Language.GO:
        inside = sources.folders.get(folder, ())
        yield from (path for path in inside if language_of(path) is unit.language)
    else:
        start = folder + b"/" if folder else b""
        known = sources.by_language.get(unit.language, ())
        yield from (path for path in known if path.startswith(start))
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
