"""One version of a unit as each variant sees it (pure).

    UnitView > Read > Definition

`Read` is a piece with its symbols for one variant; `Sited` a definition with where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from patchkit.model.siblings import SiblingPlace
from patchkit.model.tree import Path
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolsources import NOTHING, Focus, Sources, SymbolCache, focus_on
from patchkit.siblings.symbolunits import Piece, Unit, pieces_of
from patchkit.syntax.reading import may_define
from patchkit.syntax.symbols import Definition, Symbols
from patchkit.syntax.targets import Target
from patchkit.syntax.words import first_words, has_word, may_name

_MEMBER_OF = rb"(?:\.|->)(?:\s|//[^\n]*\n|/\*.*?\*/)*%b\b"


@dataclass(frozen=True, slots=True)
class Read:
    """A piece with its symbols as one variant has them."""

    piece: Piece
    symbols: Symbols


@dataclass(frozen=True, slots=True)
class Sited:
    """A definition that a variant has, and where."""

    variant: str
    piece: Piece
    package: str
    definition: Definition

    @property
    def place(self) -> SiblingPlace:
        """As findings show it."""
        return SiblingPlace(self.variant, self.piece.path, self.definition.line)


@dataclass(frozen=True)
class UnitView:
    """A unit in one version; `ours` is our variant's name."""

    unit: Unit
    sources: Sources
    pieces: tuple[Piece, ...]
    targets: Mapping[str, Target]
    ours: str

    @property
    def siblings(self) -> tuple[str, ...]:
        """The other variants that have pieces of their own."""
        return self.unit.siblings

    def own(self, variant: str) -> tuple[Read, ...]:
        """What is built for this variant and not for all: for a sibling, what ours does not
        build; of a file that both build, only what is there for the sibling alone."""
        if variant not in self._own:
            self._own[variant] = tuple(self.own_of(variant, self._apart))
        return self._own[variant]

    def calling(self, variant: str, names: Collection[str]) -> Iterator[Read]:
        """What is built for this variant, and for a sibling not for ours, of the files in which
        one of the names can stand, `PLACEHOLDER` as of `own_naming`; read for these names."""
        is_ours = variant == self.ours
        wanted = frozenset(names)
        for piece in self._naming_any(wanted):
            if self._is_ours_own(piece) if is_ours else self._is_theirs_alone(piece, variant):
                focus = focus_on(wanted, self._seen(piece, variant), self.targets[variant].axis)
                yield from self._read(piece, variant, focus)

    def own_naming(self, variant: str, names: Collection[str]) -> Iterator[Read]:
        """Of what is built for this variant the files in which one of the names can stand, with
        `PLACEHOLDER` for the words of variants; others, too. For a sibling those alone that can
        define it. They are read for what they define alone."""
        if variant == self.ours:
            return self._ours_own(self._naming_any(names), NOTHING)
        return self._sibling_own(variant, self._defining_any(names))

    def _defining_any(self, names: Collection[str]) -> tuple[Piece, ...]:
        wanted = frozenset(names)
        if wanted not in self._with_definitions:
            self._with_definitions[wanted] = tuple(
                one
                for one in self._naming_any(wanted)
                if may_name(self.sources.definable(one.path), wanted)
            )
        return self._with_definitions[wanted]

    @cached_property
    def _with_definitions(self) -> dict[frozenset[str], tuple[Piece, ...]]:
        return {}

    def _naming_any(self, names: Collection[str]) -> tuple[Piece, ...]:
        wanted = frozenset(names)
        if wanted not in self._with_names:
            self._with_names[wanted] = tuple(
                one for one in self._apart if may_name(self.sources.content(one.path), wanted)
            )
        return self._with_names[wanted]

    @cached_property
    def _with_names(self) -> dict[frozenset[str], tuple[Piece, ...]]:
        return {}

    @cached_property
    def _apart(self) -> tuple[Piece, ...]:
        """The pieces of which not all variants have all."""
        axis, count = self.targets[self.ours].axis, len(self.targets)
        return tuple(
            one
            for one in self.pieces
            if len(one.variants) < count or self.sources.is_divided(one.path, axis)
        )

    def own_of(self, variant: str, pieces: Iterable[Piece]) -> Iterator[Read]:
        """What is built for this variant of some of the pieces; a sibling's are read for what they
        define alone."""
        is_ours = variant == self.ours
        return self._ours_own(pieces, None) if is_ours else self._sibling_own(variant, pieces)

    @cached_property
    def _own(self) -> dict[str, tuple[Read, ...]]:
        return {}

    def _ours_own(self, pieces: Iterable[Piece], focus: Focus | None) -> Iterator[Read]:
        for piece in pieces:
            if self._is_ours_own(piece):
                yield from self._read(piece, self.ours, focus)

    def _is_ours_own(self, piece: Piece) -> bool:
        return self.ours in piece.variants and len(piece.variants) < len(self.targets)

    def _sibling_own(self, variant: str, pieces: Iterable[Piece]) -> Iterator[Read]:
        for piece in pieces:
            if self._is_theirs_alone(piece, variant):
                yield from self._read(piece, variant, NOTHING)
            elif variant in piece.variants and self._is_seen_apart(piece, variant):
                for read in self._read(piece, variant, NOTHING):
                    for mine in self._read(piece, self.ours, NOTHING):
                        yield _without(read, mine.symbols)

    def _is_theirs_alone(self, piece: Piece, variant: str) -> bool:
        return variant in piece.variants and self.ours not in piece.variants

    @cached_property
    def has_own(self) -> bool:
        """Whether something is built for ours and not for all."""
        return any(self._is_ours_own(piece) for piece in self.pieces)

    def _is_seen_apart(self, piece: Piece, variant: str) -> bool:
        """Whether the variant sees another part of a file than ours."""
        is_divided = self.sources.is_divided(piece.path, self.targets[variant].axis)
        return is_divided and self._seen(piece, variant) != self._seen(piece, self.ours)

    def _seen(self, piece: Piece, variant: str) -> bytes:
        return self.sources.seen(piece.path, self.targets[variant])

    def _read(self, piece: Piece, variant: str, focus: Focus | None) -> Iterator[Read]:
        symbols = self.sources.symbols(piece.path, self.targets[variant], focus)
        if symbols is not None:
            yield Read(piece, symbols)

    def built(self, names: Iterable[str]) -> Iterator[Read]:
        """The files that ours builds in which one of the names stands, read for these names."""
        focus = frozenset(name.encode() for name in names)
        for piece in self._naming(focus):
            yield from self._read(piece, self.ours, focus)

    def defining(self, names: Iterable[str]) -> Iterator[Read]:
        """The same files, read for what they define alone."""
        words = first_words(name.encode() for name in names)
        target = self.targets[self.ours]
        for piece in self._naming(words):
            if may_define(self.unit.language, self.sources.definable(piece.path, target), words):
                yield from self._read(piece, self.ours, NOTHING)

    def using_member(self, name: str, names: Collection[str]) -> Iterator[Read]:
        """The files that ours builds in which the name may be that of a member which is used;
        read for all the names that will be asked for so."""
        focus = frozenset(one.encode() for one in (name, *names))
        used = re.compile(_MEMBER_OF % re.escape(name.encode()), re.DOTALL)
        for piece in self._naming((name.encode(),)):
            if used.search(self.sources.content(piece.path)):
                yield from self._read(piece, self.ours, focus)

    def _naming(self, names: Iterable[bytes]) -> Iterator[Piece]:
        words = first_words(names)
        for piece in self.pieces:
            if self.ours in piece.variants and self._has_word(piece, words):
                yield piece

    def _has_word(self, piece: Piece, words: frozenset[bytes]) -> bool:
        """Whether one of the words stands in what ours sees of a file."""
        if not has_word(self.sources.content(piece.path), words):
            return False
        is_divided = self.sources.is_divided(piece.path, self.targets[self.ours].axis)
        return not is_divided or has_word(self._seen(piece, self.ours), words)

    def shared(self, names: Iterable[bytes], pattern: bytes) -> tuple[Read, ...]:
        """The files that all variants build in which one of the names stands and the pattern is
        found, read for what they define alone."""
        wanted = (frozenset(names), pattern)
        if wanted not in self._found_shared:
            self._found_shared[wanted] = tuple(
                read
                for piece in self._naming(wanted[0])
                if len(piece.variants) == len(self.targets)
                and re.search(pattern, self._seen(piece, self.ours))
                for read in self._read(piece, self.ours, NOTHING)
            )
        return self._found_shared[wanted]

    @cached_property
    def _found_shared(self) -> dict[tuple[frozenset[bytes], bytes], tuple[Read, ...]]:
        return {}

    def is_defined(self, names: Iterable[str]) -> bool:
        """Whether any variant defines one of the names, wherever."""
        wanted = frozenset(names)
        words = frozenset(name.encode() for name in wanted)
        firsts = first_words(words)
        reads = (
            read
            for piece in self.pieces
            if has_word(self.sources.content(piece.path), words)
            and may_define(self.unit.language, self.sources.definable(piece.path), firsts)
            for read in self.read_for_each(piece)
        )
        return any(one.name in wanted for read in reads for one in read.symbols.definitions)

    def _differing(self, piece: Piece) -> list[str]:
        """The variants that can have something else of a piece: one of them where none can."""
        axis = self.targets[self.ours].axis
        most = None if self.sources.is_divided(piece.path, axis) else 1
        return sorted(piece.variants)[:most]

    def sited(self, variant: str) -> Iterator[Sited]:
        """What a variant's own files define."""
        return sited_in(variant, self.own(variant))

    def read_for_each(self, piece: Piece) -> Iterator[Read]:
        """A piece as each of its variants has it, read for what it defines alone."""
        for variant in self._differing(piece):
            yield from self._read(piece, variant, NOTHING)


def sited_in(variant: str, reads: Iterable[Read]) -> Iterator[Sited]:
    """What is defined in these files of a variant."""
    for read in reads:
        for definition in read.symbols.definitions:
            yield Sited(variant, read.piece, read.symbols.package, definition)


def view_of(scene: Scene, unit: Unit, sources: Sources, folder: Path | None = None) -> UnitView:
    """The unit in one version; `folder` as of `pieces_of`."""
    known = {one.name: one for one in scene.axis.variants}
    names = (scene.variant.name, *unit.siblings)
    targets = {name: Target(scene.axis, known[name]) for name in names if name in known}
    pieces = pieces_of(unit, sources, targets, folder)
    return UnitView(unit, sources, pieces, targets, scene.variant.name)


def both_sources(scene: Scene) -> tuple[Sources, Sources]:
    """The old and the new version; what is the same in both is read once."""
    cache = SymbolCache()
    return (
        Sources(scene.old, scene.old_listing, cache),
        Sources(scene.new, scene.new_listing, cache),
    )


def _without(read: Read, other: Symbols) -> Read:
    """What only the variant has of a file that ours builds as well."""
    known = {(one.name, one.kind, one.owner) for one in other.definitions}
    definitions = tuple(
        one for one in read.symbols.definitions if (one.name, one.kind, one.owner) not in known
    )
    return Read(
        read.piece,
        replace(read.symbols, definitions=definitions, calls=(), references=()),
    )


def told_pieces(scene: Scene, view: UnitView) -> tuple[Piece, ...]:
    """The pieces about which findings are told."""
    return tuple(one for one in view.pieces if scene.is_told(one.path))


def told_reads(scene: Scene, view: UnitView) -> tuple[Read, ...]:
    """What is built for ours and not for all, as far as findings about it are told."""
    return tuple(view.own_of(view.ours, told_pieces(scene, view)))
