"""Ctrl-C, and readers that go away: nothing half-written, and no traceback."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.demo import Demo, make_demo
from tests.cli.folders import names_in, state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, environment
from tests.sources.made import commit, git, new_repository


def _rebase(
    demo: Demo, *options: str, changes: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    command = ["rebase", "--from", "1.0", "--to", "2.0", "--stack", demo.stack, "--out", demo.out]
    return subprocess.Popen(
        [*PATCHKIT, *map(str, command), "--upstream", str(demo.upstream), *options],
        env=environment(changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _stopping(folder: Path, program: str) -> tuple[dict[str, str], Path]:
    """Makes a program that says that it was reached, and then does not end."""
    reached = folder / "reached"
    os.mkfifo(reached)
    changes = put_before(folder / "bin", program, f"echo here > {reached}\nexec sleep 60\n")
    return changes, reached


def wait_for(reached: Path) -> None:
    """Wait until somebody writes to this pipe."""
    descriptor = os.open(reached, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert select.select([descriptor], [], [], 30)[0], "the program was not run"
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("to_whole_group", [True, False])
@pytest.mark.parametrize("program", ["patch", "git"])
def test_an_interrupt_writes_nothing(
    demo: Demo, tmp_path: Path, program: str, to_whole_group: bool, number: signal.Signals
) -> None:
    """Ctrl-C reaches the programs that patchkit runs as well; a `kill` does not. No temporary file
    and no lock is left."""
    changes, reached = _stopping(tmp_path, program)
    if program == "git":
        upstream = new_repository(tmp_path / "upstream.git")
        git(upstream, "tag", "v1.0", commit(upstream, {}))
        demo = Demo(demo.root, demo.stack, upstream, demo.out)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = state_of(demo.stack)
    with _rebase(demo, changes={**changes, "TMPDIR": str(scratch)}) as process:
        try:
            wait_for(reached)
            if to_whole_group:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            stdout, stderr = process.communicate(timeout=30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    # Python ends itself by SIGINT where that came while it made a dataclass (it executes a text
    # for that); to a shell the two are the same.
    by_itself = {-number} if number == signal.SIGINT else set()
    assert process.returncode in {128 + number, *by_itself}, stderr
    assert (b"", [b"patchkit: error: Interrupted."]) == (
        stdout, [line for line in stderr.splitlines() if line and not line.startswith(b"  ")]
    )  # fmt: skip
    assert not demo.out.exists()
    assert [] == names_in(scratch)
    assert [] == [name for name in names_in(demo.root) if name.startswith(".")]
    assert before == state_of(demo.stack)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_reader_that_goes_away(tmp_path: Path, options: tuple[str, ...]) -> None:
    """`| head -1` takes what it wants: the work is done, and its exit code is that of the job."""
    demo = make_demo(tmp_path)
    with _rebase(demo, *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        stderr = process.stderr.read()
    assert (1, b"") == (process.returncode, stderr)
    assert (demo.out / "report.json").is_file()


@pytest.mark.parametrize("arguments", ["show --stack .", "--help", "--version"])
def test_no_standard_output_at_all(demo: Demo, arguments: str) -> None:
    """A closed standard output, as some services have it, is no error."""
    program = " ".join(PATCHKIT)
    done = subprocess.run(
        ["sh", "-c", f"exec {program} {arguments} >&-"],
        cwd=demo.stack,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
