"""Edits of siblings that are not the same and do the same sort of thing (pure).

Two siblings gain the same setting with another value each, or the same test with another outcome:
what one sibling alone did is its own business, but this is not what one alone did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchkit.siblings.changes import SharedChange, is_telling, neutral_lines, squeezed

_SETTING = re.compile(rb"(?:export\s+|#\s*define\s+)?([A-Za-z_]\w{7,})\s*(?:[:?+]?=|:\s|\s)")
_LEAST_SHARE = 0.5
_LEAST_SHARE_OF_LINES = 0.6
_LEAST_LINES = 2


@dataclass(frozen=True, slots=True)
class _Gist:
    """What an edit adds: its telling lines without the words of variants, and the settings in
    them."""

    lines: frozenset[bytes]
    settings: frozenset[bytes]

    @property
    def traits(self) -> Iterator[tuple[bool, bytes]]:
        """What two edits that are alike have in common, one of them at least."""
        yield from ((True, setting) for setting in self.settings)
        yield from ((False, line) for line in self.lines)


def alike_variants(changes: Sequence[SharedChange]) -> dict[int, tuple[str, ...]]:
    """By the index of each change the siblings that made it or one that is alike."""
    gists = [_gist(one) for one in changes]
    having: dict[tuple[bool, bytes], list[int]] = {}
    for at, gist in enumerate(gists):
        for trait in gist.traits:
            having.setdefault(trait, []).append(at)
    found = {}
    for at, gist in enumerate(gists):
        variants = dict.fromkeys(changes[at].variants)
        others = sorted({other for trait in gist.traits for other in having[trait]} - {at})
        for other in others:
            if _are_alike(gist, gists[other]):
                variants.update(dict.fromkeys(changes[other].variants))
        found[at] = tuple(variants)
    return found


def _gist(shared: SharedChange) -> _Gist:
    change = shared.first
    neutral = squeezed(neutral_lines(change.sibling.axis, change.added))
    lines = frozenset(line for line in neutral if is_telling(line))
    settings = (found[1] for line in lines if (found := _SETTING.match(line)) is not None)
    return _Gist(lines, frozenset(settings))


def _are_alike(one: _Gist, two: _Gist) -> bool:
    """Whether most of their lines are the same, or each does little but give the same setting."""
    larger = max(len(one.lines), len(two.lines))
    shared = len(one.lines & two.lines)
    if shared >= _LEAST_LINES and shared >= _LEAST_SHARE_OF_LINES * larger:
        return True
    settings = one.settings & two.settings
    return bool(settings) and len(settings) >= _LEAST_SHARE * larger
