"""Results of a fleet at a URL; the only module that knows fsspec (jobs floor)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchkit.errors import OutputError
from patchkit.jobs.fleetstore import OUTCOMES, PACKAGES

_HOW_TO_GET = "Install it with pip install 'patchkit[fleet]', or give a folder."


class UrlStore:
    """What fsspec makes of a URL as a `Store`.

    A store of objects has no rename of folders: the record of a package is removed before, and
    written after its files, so that one without a record is not finished. Two runs at once are not
    kept apart.
    """

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise OutputError(f"{url}: needs fsspec, which is not here.", _HOW_TO_GET) from error
        self._url = url
        with self._explained():
            self._files: Any
            self._files, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")

    def outcome(self, name: str) -> bytes | None:
        """The record of a finished package."""
        with self._explained():
            try:
                return bytes(self._files.cat_file(self._place(f"{OUTCOMES}/{name}.json")))
            except FileNotFoundError:
                return None

    def scratch(self, name: str) -> Path:
        """A folder for temporary files."""
        return Path(tempfile.mkdtemp(prefix=f"patchkit-fleet-{name}-"))

    def publish(self, name: str, folder: Path | None, outcome: bytes) -> None:
        """Remove the record and the files, upload the new files, then the record."""
        with self._explained():
            record = self._place(f"{OUTCOMES}/{name}.json")
            if self._files.exists(record):
                self._files.rm_file(record)
            place = self._place(f"{PACKAGES}/{name}")
            if self._files.exists(place):
                self._files.rm(place, recursive=True)
            if folder is not None:
                for one in sorted(folder.rglob("*")):
                    if one.is_file():
                        self._write(f"{place}/{one.relative_to(folder)}", one.read_bytes())
        self.put(f"{OUTCOMES}/{name}.json", outcome)

    def put(self, path: str, content: bytes) -> None:
        """Write under another name, then rename: where a write is not whole, the file is."""
        with self._explained():
            place = self._place(path)
            self._write(f"{place}.new", content)
            self._files.mv(f"{place}.new", place)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Nothing keeps another run away."""
        yield

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _write(self, place: str, content: bytes) -> None:
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(place, content)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OutputError:
            raise
        except Exception as error:  # each kind of URL has its own library with its own errors
            told = " ".join(f"{type(error).__name__}: {error}".split())
            raise OutputError(
                f"{self._url}: cannot be used: {told}", "See fsspec's documentation for such URLs."
            ) from error
