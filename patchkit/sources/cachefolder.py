"""Where a person's files are kept that can be made again (sources floor)."""

from __future__ import annotations

import os
import pathlib


def cache_folder() -> pathlib.Path | None:
    """`patchkit` in `$XDG_CACHE_HOME`, else in `$HOME/.cache`, as the XDG Base Directory
    Specification has it; None where neither of the two is an absolute path."""
    for variable, below in (("XDG_CACHE_HOME", ""), ("HOME", ".cache")):
        base = pathlib.Path(os.environ.get(variable, ""), below)
        if base.is_absolute():
            return base / "patchkit"
    return None
