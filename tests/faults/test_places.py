"""Folders that may only be read, and disks that are full: a message, and nothing half done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.demo import HELD, make_demo

from .running import run_in_child
from .stories import leftovers_in, state_of_project

_NOBODY = 65534
_STACK = ("--stack", "demo-1.0")
_REBASE = ("rebase", "--from", "1.0", "--to", "2.0", *_STACK, "--upstream", "upstream")
_REFRESH = ("refresh", *_STACK, "--at", "1.0", "--upstream", "upstream")
_REPORT = ("report", "out", "--out", "pages/report.txt")
_RESOLVE = ("resolve", "0004", "--take", "ours", "--by", "A", *_STACK, "--out", "out")


def _owned_by_nobody(root: Path) -> None:
    if os.geteuid() == 0:
        for place in (root, *root.rglob("*")):
            os.chown(place, _NOBODY, _NOBODY, follow_symlinks=False)


@pytest.mark.parametrize(
    ("arguments", "closed", "word"),
    [
        ((*_REBASE, "--out", "new"), ".", "Make it writable"),
        ((*_REBASE, "--out", "out"), "out", "Make it writable"),
        ((*_REBASE, "--out", "out"), "out/patches", "Make it writable"),
        (_REFRESH, "demo-1.0", "Make it writable"),
        (_REFRESH, "demo-1.0/patches", "Make it writable"),
        (_REPORT, "pages", "Make it writable"),
        (_RESOLVE, "demo-1.0", "Make it writable"),
    ],
)
def test_a_folder_may_only_be_read(
    public_tmp_path: Path, arguments: Sequence[str], closed: str, word: str
) -> None:
    """It says which one and what to do; when it may be written again, the same command works."""
    demo = make_demo(public_tmp_path, HELD)
    assert 1 == run_in_child(public_tmp_path, (*_REBASE, "--out", "out")).exit_code
    moved = demo.patch("0001-util.patch").read_bytes().replace(b"@@ -17", b"@@ -14")
    demo.put("0001-util.patch", b"Subject: moved\n\n" + moved)
    (public_tmp_path / "pages").mkdir()
    shutil.rmtree(public_tmp_path / "cache")
    (public_tmp_path / "cache").mkdir()
    _owned_by_nobody(public_tmp_path)
    before = state_of_project(public_tmp_path)
    copy = public_tmp_path.with_name(f"{public_tmp_path.name}-first")
    shutil.copytree(public_tmp_path, copy, symlinks=True)
    run_in_child(copy, arguments)  # loads what the next user may not read
    shutil.rmtree(copy)
    place = public_tmp_path / closed
    mode = place.stat().st_mode
    place.chmod(0o555)
    refused = run_in_child(public_tmp_path, arguments, user=_NOBODY)
    place.chmod(mode)
    assert 2 == refused.exit_code, refused
    assert refused.stderr.startswith("patchkit: error: ")
    assert word in refused.stderr
    assert before == state_of_project(public_tmp_path)
    assert [] == leftovers_in(public_tmp_path)
    done = run_in_child(public_tmp_path, arguments, user=_NOBODY)
    assert done.exit_code in (0, 1), done
    assert before != state_of_project(public_tmp_path)


def test_a_cache_that_may_only_be_read(public_tmp_path: Path) -> None:
    """The port is made and written, and not remembered."""
    make_demo(public_tmp_path, HELD)
    assert 1 == run_in_child(public_tmp_path, (*_REBASE, "--out", "first")).exit_code
    shutil.rmtree(public_tmp_path / "cache")
    (public_tmp_path / "cache").mkdir()
    _owned_by_nobody(public_tmp_path)
    (public_tmp_path / "cache").chmod(0o555)
    done = run_in_child(public_tmp_path, (*_REBASE, "--out", "out"), user=_NOBODY)
    assert (1, "") == (done.exit_code, done.stderr)
    assert (public_tmp_path / "out" / "report.json").is_file()


def _fill(disk: Path, room: int) -> None:
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(b"x" * (status.f_bfree * status.f_frsize - room * 1024))


@pytest.mark.parametrize("room", [8, 24])
@pytest.mark.parametrize("name", ["out", "tmp", "cache"])
def test_a_full_disk(tmp_path: Path, small_disk: Path, name: str, room: int) -> None:
    """Where the stack goes, or temporary files: nothing is written, and it says where there is no
    room. Where finished ports are kept it does not matter."""
    root = tmp_path / "project"
    root.mkdir()
    make_demo(root, HELD)
    if name == "out":
        (root / "disk").symlink_to(small_disk)
        target = "disk/out"
    else:
        (root / name).symlink_to(small_disk)
        target = "out"
    _fill(small_disk, room)
    ran = run_in_child(root, (*_REBASE, "--out", target))
    left = [place.name for place in small_disk.iterdir() if place.name != "filler"]
    if name == "cache":
        assert (1, "") == (ran.exit_code, ran.stderr)
        assert (root / "out" / "report.json").is_file()
    else:
        assert 2 == ran.exit_code, ran
        assert "No space left on device" in ran.stderr
        assert "Free some space" in ran.stderr or "Set TMPDIR" in ran.stderr
        assert [] == left
        assert not (root / "out").exists()
    (small_disk / "filler").unlink()
    again = run_in_child(root, (*_REBASE, "--out", "again"))
    assert (1, "") == (again.exit_code, again.stderr)
