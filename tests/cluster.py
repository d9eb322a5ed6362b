"""A Dask cluster on this machine: a real scheduler and worker processes, each to be killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import environment

_START_SECONDS = 60


@dataclass(frozen=True)
class Cluster:
    """Its address, and the processes of its scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: Sequence[subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler and workers with one thread each; `folder` is for their files."""
    scheduler_file = folder / "scheduler.json"
    started = [
        _start(
            folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(scheduler_file),
        )
    ]  # fmt: skip
    try:
        address = _address(scheduler_file, started[0])
        for number in range(workers):
            place = folder / f"worker-{number}"
            started.append(
                _start(
                    folder, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                    "--host", "127.0.0.1", "--local-directory", str(place),
                )
            )  # fmt: skip
        yield Cluster(address, started[0], started[1:])
    finally:
        for process in reversed(started):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    role = arguments[0]
    with (folder / f"{role}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments[1:]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment({"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2"}),
            cwd=folder,
        )


def _address(scheduler_file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    for _ in range(_START_SECONDS * 20):
        if scheduler_file.is_file() and scheduler_file.stat().st_size:
            return str(json.loads(scheduler_file.read_bytes())["address"])
        if scheduler.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError((scheduler_file.parent / "scheduler.log").read_text())
