"""Many packages ported in one run, as values (ground floor, no I/O).

Fleet > FleetPackage        what is asked for
FleetReport > PackageOutcome    what became of it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from patchkit.model.report import Held, HeldCause, Report, Status


@dataclass(frozen=True, slots=True)
class Limits:
    """What one package may take: seconds of wall clock, bytes of memory of all its processes
    together; None: no limit."""

    seconds: int | None = None
    memory: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class FleetPackage:
    """One package to port. `stack` is the absolute path of its stack or packaging repository.

    `upstream` None leaves it to the settings beside the stack, `old` and `new` None to what the
    packaging repository and its upstream say.
    """

    name: str
    stack: str
    upstream: str | None = None
    old: str | None = None
    new: str | None = None
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Fleet:
    """The packages of a run, each name once; `name` is what the whole is called, `notes` are
    sentences for a person on what is left out."""

    name: str
    packages: tuple[FleetPackage, ...]
    notes: tuple[str, ...] = ()


class Ending(Enum):
    """How the port of a package ended, from best to worst; the value is the word in reports."""

    CURRENT = "current"
    """Upstream has no newer version: nothing was to be ported."""
    PORTED = "ported"
    """Ported and proved; no person is needed."""
    CONFLICTS = "conflicts"
    """Ported as far as possible and proved; regions are left to a person."""
    BAD_INPUT = "bad-input"
    """The stack or its settings cannot be read."""
    NO_UPSTREAM = "no-upstream"
    """The upstream or one of its versions cannot be had."""
    TIME_LIMIT = "time-limit"
    """It took longer than it may."""
    MEMORY_LIMIT = "memory-limit"
    """It needed more memory than it may."""
    CRASHED = "crashed"
    """Its process ended without an answer, or by a fault of patchkit."""
    UNPROVED = "unproved"
    """What would have been written does not give the tree that was computed."""

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look at the package."""
        return self not in (Ending.CURRENT, Ending.PORTED)

    @property
    def is_final(self) -> bool:
        """Whether the same inputs end the same way, so that a later run need not repeat it."""
        return self not in (Ending.BAD_INPUT, Ending.NO_UPSTREAM, Ending.CRASHED)

    @property
    def is_limit(self) -> bool:
        """Whether other limits could have ended it otherwise."""
        return self in (Ending.TIME_LIMIT, Ending.MEMORY_LIMIT)


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """What became of one package.

    `old` and `new` are the versions, "" where they were not found out. `message` says why it has no
    port. `identity` is a SHA-256 over all that the port depends on, "" where it was not found out.
    `patches` counts its patches by status, `causes` the held regions that are not the consequence
    of another by why they are held. `seconds` and `memory` (bytes, at the highest) are what it
    took.
    """

    name: str
    ending: Ending
    old: str = ""
    new: str = ""
    message: str = ""
    identity: str = ""
    limits: Limits = NO_LIMITS
    seconds: float = 0.0
    memory: int = 0
    patches: Mapping[Status, int] = field(default_factory=dict)
    held: int = 0
    causes: Mapping[HeldCause, int] = field(default_factory=dict)

    @property
    def is_written(self) -> bool:
        """Whether there is a ported stack with a report."""
        return self.ending in (Ending.PORTED, Ending.CONFLICTS)

    @property
    def total(self) -> int:
        """How many patches it has."""
        return sum(self.patches.values())

    @property
    def unfinished(self) -> int:
        """How many of its patches are left to a person."""
        return sum(count for status, count in self.patches.items() if status.needs_person)

    @property
    def main_cause(self) -> HeldCause | None:
        """Why most of its regions are held; None where none is."""
        order = list(HeldCause)
        found = sorted(self.causes, key=lambda cause: (-self.causes[cause], order.index(cause)))
        return found[0] if found else None

    def serves(self, limits: Limits) -> bool:
        """Whether a later run with these limits may take it over while the inputs are the same."""
        return self.ending.is_final and not (self.ending.is_limit and limits != self.limits)


def counted_causes(report: Report) -> Mapping[HeldCause, int]:
    """How many held regions each cause has, without the consequences of others."""
    found = Counter(
        region.settlement.cause
        for _, _, region in report.held_regions()
        if isinstance(region.settlement, Held) and region.settlement.consequence_of is None
    )
    return {cause: found[cause] for cause in HeldCause if found[cause]}


@dataclass(frozen=True, slots=True)
class CauseFigures:
    """A cause over all packages: how many have it, how many have no other, its held regions."""

    cause: HeldCause
    packages: int
    alone: int
    regions: int


@dataclass(frozen=True)
class FleetReport:
    """A whole run: an outcome for every package, in the order of the fleet.

    `kept` are the names of those that an earlier run had ported from the same inputs.
    """

    name: str
    outcomes: tuple[PackageOutcome, ...]
    kept: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Mapping[Ending, int]:
        """How many packages ended how; every ending is a key."""
        found = Counter(one.ending for one in self.outcomes)
        return {ending: found[ending] for ending in Ending}

    @cached_property
    def patches(self) -> Mapping[Status, int]:
        """The patches of all packages by status; every status is a key."""
        found: Counter[Status] = Counter()
        for one in self.outcomes:
            found.update(one.patches)
        return {status: found[status] for status in Status}

    @cached_property
    def causes(self) -> Sequence[CauseFigures]:
        """Why regions are held, that of the most packages first."""
        found = [
            CauseFigures(
                cause,
                packages=len(having),
                alone=sum(len(one.causes) == 1 for one in having),
                regions=sum(one.causes[cause] for one in having),
            )
            for cause in HeldCause
            if (having := [one for one in self.outcomes if cause in one.causes])
        ]
        return sorted(found, key=lambda one: -one.packages)

    @property
    def exit_code(self) -> int:
        """0: no package needs a person; 1: some do; 3: the proof of one failed."""
        if self.counts[Ending.UNPROVED]:
            return 3
        return int(any(one.ending.needs_person for one in self.outcomes))
