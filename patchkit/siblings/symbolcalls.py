"""Where ours defines or calls something otherwise than the siblings do (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.siblings import Finding, FindingKind, Rank, SiblingPlace
from patchkit.model.variants import Axis
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolgaps import Key, key_of, neutral
from patchkit.siblings.symbolnotes import counted, listed, places, variants_of
from patchkit.siblings.symbolviews import Read, Sited, UnitView
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import MEMBER, Call, Definition, DefinitionKind, Signature

_QUALIFIER = re.compile(r"\b\w+(?:\.|::)")
_CALLED = (
    DefinitionKind.FUNCTION,
    DefinitionKind.METHOD,
    DefinitionKind.PROTOTYPE,
    DefinitionKind.MACRO,
)


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


@dataclass(frozen=True, slots=True)
class Called:
    """A call in a file of a variant's own."""

    variant: str
    read: Read
    call: Call

    @property
    def place(self) -> SiblingPlace:
        """As findings show it."""
        return SiblingPlace(self.variant, self.read.piece.path, self.call.line)


@dataclass(frozen=True)
class Calls:
    """What differs in one unit; `before` is the unit in the old version."""

    scene: Scene
    view: UnitView
    before: UnitView

    def findings(self) -> Iterator[Finding]:
        """Definitions with another signature, then calls."""
        yield from self._signatures()
        for calls in self._ours.values():
            yield from self._arguments(calls)
            yield from self._results(calls)

    def _signatures(self) -> Iterator[Finding]:
        theirs = _by_key(self.scene.axis, self._defined(self.view))
        before = _by_key(self.scene.axis, self._defined(self.before))
        for site in self.view.sited(self.view.ours):
            mine, sites = site.definition.signature, theirs.get(self._key(site), [])
            if mine is None or site.piece.is_test or len({one.variant for one in sites}) < 2:
                continue
            common = self._agreed(sites)
            if common is None or common == neutral_signature(self.scene.axis, mine):
                continue
            if self._is_used_by_all(site.definition):
                is_new = self._agreed(before.get(self._key(site), [])) != common
                yield self._other_signature(site, sites, is_new=is_new)

    def _defined(self, view: UnitView) -> Iterator[Sited]:
        for sibling in view.siblings:
            for site in view.sited(sibling):
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

    @cached_property
    def _ours(self) -> Mapping[Key, list[Called]]:
        return self._calls(self.view, (self.view.ours,))

    @cached_property
    def _theirs(self) -> Mapping[Key, list[Called]]:
        return self._calls(self.view, self.view.siblings)

    @cached_property
    def _theirs_before(self) -> Mapping[Key, list[Called]]:
        return self._calls(self.before, self.before.siblings)

    def _calls(self, view: UnitView, variants: Iterable[str]) -> Mapping[Key, list[Called]]:
        """Calls in files of their own, by how the name is looked up and the name."""
        found: dict[Key, list[Called]] = {}
        for variant in variants:
            for read in view.own(variant):
                for call in read.symbols.calls:
                    key = (call.qualifier, neutral(self.scene.axis, call.name))
                    found.setdefault(key, []).append(Called(variant, read, call))
        return found

    @cached_property
    def _definitions(self) -> Mapping[str, list[Definition]]:
        """What ours builds of the names that it calls."""
        names = {called.call.name for calls in self._ours.values() for called in calls}
        found: dict[str, list[Definition]] = {}
        for read in self.view.built(names) if names else ():
            members = (one for contract in read.symbols.contracts for one in contract.members)
            for one in (*read.symbols.definitions, *members):
                if one.name in names:
                    found.setdefault(one.name, []).append(one)
        return found

    def _signature_of(self, call: Call) -> Signature | None:
        """What the definitions of a called name agree on; None where they do not, or where it may
        be defined elsewhere as well."""
        if call.qualifier not in ("", MEMBER):
            return None
        is_member = call.qualifier == MEMBER
        given = [
            one
            for one in self._definitions.get(call.name, ())
            if (one.kind is DefinitionKind.METHOD) == is_member
        ]
        if not given or any(one.kind not in _CALLED or one.signature is None for one in given):
            return None
        found = {
            (len(_without_self(one.signature)), len(one.signature.results), one.signature)
            for one in given
            if one.signature is not None
        }
        widths = {(taken, results) for taken, results, _ in found}
        return next(iter(found))[2] if len(widths) == 1 else None

    def _arguments(self, calls: list[Called]) -> Iterator[Finding]:
        for called in calls:
            call, signature = called.call, self._signature_of(called.call)
            if call.arguments is None:
                continue
            if signature is not None:
                wanted = len(_without_self(signature))
                is_sure = not signature.is_variadic and self._is_done_by_siblings(call, wanted)
                if is_sure and wanted != call.arguments:
                    yield self._other_arguments(called, wanted)
            elif call.arguments == self._once(call) != self._now(call) is not None:
                yield self._other_arguments(called, self._now(call) or 0)

    def _is_done_by_siblings(self, call: Call, wanted: int) -> bool:
        """What is reached through a value can be of a type that is not known here."""
        if call.qualifier != MEMBER:
            return True
        theirs = self._theirs.get((MEMBER, neutral(self.scene.axis, call.name)), [])
        return bool(theirs) and all(one.call.arguments in (wanted, None) for one in theirs)

    def _now(self, call: Call) -> int | None:
        return self._unanimous(self._theirs, call)

    def _once(self, call: Call) -> int | None:
        return self._unanimous(self._theirs_before, call)

    def _unanimous(self, theirs: Mapping[Key, list[Called]], call: Call) -> int | None:
        """The number of arguments with which all siblings call it, two of them at least."""
        calls = theirs.get((call.qualifier, neutral(self.scene.axis, call.name)), [])
        given = {one.call.arguments for one in calls}
        is_common = len({one.variant for one in calls}) > 1
        return given.pop() if len(given) == 1 and is_common else None

    def _other_arguments(self, called: Called, wanted: int) -> Finding:
        call = called.call
        theirs = self._siblings_of(call)
        how = f", as {listed(sorted({one.variant for one in theirs}))} give" if theirs else ""
        note = (
            f"{call.name} is called with {counted(call.arguments or 0, 'argument')}, and takes "
            f"{wanted}{how}."
        )
        is_new = self._once(call) != wanted
        return self._finding(called, Rank.BUILD, note, is_new=is_new)

    def _siblings_of(self, call: Call) -> list[Called]:
        return self._theirs.get((call.qualifier, neutral(self.scene.axis, call.name)), [])

    def _results(self, calls: list[Called]) -> Iterator[Finding]:
        for called in calls:
            call, signature = called.call, self._signature_of(called.call)
            given = len(signature.results) if signature is not None else None
            is_go = self.view.unit.language is Language.GO
            if call.taken and given is not None and is_go and given != call.taken:
                theirs = self._siblings_of(call)
                if not call.qualifier or any(one.call.taken == given for one in theirs):
                    yield self._other_results(called, given)
        if all(one.call.taken == 0 for one in calls) and not calls[0].read.piece.is_test:
            yield from self._dropped(calls)

    def _other_results(self, called: Called, given: int) -> Finding:
        call = called.call
        note = f"{call.name} gives {counted(given, 'result')}, and {call.taken} of them are taken here."
        is_new = any(
            one.call.taken == call.taken
            for one in self._theirs_before.get(self._call_key(call), [])
        )
        return self._finding(called, Rank.BUILD, note, is_new=is_new)

    def _call_key(self, call: Call) -> Key:
        return call.qualifier, neutral(self.scene.axis, call.name)

    def _dropped(self, calls: list[Called]) -> Iterator[Finding]:
        """A result that all siblings use and ours drops."""
        call = calls[0].call
        theirs = [one for one in self._siblings_of(call) if not one.read.piece.is_test]
        variants = {one.variant for one in theirs}
        if len(variants) < 2 or any(one.call.taken == 0 for one in theirs):
            return
        signature = self._signature_of(call)
        is_same_caller = {neutral(self.scene.axis, one.call.caller) for one in theirs} == {
            neutral(self.scene.axis, one.call.caller) for one in calls
        }
        if signature is not None and not signature.results:
            return
        if signature is None and not is_same_caller:
            return
        before = self._theirs_before.get(self._call_key(call), [])
        did = {one.variant for one in before if one.call.taken != 0}
        is_new = not variants <= did
        gives = f" ({', '.join(signature.results)})" if signature is not None else ""
        since = "since the new version" if is_new else "in the old version already"
        note = (
            f"The result of {call.name}{gives} is dropped here; {listed(sorted(variants))} use it "
            f"{since}: use it as they do."
        )
        yield self._finding(calls[0], Rank.BEHAVIOUR, note, is_new=is_new)

    def _finding(self, called: Called, rank: Rank, note: str, *, is_new: bool) -> Finding:
        theirs: dict[str, SiblingPlace] = {}
        for one in self._siblings_of(called.call):
            theirs.setdefault(one.variant, one.place)
        return Finding(
            FindingKind.CALL,
            rank,
            called.read.piece.path,
            note,
            line=called.call.line,
            symbol=called.call.name,
            siblings=tuple(theirs[name] for name in sorted(theirs)),
            is_new=is_new,
        )


def _by_key(axis: Axis, sites: Iterable[Sited]) -> Mapping[Key, list[Sited]]:
    found: dict[Key, list[Sited]] = {}
    for site in sites:
        found.setdefault(key_of(axis, site.definition), []).append(site)
    return found


def _without_self(signature: Signature) -> tuple[str, ...]:
    """The parameters that a call through a value names."""
    taken = signature.parameters
    is_self = bool(taken) and re.fullmatch(r"&?(?:'\w+ )?(?:mut )?self(?:\s*:.*)?", taken[0])
    return taken[1:] if is_self else taken
