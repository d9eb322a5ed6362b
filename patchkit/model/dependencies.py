"""Which patch of a stack needs which, as one value (ground floor, no I/O).

A patch *needs* an earlier one when it does not apply without it, or would go to another place. It
*stays behind* one when it changes what the other expects: either can go without the other, but the
two cannot change places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from patchkit.model.tree import Path


class BondKind(Enum):
    """Why a patch is bound to an earlier one, the strongest first; the value is the word in
    output."""

    FILE = "file"
    """The earlier patch made the file, moved it there, or made room for it."""
    LINES = "lines"
    """It changes lines that the earlier patch wrote, or edits where that one removed lines."""
    CONTEXT = "context"
    """Its context has lines that the earlier patch wrote, or closes a gap that it made."""
    PLACE = "place"
    """Its text could stand in several places: line numbers decide, which the earlier patch
    shifts."""
    ORDER = "order"
    """No need: it changes what the earlier patch expects, so that one cannot come after it."""


_STRENGTH = {kind: rank for rank, kind in enumerate(BondKind)}


@dataclass(frozen=True, slots=True)
class Reason:
    """What binds a patch to an earlier one, and in which file."""

    kind: BondKind
    file: Path


@dataclass(frozen=True, slots=True)
class Bond:
    """The patch `patch` is bound to the earlier patch `to`; the strongest reason comes first."""

    patch: str
    to: str
    reasons: tuple[Reason, ...]

    @property
    def kind(self) -> BondKind:
        """The strongest of its kinds."""
        return self.reasons[0].kind

    @property
    def is_need(self) -> bool:
        """Whether `patch` cannot go without `to`; else only their order matters."""
        return self.kind is not BondKind.ORDER

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that bind the two, each once."""
        return tuple(dict.fromkeys(reason.file for reason in self.reasons))

    @property
    def kinds(self) -> tuple[BondKind, ...]:
        """The kinds, each once, the strongest first."""
        return tuple(dict.fromkeys(reason.kind for reason in self.reasons))


def bond(patch: str, to: str, reasons: Iterable[Reason]) -> Bond:
    """A bond with its reasons in order: the strongest kind first, then by file."""
    ordered = sorted(set(reasons), key=lambda reason: (_STRENGTH[reason.kind], reason.file))
    return Bond(patch, to, tuple(ordered))


@dataclass(frozen=True)
class Dependencies:
    """The direct bonds between the patches of a stack.

    `patches` are all names in the order of the series, `bonds` are ordered by the patch that is
    bound, then by the other. Of the `unplaced` patches, which do not apply to their own base, only
    a part is known.
    """

    patches: tuple[str, ...]
    bonds: tuple[Bond, ...]
    unplaced: tuple[str, ...] = ()

    def needs(self, name: str) -> tuple[Bond, ...]:
        """What the patch needs itself."""
        return tuple(one for one in self._bonds_of.get(name, ()) if one.is_need)

    def needed_by(self, name: str) -> tuple[Bond, ...]:
        """What needs the patch itself."""
        return tuple(one for one in self._bonds_to.get(name, ()) if one.is_need)

    def stays_behind(self, name: str) -> tuple[Bond, ...]:
        """The earlier patches that it does not need and cannot be moved before."""
        return tuple(one for one in self._bonds_of.get(name, ()) if not one.is_need)

    def last_before(self, name: str) -> str | None:
        """The patch just behind which it can be moved; None: it can be the first."""
        bonds = self._bonds_of.get(name, ())
        return bonds[-1].to if bonds else None

    def first_behind(self, name: str) -> str | None:
        """The patch just before which it can be moved; None: it can be the last."""
        bonds = self._bonds_to.get(name, ())
        return bonds[0].patch if bonds else None

    def with_needs(self, names: Iterable[str]) -> tuple[str, ...]:
        """These patches and all that they need, in the order of the series."""
        return self._reached(names, lambda name: [one.to for one in self.needs(name)])

    def with_dependents(self, names: Iterable[str]) -> tuple[str, ...]:
        """These patches and all that need one of them, in the order of the series."""
        return self._reached(names, lambda name: [one.patch for one in self.needed_by(name)])

    def among(self, names: Iterable[str]) -> Dependencies:
        """What is bound to what among these patches alone."""
        kept = set(names)
        return Dependencies(
            tuple(name for name in self.patches if name in kept),
            tuple(one for one in self.bonds if one.patch in kept and one.to in kept),
            tuple(name for name in self.unplaced if name in kept),
        )

    def _reached(
        self, names: Iterable[str], next_to: Callable[[str], Sequence[str]]
    ) -> tuple[str, ...]:
        pending = list(names)
        found = set(pending)
        while pending:
            for name in next_to(pending.pop()):
                if name not in found:
                    found.add(name)
                    pending.append(name)
        return tuple(name for name in self.patches if name in found)

    @cached_property
    def _bonds_of(self) -> Mapping[str, Sequence[Bond]]:
        return _grouped(self.bonds, lambda one: one.patch)

    @cached_property
    def _bonds_to(self) -> Mapping[str, Sequence[Bond]]:
        return _grouped(self.bonds, lambda one: one.to)


def _grouped(bonds: Iterable[Bond], key: Callable[[Bond], str]) -> Mapping[str, Sequence[Bond]]:
    groups: dict[str, list[Bond]] = {}
    for one in bonds:
        groups.setdefault(key(one), []).append(one)
    return groups
