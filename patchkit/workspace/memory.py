"""What a finished job wrote, kept for when the same is asked again (workspace floor).

A folder of files, one a job, named for everything that the job depended on. Format
`patchkit-run/1`: one line of JSON, then the contents of the outputs one after the other. It is
described in `docs/reference/cache.md`. The folder is safe to delete at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchkit.sources.cachefolder import cache_folder
from patchkit.workspace.staging import Output

_FORMAT = "patchkit-run/1"
_SUFFIX = ".run"
_UNFINISHED = ".new-"
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a job gave: its outputs, its exit code, and its notes for a person."""

    outputs: tuple[Output, ...]
    exit_code: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """The jobs kept in `folder`, which is made when there is something to keep; `most` bytes at
    most, and those that were not asked for longest go first."""

    folder: Path
    most: int = _MOST_BYTES

    def recall(self, key: str) -> Remembered | None:
        """What the job with this key gave; None where it is not known, or its file is damaged."""
        place = self._place(key)
        try:
            header, _, content = place.read_bytes().partition(b"\n")
        except OSError:
            return None
        remembered = _read(header, content)
        if remembered is not None:
            with suppress(OSError):  # in a folder that may only be read the order stays as it is
                os.utime(place)
        return remembered

    def remember(self, key: str, given: Remembered) -> None:
        """Keep what a job gave, where there is room for it.

        That it cannot be kept is no fault of the job: it is only done again next time.
        """
        if sum(len(output.content) for output in given.outputs) > self.most:
            return
        header = json.dumps(_header(given)).encode("ascii")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self._place(key), [header, b"\n", *(one.content for one in given.outputs)])
            self._make_room()

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _make_room(self) -> None:
        for place in self.folder.glob(f"{_UNFINISHED}*"):
            _remove_left(place)
        now = time.time_ns()
        # What is dated after now was asked for before the clock was set back, whenever that was.
        kept = sorted(
            (
                (at.st_mtime_ns if at.st_mtime_ns <= now else 0, at.st_size, one)
                for one in self._files()
                if (at := one.stat())
            ),
            reverse=True,
        )
        room = self.most
        for _, size, place in kept:
            room -= size
            if room < 0:
                place.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        yield from self.folder.glob(f"*{_SUFFIX}")


def _header(given: Remembered) -> dict[str, Any]:
    outputs = [[one.path, one.mode, len(one.content)] for one in given.outputs]
    told = {"exit_code": given.exit_code, "notes": list(given.notes), "outputs": outputs}
    digest = _digest(told, (one.content for one in given.outputs))
    return {"format": _FORMAT, "sha256": digest, **told}


def _digest(told: dict[str, Any], contents: Iterable[bytes]) -> str:
    """The digest of a file: of its header but for the format and the digest, and of the rest."""
    digest = hashlib.sha256(json.dumps(told).encode("ascii"))
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _read(header: bytes, content: bytes) -> Remembered | None:
    try:
        told = json.loads(header)
        known, digest = told.pop("format"), told.pop("sha256")
        if known != _FORMAT or digest != _digest(told, [content]):
            return None
    except (ValueError, KeyError, AttributeError):
        return None
    outputs = []
    at = 0
    for path, mode, size in told["outputs"]:
        outputs.append(Output(path, content[at : at + size], mode))
        at += size
    return Remembered(tuple(outputs), told["exit_code"], tuple(told["notes"]))


def _write(place: Path, pieces: Sequence[bytes]) -> None:
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.writelines(pieces)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_left(place: Path) -> None:
    """Remove what a run that was killed was about to write; a run at work holds a lock on it."""
    with suppress(OSError), place.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.unlink()


def default_memory() -> Memory | None:
    """The memory in the person's cache folder for patchkit; None where there is no such folder."""
    cache = cache_folder()
    return None if cache is None else Memory(cache / "runs")
