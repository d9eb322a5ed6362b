"""The generated `apply-patches`: the script by which a spec file puts a stack onto its tarball.

Face floor. The script itself is the package data file `apply-patches.sh.in`; this module only
fills in its settings. Its contract is format 1 of `docs/reference/apply-patches.md`.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from patchkit.errors import PatchkitError

# Not by importlib.resources: that takes as long to import as ten patches to port.
_TEMPLATE = Path(__file__).with_name("apply-patches.sh.in")
APPLIES_EACH = b"    each_patch apply_patch\n"
"""The line of the script that applies the patches, one after the other."""
_PLACEHOLDER = re.compile(r"@([a-z]+)@")


def apply_script(
    *,
    package: str | None,
    strip: int,
    fuzz: int,
    flags: frozenset[str],
    series: str = "series.conf",
    patches: str = "patches",
) -> bytes:
    """The text of `apply-patches` for one stack.

    The script looks for the tarball `package-VERSION.tar.*`; None takes the only tarball there is.
    `strip` is the level of a series line without `-pN`, `fuzz` the limit for every patch, `flags`
    what the guards of the series are asked for. `series` and `patches` are as in
    `patchkit.model.stack.Layout`: relative to the folder that the script runs in.

    Raises `PatchkitError` for a package that cannot be part of a file name, and for a flag that
    is not one word.
    """
    if package is not None and not re.fullmatch(r"[^/\n\0]+", package):
        raise PatchkitError(
            f"{package!r} is not a package name: the tarball's name begins with it.",
            "Give a name without a slash.",
        )
    for flag in sorted(flags):
        if not re.fullmatch(r"[^\s\0]+", flag):
            raise PatchkitError(f"{flag!r} is not a flag.", "A flag is one word.")
    settings = {
        "package": package or "",
        "series": series,
        "patches": patches or ".",
        "strip": str(strip),
        "fuzz": str(fuzz),
        "flags": " ".join(sorted(flags)),
    }
    template = _TEMPLATE.read_text("utf-8")
    text = _PLACEHOLDER.sub(lambda found: shlex.quote(settings[found[1]]), template)
    return text.encode("utf-8", "surrogateescape")
