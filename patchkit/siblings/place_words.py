"""The words of an axis, for a quick look whether a text has some, and which belong together
(pure)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate

from patchkit.model.tree import Path
from patchkit.model.variants import Axis


@dataclass(frozen=True)
class Words:
    """The words of an axis, for a quick look whether a text has some."""

    axis: Axis

    @cached_property
    def stems(self) -> tuple[tuple[bytes, str], ...]:
        """Parts that all words of variants contain, with the kin of the variant."""
        pairs = {
            word.encode(): self.kin[one.name]
            for one in self.axis.variants
            for word in (*one.words, *one.broad)
        }
        found: dict[bytes, str] = {}
        for word in sorted(pairs, key=len):
            if not any(stem in word and found[stem] == pairs[word] for stem in found):
                found[word] = pairs[word]
        return tuple(found.items())

    @cached_property
    def kin(self) -> Mapping[str, str]:
        """What each variant belongs to with others that are named along with it: `x86`."""
        names = {one.name for one in self.axis.variants}
        found = {}
        for one in self.axis.variants:
            plain = one.name.rstrip("0123456789")
            kin = min(one.broad, key=len) if one.broad else one.name
            found[one.name] = plain if plain != one.name and plain in names else kin
        return found

    def kins(self, names: Sequence[str]) -> int:
        """How many different sorts of variants these are: `arm` and `arm64` are one."""
        return len({self.kin[name] for name in names})

    def naming(self, paths: Iterable[Path]) -> list[Path]:
        """The paths that can name a variant: those in which a stem stands, in their order."""
        listed = list(paths)
        # All in one text, as most have none; no path has a NUL in it.
        text = b"\0".join(listed).lower()
        ends = list(accumulate(len(path) + 1 for path in listed))
        found: set[int] = set()
        for stem, _ in self.stems:
            at = text.find(stem)
            while at >= 0:
                found.add(bisect_right(ends, at))
                at = text.find(stem, ends[bisect_right(ends, at)])
        return [listed[at] for at in sorted(found)]

    def may_have_place(self, content: bytes) -> bool:
        """Whether it has words of at least two sorts of variants, roughly."""
        text = content.lower()
        first = None
        for stem, kin in self.stems:
            if kin != first and stem in text:
                if first is not None:
                    return True
                first = kin
        return False


@cache
def words_of(axis: Axis) -> Words:
    """The words of the axis, made once."""
    return Words(axis)
