"""Builds wheels and sdists as a release does, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tests.cli.running import REPOSITORY

EPOCH = "1795564800"
TOP = (
    *(".ci", ".github", ".gitignore", ".gitlab", ".mkdocs.yml", ".pre-commit-hooks.yaml"),
    *("CHANGELOG.md", "LICENSE", "README.md", "docs", "patchkit"),
    *("pyproject.toml", "series", "tests"),
)
"""What the repository has at its top; hidden folders of tools are not among it."""


def copy_source(root: Path, *, backwards: bool = False, when: int | None = None) -> Path:
    """A check-out of this source in `root`, made in an order and dated as one likes."""
    root.mkdir(parents=True)
    for name in sorted(TOP, reverse=backwards):
        _copy(REPOSITORY / name, root / name, backwards=backwards)
    if when is not None:
        for place in root.rglob("*"):
            os.utime(place, (when, when), follow_symlinks=False)
    return root


def _copy(source: Path, target: Path, *, backwards: bool) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir()
        for one in sorted(source.iterdir(), reverse=backwards):
            if one.name != "__pycache__":
                _copy(one, target / one.name, backwards=backwards)
    else:
        # The modes that git would give, by the umask of this process.
        target.write_bytes(source.read_bytes())
        target.chmod(target.stat().st_mode | (0o111 if os.access(source, os.X_OK) else 0))


def build(source: Path, out: Path, *kinds: str, changes: Mapping[str, str] | None = None) -> Path:
    """Build `--wheel`, `--sdist` or both into `out`, with the hatchling that is installed."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, **(changes or {})}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *kinds]
    ran = subprocess.run([*command, str(source)], env=environment, capture_output=True, check=False)
    assert ran.returncode == 0, (ran.stdout, ran.stderr)
    return out


def unpacked(sdist: Path, root: Path) -> Path:
    """The source in an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(root, filter="data")
    (top,) = root.iterdir()
    return top


def only(folder: Path, pattern: str) -> Path:
    """The one file of a folder that a pattern matches."""
    (found,) = folder.glob(pattern)
    return found
