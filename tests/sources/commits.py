"""Makes repositories with a history: commits with parents, messages and authors of one's choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from patchkit.model.tree import File, MemoryTree
from patchkit.model.tree import Path as TreePath

from .made import git, new_repository

Contents = Mapping[TreePath, bytes | File]
"""The files of a commit: path to content, of a regular file where no mode is given."""


class Made:
    """A bare repository, made commit by commit; no work tree takes part."""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = new_repository(git_dir)

    def commit(self, files: Contents, *parents: str, message: str = "made") -> str:
        """Commit a whole tree; the id of the commit."""
        self._git("read-tree", "--empty")
        index = b"".join(
            b"%o %s\t%s\0" % (file.mode, self._written(file.content), path)
            for path, file in tree_of(files).files.items()
        )
        self._git("update-index", "-z", "--index-info", stdin=index)
        words = [word for parent in parents for word in ("-p", parent)]
        tree = self._git("write-tree").decode()
        return self._git("commit-tree", *words, "-m", message, tree).decode()

    def line(self, start: str, *steps: tuple[str, Contents]) -> list[str]:
        """Commits one on the other, each with its message and whole tree."""
        made = [start]
        for message, files in steps:
            made.append(self.commit(files, made[-1], message=message))
        return made[1:]

    def tag(self, name: str, commit: str) -> None:
        """Name a commit."""
        self._git("update-ref", f"refs/tags/{name}", commit)

    def _written(self, content: bytes) -> bytes:
        return self._git("hash-object", "-w", "--stdin", stdin=content)

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return git(self.git_dir, *arguments, stdin=stdin).strip()


def tree_of(files: Contents) -> MemoryTree:
    """The same files as a tree."""
    return MemoryTree(
        {path: one if isinstance(one, File) else File(one) for path, one in files.items()}
    )
