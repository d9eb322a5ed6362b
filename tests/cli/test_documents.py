"""The first command of the README, as it is written, on the stack that ships."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.folders import names_in, state_of
from tests.cli.running import assert_done, run
from tests.cli.shipped import SERIES, fences, statuses

_OUT = f"{SERIES}/3.2.0"


def test_the_first_command_of_the_readme(clone: Path) -> None:
    """It ports the shipped stack, says that upstream is a reduced one, and that nothing changed."""
    first = fences(clone / "README.md", "sh")[0].strip()
    install, _, command = first.rpartition(" && ")
    assert "python3 -m venv .venv && .venv/bin/pip install -q ." == install
    program, *arguments = command.split()
    assert ".venv/bin/patchkit" == program
    out = clone / _OUT
    before = state_of(clone)
    for place in (clone, clone / "series"):
        done = run(*arguments, cwd=place)
        assert_done(done)
        assert "reduced upstream that ships with patchkit" in done.stdout
        assert 18 == len(statuses(done.stdout))
        assert "Next: review 0004-" in done.stdout
        last = f"Nothing changed: {out} is identical to this result already."
        assert last == done.stdout.splitlines()[-1]
    assert before == state_of(clone)
    assert ["apply-patches", "patches", "report.json", "report.txt", "series.conf"] == names_in(out)
    assert 0o755 == (out / "apply-patches").stat().st_mode & 0o777


def test_the_first_command_where_nothing_was_ported_yet(clone: Path) -> None:
    """Without the finished port it writes it: 17 patches, series, script and two reports."""
    shutil.rmtree(clone / _OUT)
    done = run("rebase", "--from", "2.5.1", "--to", "3.2.0", cwd=clone)
    assert_done(done)
    assert f"Written to {clone / _OUT}: files 21 created." in done.stdout
