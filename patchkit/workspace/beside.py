"""Where what persons decided about a stack stands (workspace floor).

The resolutions are in the file that `resolutions` in `patchkit.yaml` names; else in
`patchkit.resolutions` beside that file, so that the stacks of all versions share them; else in the
folder of the stack. What was left on purpose of the siblings stands beside them.
"""

from __future__ import annotations

from pathlib import Path

from patchkit.workspace.settings import Settings

RESOLUTIONS_FILE = "patchkit.resolutions"
IGNORES_FILE = "patchkit.siblings"


def resolutions_place(settings: Settings, stack: Path) -> Path:
    """Where the resolutions of the stack in the folder `stack` are, or would be."""
    if settings.resolutions is not None:
        return Path(settings.resolutions)
    folder = stack if settings.path is None else settings.path.parent
    return folder / RESOLUTIONS_FILE


def ignores_place(settings: Settings, stack: Path) -> Path:
    """Where the ignored findings of the stack in the folder `stack` are, or would be."""
    return resolutions_place(settings, stack).with_name(IGNORES_FILE)
