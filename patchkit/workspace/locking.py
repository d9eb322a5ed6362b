"""Locks that say who holds them (workspace floor).

A lock is a file. flock(2) on it is the truth: the kernel lets go of it when its owner ends, however
that ends. What stands in the file, `patchkit-lock/1`, is for whoever finds it locked, and for the
two cases in which the kernel cannot know: a file system without locks, and one that is shared with
machines that do not see each other's locks.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.model.shown import shown_name

_FORMAT = "patchkit-lock/1"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
_SHARED = (
    *("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "gfs2", "gpfs", "lustre"),
    *("nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs"),
)
"""File systems that several machines may have mounted."""
_START_TIME = 19
"""Where the start time stands behind the name of the program in /proc/PID/stat (proc(5))."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MOST_BYTES = 1 << 12
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that holds a lock.

    A process is told from a later one with the same `pid` by its `start`, in ticks since the `boot`
    of the kernel that it runs on; both are "" where the system does not tell. `since` is the hour
    by the clock, in seconds, and `uptime` the same moment in seconds since the boot.
    """

    command: str
    pid: int
    host: str
    boot: str
    start: str
    since: float
    uptime: float


def this_owner(command: str) -> Owner:
    """The running process, and this moment."""
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_bytes().decode("ascii").strip()
    pid = os.getpid()
    return Owner(command, pid, socket.gethostname(), boot, _start_of(pid), time.time(), _uptime())


def is_over(owner: Owner, here: Owner) -> bool | None:
    """Whether the process of a lock has ended; None where that cannot be told from `here`."""
    if owner.boot != here.boot:
        # The same name with another boot is this machine before it was started again.
        return True if owner.host == here.host and owner.boot and here.boot else None
    if owner.host != here.host:
        return None  # without boots to compare, or a container with processes of its own
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is somebody else's
        pass
    return _start_of(owner.pid) != owner.start


def owner_told(owner: Owner, here: Owner) -> str:
    """As in "patchkit rebase, pid 4711 on host build3, for 3 minutes"."""
    seconds = here.since - owner.since
    if owner.boot == here.boot:
        seconds = here.uptime - owner.uptime  # which no change of the clock touches
    told = f"{shown_name(owner.command)}, pid {owner.pid} on host {shown_name(owner.host)}"
    return f"{told}, for {_age(seconds)}" if seconds >= 0 else told


@contextmanager
def locked(place: Path, folder: Path, command: str) -> Iterator[int]:
    """Hold the lock `place`, in which this process is then named as running `command` on `folder`;
    gives its open file. The file itself stays, for who made it to remove.

    The lock of a process that has ended, or that ran before the machine was started again, is taken
    over. Raises `OutputError` while another process holds it, and `OSError`.
    """
    here = this_owner(command)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with ExitStack() as ends:
        ends.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(folder, _owner_in(descriptor), here) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            ends.enter_context(_locked_by_name(place, folder, here))
        if not _is_still(place, descriptor):
            raise _held(folder, None, here)
        before = _owner_in(descriptor)
        if before is not None and is_over(before, here) is None and is_shared(descriptor):
            raise _unknown(folder, place, before, here)
        with suppress(OSError):  # on a full disk it is held without a name
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, _record(here), 0)
        yield descriptor
        with suppress(OSError):
            os.ftruncate(descriptor, 0)


@contextmanager
def _locked_by_name(place: Path, folder: Path, here: Owner) -> Iterator[None]:
    """Where the file system has no locks: only one process can make the second name.

    Two that take over the lock of the same dead process at the same moment may both get it; that a
    folder is as it was read is looked at again before it is written.
    """
    taken = place.with_name(f"{place.name}.taken")
    own = place.with_name(f"{place.name}.{here.pid}")
    own.write_bytes(_record(here))
    try:
        try:
            os.link(own, taken)
        except FileExistsError:
            before = _owner_of(taken.read_bytes())
            over = None if before is None else is_over(before, here)
            if over is None:
                raise _unknown(folder, taken, before, here) from None
            if not over:
                raise _held(folder, before, here) from None
            own.replace(taken)
    finally:
        own.unlink(missing_ok=True)
    try:
        yield
    finally:
        taken.unlink(missing_ok=True)


def is_shared(descriptor: int) -> bool:
    """Whether an open file is on a file system that other machines may use at the same time
    (proc_pid_mountinfo(5))."""
    device = os.fstat(descriptor).st_dev
    named = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = _MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [named]:
            return after.split()[:1][0] in _SHARED
    return False


def _is_still(place: Path, descriptor: int) -> bool:
    """Whether the open file is the one that everybody else would find there."""
    try:
        there = place.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _record(owner: Owner) -> bytes:
    return json.dumps({"format": _FORMAT, **asdict(owner)}).encode("ascii") + b"\n"


def _owner_in(descriptor: int) -> Owner | None:
    with suppress(OSError):
        return _owner_of(os.pread(descriptor, _MOST_BYTES, 0))
    return None


def _owner_of(record: bytes) -> Owner | None:
    """Who is named in a lock; None where nobody is, or not so that it is understood."""
    with suppress(ValueError, KeyError, TypeError):
        read = json.loads(record)
        if read["format"] == _FORMAT:
            return Owner(
                *(str(read["command"]), int(read["pid"]), str(read["host"]), str(read["boot"])),
                *(str(read["start"]), float(read["since"]), float(read["uptime"])),
            )
    return None


def _held(folder: Path, owner: Owner | None, here: Owner) -> OutputError:
    if owner is None:
        return OutputError(
            f"{folder}: another process is at work there.",
            "Wait for it, then run the command again.",
        )
    return OutputError(
        f"{folder}: another process is at work there: {owner_told(owner, here)}.",
        f"Wait for it, or end it (kill {owner.pid}, on its host), then run the command again.",
    )


def _unknown(folder: Path, place: Path, owner: Owner | None, here: Owner) -> OutputError:
    who = "somebody" if owner is None else owner_told(owner, here)
    return OutputError(
        f"{folder}: {who}, is or was at work there; from here it cannot be told whether it still "
        "runs.",
        f"Look there. If it does not run any more, remove the lock: rm {place}",
    )


def _start_of(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return ""
    return stat.rpartition(b")")[2].split()[_START_TIME].decode("ascii")


def _uptime() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _age(seconds: float) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"), (1, "second")):
        count = int(seconds // unit)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a second"
