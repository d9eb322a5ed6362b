"""Reads and writes the resolutions that stand beside a stack (workspace floor)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from patchkit.errors import OutputError, StackError
from patchkit.model.resolutions import Resolutions, parse_resolutions
from patchkit.workspace.writing import Output, recover, write_outputs


def load_resolutions(place: Path) -> Resolutions:
    """The resolutions in a file, after an interrupted write of it is finished or undone; none where
    there is no such file.

    Raises `ResolutionFormatError` when it is not understood, `StackError` when it cannot be read.
    """
    # What was recorded, but not put in place yet, would be lost in what is recorded next. Where it
    # cannot be put in place now, nothing can be recorded, either.
    with suppress(OutputError):
        recover(Path(os.path.realpath(place)).parent)
    try:
        raw = place.read_bytes()
    except FileNotFoundError:
        return Resolutions()
    except OSError as error:
        raise StackError(
            f"{place}: cannot be read: {error.strerror}.", "Check the file and its permissions."
        ) from error
    return parse_resolutions(raw, str(place))


def write_resolutions(place: Path, resolutions: Resolutions, before: Resolutions) -> None:
    """Put the resolutions into their file, whole or not at all; a file that has them is not
    touched, and one that is there keeps its mode.

    Raises `OutputError` when it cannot be written, or does not have what it had `before`, when it
    was read: then somebody has decided something else in the meantime.
    """
    real = Path(os.path.realpath(place))
    if load_resolutions(place) != before:
        raise OutputError(
            f"{place}: changed since it was read. Nothing was written.", "Run the command again."
        )
    now = real.read_bytes() if real.is_file() else None
    mode = stat.S_IMODE(real.stat().st_mode) if real.is_file() else 0o644
    output = Output(real.name, resolutions.raw, mode)
    write_outputs(real.parent, [output], read={real.name: now})
