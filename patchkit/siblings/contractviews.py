"""The contracts of a unit in one version, and what provides them for which variant (pure).

In Go whatever has all the methods provides an interface, also by the types that it embeds; Rust
and C say it (`impl Trait for Type`, an initialised struct)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.tree import Path
from patchkit.siblings.symbolgaps import neutral
from patchkit.siblings.symbolmethods import methods_of, own_methods
from patchkit.siblings.symbolnotes import at
from patchkit.siblings.symbolunits import Piece
from patchkit.siblings.symbolviews import Read, UnitView
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import Contract, Definition, DefinitionKind, Implementation

_PATTERNS = {
    Language.GO: rb"\binterface\s*\{",
    Language.RUST: rb"\btrait\s+\w",
    Language.C: rb"\(\s*\*\s*\w+\s*\)\s*\(",
}
_WORDS = {Language.GO: "the interface", Language.RUST: "the trait", Language.C: "the struct"}


_INTERFACE = "interface"


@dataclass(frozen=True, slots=True)
class Promised:
    """A contract with all its members, also those of what it embeds; by where it stands."""

    name: str
    path: Path
    line: int
    members: Mapping[str, Definition]
    optional: frozenset[str]
    shown: str


@dataclass(frozen=True, slots=True)
class Provider:
    """What provides a contract for a variant: all its members, and those of its own.

    `is_open`: it has more that is not known here.
    """

    variant: str
    owner: str
    path: Path
    line: int
    members: frozenset[str]
    own: Mapping[str, Definition]
    is_open: bool = False


def served_names(view: UnitView, told: Collection[Piece]) -> frozenset[str]:
    """The names of the contracts that ours and two siblings may provide, and that the pieces which
    are told of provide or define; in Go, where nothing says what a type provides, `interface`
    stands for all."""
    if view.unit.language not in _PATTERNS or not view.has_own:
        return frozenset()
    names = _names_in(view, told)
    ours = {said for said in _all_said(view, view.ours, names) if said[0] in names}
    counts = Counter(
        said
        for sibling in view.siblings
        for said in frozenset(_all_said(view, sibling, names) if ours else ())
    )
    return frozenset(said[0] for said in ours if counts[said] > 1)


def _names_in(view: UnitView, told: Collection[Piece]) -> frozenset[str]:
    if view.unit.language is Language.GO:
        return frozenset((_INTERFACE,))
    found = {name for read in view.own_of(view.ours, told) for name, _ in _said(view, read)}
    if len(told) < len(view.pieces):
        reads = (read for piece in told for read in view.read_for_each(piece))
        found |= {one.name for read in reads for one in read.symbols.contracts}
    return frozenset(found)


def _all_said(view: UnitView, variant: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    for read in _own(view, variant, names):
        yield from _said(view, read)


def _own(view: UnitView, variant: str, names: Collection[str]) -> Iterable[Read]:
    """A variant's own files in which one of these contracts can be provided."""
    if view.unit.language is Language.GO:
        return view.own(variant)
    return view.own_naming(variant, names) if names else ()


def _said(view: UnitView, read: Read) -> Iterator[tuple[str, str]]:
    """The contracts that a file says to provide, each with what provides it, as `providers_of`
    calls it; for Go every type that can provide one."""
    axis = view.targets[view.ours].axis
    if view.unit.language is Language.GO:
        for one in read.symbols.definitions:
            if _is_type(read, one):
                yield _INTERFACE, neutral(axis, one.name)
    for said in read.symbols.implementations:
        yield said.contract, neutral(axis, _owner(view, said))


def promised_in(view: UnitView, names: Collection[str]) -> Mapping[str, Promised]:
    """The contracts in code that all variants build, by name; `names` as of `served_names`."""
    if not names:
        return {}
    found: dict[str, tuple[Read, Contract]] = {}
    words = [name.encode() for name in names]
    for read in view.shared(words, _PATTERNS[view.unit.language]):
        if not read.piece.is_test:
            for contract in read.symbols.contracts:
                found.setdefault(contract.name, (read, contract))
    word = _WORDS[view.unit.language]
    result = {}
    for name, (read, contract) in found.items():
        members = dict(_members(contract, found, frozenset()))
        if members:
            shown = f"{word} {name} ({at(read.piece.path, contract.line)})"
            result[name] = Promised(
                name, read.piece.path, contract.line, members, contract.optional, shown
            )
    return result


def _members(
    contract: Contract, known: Mapping[str, tuple[Read, Contract]], above: frozenset[str]
) -> Iterator[tuple[str, Definition]]:
    for one in contract.members:
        yield one.name, one
    for name in contract.embedded:
        # What a trait builds on has implementations of its own.
        is_go = name in known and known[name][0].symbols.language is Language.GO
        if is_go and name not in above:
            yield from _members(known[name][1], known, above | {contract.name})


def providers_of(
    view: UnitView, promised: Promised, variants: Iterable[str]
) -> Mapping[str, Mapping[str, Provider]]:
    """What provides a contract, by its name without the variants' words and by variant."""
    found: dict[str, dict[str, Provider]] = {}
    read = _by_methods if view.unit.language is Language.GO else _by_word
    for variant in variants:
        for provider in read(view, promised, variant):
            key = neutral(next(iter(view.targets.values())).axis, provider.owner)
            found.setdefault(key, {}).setdefault(variant, provider)
    return found


def _by_word(view: UnitView, promised: Promised, variant: str) -> Iterator[Provider]:
    for read in _own(view, variant, (promised.name,)):
        for one in read.symbols.implementations:
            if one.contract == promised.name:
                own = {member.name: member for member in one.members}
                names = frozenset(own)
                owner = _owner(view, one)
                yield Provider(variant, owner, read.piece.path, one.line, names, own)


def _owner(view: UnitView, one: Implementation) -> str:
    """What provides it; variables of C have names of all sorts: it is the struct that counts."""
    return one.owner if view.unit.language is Language.RUST else one.contract


def _by_methods(view: UnitView, promised: Promised, variant: str) -> Iterator[Provider]:
    """Types of the variant's own that have every member of the interface; of ours, all types."""
    for read in view.own(variant):
        for one in read.symbols.definitions:
            if not _is_type(read, one):
                continue
            own = own_methods(view, variant, one.name)
            names, is_open = methods_of(view, variant, one)
            if variant == view.ours or promised.members.keys() <= names:
                yield Provider(variant, one.name, read.piece.path, one.line, names, own, is_open)


def _is_type(read: Read, one: Definition) -> bool:
    return one.kind is DefinitionKind.TYPE and not read.piece.is_test
