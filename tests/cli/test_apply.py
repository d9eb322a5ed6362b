"""`patchkit apply`: the whole stack onto a source folder, or nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from patchkit.model.tree import EXECUTABLE, SYMLINK, File
from tests.cli.demo import HELD, NEW, OLD, PORTED, SHIFTED, Demo, diff, make_stack
from tests.cli.folders import contents_of, names_in, state_of, without_times
from tests.cli.running import Run, assert_done, assert_refused, run
from tests.sources.made import write_files

_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def _apply(demo: Demo, tree: Path, *options: str | Path) -> Run:
    return run("apply", tree, "--stack", demo.stack, *options)


def _patched_by_gnu_patch(demo: Demo, files: dict[bytes, File]) -> Path:
    """The tree as the real patch program leaves it."""
    tree = write_files(demo.root / "expected", files)
    for line in (demo.stack / "series.conf").read_text().splitlines():
        if not line.startswith("#"):
            command = ["patch", "-p1", "-s", "-f", "--no-backup-if-mismatch"]
            with demo.patch(line).open("rb") as patch:
                subprocess.run(command, cwd=tree, stdin=patch, check=True)
    return tree


def test_the_tree_is_what_gnu_patch_makes(demo: Demo) -> None:
    """Changes, creations and deletions come out as with `patch`."""
    notes = OLD[b"docs/notes.txt"].content.replace(b"note 5\n", b"our five\n")
    demo.put("0007-gone.patch", diff("docs/notes.txt", notes, None))
    demo.put("0008-deep.patch", diff("a/b/c.txt", None, b"one\r\nno final newline") + _NO_NEWLINE)
    tree = write_files(demo.root / "tree", OLD)
    done = _apply(demo, tree)
    assert_done(done)
    assert f"Applied: 6 patches, 4 files written, 1 removed in {tree}." in done.stdout
    assert contents_of(_patched_by_gnu_patch(demo, OLD)) == contents_of(tree)
    assert ".patchkit-stage" not in names_in(tree)


def test_offsets_and_fuzz_are_allowed_as_far_as_they_are_set(clean_demo: Demo) -> None:
    """What applies at another line is applied there; --fuzz 0 refuses what needs fuzz."""
    tree = write_files(clean_demo.root / "tree", NEW)
    assert_done(_apply(clean_demo, tree))
    assert contents_of(_patched_by_gnu_patch(clean_demo, NEW)) == contents_of(tree)
    fuzzy = SHIFTED.replace(b" util 17\n", b" something else\n")
    clean_demo.put("0001-util.patch", fuzzy)
    other = write_files(clean_demo.root / "other", NEW)
    assert 1 == _apply(clean_demo, other, "--fuzz", "0").exit_code
    assert_done(_apply(clean_demo, other, "--fuzz", "1"))
    assert contents_of(tree) == contents_of(other)


def test_a_stack_that_fails_leaves_every_file_alone(demo: Demo) -> None:
    """One patch of many does not apply: exit code 1, it is named, and nothing is written."""
    tree = write_files(demo.root / "tree", NEW)
    before = state_of(tree)
    done = _apply(demo, tree)
    assert (1, "") == (done.exit_code, done.stderr)
    assert "0004-main.patch: main.c: Hunk 1 does not apply" in done.stdout
    assert "1 of 4 patches do not apply; nothing was written." in done.stdout
    assert before == state_of(tree)
    assert sorted(["docs", "main.c", "util.c"]) == names_in(tree)


def test_applying_twice_is_refused(clean_demo: Demo) -> None:
    """A tree that has the stack already is not patched for a second time, nor the other way."""
    tree = write_files(clean_demo.root / "tree", OLD)
    assert_done(_apply(clean_demo, tree))
    before = state_of(tree)
    assert 1 == _apply(clean_demo, tree).exit_code
    assert before == state_of(tree)


def test_dry_run_and_json(clean_demo: Demo) -> None:
    """`--dry-run` changes nothing and says what would be; `--json` has the names of the files."""
    tree = write_files(clean_demo.root / "tree", OLD)
    before = state_of(tree)
    dry = _apply(clean_demo, tree, "--dry-run")
    assert_done(dry)
    assert "Would apply: 3 patches, 3 files written, 0 removed" in dry.stdout
    assert before == state_of(tree)
    done = _apply(clean_demo, tree, "--json")
    assert_done(done)
    assert {
        "schema": "patchkit-apply/1",
        "applied": True,
        "patches": [{"name": name, "applies": "exact"} for name in PORTED],
        "written": ["util.c", "new.txt", "docs/notes.txt"],
        "removed": [],
    } == json.loads(done.stdout)


def _git_diff(demo: Demo, old: dict[bytes, File], new: dict[bytes, File]) -> bytes:
    """What git says that happened between two trees."""
    write_files(demo.root / "a", old)
    write_files(demo.root / "b", new)
    done = subprocess.run(
        ["git", "diff", "--no-index", "--no-prefix", "a", "b"],
        cwd=demo.root,
        capture_output=True,
        check=False,
    )
    shutil.rmtree(demo.root / "a")
    shutil.rmtree(demo.root / "b")
    return done.stdout


def test_modes_and_links(demo: Demo) -> None:
    """Executables, and links that are made, changed and removed, as git's diffs say them."""
    old = {
        b"run.sh": File(b"#!/bin/sh\n"),
        b"tool": File(b"#!/bin/sh\n", EXECUTABLE),
        b"link": File(b"tool", SYMLINK),
        b"old-link": File(b"tool", SYMLINK),
    }
    new = {
        b"run.sh": File(b"#!/bin/sh\n", EXECUTABLE),
        b"tool": File(b"#!/bin/sh\necho\n", EXECUTABLE),
        b"link": File(b"else where/run.sh", SYMLINK),
        b"new-link": File(b"run.sh", SYMLINK),
        b"new-tool": File(b"#!/bin/sh\n", EXECUTABLE),
    }
    stack = make_stack(demo.root / "links", {"0001-all.patch": _git_diff(demo, old, new)})
    tree = write_files(demo.root / "tree", old)
    done = run("apply", tree, "--stack", stack)
    assert_done(done)
    expected = write_files(demo.root / "expected", new)
    assert without_times(state_of(expected)) == without_times(state_of(tree))


def test_permissions_that_git_does_not_know_stay(clean_demo: Demo) -> None:
    """A file that only its group may write stays so."""
    tree = write_files(clean_demo.root / "tree", OLD)
    (tree / "util.c").chmod(0o660)
    assert_done(_apply(clean_demo, tree))
    assert 0o660 == (tree / "util.c").stat().st_mode & 0o7777


def test_nothing_is_written_through_a_link(demo: Demo) -> None:
    """A link in the tree, and a patch that writes behind it: the patch does not apply."""
    outside = write_files(demo.root / "outside", {b"x.txt": File(b"mine\n")})
    tree = write_files(demo.root / "tree", OLD)
    (tree / "out").symlink_to(outside)
    stack = make_stack(demo.root / "evil", {"x.patch": diff("out/x.txt", b"mine\n", b"theirs\n")})
    assert 1 == run("apply", tree, "--stack", stack).exit_code
    stack = make_stack(demo.root / "evil2", {"x.patch": diff("out/new.txt", None, b"theirs\n")})
    done = run("apply", tree, "--stack", stack)
    assert (1, "") == (done.exit_code, done.stderr)
    assert "out/new.txt: " in done.stdout
    assert {"x.txt": b"mine\n"} == contents_of(outside)


def test_a_link_and_a_file_behind_it(demo: Demo) -> None:
    """A stack that makes a link to elsewhere and then writes behind it does not get there."""
    outside = demo.root / "outside"
    outside.mkdir()
    link = (
        b"diff --git a/out b/out\nnew file mode 120000\n--- /dev/null\n+++ b/out\n"
        b"@@ -0,0 +1 @@\n+%b" % os.fsencode(outside)
    ) + _NO_NEWLINE
    stack = make_stack(
        demo.root / "evil", {"1.patch": link, "2.patch": diff("out/new.txt", None, b"x\n")}
    )
    tree = write_files(demo.root / "tree", OLD)
    before = state_of(tree)
    done = run("apply", tree, "--stack", stack)
    assert (1, "") == (done.exit_code, done.stderr)
    assert before == state_of(tree)
    assert [] == names_in(outside)


@pytest.mark.parametrize("name", ["nowhere", "series.conf"])
def test_the_folder_is_none(demo: Demo, name: str) -> None:
    """A place that is not a folder is named, with what is wanted."""
    done = _apply(demo, demo.stack / name)
    assert_refused(done, str(demo.stack / name), "unpacked source tree")


def test_the_stack_of_a_project(demo: Demo) -> None:
    """`--at` says which stack of a project is applied."""
    project = demo.root / "project"
    project.mkdir()
    (project / "patchkit.yaml").write_text("name: demo\n")
    make_stack(project / "1.0", HELD)
    make_stack(project / "2.0", PORTED)
    tree = write_files(demo.root / "tree", NEW)
    done = run("apply", tree, "--at", "2.0", cwd=project)
    assert_done(done)
    assert b"our twenty\n" in (tree / "util.c").read_bytes()
