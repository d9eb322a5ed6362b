"""The trees that are compared: without other projects' code, and patient with what is broken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from patchkit.errors import UpstreamError
from patchkit.model.tree import File, MemoryTree, Path
from patchkit.siblings.owncode import OwnCode

from .making import files

FILES = files({
    "q_arm64.go": b"ours\n",
    "vendor": b"a file of this name\n",
    "vendor/dep/q_arm64.go": b"theirs\n",
    "web/node_modules/x/q.js": b"theirs\n",
    "third_party/lib/q.c": b"theirs\n",
    "vendored/q.go": b"ours\n",
})  # fmt: skip


class Torn:
    """A tree of which one file cannot be read."""

    def __init__(self, below: MemoryTree, torn: Path) -> None:
        self._below, self._torn = below, torn
        self.fetched: list[Path] = []

    def get(self, path: Path) -> File | None:
        if path == self._torn:
            raise UpstreamError("the object is damaged", "Fetch it again.")
        return self._below.get(path)

    def has_folder(self, path: Path) -> bool:
        return self._below.has_folder(path)

    def paths(self) -> Collection[Path]:
        return self._below.paths()

    def listing(self) -> Mapping[Path, str]:
        return self._below.listing()

    def prefetch(self, paths: Iterable[Path]) -> None:
        self.fetched += paths


def test_other_projects_code_is_not_looked_at() -> None:
    """Whatever is below a folder of copies is in no list; files and folders of like names are."""
    tree = OwnCode(MemoryTree(FILES))
    own = {b"q_arm64.go", b"vendor", b"vendored/q.go"}
    assert own == set(tree.paths()) == set(tree.listing())
    assert {path: MemoryTree(FILES).listing()[path] for path in own} == tree.listing()
    assert tree.has_folder(b"vendored")


def test_a_file_that_cannot_be_read_is_not_there() -> None:
    """It is told once, whoever asks how often; all others are read, and what is fetched as well."""
    torn = Torn(MemoryTree(FILES), b"q_arm64.go")
    tree = OwnCode(torn)
    assert [] == list(tree.notes())
    assert tree.get(b"q_arm64.go") is None
    assert tree.get(b"q_arm64.go") is None
    assert File(b"ours\n") == tree.get(b"vendored/q.go")
    assert ["q_arm64.go was not compared: the object is damaged"] == list(tree.notes())
    tree.prefetch([b"q_arm64.go"])
    assert [b"q_arm64.go"] == torn.fetched
