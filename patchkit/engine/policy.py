"""What a port may do (engine; pure values)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from patchkit.engine.rules import CERTAIN_RULES, Rule
from patchkit.model.resolutions import Resolutions


@dataclass(frozen=True, slots=True)
class Policy:
    """The stack's fuzz limit, its strip level where a line gives none, the rules that may settle a
    region, and what persons decided before."""

    max_fuzz: int = 2
    strip: int = 1
    rules: Sequence[Rule] = CERTAIN_RULES
    resolutions: Resolutions = field(default_factory=Resolutions)
