"""Canaries: programs that leave a mark when they run, and files that must stay as they are."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Canary:
    """A program that leaves a mark when it is run."""

    program: Path
    mark: Path

    @property
    def has_run(self) -> bool:
        """Whether somebody ran it."""
        return self.mark.exists()


def canary(folder: Path) -> Canary:
    """Put a canary into a folder, which must not be watched itself."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Canary(folder / "canary", folder / "mark")
    made.program.write_text(f"#!/bin/sh\ntouch '{made.mark}'\nexit 1\n")
    made.program.chmod(0o755)
    return made


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder: kind and mode, and content or target."""
    found: dict[str, tuple[int, bytes]] = {}
    for place in sorted(folder.rglob("*")):
        mode = place.lstat().st_mode
        content = b""
        if stat.S_ISLNK(mode):
            content = os.fsencode(place.readlink())
        elif stat.S_ISREG(mode):
            content = place.read_bytes()
        found[str(place.relative_to(folder))] = (mode, content)
    return found
