"""Fixtures of the tests of `patchkit.workspace`."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def public_tmp_path() -> Iterator[Path]:
    """A temporary folder that every user may enter; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory(prefix="patchkit-test-") as name:
        folder = Path(name)
        if not all(above.stat().st_mode & 0o001 for above in folder.parents):
            pytest.skip("the system's temporary folder is closed to other users")
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 96 KiB large and with 64 files at most."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=96k,nr_inodes=64,mode=755", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this user cannot mount a file system: {error}")
    yield folder
    subprocess.run(["umount", folder], check=True)
