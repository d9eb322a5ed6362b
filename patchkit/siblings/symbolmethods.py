"""Which methods a type of Go has, its own and those of what it embeds (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from patchkit.siblings.symbolviews import Read, UnitView
from patchkit.syntax.symbols import Definition, DefinitionKind


def own_methods(view: UnitView, variant: str, owner: str) -> Mapping[str, Definition]:
    """The methods that a variant's own files define for a type, by name."""
    return dict(_methods(view.own(variant), owner))


def methods_of(view: UnitView, variant: str, one: Definition) -> tuple[frozenset[str], bool]:
    """All methods of a variant's type, and whether there are more that are not known."""
    names, is_open = _inherited(view, variant, one, frozenset())
    return names | own_methods(view, variant, one.name).keys(), is_open


def _methods(reads: Iterable[Read], owner: str) -> Iterator[tuple[str, Definition]]:
    for read in reads:
        for one in read.symbols.definitions:
            if one.kind is DefinitionKind.METHOD and one.owner == owner:
                yield one.name, one


def _inherited(
    view: UnitView, variant: str, one: Definition, above: frozenset[str]
) -> tuple[frozenset[str], bool]:
    """The methods of what a type embeds, and whether there are more that are not known."""
    names: set[str] = set()
    is_open = False
    for base in one.embeds:
        if base in above:
            continue
        reads = (*_reads_of(view, base), *view.own(variant))
        inner = [
            found
            for read in reads
            for found in read.symbols.definitions
            if found.kind is DefinitionKind.TYPE and found.name == base
        ]
        names |= dict(_methods(reads, base)).keys()
        for read in reads:
            for contract in read.symbols.contracts:
                if contract.name == base:
                    names |= {member.name for member in contract.members}
                    is_open = is_open or bool(contract.embedded)
        is_open = is_open or not inner
        for found in inner[:1]:
            more, is_more_open = _inherited(view, variant, found, above | {one.name})
            names |= more
            is_open = is_open or is_more_open
    return frozenset(names), is_open


def _reads_of(view: UnitView, base: str) -> tuple[Read, ...]:
    """The files that all build and that define a type or a method of it."""
    name = re.escape(base.encode())
    pattern = rb"(?m)^func\s*\([^)]*\b%b\b[^)]*\)|\b%b\s+(?:struct|interface)\b|^type\s+%b\b"
    return view.shared((base.encode(),), pattern % (name, name, name))
