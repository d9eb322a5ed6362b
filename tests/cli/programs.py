"""Programs that are found on PATH before the real ones."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path


def put_before(folder: Path, program: str, script: str) -> dict[str, str]:
    """Put a shell script called `program` into `folder`; the variables that make it found first.

    In the script `$real` is the real program.
    """
    real = shutil.which(program) or "false"
    folder.mkdir(exist_ok=True)
    place = folder / program
    place.write_text(f"#!/bin/sh\nreal={shlex.quote(real)}\n{script}")
    place.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}
