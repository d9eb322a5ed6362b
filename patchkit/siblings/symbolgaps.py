"""Which symbols siblings have and ours has not (pure).

Two questions: what does code that ours builds use that only siblings define, so that the compiler
or linker stops; and what does every sibling define that ours does not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.tree import Path
from patchkit.model.variants import Axis
from patchkit.siblings.families import templates_of
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolasked import is_private, names_asked
from patchkit.siblings.symbolmethods import methods_of
from patchkit.siblings.symbolnotes import at, our_path, places, variants_of
from patchkit.siblings.symboluses import Named, Use, unserved_uses
from patchkit.siblings.symbolviews import Read, Sited, UnitView, sited_in
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import MEMBER, Definition, DefinitionKind
from patchkit.syntax.words import has_word, may_name

Key = tuple[str, str]
"""What a definition is called, its owner and its name, without the words of variants."""

_NOT_USED_BY_NAME = (DefinitionKind.METHOD, DefinitionKind.RULE, DefinitionKind.PROTOTYPE)


def key_of(axis: Axis, definition: Definition) -> Key:
    """The name by which siblings have the same thing."""
    return neutral(axis, definition.owner), neutral(axis, definition.name)


def neutral(axis: Axis, text: str) -> str:
    """A text without the words of variants."""
    return axis.neutral(text.encode()).decode()


@dataclass(frozen=True)
class Gaps:
    """What is missing in one unit; `before` is the unit in the old version."""

    scene: Scene
    view: UnitView
    before: UnitView

    def findings(self) -> Iterator[Finding]:
        """What the build stops at, then what only the siblings have."""
        stops = tuple(self._for_the_build())
        yield from stops
        yield from self._beside_siblings({one.symbol for one in stops})

    def _for_the_build(self) -> Iterator[Finding]:
        wanted = self._only_siblings_have()
        uses = unserved_uses(self.view, wanted)
        for named, sites in wanted.items():
            is_for_all = any(not site.piece.is_test for site in sites)
            here = [use for use in uses.get(named, ()) if is_for_all or use.piece.is_test]
            if here:
                yield self._stop(named[1], sites, here, self._rank_of(here))

    def _rank_of(self, uses: Collection[Use]) -> Rank:
        """A makefile goes on without a variable that it only asks for or lists; tests of C and
        Rust are built by themselves, if at all; a word in a text is not always the name."""
        if all(use.is_rough for use in uses):
            return Rank.BEHAVIOUR
        if self.view.unit.language in (Language.C, Language.RUST):
            is_for_tests = all(use.piece.is_test for use in uses)
            return Rank.BEHAVIOUR if is_for_tests else Rank.BUILD
        if self.view.unit.language is not Language.MAKE:
            return Rank.BUILD
        lines = (
            self.view.sources.content(use.piece.path).split(b"\n")[use.line - 1] for use in uses
        )
        is_needed = any(
            b"$" in line and not re.match(rb"\s*(?:else\s+)?if", line) for line in lines
        )
        return Rank.BUILD if is_needed else Rank.BEHAVIOUR

    def _only_siblings_have(self) -> Mapping[Named, tuple[Sited, ...]]:
        """Names that siblings define in what ours does not build."""
        found: dict[Named, list[Sited]] = {}
        for sibling in self.view.siblings:
            for site in self._asked_of(sibling):
                one = site.definition
                is_shared = one.kind not in _NOT_USED_BY_NAME and not is_private(site)
                if is_shared and one.name != "main":
                    found.setdefault((site.package, one.name), []).append(site)
        wanted = {named: tuple(sites) for named, sites in found.items() if self._is_needed(sites)}
        return {**wanted, **self._named_after_ours(wanted)}

    def _asked_of(self, sibling: str) -> Iterator[Sited]:
        """What a sibling defines, as far as it can be missing in what is told of."""
        names = self._asked
        if names is None:
            yield from self.view.sited(sibling)
            return
        for site in sited_in(sibling, self.view.own_naming(sibling, names) if names else ()):
            if neutral(self.scene.axis, site.definition.name) in names:
                yield site

    @cached_property
    def _asked(self) -> frozenset[str] | None:
        return names_asked(self.scene, self.view)

    def _named_after_ours(
        self, wanted: Mapping[Named, tuple[Sited, ...]]
    ) -> Mapping[Named, tuple[Sited, ...]]:
        """What our files use under our name for what siblings have under theirs."""
        axis = self.scene.axis
        theirs: dict[Named, list[Sited]] = {}
        for (package, name), sites in wanted.items():
            if neutral(axis, name) != name:
                theirs.setdefault((package, neutral(axis, name)), []).extend(sites)
        if not theirs:
            return {}
        names = {name for _, name in theirs}
        used = (
            (read.symbols.package, one.name)
            for read in self.view.calling(self.view.ours, names)
            for one in read.symbols.references
            if not one.qualifier
        )
        return {
            (package, name): tuple(theirs[package, neutral(axis, name)])
            for package, name in used
            if (package, neutral(axis, name)) in theirs and (package, name) not in wanted
        }

    def _is_needed(self, sites: Collection[Sited]) -> bool:
        """Go stops at any name; elsewhere what only some siblings have can be optional."""
        if self.view.unit.language is Language.GO:
            return True
        if any(self.view.ours in site.piece.variants for site in sites):
            return len({site.variant for site in sites}) > 1
        paths = {site.piece.path for site in sites}
        families = {
            template.path for path in paths for template in templates_of(path, self.scene.axis)
        }
        return any(
            len(theirs) > 1 and theirs <= paths
            for family in families
            if (theirs := self._sibling_paths(family))
        )

    def _sibling_paths(self, family: bytes) -> set[Path]:
        members = self.scene.new_families.get(family, {})
        ours = members.get(self.scene.variant.name, ())
        return {path for paths in members.values() for path in paths if path not in ours}

    def _stop(self, name: str, sites: tuple[Sited, ...], uses: list[Use], rank: Rank) -> Finding:
        first = uses[0]
        more = f" (and {len(uses) - 1} more places)" if len(uses) > 1 else ""
        path = our_path(self.scene, sites)
        is_here = any(site.piece.path == path for site in sites)
        what = (
            f"this file has it for {variants_of(sites)} only: let it have it for "
            f"{self.scene.variant.name} too"
            if is_here
            else f"{variants_of(sites)} define it for themselves and {self.scene.variant.name} "
            "does not: define it here"
        )
        note = f"{at(first.piece.path, first.line)}{more} uses {name}; {what}."
        return Finding(
            FindingKind.SYMBOL,
            rank,
            path,
            note,
            symbol=name,
            siblings=places(sites),
            is_new=self._is_new(sites),
        )

    def _is_new(self, sites: Iterable[Sited]) -> bool:
        """Whether nothing in the old version is called so."""
        return not self.before.is_defined(site.definition.name for site in sites)

    def _beside_siblings(self, reported: set[str]) -> Iterator[Finding]:
        """What every sibling defines in its file of a family of which ours has one as well."""
        seen = {("", neutral(self.scene.axis, name)) for name in reported}
        for template in self.view.unit.templates:
            members = self.scene.new_families[template]
            ours = members.get(self.scene.variant.name, ())
            if not self._is_asked(members):
                continue
            lacking = self._without_ours(self._common(members, ours))
            names = frozenset(sites[0].definition.name for sites in lacking.values())
            for key, sites in lacking.items():
                if key in seen:
                    continue
                found = self._lacking(our_path(self.scene, sites), key, sites, names)
                # Without a file of ours it is the file that is missing, and what is needed of it.
                if ours or found.rank is Rank.BUILD:
                    seen.add(key)
                    yield found

    def _is_asked(self, members: Mapping[str, tuple[Path, ...]]) -> bool:
        """Whether a name that can be missing in what is told of can stand in one of the files."""
        names = self._asked
        paths = {path for some in members.values() for path in some}
        return names is None or any(
            may_name(self.view.sources.content(path), names) for path in paths
        )

    def _common(
        self, members: Mapping[str, tuple[Path, ...]], ours: tuple[Path, ...]
    ) -> Mapping[Key, tuple[Sited, ...]]:
        """What the files of all siblings define, by its name without the variants' words."""
        files: dict[Path, dict[Key, Sited]] = {}
        for name in sorted(members):
            if name not in self.view.targets or name == self.scene.variant.name:
                continue
            theirs = set(members[name]).difference(ours)
            pieces = [piece for piece in self.view.pieces if piece.path in theirs]
            for site in sited_in(name, self.view.own_of(name, pieces)):
                kept = files.setdefault(site.piece.path, {})
                if not is_private(site):
                    kept.setdefault(key_of(self.scene.axis, site.definition), site)
        if len(files) < 2:
            return {}
        common = set.intersection(*(set(one) for one in files.values()))
        first = next(iter(files.values()))
        return {key: tuple(one[key] for one in files.values()) for key in first if key in common}

    def _without_ours(
        self, common: Mapping[Key, tuple[Sited, ...]]
    ) -> Mapping[Key, tuple[Sited, ...]]:
        """Of these what nothing that ours builds defines."""
        axis, ours = self.scene.axis, self.view.ours
        reads = self.view.own_naming(ours, {name for _, name in common}) if common else ()
        own = {key_of(axis, site.definition) for site in sited_in(ours, reads)}
        rest = {key: sites for key, sites in common.items() if key not in own}
        names = {site.definition.name for sites in rest.values() for site in sites}
        built = {
            key_of(axis, one)
            for read in (self.view.defining(names) if names else ())
            for one in read.symbols.definitions
            if one.kind is not DefinitionKind.PROTOTYPE
        }
        return {key: sites for key, sites in rest.items() if key not in built}

    def _lacking(
        self, path: Path, key: Key, sites: tuple[Sited, ...], names: Collection[str]
    ) -> Finding:
        one = sites[0].definition
        is_test = all(site.piece.is_test for site in sites)
        user = None if is_test else self._member_use(one, names)
        rank = Rank.BUILD if user else Rank.BEHAVIOUR
        is_new = self._is_new(sites)
        if is_test or not (user or is_new or one.owner or self._is_for_all(one)):
            # What siblings have for themselves since long is their way to do it.
            rank = Rank.NOTHING
        what = f"{key[0]}.{key[1]}" if key[0] else key[1]
        used = f", and {user} uses it" if user else ""
        ask = "define it here" if user else "see whether it needs one"
        note = (
            f"Every sibling ({variants_of(sites)}) defines the {one.kind.value} {what}{used}; "
            f"{self.scene.variant.name} does not: {ask}."
        )
        return Finding(
            FindingKind.SYMBOL,
            rank,
            path,
            note,
            symbol=key[1],
            siblings=places(sites),
            is_new=is_new,
        )

    def _is_for_all(self, one: Definition) -> bool:
        """Whether a file that ours and siblings build says the name."""
        name = frozenset((one.name.encode(),))
        return any(
            self.view.ours in piece.variants
            and len(piece.variants) > 1
            and has_word(self.view.sources.content(piece.path), name)
            for piece in self.view.pieces
        )

    def _member_use(self, one: Definition, names: Collection[str]) -> str:
        """Where ours uses a method that siblings define and nothing that ours builds; `names` are
        all that is asked for.

        For a type that all have, any use counts; for a type of their own, those in our own files.
        """
        if not one.owner:
            return ""
        if one.owner == neutral(self.scene.axis, one.owner):
            reads: Iterable[Read] = self.view.using_member(one.name, names)
        else:
            reads = () if self._has_method(one) else self.view.own(self.view.ours)
        for read in reads:
            for reference in read.symbols.references:
                if reference.name == one.name and reference.qualifier == MEMBER:
                    return at(read.piece.path, reference.line)
        return ""

    def _has_method(self, one: Definition) -> bool:
        """Whether our type of the same sort has the method, or can have it."""
        owner = neutral(self.scene.axis, one.owner)
        types = [
            site.definition
            for site in self.view.sited(self.view.ours)
            if site.definition.kind is DefinitionKind.TYPE
            and neutral(self.scene.axis, site.definition.name) == owner
        ]
        known = [methods_of(self.view, self.view.ours, mine) for mine in types]
        return not known or any(one.name in names or is_open for names, is_open in known)
