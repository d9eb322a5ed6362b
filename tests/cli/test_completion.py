"""`patchkit completion`: what the real shells complete."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from patchkit.cli.completion import SHELLS, script_for
from patchkit.cli.main import cli
from tests.cli.demo import Demo
from tests.cli.packaged import make_packaged, typed
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, REPOSITORY, assert_refused, environment, run
from tests.sources.commits import Made

_ASKED: Mapping[str, frozenset[str]] = {
    "patchkit comp": frozenset({"completion"}),
    "patchkit series mo": frozenset({"move"}),
    "patchkit rebase --absorbed": frozenset({"--absorbed-from"}),
    "patchkit report --format j": frozenset({"json", "junit"}),
    "patchkit rebase --only 0002": frozenset({"0002-new.patch"}),
    "patchkit rebase --from ": frozenset({"1.0"}),
    "patchkit check --at=2": frozenset({"2.0"}),
    "patchkit rebase --accept w": frozenset({"words"}),
}
"""Words that are typed, the last one half, and what may stand there."""

_BASH = """\
eval "$(patchkit completion bash)"
while IFS= read -r typed; do
    COMP_WORDS=($typed)
    case $typed in *" ") COMP_WORDS+=("") ;; esac
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _patchkit_completion patchkit
    echo "${COMPREPLY[*]}"
done
"""
_ZSH = """\
autoload -Uz compinit && compinit -u -D
eval "$(patchkit completion zsh)"
compadd() { found+=($completions) }
_describe() { for one in $completions_with_descriptions; do found+=(${one%%:*}); done }
while IFS= read -r typed; do
    words=(${(z)typed})
    case $typed in *" ") words+=("") ;; esac
    CURRENT=$#words
    found=()
    _patchkit_completion
    echo "$found"
done
"""
_FISH = """\
patchkit completion fish | source
while read -l typed
    echo (complete -C "$typed" | string replace -r '\\t.*' '')
end
"""


@pytest.fixture
def project(clean_demo: Demo, tmp_path: Path) -> Demo:
    """A project with patchkit.yaml, and `patchkit` on PATH."""
    (clean_demo.stack / "patchkit.yaml").write_text("upstream: ../upstream\n")
    return clean_demo


_FEW = tuple(_ASKED)[1:5:3]
"""Those that another shell is asked, as each answer is a start of patchkit."""


def _answers(
    project: Demo, tmp_path: Path, shell: list[str], script: str, asked: Sequence[str]
) -> Mapping[str, frozenset[str]]:
    """What a shell completes each line with that is asked."""
    call = " ".join(map(shlex.quote, PATCHKIT))
    found = put_before(tmp_path / "bin", "patchkit", f'exec {call} "$@"\n')
    done = subprocess.run(
        [*shell, script], cwd=project.stack, env=environment({**found, "HOME": str(tmp_path)}),
        input="".join(f"{one}\n" for one in asked), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    told = done.stdout.splitlines()
    return {one: frozenset(line.split()) for one, line in zip(asked, told, strict=True)}


def test_bash(project: Demo, tmp_path: Path) -> None:
    """Commands, options and their values; patches and versions of the project."""
    shell = ["bash", "--norc", "-c"]
    assert _ASKED == _answers(project, tmp_path, shell, _BASH, tuple(_ASKED))


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh(project: Demo, tmp_path: Path) -> None:
    """The same in zsh."""
    found = _answers(project, tmp_path, ["zsh", "-f", "-c"], _ZSH, _FEW)
    assert found == {one: _ASKED[one] for one in _FEW}


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish(project: Demo, tmp_path: Path) -> None:
    """The same in fish."""
    found = _answers(project, tmp_path, ["fish", "--no-config", "-c"], _FISH, _FEW)
    assert found == {one: _ASKED[one] for one in _FEW}


def test_what_an_install_puts_in_place_loads_the_script() -> None:
    """The files for the folders of the shells ask patchkit for the script of their shell."""
    folder = REPOSITORY / "docs" / "completions"
    names = {"bash": "patchkit.bash", "zsh": "_patchkit", "fish": "patchkit.fish"}
    assert set(SHELLS) == set(names)
    for shell, name in names.items():
        assert f"patchkit completion {shell}" in (folder / name).read_text()


def test_what_is_printed_is_clicks_own() -> None:
    """Each shell's script asks by the variable that click looks at."""
    for shell in SHELLS:
        done = typed(f"patchkit completion {shell}")
        assert (0, script_for(shell)) == (done.exit_code, done.output)
        assert f"_PATCHKIT_COMPLETE={shell}_complete" in done.output


def test_another_shell_is_refused(tmp_path: Path) -> None:
    """What is known is told."""
    assert_refused(run("completion", "tcsh", cwd=tmp_path), "tcsh", "bash", "zsh", "fish")


def _offered(line: str) -> set[str]:
    """What patchkit offers for the last word of a line, in the current folder."""
    *words, last = line.split(" ")[1:]
    return {
        one.value for one in ShellComplete(cli, {}, "patchkit", "").get_completions(words, last)
    }


@pytest.mark.parametrize("settings", ["nonsense: 1\n", "upstream: ../nowhere\n"])
def test_a_broken_project_completes_nothing_and_says_nothing(
    project: Demo,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    settings: str,
) -> None:
    """Whatever is wrong with a project, a person who types sees no message."""
    (project.stack / "patchkit.yaml").write_text(settings)
    monkeypatch.chdir(project.stack)
    assert set() == _offered("patchkit rebase --to 7")
    assert ("", "") == capfd.readouterr()


def test_names_that_a_shell_would_have_to_quote_are_left_out(
    project: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name is put on the command line that means something else there."""
    project.put("0004 a b.patch", b"")
    project.put("0004-$(x).patch", b"")
    monkeypatch.chdir(project.stack)
    assert {"0001-util.patch", "0002-new.patch", "0003-notes.patch"} == _offered("patchkit deps 0")


def test_decisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded can be forgotten without typing its identity."""
    identity = make_packaged(tmp_path / "made", monkeypatch)
    assert {identity} == _offered("patchkit resolutions forget ")


def test_versions_of_a_git_upstream(
    tmp_path: Path, clean_demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tags of an upstream that is here may be ported to."""
    made = Made(tmp_path / "up.git")
    made.tag("v7.1", made.commit({b"a": b"a\n"}))
    (clean_demo.stack / "patchkit.yaml").write_text("upstream: ../up.git\n")
    monkeypatch.chdir(clean_demo.stack)
    assert {"v7.1"} == _offered("patchkit rebase --to v")
