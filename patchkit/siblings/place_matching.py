"""Finds the places of a new file again in the old one (pure).

Lines move, so a place is found by what it is and what it says, not by where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.siblings.place_model import Place, PlaceKind

_LEAST_COMMON = 0.5


@dataclass(frozen=True, slots=True)
class Matched:
    """A place, and the one that it was in the old file; None where it is new."""

    place: Place
    old: Place | None
    content: bytes
    old_content: bytes

    @property
    def is_new(self) -> bool:
        """Whether the old file does not have it."""
        return self.old is None

    def was_named(self, variant: str) -> bool:
        """Whether the place named the variant in the old file."""
        return self.old is not None and variant in self.old.named

    def is_same(self, variant: str) -> bool:
        """Whether what is for the variant says the same in both files."""
        if self.old is None:
            return False
        if self.place == self.old and self.content == self.old_content:
            return True
        before = _said(self.old, self.old_content, variant)
        return before == _said(self.place, self.content, variant)


def _said(place: Place, content: bytes, variant: str) -> Sequence[bytes]:
    """The lines of the pieces for a variant, without a head that names others as well."""
    lines = content.split(b"\n")
    found: list[bytes] = []
    for one in place.branches:
        if variant in one.variants:
            is_shared = len(one.variants) > 1
            if is_shared and place.kind is PlaceKind.LIST:
                continue
            found += lines[one.first - (not is_shared) : one.last]
    return [b"".join(line.split()) for line in found]


def matched(
    places: Sequence[Place], content: bytes, old: Sequence[Place], old_content: bytes
) -> list[Matched]:
    """Every place of the new file with its old one; each old one is taken once."""
    new_texts = [_text(one, content) for one in places]
    old_texts = [_text(one, old_content) for one in old]
    weights = sorted(
        (-_likeness(one, other, text, old_text), abs(at - before), at, before)
        for at, (one, text) in enumerate(zip(places, new_texts, strict=True))
        for before, (other, old_text) in enumerate(zip(old, old_texts, strict=True))
    )
    taken: dict[int, int] = {}
    for weight, _, at, before in weights:
        if -weight >= _LEAST_COMMON and at not in taken and before not in taken.values():
            taken[at] = before
    return [
        Matched(one, old[taken[at]] if at in taken else None, content, old_content)
        for at, one in enumerate(places)
    ]


def _text(place: Place, content: bytes) -> Counter[bytes]:
    lines = content.split(b"\n")[place.first - 1 : place.last]
    return Counter(text for text in (b"".join(line.split()) for line in lines) if text)


def _likeness(one: Place, other: Place, text: Counter[bytes], old_text: Counter[bytes]) -> float:
    """How much two places are one: 1 for the same text, more where they are called the same."""
    common = 2 * (text & old_text).total() / max(text.total() + old_text.total(), 1)
    if one.kind is not other.kind:
        return 0.0
    return common + (one.key == other.key) * (0.5 + 0.5 * (one.within == other.within))
