"""Fixtures of the tests of the command line."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.demo import PORTED, Demo, make_demo
from tests.cli.shipped import copy_clone


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """The made project; one patch of its stack conflicts."""
    return make_demo(tmp_path)


@pytest.fixture
def clean_demo(tmp_path: Path) -> Demo:
    """The made project with only those patches that can be ported."""
    return make_demo(tmp_path, PORTED)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of patchkit, as far as its documents need one."""
    return copy_clone(tmp_path / "clone")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 16 KiB large."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=755", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this user cannot mount a file system: {error}")
    yield folder
    subprocess.run(["umount", folder], check=True)
