"""Runs rpmbuild on a stack's spec."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from patchkit.model.tree import File
from tests.cli.folders import contents_of

needs_rpm = pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="rpm is not installed")


def prepared(stack: Path, upstream: Mapping[bytes, File], work: Path) -> Mapping[str, bytes]:
    """The tree that `rpmbuild -bp` makes of the spec in a folder, by path.

    The tarball of `upstream` has the name and version of the demonstration's spec.
    """
    sources = work / "SOURCES"
    shutil.copytree(stack, sources)
    (spec,) = sources.glob("*.spec")
    version = next(
        line.split()[-1] for line in spec.read_text().splitlines() if line.startswith("Version")
    )
    name = f"{spec.stem}-{version}"
    with tarfile.open(sources / f"{name}.tar.gz", "w:gz") as archive:
        for path, file in upstream.items():
            entry = tarfile.TarInfo(f"{name}/{path.decode()}")
            entry.size = len(file.content)
            archive.addfile(entry, io.BytesIO(file.content))
    done = subprocess.run(
        [
            "rpmbuild", "-bp", "--nodeps", "--define", f"_topdir {work}",
            "--define", f"_sourcedir {sources}", str(spec),
        ],
        capture_output=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr.decode()
    (tree,) = work.glob(f"BUILD/**/{name}")
    return contents_of(tree)
