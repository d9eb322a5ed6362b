"""Wheel and sdist: the same bytes wherever they are built, with all that they should have."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import patchkit
from tests.cli.folders import contents_of
from tests.cli.running import REPOSITORY
from tests.release.building import build, copy_source, only, unpacked

_PACKAGE = Path(patchkit.__file__).parent


@dataclass(frozen=True)
class Built:
    """The source, and what was built of it."""

    source: Path
    wheel: Path
    sdist: Path


def _built(root: Path, source: Path, **changes: str) -> Built:
    out = build(source, root / "dist", "--wheel", "--sdist", changes=changes)
    return Built(source, only(out, "*.whl"), only(out, "*.tar.gz"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A wheel and an sdist of this source."""
    root = tmp_path_factory.mktemp("release")
    return _built(root, copy_source(root / "source"))


@pytest.fixture
def closed_umask() -> Iterator[None]:
    """Files that are made are for their owner alone."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closed_umask")
def test_the_same_bytes_anywhere(built: Built, tmp_path: Path) -> None:
    """Another place, order, age, umask, zone and hash seed of the same source."""
    source = copy_source(tmp_path / "an other" / "place", backwards=True, when=86400 * 365 * 40)
    assert source.stat().st_mode & 0o077 == 0
    changes = {"TZ": "<+14>-14", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    other = _built(tmp_path, source, **changes)
    for one, same in ((built.wheel, other.wheel), (built.sdist, other.sdist)):
        assert one.name == same.name
        assert one.read_bytes() == same.read_bytes()


def test_the_sdist_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    """A packager who starts from the sdist gets what was released."""
    out = build(unpacked(built.sdist, tmp_path / "source"), tmp_path / "dist", "--wheel")
    assert built.wheel.read_bytes() == only(out, "*.whl").read_bytes()


def test_what_the_wheel_has(built: Built) -> None:
    """The package with all its data, the marker for type checkers, the licence; nothing else."""
    with zipfile.ZipFile(built.wheel) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(f"patchkit-{patchkit.__version__}.dist-info/METADATA").decode()
    expected = {
        f"patchkit/{place.relative_to(_PACKAGE)}"
        for place in _PACKAGE.rglob("*")
        if place.is_file() and "__pycache__" not in place.parts
    }
    stem = f"patchkit-{patchkit.__version__}.data/data/share"
    pages = {f"{stem}/man/man1/{place.name}" for place in (REPOSITORY / "docs" / "man").iterdir()}
    completions = {
        f"{stem}/{name}"
        for name in (
            "bash-completion/completions/patchkit",
            "zsh/site-functions/_patchkit",
            "fish/vendor_completions.d/patchkit.fish",
        )
    }
    shared = {name for name in names if name.startswith(stem)}
    assert pages | completions == shared
    packaged = {
        name for name in names if not name.partition("/")[0].endswith((".dist-info", ".data"))
    }
    assert expected == packaged
    assert "patchkit/py.typed" in packaged
    assert {".css", ".j2", ".json"} <= {Path(name).suffix for name in packaged}
    about = {name.partition(".dist-info/")[2] for name in set(names) - packaged - shared}
    assert {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"} == about
    assert "\nLicense-Expression: Apache-2.0\n" in metadata


def test_the_wheel_works(built: Built, tmp_path: Path) -> None:
    """Installed alone, it ports the stack that ships, with its templates and its script."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    target = tmp_path / "installed"
    subprocess.run([*command, "--target", target, built.wheel], check=True)
    program = "import patchkit.cli.main as it; print(it.__file__, flush=True); it.main()"
    rebase = ("rebase", "--from=2.5.1", "--to=3.2.0", "--report=html", f"--out={tmp_path / 'out'}")
    done = subprocess.run(
        [sys.executable, "-c", program, *rebase],
        cwd=built.source / "series",
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert str(target / "patchkit" / "cli" / "main.py") == done.stdout.splitlines()[0]
    assert (tmp_path / "out" / "report.html").is_file()
    assert (target / "share" / "man" / "man1" / "patchkit-rebase.1").is_file()
    assert (target / "share" / "bash-completion" / "completions" / "patchkit").is_file()


def test_what_the_sdist_has(built: Built) -> None:
    """Every file of the source, byte for byte, and nothing of the machine that built it."""
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    assert {(0, 0, "", "")} == {(one.uid, one.gid, one.uname, one.gname) for one in members}
    found = {one.name.partition("/")[2] for one in members}
    assert set(contents_of(built.source)) | {"PKG-INFO"} == found


def test_the_tests_run_from_the_sdist(built: Built, tmp_path: Path) -> None:
    """Tests of the lowest floor, and one that reads the stack and the documents that ship."""
    source = unpacked(built.sdist, tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    chosen = ["tests/model/test_series.py", "tests/cli/test_shipped_port.py"]
    environment = {name: raw for name, raw in os.environ.items() if "PYTEST" not in name}
    ran = subprocess.run(
        [*command, *chosen], cwd=source, env=environment, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert b" passed" in ran.stdout
    assert REPOSITORY != source
