"""What a packaging repository consists of, as far as lint looks at it (lint floor; pure)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from patchkit.lint.spec import Spec
from patchkit.lint.stack import StackFolder, stack_folders
from patchkit.model.tree import SYMLINK, Path, Tree

SCRIPT = b"apply-patches"
_SPEC = b".spec"
_DEBIAN = b"debian/patches"
_DEEPEST = 2
_MOST_TEXT = 1 << 20
_MOST_LINKS = 8


@dataclass(frozen=True)
class Scene:
    """A packaging repository.

    `paths` are the files that belong to it, in order. `flags` are set for the guards, `strip` is
    the level that is stripped from paths where nothing says another. `scripts` are what patchkit
    would write as `apply-patches`, by the folder of the stack; `sources` are the upstream trees
    that stacks are for, by their folder."""

    files: Tree
    paths: tuple[Path, ...]
    flags: frozenset[str] = frozenset()
    strip: int = 1
    scripts: Mapping[Path, bytes] = field(default_factory=dict)
    sources: Mapping[Path, Tree] = field(default_factory=dict)

    @cached_property
    def present(self) -> frozenset[Path]:
        """The files that belong to it."""
        return frozenset(self.paths)

    @cached_property
    def folders(self) -> frozenset[Path]:
        """The folders that have a file somewhere below."""
        found: set[Path] = set()
        for path in self.paths:
            above = posixpath.dirname(path)
            while above and above not in found:
                found.add(above)
                above = posixpath.dirname(above)
        return frozenset(found)

    @cached_property
    def specs(self) -> tuple[Spec, ...]:
        """Its spec files, at most two levels below the root, those in the root first.

        In a Debian source package they are upstream's, and so is all that is beside `debian/`.
        """
        if _DEBIAN in self.folders:
            return ()
        places = [
            path for path in self.paths if path.endswith(_SPEC) and path.count(b"/") <= _DEEPEST
        ]
        places.sort(key=lambda path: (path.count(b"/"), path))
        return tuple(Spec(path, raw) for path in places if (raw := self.content(path)) is not None)

    @cached_property
    def stacks(self) -> tuple[StackFolder, ...]:
        """The folders that have a series, the root first."""
        return tuple(stack_folders(self.paths, self.content))

    def content(self, path: Path) -> bytes | None:
        """The bytes of a file that belongs to it; a link is followed inside of the repository."""
        for _ in range(_MOST_LINKS):
            file = self.files.get(path) if path in self.present else None
            if file is None or file.mode != SYMLINK:
                return None if file is None else file.content
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), file.content))
        return None

    def text(self, path: Path) -> str | None:
        """A small file as text, whatever its encoding; None for a large or binary one."""
        content = self.content(path)
        if content is None or len(content) > _MOST_TEXT or b"\0" in content:
            return None
        return content.decode("utf-8", "surrogateescape")

    def named(self, folder: Path, name: str) -> Path | None:
        """The file of this name in a folder: a build looks nowhere else."""
        wanted = name.encode("utf-8", "surrogateescape")
        beside = posixpath.join(folder, wanted)
        return beside if beside in self.present else None
