"""A lock says who holds it, and that of a process that has ended is taken over."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from patchkit.errors import OutputError
from patchkit.workspace import locking
from patchkit.workspace.claims import claimed
from patchkit.workspace.locking import Owner, is_over, is_shared, locked, owner_told, this_owner
from patchkit.workspace.places import CLAIM
from tests.cli.running import environment

_HOLD = """
import sys
from pathlib import Path
from patchkit.workspace.claims import claimed
with claimed(Path(sys.argv[1]), "patchkit rebase"):
    print("here", flush=True)
    sys.stdin.read()
"""


def _holding(folder: Path) -> subprocess.Popen[bytes]:
    """A process that has claimed the folder until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert b"here\n" == process.stdout.readline()
    return process


def _sign(place: Path, owner: Owner) -> None:
    place.write_text(json.dumps({"format": "patchkit-lock/1", **asdict(owner)}))


@pytest.fixture
def ended() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.mark.parametrize("exists", [True, False])
def test_the_second_is_told_who_is_there(tmp_path: Path, exists: bool) -> None:
    """Command, process, host and age; after the end of the first the lock is gone."""
    folder = tmp_path / "out"
    if exists:
        folder.mkdir()
    with _holding(folder) as process:
        with pytest.raises(OutputError) as caught, claimed(folder, "patchkit refresh"):
            pass
        host = this_owner("").host
        told = f"{folder}: another process is at work there: patchkit rebase, "
        assert caught.value.message.startswith(f"{told}pid {process.pid} on host {host}, for ")
        assert f"kill {process.pid}" in caught.value.hints[0]
        process.communicate(b"")
    assert [] == [place.name for place in tmp_path.rglob(".patchkit*")]
    with claimed(folder, "patchkit refresh"):
        pass


@pytest.mark.parametrize("exists", [True, False])
def test_a_killed_one_is_taken_over(tmp_path: Path, exists: bool) -> None:
    """The kernel let go of its lock; the file it left is used, and then removed."""
    folder = tmp_path / "out"
    if exists:
        folder.mkdir()
    with _holding(folder) as process:
        process.kill()
    assert [] != list(tmp_path.rglob(".patchkit*"))
    folder.mkdir(exist_ok=True)
    with claimed(folder, "patchkit rebase"), pytest.raises(OutputError), claimed(folder, "x"):
        pass
    assert [] == list(tmp_path.rglob(".patchkit*"))


def test_who_has_ended(ended: int) -> None:
    """By process and start time on the same boot; nobody from before the boot is left; of another
    machine nothing can be told."""
    here = this_owner("patchkit rebase")
    assert here.start
    assert here.boot
    assert False is is_over(here, here)
    assert True is is_over(replace(here, pid=ended), here)
    assert True is is_over(replace(here, start=here.start + "0"), here)
    assert True is is_over(replace(here, boot="another"), here)
    assert None is is_over(replace(here, boot="another", host="elsewhere"), here)
    assert None is is_over(replace(here, host="container"), here)


def test_the_age_is_not_by_the_clock() -> None:
    """On the same boot it is that since the boot; of another machine that of its clock, if it can
    be true."""
    here = this_owner("patchkit rebase")
    early = replace(here, uptime=here.uptime - 200, since=here.since + 9999)
    assert owner_told(early, here).endswith(", for 3 minutes")
    other = replace(here, boot="another", host="h", since=here.since - 7200)
    assert owner_told(other, here).endswith(" on host h, for 2 hours")
    assert owner_told(replace(other, since=here.since + 60), here).endswith(" on host h")
    assert owner_told(replace(other, since=here.since - 86400), here).endswith(", for 1 day")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "ext4", "fuse.sshfs"])
def test_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Where several machines write, one of them may be at work and hold a lock that is not seen;
    elsewhere the kernel is right: it was a container that is gone."""
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mounts"
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts.write_text(f"1 0 0:1 / /x rw - proc proc rw\n36 1 {number} / / rw shared:1 - {kind} x\n")
    monkeypatch.setattr(locking, "_MOUNTS", mounts)
    place = tmp_path / CLAIM
    _sign(place, replace(this_owner("patchkit rebase"), boot="another", host="elsewhere"))
    if kind == "ext4":
        with claimed(tmp_path, "patchkit refresh"):
            pass
        assert not place.exists()
        return
    with pytest.raises(OutputError) as caught, claimed(tmp_path, "patchkit refresh"):
        pass
    assert "patchkit rebase, pid" in caught.value.message
    assert "on host elsewhere" in caught.value.message
    assert f"rm {place}" in caught.value.hints[0]
    assert place.exists()


def test_the_file_system_of_a_file(tmp_path: Path) -> None:
    """A folder of a test is on no shared one."""
    with (tmp_path / "x").open("w") as file:
        assert not is_shared(file.fileno())


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int) -> None:
    """A file system that knows no locks: the name of a second file is the lock, and who made it
    counts."""
    monkeypatch.setattr(fcntl, "flock", _no_locks)
    place = tmp_path / "lock"
    with (
        locked(place, tmp_path, "patchkit rebase"),
        pytest.raises(OutputError, match="patchkit rebase, pid"),
        locked(place, tmp_path, "x"),
    ):
        pass
    assert ["lock"] == os.listdir(tmp_path)  # noqa: PTH208  # names only
    taken = tmp_path / "lock.taken"
    _sign(taken, replace(this_owner("patchkit rebase"), pid=ended))
    with locked(place, tmp_path, "patchkit refresh"):
        assert taken.exists()
    assert not taken.exists()
    _sign(taken, replace(this_owner("patchkit rebase"), boot="another", host="elsewhere"))
    with pytest.raises(OutputError, match="cannot be told"), locked(place, tmp_path, "x"):
        pass
    assert taken.exists()


@pytest.mark.parametrize(
    "spoil",
    [lambda place: place.mkdir(), lambda place: place.symlink_to("elsewhere")],
    ids=["folder", "link"],
)
def test_no_lock_can_be_made(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """Then there is none: the writing will say what is wrong. Nothing is written through a link."""
    place = tmp_path / CLAIM
    spoil(place)
    with claimed(tmp_path, "patchkit rebase"):
        pass
    assert os.path.lexists(place)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("content", ["", "{", '{"format": "patchkit-lock/2"}', "[]", "\x00" * 9000])
def test_a_lock_that_is_not_understood(tmp_path: Path, content: str) -> None:
    """What the kernel says counts."""
    (tmp_path / CLAIM).write_text(content)
    with claimed(tmp_path, "patchkit rebase"):
        pass
    assert not (tmp_path / CLAIM).exists()
