"""The JSON Schemas of what patchkit writes for programs (face floor)."""

from __future__ import annotations

from enum import Enum
from importlib import resources


class Schema(Enum):
    """A format that has a schema; the value begins the name of its file."""

    REPORT = "report"
    """patchkit-report/1: `report.json`."""
    DIFF = "diff"
    """patchkit-diff/1: `patchkit diff --json`."""
    DEPENDENCIES = "deps"
    """patchkit-deps/1: `patchkit deps --json`."""

    def document(self) -> bytes:
        """The schema itself, as JSON."""
        place = resources.files("patchkit.render").joinpath(f"{self.value}.schema.json")
        return place.read_bytes()
