"""Settles a region: by what a person decided before, else by a rule (engine; pure)."""

from __future__ import annotations

from dataclasses import dataclass

from patchkit.engine.policy import Policy
from patchkit.model.report import RESOLUTION, Settled, Sides, Suggestion
from patchkit.model.resolutions import Question
from patchkit.model.tree import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose regions these are: the patch, and the file as the patch names it."""

    patch: str
    file: Path


def decided_lines(question: Question, policy: Policy) -> Settled | None:
    """How a person settled a region of lines; `result` is what ours gets."""
    decided = policy.resolutions.answer_to(question)
    if decided is None:
        return None
    return Settled(RESOLUTION, decided.provenance.why, decided.result)


def ruled_lines(sides: Sides, policy: Policy) -> Settled | None:
    """How a rule settles a region of lines; None: it is for a person."""
    for rule in policy.rules:
        lines = rule.settle(sides)
        if lines is not None:
            return Settled(rule.name, rule.note, lines)
    return None


def suggestion_for(sides: Sides, policy: Policy) -> Suggestion | None:
    """What the first suggested rule whose precondition holds would make of a held region."""
    for rule in policy.suggestions:
        lines = rule.settle(sides)
        if lines is not None:
            return Suggestion(rule.name, rule.note, lines)
    return None
