"""Runs other programs, always in the same surroundings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from patchkit.errors import PatchkitError

_TOLD_LENGTH = 2000
_TIMED_OUT = 124

SURROUNDINGS = {
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "true",
    # Else a patchkit that is run from a clone compiles all its modules at each start, which no
    # installed one does.
    "PYTHONDONTWRITEBYTECODE": "",
    **{
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (
            ("NAME", "bench"),
            ("EMAIL", "bench@invalid"),
            ("DATE", "2000-01-01T00:00:00Z"),
        )
    },
}
"""No settings of the person who runs it, and the same commits each time."""


class BenchError(PatchkitError):
    """Something that the measurement needs is missing, or a program failed that must not."""


def attempt(
    command: list[str], folder: Path | None = None, seconds: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program that may fail; one that takes longer than `seconds` has exit code 124."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **SURROUNDINGS},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(
            command, _TIMED_OUT, late.stdout or b"", late.stderr or b""
        )
    except FileNotFoundError as missing:
        raise BenchError(f"{command[0]}: there is no such program.", "Install it.") from missing


def run(command: list[str], folder: Path | None = None) -> bytes:
    """Run a program that must not fail, and give its output. Raises `BenchError`."""
    done = attempt(command, folder)
    if done.returncode != 0:
        told = (done.stdout + done.stderr).decode(errors="replace").strip()[-_TOLD_LENGTH:]
        shown = " ".join(command)
        raise BenchError(f"{shown}: ended with exit code {done.returncode}:\n{told}")
    return done.stdout
