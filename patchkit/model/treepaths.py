"""What may be the path of a file in a source tree, and the target of a link (ground floor, pure).

Patches come from strangers: a path that leads out of the tree, or into what git runs, is none.
"""

from __future__ import annotations

import re
import unicodedata

from patchkit.model.tree import Path

LONGEST_PART = 240
"""Bytes of a name: the file system takes 255, and GNU patch makes a temporary file from it."""
LONGEST_PATH = 2048
"""Bytes of a whole path: the system takes 4096, with the folders above the tree."""
_CONTROL = re.compile(rb"[\0\n]")


def why_no_path(path: Path) -> str:
    """Why a path cannot be that of a file that a patch changes; "" where it can.

    >>> why_no_path(b"../x")
    'It names a path outside the source tree.'
    >>> why_no_path(b"docs/x")
    ''
    """
    parts = path.split(b"/")
    if path.startswith(b"/") or b".." in parts:
        return "It names a path outside the source tree."
    if _CONTROL.search(path):
        return "It names a path with a NUL byte or a newline."
    if b"" in parts or b"." in parts:
        return "It names a path with an empty part, or a dot as a part."
    if leads_into_git(path):
        return "It names a path in .git, where git keeps what it runs."
    if len(path) > LONGEST_PATH or max(map(len, parts)) > LONGEST_PART:
        return (
            f"It names a path that is too long: {LONGEST_PATH} bytes are the limit, and "
            f"{LONGEST_PART} for each part."
        )
    return ""


def leads_into_git(path: Path) -> bool:
    r"""Whether a part of a path is `.git`, or what some file system takes for it.

    As git itself has it (git, path.c, is_ntfs_dotgit and is_hfs_dotgit): whatever the case, with
    blanks, dots or a colon behind, with marks that do not show, and `git~1`.

    >>> leads_into_git(b"vendor/.GIT/config")
    True
    >>> leads_into_git(b".gitignore")
    False
    """
    if path.isascii():
        # Nothing hides in such a path, and nearly all are of this kind.
        lowered = path.lower()
        if b".git" not in lowered and b"git~1" not in lowered:
            return False
    return any(_plain(part) in (".git", "git~1") for part in re.split(rb"[/\\]", path))


def _plain(part: bytes) -> str:
    text = part.decode("utf-8", "surrogateescape").partition(":")[0]
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return shown.casefold().rstrip(". ")


def folded(path: Path) -> str:
    r"""What a path is to a file system that folds case and Unicode form.

    Those of macOS and Windows do so, and ext4 with casefold.

    >>> folded("Caf\u00e9".encode()) == folded("CAFE\u0301".encode())
    True
    """
    if path.isascii():
        return path.lower().decode()
    text = unicodedata.normalize("NFD", path.decode("utf-8", "surrogateescape"))
    return unicodedata.normalize("NFD", text.casefold())


def why_no_link(path: Path, target: bytes) -> str:
    """Why a patch may not make a symbolic link at `path` that leads to `target`; "" where it may.

    Where the target leads is told from its text: `..` counts at its beginning only.

    >>> why_no_link(b"docs/new", b"../README")
    ''
    >>> why_no_link(b"docs/new", b"../../README")
    'It makes a symbolic link that leads out of the source tree.'
    """
    parts = [part for part in target.split(b"/") if part not in (b"", b".")]
    climbs = next((at for at, part in enumerate(parts) if part != b".."), len(parts))
    if target.startswith(b"/") or climbs > path.count(b"/") or b".." in parts[climbs:]:
        return "It makes a symbolic link that leads out of the source tree."
    if leads_into_git(target):
        return "It makes a symbolic link that leads into .git, where git keeps what it runs."
    return ""
