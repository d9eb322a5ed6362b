"""Ports one package of a fleet where it runs, in a thread or in a worker of Dask (jobs floor)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import patchkit
from patchkit.errors import FleetError, PatchkitError
from patchkit.jobs.fleetnursery import PORTED
from patchkit.jobs.fleetstore import Store
from patchkit.model.fleet import Ending, FleetPackage, PackageOutcome
from patchkit.render.fleetjson import (
    load_outcome,
    outcome_document,
    outcome_json,
    package_document,
    read_outcome,
)

ATTEMPTS = 2
"""A package whose process was killed from outside is tried again: it may not have been to blame."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished package; `is_kept`: an earlier run had ported it from the same inputs."""

    outcome: PackageOutcome
    is_kept: bool = False


class Ended(Exception):  # noqa: N818  (nobody made an error)
    """The nurseries were closed while a package was being ported."""


@dataclass
class Nurseries:
    """Processes that have packages ported, one for each that is asked for at the same time."""

    _idle: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _all: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_closed: bool = False

    @contextmanager
    def one(self) -> Iterator[subprocess.Popen[bytes]]:
        """A process for one job. Raises `Ended` after `close`."""
        with self._lock:
            if self._is_closed:
                raise Ended
            process = self._idle.pop() if self._idle else self._started()
        yield process
        with self._lock:
            if process.poll() is None and not self._is_closed:
                self._idle.append(process)
            else:
                self._all.remove(process)

    def close(self) -> None:
        """End them all with what they do."""
        with self._lock:
            self._is_closed = True
            processes = list(self._all)
        for process in processes:
            assert process.stdin is not None
            # It ends its child then, and whoever waits for an answer gets none.
            with suppress(OSError):
                process.stdin.close()
        for process in processes:
            process.wait()

    @property
    def is_closed(self) -> bool:
        """Whether they were closed."""
        return self._is_closed

    def _started(self) -> subprocess.Popen[bytes]:
        root = str(Path(patchkit.__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "patchkit.jobs.fleetnursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        except OSError as error:
            raise FleetError(
                f"no process can be started for a package: {error.strerror or error}.",
                "Ask for fewer --workers, or end what else takes processes and memory.",
            ) from error
        self._all.append(process)
        return process


def run_package(package: FleetPackage, store: Store, nurseries: Nurseries) -> Done:
    """Port one package if it is not finished already, and put its result into the store.

    Whatever is wrong with the package is its outcome. Raises `OutputError` when the store cannot
    be written, and `Ended`.
    """
    earlier = _earlier(package, store)
    outcome = None
    for _ in range(ATTEMPTS):
        scratch = store.scratch(package.name)
        try:
            answer = _asked(package, scratch, earlier, nurseries)
            if answer["outcome"] is None and earlier is not None:
                return Done(earlier, is_kept=True)
            outcome = read_outcome(answer["outcome"])
            if answer["killed"]:
                continue
            made = scratch / PORTED if outcome.is_written else None
            store.publish(package.name, made, outcome_json(outcome))
            return Done(outcome)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    assert outcome is not None  # there was an attempt
    store.publish(package.name, None, outcome_json(outcome))
    return Done(outcome)


def _earlier(package: FleetPackage, store: Store) -> PackageOutcome | None:
    """What an earlier run found out, if it may serve again."""
    raw = store.outcome(package.name)
    if raw is None:
        return None
    try:
        found = load_outcome(raw, f"{package.name}.json")
    except PatchkitError:
        return None  # another patchkit wrote it, or it is damaged: it is made anew
    return found if found.serves(package.limits) else None


def _asked(
    package: FleetPackage, scratch: Path, earlier: PackageOutcome | None, nurseries: Nurseries
) -> dict[str, Any]:
    job = {
        "package": package_document(package),
        "folder": str(scratch),
        "known": "" if earlier is None else earlier.identity,
    }
    with nurseries.one() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""
        with suppress(BrokenPipeError, ValueError):  # ended, or closed by `close`
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line.endswith(b"\n"):
            process.kill()
            process.wait()
    if nurseries.is_closed:
        raise Ended
    if line.endswith(b"\n"):
        answer: dict[str, Any] = json.loads(line)
        return answer
    lost = PackageOutcome(
        package.name, Ending.CRASHED, package.old or "", package.new or "",
        "The process that watches over it was ended from outside.", limits=package.limits,
    )  # fmt: skip
    return {"outcome": outcome_document(lost), "killed": True}
