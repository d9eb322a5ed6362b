"""The two trees that a port works on: base and ours, as far as the stack touches them (engine).

The one place of the engine that changes as a port goes on. Trees are read through it once per file.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchkit.diffing.alignment import align
from patchkit.engine.locating import Found, Locator
from patchkit.engine.versions import FilePair, Version
from patchkit.model.report import Followed, Held
from patchkit.model.tree import File, Path, Tree


class Workbench:
    """Base (old upstream plus original patches) and ours (new upstream plus ported patches)."""

    def __init__(self, old: Tree, new: Tree) -> None:
        self._old = old
        self._new = new
        self._locator = Locator(old, new)
        self._pairs: dict[Path, FilePair] = {}
        self._ours: dict[Path, Version | None] = {}
        self._asked: dict[Path, File | None] = {}

    def pair(self, path: Path) -> FilePair:
        """The file that base has at `path`, with its fellow in ours; both absent if base has
        none."""
        if path not in self._pairs:
            self._pairs[path] = self._load(path)
        return self._pairs[path]

    def ours_at(self, path: Path) -> Version | None:
        """What ours has at `path` now."""
        if path not in self._ours:
            file = self._new_file(path)
            self._ours[path] = None if file is None else Version.of(path, file)
        return self._ours[path]

    def is_blocked(self, path: Path) -> bool:
        """Whether ours has a folder at `path`, or a file where a folder above it would be."""
        parents = path.split(b"/")[:-1]
        above = (b"/".join(parents[: count + 1]) for count in range(len(parents)))
        if any(self.ours_at(parent) is not None for parent in above):
            return True
        return (
            self.ours_at(path) is None
            and self._new.has_folder(path)
            and not any(
                version is None and name.startswith(path + b"/")
                for name, version in self._ours.items()
            )
        )

    def place_for_new(self, path: Path) -> tuple[Path, Followed | None]:
        """Where ours gets a file that a patch creates at `path`."""
        found = self._locator.place_for_new(path)
        return found.path, found.followed

    def put(self, path: Path, pair: FilePair) -> None:
        """Record what became of the file that base has (or had) at `path`."""
        self._pairs[path] = pair
        if pair.ours is not None:
            self._ours[pair.ours.path] = pair.ours

    def remove_ours(self, path: Path) -> None:
        """Record that ours has no file at `path` any more."""
        self._ours[path] = None

    def pristine(self) -> Mapping[Path, File | None]:
        """The new upstream's own files at every path that was asked for."""
        return dict(self._asked)

    def result(self) -> Mapping[Path, File | None]:
        """Ours at every path that was asked for or written; None where there is no file."""
        for path in self._ours:
            self._new_file(path)
        return {path: None if found is None else found.file for path, found in self._ours.items()}

    def _new_file(self, path: Path) -> File | None:
        if path not in self._asked:
            self._asked[path] = self._new.get(path)
        return self._asked[path]

    def _load(self, path: Path) -> FilePair:
        file = self._old.get(path)
        if file is None:
            return FilePair(None, None)
        base = Version.of(path, file)
        location = self._locator.locate(path)
        if not isinstance(location, Found):
            return FilePair(base, None, missing=Held(location.cause, location.note))
        ours = self.ours_at(location.path)
        if ours is None:
            # An earlier patch removed it from ours while base kept it: only through a held region.
            return FilePair(base, None)
        return FilePair(base, ours, align(base.lines, ours.lines), location.followed)
