"""Settles a region: by what a person decided before, else by a rule (engine; pure)."""

from __future__ import annotations

from dataclasses import dataclass

from patchkit.engine.policy import Policy
from patchkit.model.report import RESOLUTION, HeldCause, Settled, Sides
from patchkit.model.resolutions import Question
from patchkit.model.tree import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose regions these are: the patch, and the file as the patch names it."""

    patch: str
    file: Path


def settled_lines(sides: Sides, places: frozenset[Path], policy: Policy) -> Settled | None:
    """How a region of lines is settled; `result` is what ours gets. None: it is for a person."""
    question = Question(places, HeldCause.OVERLAP, sides)
    decided = policy.resolutions.answer_to(question)
    if decided is not None:
        return Settled(RESOLUTION, decided.provenance.why, decided.result)
    for rule in policy.rules:
        lines = rule.settle(sides)
        if lines is not None:
            return Settled(rule.name, rule.note, lines)
    return None
