"""Who works here, as git and Debian's tools know it (workspace floor)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_NAMES = ("GIT_AUTHOR_NAME", "DEBFULLNAME")
_ADDRESSES = ("GIT_AUTHOR_EMAIL", "DEBEMAIL")


def author(folder: Path) -> str:
    """The name and address of whoever works in `folder`; "" where nobody says.

    The environment decides (`GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, then Debian's `DEBFULLNAME` and
    `DEBEMAIL`), else git's configuration there.
    """
    name = _from_environment(_NAMES) or _from_git("user.name", folder)
    address = _from_environment(_ADDRESSES) or _from_git("user.email", folder)
    return " ".join(filter(None, (name, f"<{address}>" if address else "")))


def _from_environment(names: tuple[str, ...]) -> str:
    return next((_on_one_line(os.environ[name]) for name in names if os.environ.get(name)), "")


def _from_git(key: str, folder: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "config", "--get", key], cwd=folder, capture_output=True, check=False
        )
    except OSError:  # no git, or no such folder
        return ""
    return _on_one_line(os.fsdecode(done.stdout))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
