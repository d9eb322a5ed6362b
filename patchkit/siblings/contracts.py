"""What all variants provide, and which of it ours does not (pure).

A contract is an interface of Go, a trait of Rust or a struct of function pointers of C that stands
in code which all variants build, and that types of two siblings or more provide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.siblings import Finding, FindingKind, Rank, SiblingPlace
from patchkit.model.tree import Path
from patchkit.siblings.contractviews import (
    Promised,
    Provider,
    promised_in,
    providers_of,
    served_names,
)
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolnotes import counted
from patchkit.siblings.symbolsignatures import neutral_signature, shown_signature
from patchkit.siblings.symbolviews import UnitView, told_pieces
from patchkit.siblings.wording import listed
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import Definition


@dataclass(frozen=True)
class Contracts:
    """The contracts of one unit; `before` is the unit in the old version."""

    scene: Scene
    view: UnitView
    before: UnitView

    def findings(self) -> Iterator[Finding]:
        """What ours lacks of each contract; where it lacks nothing, what changed.

        A member of an interface that others embed is told once.
        """
        told: set[tuple[Path, str]] = set()
        for name, now in promised_in(self.view, self._names).items():
            theirs = providers_of(self.view, now, self.view.siblings)
            ours = providers_of(self.view, now, (self.view.ours,))
            kept = [one for one in theirs if len(theirs[one]) > 1]
            behind: list[Finding] = []
            served = [key for key in kept if self._is_bound(name, now, key, ours.get(key, {}))]
            for key in served:
                for mine in ours[key].values():
                    behind += self._behind(now, self._once.get(name), mine, theirs[key])
            for one in behind:
                if (one.path, one.symbol) not in told:
                    told.add((one.path, one.symbol))
                    yield one
            if served and not behind:
                yield from self._changed(now, self._once.get(name), served, theirs)

    def _is_bound(self, name: str, now: Promised, key: str, ours: Mapping[str, Provider]) -> bool:
        """Whether ours means to provide it: in Go nothing says so but that it did, or nearly does.

        An interface of one method can be provided by the way.
        """
        if not ours or self.view.unit.language is not Language.GO:
            return bool(ours)
        mine = next(iter(ours.values()))
        once = self._once.get(name)
        had = providers_of(self.before, once, (self.view.ours,)) if once is not None else {}
        if once is not None and key in had:
            return any(once.members.keys() <= one.members for one in had[key].values())
        lacking = now.members.keys() - mine.members
        return 2 * len(lacking) <= len(now.members)

    @cached_property
    def _once(self) -> Mapping[str, Promised]:
        return promised_in(self.before, self._names)

    @cached_property
    def _names(self) -> Collection[str]:
        return served_names(self.view, told_pieces(self.scene, self.view))

    def _behind(
        self, now: Promised, once: Promised | None, mine: Provider, theirs: Mapping[str, Provider]
    ) -> Iterator[Finding]:
        old = once.members if once is not None else {}
        for member in now.members.values():
            if member.name in mine.members:
                yield from self._other_signature(now, once, mine, member)
            elif not mine.is_open and self._is_due(now, member, theirs):
                is_new = member.name not in old
                since = " in the new version" if is_new else ""
                what = (
                    f"{now.shown} has the member {member.name}{_signature(member)}{since}, and "
                    f"nothing of {mine.owner} provides it: add it"
                )
                rank = Rank.BUILD if self._is_strict else Rank.BEHAVIOUR
                yield self._finding(rank, mine, mine.line, member.name, what, theirs, is_new=is_new)
        gone = {name: one for name, one in old.items() if name not in now.members}
        for name, one in gone.items():
            left = mine.own.get(name)
            if left is not None and not any(name in other.own for other in theirs.values()):
                # A trait and a struct take no member that they do not have.
                is_wrong = self.view.unit.language is not Language.GO
                rank = Rank.BUILD if is_wrong else Rank.BEHAVIOUR
                what = (
                    f"{name}{_signature(one)} left {now.shown} in the new version, and the "
                    f"siblings have it no more: see whether {mine.owner} still needs it"
                )
                yield self._finding(rank, mine, left.line, name, what, theirs, is_new=True)

    @property
    def _is_strict(self) -> bool:
        """Whether the compiler wants all members."""
        return self.view.unit.language is not Language.C

    def _is_due(self, now: Promised, member: Definition, theirs: Mapping[str, Provider]) -> bool:
        """An optional member is due where every sibling has it."""
        if member.name not in now.optional:
            return True
        return not self._is_strict and all(member.name in one.members for one in theirs.values())

    def _other_signature(
        self, now: Promised, once: Promised | None, mine: Provider, member: Definition
    ) -> Iterator[Finding]:
        own, axis = mine.own.get(member.name), self.scene.axis
        if own is None or own.signature is None or member.signature is None:
            return
        if neutral_signature(axis, own.signature) == neutral_signature(axis, member.signature):
            return
        old = once.members.get(member.name) if once is not None else None
        is_new = (
            old is None
            or old.signature is None
            or (neutral_signature(axis, old.signature) != neutral_signature(axis, member.signature))
        )
        since = " in the new version" if is_new else ""
        what = (
            f"{member.name} is {shown_signature(member.signature)} in {now.shown}{since}, and "
            f"{shown_signature(own.signature)} here: change it"
        )
        yield self._finding(Rank.BUILD, mine, own.line, member.name, what, {}, is_new=is_new)

    def _finding(
        self,
        rank: Rank,
        mine: Provider,
        line: int,
        symbol: str,
        what: str,
        theirs: Mapping[str, Provider],
        *,
        is_new: bool,
    ) -> Finding:
        return Finding(
            FindingKind.CONTRACT,
            rank,
            mine.path,
            f"{what}.",
            line=line,
            symbol=symbol,
            siblings=tuple(_places(theirs, symbol)),
            is_new=is_new,
        )

    def _changed(
        self,
        now: Promised,
        once: Promised | None,
        served: Iterable[str],
        theirs: Mapping[str, Mapping[str, Provider]],
    ) -> Iterator[Finding]:
        """What changed of a contract that ours provides wholly."""
        if once is None:
            return
        axis = self.scene.axis
        added = now.members.keys() - once.members.keys()
        removed = once.members.keys() - now.members.keys()
        changed = {
            name
            for name, one in now.members.items()
            if name in once.members
            and one.signature is not None
            and (other := once.members[name].signature) is not None
            and neutral_signature(axis, one.signature) != neutral_signature(axis, other)
        }
        parts = [
            f"{len(names)} {word}"
            for names, word in ((added, "added"), (removed, "removed"), (changed, "changed"))
            if names
        ]
        if not parts:
            return
        names = sorted({provider.variant for key in served for provider in theirs[key].values()})
        note = (
            f"{now.shown} went from {len(once.members)} to {counted(len(now.members), 'member')} "
            f"({', '.join(parts)}); {self.scene.variant.name} provides all of them, as "
            f"{listed(names)} do."
        )
        yield Finding(
            FindingKind.CONTRACT,
            Rank.NOTHING,
            now.path,
            note,
            line=now.line,
            symbol=now.name,
            is_new=True,
        )


def _signature(member: Definition) -> str:
    return shown_signature(member.signature) if member.signature is not None else ""


def _places(theirs: Mapping[str, Provider], symbol: str) -> Iterator[SiblingPlace]:
    for variant in sorted(theirs):
        own = theirs[variant].own.get(symbol)
        if own is not None:
            yield SiblingPlace(variant, theirs[variant].path, own.line)
