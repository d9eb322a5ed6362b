"""What `patchkit.yaml` says, format version 1, and where it is (workspace floor).

The format is documented in `docs/reference/patchkit-yaml.md`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from patchkit.errors import SettingsError
from patchkit.model.generated import GeneratedPattern
from patchkit.model.lint import LintChoices
from patchkit.workspace.folders import folders_below

SETTINGS_FILE = "patchkit.yaml"

_VERSION = "{version}"
_DEPTH_BELOW = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What `patchkit.yaml` says; without such a file (`path` None) every field has its default.

    `upstream` is a URL or an absolute path, `resolutions` an absolute path. `tag`, `stack` and
    `output` are patterns in which `{version}` stands for the version. `fuzz` None leaves the limit
    to the command.
    """

    path: Path | None = None
    name: str | None = None
    upstream: str | None = None
    upstream_note: str = ""
    tag: str | None = None
    fuzz: int | None = None
    strip: int = 1
    flags: frozenset[str] = frozenset()
    stack: str | None = None
    output: str | None = None
    resolutions: str | None = None
    generated: tuple[GeneratedPattern, ...] = ()
    rules: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    absorbed_from: int | None = None
    reports: tuple[str, ...] = ()
    variant: tuple[str, ...] = ()
    variants: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    lint: LintChoices = field(default_factory=LintChoices)

    def stack_folder(self, version: str) -> Path | None:
        """The folder of the stack for `version`; None when the settings do not say."""
        return self._folder(self.stack, version)

    def output_folder(self, version: str) -> Path | None:
        """The folder that the stack for `version` is written to; None when it is not said."""
        return self._folder(self.output, version)

    def _folder(self, pattern: str | None, version: str) -> Path | None:
        if pattern is None or self.path is None:
            return None
        return self.path.parent / pattern.replace(_VERSION, version)


def find_settings(start: Path) -> Path | None:
    """The `patchkit.yaml` that a command run in the folder `start` goes by; None if there is none.

    The nearest one in `start` or above it counts; failing that, the only one at most three levels
    below, hidden folders left out. Raises `SettingsError` when there are several below.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if os.path.lexists(folder / SETTINGS_FILE):
            return folder / SETTINGS_FILE
    below = [
        folder / SETTINGS_FILE
        for folder in folders_below(here, _DEPTH_BELOW)
        if os.path.lexists(folder / SETTINGS_FILE)
    ]
    if len(below) > 1:
        raise SettingsError(
            f"{start}: several {SETTINGS_FILE} below: {', '.join(map(str, below))}.",
            "Choose one by passing its stack with --stack.",
        )
    return below[0] if below else None


def settings_beside(stack_root: Path) -> Settings:
    """The settings of a stack that was named by its folder: from the file in that folder or the
    one above it. Defaults when there is no file. Raises what `load_settings` raises.
    """
    root = stack_root.resolve()
    for folder in (root, root.parent):
        if os.path.lexists(folder / SETTINGS_FILE):
            return load_settings(folder / SETTINGS_FILE)
    return Settings()


def load_settings(path: Path) -> Settings:
    """Read one `patchkit.yaml`.

    Raises `SettingsError` when it cannot be read, is not UTF-8 or not YAML, or has a key or a
    value that is not understood; the message has line and column.
    """
    # It brings YAML and the rules of lint, and many stacks have no such file.
    from patchkit.workspace.settingsreading import read_settings

    values = read_settings(path)
    return Settings(path=path, **{"stack": _VERSION, "output": _VERSION, **values})
