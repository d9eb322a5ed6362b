"""What a port may do (engine; pure values)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from patchkit.engine.rules import CERTAIN_RULES, SUGGESTED_RULES, Rule
from patchkit.model.report import UpstreamCommit
from patchkit.model.resolutions import Resolutions
from patchkit.model.stack import StackedPatch


@dataclass(frozen=True, slots=True)
class Policy:
    """The stack's fuzz limit, its strip level where a line gives none, the rules that may settle a
    region or suggest how, and what persons decided before."""

    max_fuzz: int = 2
    strip: int = 1
    rules: Sequence[Rule] = CERTAIN_RULES
    suggestions: Sequence[Rule] = SUGGESTED_RULES
    resolutions: Resolutions = field(default_factory=Resolutions)
    absorbed_from: float = 0.7
    """The share of a patch from which on upstream is taken to have it, if some of it conflicts."""
    commit_with: Callable[[StackedPatch, float], UpstreamCommit | None] | None = None
    """Finds the upstream commit that has at least this share of a patch's change; None where
    upstream's history is not known. What upstream took in such a commit it has, whatever became of
    the text since."""
    kept: frozenset[str] = frozenset()
    """Patches that are not dropped for what upstream has of them: a person said so."""
