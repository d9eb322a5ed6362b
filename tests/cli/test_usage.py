"""The command line itself: what it accepts, and how it says no."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import patchkit
from tests.cli.demo import NEW, OLD, Demo
from tests.cli.folders import names_in
from tests.cli.running import assert_done, assert_refused, environment, run
from tests.sources.made import commit, git, new_repository

_COMMANDS = ("rebase", "show", "check", "apply", "refresh")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rebsae"], ("No such command 'rebsae'", "patchkit --help")),
        (["--frobnicate"], ("No such option", "--frobnicate", "patchkit --help")),
        (["rebase", "--frobnicate"], ("--frobnicate", "patchkit rebase --help")),
        (["rebase", "--to", "2.0"], ("no patchkit.yaml here", "--stack")),
        (["rebase", "--from", "1.0"], ("Missing option '--to'",)),
        (["rebase", "--from"], ("'--from' requires an argument",)),
        (["rebase", "--from", "1", "--to", "2", "more"], ("unexpected extra argument", "more")),
        (["rebase", "--from", "1", "--to", "2", "--fuzz", "-1"], ("--fuzz", "-1")),
        (["rebase", "--from", "1", "--to", "2", "--fuzz", "x"], ("--fuzz", "'x'")),
        (["apply"], ("Missing argument 'FOLDER'", "patchkit apply --help")),
        (["show", "--at"], ("'--at' requires an argument",)),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], words: tuple[str, ...]) -> None:
    """What is not understood is one line with exit code 2, and the help that is meant."""
    assert_refused(run(*arguments, cwd=tmp_path), *words)
    assert [] == names_in(tmp_path)


def test_the_version() -> None:
    """`--version` prints name and version."""
    done = run("--version")
    assert (0, f"patchkit {patchkit.__version__}\n", "") == (
        done.exit_code, done.stdout, done.stderr
    )  # fmt: skip


def imported(*arguments: str, cwd: Path) -> frozenset[str]:
    """The modules that are there when a command has ended, which it must do well."""
    program = (
        "import sys\n"
        "from patchkit.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(done.stderr.splitlines()[-1].split())


_LIBRARIES = {"git", "rich.console", "unidiff", "yaml", "tarfile", "jinja2", "pygments"}


@pytest.mark.parametrize("argument", ["--version", "nope"])
def test_what_is_quick_to_say_loads_no_library(tmp_path: Path, argument: str) -> None:
    """Neither a library nor a module of ours but the command's own."""
    found = imported(argument, cwd=tmp_path)
    assert set() == found & {*_LIBRARIES, "rich", "subprocess", "json"}
    ours = {name for name in found if name.startswith("patchkit.")}
    assert {"cli", "errors", "model"} == {name.split(".")[1] for name in ours}


def test_what_is_remembered_needs_neither_engine_nor_proof(
    clean_demo: Demo, tmp_path: Path
) -> None:
    """The same port again: the libraries and floors that make one are not imported. Reading a
    repository needs no GitPython, the first time either."""
    git_dir = new_repository(tmp_path / "upstream.git")
    for version, files in (("1.0", OLD), ("2.0", NEW)):
        git(git_dir, "tag", version, commit(git_dir, files))
    arguments = (
        *("rebase", "--from", "1.0", "--to", "2.0", "--stack", str(clean_demo.stack), "-q"),
        *("--upstream", str(git_dir), "--out", "out"),
    )
    first = imported(*arguments, cwd=tmp_path)
    assert {"patchkit.engine.porting", "patchkit.proof.script", "unidiff"} <= first
    assert set() == first & {"git", "rich.console", "yaml", "jinja2", "pygments"}
    again = imported(*arguments, cwd=tmp_path)
    assert set() == again & _LIBRARIES
    floors = {name.split(".")[1] for name in again if name.count(".") > 1}
    assert set() == floors & {"proof", "diffing", "syntax", "siblings", "lint"}
    assert {"patchkit.engine.watching"} == {
        name for name in again if name.startswith("patchkit.engine.")
    }


def test_no_arguments_show_the_help() -> None:
    """Alone, `patchkit` lists its commands, each with a line."""
    alone = run()
    assert_done(alone)
    for command in _COMMANDS:
        assert f"\n  {command} " in alone.stdout
    assert alone == run("--help") == run("-h")


def test_a_command_has_help() -> None:
    """`--help` of a command has its options, and examples at its end."""
    done = run("rebase", "--help")
    assert_done(done)
    assert "Usage: patchkit rebase [OPTIONS]" in done.stdout
    assert "\n\nExamples:\n  patchkit rebase --from " in done.stdout
    assert "--json" in done.stdout


def test_the_installed_command_and_the_module_are_the_same(demo: Demo) -> None:
    """`patchkit` and `python -m patchkit` give the same, errors included."""
    script = Path(sys.executable).with_name("patchkit")
    if not script.exists():
        pytest.skip("the console script is not installed beside this Python")
    for arguments in (
        ["--help"],
        ["rebase"],
        ["check", "--stack", str(demo.stack), "--upstream", str(demo.upstream)],
    ):
        assert run(*arguments, program=(str(script),)) == run(*arguments)
