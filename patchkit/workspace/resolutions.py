"""Reads and writes the resolutions that stand beside a stack (workspace floor)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from patchkit.errors import StackError
from patchkit.model.resolutions import Resolutions, parse_resolutions
from patchkit.workspace.writing import Output, write_outputs


def load_resolutions(place: Path) -> Resolutions:
    """The resolutions in a file; none where there is no such file.

    Raises `ResolutionFormatError` when it is not understood, `StackError` when it cannot be read.
    """
    try:
        raw = place.read_bytes()
    except FileNotFoundError:
        return Resolutions()
    except OSError as error:
        raise StackError(
            f"{place}: cannot be read: {error.strerror}.", "Check the file and its permissions."
        ) from error
    return parse_resolutions(raw, str(place))


def write_resolutions(place: Path, resolutions: Resolutions) -> None:
    """Put the resolutions into their file, whole or not at all; a file that has them is not
    touched, and one that is there keeps its mode.

    Raises `OutputError` when it cannot be written.
    """
    real = Path(os.path.realpath(place))
    mode = stat.S_IMODE(real.stat().st_mode) if real.is_file() else 0o644
    write_outputs(real.parent, [Output(real.name, resolutions.raw, mode)])
