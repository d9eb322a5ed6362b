"""A layer above the file system that counts every call which changes something, and lets one fail.

It lives in a child process (`tests.faults.running`), where it takes the place of the functions of
`os` and of `open`; every module of Python comes through these. Counted are the calls on what lies
below one folder, and the programs that are started.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil  # noqa: F401  (it looks at the functions of os when it is imported)
import signal
import subprocess  # noqa: F401  (before the hook is there)
import sys
import tempfile  # noqa: F401  (the same)
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

_REAL_WRITE, _REAL_OPEN = os.write, os.open
_ONE = ("mkdir", "rmdir", "unlink", "remove", "chmod", "truncate", "utime")
_TWO = ("rename", "replace", "link")
_DESCRIPTOR = ("fsync", "fchmod", "ftruncate", "write", "pwrite")
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SPACE = ("create", "write", "pwrite", "mkdir", "link", "symlink")
"""What a full disk refuses."""


class Fault(Enum):
    """What becomes of the call; the value is the word for it in tables."""

    EIO = "EIO"
    ENOSPC = "ENOSPC"
    EDQUOT = "EDQUOT"
    EACCES = "EACCES"
    HALF = "half a write, then ENOSPC"
    FULL = "disk full from here on"
    DEAD = "EIO from here on"
    KILL = "SIGKILL before"
    KILL_AFTER = "SIGKILL after"
    KILL_HALF = "SIGKILL after half a write"

    @property
    def is_kill(self) -> bool:
        """Whether the process does not live on."""
        return self in (Fault.KILL, Fault.KILL_AFTER, Fault.KILL_HALF)


@dataclass(frozen=True)
class Call:
    """A call that was made: its name, the path below the folder, a second path, the bytes."""

    name: str
    path: str
    other: str = ""
    data: bytes = b""
    mode: int = 0


@dataclass
class Layer:
    """The calls on what lies below `root`; number `at` (from 0) meets the `fault`, None: none."""

    root: str
    at: int | None
    fault: Fault
    calls: list[Call] = field(default_factory=list)

    def install(self) -> None:
        """Take the place of the functions, for the rest of this process."""
        for name in _ONE:
            setattr(os, name, self._on_path(name, getattr(os, name)))
        for name in _TWO:
            setattr(os, name, self._on_two(name, getattr(os, name)))
        os.symlink = self._symlink(os.symlink)
        for name in _DESCRIPTOR:
            setattr(os, name, self._on_descriptor(name, getattr(os, name)))
        os.open = self._open
        io.open = builtins.open = self._open_file
        sys.addaudithook(self._audit)

    # --- what is counted -----------------------------------------------------------------

    def meet(self, name: str, path: str, do: Callable[[], Any], **more: Any) -> Any:
        """Do a call, or what the fault makes of it."""
        if not path.startswith(self.root):
            return do()
        inner = path[len(self.root) :].lstrip("/")
        number = len(self.calls)
        self.calls.append(Call(name, inner, **more))
        if self.at is None or number < self.at:
            return do()
        is_here = number == self.at
        match self.fault:
            case Fault.KILL if is_here:
                os.kill(os.getpid(), signal.SIGKILL)
            case Fault.KILL_AFTER if is_here:
                do()
                os.kill(os.getpid(), signal.SIGKILL)
            case Fault.KILL_HALF if is_here:
                self._half(name, more)
                os.kill(os.getpid(), signal.SIGKILL)
            case Fault.HALF if is_here:
                self._half(name, more)
                raise _error(errno.ENOSPC, path)
            case Fault.FULL if name in _SPACE:
                raise _error(errno.ENOSPC, path)
            case Fault.DEAD:
                raise _error(errno.EIO, path)
            case Fault.EIO | Fault.ENOSPC | Fault.EDQUOT | Fault.EACCES if is_here:
                raise _error(getattr(errno, self.fault.name), path)
        return do()

    def _half(self, name: str, more: dict[str, Any]) -> None:
        if name == "write":
            _REAL_WRITE(self._descriptor, more["data"][: len(more["data"]) // 2])

    # --- the functions -------------------------------------------------------------------

    def _on_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *rest: Any, **options: Any) -> Any:
            where = _path_of(path, options.get("dir_fd"))
            if name == "utime" and "/cache/" not in where:
                return real(path, *rest, **options)
            mode = rest[0] if rest and isinstance(rest[0], int) else 0o777
            return self.meet(name, where, lambda: real(path, *rest, **options), mode=mode)

        return call

    def _on_two(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(one: Any, two: Any, **options: Any) -> Any:
            where = _path_of(two, options.get("dst_dir_fd"))
            source = _path_of(one, options.get("src_dir_fd"))
            other = source[len(self.root) :].lstrip("/")
            kind = "link" if name == "link" else "rename"
            return self.meet(kind, where, lambda: real(one, two, **options), other=other)

        return call

    def _symlink(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(target: Any, path: Any, *rest: Any, **options: Any) -> Any:
            where = _path_of(path, options.get("dir_fd"))
            data = os.fsencode(target)
            return self.meet(
                "symlink", where, lambda: real(target, path, *rest, **options), data=data
            )

        return call

    def _on_descriptor(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(descriptor: Any, *rest: Any) -> Any:
            number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
            self._descriptor = number
            data = bytes(rest[0]) if rest and not isinstance(rest[0], int) else b""
            mode = rest[0] if rest and isinstance(rest[0], int) else 0
            return self.meet(
                name, _path_of(number, None), lambda: real(descriptor, *rest), data=data, mode=mode
            )

        return call

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        def real() -> int:
            return _REAL_OPEN(path, flags, mode, dir_fd=dir_fd)

        where = _path_of(path, dir_fd)
        if not flags & _CHANGING:
            return real()
        is_new = bool(flags & os.O_CREAT) and not os.path.lexists(where)
        name = "create" if is_new else "truncate" if flags & os.O_TRUNC else "open"
        opened: int = self.meet(name, where, real, mode=mode)
        return opened

    def _open_file(
        self, file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None, closefd: bool = True,
        opener: Any = None,
    ) -> Any:  # fmt: skip
        if not set(mode) & set("wxa+"):
            return _REAL_IO_OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        kind = mode.replace("b", "").replace("t", "")
        raw = _File(self, file, kind, closefd, opener or self._as_opener)
        if buffering == 0:
            return raw
        buffered: Any = io.BufferedRandom(raw) if "+" in kind else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        return io.TextIOWrapper(buffered, encoding, errors, newline, write_through=False)

    def _as_opener(self, path: Any, flags: int) -> int:
        return self._open(path, flags | os.O_CLOEXEC, 0o666)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen":
            command = " ".join(map(str, arguments[1][:1]))
            self.meet("run", f"{self.root}/{command}", lambda: None)


_REAL_IO_OPEN = io.open


class _File(io.FileIO):
    """A file whose writes are counted."""

    def __init__(self, layer: Layer, file: Any, mode: str, closefd: bool, opener: Any) -> None:
        # Opened by its own opener, so that the opening is counted as well.
        super().__init__(file, mode, closefd, None if isinstance(file, int) else opener)
        self._layer = layer

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._layer._descriptor = self.fileno()
        written: int = self._layer.meet(
            "write", _path_of(self.fileno(), None), lambda: super(_File, self).write(raw), data=raw
        )
        return written


def _path_of(path: Any, dir_fd: int | None) -> str:
    if isinstance(path, int):
        return str(Path(f"/proc/self/fd/{path}").readlink())
    named = os.fsdecode(path)
    if dir_fd is not None and not named.startswith("/"):
        return str(Path(f"/proc/self/fd/{dir_fd}").readlink() / named)
    return os.path.abspath(named)  # noqa: PTH100 (it must not follow links)


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
