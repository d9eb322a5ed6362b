"""Files and names that are on the disk, not only on their way there (workspace floor)."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from patchkit.model.tree import SYMLINK


def write_new(place: Path, content: bytes, mode: int) -> None:
    """Make a file with these bytes and this mode, on the disk; its name is for `sync` to put there.

    With the mode `SYMLINK` it is a symbolic link to what the bytes say. Raises `OSError`.
    """
    if mode == SYMLINK:
        # Path.symlink_to would tidy the target up.
        os.symlink(content, os.fsencode(place))  # noqa: PTH211 (pathlib would tidy the target)
        return
    with place.open("xb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Put the names in a folder on the disk. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # what a file system says that cannot do it for folders
            raise
    finally:
        os.close(descriptor)
