"""The commands that the reports print: they do what they say when they are typed as they stand."""

from __future__ import annotations

import html
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.demo import CONFLICTED, OLD, Demo, diff, make_demo
from tests.cli.programs import put_before
from tests.cli.running import Run, assert_done, run

_ODD = "0005 odd\x07 name.patch"
_COMMANDS = {
    "report.txt": re.compile(r"^    [A-Z][a-z ]+: (patchkit resolve .*)$", re.MULTILINE),
    "report.md": re.compile(r"^  [A-Z][a-z ]+: `(patchkit resolve .*)`$", re.MULTILINE),
    "report.html": re.compile(r'<p class="command">.*?<code>(.*?)</code>'),
}
_FORMS = ("--report=html", "--report=markdown")


@pytest.fixture
def held(tmp_path: Path) -> Demo:
    """A project in which two lines conflict, one of them in a patch with an odd name, and upstream
    has neither of two files any more, of which one is deleted by the stack, too."""
    notes = OLD[b"docs/notes.txt"].content
    edited = notes.replace(b"note 25\n", b"our twenty-five\n")
    util = OLD[b"util.c"].content
    demo = make_demo(
        tmp_path,
        {
            "0001-main.patch": CONFLICTED,
            _ODD: diff("docs/notes.txt", notes, edited),
            "0006-gone.patch": diff("util.c", util, util.replace(b"util 3\n", b"our 3\n")),
        },
    )
    (demo.upstream / "2.0" / "util.c").unlink()
    shutil.copytree(demo.upstream / "2.0", demo.upstream / "3.0")
    return demo


def _commands(folder: Path, name: str) -> list[str]:
    text = (folder / name).read_text()
    return [html.unescape(found) for found in _COMMANDS[name].findall(text)]


def _typed(command: str, cwd: Path, more: Sequence[str], editor: Mapping[str, str]) -> Run:
    program, *words = shlex.split(command)
    assert "patchkit" == program
    return run(*words, *more, cwd=cwd, changes=editor)


@pytest.fixture
def editor(tmp_path: Path) -> Mapping[str, str]:
    """An editor that leaves an answer."""
    script = 'echo decided > "$1"'
    return {**put_before(tmp_path / "bin", "my-editor", script), "EDITOR": "my-editor"}


@pytest.mark.parametrize("name", _COMMANDS)
def test_in_the_folder_of_the_project(held: Demo, editor: Mapping[str, str], name: str) -> None:
    """Where stack and port are where patchkit puts them, nothing is to be added, even with two
    ports; then nothing is left to answer."""
    for version in ("2.0", "3.0"):
        to = ("--from=1.0", f"--to={version}", f"--upstream={held.upstream}")
        assert 1 == run("rebase", *to, *_FORMS, cwd=held.stack).exit_code
    commands = _commands(held.root / "demo-2.0", name)
    assert 3 <= len(commands)
    for command in commands:
        assert_done(_typed(command, held.stack, (), editor))
    listed = (held.root / "demo-2.0" / "report.txt").read_text()
    (found,) = re.findall(
        r"`(patchkit resolve [^`]*)`, with --stack and --out", " ".join(listed.split())
    )
    assert_done(_typed(found, held.stack, (), editor))


@pytest.mark.parametrize("name", _COMMANDS)
def test_with_an_out_of_its_own(held: Demo, editor: Mapping[str, str], name: str) -> None:
    """From anywhere, with the two options that the page asks for; without them it is refused."""
    held.rebase(*_FORMS)
    more = ("--out", str(held.out), "--stack", str(held.stack))
    for command in _commands(held.out, name):
        assert 2 == _typed(command, held.root, (), editor).exit_code
        assert_done(_typed(command, held.root, more, editor))
    assert_done(run("resolve", *more))


def test_no_report_names_a_folder_of_the_machine(held: Demo) -> None:
    """What is to be added depends on who reads it where, so it is not in the files."""
    held.rebase(*_FORMS)
    for place in held.out.glob("report.*"):
        assert str(held.root) not in place.read_text()


def test_what_no_text_can_answer_opens_no_editor(held: Demo) -> None:
    """The file is gone: the change can be left out, and nothing else is offered."""
    held.rebase(*_FORMS)
    for name in _COMMANDS:
        (command,) = [one for one in _commands(held.out, name) if "0006-gone" in one]
        assert " --take ours " in command


@pytest.mark.parametrize("options", [(), ("--out", "../a port"), ("--resolutions", "../my own")])
def test_what_a_run_prints_names_the_places_it_was_given(
    held: Demo, options: Sequence[str]
) -> None:
    """It lists the held regions of the port that was just made, wherever that is."""
    (held.stack.parent / "my own").touch()
    words = ("--from=1.0", "--to=2.0", f"--upstream={held.upstream}", *options)
    done = run("rebase", *words, "--stack", held.stack, cwd=held.stack)
    (command,) = re.findall(
        r"^Next: settle \d+ held regions \(`(.*)` lists them\)", done.stdout, re.M
    )
    listed = _typed(command, held.stack, (), {})
    assert_done(listed, exit_code=1)
    assert " held regions, 0 with an answer, " in listed.stdout
