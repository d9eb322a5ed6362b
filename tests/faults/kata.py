"""Kills a rebase of the stack of kata-containers at random moments."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from patchkit.workspace.writing import recover
from tests.cli.running import PATCHKIT, REPOSITORY, environment
from tests.workspace.states import leftovers, tree_of

_STACK = REPOSITORY / "series" / "kata-containers"
_VERSIONS = ("2.5.1", "3.2.0")
_SOON = 10.0


def kill_at_random(count: int, seed: int, say: Callable[[str], None]) -> int:
    """Kill so many rebases, from `PATCHKIT_UPSTREAM`, each at a moment of its whole time; how many
    left anything but the old state or the new, or let the next run fail.

    The folder has a port of a smaller stack before. After the last kill the temporary folder must
    be empty but for what the next run sweeps.
    """
    upstream = os.environ["PATCHKIT_UPSTREAM"]
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        root = Path(name)
        stack = _copied(root)
        old, new = _states(root, stack, upstream)
        took = time.monotonic()
        assert 1 >= _ended(started(root, stack, upstream))
        took = time.monotonic() - took
        seen = {"old": 0, "new": 0}
        wrong = 0
        for number in range(count):
            shutil.rmtree(root / "out")
            shutil.copytree(root / "before", root / "out", symlinks=True)
            shutil.rmtree(root / "cache", ignore_errors=True)
            process = started(root, stack, upstream)
            time.sleep(rng.uniform(0, took))
            process.kill()
            process.wait()
            orphans = takes_long_to_end(process.pid)
            recovery = recover(root / "out")
            state = tree_of(root / "out")
            word = "old" if state == old else "new" if state == new else "mixed"
            seen[word] = seen.get(word, 0) + 1
            if word == "mixed" or leftovers(root / "out") or orphans:
                wrong += 1
                say(f"    kill {number}: {word}, {recovery}, {leftovers(root / 'out')}, {orphans}")
        if _ended(started(root, stack, upstream)) > 1 or tree_of(root / "out") != new:
            wrong += 1
            say("    the next run does not give the new state")
        if left := os.listdir(root / "tmp"):  # noqa: PTH208  # names only
            wrong += 1
            say(f"    left in the temporary folder: {left}")
    told = ", ".join(f"{number} {word}" for word, number in seen.items())
    say(f"| rebase of kata-containers | {count} kills | {told} | {wrong} wrong |")
    return wrong


def _copied(root: Path) -> Path:
    stack = root / "stack-2.5.1"
    shutil.copytree(_STACK, root / "all")
    folder = next(one for one in sorted((root / "all").iterdir()) if "2.5.1" in one.name)
    shutil.move(folder, stack)
    (root / "tmp").mkdir()
    return stack


def _states(root: Path, stack: Path, upstream: str) -> tuple[object, object]:
    """The folder after a port of the stack without its last patch, then after one of the stack."""
    series = stack / "series.conf"
    whole = series.read_bytes()
    lines = whole.splitlines(keepends=True)
    last = max(at for at, line in enumerate(lines) if line.strip() and not line.startswith(b"#"))
    series.write_bytes(b"".join((*lines[:last], b"# ", *lines[last:])))
    assert 1 >= _ended(started(root, stack, upstream))
    shutil.copytree(root / "out", root / "before", symlinks=True)
    old = tree_of(root / "out")
    series.write_bytes(whole)
    assert 1 >= _ended(started(root, stack, upstream))
    return old, tree_of(root / "out")


def started(
    root: Path, stack: Path, upstream: str | Path, versions: tuple[str, str] = _VERSIONS
) -> subprocess.Popen[bytes]:
    """A rebase into `out`, with `tmp` and `cache` of its own, in a process group of its own."""
    old, new = versions
    what = ("rebase", "--from", old, "--to", new, "--no-siblings", "--quiet")
    where = ("--stack", stack, "--upstream", upstream, "--out", root / "out")
    changes = {"TMPDIR": str(root / "tmp"), "XDG_CACHE_HOME": str(root / "cache")}
    return subprocess.Popen(
        [*PATCHKIT, *what, *map(str, where)],
        env=environment(changes),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _ended(process: subprocess.Popen[bytes]) -> int:
    return process.wait()


def takes_long_to_end(group: int) -> bool:
    """Whether a process of the group is still there after some time; if so it is ended."""
    stop = time.monotonic() + _SOON
    while time.monotonic() < stop:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.01)
    os.killpg(group, signal.SIGKILL)
    return True
