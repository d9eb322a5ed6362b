"""Runs the program as a person does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import patchkit

REPOSITORY = Path(patchkit.__file__).parents[1]
PATCHKIT = (sys.executable, "-m", "patchkit")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run. Bytes that are not UTF-8 are surrogates."""

    exit_code: int
    stdout: str
    stderr: str


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for a process: those of this test, no terminal's, and the package found."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    }
    return {**inherited, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm", **(changes or {})}


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    changes: Mapping[str, str] | None = None,
    program: tuple[str, ...] = PATCHKIT,
) -> Run:
    """Run patchkit with these arguments; `changes` are set in its environment."""
    done = subprocess.run(
        [*program, *map(str, arguments)],
        cwd=cwd,
        env=environment(changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Run(done.returncode, _text(done.stdout), _text(done.stderr))


def assert_refused(run: Run, *words: str, exit_code: int = 2) -> None:
    """The run ended with one line on what is wrong, and indented ones on what to do.

    Every one of `words` stands in them.
    """
    assert exit_code == run.exit_code, run
    first, *hints = run.stderr.splitlines()
    assert first.startswith("patchkit: error: ")
    assert all(hint.startswith("  ") and hint.strip() for hint in hints), run.stderr
    assert "" == run.stdout
    for word in words:
        assert word in run.stderr


def assert_done(run: Run, exit_code: int = 0) -> None:
    """The run ended with this exit code and no complaint."""
    assert (exit_code, "") == (run.exit_code, run.stderr)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
