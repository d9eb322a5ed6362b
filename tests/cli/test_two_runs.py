"""Two runs at once on one stack, and what somebody changes between reading and writing."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.demo import HELD, PORTED, Demo, make_demo
from tests.cli.folders import contents_of, names_in, state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, assert_done, assert_refused, environment, run
from tests.cli.test_interruption import wait_for

_ON_OLD = ("--at", "1.0")


@contextmanager
def _at_the_proof(
    folder: Path, *arguments: str | Path
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A run that has read the stack and is proving what it will write; it goes on when the file
    that is given appears."""
    go_on = folder / "go-on"
    # Anything but writing waits until it is told.
    wait = f"while [ ! -e {go_on} ]; do sleep 0.01; done\n"
    reached = folder / "reached"
    os.mkfifo(reached)
    real = subprocess.run(["sh", "-c", "command -v patch"], capture_output=True, check=True).stdout
    changes = put_before(
        folder / "bin", "patch",
        f"[ -e {go_on} ] || echo here > {reached}\n{wait}exec {real.decode().strip()} \"$@\"\n",
    )  # fmt: skip
    with subprocess.Popen(
        [*PATCHKIT, *map(str, arguments)], env=environment(changes), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            wait_for(reached)
            yield process, go_on
        finally:
            go_on.touch()
            process.communicate()


def _commands(demo: Demo) -> dict[str, tuple[str | Path, ...]]:
    upstream, stack = ("--upstream", demo.upstream), ("--stack", demo.stack)
    return {
        "rebase": ("rebase", "--from", "1.0", "--to", "2.0", *stack, *upstream, "--out", demo.out),
        "series": ("series", "remove", "0002", *stack, *_ON_OLD, *upstream),
        "refresh": ("refresh", *stack, *_ON_OLD, *upstream),
        "upgrade": ("upgrade", "--from", "1.0", "--to", "2.0", *stack, *upstream),
    }


@pytest.mark.parametrize("command", ["rebase", "series", "refresh", "upgrade"])
def test_the_second_run_is_refused(tmp_path: Path, command: str) -> None:
    """It is told who is at work; who only reads is not kept out. The first one ends as if it had
    been alone."""
    demo = make_demo(tmp_path / "demo", PORTED)
    arguments = _commands(demo)[command]
    with _at_the_proof(tmp_path, *arguments) as (process, go_on):
        second = run(*arguments)
        host = os.uname().nodename
        assert_refused(second, f": patchkit {command}", f"pid {process.pid} on host {host}, for ")
        assert_done(run("show", "--stack", demo.stack))
        assert_done(run(*arguments, "--dry-run")) if command != "rebase" else None
        go_on.touch()
        _, stderr = process.communicate()
    assert (0, b"") == (process.returncode, stderr)
    assert [] == [name for name in names_in(demo.stack) if name.startswith(".")]


def test_a_run_after_a_killed_one(tmp_path: Path) -> None:
    """What a killed run holds is free: the next one works, and sweeps what was left."""
    demo = make_demo(tmp_path / "demo", HELD)
    arguments = _commands(demo)["rebase"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with _at_the_proof(tmp_path, *arguments) as (process, _):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert 1 == run(*arguments, changes={"TMPDIR": str(scratch)}).exit_code
    assert [] == names_in(scratch)
    assert [] == [name for name in names_in(demo.root) if name.startswith(".")]


def _edit_patch(demo: Demo) -> None:
    place = demo.patch("0003-notes.patch")
    place.write_bytes(b"Subject: mine\n\n" + place.read_bytes())


def _list_another(demo: Demo) -> None:
    demo.put("0009-mine.patch", b"Subject: mine\n\n" + PORTED["0003-notes.patch"])


@pytest.mark.parametrize("change", [_edit_patch, _list_another])
@pytest.mark.parametrize("command", ["series", "refresh", "upgrade"])
def test_somebody_edits_the_stack(
    tmp_path: Path, command: str, change: Callable[[Demo], None]
) -> None:
    """What was changed while a command worked stays as it is: nothing is written over it."""
    demo = make_demo(tmp_path / "demo", PORTED)
    moved = PORTED["0001-util.patch"].replace(b"@@ -17,7 +17,7 @@", b"@@ -14,7 +14,7 @@")
    assert moved != PORTED["0001-util.patch"]
    demo.put("0001-util.patch", moved)
    with _at_the_proof(tmp_path, *_commands(demo)[command]) as (process, go_on):
        change(demo)
        edited = contents_of(demo.stack)
        go_on.touch()
        _, stderr = process.communicate()
    assert 2 == process.returncode
    assert b"changed since it was read" in stderr
    assert b"run the command again" in stderr
    assert {name: raw for name, raw in edited.items() if not name.startswith(".patchkit")} == dict(
        contents_of(demo.stack)
    )


def test_the_stack_changes_while_it_is_ported(tmp_path: Path) -> None:
    """The port is of what was read, which is said; and it is not remembered for what is there."""
    demo = make_demo(tmp_path / "demo", PORTED)
    arguments = _commands(demo)["rebase"]
    with _at_the_proof(tmp_path, *arguments) as (process, go_on):
        _edit_patch(demo)
        go_on.touch()
        stdout, _ = process.communicate()
    assert 0 == process.returncode
    assert b"was changed while this port was made" in stdout
    assert b"Subject: mine" not in (demo.out / "patches" / "0003-notes.patch").read_bytes()
    assert_done(run(*arguments))
    assert b"Subject: mine" in (demo.out / "patches" / "0003-notes.patch").read_bytes()
    demo.patch("0003-notes.patch").write_bytes(PORTED["0003-notes.patch"])
    assert_done(run(*arguments))
    assert b"Subject: mine" not in (demo.out / "patches" / "0003-notes.patch").read_bytes()


def test_two_answers_at_once(tmp_path: Path) -> None:
    """Of two runs that record an answer none is lost: the other one is told to run again."""
    demo = make_demo(tmp_path / "demo", HELD)
    assert 1 == demo.rebase().exit_code
    record = demo.stack / "patchkit.resolutions"
    answer = ("resolve", "0004", "--stack", demo.stack, "--out", demo.out)
    other = [*PATCHKIT, *map(str, answer), "--take", "theirs", "--by", "B"]
    started = [
        subprocess.Popen([*other], env=environment(), stdout=-1, stderr=-1) for _ in range(4)
    ]
    codes = [process.communicate() and process.returncode for process in started]
    assert 0 in codes
    assert set(codes) <= {0, 2}
    before = state_of(demo.stack)
    assert_done(run(*answer, "--take", "theirs", "--by", "B"))
    assert before == state_of(demo.stack)
    assert record.read_text().count("\nresolution") == 1
