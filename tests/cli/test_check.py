"""`patchkit check`: how a stack applies to its own version."""

from __future__ import annotations

import json

import pytest

from tests.cli.demo import NEW, OLD, PORTED, SHIFTED, Demo, change, diff, make_stack
from tests.cli.folders import state_of
from tests.cli.running import assert_done, assert_refused, run
from tests.sources.made import write_files, write_tar

_OFFSET = SHIFTED.replace(b"@@ -17,7 +17,7 @@", b"@@ -15,7 +15,7 @@")
_FUZZY = SHIFTED.replace(b" util 17\n", b" something else\n")
_BROKEN = SHIFTED.replace(b"-util 20\n", b"-util twenty\n")


def test_exact(demo: Demo) -> None:
    """A stack that applies as it says ends with 0, and one line that says so."""
    before = state_of(demo.root)
    done = demo.check()
    assert_done(done)
    assert done.stdout.endswith("All 4 patches apply exactly: no fuzz, no offset.\n")
    assert before == state_of(demo.root)


@pytest.mark.parametrize(
    ("patch", "row", "verdict", "exit_code"),
    [
        (_OFFSET, ["offset", "+2", "1"], "1 of them not exactly: `patchkit refresh`", 0),
        (_FUZZY, ["fuzz", "1", "1"], "1 of them not exactly: `patchkit refresh`", 0),
        (_BROKEN, ["broken", "1"], "1 of 4 patches do not apply with fuzz 2", 1),
    ],
)
def test_not_exact(demo: Demo, patch: bytes, row: list[str], verdict: str, exit_code: int) -> None:
    """Fuzz and offset are told, and what does not apply is told with the place most like it."""
    demo.put("0001-util.patch", patch)
    done = demo.check()
    assert_done(done, exit_code)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("0001-util.patch ")]
    assert ["0001-util.patch", *row] == line.split()
    assert verdict in done.stdout
    problem = "0001-util.patch: util.c: Hunk 1 does not apply to its own base; the nearest place"
    assert (exit_code == 1) is (f"{problem} is line 17" in done.stdout)


def test_the_fuzz_limit(demo: Demo) -> None:
    """The limit is --fuzz, else the setting, else what an apply-patches script says, else 2."""
    demo.put("0001-util.patch", _FUZZY)
    assert 0 == demo.check().exit_code
    script = demo.stack / "apply-patches"
    script.write_text("while read p; do\n  patch -p1 -F0 -s < $p\ndone\n")
    assert 1 == demo.check().exit_code
    (demo.root / "patchkit.yaml").write_text("fuzz: 1\n")
    assert 0 == demo.check().exit_code
    assert 1 == demo.check("--fuzz", "0").exit_code


def test_json(demo: Demo) -> None:
    """`--json` has the place of every hunk; null where there is none."""
    demo.put("0001-util.patch", _OFFSET + change("main.c", b"main 20\n", b"x\n"))
    demo.put("0002-new.patch", _BROKEN)
    done = demo.check("--json")
    assert_done(done, 1)
    document = json.loads(done.stdout)
    assert ("patchkit-check/1", 2, []) == (
        document["schema"], document["fuzz_limit"], document["warnings"]
    )  # fmt: skip
    first, second, *_ = document["patches"]
    place = {"number": 1, "line": 17, "offset": 2, "fuzz": 0}
    assert {
        "name": "0001-util.patch",
        "applies": "offset",
        "fuzz": 0,
        "offset": 2,
        "files": [
            {"path": "util.c", "problems": [], "hunks": [place]},
            {"path": "main.c", "problems": [], "hunks": [{**place, "offset": 0}]},
        ],
    } == first
    (file,) = second["files"]
    assert [{"number": 1, "line": None, "offset": None, "fuzz": None}] == file["hunks"]
    assert 1 == len(file["problems"])


def test_on_a_tree_of_its_own(demo: Demo) -> None:
    """`--tree` takes a source folder or a tarball, and no version is needed."""
    stack = make_stack(demo.root / "stack", PORTED)
    folder = write_files(demo.root / "tree", OLD)
    tarball = write_tar(demo.root / "any-name.tar", NEW, top="top/")
    exact = run("check", "--stack", stack, "--tree", folder)
    assert_done(exact)
    assert "All 3 patches apply exactly" in exact.stdout
    moved = run("check", "--stack", stack, "--tree", tarball)
    assert_done(moved)
    assert "All 3 patches apply, 1 of them not exactly" in moved.stdout


@pytest.mark.parametrize("place", ["nowhere", "demo-1.0/series.conf"])
def test_a_tree_that_is_none(demo: Demo, place: str) -> None:
    """A tree that is neither a folder nor a tarball is named."""
    done = run("check", "--stack", demo.stack, "--tree", demo.root / place)
    assert_refused(done, str(demo.root / place))


def test_the_version_is_asked_for_when_it_is_not_clear(demo: Demo) -> None:
    """The name of the folder tells the version; where it does not, --at has to."""
    upstream = f"--upstream={demo.upstream}"
    assert_done(run("check", "--stack", demo.stack, upstream))
    plain = demo.stack.rename(demo.root / "demo")
    assert_refused(run("check", "--stack", plain, upstream), "Which upstream version", "--at")
    assert_done(run("check", "--stack", plain, upstream, "--at", "1.0"))


def test_a_project_whose_stack_is_beside_its_settings(demo: Demo) -> None:
    """A package with its own patchkit.yaml and one stack needs no version to be looked at."""
    (demo.stack / "patchkit.yaml").write_text("upstream: ../upstream\n")
    package = demo.stack.rename(demo.root / "package")
    assert_done(run("show", cwd=package / "patches"))
    assert_done(run("check", "--tree", demo.upstream / "1.0", cwd=package))
    assert_done(run("check", "--at", "1.0", cwd=package))
    assert_refused(run("check", cwd=package), "--at")


def test_doubts_about_the_series_are_told(demo: Demo) -> None:
    """What may stay as it is, but is hardly meant, is a warning."""
    (demo.stack / "series").write_text("other.patch\n")
    done = demo.check()
    assert_done(done)
    assert "warning: " in done.stdout
    assert "series beside it is not read" in done.stdout


def test_a_file_beside_another_of_nearly_the_same_name(demo: Demo) -> None:
    """`check` and `rebase` warn of it: where case is folded only one of the two stays."""
    demo.put("0001-util.patch", diff("UTIL.c", None, b"one\n"))
    told = "warning: 0001-util.patch: makes UTIL.c beside util.c: one file where case or Unicode"
    checked = demo.check()
    assert_done(checked)
    assert told in " ".join(checked.stdout.split())
    ported = demo.rebase("--dry-run")
    assert told.removeprefix("warning: ") in " ".join(ported.stdout.split())
