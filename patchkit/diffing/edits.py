"""What the hunks of a patch do to the lines of a file (pure).

An edit is one run of removed and added lines without context between. Edits are what a merge
carries from one version of the file to the other; context is only how a hunk finds its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import align, gaps
from patchkit.diffing.placing import HunkPlace
from patchkit.model.patch import Hunk, Line, LineKind


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines [start, stop) give way to `added`. `hunk` is the index of the hunk it comes from and
    `offset` where in that hunk's old lines it starts, negative where it is not one of its edits;
    `lines` are the hunk's removed and added lines in their own order."""

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
    return _with_line_ends(found, lines)


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


def edits_between(
    before: Sequence[bytes], after: Sequence[bytes], start: int, hunk: int
) -> tuple[Edit, ...]:
    """The edits that turn `before`, which stands at line index `start`, into `after`."""
    edits = []
    for gap in gaps(align(before, after), len(before), len(after)):
        removed = [Line(LineKind.REMOVED, line) for line in before[gap.base_start : gap.base_stop]]
        added = tuple(after[gap.ours_start : gap.ours_stop])
        lines = (*removed, *(Line(LineKind.ADDED, line) for line in added))
        edits.append(Edit(start + gap.base_start, start + gap.base_stop, added, hunk, -1, lines))
    return tuple(edits)


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


def _with_line_ends(edits: Sequence[Edit], lines: Sequence[bytes]) -> tuple[Edit, ...]:
    r"""The edits as GNU patch carries them out where a line without `\n` does not end the file.

    GNU patch ends such a line when more output follows (patch.c, copy_till and apply_hunk).
    """
    at_end = [edit for edit in edits if edit.stop == len(lines)]
    ended: list[Edit] = []
    for edit in edits:
        inner = edit.added[:-1] if at_end and edit is at_end[-1] else edit.added
        added = (*map(_ended, inner), *edit.added[len(inner) :])
        if at_end and edit is at_end[0] and edit.start == len(lines) and added:
            ended.append(_put_on_last_line(replace(edit, added=added), lines))
        elif added != edit.added:
            ended.append(replace(edit, added=added, lines=_removed_then_added(edit.lines, added)))
        else:
            ended.append(edit)
    return tuple(ended)


def _put_on_last_line(edit: Edit, lines: Sequence[bytes]) -> Edit:
    """An edit behind the last line of the file; it ends that line where the line needs it."""
    if not lines or lines[-1].endswith(b"\n"):
        return edit
    removed = Line(LineKind.REMOVED, lines[-1])
    added = (_ended(lines[-1]), *edit.added)
    run = _removed_then_added((removed,), added)
    return Edit(edit.start - 1, edit.stop, added, edit.hunk, edit.offset - 1, run)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _removed_then_added(lines: Sequence[Line], added: Sequence[bytes]) -> tuple[Line, ...]:
    removed = (line for line in lines if line.kind is LineKind.REMOVED)
    return (*removed, *(Line(LineKind.ADDED, content) for content in added))
