"""Tables and names: nothing is cut off, nothing is taken for markup, nothing acts."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.demo import CREATED, SHIFTED, Demo, make_stack
from tests.cli.running import PATCHKIT, assert_done, environment, run
from tests.determinism.surroundings import language_in

_ODD_NAMES = (
    "0001-[red]alarm[/red] :bug: [/].patch",
    "0002-Grüße aus Köln.patch",
    "0003-" + "a-very-long-name-" * 11 + ".patch",
    "0004-100% 'quoted' \"twice\" $HOME `id`.patch",
)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def odd_demo(demo: Demo) -> Demo:
    """The made project with a stack of oddly named patches; only the last needs the first."""
    patches = {
        name: CREATED.replace(b"new.txt", b"new-%d.txt" % number)
        for number, name in enumerate(_ODD_NAMES)
    }
    stack = make_stack(demo.root / "odd", patches)
    return Demo(demo.root, stack, demo.upstream, demo.out)


@pytest.mark.parametrize("columns", ["60", "20"])
def test_names_are_whole_in_files_and_pipes(odd_demo: Demo, columns: str) -> None:
    """However narrow the terminal, each patch is one line with its whole name when it is piped."""
    changes = {"COLUMNS": columns}
    shown = run("show", "--stack", odd_demo.stack, changes=changes)
    ported = odd_demo.rebase("--dry-run", changes=changes)
    upstream = f"--upstream={odd_demo.upstream}"
    stack = f"--stack={odd_demo.stack}"
    checked = run("check", stack, upstream, "--at", "1.0", changes=changes)
    for done in (shown, ported, checked):
        assert_done(done)
        lines = done.stdout.splitlines()
        for name in _ODD_NAMES:
            assert 1 == sum(name in line for line in lines)
        assert "…" not in done.stdout


def _on_terminal(demo: Demo, *arguments: str, changes: Mapping[str, str] | None = None) -> str:
    """What a person sees who runs this on a terminal."""
    return _sent_to_terminal(demo, *arguments, changes=changes).decode()


def _sent_to_terminal(
    demo: Demo, *arguments: str, changes: Mapping[str, str] | None = None
) -> bytes:
    """The bytes that a terminal gets."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*PATCHKIT, *arguments, f"--stack={demo.stack}"],
        env=environment(changes),
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    ):
        os.close(slave)
        seen = b""
        while piece := _read(master):
            seen += piece
    os.close(master)
    return seen


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # Linux's way to say that the other end of a terminal was closed
        return b""


@pytest.mark.parametrize("columns", [60, 100])
def test_names_are_folded_on_terminals(odd_demo: Demo, columns: int) -> None:
    """On a terminal no row is too wide, and the parts of each name make up the whole."""
    changes = {"COLUMNS": str(columns)}
    rebase = ("rebase", "--from=1.0", "--to=2.0", f"--upstream={odd_demo.upstream}", "--dry-run")
    for arguments in (("show",), rebase):
        seen = _ESCAPES.sub("", _on_terminal(odd_demo, *arguments, changes=changes))
        assert "…" not in seen
        assert "Traceback" not in seen
        table = [line for line in seen.splitlines() if "a-very-long" in line]
        assert all(len(line) <= columns for line in table)
        assert _without_blanks("".join(_ODD_NAMES)) in _first_columns(seen)


def _first_columns(table: str) -> str:
    """What stands in the column of names, from line to line."""
    cells = (re.split(" {2,}", line.strip()) for line in table.splitlines())
    names = (next((cell for cell in row if not cell.isdigit()), "") for row in cells)
    return _without_blanks("".join(names))


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def test_colours_are_for_terminals(odd_demo: Demo) -> None:
    """A terminal gets colours unless NO_COLOR is set; a pipe gets none unless they are forced."""
    arguments = (
        *("rebase", "--from=1.0", "--to=2.0", f"--upstream={odd_demo.upstream}", "--dry-run"),
    )
    green = "\x1b[32m"
    assert green in _on_terminal(odd_demo, *arguments)
    assert green not in _on_terminal(odd_demo, *arguments, changes={"NO_COLOR": "1"})
    assert "\x1b" not in odd_demo.rebase("--dry-run").stdout
    assert green in odd_demo.rebase("--dry-run", changes={"FORCE_COLOR": "1"}).stdout


def test_names_that_are_not_utf_8(demo: Demo) -> None:
    """A Latin-1 name is shown with escapes, goes through all files, and JSON keeps its bytes."""
    name = b"0009-caf\xe9.patch".decode("utf-8", "surrogateescape")
    (demo.stack / "patches" / name).write_bytes(CREATED.replace(b"new.txt", b"caf\xe9.txt"))
    series = demo.stack / "series.conf"
    series.write_bytes(series.read_bytes() + b"0009-caf\xe9.patch\n")
    done = demo.rebase()
    assert (1, "") == (done.exit_code, done.stderr)
    assert r"0009-caf\xe9.patch" in done.stdout
    assert (demo.out / "patches" / name).is_file()
    for command in (["show"], ["check", "--at=1.0", f"--upstream={demo.upstream}"]):
        told = run(*command, "--stack", demo.stack, "--json")
        patch = json.loads(told.stdout)["patches"][-1]
        assert {"base64": "MDAwOS1jYWbpLnBhdGNo"} == patch["name"]
        assert "\ud800" not in told.stdout
        assert told.stdout.isascii()


def test_escape_sequences_do_not_act(demo: Demo) -> None:
    """Neither a table nor an error passes on what could act on a terminal."""
    name = "0009-\x1b[31m\u202e.patch"
    (demo.stack / "patches" / name).write_bytes(SHIFTED)
    series = demo.stack / "series.conf"
    series.write_bytes(series.read_bytes() + name.encode() + b"\n")
    done = run("show", "--stack", demo.stack)
    assert_done(done)
    assert r"0009-\x1b[31m\u202e.patch" in done.stdout
    assert "\x1b" not in done.stdout
    (demo.stack / "patches" / name).unlink()
    refused = run("show", "--stack", demo.stack)
    assert 2 == refused.exit_code
    assert r"0009-\x1b[31m\u202e.patch" in refused.stderr
    assert "\x1b" not in refused.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_output_that_cannot_hold_a_name(odd_demo: Demo, encoding: str) -> None:
    """Where standard output is not UTF-8, what it cannot hold is escaped."""
    changes = {"PYTHONIOENCODING": encoding}
    done = run("show", "--stack", odd_demo.stack, changes=changes)
    assert (0, "") == (done.exit_code, done.stderr)
    assert "K\\xf6ln" in done.stdout or "K\udcf6ln" in done.stdout


@pytest.mark.skipif(shutil.which("localedef") is None, reason="localedef is not there")
def test_another_encoding_is_for_terminals(odd_demo: Demo, tmp_path: Path) -> None:
    """A terminal gets letters in its own encoding, a pipe gets UTF-8 in any locale."""
    changes = language_in(tmp_path, "de_DE", "ISO-8859-1")
    if not any(Path(changes["LOCPATH"]).iterdir()):
        pytest.skip("the sources of locales are not there")
    assert "Grüße".encode("latin-1") in _sent_to_terminal(odd_demo, "show", changes=changes)
    assert "Grüße" in run("show", "--stack", odd_demo.stack, changes=changes).stdout


def test_quiet_prints_nothing(clean_demo: Demo) -> None:
    """With --quiet only the exit code tells."""
    demo = clean_demo
    upstream, stack = f"--upstream={demo.upstream}", f"--stack={demo.stack}"
    for done in (
        demo.rebase("--quiet"),
        run("check", "--at=1.0", stack, upstream, "--quiet"),
        run("refresh", "--at=1.0", stack, upstream, "-q"),
        run("show", stack, "--quiet"),
        run("apply", stack, str(demo.upstream / "1.0"), "--quiet"),
    ):
        assert (0, "", "") == (done.exit_code, done.stdout, done.stderr)


def test_progress_shows_on_terminals(odd_demo: Demo) -> None:
    """The name of the patch in work is shown as it is, brackets and all."""
    rebase = ("rebase", "--from=1.0", "--to=2.0", f"--upstream={odd_demo.upstream}", "--dry-run")
    assert "Proving the new stack" in _on_terminal(odd_demo, *rebase)
    assert "Proving" not in _on_terminal(odd_demo, *rebase, "--json")


def test_the_folder_is_shown(demo: Demo, tmp_path: Path) -> None:
    """Every result says where it is, also where the folder has an odd name."""
    out = tmp_path / "[bold]out :bug:"
    assert f"Written to {out}: " in demo.rebase("--out", out).stdout
