"""What a person who reads the documents has in front of them: a clone with the shipped stack."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.cli.running import REPOSITORY

SERIES = "series/kata-containers"
_LINES = re.compile(r"^(\d{4})\S+\.patch +(\w+) ", re.MULTILINE)


def copy_clone(root: Path) -> Path:
    """Copy the README and the shipped stacks to `root`."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / "README.md", root / "README.md")
    shutil.copytree(REPOSITORY / "series", root / "series")
    return root


def statuses(table: str) -> dict[str, str]:
    """The status of each patch of the shipped stack, by its number, in a table that was printed."""
    return dict(_LINES.findall(table))


def fences(document: Path, language: str) -> list[str]:
    """The fences of a Markdown document in this language, each as one text."""
    fence = rf"^```{language}\n(.*?)^```$"
    return re.findall(fence, document.read_text(), re.DOTALL | re.MULTILINE)
