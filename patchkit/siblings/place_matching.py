"""Finds the places of a new file again in the old one (pure).

Lines move, so a place is found by what it is and what it says, not by where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.siblings.place_model import Place, PlaceKind

_LEAST_COMMON = 0.5


@dataclass(frozen=True, slots=True)
class PlacesOf:
    """The places of one version of a file, and its lines."""

    places: Sequence[Place]
    lines: Sequence[bytes]

    def text(self, place: Place) -> tuple[bytes, ...]:
        """What a place says, however it is spaced."""
        squeezed = (b"".join(line.split()) for line in self.lines[place.first - 1 : place.last])
        return tuple(line for line in squeezed if line)

    def said(self, place: Place, variant: str) -> Sequence[bytes]:
        """The lines of the pieces for a variant, without a head that names others as well."""
        found: list[bytes] = []
        for one in place.branches:
            if variant in one.variants:
                is_shared = len(one.variants) > 1
                if is_shared and place.kind is PlaceKind.LIST:
                    continue
                found += self.lines[one.first - (not is_shared) : one.last]
        return [b"".join(line.split()) for line in found]


@dataclass(frozen=True, slots=True)
class Matched:
    """A place, the one that it was in the old file (None where it is new), and the variants whose
    pieces say the same in both."""

    place: Place
    old: Place | None
    same: frozenset[str]

    @property
    def is_new(self) -> bool:
        """Whether the old file does not have it."""
        return self.old is None

    def was_named(self, variant: str) -> bool:
        """Whether the place named the variant in the old file."""
        return self.old is not None and variant in self.old.named


def unchanged(places: Sequence[Place]) -> list[Matched]:
    """The places of a file that is the same in both versions."""
    return [Matched(one, one, frozenset(one.named)) for one in places]


def matched(new: PlacesOf, old: PlacesOf) -> list[Matched]:
    """Every place of the new file with its old one; each old one is taken once."""
    pairs = dict(_equal(new, old))
    pairs.update(_alike(new, old, pairs))
    found = []
    for at, one in enumerate(new.places):
        before = old.places[pairs[at]] if at in pairs else None
        same = (
            ()
            if before is None
            else (name for name in one.named if new.said(one, name) == old.said(before, name))
        )
        found.append(Matched(one, before, frozenset(same)))
    return found


def _equal(new: PlacesOf, old: PlacesOf) -> Iterator[tuple[int, int]]:
    """The places that say the same in the same function, in order."""
    known: dict[tuple[object, ...], list[int]] = {}
    for before, one in enumerate(old.places):
        known.setdefault((one.kind, one.within, old.text(one)), []).append(before)
    for at, one in enumerate(new.places):
        befores = known.get((one.kind, one.within, new.text(one)))
        if befores:
            yield at, befores.pop(0)


def _alike(new: PlacesOf, old: PlacesOf, pairs: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Of all others, those that are most alike."""
    left = [(at, one) for at, one in enumerate(new.places) if at not in pairs]
    taken = set(pairs.values())
    old_left = [
        (before, one, Counter(old.text(one)))
        for before, one in enumerate(old.places)
        if before not in taken
    ]
    weights = []
    for at, one in left:
        text = Counter(new.text(one))
        weights += [
            (-_likeness(one, other, text, old_text), abs(at - before), at, before)
            for before, other, old_text in old_left
        ]
    done: set[int] = set()
    for weight, _, at, before in sorted(weights):
        if -weight >= _LEAST_COMMON and at not in done and before not in taken:
            done.add(at)
            taken.add(before)
            yield at, before


def _likeness(one: Place, other: Place, text: Counter[bytes], old_text: Counter[bytes]) -> float:
    """How much two places are one: 1 for the same text, more where they are called the same."""
    common = 2 * (text & old_text).total() / max(text.total() + old_text.total(), 1)
    if one.kind is not other.kind:
        return 0.0
    return common + (one.key == other.key) * (0.5 + 0.5 * (one.within == other.within))
