"""A rebase that is killed at random moments, as a process of its own."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from patchkit.workspace.writing import recover
from tests.cli.demo import HELD, make_demo
from tests.workspace.states import leftovers, tree_of

from .kata import started, takes_long_to_end

_KILLS = 12


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """The folder is as before or as planned, no process stays, and the next run works."""
    demo = make_demo(tmp_path, HELD)
    (tmp_path / "tmp").mkdir()
    versions = ("1.0", "2.0")
    began = time.monotonic()
    assert 1 == started(tmp_path, demo.stack, demo.upstream, versions).wait()
    took = time.monotonic() - began
    new = tree_of(demo.out)
    rng = random.Random(_KILLS)
    for _ in range(_KILLS):
        shutil.rmtree(demo.out, ignore_errors=True)
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        process = started(tmp_path, demo.stack, demo.upstream, versions)
        time.sleep(rng.uniform(0, took))
        process.kill()
        process.wait()
        assert not takes_long_to_end(process.pid)
        recover(demo.out)
        assert not demo.out.exists() or new == tree_of(demo.out)
        assert [] == leftovers(demo.out)
    assert 1 == started(tmp_path, demo.stack, demo.upstream, versions).wait()
    assert new == tree_of(demo.out)
    assert [] == [one.name for one in (tmp_path / "tmp").iterdir() if one.name.startswith("patch")]
