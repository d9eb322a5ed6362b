"""What code that ours builds uses and does not have (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.tree import Path
from patchkit.siblings.symbolunits import Piece
from patchkit.siblings.symbolviews import Read, Sited, UnitView
from patchkit.syntax.goconstraints import is_go_file_built, is_go_test
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import MEMBER, DefinitionKind, Reference
from patchkit.syntax.words import words_in

Named = tuple[str, str]
"""The package and the name of a symbol; the package is "" where a language has none."""

_MACRO = re.compile(rb"(?m)^[ \t]*#[ \t]*(?:define|undef)[ \t]+(\w+)")
_INCLUDING = {
    Language.MAKE: re.compile(rb"(?m)^[ ]*[-s]?include\s.*\$"),
    Language.SHELL: re.compile(rb"(?m)^\s*(?:\.|source)\s.*\$"),
}
"""By these lines a script reads one whose name it makes up; else it has nothing of the siblings."""

_RUST_OWN = frozenset(("", "self", "super", "crate"))


@dataclass(frozen=True, slots=True)
class Use:
    """A place at which a name is used; `is_rough`: the word stands there, and can be another."""

    piece: Piece
    line: int
    is_rough: bool = False


def unserved_uses(
    view: UnitView, wanted: Mapping[Named, Collection[Sited]]
) -> Mapping[Named, tuple[Use, ...]]:
    """For each name the places where ours uses it although nothing that ours builds defines it."""
    if not wanted:
        return {}
    served, served_in_tests = _served(view, wanted)
    left = frozenset(wanted) - served
    if view.unit.language is Language.C and left:
        left -= {named for named in left if named[1].encode() in _beside_c(view)}
    found: dict[Named, list[Use]] = {}
    for read in view.built({name for _, name in left}) if left else ():
        have = served_in_tests if read.piece.is_test else frozenset()
        for reference in read.symbols.references:
            named = (read.symbols.package, reference.name)
            if named not in left or named in have:
                continue
            sites = wanted[named]
            if _is_built_with(read, sites) and _can_reach(view, read, reference, sites):
                found.setdefault(named, []).append(
                    Use(read.piece, reference.line, read.symbols.is_textual)
                )
    if view.unit.language is Language.GO:
        exported = {one for one in left if one[1][:1].isupper() and one[0] != "main"}
        for named, use in _uses_by_import(view, exported):
            found.setdefault(named, []).append(use)
    return {named: tuple(uses) for named, uses in found.items()}


def _beside_c(view: UnitView) -> frozenset[bytes]:
    """The words of our assembly, and the macros of headers that the build makes."""
    ours, axis = view.ours, view.targets[view.ours].axis
    found: set[bytes] = set()
    for path in view.sources.listing:
        if path.endswith((b".S", b".s", b".asm")):
            named = axis.named_in(path)
            if not named or ours in named:
                found.update(words_in(view.sources.content(path)))
        elif path.endswith(b".h.in"):
            found.update(_MACRO.findall(view.sources.content(path)))
    return frozenset(found)


def _served(view: UnitView, wanted: Collection[Named]) -> tuple[frozenset[Named], frozenset[Named]]:
    """Which names are defined, and which of the others in tests."""
    found: dict[bool, set[Named]] = {False: set(), True: set()}
    for read in view.defining({name for _, name in wanted}):
        found[read.piece.is_test].update(
            (read.symbols.package, one.name)
            for one in read.symbols.definitions
            if one.kind not in (DefinitionKind.PROTOTYPE, DefinitionKind.METHOD)
        )
    return (frozenset(found[False] & set(wanted)), frozenset(found[True] & set(wanted)))


def _is_built_with(read: Read, sites: Collection[Sited]) -> bool:
    """Whether a use is built if its definition is: both may be left out together."""
    return not read.piece.is_optional or any(site.piece.is_optional for site in sites)


def _can_reach(view: UnitView, read: Read, reference: Reference, sites: Collection[Sited]) -> bool:
    """Whether a name is looked up where the siblings define it."""
    including = _INCLUDING.get(view.unit.language)
    if including is not None:
        return including.search(view.sources.content(read.piece.path)) is not None
    if view.unit.language is not Language.RUST:
        return not reference.qualifier
    last = reference.qualifier.rpartition("::")[2]
    if last in _RUST_OWN:
        crate = _crate_of(view, read.piece.path)
        return any(_crate_of(view, site.piece.path) == crate for site in sites)
    return last in _modules(view)


def _crate_of(view: UnitView, path: Path) -> Path:
    """The folder of the crate that a file is part of."""
    folder = path.rpartition(b"/")[0]
    while folder and folder + b"/Cargo.toml" not in view.sources.listing:
        folder = folder.rpartition(b"/")[0]
    return folder


def _modules(view: UnitView) -> frozenset[str]:
    """The names by which the modules of siblings are reached: those beside which they stand, and
    those that are defined for siblings alone."""
    found = set()
    for sibling in view.siblings:
        for read in view.own(sibling):
            parts = read.piece.path.removesuffix(b".rs").removesuffix(b"/mod").split(b"/")
            found |= {part.decode("utf-8", "replace") for part in parts[-2:]}
            if view.ours in read.piece.variants:
                found |= {one.name for one in read.symbols.definitions if not one.owner}
    return frozenset(found)


def _uses_by_import(view: UnitView, wanted: Collection[Named]) -> Iterator[tuple[Named, Use]]:
    """Uses in other packages of the Go module, and in the tests that stand outside of theirs."""
    if not wanted:
        return
    module = module_of(view)
    below = view.unit.folder[len(module) + 1 if module else 0 :]
    end = below.decode("utf-8", "replace")
    names = frozenset(name.encode() for _, name in wanted)
    by_name = {name: (package, name) for package, name in wanted}
    start = module + b"/" if module else b""
    target = view.targets[view.ours]
    known = view.sources.by_language.get(Language.GO, ())
    paths = tuple(path for path in known if path.startswith(start))
    view.sources.prefetch(paths)
    for path in paths:
        content = view.sources.content(path)
        if below + b'"' not in content or not any(name in content for name in names):
            continue
        symbols = view.sources.symbols(path, target, names)
        if symbols is None or not is_go_file_built(path, content, target):
            continue
        piece = Piece(path, frozenset((view.ours,)), is_go_test(path))
        for reference in symbols.references:
            is_it = reference.qualifier != MEMBER and reference.qualifier.endswith(end)
            if reference.name in by_name and reference.qualifier and is_it:
                yield by_name[reference.name], Use(piece, reference.line)


def module_of(view: UnitView) -> bytes:
    """The folder of the Go module around the unit; the root where there is none."""
    folder = view.unit.folder
    while folder and folder + b"/go.mod" not in view.sources.listing:
        folder = folder.rpartition(b"/")[0]
    return folder
