"""Stack folders for the tests of `patchkit.workspace`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from patchkit.errors import PatchkitError

PATCH = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


def make(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Make a folder with these files in it, by path; gives the folder back."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def open_euler(root: Path, series: bytes | str, *names: str) -> Path:
    """A stack as openEuler has it: series.conf, and patches of these names in `patches/`."""
    (root / "patches").mkdir(parents=True, exist_ok=True)
    return make(root, {"series.conf": series, **{f"patches/{name}": PATCH for name in names}})


def quilt(root: Path, series: bytes | str, *names: str) -> Path:
    """A stack as Debian has it: `debian/patches` with a series and patches of these names."""
    folder = "debian/patches"
    return make(root, {f"{folder}/series": series, **{f"{folder}/{name}": PATCH for name in names}})


def is_one_line(error: PatchkitError) -> bool:
    """Whether the message of an error is one line that ends as a sentence."""
    return "\n" not in str(error) and error.message.endswith((".", "?"))
