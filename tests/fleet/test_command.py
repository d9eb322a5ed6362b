"""`patchkit fleet` as a person or a program calls it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import PORTED
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, assert_done, assert_refused, environment, run
from tests.fleet.made import MadeFleet, make_fleet, make_mixed_fleet


@pytest.fixture
def mixed(tmp_path: Path) -> MadeFleet:
    """Packages of all kinds."""
    return make_mixed_fleet(tmp_path)


def test_a_person_reads_what_is_left(mixed: MadeFleet) -> None:
    """Figures, causes, what needs a person, the next step, and where all of it is."""
    done = run("fleet", mixed.file, "--out", mixed.out)
    assert_done(done, 1)
    assert done.stdout.startswith(
        "4 packages: 1 ported, 1 conflicts, 1 bad input, 1 no upstream.\n"
    )
    assert re.search(r"^overlap +1 +1 +1 +Upstream and the patch", done.stdout, re.MULTILINE)
    assert not re.search(r"^good ", done.stdout, re.MULTILINE)
    assert "Next: 3 packages need a person" in done.stdout
    assert f"Written to {mixed.out}" in done.stdout
    text = (mixed.out / "fleet.txt").read_text()
    for word in ("good ", "held ", "broken: ", "conflicts: overlap", "0001-util.patch"):
        assert word in text


def test_a_program_reads_json(mixed: MadeFleet) -> None:
    """What is printed is what is written, and follows the schema."""
    done = run("fleet", mixed.file, "--out", mixed.out, "--json")
    assert_done(done, 1)
    document = json.loads(done.stdout)
    Draft202012Validator(json.loads(Schema.FLEET.document())).validate(document)
    assert document == json.loads((mixed.out / "fleet.json").read_bytes())
    assert Schema.FLEET.document().decode() == run("fleet", "--schema").stdout


def test_exit_codes(mixed: MadeFleet, tmp_path: Path) -> None:
    """0 where no package needs a person; 2 for what is no fleet."""
    assert_done(run("fleet", mixed.file, "--out", mixed.out, "--only", "good", "--quiet"))
    assert ["good"] == [one.stem for one in (mixed.out / "outcomes").iterdir()]
    refused = run("fleet", mixed.file, "--out", mixed.out, "--only", "god")
    assert_refused(refused, "god: no package", "Did you mean good?")
    mixed.file.write_text("fleet: 3\n")
    assert_refused(run("fleet", mixed.file, "--out", mixed.out), "needs the line `fleet: 1`")
    assert_refused(run("fleet", tmp_path / "none", "--out", mixed.out), "cannot be read")
    assert_refused(
        run("fleet", mixed.stacks, "--out", mixed.out, "--limit-time", "5"), "5: no time"
    )
    assert_refused(run("fleet", mixed.stacks, "--out", "nothing://x"), "nothing://x: cannot be")


def test_a_proof_that_fails_is_the_exit_code(tmp_path: Path) -> None:
    """It is graver than what needs a person."""
    made = make_fleet(tmp_path, {"one": PORTED})
    changes = put_before(tmp_path / "bin", "patch", '"$real" "$@" && touch "$2/stray"\n')
    done = run("fleet", made.file, "--out", made.out, changes=changes)
    assert_done(done, 3)
    assert "unproved" in done.stdout
    assert not (made.out / "packages").exists()


def test_a_folder_and_options(mixed: MadeFleet) -> None:
    """What a FLEET.yaml says can be said by options."""
    done = run(
        "fleet", mixed.stacks, "--out", mixed.out, "--from", "1.0", "--to", "2.0",
        "--upstream", mixed.file.parent / "upstream", "--limit-memory", "1G", "--workers", "1",
    )  # fmt: skip
    assert_done(done, 1)
    assert done.stdout.startswith("4 packages: 2 ported, 1 conflicts, 1 bad input.\n")


def test_a_terminal_shows_each_package(mixed: MadeFleet) -> None:
    """A line each, with its number; nothing of it goes to standard output."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PATCHKIT, "fleet", str(mixed.file), "--out", str(mixed.out)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 1 << 16):
                told += part
        except OSError:  # Linux says so when the other side is closed
            assert process.wait() == 1
        os.close(ours)
        assert process.stdout is not None
        assert b"4/4" not in process.stdout.read()
    assert re.search(rb"4/4 \w+: [a-z-]+, \d+\.\d s", told)
    assert b"good: ported" in told
