"""Where an output file may stand: inside its folder, and never behind a symbolic link.

Workspace floor. Paths of outputs come from a series, a report or a manifest that anybody may
have written, so each goes through here before it is read, replaced or removed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.model.shown import shown_name
from patchkit.model.treepaths import leads_into_git

STAGE = ".patchkit-stage"
"""The folder inside an output folder in which a change of it is prepared."""
CLAIM = ".patchkit-lock"
"""The file inside a folder by which a run keeps others out."""


def checked_path(path: str) -> str:
    """`path` without `.` and doubled slashes.

    Raises `OutputError` when it is not relative, leads upwards or into `.git`, or is
    patchkit's own.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if (
        path.startswith("/")
        or "\0" in path
        or not parts
        or ".." in parts
        or parts[0] in (STAGE, CLAIM)
    ):
        raise OutputError(
            f"{shown_name(path)}: not a place for a file in the output folder.",
            "Rename the patch that is called so.",
        )
    if leads_into_git(os.fsencode(path)):
        raise OutputError(
            f"{shown_name(path)}: leads into .git, where nothing is written.",
            "Rename the patch that is called so.",
        )
    return "/".join(parts)


def status_at(root: Path, path: str) -> os.stat_result | None:
    """The status of the file at a checked path below `root`; None where there is none.

    Raises `OutputError` when a part of the path is a symbolic link, when there is a file where
    a folder is needed or something else where a file is needed, or when it cannot be looked at.
    """
    return no_link(root, path, status_of_entry(root, path))


def no_link(root: Path, path: str, status: os.stat_result | None) -> os.stat_result | None:
    """The status of an entry at `path`. Raises `OutputError` where it is that of a link."""
    if status is not None and stat.S_ISLNK(status.st_mode):
        raise _through_link(str(root / path))
    return status


def status_of_entry(root: Path, path: str) -> os.stat_result | None:
    """As `status_at`, but what stands at the path itself may be a symbolic link."""
    return entries_of(root)(path)


def entries_of(root: Path) -> Callable[[str], os.stat_result | None]:
    """`status_of_entry` for many files: every folder on their way is looked at once."""
    folders: set[str] = set()

    def status_of(path: str) -> os.stat_result | None:
        place = os.fspath(root)
        parts = path.split("/")
        for depth, part in enumerate(parts, 1):
            place = f"{place}/{part}"
            if depth < len(parts) and place in folders:
                continue
            try:
                status = os.lstat(place)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise OutputError(f"{shown_name(place)}: {error.strerror}.") from error
            if depth < len(parts):
                if stat.S_ISLNK(status.st_mode):
                    raise _through_link(place)
                if not stat.S_ISDIR(status.st_mode):
                    raise OutputError(
                        f"{shown_name(place)}: a file where a folder is needed.", "Move it away."
                    )
                folders.add(place)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise OutputError(
                f"{shown_name(place)}: {kind} where a file is needed.", "Move it away."
            )
        return status

    return status_of


def _through_link(place: str) -> OutputError:
    return OutputError(
        f"{shown_name(place)}: a symbolic link; nothing is written through it.",
        "Replace it by a real file or folder.",
    )
