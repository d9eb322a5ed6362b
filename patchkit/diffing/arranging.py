"""Gives the patches of a series another order, moving as few lines as it takes (pure).

A line moves whole, with its options and the comment on it. Lines of their own, comments and blanks
and patches that are not arranged, stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from patchkit.diffing.pairing import stayed
from patchkit.model.series import Entry, Series, SeriesLine

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def arranged(
    series: Series, old: Sequence[str], new: Sequence[str], added: Mapping[str, Entry]
) -> Series:
    """The series in which the patches `old` are those in `new`, in that order.

    A patch of `old` that is not in `new` leaves the series; one of `new` that is not in `old` gets
    the line for its entry in `added`. Raises `StackError` when no line can hold a new entry.
    """
    kept = [name for name in new if name in set(old)]
    places = {name: place for place, name in enumerate(kept)}
    anchors = stayed([places[name] for name in old if name in places])
    staying = {name for name, place in places.items() if place in anchors}
    mark, lines = _unmarked(series)
    own = {line.entry.name: line for line in lines if line.entry is not None}
    moving = set(old) - staying
    result = [line for line in lines if line.entry is None or line.entry.name not in moving]
    line_end = b"\r\n" if lines and lines[0].raw.endswith(b"\r\n") else b"\n"
    at = _first_place(result, staying)
    for name in new:
        if name in staying:
            at = _index_of(result, name) + 1
            continue
        line = own.get(name) or _line_for(added[name], line_end)
        result.insert(at, line)
        at += 1
    return Series(tuple(_with_mark(_ended(result, lines, line_end), mark)))


def _unmarked(series: Series) -> tuple[bytes, list[SeriesLine]]:
    lines = list(series.lines)
    if not lines or not lines[0].raw.startswith(_BYTE_ORDER_MARK):
        return b"", lines
    lines[0] = replace(lines[0], raw=lines[0].raw.removeprefix(_BYTE_ORDER_MARK))
    return _BYTE_ORDER_MARK, lines


def _with_mark(lines: list[SeriesLine], mark: bytes) -> list[SeriesLine]:
    if mark and lines:
        return [replace(lines[0], raw=mark + lines[0].raw), *lines[1:]]
    return lines


def _first_place(lines: Sequence[SeriesLine], staying: set[str]) -> int:
    """Before the first patch that stays; where none does, behind everything."""
    for index, line in enumerate(lines):
        if line.entry is not None and line.entry.name in staying:
            return index
    return len(lines)


def _index_of(lines: Sequence[SeriesLine], name: str) -> int:
    return next(
        index
        for index, line in enumerate(lines)
        if line.entry is not None and line.entry.name == name
    )


def _line_for(entry: Entry, line_end: bytes) -> SeriesLine:
    line = Series(()).inserted_after(None, entry).lines[0]
    return replace(line, raw=line.raw.removesuffix(b"\n") + line_end)


def _ended(
    lines: Sequence[SeriesLine], before: Sequence[SeriesLine], line_end: bytes
) -> list[SeriesLine]:
    """The lines with an end each; the last one has none where the file had none."""
    ended = [
        line if line.raw.endswith(b"\n") else replace(line, raw=line.raw + line_end)
        for line in lines
    ]
    if before and ended and not before[-1].raw.endswith(b"\n") and lines[-1] is before[-1]:
        ended[-1] = lines[-1]
    return ended
