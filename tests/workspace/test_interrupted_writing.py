"""Kills a writing process at every line it runs, and looks what the next command finds."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import pytest

import patchkit.workspace
from patchkit.workspace.writing import Recovery, recover, write_outputs

from .states import NEW, OLD, REMOVALS, contents, leftovers, put, tree_of

_CODE = str(Path(patchkit.workspace.__file__).parent)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a child process that is killed before its line number `step` of patchkit's
    workspace code; whether it came so far."""
    child = os.fork()
    if child == 0:
        _run_and_be_killed(step, work)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _run_and_be_killed(step: int, work: Callable[[], object]) -> None:
    left = step

    def count(frame: FrameType, event: str, _: object) -> object:
        nonlocal left
        # What is left of locks is for the tests of locks.
        place = frame.f_code.co_filename
        if not place.startswith(_CODE) or place.endswith("locking.py"):
            return None
        if event == "line":
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
        return count

    status = 1
    try:
        sys.settrace(count)  # type: ignore[arg-type]  # it gives itself back, as it must
        work()
        status = 0
    finally:
        os._exit(status)


def changed(root: Path) -> Mapping[str, tuple[int, bytes] | None]:
    """The files of the folder, as the planned write leaves them."""
    return {**contents(NEW), "notes.txt": (0o600, b"mine")} if root.exists() else {}


@pytest.mark.parametrize("exists", [True, False])
def test_killed_at_every_third_line(tmp_path: Path, exists: bool) -> None:
    """After a kill anywhere the folder is as before or as planned, and nothing is left behind."""
    parent = tmp_path / "parent"
    root = parent / "out"
    before = contents(OLD) if exists else None
    after = changed(put(tmp_path / "x", ())) if exists else contents(NEW)
    found: dict[Recovery, int] = dict.fromkeys(Recovery, 0)
    step, goes_on = 0, True
    while goes_on:
        parent.mkdir()
        if exists:
            put(root, OLD)
        goes_on = killed_at(step, lambda: write_outputs(root, NEW, removals=REMOVALS))
        recovery = recover(root)
        state = tree_of(root) if root.exists() else None
        assert state in (before, after)
        assert recovery is not Recovery.FINISHED or state == after
        assert recovery is not Recovery.DISCARDED or state == before
        assert leftovers(root) == []
        assert Recovery.NOTHING is recover(root)
        write_outputs(root, NEW, removals=REMOVALS)
        assert after == tree_of(root)
        shutil.rmtree(parent)
        found[recovery] += 1
        step += 3
    assert found[Recovery.DISCARDED] > 20
    assert not exists or found[Recovery.FINISHED] > 20


def test_killed_again_while_recovering(tmp_path: Path) -> None:
    """A recovery that is killed itself is taken up by the next one."""
    parent = tmp_path / "parent"
    root = parent / "out"
    before, after = contents(OLD), changed(tmp_path)
    states = []
    for first in range(100, 2000, 97):
        for second in range(5, 300, 29):
            parent.mkdir()
            put(root, OLD)
            is_cut = killed_at(first, lambda: write_outputs(root, NEW, removals=REMOVALS))
            is_cut_again = is_cut and killed_at(second, lambda: recover(root))
            recover(root)
            states.append(tree_of(root))
            assert leftovers(root) == []
            shutil.rmtree(parent)
            if not is_cut_again:
                break
    assert before in states
    assert after in states
    assert all(state in (before, after) for state in states)
