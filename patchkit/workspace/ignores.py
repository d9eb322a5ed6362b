"""Reads and writes what a person left on purpose of the siblings (workspace floor)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from patchkit.errors import StackError
from patchkit.model.ignores import Ignores, parse_ignores
from patchkit.workspace.writing import Output, write_outputs


def load_ignores(place: Path) -> Ignores:
    """The entries of a file; none where there is no such file.

    Raises `IgnoreFormatError` when it is not understood, `StackError` when it cannot be read.
    """
    try:
        raw = place.read_bytes()
    except FileNotFoundError:
        return Ignores()
    except OSError as error:
        raise StackError(
            f"{place}: cannot be read: {error.strerror}.", "Check the file and its permissions."
        ) from error
    return parse_ignores(raw, str(place))


def write_ignores(place: Path, ignores: Ignores) -> None:
    """Put the entries into their file, whole or not at all.

    Raises `OutputError` when it cannot be written.
    """
    real = Path(os.path.realpath(place))
    mode = stat.S_IMODE(real.stat().st_mode) if real.is_file() else 0o644
    write_outputs(real.parent, [Output(real.name, ignores.raw, mode)])
