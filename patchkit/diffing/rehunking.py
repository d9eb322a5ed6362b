"""Writes hunks for edits, keeping of the old hunks what still holds (pure).

A hunk whose lines all stand in the new file as they are keeps its body byte for byte; only its line
numbers change. The others get new context from the file, as many lines as the patch used, three at
least, the same number at both ends: GNU patch takes less context at one end for the end of the
file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.edits import Edit
from patchkit.diffing.placing import stands_at
from patchkit.model.patch import Hunk, Line, LineKind

_LEAST_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines [start, stop) of the file that one hunk will cover; `kept` is the hunk whose body
    stays."""

    start: int
    stop: int
    edits: tuple[Edit, ...]
    kept: Hunk | None


def write_hunks(
    before: Sequence[bytes], edits: Sequence[Edit], hunks: Sequence[Hunk]
) -> tuple[Hunk, ...]:
    """Hunks that make `edits` (in order, in lines of `before`); `hunks` are those they came
    from."""
    context = max(
        (_LEAST_CONTEXT, *(max(hunk.leading_context, hunk.trailing_context) for hunk in hunks))
    )
    written: list[Hunk] = []
    growth = 0
    for stretch in _stretches(before, edits, hunks, context):
        written.append(_write(stretch, before, hunks, growth))
        growth += sum(edit.growth for edit in stretch.edits)
    return tuple(written)


def flip(hunk: Hunk) -> Hunk:
    """The hunk that takes this one back, as `patch -R` reads it."""
    lines: list[Line] = []
    removed: list[Line] = []
    added: list[Line] = []
    for line in (*hunk.lines, None):
        if line is None or line.kind is LineKind.CONTEXT:
            lines += removed + added
            removed, added = [], []
        if line is None:
            break
        match line.kind:
            case LineKind.CONTEXT:
                lines.append(line)
            case LineKind.ADDED:
                removed.append(Line(LineKind.REMOVED, line.content))
            case LineKind.REMOVED:
                added.append(Line(LineKind.ADDED, line.content))
    return _formatted(hunk.new_start, hunk.old_start, hunk.section, tuple(lines))


def _stretches(
    before: Sequence[bytes], edits: Sequence[Edit], hunks: Sequence[Hunk], context: int
) -> list[_Stretch]:
    runs: dict[int, list[Edit]] = {}
    for edit in edits:
        runs.setdefault(edit.hunk, []).append(edit)
    kept_at = {
        index: place
        for index, mine in runs.items()
        if (place := _kept_place(mine, hunks[index], before)) is not None
    }
    single: list[_Stretch] = []
    for edit in edits:
        if edit.hunk in kept_at:
            hunk, at = hunks[edit.hunk], kept_at[edit.hunk]
            stretch = _Stretch(at, at + len(hunk.old), (edit,), hunk)
        else:
            stretch = _with_context((edit,), before, context)
        single.append(stretch)
    return _joined(single, before, context)


def _joined(single: list[_Stretch], before: Sequence[bytes], context: int) -> list[_Stretch]:
    """Stretches that overlap made one; one that grew by it may overlap the one before it."""
    joined: list[_Stretch] = []
    for stretch in single:
        while joined and (
            stretch.start < joined[-1].stop
            or (stretch.kept is not None and stretch.kept is joined[-1].kept)
        ):
            last = joined.pop()
            edits = last.edits + stretch.edits
            if stretch.kept is not None and stretch.kept is last.kept:
                stretch = replace(stretch, edits=edits)
            else:
                stretch = _with_context(edits, before, context)
        joined.append(stretch)
    return joined


def _with_context(edits: tuple[Edit, ...], before: Sequence[bytes], context: int) -> _Stretch:
    start = max(edits[0].start - context, 0)
    stop = min(edits[-1].stop + context, len(before))
    return _Stretch(start, stop, edits, None)


def _kept_place(mine: Sequence[Edit], hunk: Hunk, before: Sequence[bytes]) -> int | None:
    """Where the whole hunk stands in `before` as it is, whose edits are `mine`; None where it does
    not."""
    places = {edit.start - edit.offset for edit in mine}
    changed = sum(line.kind is not LineKind.CONTEXT for line in hunk.lines)
    is_hunks_own = all(edit.offset >= 0 for edit in mine)
    if not is_hunks_own or len(places) != 1 or sum(len(edit.lines) for edit in mine) != changed:
        return None
    (at,) = places
    return at if stands_at(hunk, before, at) else None


def _write(stretch: _Stretch, before: Sequence[bytes], hunks: Sequence[Hunk], growth: int) -> Hunk:
    old_count = stretch.stop - stretch.start
    new_count = old_count + sum(edit.growth for edit in stretch.edits)
    old_start = stretch.start + 1 if old_count else stretch.start
    new_start = stretch.start + growth + (1 if new_count else 0)
    if stretch.kept is not None:
        return _renumbered(stretch.kept, old_start, new_start)
    lines: list[Line] = []
    at = stretch.start
    for edit in stretch.edits:
        lines += [Line(LineKind.CONTEXT, line) for line in before[at : edit.start]]
        lines += edit.lines
        at = edit.stop
    lines += [Line(LineKind.CONTEXT, line) for line in before[at : stretch.stop]]
    section = hunks[stretch.edits[0].hunk].section if hunks else b""
    return _formatted(old_start, new_start, section.rstrip(b"\r"), tuple(lines))


def _renumbered(hunk: Hunk, old_start: int, new_start: int) -> Hunk:
    if (old_start, new_start) == (hunk.old_start, hunk.new_start):
        return hunk
    header, newline, body = hunk.raw.partition(b"\n")
    _, old, new, rest = header.split(b" ", 3)
    old_count, new_count = old.partition(b",")[1:], new.partition(b",")[1:]
    header = b"@@ -%d%b%b +%d%b%b " % (old_start, *old_count, new_start, *new_count) + rest
    return replace(hunk, old_start=old_start, new_start=new_start, raw=header + newline + body)


def _formatted(old_start: int, new_start: int, section: bytes, lines: tuple[Line, ...]) -> Hunk:
    old_count = sum(line.kind is not LineKind.ADDED for line in lines)
    new_count = sum(line.kind is not LineKind.REMOVED for line in lines)
    raw = [
        b"@@ -%b +%b @@%b\n" % (_range(old_start, old_count), _range(new_start, new_count), section)
    ]
    for line in lines:
        raw.append(line.kind.value + line.content)
        if not line.content.endswith(b"\n"):
            raw.append(b"\n\\ No newline at end of file\n")
    return Hunk(old_start, old_count, new_start, new_count, section, lines, b"".join(raw))


def _range(start: int, count: int) -> bytes:
    return b"%d" % start if count == 1 else b"%d,%d" % (start, count)
