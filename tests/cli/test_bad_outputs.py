"""Outputs that cannot or must not be written: one line says why, and all stays as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.demo import Demo
from tests.cli.folders import names_in, state_of, without_times
from tests.cli.running import PATCHKIT, Run, assert_refused, environment, run

_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
"""Takes root's power to read and write what permissions forbid: capabilities(7)."""


def test_a_full_disk(demo: Demo, small_disk: Path) -> None:
    """A disk that is full before all is written leaves nothing on it."""
    out = small_disk / "out"
    done = demo.rebase("--out", out)
    assert_refused(done, f"{out}: cannot be written: No space left on device", "Free some space")
    assert [] == names_in(small_disk)


def test_a_full_disk_with_an_older_output(demo: Demo, small_disk: Path) -> None:
    """An output folder that is there already stays as it was, byte for byte."""
    out = small_disk / "out"
    out.mkdir()
    (out / "notes.txt").write_bytes(b"mine\n")
    before = state_of(out)
    assert_refused(demo.rebase("--out", out), "No space left on device")
    assert before == state_of(out)
    assert ["notes.txt"] == names_in(out)


def test_a_read_only_file_system(demo: Demo, small_disk: Path) -> None:
    """A file system that was mounted to be read is named with the way out."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = demo.rebase("--out", small_disk / "out")
    assert_refused(done, "Read-only file system", "choose another folder")
    assert [] == names_in(small_disk)


def _rebase_without_rights(demo: Demo, *options: str | Path) -> Run:
    """Rebase as somebody for whom permissions count, also where the tests run as root."""
    program: tuple[str, ...] = PATCHKIT
    if os.geteuid() == 0:
        if shutil.which(_WITHOUT_RIGHTS[0]) is None:
            pytest.skip("permissions do not count for root, and there is no setpriv")
        program = (*_WITHOUT_RIGHTS, *PATCHKIT)
    return run(
        *("rebase", "--from", "1.0", "--to", "2.0", "--stack", demo.stack),
        *("--upstream", demo.upstream, "--out", demo.out, *options),
        program=program,
    )


def test_a_place_that_may_not_be_written(demo: Demo) -> None:
    """Where the output folder cannot be made, nothing is."""
    place = demo.root / "closed"
    place.mkdir(mode=0o555)
    done = _rebase_without_rights(demo, "--out", place / "out")
    assert_refused(done, f"{place}/out: cannot be written: Permission denied", "Make it writable")
    assert [] == names_in(place)


@pytest.mark.parametrize("closed", ["out", "out/patches"])
def test_an_output_folder_that_may_not_be_written(demo: Demo, closed: str) -> None:
    """An output folder that is closed, or only a folder in it, stays as it is."""
    (demo.out / "patches").mkdir(parents=True)
    (demo.root / closed).chmod(0o555)
    done = _rebase_without_rights(demo)
    assert_refused(done, str(demo.root / closed), "Make it writable")
    assert ["patches"] == names_in(demo.out)
    assert [] == names_in(demo.out / "patches")


def test_an_unreadable_patch(demo: Demo) -> None:
    """A patch that may not be read is named, with what to look at."""
    demo.patch("0001-util.patch").chmod(0)
    done = _rebase_without_rights(demo)
    assert_refused(done, "0001-util.patch: cannot be read: Permission denied", "permissions")


def test_an_unreadable_stack(demo: Demo) -> None:
    """A folder that may not be entered is named."""
    demo.stack.chmod(0)
    done = _rebase_without_rights(demo)
    assert_refused(done, f"{demo.stack}/series.conf: cannot be read", "permissions")


def test_an_unreadable_file_of_the_upstream(demo: Demo) -> None:
    """A file of the upstream that may not be read is named."""
    (demo.upstream / "2.0" / "util.c").chmod(0)
    done = _rebase_without_rights(demo)
    assert_refused(done, "2.0/util.c", "Permission denied")
    assert not demo.out.exists()


def test_an_unreadable_cache(demo: Demo, isolated_environment: Path) -> None:
    """A cache that may not be entered is named, with the way out."""
    cache = isolated_environment / "cache"
    cache.mkdir(mode=0)
    done = _rebase_without_rights(demo, "--upstream", f"file://{demo.upstream}")
    assert_refused(done, str(cache), "Permission denied", "safe to delete")
    assert not demo.out.exists()


def test_the_output_is_a_file(demo: Demo) -> None:
    """A file where the folder should be is not touched."""
    demo.out.write_bytes(b"mine\n")
    assert_refused(demo.rebase(), f"{demo.out}: a file, not a folder", "--out")
    assert b"mine\n" == demo.out.read_bytes()


def test_the_output_is_the_stack_itself(demo: Demo) -> None:
    """A stack is not replaced by what came of it, by whatever name and not even by force."""
    before = state_of(demo.stack)
    other_name = demo.root / "link"
    other_name.symlink_to(demo.stack)
    for out in (demo.stack, other_name):
        done = demo.rebase("--out", out, "--force")
        assert_refused(done, f"{out}: the output would replace the stack itself", "--out")
    assert before == state_of(demo.stack)


def test_the_output_is_a_broken_link(demo: Demo) -> None:
    """A link to nowhere is not taken for a free place."""
    demo.out.symlink_to("nowhere")
    assert_refused(demo.rebase(), "broken symbolic link")
    assert not (demo.root / "nowhere").exists()


def test_no_place_for_the_output(demo: Demo) -> None:
    """The folder above the output folder has to be there; a typing error makes no folders."""
    out = demo.root / "no" / "where"
    assert_refused(demo.rebase("--out", out), f"{out}: cannot be made", "mkdir -p")
    assert not out.parent.exists()


def test_an_edited_output_is_kept(demo: Demo) -> None:
    """What a person wrote into an output is never overwritten, unless --force says so."""
    assert 1 == demo.rebase().exit_code
    clean = state_of(demo.out)
    edited = demo.out / "patches" / "0001-util.patch"
    edited.write_bytes(edited.read_bytes() + b"# a note\n")
    before = state_of(demo.out)
    refused = demo.rebase()
    assert_refused(refused, str(demo.out), "patches/0001-util.patch", "--force")
    assert before == state_of(demo.out)
    assert 1 == demo.rebase("--force").exit_code
    assert without_times(clean) == without_times(state_of(demo.out))


def test_a_folder_of_a_person_is_kept(demo: Demo) -> None:
    """Files that patchkit never wrote count as edited; the others of the folder do not matter."""
    demo.out.mkdir()
    (demo.out / "series.conf").write_bytes(b"mine.patch\n")
    (demo.out / "notes.txt").write_bytes(b"mine\n")
    assert_refused(demo.rebase(), "series.conf.", "not written by patchkit", "--force")
    assert ["notes.txt", "series.conf"] == names_in(demo.out)
    assert 1 == demo.rebase("--force").exit_code
    assert b"mine\n" == (demo.out / "notes.txt").read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("report.json: this is not JSON",)),
        (b"\xff\xfe{", ("report.json: this is not JSON",)),
        (b"[" * 100_000, ("report.json: this is not JSON",)),
        (b"[]", ("report.json",)),
        (b'{"schema": "patchkit-report/1"}', ("report.json: the key outputs is missing",)),
        (b'{"schema": "patchkit-report/2", "outputs": []}', ("patchkit-report/2",)),
    ],
)
def test_a_damaged_report_in_the_output(
    clean_demo: Demo, content: bytes, words: tuple[str, ...]
) -> None:
    """Without its report, what is edited cannot be told: nothing is overwritten but by --force."""
    clean_demo.out.mkdir()
    report = clean_demo.out / "report.json"
    report.write_bytes(content)
    assert_refused(clean_demo.rebase(), str(report), *words, "--force")
    assert ["report.json"] == names_in(clean_demo.out)
    assert 0 == clean_demo.rebase("--force").exit_code
    assert "patchkit-report/1" == json.loads(report.read_bytes())["schema"]


def test_a_report_that_names_files_elsewhere(clean_demo: Demo) -> None:
    """A report from a stranger cannot make patchkit remove what is outside of the folder."""
    victim = clean_demo.root / "victim"
    victim.write_bytes(b"mine\n")
    assert 0 == clean_demo.rebase().exit_code
    report = clean_demo.out / "report.json"
    document = json.loads(report.read_bytes())
    document["outputs"].append({"path": "../victim", "sha256": "0" * 64})
    report.write_text(json.dumps(document))
    for options in ([], ["--force"]):
        assert_refused(clean_demo.rebase(*options), "../victim")
    assert b"mine\n" == victim.read_bytes()


def test_a_full_standard_output(demo: Demo) -> None:
    """Where the result cannot be printed, that is said, and not for a second time at the end."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PATCHKIT, "show", "--stack", demo.stack],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert 2 == done.returncode
    expected = "patchkit: error: standard output cannot be written: No space left on device.\n"
    assert expected == done.stderr
