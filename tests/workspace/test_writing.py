"""Tests of `patchkit.workspace.writing`: what is written, what is refused, nothing by halves."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchkit.errors import OutputError
from patchkit.model.tree import SYMLINK
from patchkit.workspace.places import STAGE
from patchkit.workspace.writing import (
    Output,
    Recovery,
    WriteResult,
    edited_outputs,
    recover,
    write_outputs,
)

from .stacks import is_one_line, make
from .states import NEW, OLD, REMOVALS, contents, leftovers, put, tree_of


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder in the state OLD, alone in its parent."""
    (tmp_path / "parent").mkdir()
    return put(tmp_path / "parent/out", OLD)


def refusal(root: Path, outputs: Sequence[Output], removals: tuple[str, ...] = ()) -> OutputError:
    """The error with which a write is refused; it is one line and has changed nothing."""
    before = tree_of(root.parent)
    with pytest.raises(OutputError) as caught:
        write_outputs(root, outputs, removals=removals)
    assert before == tree_of(root.parent)
    assert is_one_line(caught.value)
    return caught.value


# --- what is written --------------------------------------------------------------------


def test_a_new_folder(tmp_path: Path) -> None:
    """A folder that was not there has every file, with its exact mode."""
    result = write_outputs(tmp_path / "out", NEW)
    assert WriteResult(created=tuple(output.path for output in NEW)) == result
    assert contents(NEW) == tree_of(tmp_path / "out")
    assert [found.name for found in tmp_path.iterdir()] == ["out"]


def test_an_existing_folder(old: Path) -> None:
    """Files are created, changed, left and removed, and said to be."""
    result = write_outputs(old, NEW, removals=REMOVALS)
    assert result.created == ("patches/new.patch", "a/b/c/deep.txt", "caf\udce9 x.patch")
    assert result.changed == ("series.conf", "patches/changed.patch", "apply-patches")
    assert result.same == ("patches/same.patch",)
    assert result.removed == ("patches/gone.patch",)
    assert not result.is_unchanged
    assert contents(NEW) | {"notes.txt": (0o600, b"mine")} == tree_of(old)
    assert leftovers(old) == []


def test_what_is_the_same_is_not_touched(tmp_path: Path) -> None:
    """A second run writes nothing at all, not even for a moment."""
    root = tmp_path / "out"
    write_outputs(root, NEW)
    before = {place: place.stat() for place in [root, *root.rglob("*")]}
    result = write_outputs(root, NEW, removals=("never.there",))
    assert WriteResult(same=tuple(output.path for output in NEW)) == result
    assert result.is_unchanged
    assert before == {place: place.stat() for place in [root, *root.rglob("*")]}


def test_only_what_differs_is_touched(old: Path) -> None:
    """A file that stays keeps its inode and its time."""
    before = (old / "patches/same.patch").stat()
    write_outputs(old, NEW)
    after = (old / "patches/same.patch").stat()
    # Not the time of the last look, which a comparison of contents is.
    for field in ("st_ino", "st_mode", "st_mtime_ns", "st_ctime_ns"):
        assert getattr(before, field) == getattr(after, field)


@pytest.mark.parametrize("mask", [0o000, 0o027, 0o077])
@pytest.mark.parametrize("name", ["new", "old"])
def test_modes_do_not_depend_on_the_umask(old: Path, mask: int, name: str) -> None:
    """Each file has the mode it is given, whatever the user's umask."""
    root = old if name == "old" else old.with_name("new")
    outputs = [Output("x", b"", 0o644), Output("y", b"", 0o755), Output("z", b"", 0o640)]
    before = os.umask(mask)
    try:
        write_outputs(root, outputs)
    finally:
        os.umask(before)
    assert [stat.S_IMODE((root / o.path).stat().st_mode) for o in outputs] == [0o644, 0o755, 0o640]


def test_a_changed_mode_is_a_change(tmp_path: Path) -> None:
    """The same bytes with another mode are written anew."""
    make(tmp_path, {"x": "same"})
    (tmp_path / "x").chmod(0o600)
    assert write_outputs(tmp_path, [Output("x", b"same", 0o755)]).changed == ("x",)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o755


def test_paths_are_tidied(tmp_path: Path) -> None:
    """`.` and doubled slashes in a path do not make it another file."""
    assert write_outputs(tmp_path, [Output("./a//b", b"x")]).created == ("a/b",)
    assert write_outputs(tmp_path, [], removals=["a/./b"]).removed == ("a/b",)


def test_what_is_written_is_not_removed(tmp_path: Path) -> None:
    """A path that is planned wins over the wish to remove it."""
    result = write_outputs(make(tmp_path, {"x": "1"}), [Output("x", b"2")], removals=["x"])
    assert WriteResult(changed=("x",)) == result
    assert (tmp_path / "x").read_bytes() == b"2"


def test_a_root_that_is_a_link(tmp_path: Path) -> None:
    """The folder itself may be named through a symbolic link; it stays one."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    write_outputs(tmp_path / "out", [Output("x", b"1")])
    assert (tmp_path / "real/x").read_bytes() == b"1"
    assert (tmp_path / "out").is_symlink()


def test_a_relative_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path relative to the current folder, and the current folder itself, will do."""
    monkeypatch.chdir(tmp_path)
    write_outputs(Path("out"), [Output("x", b"1")])
    write_outputs(Path(), [Output("y", b"2")])
    assert tree_of(tmp_path) == {"out/x": (0o644, b"1"), "out": None, "y": (0o644, b"2")}


PATHS = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a", "f/a"])
FILES = st.dictionaries(PATHS, st.tuples(st.sampled_from([0o644, 0o755]), st.binary(max_size=2)))


@given(FILES, FILES, st.lists(PATHS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_change(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, tuple[int, bytes]],
    planned: dict[str, tuple[int, bytes]],
    removals: list[str],
) -> None:
    """What is on disk afterwards is what was there, changed as planned."""
    outputs = [Output(path, content, mode) for path, (mode, content) in planned.items()]
    root = tmp_path_factory.mktemp("any")
    put(root, [Output(path, content, mode) for path, (mode, content) in before.items()])
    result = write_outputs(root, outputs, removals=removals)
    expected = {path: file for path, file in before.items() if path not in removals} | planned
    assert expected == {path: file for path, file in tree_of(root).items() if file is not None}
    assert set(planned) == {*result.created, *result.changed, *result.same}
    assert set(result.removed) == (set(removals) & set(before)) - set(planned)
    assert write_outputs(root, outputs, removals=removals).is_unchanged


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", ".", "/etc/x", "../x", "a/../../x", "a/..", "x\0y", STAGE, f"./{STAGE}/lock"]
)
@pytest.mark.parametrize("exists", [True, False])
def test_paths_that_leave_the_folder(old: Path, path: str, exists: bool) -> None:
    """Neither an output nor a removal leads anywhere else, nor into the stage."""
    root = old if exists else old.with_name("new")
    assert "not a place for a file" in refusal(root, [Output(path, b"")]).message
    if exists:
        assert "not a place for a file" in refusal(root, [], (path,)).message


@pytest.mark.parametrize("path", ["link/x", "link", "patches/link/deep/x", "dangling"])
def test_symbolic_links_are_not_followed(old: Path, path: str) -> None:
    """No file is written through a link, wherever it leads, nor removed behind one."""
    make(old.parent / "elsewhere", {"x": "precious"})
    (old / "link").symlink_to(old.parent / "elsewhere")
    (old / "patches/link").symlink_to("../../elsewhere")
    (old / "dangling").symlink_to("../elsewhere/new")
    assert (
        "a symbolic link; nothing is written through it"
        in refusal(old, [Output(path, b"")]).message
    )
    if "/x" in path:
        assert "a symbolic link" in refusal(old, [], (path,)).message


def test_symbolic_links_as_outputs(old: Path) -> None:
    """A link is written as it is, replaced by another, left alone, and removed itself."""
    make(old.parent / "elsewhere", {"x": "precious"})
    outside = tree_of(old.parent / "elsewhere")
    for name in ("same", "other", "gone"):
        (old / name).symlink_to("../elsewhere/x")
    target = b".//deep/../caf\xe9/"
    links = [
        Output("same", b"../elsewhere/x", SYMLINK),
        Output("other", target, SYMLINK),
        Output("a/new", target, SYMLINK),
        Output("series.conf", target, SYMLINK),
    ]
    result = write_outputs(old, links, removals=("gone",))
    expected = WriteResult(("a/new",), ("other", "series.conf"), ("same",), ("gone",))
    assert expected == result
    for output in links:
        assert output.content == os.readlink(os.fsencode(old / output.path))  # noqa: PTH115 (it would tidy)
    assert not os.path.lexists(old / "gone")
    assert write_outputs(old, links).is_unchanged
    assert outside == tree_of(old.parent / "elsewhere")
    assert [] == leftovers(old)
    write_outputs(old.with_name("new"), links)
    assert target == os.readlink(os.fsencode(old.with_name("new") / "a/new"))  # noqa: PTH115 (it would tidy)


@pytest.mark.parametrize("target", [b"", b"a\0b"])
def test_links_that_cannot_be_made(old: Path, target: bytes) -> None:
    """No system makes a link to nothing."""
    refused = refusal(old, [Output("x", target, SYMLINK)])
    assert "x: a symbolic link that cannot be made." == refused.message


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("patches", "/patches: a folder where a file is needed."),
        ("series.conf/x", "/series.conf: a file where a folder is needed."),
        ("pipe", "/pipe: no regular file where a file is needed."),
    ],
)
def test_files_and_folders_in_the_way(old: Path, path: str, problem: str) -> None:
    """A folder is not replaced by a file, nor a file by a folder."""
    os.mkfifo(old / "pipe")
    assert problem in refusal(old, [Output(path, b"")]).message
    assert problem in refusal(old, [], (path,)).message


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (["a", "./a"], "a: two files would be written there."),
        (["a/b", "a"], "a: would be a file, and the folder of a/b."),
        (["a", "a/b/c"], "a: would be a file, and the folder of a/b/c."),
    ],
)
def test_outputs_that_exclude_each_other(old: Path, paths: list[str], problem: str) -> None:
    """A patch that is called like a report, or like a folder, does not overwrite it."""
    assert problem == refusal(old, [Output(path, b"") for path in paths]).message


@pytest.mark.parametrize("mode", [0o160000, 0o100644])
def test_only_files_and_links_are_written(old: Path, mode: int) -> None:
    """A git mode is not a file mode: a submodule would become a file without permissions."""
    refused = refusal(old, [Output("x", b"", mode)])
    assert f"x: only files and links can be written, not mode {mode:o}." == refused.message


def test_a_file_instead_of_the_folder(old: Path) -> None:
    """An output folder that is a file is left alone."""
    root = old / "series.conf"
    assert f"{root}: a file, not a folder." == refusal(root, [Output("x", b"")]).message


def test_a_missing_parent(tmp_path: Path) -> None:
    """Only one folder is made; the hint says how to make the others."""
    error = refusal(tmp_path / "a/b", [Output("x", b"")])
    assert f"{tmp_path}/a/b: cannot be made, there is no folder {tmp_path}/a." == error.message
    assert (f"Make it first: mkdir -p {tmp_path}/a",) == error.hints


def test_a_broken_link_for_a_folder(tmp_path: Path) -> None:
    """A link to nowhere is not taken for a folder that is to be made."""
    (tmp_path / "out").symlink_to("gone")
    assert "out: a broken symbolic link." in refusal(tmp_path / "out", [Output("x", b"")]).message


def test_a_name_that_is_too_long(old: Path) -> None:
    """What the file system cannot name is an error before anything is written."""
    assert "File name too long" in refusal(old, [Output("x", b""), Output("y" * 300, b"")]).message
    root = old.with_name("new")
    assert "File name too long" in refusal(root, [Output("x", b""), Output("y" * 300, b"")]).message


# --- disks that do not play along -------------------------------------------------------


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("limit", ["KiB", "files"])
def test_a_full_disk(small_disk: Path, limit: str, exists: bool) -> None:
    """However much room there is, all is written or nothing, and what was staged is gone."""
    big = [*NEW, Output("big-1", b"x" * 10_000), Output("big-2", b"y" * 10_000)]
    outcomes = set()
    for room in range(0, 64, 2):
        parent = small_disk / "parent"
        parent.mkdir()
        root = put(parent / "out", OLD) if exists else parent / "out"
        before = tree_of(parent)
        fill(small_disk / "filler", limit, room)
        try:
            write_outputs(root, big, removals=REMOVALS)
            outcomes.add("written")
            assert contents(big).items() <= tree_of(root).items()
        except OutputError as error:
            outcomes.add(str(error))
            assert before == tree_of(parent)
        assert leftovers(root) == []
        for used in small_disk.iterdir():
            shutil.rmtree(used)
    problem = f"{small_disk}/parent/out: cannot be written: No space left on device."
    hint = "Free some space, or choose another folder."
    assert {"written", f"{problem} Nothing was changed. {hint}"} == outcomes


def fill(filler: Path, limit: str, room: int) -> None:
    """Fill a disk until it has room for so many KiB or so many files."""
    filler.mkdir()
    status = os.statvfs(filler)
    if limit == "KiB":
        (filler / "x").write_bytes(b"x" * (status.f_bfree * status.f_frsize - room * 1024))
    else:
        for number in range(status.f_ffree - room):
            (filler / str(number)).touch()


def remount(folder: Path, options: str) -> None:
    """Change the limits of a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


@pytest.mark.parametrize("exists", [True, False])
def test_a_limit_on_file_sizes(old: Path, exists: bool) -> None:
    """A write that stops in the middle of a file leaves nothing of it."""
    root = old if exists else old.with_name("new")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        error = refusal(root, [Output("x", b"1"), Output("big", b"x" * 60_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written: File too large. Nothing was changed." in error.message


@pytest.mark.parametrize("exists", [True, False])
def test_a_read_only_disk(small_disk: Path, exists: bool) -> None:
    """A read-only disk is refused, but not when there is nothing to write."""
    put(small_disk / "old", OLD)
    root = small_disk / ("old" if exists else "new")
    remount(small_disk, "ro")
    try:
        error = refusal(root, NEW)
        assert "cannot be written: Read-only file system. Nothing was changed." in error.message
        assert "Make it writable" in error.hints[0]
        assert Recovery.NOTHING is recover(root)
        assert write_outputs(small_disk / "old", OLD).is_unchanged
    finally:
        remount(small_disk, "rw")


def test_a_disk_within_the_folder(small_disk: Path) -> None:
    """Two file systems cannot change together, so they are not changed."""
    root = small_disk.parent
    make(root, {"x": "1"})
    error = refusal(root, [Output("x", b"2"), Output("disk/a/b", b"2")])
    assert f"{root}/disk: on another file system than {root}" in error.message


WRITE_AS_NOBODY = """
import os, pathlib, sys
from patchkit.errors import OutputError
from patchkit.model.tree import SYMLINK
from patchkit.workspace.writing import Output, write_outputs
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    write_outputs(pathlib.Path(sys.argv[1]), [Output("x", b"2"), Output("sub/y", b"2")])
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("closed", "mode", "root", "expected"),
    [
        ("parent/out", 0o555, "parent/out", "parent/out: cannot be written: Permission denied."),
        ("parent", 0o555, "parent/new", "parent/new: cannot be written: Permission denied."),
        ("parent", 0o000, "parent/new", "parent/new: cannot be written: Permission denied."),
        ("parent/out/sub", 0o555, "parent/out", "parent/out/sub: may not be written."),
        ("parent/out/sub", 0o000, "parent/out", "parent/out/sub/y: Permission denied."),
    ],
)
def test_a_folder_that_may_not_be_written(
    public_tmp_path: Path, closed: str, mode: int, root: str, expected: str
) -> None:
    """Without the permission to write nothing is; root becomes nobody first."""
    make(public_tmp_path / "parent/out", {"x": "1", "sub/z": "1"})
    before = tree_of(public_tmp_path)
    for folder in ("parent", "parent/out", "parent/out/sub"):
        (public_tmp_path / folder).chmod(0o777)
    (public_tmp_path / closed).chmod(mode)
    done = subprocess.run(
        [sys.executable, "-c", WRITE_AS_NOBODY, public_tmp_path / root],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (public_tmp_path / closed).chmod(0o755)
    assert f"{public_tmp_path}/{expected}" in done.stdout
    assert done.stdout.count("\n") == 1
    assert before == tree_of(public_tmp_path)


@pytest.fixture
def immutable(old: Path) -> Iterator[Path]:
    """A file in the folder `old` that not even root can replace."""
    place = old / "patches/changed.patch"
    done = subprocess.run(["chattr", "+i", place], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file can be made immutable here: {done.stderr}")
    yield place
    subprocess.run(["chattr", "-i", place], check=False)


def test_a_change_that_stops_half_way_is_finished_later(old: Path, immutable: Path) -> None:
    """What cannot be foreseen is said plainly, and the next run finishes it."""
    with pytest.raises(OutputError, match="the change is decided but not yet finished") as caught:
        write_outputs(old, NEW, removals=REMOVALS)
    assert is_one_line(caught.value)
    assert "mend the cause and run the command again" in caught.value.hints[0]
    with pytest.raises(OutputError, match="the change is decided but not yet finished"):
        recover(old)
    subprocess.run(["chattr", "-i", immutable], check=True)
    assert Recovery.FINISHED is recover(old)
    assert contents(NEW) | {"notes.txt": (0o600, b"mine")} == tree_of(old)
    assert leftovers(old) == []


# --- more than one process, and strange stages ------------------------------------------


@pytest.mark.parametrize("place", [f"out/{STAGE}", ".patchkit-new-out"])
def test_another_process_at_work(old: Path, place: str) -> None:
    """As long as a process holds the lock nobody else reads, writes or recovers."""
    make(old.parent / place, {"plan.json": "{}", "lock": ""})
    with (old.parent / place / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another process is at work there" in refusal(old, NEW).message
        with pytest.raises(OutputError, match="another process is at work there"):
            recover(old)
    assert Recovery.NOTHING is not recover(old) or place != f"out/{STAGE}"
    assert write_outputs(old, NEW).created


@pytest.mark.parametrize(
    "plan",
    [
        {"files": ["../escaped"], "removals": [], "folders": []},
        {"files": [], "removals": ["../precious"], "folders": []},
        {"files": ["link/x"], "removals": [], "folders": []},
        {"files": [], "removals": ["link/precious"], "folders": []},
        {"files": ["x"]},
        {"files": [1], "removals": [], "folders": []},
        ["x"],
        "x",
    ],
)
def test_a_stage_that_is_not_ours(old: Path, plan: object) -> None:
    """A stage that came with a clone cannot make patchkit write or remove anything elsewhere."""
    make(old.parent, {"precious": "1"})
    (old / "link").symlink_to("..")
    make(old / STAGE, {"commit.json": json.dumps(plan), "files/0": "bad"})
    before = tree_of(old.parent)
    with pytest.raises(OutputError) as caught:
        recover(old)
    assert is_one_line(caught.value)
    (old / STAGE / "lock").unlink()
    assert before == tree_of(old.parent)


def test_folders_of_a_foreign_plan(old: Path) -> None:
    """Throwing a stage away removes no folder behind a link, nor one with something in it."""
    (old.parent / "empty").mkdir()
    (old / "link").symlink_to("../empty")
    (old / "made").mkdir()
    (old / STAGE).mkdir()
    status = (old / STAGE).stat()
    plan = {
        "files": [],
        "removals": [],
        "folders": ["link", "patches", "made"],
        "stage": [status.st_dev, status.st_ino],
    }
    (old / STAGE / "plan.json").write_text(json.dumps(plan))
    before = tree_of(old.parent)
    assert Recovery.DISCARDED is recover(old)
    kept = {path: file for path, file in before.items() if STAGE not in path and path != "out/made"}
    assert kept == tree_of(old.parent)


@pytest.mark.parametrize("place", [f"out/{STAGE}", ".patchkit-new-out"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_something_else_called_like_a_stage(old: Path, place: str, kind: str) -> None:
    """What patchkit did not make it neither uses nor removes."""
    if kind == "file":
        (old.parent / place).write_text("mine")
    else:
        (old.parent / place).symlink_to("/")
    assert "not a folder made by patchkit" in refusal(old, NEW).message


def test_recovering_where_nothing_is(tmp_path: Path) -> None:
    """Without a folder, or without an interrupted write in it, there is nothing to do."""
    assert Recovery.NOTHING is recover(tmp_path / "a/b/c")
    assert Recovery.NOTHING is recover(tmp_path)
    assert tree_of(tmp_path) == {}


# --- what a person edited ---------------------------------------------------------------


def digest(content: bytes) -> str:
    """The SHA-256 as it is recorded."""
    return hashlib.sha256(content).hexdigest()


def test_edited_outputs(tmp_path: Path) -> None:
    """Edited is what is neither planned nor recorded, be it to be written or to be removed."""
    files = {"planned": "new", "ours": "old", "edited": "mine", "foreign": "mine", "stale": "old"}
    make(tmp_path, {**files, "sub/stale-edited": "mine", "unrelated": "mine"})
    outputs = [Output(path, b"new") for path in ("planned", "ours", "./edited", "foreign", "gone")]
    recorded = dict.fromkeys(
        ["planned", "ours", "edited", "stale", "sub/stale-edited"], digest(b"old")
    )
    assert edited_outputs(tmp_path, outputs, recorded) == ("edited", "foreign", "sub/stale-edited")


def test_edited_outputs_of_a_new_folder(tmp_path: Path) -> None:
    """Where nothing is, nothing was edited."""
    assert edited_outputs(tmp_path / "new", NEW, {"x": digest(b"x")}) == ()


def test_edited_outputs_do_not_follow_links(tmp_path: Path) -> None:
    """A link in the place of an output is an error, as it is for writing."""
    (tmp_path / "x").symlink_to("/etc/hostname")
    with pytest.raises(OutputError, match="x: a symbolic link"):
        edited_outputs(tmp_path, [Output("x", b"")], {})
    with pytest.raises(OutputError, match="not a place for a file"):
        edited_outputs(tmp_path, [], {"../x": digest(b"")})
