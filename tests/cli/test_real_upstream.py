"""The shipped stack on the real kata-containers, where PATCHKIT_UPSTREAM names a clone of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.folders import contents_of
from tests.cli.running import run

_NAMED = os.environ.get("PATCHKIT_UPSTREAM", "")
_UPSTREAM = str(Path(_NAMED).absolute())

pytestmark = pytest.mark.skipif(
    not _NAMED, reason="PATCHKIT_UPSTREAM names no clone of kata-containers"
)


def _ported(folder: Path) -> dict[str, bytes]:
    """The patches and the series that a port wrote."""
    files = contents_of(folder).items()
    return {path: raw for path, raw in files if not path.startswith("report.")}


def test_the_reduced_upstream_gives_the_same_stack(clone: Path, tmp_path: Path) -> None:
    """A port on the real tags is proved, and its patches are those of the reduced upstream."""
    rebase = ("rebase", "--from", "2.5.1", "--to", "3.2.0", "--out")
    real = run(*rebase, tmp_path / "real", "--upstream", _UPSTREAM, cwd=clone)
    assert real.exit_code in (0, 1)
    assert "" == real.stderr
    assert "the reduced upstream" not in real.stdout
    reduced = run(*rebase, tmp_path / "reduced", cwd=clone)
    assert real.exit_code == reduced.exit_code
    assert _ported(tmp_path / "reduced") == _ported(tmp_path / "real")


def test_the_stack_is_exact_on_the_real_version(clone: Path) -> None:
    """The shipped stack applies to the real 2.5.1 without fuzz and offset."""
    done = run("check", "--at", "2.5.1", "--upstream", _UPSTREAM, cwd=clone)
    assert (0, "") == (done.exit_code, done.stderr)
    assert "patches apply exactly: no fuzz, no offset." in done.stdout
