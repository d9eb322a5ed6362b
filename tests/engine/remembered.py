"""A history of one file that is held in memory: for laws over many made-up histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from patchkit.model.history import Stored, Touch, Walk
from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import REGULAR, File, MemoryTree, Path, blob_id


class RememberedHistory:
    """Commits, one on the other, that each changed the one file; a `model.history.History`."""

    def __init__(self, path: Path, texts: Sequence[bytes]) -> None:
        self._path = path
        self._texts = texts
        self._contents = {blob_id(text): text for text in texts}

    def tree(self, at: int) -> MemoryTree:
        """The tree with the file as the commit with this number left it."""
        return MemoryTree({self._path: File(self._texts[at])})

    def expect(self, paths: Iterable[Path]) -> None:
        """All is here."""

    def walk(self, path: Path) -> Walk:
        """One touch for each text after the first."""
        assert path == self._path
        stored = [Stored(path, REGULAR, blob_id(text)) for text in self._texts]
        return Walk(
            tuple(
                Touch(UpstreamCommit(f"{at:040x}", "A U Thor", "2020", f"commit {at}"), *pair)
                for at, pair in enumerate(pairwise(stored))
            )
        )

    def inside(self, merge: str, path: Path) -> tuple[Touch, ...]:
        """A commit that is no merge came in by itself."""
        return tuple(one for one in self.walk(path).touches if one.commit.identity == merge)

    def on_old_side(self, path: Path) -> tuple[Touch, ...]:
        """There is none."""
        assert path == self._path
        return ()

    def touching(self, paths: Iterable[Path]) -> tuple[Touch, ...]:
        """All of them."""
        return tuple(touch for path in paths for touch in self.walk(path).touches)

    def touches_of(self, identity: str) -> tuple[Touch, ...]:
        """The one touch of the commit."""
        return self.inside(identity, self._path)

    def commit(self, identity: str) -> UpstreamCommit | None:
        """The commit with this whole id."""
        return next((one.commit for one in self.touches_of(identity)), None)

    def mentioning(self, texts: Iterable[str]) -> Mapping[str, tuple[UpstreamCommit, ...]]:
        """The messages say nothing."""
        return dict.fromkeys(texts, ())

    def content(self, stored: Stored) -> bytes:
        """The text with this id."""
        return self._contents[stored.identity]

    def version(self, identity: str, path: Path) -> File | None:
        """The file after a commit."""
        (touch,) = self.inside(identity, path)
        return None if touch.after is None else File(self.content(touch.after))

    def prefetch(self, files: Iterable[Stored]) -> None:
        """All is here."""
