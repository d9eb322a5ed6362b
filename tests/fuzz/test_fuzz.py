"""What fuzzing found stays mended, and a short run, the same each time, finds nothing new.

The long runs are started by hand: `python -m tests.fuzz run TARGET --seconds 3600`.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .seeds import CORPUS, FOUND, seeds_of
from .targets import TARGETS, run_target

RUNS = {"lint": 150}
"""How many inputs a short run gives to a target; 500 to the others."""

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="there is no atheris for this Python"
)
target = pytest.mark.parametrize("name", TARGETS)


@target
def test_every_seed_passes(name: str) -> None:
    """What the strategies draw, what once failed, and what fuzzing kept for its coverage."""
    seeds = seeds_of(name)
    assert len(seeds) > 5
    for raw in seeds:
        run_target(name, raw)


def test_every_folder_belongs_to_a_target() -> None:
    """No input is kept that nothing reads."""
    folders = {place.name for root in (CORPUS, FOUND) for place in root.iterdir()}
    assert folders <= set(TARGETS)


@needs_atheris
@target
def test_a_short_run_finds_nothing(name: str, tmp_path: Path) -> None:
    """So many inputs guided by coverage, from one seed, so that a change is judged by itself."""
    runs = RUNS.get(name, 500)
    done = _fuzz("run", name, f"--runs={runs}", "--seed=1", f"--findings={tmp_path}")
    said = done.stderr.decode(errors="replace")
    assert done.returncode == 0, said[-3000:]
    (executed,) = re.findall(r"stat::number_of_executed_units: (\d+)", said)
    assert int(executed) >= runs  # all seeds are, even where they are more
    assert [] == list(tmp_path.iterdir())


@needs_atheris
def test_a_failure_is_told_and_kept(tmp_path: Path) -> None:
    """A target that fails ends the run with a code and leaves its input behind."""
    script = (
        "import sys, tests.fuzz.targets as t, tests.fuzz.__main__ as m\n"
        "t.TARGETS = {'series': lambda raw: 1 // (len(raw) < 40)}\n"
        "sys.argv[1:] = ['run', 'series', '--runs=500', '--seed=1', '--findings=' + sys.argv[1]]\n"
        "m.cli()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=_ROOT, capture_output=True, check=False
    )
    assert done.returncode not in (0, 2), done.stderr
    assert b"ZeroDivisionError" in done.stderr + done.stdout
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("series-crash-")


_ROOT = Path(__file__).resolve().parents[2]


def _fuzz(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words], cwd=_ROOT, capture_output=True, check=False
    )
