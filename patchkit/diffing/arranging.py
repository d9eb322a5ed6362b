"""Gives the patches of a series another order, moving as few lines as it takes (pure).

A line moves whole, with its options and the comment on it. Lines of their own, comments and blanks
and patches that are not arranged, stay where they are. In a recipe or a spec the words and lines of
a patch are made anew where it moves; in a numbered folder the names must give the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from patchkit.diffing.pairing import stayed
from patchkit.errors import StackError
from patchkit.model.numbered import NumberedFolder
from patchkit.model.patchlist import PatchList
from patchkit.model.series import Entry, Series, SeriesLine

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def arranged(
    series: PatchList, old: Sequence[str], new: Sequence[str], added: Mapping[str, Entry]
) -> PatchList:
    """The series in which the patches `old` are those in `new`, in that order.

    A patch of `old` that is not in `new` leaves the series; one of `new` that is not in `old` gets
    the line for its entry in `added`. Raises `StackError` when the list cannot hold a new entry, or
    cannot have that order.
    """
    if not isinstance(series, Series):
        return _arranged_list(series, old, new, added)
    staying = _staying(old, new)
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


def _staying(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """As many of the patches as can stay where they are."""
    kept = [name for name in new if name in set(old)]
    places = {name: place for place, name in enumerate(kept)}
    anchors = stayed([places[name] for name in old if name in places])
    return {name for name, place in places.items() if place in anchors}


def _arranged_list(
    patches: PatchList, old: Sequence[str], new: Sequence[str], added: Mapping[str, Entry]
) -> PatchList:
    entries = {**added, **{entry.name: entry for entry in patches.entries}}
    staying = _staying(old, new)
    if isinstance(patches, NumberedFolder):
        return _numbered(patches, [entries[name] for name in new])
    first = next((name for name in new if name in staying), None)
    if first is None and old and new:
        raise StackError(
            "All patches of the list would be others.", "Keep one of them where it is."
        )
    for name in old:
        if name not in staying:
            patches = patches.removed(name)
    if first is not None and new[0] != first:
        # There is no place before all others, so the one that stood first moves behind the new one.
        patches = patches.inserted_after(first, entries[new[0]]).removed(first)
        staying = (staying - {first}) | {new[0]}
    previous: str | None = None
    for name in new:
        if name not in staying:
            patches = patches.inserted_after(previous, entries[name])
        previous = name
    return patches


def _numbered(folder: NumberedFolder, entries: Sequence[Entry]) -> PatchList:
    arranged_folder = NumberedFolder((), folder.held)
    previous: str | None = None
    for entry in entries:
        arranged_folder = arranged_folder.inserted_after(previous, entry)
        previous = entry.name
    return arranged_folder


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
