"""Runs one process and says what it took. Needs GNU time and coreutils' `timeout`."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.port_quality.processes import SURROUNDINGS, BenchError

_TIMED_OUT = 124
_TOLD_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process with all of its children took: wall and CPU (user and system) in seconds, peak
    resident memory of the largest one in KiB. `was_cut` when it was ended at its time limit."""

    wall: float
    cpu: float
    memory: int
    exit_code: int
    was_cut: bool
    told: str


def measure(
    command: Sequence[str], folder: Path, scratch: Path, seconds: float | None,
    surroundings: Mapping[str, str],
) -> Measured:  # fmt: skip
    """Run a command in a folder, for so many seconds at most (None: without a limit).

    GNU time is its parent: a child's memory counts from the fork on, and this program would be
    larger than most of what it measures.
    """
    taken, told = scratch / "taken", scratch / "told"
    limit = [] if seconds is None else ["timeout", "--kill-after=5", str(seconds)]
    whole = ["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", str(taken), *limit, *command]
    started = time.monotonic()
    try:
        with told.open("wb") as output:
            done = subprocess.run(
                whole, cwd=folder, env={**os.environ, **SURROUNDINGS, **surroundings},
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
    except FileNotFoundError as missing:
        raise BenchError("/usr/bin/time: there is no GNU time.", "Install it.") from missing
    wall = time.monotonic() - started
    user, system, memory = taken.read_text().split()[-3:]
    said = told.read_bytes().decode(errors="replace").strip()[-_TOLD_LENGTH:]
    was_cut = seconds is not None and done.returncode == _TIMED_OUT
    cpu = float(user) + float(system)
    return Measured(wall, cpu, int(memory), done.returncode, was_cut, said)
