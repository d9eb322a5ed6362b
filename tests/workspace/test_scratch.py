"""Folders for temporary files: where they are, and what becomes of those that are left."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from patchkit.workspace import scratch as scratches
from patchkit.workspace.scratch import quickest_folder, scratch, sweep

_IN_MEMORY = Path("/dev/shm")
_needs_memory = pytest.mark.skipif(
    not _IN_MEMORY.is_dir(), reason="no file system in memory: it is Linux that has /dev/shm"
)


@pytest.fixture(autouse=True)
def _usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)


@_needs_memory
def test_small_files_go_into_memory() -> None:
    """As long as there is much more room than they take."""
    assert _IN_MEMORY == quickest_folder(1)


@pytest.mark.parametrize("name", ["TMPDIR", "TEMP", "TMP"])
def test_what_a_person_names_is_taken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sets TMPDIR means it."""
    monkeypatch.setenv(name, str(tmp_path))
    assert tmp_path == quickest_folder(1)


def test_many_bytes_go_to_the_disk(tmp_path: Path) -> None:
    """Memory is for what is small."""
    assert tmp_path == quickest_folder(1 << 40)


@pytest.mark.parametrize("available", ["MemAvailable: 100 kB\n", "MemTotal: 1 kB\n"])
def test_little_room_is_left_alone(
    available: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sixteenth of what is free is the most; nothing where that is not told."""
    told = tmp_path / "meminfo"
    told.write_text(available)
    monkeypatch.setattr(scratches, "_MEMINFO", told)
    assert tmp_path == quickest_folder(100 << 10)


def test_a_system_without_memory_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is the usual folder."""
    monkeypatch.setattr(scratches, "_IN_MEMORY", tmp_path / "nothing")
    assert tmp_path == quickest_folder(1)


@pytest.mark.parametrize("is_in_memory", [False, True])
def test_a_killed_run_leaves_nothing_for_long(
    is_in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has no owner goes, in both places; what is in use stays."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(scratches, "_IN_MEMORY", memory)
    top = memory if is_in_memory else tmp_path
    leave = (
        "import os, pathlib, sys; from patchkit.workspace.scratch import scratch\n"
        "with scratch(pathlib.Path(sys.argv[1])) as made:\n"
        "    (made.folder / 'file').touch(); print(made.folder, flush=True)\n"
        "    os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run([sys.executable, "-c", leave, str(top)], capture_output=True, check=False)
    left = Path(ran.stdout.decode().strip())
    assert left.parent == top
    assert (left / "file").exists()
    with scratch(top) as used:
        sweep()
        assert not left.exists()
        assert used.folder.is_dir()
    assert not used.folder.exists()
