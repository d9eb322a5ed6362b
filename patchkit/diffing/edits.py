"""What the hunks of a patch do to the lines of a file (pure).

An edit is one run of removed and added lines without context between. Edits are what a merge
carries from one version of the file to the other; context is only how a hunk finds its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.placing import HunkPlace
from patchkit.model.patch import Hunk, Line, LineKind


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines [start, stop) give way to `added`. `hunk` is the index of the hunk it comes from and
    `offset` where in that hunk's old lines it starts; `lines` are the hunk's removed and added
    lines in their own order."""

    start: int
    stop: int
    added: tuple[bytes, ...]
    hunk: int
    offset: int
    lines: tuple[Line, ...]

    @property
    def growth(self) -> int:
        """By how many lines the file grows."""
        return len(self.added) - (self.stop - self.start)


def edits_of(
    hunks: Sequence[Hunk], places: Sequence[HunkPlace | None], lines: Sequence[bytes]
) -> tuple[Edit, ...]:
    """The edits of all hunks that have a place in `lines`, in order."""
    found: list[Edit] = []
    for index, (hunk, place) in enumerate(zip(hunks, places, strict=True)):
        if place is not None:
            found.extend(_edits_of_hunk(hunk, index, place.at))
    return tuple(_with_line_ends(edit, lines) for edit in found)


def apply_edits(lines: Sequence[bytes], edits: Sequence[Edit]) -> list[bytes]:
    """The lines after the edits, which are in order and do not overlap."""
    result: list[bytes] = []
    at = 0
    for edit in edits:
        result.extend(lines[at : edit.start])
        result.extend(edit.added)
        at = edit.stop
    result.extend(lines[at:])
    return result


def _edits_of_hunk(hunk: Hunk, index: int, at: int) -> list[Edit]:
    edits: list[Edit] = []
    run: list[Line] = []
    offset = 0

    def close_run() -> None:
        removed = sum(line.kind is LineKind.REMOVED for line in run)
        added = tuple(line.content for line in run if line.kind is LineKind.ADDED)
        start = offset - removed
        edits.append(Edit(at + start, at + offset, added, index, start, tuple(run)))
        run.clear()

    for line in hunk.lines:
        if line.kind is LineKind.CONTEXT and run:
            close_run()
        if line.kind is not LineKind.CONTEXT:
            run.append(line)
        if line.kind is not LineKind.ADDED:
            offset += 1
    if run:
        close_run()
    return edits


def _with_line_ends(edit: Edit, lines: Sequence[bytes]) -> Edit:
    r"""The edit as GNU patch carries it out where a line without `\n` does not end the file.

    GNU patch ends such a line when more output follows (util.c, copy_till and put_lines).
    """
    added = list(edit.added)
    is_last = edit.stop >= len(lines)
    inner = added if not is_last else added[:-1]
    ended = [line if line.endswith(b"\n") else line + b"\n" for line in inner] + added[len(inner) :]
    start, run = edit.start, edit.lines
    before = lines[start - 1] if start == len(lines) and start > 0 else b"\n"
    if ended and not before.endswith(b"\n"):
        # The edit also ends the last line of the file, on which it is put.
        ended.insert(0, before + b"\n")
        run = (Line(LineKind.REMOVED, before), Line(LineKind.ADDED, before + b"\n"), *run)
        start -= 1
    if (start, tuple(ended)) == (edit.start, edit.added):
        return edit
    removed = tuple(line for line in run if line.kind is LineKind.REMOVED)
    run = (*removed, *(Line(LineKind.ADDED, content) for content in ended))
    return Edit(start, edit.stop, tuple(ended), edit.hunk, edit.offset - (edit.start - start), run)
