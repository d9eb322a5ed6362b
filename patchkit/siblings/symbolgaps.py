"""Which symbols siblings have and ours has not (pure).

Two questions: what does code that ours builds use that only siblings define, so that the compiler
or linker stops; and what does every sibling define that ours does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.tree import Path
from patchkit.model.variants import Axis
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolnotes import at, our_path, places, variants_of
from patchkit.siblings.symboluses import Named, Use, unserved_uses
from patchkit.siblings.symbolviews import Sited, UnitView
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import MEMBER, Definition, DefinitionKind

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
                yield self._stop(named[1], sites, here)

    def _only_siblings_have(self) -> Mapping[Named, tuple[Sited, ...]]:
        """Names that siblings define in what ours does not build."""
        found: dict[Named, list[Sited]] = {}
        for sibling in self.view.siblings:
            for site in self.view.sited(sibling):
                one = site.definition
                if one.kind not in _NOT_USED_BY_NAME and not one.is_private and one.name != "main":
                    found.setdefault((site.package, one.name), []).append(site)
        wanted = {named: tuple(sites) for named, sites in found.items() if self._is_needed(sites)}
        return {**wanted, **self._named_after_ours(wanted)}

    def _named_after_ours(
        self, wanted: Mapping[Named, tuple[Sited, ...]]
    ) -> Mapping[Named, tuple[Sited, ...]]:
        """What our files use under our name for what siblings have under theirs."""
        axis = self.scene.axis
        theirs: dict[Named, list[Sited]] = {}
        for (package, name), sites in wanted.items():
            if neutral(axis, name) != name:
                theirs.setdefault((package, neutral(axis, name)), []).extend(sites)
        used = (
            (read.symbols.package, one.name)
            for read in self.view.own(self.view.ours)
            for one in read.symbols.references
            if not one.qualifier
        )
        return {
            (package, name): tuple(theirs[package, neutral(axis, name)])
            for package, name in used
            if (package, neutral(axis, name)) in theirs and (package, name) not in wanted
        }

    def _is_needed(self, sites: Iterable[Sited]) -> bool:
        """Go stops at any name; elsewhere what only some siblings have can be optional."""
        have = {site.variant for site in sites}
        return self.view.unit.language is Language.GO or (
            len(have) > 1 and have >= set(self.view.siblings)
        )

    def _stop(self, name: str, sites: tuple[Sited, ...], uses: list[Use]) -> Finding:
        first = uses[0]
        more = f" (and {len(uses) - 1} more places)" if len(uses) > 1 else ""
        note = (
            f"{at(first.piece.path, first.line)}{more} uses {name}, which {variants_of(sites)} "
            f"define for themselves and {self.scene.variant.name} does not: define it here."
        )
        return Finding(
            FindingKind.SYMBOL,
            Rank.BUILD,
            our_path(self.scene, sites),
            note,
            symbol=name,
            siblings=places(sites),
            is_new=(sites[0].definition.owner, name) not in self._old_names,
        )

    @cached_property
    def _old_names(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (site.definition.owner, site.definition.name)
            for sibling in self.before.siblings
            for site in self.before.sited(sibling)
        )

    def _beside_siblings(self, reported: set[str]) -> Iterator[Finding]:
        """What every sibling defines in its file of a family of which ours has one as well."""
        seen: set[Key] = set()
        for template in self.view.unit.templates:
            members = self.scene.new_families[template]
            ours = members.get(self.scene.variant.name, ())
            common = self._common(members, ours) if ours else {}
            for key, sites in self._without_ours(common).items():
                name = sites[0].definition.name
                if key not in seen and name not in reported:
                    seen.add(key)
                    yield self._lacking(ours[0], key, sites)

    def _common(
        self, members: Mapping[str, tuple[Path, ...]], ours: tuple[Path, ...]
    ) -> Mapping[Key, tuple[Sited, ...]]:
        """What the files of all siblings define, by its name without the variants' words."""
        files: dict[Path, dict[Key, Sited]] = {}
        for name in sorted(members):
            if name not in self.view.targets or name == self.scene.variant.name:
                continue
            for site in self.view.sited(name):
                if site.piece.path in members[name] and site.piece.path not in ours:
                    kept = files.setdefault(site.piece.path, {})
                    if not site.definition.is_private:
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
        axis = self.scene.axis
        own = {key_of(axis, site.definition) for site in self.view.sited(self.view.ours)}
        rest = {key: sites for key, sites in common.items() if key not in own}
        names = {site.definition.name for sites in rest.values() for site in sites}
        built = {
            key_of(axis, one)
            for read in (self.view.built(names) if names else ())
            for one in read.symbols.definitions
            if one.kind is not DefinitionKind.PROTOTYPE
        }
        return {key: sites for key, sites in rest.items() if key not in built}

    def _lacking(self, path: Path, key: Key, sites: tuple[Sited, ...]) -> Finding:
        one = sites[0].definition
        is_test = all(site.piece.is_test for site in sites)
        user = None if is_test else self._member_use(one)
        rank = Rank.BUILD if user else Rank.NOTHING if is_test else Rank.BEHAVIOUR
        what = f"{key[0]}.{key[1]}" if key[0] else key[1]
        used = f", and {user} uses it" if user else ""
        note = (
            f"Every sibling ({variants_of(sites)}) defines the {one.kind.value} {what}{used}; "
            f"{self.scene.variant.name} does not: see whether it needs one."
        )
        is_new = not any(
            (site.definition.owner, site.definition.name) in self._old_names for site in sites
        )
        return Finding(
            FindingKind.SYMBOL,
            rank,
            path,
            note,
            symbol=one.name,
            siblings=places(sites),
            is_new=is_new,
        )

    def _member_use(self, one: Definition) -> str:
        """Where ours uses a method that siblings define for a type that ours has as well."""
        if not one.owner or one.owner != neutral(self.scene.axis, one.owner):
            return ""
        for read in self.view.built((one.name,)):
            for reference in read.symbols.references:
                if reference.name == one.name and reference.qualifier == MEMBER:
                    return at(read.piece.path, reference.line)
        return ""
