"""The tree of one git version, read on demand (sources floor)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from stat import S_IFMT, S_IXUSR

from patchkit.model.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, File, Path
from patchkit.sources.repository import FOLDER, FolderEntry, GitRepository

_MANY_FOLDERS = 100
"""From so many on git lists the whole tree sooner than it gives them one by one."""


@dataclass(frozen=True, slots=True)
class GitTree:
    """The files below the tree object `root` of a repository; a `model.tree.Tree`.

    Only the folders on the way to a file are read, each once. Every method raises `UpstreamError`
    when git cannot read the repository, or a file of a partial clone cannot be fetched.
    """

    repository: GitRepository
    root: str

    def get(self, path: Path) -> File | None:
        """The file at `path`; a submodule is an empty file with the mode `SUBMODULE`."""
        entry = self._entry(path)
        if entry is None or S_IFMT(entry.mode) == FOLDER:
            return None
        if S_IFMT(entry.mode) == SUBMODULE:
            return File(b"", SUBMODULE)
        return File(self.repository.blob(entry.object_id), file_mode(entry.mode))

    def has_folder(self, path: Path) -> bool:
        """Whether there is a folder at `path`; git knows none that is empty."""
        return self.repository.has_folder(self.root, path)

    def paths(self) -> Collection[Path]:
        """Every file."""
        return self.listing().keys()

    def listing(self) -> Mapping[Path, str]:
        """Every file with git's own blob id: no SHA-1 in a SHA-256 repository."""
        return self.repository.files(self.root)

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Read the folders and files in a few goes, what a partial clone lacks in one."""
        asked = list(paths)
        folders = {path.rpartition(b"/")[0] for path in asked}
        if len(folders) >= _MANY_FOLDERS:
            self.listing()
        if not self.repository.is_listed(self.root):
            self._read_folders(folders)
        self.repository.read_ahead(self._blobs(asked))

    def _read_folders(self, folders: Collection[Path]) -> None:
        """Read all folders on the way to these, those of the same depth together."""
        level = {b"": self.root}
        wanted = {tuple(folder.split(b"/")) for folder in folders if folder}
        depth = 0
        while level:
            self.repository.read_folders_ahead(level.values())
            below: dict[Path, str] = {}
            for parts in wanted:
                if len(parts) > depth:
                    tree = level.get(b"/".join(parts[:depth]))
                    entry = self.repository.folder(tree).get(parts[depth]) if tree else None
                    if entry is not None and S_IFMT(entry.mode) == FOLDER:
                        below[b"/".join(parts[: depth + 1])] = entry.object_id
            level = below
            depth += 1

    def _blobs(self, paths: Iterable[Path]) -> Iterator[str]:
        for path in paths:
            entry = self._entry(path)
            if entry is not None and S_IFMT(entry.mode) not in (FOLDER, SUBMODULE):
                yield entry.object_id

    def _entry(self, path: Path) -> FolderEntry | None:
        return None if path.startswith(b"/") else self.repository.entry_at(self.root, path)


def file_mode(mode: int) -> int:
    """The mode as git uses it: old trees also hold 0o100664 and the like."""
    if S_IFMT(mode) in (SYMLINK, SUBMODULE):
        return S_IFMT(mode)
    return EXECUTABLE if mode & S_IXUSR else REGULAR
