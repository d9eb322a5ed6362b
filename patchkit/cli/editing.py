"""Opens a person's editor, as git does."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from patchkit.errors import ResolveError

_VARIABLES = ("GIT_EDITOR", "VISUAL", "EDITOR")
_NO_TERMINAL = "dumb"
_DEFAULT = "vi"


def edit(text: bytes, name: str) -> Path:
    """Let a person edit a text; gives the file with the result, whose name ends with `name`.

    Whoever calls removes the file's folder. Raises `ResolveError` when the editor fails, or the
    text comes back as it was.
    """
    place = Path(tempfile.mkdtemp(prefix="patchkit-")) / (Path(name).name or "region")
    place.write_bytes(text)
    editor = _editor()
    # As git has it: the value is a shell command, to which the file is given.
    done = subprocess.run(["sh", "-c", f'{editor} "$@"', editor, place], check=False)
    if done.returncode:
        remove(place)
        raise ResolveError(
            f"The editor failed: {editor} (exit code {done.returncode}); nothing was recorded.",
            "Set GIT_EDITOR, VISUAL or EDITOR, or use --take or --write.",
        )
    after = place.read_bytes()
    if after == text or not after:
        remove(place)
        what = "unchanged" if after else "empty"
        raise ResolveError(
            f"The text came back {what}: nothing was recorded.",
            "To answer with no line at all, leave the line with the scissors (>8).",
        )
    return place


def remove(place: Path) -> None:
    """Remove a file that `edit` gave."""
    place.unlink()
    place.parent.rmdir()


def _editor() -> str:
    for variable in _VARIABLES:
        is_full_screen = variable == "VISUAL"
        if is_full_screen and os.environ.get("TERM", _NO_TERMINAL) == _NO_TERMINAL:
            continue
        if os.environ.get(variable):
            return os.environ[variable]
    return _DEFAULT
