"""A tree as a comparison of siblings reads it: without other projects' code, and patient."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import filterfalse

from patchkit.errors import UpstreamError
from patchkit.model.shown import shown_path
from patchkit.model.tree import File, Path, Tree

_COPIED = re.compile(rb"(?:^|/)(?:vendor|third_party|node_modules)/")
"""Other projects' code, in which nobody looks for what this project's variants need."""


@dataclass(frozen=True)
class OwnCode:
    """A tree without the copies of other projects.

    Siblings are looked for in every file, so one that cannot be read is no reason to give up: it is
    as if it were not there, and `notes` says so.
    """

    below: Tree
    problems: dict[Path, str] = field(default_factory=dict)
    _listed: dict[Path, str] = field(default_factory=dict, init=False, repr=False)

    def get(self, path: Path) -> File | None:
        """The file at `path`; None, too, where it cannot be read."""
        try:
            return self.below.get(path)
        except UpstreamError as problem:
            self.problems[path] = problem.message
            return None

    def has_folder(self, path: Path) -> bool:
        """As the tree below says."""
        return self.below.has_folder(path)

    def paths(self) -> Collection[Path]:
        """The paths of the project's own files."""
        return self._listed.keys() or list(filterfalse(_COPIED.search, self.below.paths()))

    def listing(self) -> Mapping[Path, str]:
        """The project's own files with the ids of their contents; remembered."""
        if not self._listed:
            listed = self.below.listing()
            own = filterfalse(_COPIED.search, listed)
            self._listed.update((path, listed[path]) for path in own)
        return self._listed

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Passed on."""
        self.below.prefetch(paths)

    def notes(self) -> Iterator[str]:
        """A sentence on every file that could not be read so far."""
        for path, problem in self.problems.items():
            yield f"{shown_path(path)} was not compared: {problem}"
