"""What a person decided about one place of a stack (ground floor, no I/O)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from patchkit.model.entry import encode_name
from patchkit.model.report import HeldCause, Lines, Sides
from patchkit.model.tree import Path


class Side(Enum):
    """One side of a region as the answer to it."""

    OURS = "ours"
    """Leave out what the patch does there."""
    THEIRS = "theirs"
    """Put what the patch makes of it."""


Answer: TypeAlias = Side | Lines
"""One of the sides, or a text of its own."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a decision comes from: the patch it was made in, the ports that it was made or used for
    (old and new version), who made it when (as ISO 8601 has it), and why, a sentence for a person.
    `used` is the day on which it was used for the last of the ports, where that was a later one."""

    patch: str
    ports: tuple[tuple[str, str], ...]
    by: str = ""
    on: str = ""
    why: str = ""
    used: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A held region as a resolution is found by: the paths of the file in base and in ours, why it
    is held, and its three sides."""

    places: frozenset[Path]
    cause: HeldCause
    sides: Sides


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to every region that asks the same question."""

    question: Question
    answer: Answer
    provenance: Provenance

    @property
    def result(self) -> Lines:
        """The text that the region gets."""
        match self.answer:
            case Side.OURS:
                return self.question.sides.ours
            case Side.THEIRS:
                return self.question.sides.theirs
            case tuple():
                return self.answer

    def answers(self, question: Question) -> bool:
        """Whether this is the same question: the same contents, in the same file."""
        mine = self.question
        return (mine.cause, mine.sides) == (question.cause, question.sides) and bool(
            mine.places & question.places
        )


@dataclass(frozen=True, slots=True)
class Amendment:
    """The lines `before`, which the ported patch leaves in `file` of the new upstream, give way to
    `after`."""

    file: Path
    before: Lines
    after: Lines
    provenance: Provenance

    def counts_for(self, version: str) -> bool:
        """Whether it was made for this upstream version."""
        return any(new == version for _, new in self.provenance.ports)


Decision: TypeAlias = Resolution | Amendment


def identity_of(decision: Decision) -> str:
    """The identity that a record of this decision has."""
    match decision:
        case Resolution(question):
            sides = question.sides
            texts: tuple[Lines, ...] = (sides.base, sides.theirs, sides.ours)
            names = (question.cause.value.encode(), *sorted(question.places))
        case Amendment(file, before, _, provenance):
            texts = (before,)
            names = (b"amendment", file, encode_name(provenance.patch))
    parts = (*names, *(b"%d" % len(text) + b"".join(text) for text in texts))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
