"""How findings are told (pure)."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMED = 4


def listed(words: Sequence[str]) -> str:
    """Words as part of a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) > _MOST_NAMED:
        words = [*words[: _MOST_NAMED - 1], f"{len(words) - _MOST_NAMED + 1} more"]
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
