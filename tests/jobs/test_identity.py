"""What is remembered of a port serves exactly the same port again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from patchkit import find_project, plan_rebase
from patchkit.errors import StackError
from patchkit.jobs.rebase import RebasePlan
from patchkit.workspace.memory import Memory
from tests.cli.demo import Demo, make_demo


def _plan(demo: Demo, memory: Memory, fuzz: int | None = None) -> RebasePlan:
    project = find_project(demo.stack)
    upstream = str(demo.upstream)
    return plan_rebase(
        project, "1.0", "2.0", upstream=upstream, out=demo.out, memory=memory, fuzz=fuzz
    )


def _remembered(memory: Memory) -> int:
    return len(list(memory.folder.glob("*.run")))


def test_the_same_again(tmp_path: Path) -> None:
    """It gives the same bytes and the same report, and makes nothing new to remember."""
    demo, memory = make_demo(tmp_path), Memory(tmp_path / "memory")
    first, again = _plan(demo, memory), _plan(demo, memory)
    assert isinstance(again.reported, bytes)
    assert (first.outputs, first.report, first.exit_code) == (
        again.outputs,
        again.report,
        again.exit_code,
    )
    assert 1 == _remembered(memory)


_CHANGES: dict[str, Callable[[Demo], object]] = {
    "a patch": lambda demo: _append(demo.stack / "patches/0001-util.patch", b"\n"),
    "the series": lambda demo: _append(demo.stack / "series.conf", b"# more\n"),
    "the upstream": lambda demo: _append(demo.upstream / "2.0/main.c", b"/* more */\n"),
    "the settings": lambda demo: _append(demo.stack / "patchkit.yaml", b"strip: 1\n"),
    "the decisions": lambda demo: _append(demo.stack / "patchkit.resolutions", b""),
}


def _append(place: Path, more: bytes) -> None:
    before = place.read_bytes() if place.exists() else b""
    place.write_bytes(before + more)


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_another_port_is_made(tmp_path: Path, change: Callable[[Demo], object]) -> None:
    """Whatever it depends on changed."""
    demo, memory = make_demo(tmp_path), Memory(tmp_path / "memory")
    _plan(demo, memory)
    change(demo)
    assert not isinstance(_plan(demo, memory).reported, bytes)
    assert 2 == _remembered(memory)


def test_something_else_is_asked(tmp_path: Path) -> None:
    """Another fuzz limit is another port."""
    demo, memory = make_demo(tmp_path), Memory(tmp_path / "memory")
    _plan(demo, memory)
    assert not isinstance(_plan(demo, memory, fuzz=0).reported, bytes)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """Nobody writes to it, so whoever read it would wait for ever; the stack is refused."""
    demo, memory = make_demo(tmp_path), Memory(tmp_path / "memory")
    place = demo.stack / "patches/0001-util.patch"
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(StackError, match=r"0001-util\.patch"):
        _plan(demo, memory)
