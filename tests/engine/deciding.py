"""What a person records in the tests of the engine: answers to held regions, and amendments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patchkit.engine.deciding import question_of
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack
from patchkit.model.report import RESOLUTION, PortedFile, PortedPatch, Region, Settled
from patchkit.model.resolutions import (
    Amendment,
    Answer,
    Decision,
    Provenance,
    Question,
    Resolution,
    Resolutions,
)
from patchkit.model.tree import Path, split_lines

WHY = "Both are wanted."


@dataclass(frozen=True)
class Asked:
    """A held region that a person can answer, and where it is."""

    patch: int
    file: PortedFile
    region: Region
    question: Question


def asked_in(ported: PortedStack) -> Iterator[Asked]:
    """All the held regions that a resolution can answer, in order."""
    for number, patch in enumerate(ported.patches):
        for found in patch.files:
            for region in found.regions:
                question = question_of(region, found)
                if question is not None:
                    yield Asked(number, found, region, question)


def only_question(patch: PortedPatch) -> Question:
    """What the one held region of a patch asks."""
    ((found, region),) = ((one, region) for one in patch.files for region in one.held)
    question = question_of(region, found)
    assert question is not None
    return question


def answer_to(question: Question, answer: Answer, patch: str = "1.patch") -> Resolution:
    """A resolution, recorded in a patch."""
    return Resolution(question, answer, Provenance(patch, (("1", "2"),), why=WHY))


def amendment(file: Path, before: bytes, after: bytes, patch: str = "1.patch") -> Amendment:
    """An amendment for version 2."""
    lines = tuple(split_lines(before)), tuple(split_lines(after))
    return Amendment(file, *lines, Provenance(patch, (("1", "2"),), why=WHY))


def policy_of(*decisions: Decision) -> Policy:
    """A policy with these decisions."""
    resolutions = Resolutions()
    for decision in decisions:
        resolutions = resolutions.with_decision(decision)
    return Policy(resolutions=resolutions)


def result_of(patch: PortedPatch) -> bytes | None:
    """What a resolution left where the one region of a patch that it settled is."""
    (settled,) = (
        region.settlement
        for found in patch.files
        for region in found.regions
        if isinstance(region.settlement, Settled) and region.settlement.rule == RESOLUTION
    )
    assert settled.note == WHY
    return None if settled.result is None else b"".join(settled.result)
