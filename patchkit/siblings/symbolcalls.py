"""Where ours calls something otherwise than the siblings do (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.siblings import Finding, FindingKind, Rank, SiblingPlace
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolgaps import Key, neutral
from patchkit.siblings.symbolnotes import counted
from patchkit.siblings.symbolviews import Read, UnitView, told_reads
from patchkit.siblings.wording import listed
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import MEMBER, Call, Definition, DefinitionKind, Signature

_CALLED = (
    DefinitionKind.FUNCTION,
    DefinitionKind.METHOD,
    DefinitionKind.PROTOTYPE,
    DefinitionKind.MACRO,
)


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
        """Calls with other arguments, and calls whose results are taken otherwise."""
        for calls in self._ours.values():
            yield from self._arguments(calls)
            yield from self._results(calls)

    @cached_property
    def _ours(self) -> Mapping[Key, list[Called]]:
        told = {
            self._call_key(call)
            for read in told_reads(self.scene, self.view)
            for call in read.symbols.calls
        }
        return self._calls(self.view, (self.view.ours,), told)

    @cached_property
    def _theirs(self) -> Mapping[Key, list[Called]]:
        return self._calls(self.view, self.view.siblings, self._ours.keys())

    def _theirs_before(self, call: Call) -> list[Called]:
        """What the siblings called in the old version; few calls are asked for."""
        key = self._call_key(call)
        if key not in self._called_before:
            found = self._calls(self.before, self.before.siblings, {key})
            self._called_before[key] = found.get(key, [])
        return self._called_before[key]

    @cached_property
    def _called_before(self) -> dict[Key, list[Called]]:
        return {}

    def _calls(
        self, view: UnitView, variants: Iterable[str], wanted: Collection[Key]
    ) -> Mapping[Key, list[Called]]:
        """The wanted calls in files of their own, by how the name is looked up and the name."""
        names = {name for _, name in wanted}
        found: dict[Key, list[Called]] = {}
        for variant in variants if names else ():
            for read in view.calling(variant, names):
                for call in read.symbols.calls:
                    key = self._call_key(call)
                    if key in wanted:
                        found.setdefault(key, []).append(Called(variant, read, call))
        return found

    @cached_property
    def _definitions(self) -> Mapping[str, list[Definition]]:
        """What ours builds of the names that it calls."""
        names = {
            called.call.name
            for calls in self._ours.values()
            for called in calls
            if self._is_in_doubt(called.call)
        }
        found: dict[str, list[Definition]] = {}
        for read in self.view.defining(names) if names else ():
            members = (one for contract in read.symbols.contracts for one in contract.members)
            for one in (*read.symbols.definitions, *members):
                if one.name in names:
                    found.setdefault(one.name, []).append(one)
        return found

    def _is_in_doubt(self, call: Call) -> bool:
        """Whether what the name is defined with decides anything: what is reached through a value
        is told only where the siblings do it otherwise."""
        if call.qualifier != MEMBER:
            return not call.qualifier
        theirs = [one.call for one in self._siblings_of(call)]
        given = {one.arguments for one in theirs} - {None}
        return (
            (len(given) == 1 and call.arguments is not None and call.arguments not in given)
            or (call.taken == 0 and bool(theirs))
            or any(one.taken not in (None, call.taken) for one in theirs)
        )

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
            else:
                now = self._now(call)
                if now is not None and now != call.arguments == self._once(call):
                    yield self._other_arguments(called, now)

    def _is_done_by_siblings(self, call: Call, wanted: int) -> bool:
        """What is reached through a value can be of a type that is not known here."""
        if call.qualifier != MEMBER:
            return True
        theirs = self._theirs.get((MEMBER, neutral(self.scene.axis, call.name)), [])
        return bool(theirs) and all(one.call.arguments in (wanted, None) for one in theirs)

    def _now(self, call: Call) -> int | None:
        return self._unanimous(self._siblings_of(call))

    def _once(self, call: Call) -> int | None:
        return self._unanimous(self._theirs_before(call))

    def _unanimous(self, calls: Collection[Called]) -> int | None:
        """The number of arguments with which all siblings call it, two of them at least."""
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
        return self._theirs.get(self._call_key(call), [])

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
        given_here = counted(given, "result")
        note = f"{call.name} gives {given_here}, and {call.taken} of them are taken here."
        is_new = any(one.call.taken == call.taken for one in self._theirs_before(call))
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
        did = {one.variant for one in self._theirs_before(call) if one.call.taken != 0}
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


def _without_self(signature: Signature) -> tuple[str, ...]:
    """The parameters that a call through a value names."""
    taken = signature.parameters
    is_self = bool(taken) and re.fullmatch(r"&?(?:'\w+ )?(?:mut )?self(?:\s*:.*)?", taken[0])
    return taken[1:] if is_self else taken
