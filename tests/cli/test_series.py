"""`patchkit series`: patches come, go, change places, are cut and put together."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import OLD, Demo, diff
from tests.cli.folders import contents_of, state_of
from tests.cli.running import Run, assert_done, assert_refused, run

UTIL = OLD[b"util.c"].content
AFTER_FIRST = UTIL.replace(b"util 20\n", b"our twenty\n")
BUILDS_ON_IT = diff("util.c", AFTER_FIRST, AFTER_FIRST.replace(b"our twenty\n", b"our score\n"))
TOP = AFTER_FIRST.replace(b"our twenty\n", b"our score\n")
ABOVE_IT = diff("util.c", TOP, b"new top\n" + TOP)


@pytest.fixture
def bound(clean_demo: Demo) -> Demo:
    """The made project with a patch that builds on the first one, and one far above both."""
    clean_demo.put("0004-util-more.patch", BUILDS_ON_IT)
    clean_demo.put("0005-util-top.patch", ABOVE_IT)
    return clean_demo


def series(demo: Demo, *words: str | Path) -> Run:
    """Edit the stack on version 1.0."""
    where = ("--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream)
    return run("series", *words, *where)


def entries(demo: Demo) -> list[str]:
    """The lines of the series that name patches."""
    lines = (demo.stack / "series.conf").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def applied(demo: Demo, root: Path) -> dict[str, bytes]:
    """What GNU patch makes of 1.0, with no fuzz and every hunk at its line."""
    subprocess.run(["cp", "-r", demo.upstream / "1.0", root], check=True)
    for name in entries(demo):
        done = subprocess.run(
            ["patch", "-p1", "-F0", "-i", demo.patch(name)],
            cwd=root, capture_output=True, check=True,
        )  # fmt: skip
        assert b"Hunk #" not in done.stdout, (name, done.stdout)
    return dict(contents_of(root))


def test_a_move_that_needs_other_line_numbers(bound: Demo, tmp_path: Path) -> None:
    """The last patch goes first: the others get its offset, and the tree is the same."""
    before = applied(bound, tmp_path / "before")
    done = series(bound, "move", "0005", "--first")
    assert_done(done)
    assert "0005-util-top.patch is number 1 of 5 now, it was number 5." in done.stdout
    assert "Refreshed: 0001-util.patch, 0004-util-more.patch." in done.stdout
    assert "0005-util-top.patch" == entries(bound)[0]
    assert before == applied(bound, tmp_path / "after")


def test_a_move_past_a_patch_that_it_meets(bound: Demo) -> None:
    """It is refused with exit code 1, and file, line, lines and the other patch are shown."""
    before = state_of(bound.root)
    done = series(bound, "move", "0004", "--before", "0001")
    assert (1, "") == (done.exit_code, done.stderr)
    assert "0004-util-more.patch and 0001-util.patch meet in util.c, line 20." in done.stdout
    assert "\n    our twenty\n" in done.stdout
    assert "\n    our score\n" in done.stdout
    assert "\n    util 20\n" in done.stdout
    assert done.stdout.endswith("The order of these matters; nothing was changed.\n")
    assert before == state_of(bound.root)


def test_a_removal_that_others_need(bound: Demo, tmp_path: Path) -> None:
    """It says who does, and takes them along when that is asked for."""
    alone = series(bound, "remove", "0001")
    assert 1 == alone.exit_code
    assert "0004-util-more.patch and 0001-util.patch meet in util.c" in alone.stdout
    assert "0005" not in alone.stdout
    done = series(bound, "remove", "0001", "--with-dependents")
    assert_done(done)
    assert ["0002-new.patch", "0003-notes.patch", "0005-util-top.patch"] == entries(bound)
    assert not bound.patch("0001-util.patch").exists()
    assert b"new top\n" + UTIL == applied(bound, tmp_path / "after")["util.c"]


def test_a_patch_is_disabled(bound: Demo) -> None:
    """Its line becomes a comment with the reason, its file stays."""
    assert_done(series(bound, "disable", "0003", "--reason", "breaks the docs"))
    conf = (bound.stack / "series.conf").read_text()
    assert "# patchkit: breaks the docs: 0003-notes.patch\n" in conf
    assert bound.patch("0003-notes.patch").exists()


def test_a_patch_is_renamed(bound: Demo) -> None:
    """File and line have the new name, and the bytes are the same."""
    before = bound.patch("0003-notes.patch").read_bytes()
    assert_done(series(bound, "rename", "0003", "0003-docs.patch"))
    assert before == bound.patch("0003-docs.patch").read_bytes()
    assert "0003-docs.patch" in entries(bound)
    assert not bound.patch("0003-notes.patch").exists()
    assert_refused(series(bound, "rename", "0003", "0001-util.patch"), "has a patch of that name")
    assert_refused(series(bound, "rename", "0003", "../x.patch"), "cannot name a patch")


def test_a_patch_is_cut_by_hunks(clean_demo: Demo, tmp_path: Path) -> None:
    """Both parts keep the header; the second has the hunks that were chosen."""
    after = UTIL.replace(b"util 2\n", b"two\n").replace(b"util 28\n", b"28\nmore\n")
    header = b"Subject: both ends\n\nwhy\n\n"
    clean_demo.put(
        "0004-ends.patch",
        header + diff("util.c", AFTER_FIRST, after.replace(b"util 20\n", b"our twenty\n")),
    )
    before = applied(clean_demo, tmp_path / "before")
    assert_done(
        series(clean_demo, "split", "0004", "--hunks", "util.c:1", "--name", "0005-top.patch")
    )
    assert ["0004-ends.patch", "0005-top.patch"] == entries(clean_demo)[-2:]
    first, second = (clean_demo.patch(name).read_bytes() for name in entries(clean_demo)[-2:])
    assert first.startswith(header)
    assert second.startswith(header)
    assert (b"+two" in first, b"+two" in second) == (False, True)
    assert before == applied(clean_demo, tmp_path / "after")
    wrong = series(clean_demo, "split", "0004", "--hunks", "util.c:7")
    assert_refused(wrong, "util.c:7", "It has 1")
    assert_refused(series(clean_demo, "split", "0004", "--file", "*.rs"), "no file *.rs", "util.c")
    assert_refused(series(clean_demo, "split", "0004"), "--file or --hunks")


def test_patches_are_folded(bound: Demo, tmp_path: Path) -> None:
    """One file diff of the shared file is left, the header is the first's and says what came in."""
    before = applied(bound, tmp_path / "before")
    raw = bound.patch("0001-util.patch").read_bytes()
    bound.patch("0001-util.patch").write_bytes(b"Subject: first\n\n" + raw)
    assert_done(series(bound, "fold", "0001", "0004"))
    folded = bound.patch("0001-util.patch").read_bytes()
    assert folded.startswith(b"Subject: first\n\n[folded in: 0004-util-more.patch: ")
    assert 1 == folded.count(b"--- a/util.c")
    assert "0004-util-more.patch" not in entries(bound)
    assert before == applied(bound, tmp_path / "after")


def test_a_patch_is_added(bound: Demo, tmp_path: Path) -> None:
    """Where it applies, and under its own name; elsewhere it is refused."""
    fix = tmp_path / "fix.patch"
    fix.write_bytes(diff("util.c", UTIL, UTIL.replace(b"util 9\n", b"9\nand\n")))
    done = series(bound, "add", fix, "--first")
    assert_done(done)
    assert "fix.patch" == entries(bound)[0]
    made = applied(bound, tmp_path / "after")["util.c"]
    assert b"new top\nutil 1\n" in made
    assert b"9\nand\n" in made
    wrong = tmp_path / "wrong.patch"
    wrong.write_bytes(diff("util.c", b"no such line\n", b"x\n"))
    refused = series(bound, "add", wrong, "--after", "0001")
    assert_refused(refused, "does not apply after 0001-util.patch", "util.c")
    assert_refused(series(bound, "add", fix), "has a patch of that name")
    assert_refused(series(bound, "add", tmp_path / "none"), "cannot be read")


def test_a_dry_run_writes_nothing(bound: Demo) -> None:
    """It proves and says all, and changes no file."""
    before = state_of(bound.root)
    done = series(bound, "move", "0005", "--first", "--dry-run")
    assert_done(done)
    assert "Would write in" in done.stdout
    assert before == state_of(bound.root)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("move", "0005", "--first"), 0),
        (("move", "0004", "--first"), 1),
        (("remove", "0001"), 1),
        (("fold", "0001", "0004"), 0),
    ],
)
def test_json(bound: Demo, words: tuple[str, ...], code: int) -> None:
    """The document follows its schema, whether the edit is done or refused."""
    done = series(bound, *words, "--json")
    assert (code, "") == (done.exit_code, done.stderr)
    document = json.loads(done.stdout)
    Draft202012Validator(json.loads(Schema.SERIES.document())).validate(document)
    assert (words[0], code == 0) == (document["edit"], document["is_written"])
    assert bool(code) == bool(document["clashes"])
    assert "" == series(bound, *words, "--quiet", "--dry-run").stdout or code


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("move", "0001"), "--after"),
        (("move", "0001", "--first", "--last"), "Only one"),
        (("move", "9", "--first"), "no such patch"),
        (("fold", "0001"), "One patch alone"),
    ],
)
def test_wrong_use(bound: Demo, words: tuple[str, ...], told: str) -> None:
    """What is not clear is refused with exit code 2."""
    assert_refused(series(bound, *words), told)


@pytest.mark.parametrize("edit", ["add", "remove", "disable", "move", "rename", "split", "fold"])
def test_help(edit: str) -> None:
    """Every edit has an example and a schema."""
    done = run("series", edit, "--help")
    assert_done(done)
    assert f"Examples:\n  patchkit series {edit} " in done.stdout
    assert Schema.SERIES.document().decode() == run("series", edit, "--schema").stdout
