"""How a slow source says what it is doing (sources floor).

A source never prints: it hands short sentences to a function, and the command line decides
whether a person sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str], None]
"""Takes one short sentence, for instance `Fetching 12 files from https://...`."""


def silent(sentence: str) -> None:
    """The `Progress` that shows nothing."""
