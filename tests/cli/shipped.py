"""What a person who reads the documents has in front of them: a clone with the shipped stack."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.cli.running import REPOSITORY

SERIES = "series/kata-containers"
_LINES = re.compile(r"^(\d{4})\S+\.patch +(\w+) ", re.MULTILINE)


def copy_clone(root: Path) -> Path:
    """Copy the documents and the shipped stacks to `root`."""
    for document in ("README.md", "docs/tutorial.md"):
        (root / document).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / document, root / document)
    shutil.copytree(REPOSITORY / "series", root / "series")
    return root


def statuses(table: str) -> dict[str, str]:
    """The status of each patch of the shipped stack, by its number, in a table that was printed."""
    return dict(_LINES.findall(table))


def indented_blocks(document: Path) -> list[str]:
    """The lines of a Markdown document that are indented as code, each block as one text."""
    blocks: list[list[str]] = [[]]
    for line in document.read_text().splitlines():
        if line.startswith("    "):
            blocks[-1].append(line[4:])
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(block) for block in blocks if block]


def python_block(document: Path) -> str:
    """The only block of Python in a Markdown document."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", document.read_text(), re.DOTALL | re.MULTILINE)
    return str(block)
