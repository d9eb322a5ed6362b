"""Who is told which patch is next (engine; pure)."""

from __future__ import annotations

from collections.abc import Callable

Watcher = Callable[[int, str], None]
"""Is told the number (from 1) and name of each patch before it is ported."""


def unwatched(number: int, name: str) -> None:
    """Watches nothing."""
