"""What code that ours builds uses and does not have (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from patchkit.siblings.symbolunits import Piece
from patchkit.siblings.symbolviews import Read, UnitView
from patchkit.syntax.goconstraints import is_go_file_built, is_go_test
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.symbols import MEMBER, DefinitionKind, Reference

Named = tuple[str, str]
"""The package and the name of a symbol; the package is "" where a language has none."""

_RUST_OWN = frozenset(("", "self", "super", "crate"))


@dataclass(frozen=True, slots=True)
class Use:
    """A place at which a name is used."""

    piece: Piece
    line: int


def unserved_uses(view: UnitView, wanted: Collection[Named]) -> Mapping[Named, tuple[Use, ...]]:
    """For each name the places where ours uses it although nothing that ours builds defines it."""
    if not wanted:
        return {}
    reads = tuple(view.built({name for _, name in wanted}))
    served, served_in_tests = _served(reads, wanted)
    found: dict[Named, list[Use]] = {}
    for read in reads:
        have = served | served_in_tests if read.piece.is_test else served
        for reference in read.symbols.references:
            named = (read.symbols.package, reference.name)
            if named in wanted and named not in have and _is_of_unit(view, read, reference):
                found.setdefault(named, []).append(Use(read.piece, reference.line))
    if view.unit.language is Language.GO:
        exported = {
            named
            for named in wanted
            if named not in served and named[1][:1].isupper() and named[0] != "main"
        }
        for named, use in _uses_by_import(view, exported):
            found.setdefault(named, []).append(use)
    return {named: tuple(uses) for named, uses in found.items()}


def _served(
    reads: Collection[Read], wanted: Collection[Named]
) -> tuple[frozenset[Named], frozenset[Named]]:
    """Which names are defined, and which of the others in tests."""
    found: dict[bool, set[Named]] = {False: set(), True: set()}
    for read in reads:
        found[read.piece.is_test].update(
            (read.symbols.package, one.name)
            for one in read.symbols.definitions
            if one.kind not in (DefinitionKind.PROTOTYPE, DefinitionKind.METHOD)
        )
    return (frozenset(found[False] & set(wanted)), frozenset(found[True] & set(wanted)))


def _is_of_unit(view: UnitView, read: Read, reference: Reference) -> bool:
    """Whether a name is looked up among those of the unit."""
    if view.unit.language is not Language.RUST:
        return not reference.qualifier
    last = reference.qualifier.rpartition("::")[2]
    return last in _RUST_OWN or last in _modules(view)


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
    module = _module_of(view)
    below = view.unit.folder[len(module) + 1 if module else 0 :]
    end = below.decode("utf-8", "replace")
    names = frozenset(name.encode() for _, name in wanted)
    by_name = {name: (package, name) for package, name in wanted}
    start = module + b"/" if module else b""
    target = view.targets[view.ours]
    paths = tuple(
        path
        for path in view.sources.listing
        if path.startswith(start) and language_of(path) is Language.GO
    )
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


def _module_of(view: UnitView) -> bytes:
    """The folder of the Go module around the unit; the root where there is none."""
    folder = view.unit.folder
    while folder and folder + b"/go.mod" not in view.sources.listing:
        folder = folder.rpartition(b"/")[0]
    return folder
