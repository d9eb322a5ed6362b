"""Where ours defines a function with other parameters or results than the siblings do (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.variants import Axis
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolgaps import Key, key_of, neutral
from patchkit.siblings.symbolnotes import places, variants_of
from patchkit.siblings.symbolviews import Sited, UnitView, sited_in, told_reads
from patchkit.syntax.symbols import MEMBER, Definition, Signature

_QUALIFIER = re.compile(r"\b\w+(?:\.|::)")


def neutral_signature(axis: Axis, signature: Signature) -> Signature:
    """A signature without the words of variants, and without where its types are from: files can
    call the same import otherwise."""

    def plain(types: Iterable[str]) -> tuple[str, ...]:
        return tuple(_QUALIFIER.sub("", neutral(axis, one)) for one in types)

    return Signature(plain(signature.parameters), plain(signature.results), signature.is_variadic)


def shown_signature(signature: Signature) -> str:
    """A signature as part of a sentence.

    >>> shown_signature(Signature(("int",), ("bool", "error")))
    '(int) -> (bool, error)'
    """
    taken = f"({', '.join(signature.parameters)})"
    return f"{taken} -> ({', '.join(signature.results)})" if signature.results else taken


@dataclass(frozen=True)
class Signatures:
    """The signatures of one unit; `before` is the unit in the old version."""

    scene: Scene
    view: UnitView
    before: UnitView

    def findings(self) -> Iterator[Finding]:
        """One for each definition that siblings agree on and ours has otherwise."""
        ours = [
            (site, site.definition.signature)
            for site in sited_in(self.view.ours, told_reads(self.scene, self.view))
            if site.definition.signature is not None and not site.piece.is_test
        ]
        names = {self._key(site)[1] for site, _ in ours}
        theirs = _by_key(self.scene.axis, self._defined(self.view, names))
        for site, mine in ours:
            sites = theirs.get(self._key(site), [])
            if len({one.variant for one in sites}) < 2:
                continue
            common = self._agreed(sites)
            if common is None or common == neutral_signature(self.scene.axis, mine):
                continue
            if self._is_used_by_all(site.definition):
                yield self._other_signature(site, sites, is_new=self._once(site) != common)

    def _once(self, site: Sited) -> Signature | None:
        """What the siblings agreed on in the old version."""
        key = self._key(site)
        before = _by_key(self.scene.axis, self._defined(self.before, {key[1]}))
        return self._agreed(before.get(key, []))

    def _defined(self, view: UnitView, names: Collection[str]) -> Iterator[Sited]:
        """What siblings define in the files that can have one of the names."""
        for sibling in view.siblings if names else ():
            for site in sited_in(sibling, view.own_naming(sibling, names)):
                if site.definition.signature is not None and not site.piece.is_test:
                    yield site

    def _key(self, site: Sited) -> Key:
        return key_of(self.scene.axis, site.definition)

    def _agreed(self, sites: Iterable[Sited]) -> Signature | None:
        """The signature that all of them have."""
        found = {
            neutral_signature(self.scene.axis, site.definition.signature)
            for site in sites
            if site.definition.signature is not None
        }
        return found.pop() if len(found) == 1 else None

    def _is_used_by_all(self, one: Definition) -> bool:
        """Whether a file that siblings build as well uses the name."""
        return any(
            reference.name == one.name and bool(one.owner) == (reference.qualifier == MEMBER)
            for read in self.view.built((one.name,))
            if len(read.piece.variants) > 1
            for reference in read.symbols.references
        )

    def _other_signature(self, site: Sited, sites: list[Sited], *, is_new: bool) -> Finding:
        one = site.definition
        assert one.signature is not None
        assert sites[0].definition.signature is not None
        since = " since the new version" if is_new else ""
        note = (
            f"{one.name} has the signature {shown_signature(sites[0].definition.signature)} in "
            f"{variants_of(sites)}{since}, and {shown_signature(one.signature)} here: change it "
            "as they did."
        )
        return Finding(
            FindingKind.SIGNATURE,
            Rank.BUILD,
            site.piece.path,
            note,
            line=one.line,
            symbol=one.name,
            siblings=places(sites),
            is_new=is_new,
        )


def _by_key(axis: Axis, sites: Iterable[Sited]) -> Mapping[Key, list[Sited]]:
    found: dict[Key, list[Sited]] = {}
    for site in sites:
        found.setdefault(key_of(axis, site.definition), []).append(site)
    return found
