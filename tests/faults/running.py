"""Runs a command in a child process under the layer of faults."""

from __future__ import annotations

import gc
import importlib
import io
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import patchkit.cli.main
from patchkit.jobs import identity

from .layer import Call, Fault, Layer

_OUTSIDE = "layer-"


@dataclass(frozen=True)
class Ran:
    """How a run ended: its exit code, None where it was killed; what it said; its calls."""

    exit_code: int | None
    stderr: str
    calls: Sequence[Call] = ()


def run_in_child(
    root: Path,
    arguments: Sequence[str],
    at: int | None = None,
    fault: Fault = Fault.EIO,
    user: int | None = None,
) -> Ran:
    """Run patchkit in a child, with `root` as its current folder, and `tmp` and `cache` in it as
    its own; call number `at` below `root` meets the fault. Without `at` it gives the calls.
    `user` is whom it runs as, where this process may choose."""
    for name in ("tmp", "cache"):
        (root / name).mkdir(exist_ok=True)
    identity._own_code()  # once for all children
    with (
        tempfile.TemporaryFile(prefix=_OUTSIDE) as said,
        tempfile.TemporaryFile(prefix=_OUTSIDE) as noted,
    ):
        gc.collect()
        child = os.fork()
        if not child:
            _become(user)
            _work(root, arguments, Layer(str(root), at, fault), said.fileno(), noted.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        noted.seek(0)
        stderr = said.read().decode("utf-8", "replace")
        raw = noted.read()
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Ran(None, stderr)
    calls, modules = pickle.loads(raw) if raw else ((), ())  # noqa: S301  # our own
    for name in modules:  # for the next child, which may be a user who cannot read them
        with suppress(Exception):
            importlib.import_module(name)
    return Ran(os.WEXITSTATUS(status), stderr, calls)


def _become(user: int | None) -> None:
    if user is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def _work(root: Path, arguments: Sequence[str], layer: Layer, said: int, noted: int) -> None:
    code = 99
    try:
        os.chdir(root)
        os.environ.update(
            HOME=str(root / "cache"), XDG_CACHE_HOME=str(root / "cache"), TMPDIR=str(root / "tmp"),
            GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", TERM="dumb",
        )  # fmt: skip
        tempfile.tempdir = None
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(said, 2)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
        sys.argv = ["patchkit", *arguments]
        layer.install()
        try:
            patchkit.cli.main.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 98
        sys.stderr.flush()
        if layer.at is None:
            io.FileIO(noted, "w", closefd=False).write(
                pickle.dumps((layer.calls, sorted(sys.modules)))
            )
    finally:
        os._exit(code)
