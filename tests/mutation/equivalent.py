"""Mutants that no test can tell from the program, or that none should, each with its reason.

They stand in `equivalent.txt`, by their module and changed lines; a heading says why those below
it are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.mutation.mutants import Mutant

_FILE = Path(__file__).with_name("equivalent.txt")


@cache
def _reasons() -> Mapping[str, str]:
    found: dict[str, str] = {}
    reason = ""
    for block in _FILE.read_text("utf-8").split("\n\n"):
        if block.startswith("# "):
            reason = " ".join(line.removeprefix("# ") for line in block.strip().splitlines())
        elif block.strip():
            found[block.strip("\n")] = reason
    return found


def reason_of(mutant: Mutant) -> str | None:
    """Why a mutant is equivalent; None where nobody has said so."""
    return _reasons().get(f"{mutant.path}\n{mutant.diff()}")
