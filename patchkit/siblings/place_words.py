"""The words of an axis, for a quick look whether a text has some, and which belong together
(pure)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate

from patchkit.model.tree import Path
from patchkit.model.variants import Axis

_RARE = b"jqzxkwvybgfpumhdclrsnioate"
"""The letters, those that are rarest in most texts first."""


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
        found = dict.fromkeys(bisect_right(ends, at) for at in self.spots(text))
        return [listed[at] for at in found]

    def may_have_place(self, content: bytes) -> bool:
        """Whether it has words of at least two sorts of variants, roughly."""
        text = content.lower()
        first = None
        for at in self.spots(text):
            for before, stem, kin in self._about[text[at]]:
                if kin != first and text.startswith(stem, max(at - before, 0)):
                    if first is not None:
                        return True
                    first = kin
        return False

    def spots(self, text: bytes) -> Iterator[int]:
        """One byte of each stem in a text of lower case, in order."""
        return (found.start() for found in self._spot.finditer(text))

    @cached_property
    def _about(self) -> Mapping[int, Sequence[tuple[int, bytes, str]]]:
        """By the byte by which stems are found: how much stands before it, the stem, its kin."""
        found: dict[int, list[tuple[int, bytes, str]]] = {}
        for stem, kin in self.stems:
            at = _most_telling(stem)
            found.setdefault(stem[at], []).append((at, stem, kin))
        return found

    @cached_property
    def _spot(self) -> re.Pattern[bytes]:
        """By single bytes, as `re` passes over all others quickly: it takes half the time of a
        search for each stem."""
        parts = []
        for byte, stems in self._about.items():
            around = (
                rb"(?<=%b)(?=%b)" % (re.escape(stem[: at + 1]), re.escape(stem[at + 1 :]))
                for at, stem, _ in stems
            )
            parts.append(rb"%b(?:%b)" % (re.escape(bytes((byte,))), b"|".join(around)))
        return re.compile(b"|".join(parts) or rb"(?!)")


def _most_telling(stem: bytes) -> int:
    """Where the byte of a stem stands that is rarest in most texts: the first digit, if any."""
    digits = (at for at, byte in enumerate(stem) if chr(byte).isdigit())
    return next(digits, min(range(len(stem)), key=lambda at: _RARE.find(stem[at])))


@cache
def words_of(axis: Axis) -> Words:
    """The words of the axis, made once."""
    return Words(axis)
