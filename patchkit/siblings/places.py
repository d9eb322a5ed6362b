"""Finds the places inside files that have one piece for each of several variants (pure).

    places_in > Place > Branch

Languages are read as text with knowledge of the language: it is quick enough for whole trees, needs
no grammar, and tells the same of files that no grammar reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patchkit.model.tree import Path
from patchkit.model.variants import Axis
from patchkit.siblings.place_choices import chain_places, choice_places
from patchkit.siblings.place_directives import build_tag_place, directive_places
from patchkit.siblings.place_lists import list_places
from patchkit.siblings.place_model import Place, PlaceKind
from patchkit.siblings.place_rust import rust_places
from patchkit.siblings.place_source import Source
from patchkit.siblings.place_words import Words, words_of
from patchkit.syntax.parsing import Language

_LOOKED_AT = 8_000
_MOST_BYTES = 1_000_000
"""A larger file is no handwritten one."""


def places_in(path: Path, content: bytes, axis: Axis) -> tuple[Place, ...]:
    """The constructs of a file that name at least two sorts of variants, in the order of lines.

    None in binary files. A place inside of another one is told where it names other variants than
    the branch that it is in.
    """
    words = words_of(axis)
    is_read = len(content) <= _MOST_BYTES and b"\0" not in content[:_LOOKED_AT]
    if not is_read or not words.may_have_place(content):
        return ()
    source = Source(path, content, words)
    if not source.is_place(
        [name for some in source.hits.values() for one in some for name in one.variants]
    ):
        return ()
    return tuple(_outermost(_all_places(source), words))


def _all_places(source: Source) -> Iterator[Place]:
    """What is read with the most knowledge comes first."""
    if source.language is Language.RUST:
        yield from rust_places(source)
    if source.language in (Language.C, Language.MAKE):
        yield from directive_places(source)
    if source.language is Language.GO:
        yield from build_tag_place(source)
    yield from choice_places(source)
    yield from chain_places(source)
    yield from list_places(source)


def _outermost(places: Iterable[Place], words: Words) -> Iterator[Place]:
    """Each construct once: a list that is made of the branches of another place is that place."""
    kept: list[Place] = []
    heads: set[int] = set()
    covering: dict[int, list[Place]] = {}
    for one in places:
        mine = {branch.first for branch in one.branches}
        near = (other for at in (one.first, *mine) for other in covering.get(at, ()))
        if mine <= heads or any(_is_told(one, other, words) for other in near):
            continue
        kept.append(one)
        heads |= mine
        for at in range(one.first, one.last + 1):
            covering.setdefault(at, []).append(one)
    yield from sorted(kept, key=lambda one: (one.first, one.last))


def _is_told(one: Place, other: Place, words: Words) -> bool:
    """Whether a list is nothing but what another place, of which it is a part, says already."""
    if one.kind is not PlaceKind.LIST:
        return False
    if other.first <= one.first and one.last <= other.last:
        return {words.kin[name] for name in one.named} <= {words.kin[name] for name in other.named}
    mine = {branch.first for branch in one.branches}
    return other.kind is PlaceKind.LIST and any(branch.first in mine for branch in other.branches)
