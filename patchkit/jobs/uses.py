"""Notes in the file of decisions which versions they served (jobs floor)."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.model.report import Report
from patchkit.model.resolutions import Resolutions
from patchkit.model.uses import with_uses_of
from patchkit.workspace.resolutions import load_resolutions, write_resolutions


@dataclass(frozen=True)
class Uses:
    """The decisions that a port went by, their file, and the day of the port."""

    place: Path
    resolutions: Resolutions
    on: datetime.date


def uses_at(place: Path, day: datetime.date) -> Uses | None:
    """The decisions in a file for a port of this day; None where there are none.

    Raises what `load_resolutions` raises.
    """
    resolutions = load_resolutions(place)
    return None if resolutions == Resolutions() else Uses(place, resolutions, day)


def note_uses(uses: Uses, report: Report) -> None:
    """Add the two versions to every decision that settled something in this port and has not got
    them yet.

    Nothing is written where all have them, where the file has changed since it was read, and where
    it cannot be written: a stack that may only be read can be ported all the same.
    """
    noted = with_uses_of(uses.resolutions, report, uses.on.isoformat())
    if noted == uses.resolutions:
        return
    with suppress(OutputError):
        write_resolutions(uses.place, noted, uses.resolutions)
