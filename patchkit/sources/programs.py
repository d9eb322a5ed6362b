"""Which program of the system a name stands for, and what it says of itself (sources floor)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 10
"""Seconds after which a program that was asked for its version is not waited for."""


@dataclass(frozen=True, slots=True)
class SeenProgram:
    """A program: where it is, None where PATH has none, and the first line that it says of itself,
    "" where it was not asked; `complaint` is why it cannot be run, "" where it can."""

    place: str | None
    said: str = ""
    complaint: str = ""


def seen_program(name: str, question: Sequence[str] = ()) -> SeenProgram:
    """Look for a program, and ask it with the words of `question` (`--version`)."""
    place = shutil.which(name)
    if place is None or not question:
        return SeenProgram(place)
    try:
        ran = subprocess.run(
            [place, *question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C"},
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return SeenProgram(place, "", f"it did not answer {' '.join(question)}")
    except OSError as error:
        return SeenProgram(place, "", f"it cannot be run: {error.strerror}")
    lines = ran.stdout.decode("utf-8", "replace").splitlines()
    return SeenProgram(place, next(iter(lines), ""))
