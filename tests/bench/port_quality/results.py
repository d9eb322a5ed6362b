"""What a tool made of a stack, as a value and on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum

from tests.bench.port_quality.cases import Prepared


class Outcome(Enum):
    """What a tool says of one patch."""

    PORTED = "ported"
    """It goes into the new stack as it came out."""
    DROPPED = "dropped"
    """It is not needed any more."""
    HELD = "held"
    """A person has to port it, or the rest of it."""


@dataclass(frozen=True, slots=True)
class PatchResult:
    """One patch: its outcome, the tool's own word for it, how many regions are held in it and how
    many of those are not the consequence of an earlier one. `strip` is the level at which the
    ported patch applies. `why_held` says in a few words what a person has to decide on."""

    name: str
    outcome: Outcome
    status: str
    held: int = 0
    causes: int = 0
    strip: int = 1
    why_held: str = ""


@dataclass(frozen=True, slots=True)
class PortResult:
    """A whole stack ported by `tool`. The ported patches stand in `Prepared.ported(tool)` under
    their names. `failure` says why there is no result."""

    tool: str
    seconds: float
    patches: tuple[PatchResult, ...]
    failure: str = ""

    @property
    def by_name(self) -> Mapping[str, PatchResult]:
        """Each patch by its name."""
        return {patch.name: patch for patch in self.patches}


def save_result(result: PortResult, prepared: Prepared) -> None:
    """Keep a result beside the ported patches."""
    record = asdict(result)
    for patch in record["patches"]:
        patch["outcome"] = patch["outcome"].value
    place = prepared.ported(f"{result.tool}.json")
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(record, indent=1) + "\n")


def load_result(prepared: Prepared, tool: str) -> PortResult | None:
    """The result that was kept, None where there is none."""
    try:
        record = json.loads(prepared.ported(f"{tool}.json").read_text())
    except FileNotFoundError:
        return None
    patches = tuple(
        PatchResult(**{**patch, "outcome": Outcome(patch["outcome"])})
        for patch in record["patches"]
    )
    return PortResult(record["tool"], record["seconds"], patches, record["failure"])
