"""Writes figures into a page that is otherwise written by hand."""

from __future__ import annotations

from pathlib import Path

from tests.bench.port_quality.processes import BenchError


def write_marked(file: Path, begin: str, end: str, text: str, new_page: str) -> None:
    """Put `text` between the marks `begin` and `end` of a Markdown file, or of a `new_page`.

    Raises `BenchError` when the file has no such marks.
    """
    page = file.read_text(encoding="utf-8") if file.exists() else new_page
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise BenchError(f"{file}: the place for the tables is not marked.", f"Add {begin} {end}.")
    file.write_text(f"{before}{begin}\n\n{text}{end}{after}", encoding="utf-8")
