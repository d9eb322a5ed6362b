"""What upstream did between two versions, commit by commit (ground floor, no I/O of its own).

The *range* is every commit that the new version has and the old one has not. The *trunk* is the
line from the new version back along first parents: each of its commits follows on the one before,
so the file's versions along it can be gone through step by step. What a merge on the trunk brought
is *inside* of it. What implements `History` lives in `patchkit.sources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import File, Path

MOST_TOUCHES = 500
"""How many commits are looked at for one file, the newest of the range."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as a commit has it: its path, its git mode, and git's id of its content."""

    path: Path
    mode: int
    identity: str


@dataclass(frozen=True, slots=True)
class Touch:
    """What one commit did to one file, compared with its first parent; None: not there on that
    side. The paths differ where the commit moved the file."""

    commit: UpstreamCommit
    before: Stored | None
    after: Stored | None


@dataclass(frozen=True, slots=True)
class Walk:
    """The touches of one file along the trunk, oldest first, through its renames. `is_cut` says
    that there were more of them, older ones."""

    touches: tuple[Touch, ...]
    is_cut: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know of it."""
        if not self.is_cut:
            return ()
        return (f"Only the newest {MOST_TOUCHES} commits that changed the file were looked at.",)


class History(Protocol):
    """The commits of a range. Every method raises `UpstreamError` when they cannot be read."""

    def expect(self, paths: Iterable[Path]) -> None:
        """Say which paths will be asked for, so that they are read in one go."""

    def walk(self, path: Path) -> Walk:
        """How the file that stands at `path` in the old version, or comes to stand there, went
        along the trunk."""

    def inside(self, merge: str, path: Path) -> tuple[Touch, ...]:
        """What the commits, no merges, that came in with a commit of the trunk did to the file at
        this path; oldest first."""

    def on_old_side(self, path: Path) -> tuple[Touch, ...]:
        """What the commits that the old version has and the new one has not did to the file;
        oldest first."""

    def touching(self, paths: Iterable[Path]) -> tuple[Touch, ...]:
        """What the commits of the range, no merges, did to these files; oldest first."""

    def touches_of(self, identity: str) -> tuple[Touch, ...]:
        """All that a commit did, compared with its first parent; no renames are looked for."""

    def commit(self, identity: str) -> UpstreamCommit | None:
        """The one commit of the range with this (shortened) id."""

    def mentioning(self, texts: Iterable[str]) -> Mapping[str, tuple[UpstreamCommit, ...]]:
        """For each text the commits of the range whose message has it, oldest first."""

    def content(self, stored: Stored) -> bytes:
        """The bytes of a file; none for a submodule."""

    def version(self, identity: str, path: Path) -> File | None:
        """The file that a commit has at `path`."""

    def prefetch(self, files: Iterable[Stored]) -> None:
        """Say which contents will be asked for, so that a partial clone fetches them in one go."""
