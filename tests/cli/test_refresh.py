"""`patchkit refresh`: the stack as it says itself, without fuzz and offset."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.cli.demo import CREATED, OLD, PORTED, SHIFTED, UNCHANGED, Demo, diff, make_stack
from tests.cli.folders import contents_of, names_in, state_of
from tests.cli.running import assert_done, run
from tests.sources.made import write_files

_HEADER = (
    b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
    b"From: =?UTF-8?q?J=C3=B6rg?= <joerg@example.invalid>\nSubject: [PATCH] util\n\n"
    b"caf\xe9 \t \n\nSigned-off-by: J <joerg@example.invalid>\n---\n util.c | 2 +-\n\n"
)
_SIGNATURE = b"-- \n2.39.5\n\n"
_OFFSET = SHIFTED.replace(b"@@ -17,7 +17,7 @@", b"@@ -15,7 +15,7 @@ f(x)")
_FUZZY = UNCHANGED.replace(b" note 2\n", b" an older line\n")


def _spoilt(demo: Demo) -> None:
    demo.put("0001-util.patch", _HEADER + _OFFSET + _SIGNATURE)
    demo.put("0003-notes.patch", _FUZZY)


def test_fuzz_and_offset_are_taken_out(clean_demo: Demo) -> None:
    """Only what must change does: headers and exact patches keep their bytes, files their times."""
    _spoilt(clean_demo)
    before = state_of(clean_demo.stack)
    done = clean_demo.refresh()
    assert_done(done)
    changed = "patches/0001-util.patch, patches/0003-notes.patch, apply-patches"
    assert f"Rewritten in {clean_demo.stack}: {changed}.\n" == done.stdout
    after = state_of(clean_demo.stack)
    exact = SHIFTED.replace(b"@@ -17,7 +17,7 @@", b"@@ -17,7 +17,7 @@ f(x)")
    assert _HEADER + exact + _SIGNATURE == after["patches/0001-util.patch"][1]
    assert UNCHANGED == after["patches/0003-notes.patch"][1]
    for same in ("patches/0002-new.patch", "series.conf"):
        assert before[same] == after[same]
    checked = clean_demo.check()
    assert "All 3 patches apply exactly" in checked.stdout


def test_the_script_is_written_and_runs(clean_demo: Demo) -> None:
    """With a series.conf the stack gets an apply-patches that gives the patched tree."""
    _spoilt(clean_demo)
    assert_done(clean_demo.refresh())
    assert 0o755 == (clean_demo.stack / "apply-patches").stat().st_mode & 0o7777
    write_files(clean_demo.root / "tree" / "demo-1.0", OLD)
    subprocess.run(
        ["tar", "-czf", clean_demo.stack / "demo-1.0.tar.gz", "demo-1.0"],
        cwd=clean_demo.root / "tree",
        check=True,
    )
    subprocess.run(["sh", "apply-patches"], cwd=clean_demo.stack, check=True, capture_output=True)
    for path, words in (("util.c", b"our twenty\n"), ("docs/notes.txt", b"our five\n")):
        assert words in (clean_demo.stack / path).read_bytes()


def test_an_exact_stack_is_left_alone(clean_demo: Demo) -> None:
    """The second run has nothing to do and says so."""
    assert_done(clean_demo.refresh())
    before = state_of(clean_demo.stack)
    done = clean_demo.refresh()
    assert_done(done)
    assert "Rewritten in" in done.stdout
    assert "nothing, all of it is exact already." in done.stdout
    assert before == state_of(clean_demo.stack)


def test_a_stack_that_does_not_apply_is_refused(clean_demo: Demo) -> None:
    """Exit code 1, the table of the check, and nothing is written: not even the exact part."""
    _spoilt(clean_demo)
    clean_demo.put("0002-new.patch", diff("main.c", b"nothing like it\n", b"x\n"))
    before = state_of(clean_demo.stack)
    done = clean_demo.refresh()
    assert_done(done, 1)
    assert "1 of 3 patches do not apply" in done.stdout
    assert before == state_of(clean_demo.stack)


def test_dry_run_and_json(clean_demo: Demo) -> None:
    """`--dry-run` names what would be rewritten; `--json` is the check with those names."""
    _spoilt(clean_demo)
    before = state_of(clean_demo.stack)
    dry = clean_demo.refresh("--dry-run")
    assert_done(dry)
    assert "Would rewrite in" in dry.stdout
    assert "0001-util.patch, patches/0003-notes.patch, apply-patches." in dry.stdout
    assert before == state_of(clean_demo.stack)
    document = json.loads(clean_demo.refresh("--json").stdout)
    assert "patchkit-check/1" == document["schema"]
    changed = ["patches/0001-util.patch", "patches/0003-notes.patch", "apply-patches"]
    assert changed == document["rewritten"]
    assert ["offset", "exact", "fuzz"] == [patch["applies"] for patch in document["patches"]]


def test_a_quilt_stack_stays_one(tmp_path: Path, clean_demo: Demo) -> None:
    """A stack of quilt gets no script and no report, only its patches change."""
    patches = {**PORTED, "0001-util.patch": _OFFSET}
    stack = make_stack(tmp_path / "pkg", patches, "debian/patches/series")
    before = contents_of(stack)
    done = run("refresh", "--stack", stack, "--tree", clean_demo.upstream / "1.0")
    assert_done(done)
    after = contents_of(stack)
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    assert {"debian/patches/0001-util.patch"} == changed
    assert ["debian"] == names_in(stack)


def test_a_guarded_patch_is_not_looked_at(clean_demo: Demo) -> None:
    """What no flag selects rides along as it is."""
    clean_demo.put("0009-other.patch", CREATED.replace(b"@@ -0,0 +1,2 @@", b"@@ -0,0 +1,2 @@ x"))
    series = clean_demo.stack / "series.conf"
    series.write_bytes(series.read_bytes().replace(b"0009", b"+other 0009"))
    before = clean_demo.patch("0009-other.patch").read_bytes()
    assert_done(clean_demo.refresh())
    assert before == clean_demo.patch("0009-other.patch").read_bytes()
