"""The same bytes with other versions of git and of Python, where there are some.

`PATCHKIT_GITS` names git programs, `PATCHKIT_PYTHONS` Pythons in which patchkit's dependencies are
installed; in both, paths with `:` between. docs/howto/check-other-versions.md says how to get them.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.determinism.scene import KATA, OTHERS, Outcome, make_inputs, play
from tests.determinism.surroundings import another_country, plain
from tests.determinism.test_same_bytes import assert_same

_COMMANDS = (*KATA, *OTHERS)


def _named(variable: str) -> list[Path]:
    return [Path(one) for one in os.environ.get(variable, "").split(os.pathsep) if one]


_GITS = _named("PATCHKIT_GITS")
_PYTHONS = _named("PATCHKIT_PYTHONS")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, to be copied."""
    return make_inputs(tmp_path_factory.mktemp("inputs") / "root")


@pytest.fixture(scope="module")
def usual(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What this Python gives with the git that is found first."""
    made = tmp_path_factory.mktemp("usual")
    return play(inputs, plain(made / "root", tmp_path_factory.mktemp("home")), _COMMANDS)


@pytest.mark.skipif(not _GITS, reason="PATCHKIT_GITS names no other versions of git")
@pytest.mark.parametrize("git", _GITS, ids=str)
def test_git(git: Path, inputs: Path, usual: Outcome, tmp_path: Path) -> None:
    """Another git gives the same, in reports and in the commits of a branch, and follows a person's
    settings as little."""
    around = replace(another_country(tmp_path / "root", tmp_path), git=git)
    around.root.mkdir()
    assert git.resolve() == _found(around.run("sh", "-c", "command -v git")).resolve()
    assert_same(usual, play(inputs, around, _COMMANDS))


@pytest.mark.skipif(not _PYTHONS, reason="PATCHKIT_PYTHONS names no other Pythons")
@pytest.mark.parametrize("python", _PYTHONS, ids=str)
def test_python(python: Path, inputs: Path, usual: Outcome, tmp_path: Path) -> None:
    """Another Python, with the dependencies in the versions that it has, gives the same."""
    around = plain(tmp_path / "root", tmp_path, python=str(python))
    around.root.mkdir()
    assert_same(usual, play(inputs, around, _COMMANDS))


def _found(ran: subprocess.CompletedProcess[bytes]) -> Path:
    assert ran.returncode == 0, ran
    return Path(os.fsdecode(ran.stdout.rstrip(b"\n")))
