"""Mends what has one right answer (lint floor; pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from patchkit.model.lint import Edit, Finding
from patchkit.model.tree import Path, Tree, split_lines


def mended(files: Tree, findings: Iterable[Finding]) -> tuple[Mapping[Path, bytes], list[Finding]]:
    """The new content of the files that can be mended, and the findings that this takes away.

    Where the edits of two findings meet, the first one counts; what is left of the other is found
    again in the new content.
    """
    taken: dict[Path, list[Edit]] = {}
    done: list[Finding] = []
    for finding in findings:
        if finding.edits and not any(
            _meet(edit, other) for edit in finding.edits for other in taken.get(edit.path, ())
        ):
            done.append(finding)
            for edit in finding.edits:
                taken.setdefault(edit.path, []).append(edit)
    return {path: _edited(files, path, edits) for path, edits in taken.items()}, done


def _meet(edit: Edit, other: Edit) -> bool:
    return edit.start < other.stop and other.start < edit.stop


def _edited(files: Tree, path: Path, edits: list[Edit]) -> bytes:
    file = files.get(path)
    lines = [] if file is None else split_lines(file.content)
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        lines[edit.start : edit.stop] = edit.lines
    return b"".join(lines)
