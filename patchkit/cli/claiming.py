"""Keeps other runs of patchkit out of a folder, until the command has ended."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from patchkit.workspace.claims import claimed
from patchkit.workspace.scratch import sweep


def claim(folder: Path) -> None:
    """Claim the folder for the running command, which is going to write there.

    What a killed run has left of temporary files is removed. Raises `OutputError` while another
    process has claimed it.
    """
    with suppress(OSError):
        sweep()
    context = click.get_current_context()
    context.with_resource(claimed(folder, context.command_path))
