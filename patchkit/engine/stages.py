"""What runs of patches did to ours, one after the other (engine; pure values).

For whoever wants to go through a long stack in parts: each stage begins with the files that the one
before it left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from patchkit.engine.versions import Version
from patchkit.model.report import PortedPatch
from patchkit.model.tree import File, Path

PATCHES_OF_A_STAGE = 250


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of ported patches: every path that they name or change in ours, what the new upstream
    itself has there, and what the patches leave at those which they change; None where there is no
    file."""

    patches: tuple[PortedPatch, ...]
    paths: Collection[Path]
    pristine: Mapping[Path, File | None]
    changes: Mapping[Path, Version | None]


StageWatcher: TypeAlias = Callable[[Stage], None]
"""Is told each stage when it is done."""


def unwatched_stage(stage: Stage) -> None:
    """Watches nothing."""
