"""Edits of siblings that are not the same and do the same sort of thing (pure).

Two siblings gain the same setting with another value each, or the same test with another outcome:
what one sibling alone did is its own business, but this is not what one alone did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from patchkit.siblings.changes import SharedChange, neutral_lines

_WORD = re.compile(rb"[A-Za-z_]\w{2,}")
_LEAST_SHARE = 0.5
_LEAST_WORDS = 3
_LONG = 8


def alike_variants(changes: Sequence[SharedChange]) -> dict[int, tuple[str, ...]]:
    """By the index of each change the siblings that made it or one that is alike."""
    words = [_words(one) for one in changes]
    found = {at: dict.fromkeys(one.variants) for at, one in enumerate(changes)}
    for one, two in combinations(range(len(changes)), 2):
        if _are_alike(words[one], words[two]):
            found[one].update(dict.fromkeys(changes[two].variants))
            found[two].update(dict.fromkeys(changes[one].variants))
    return {at: tuple(variants) for at, variants in found.items()}


def _words(shared: SharedChange) -> frozenset[bytes]:
    change = shared.first
    lines = neutral_lines(change.sibling.axis, change.added)
    return frozenset(word for line in lines for word in _WORD.findall(line))


def _are_alike(one: frozenset[bytes], two: frozenset[bytes]) -> bool:
    shared = one & two
    if not shared or len(shared) < _LEAST_SHARE * max(len(one), len(two)):
        return False
    return len(shared) >= _LEAST_WORDS or any(len(word) >= _LONG for word in shared)
