"""Writes the outputs of a run into pages: `python -m tests.docs.rewrite PAGE…`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.checking import Complaint, complaints


def rewrite(page: Path, folder: Path) -> list[Complaint]:
    """Put into the page what came, lines for any text where they still fit; what is left."""
    found = list(complaints(page, folder))
    lines = page.read_text("utf-8").split("\n")
    for one in sorted(found, key=lambda one: one.line, reverse=True):
        if one.place is None:
            continue
        indent, start = one.place.indent, one.place.line - 1
        fresh = ["", "```text", *one.lines, "```"] if one.is_new_fence else list(one.lines)
        lines[start : start + one.place.count] = [f"{indent}{line}".rstrip() for line in fresh]
    page.write_text("\n".join(lines), "utf-8")
    return [one for one in found if one.place is None]


def main(pages: list[str]) -> None:
    """Rewrite the pages; what only a person can mend is told."""
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            for one in rewrite(Path(page), Path(folder)):
                print(f"{page}:{one.line}: {one.message}")  # noqa: T201  # a developer's command


if __name__ == "__main__":
    main(sys.argv[1:])
