"""`patchkit diff`: a stack beside another one."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.cli.demo import Demo
from tests.cli.running import PATCHKIT, assert_done, assert_refused, environment, run
from tests.cli.shipped import SERIES


def test_the_shipped_stack_and_its_port(clone: Path) -> None:
    """What a reviewer of the port sees: dropped with its reason, changed, context, the same."""
    done = run("diff", "2.5.1", "3.2.0", "--json", cwd=clone / SERIES)
    assert_done(done)
    document = json.loads(done.stdout)
    assert ("patchkit-diff/1", False) == (document["schema"], document["same"])
    statuses = {
        (patch["old"] or patch["new"])["name"][:4]: patch["status"] for patch in document["patches"]
    }
    assert {
        **dict.fromkeys(("0001", "0002", "0003", "0005", "0006", "0009", "0015"), "same"),
        **dict.fromkeys(("0010", "0011", "0012", "0017", "0018"), "context"),
        **dict.fromkeys(("0004", "0008", "0013", "0014", "0016"), "changed"),
        "0007": "dropped",
    } == statuses
    notes = {patch["note"] for patch in document["patches"] if patch["status"] == "dropped"}
    assert {"dropped for 3.2.0, as a person decided, see report.txt"} == notes


def test_the_text(clone: Path) -> None:
    """The table, then what differs inside; `--summary` is the table alone."""
    whole = run("diff", "2.5.1", "3.2.0", cwd=clone / SERIES)
    table = run("diff", "2.5.1", "3.2.0", "--summary", cwd=clone / SERIES)
    for done in (whole, table):
        assert_done(done)
        assert "\x1b" not in done.stdout
    assert whole.stdout.startswith(table.stdout)
    *rows, total = table.stdout.splitlines()
    assert "2.5.1 -> 3.2.0: 18 patches: 7 same, 5 context, 5 changed, 1 dropped." == total
    assert ["=", "=", "=", "!"] == [row.split()[2] for row in rows[:4]]
    assert " <  -: -  dropped (for 3.2.0, as a person decided" in rows[6]
    lines = whole.stdout.splitlines()
    assert "    -+CONFIG_NR_CPUS=32" in lines
    assert "    ++CONFIG_NR_CPUS=512" in lines
    assert "  README.md: only line numbers differ" in lines


def test_two_folders(demo: Demo) -> None:
    """A stack and its port, in whatever folder one is; the first hunk moved by a line."""
    demo.rebase()
    done = run("diff", demo.stack, demo.out)
    assert_done(done)
    rows = done.stdout.splitlines()
    assert ["1:", "0001-util.patch", "~", "1:", "0001-util.patch", "context"] == rows[0].split()
    assert "  util.c: only line numbers differ" in rows


def test_the_last_port(clone: Path) -> None:
    """Without B it is the only port of A."""
    one = json.loads(run("diff", "2.5.1", "--json", cwd=clone / SERIES).stdout)
    two = json.loads(run("diff", "2.5.1", "3.2.0", "--json", cwd=clone / SERIES).stdout)
    assert one["patches"] == two["patches"]


def test_exit_codes_and_quiet(clone: Path) -> None:
    """The same and different end with 0; with `--exit-code` what differs ends with 1."""
    here = clone / SERIES
    assert_done(run("diff", "2.5.1", "3.2.0", "--quiet", cwd=here))
    assert_done(run("diff", "2.5.1", "3.2.0", "--quiet", "--exit-code", cwd=here), 1)
    same = run("diff", "2.5.1", "2.5.1", "--quiet", "--exit-code", cwd=here)
    assert_done(same)
    assert "" == same.stdout


def test_what_is_no_stack(clone: Path) -> None:
    """Neither a folder nor a version: the versions that there are."""
    done = run("diff", "2.5.1", "9.9", cwd=clone / SERIES)
    assert_refused(done, "9.9", "2.5.1, 3.2.0")


def test_hostile_patches_stay_text(demo: Demo, tmp_path: Path) -> None:
    """Escape sequences and bytes that are not UTF-8 are shown, and kept in the document."""
    other = tmp_path / "other"
    (other / "patches").mkdir(parents=True)
    for place in (demo.stack / "patches").iterdir():
        raw = place.read_bytes().replace(b"our five", b"\x1b[31mcaf\xe9")
        (other / "patches" / place.name).write_bytes(raw)
    (other / "series.conf").write_bytes((demo.stack / "series.conf").read_bytes())
    done = run("diff", demo.stack, other)
    assert_done(done)
    assert "    ++\\x1b[31mcaf\\xe9" in done.stdout.splitlines()
    document = json.loads(run("diff", demo.stack, other, "--json").stdout)
    (changed,) = [patch for patch in document["patches"] if patch["status"] == "changed"]
    texts = [line["text"] for line in changed["files"][0]["hunks"][0]["lines"]]
    assert any(isinstance(text, dict) and "base64" in text for text in texts)


def test_real_documents_follow_the_schema(clone: Path, demo: Demo) -> None:
    """`--schema` needs no stack, and prints what the documents of real ones are valid for."""
    for command, more in (
        ("diff", [("2.5.1", "3.2.0"), ("2.5.1", demo.stack), (demo.stack, "3.2.0")]),
        ("deps", [("--at", "2.5.1"), ("--at", "3.2.0", "0014")]),
    ):
        schema = run(command, "--schema", cwd=demo.root)
        assert_done(schema)
        validator = Draft202012Validator(json.loads(schema.stdout))
        for words in more:
            done = run(command, *words, "--json", cwd=clone / SERIES)
            assert_done(done)
            validator.validate(json.loads(done.stdout))


def test_colours_are_for_terminals(clone: Path) -> None:
    """A dropped patch is red on a terminal, and not with NO_COLOR."""
    red = b"\x1b[31m"
    assert red in _on_terminal(clone / SERIES, {})
    assert red not in _on_terminal(clone / SERIES, {"NO_COLOR": "1"})


def _on_terminal(folder: Path, changes: dict[str, str]) -> bytes:
    master, slave = pty.openpty()
    arguments = [*PATCHKIT, "diff", "2.5.1", "3.2.0", "--summary"]
    seen = b""
    with subprocess.Popen(arguments, cwd=folder, env=environment(changes), stdout=slave):
        os.close(slave)
        while piece := _read(master):
            seen += piece
    os.close(master)
    assert b"0018-docs" in seen
    return seen


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # Linux's way to say that the other end of a terminal was closed
        return b""
