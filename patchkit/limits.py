"""How much of what strangers send is read (ground floor).

The one place of these values. A person raises them in the environment, for instance
`PATCHKIT_LIMITS="hunks=50000 file_bytes=2000000000"`; `patchkit.yaml` cannot, as it may come from
the same stranger.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from patchkit.errors import SettingsError

VARIABLE = "PATCHKIT_LIMITS"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused beyond, in bytes or numbers."""

    patch_bytes: int = 64 << 20
    """One patch file."""
    hunks: int = 20_000
    """The hunks of one patch."""
    file_bytes: int = 512 << 20
    """One file of a source tree, whether in git, a folder or an archive."""
    archive_bytes: int = 16 << 30
    """All that is in one archive, unpacked."""
    archive_members: int = 2_000_000
    """The entries of one archive."""
    nested_conditions: int = 200
    """Conditions in one another (`#if`), up to which source is compared condition by condition."""


@functools.cache
def limits() -> Limits:
    """The limits that hold. Raises `SettingsError` for a variable that is not understood."""
    return limits_in(os.environ)


def limits_in(environment: Mapping[str, str]) -> Limits:
    """The limits as an environment sets them. Raises `SettingsError`.

    >>> limits_in({"PATCHKIT_LIMITS": "hunks=5"}).hunks
    5
    """
    found = Limits()
    known = [field.name for field in fields(Limits)]
    for word in environment.get(VARIABLE, "").split():
        name, _, number = word.partition("=")
        if name not in known or not (number.isascii() and number.isdigit()):
            raise SettingsError(
                f"{VARIABLE}: {word!r} is not understood.",
                f"It is words like hunks=50000; known are {', '.join(known)}.",
            )
        found = replace(found, **{name: int(number)})
    return found


def how_to_raise(name: str) -> str:
    """The hint for a limit that was met."""
    return f"If it is meant so, raise the limit: {VARIABLE}={name}=NUMBER in the environment."
