"""Where the results of a fleet go: a folder, or a URL (jobs floor).

packages/NAME/       the ported stack with its reports
outcomes/NAME.json   what became of the package: written last, and then it is finished
fleet.json, fleet.txt, index.html
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from patchkit.errors import OutputError
from patchkit.workspace.disk import NewFile, sync, write_new

PACKAGES, OUTCOMES = "packages", "outcomes"
_WORK = ".work"
_MODE = 0o644
"""Of every file, whatever the umask, as of the files of a stack."""


class Store(Protocol):
    """A place for results. Every write is whole or not at all. Raises `OutputError`."""

    def outcome(self, name: str) -> bytes | None:
        """The record of a finished package; None where there is none."""

    def scratch(self, name: str) -> Path:
        """A new folder on this machine in which the result of a package is made."""

    def publish(self, name: str, folder: Path | None, outcome: bytes) -> None:
        """Put what is in `folder` (None: nothing) in place of what the package had, its record
        last. Without a record the package is not finished."""

    def put(self, path: str, content: bytes) -> None:
        """Write one file."""

    def claimed(self) -> AbstractContextManager[None]:
        """A context in which no other run writes there."""


def store_at(place: str) -> Store:
    """The store in a folder, or at a URL such as `s3://bucket/fleet` (extra `patchkit[fleet]`).

    Raises `OutputError` where the URL cannot be used.
    """
    if not is_remote(place):
        return FolderStore(Path(place))
    from patchkit.jobs.fleeturl import UrlStore

    return UrlStore(place)


def is_remote(place: str) -> bool:
    """Whether a place for results is a URL."""
    return "://" in place


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder as a `Store`."""

    root: Path

    def outcome(self, name: str) -> bytes | None:
        """The record of a finished package."""
        with _explained(self.root):
            try:
                return self._record(name).read_bytes()
            except FileNotFoundError:
                return None

    def scratch(self, name: str) -> Path:
        """A folder beside the results, from where they are renamed into place."""
        with _explained(self.root):
            work = self.root / _WORK
            work.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=work))

    def publish(self, name: str, folder: Path | None, outcome: bytes) -> None:
        """Rename the folder into place."""
        with _explained(self.root):
            record = self._record(name)
            if record.exists():
                record.unlink()
                sync(record.parent)
            place = self.root / PACKAGES / name
            if place.exists():
                old = self.scratch(name)
                place.replace(old / name)
                shutil.rmtree(old)
            if folder is not None:
                place.parent.mkdir(exist_ok=True)
                folder.replace(place)
                sync(place.parent)
            self.put(f"{OUTCOMES}/{name}.json", outcome)

    def put(self, path: str, content: bytes) -> None:
        """Write elsewhere in the folder, then rename; on the disk in this order, so that no record
        is there without its result."""
        with _explained(self.root):
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            work = self.root / _WORK  # which the next run clears
            work.mkdir(exist_ok=True)
            unfinished = work / f"{place.name}.{os.getpid()}.new"
            unfinished.unlink(missing_ok=True)
            write_new([NewFile(unfinished, content, _MODE)])
            unfinished.replace(place)
            sync(place.parent)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold a lock; what a run that was killed left half made is removed."""
        with _explained(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutputError(
                    f"{self.root}: another run of a fleet is writing there.",
                    "Wait for it, or choose another --out.",
                ) from error
            with _explained(self.root):
                shutil.rmtree(self.root / _WORK, ignore_errors=True)
            yield
            shutil.rmtree(self.root / _WORK, ignore_errors=True)
        finally:
            os.close(lock)

    def _record(self, name: str) -> Path:
        return self.root / OUTCOMES / f"{name}.json"


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{root}: cannot be written: {error.strerror or error}.", "Choose another --out."
        ) from error
