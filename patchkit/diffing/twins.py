"""Tells when a patch and upstream made the same change, but a diff put it at another line (pure).

Lines inserted before or after equal lines can be told in several ways: an insertion of "x }" before
"}" is one of "} x" after it. Such twins need not touch; were both carried, the text would be there
twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchkit.diffing.alignment import Gap
from patchkit.diffing.edits import Edit

LONGEST_SLIDE = 100
"""How many lines further down a twin is looked for."""


def are_twins(edit: Edit, change: Gap, base: Sequence[bytes], ours: Sequence[bytes]) -> bool:
    """Whether both insert (or remove) the same text, told at the same or another line.

    Also true when both insert near one another and share a line that says something: then a
    person decides.
    """
    text_of_change = tuple(ours[change.ours_start : change.ours_stop])
    inserts = edit.start == edit.stop and change.base_start == change.base_stop
    removes = not edit.added and change.ours_start == change.ours_stop
    if inserts:
        mine, other = edit.added, text_of_change
    elif removes:
        mine = tuple(base[edit.start : edit.stop])
        other = tuple(base[change.base_start : change.base_stop])
    else:
        return False
    ours_place = _slid_down(change.base_stop, other, base)
    edit_place = _slid_down(edit.stop, mine, base)
    if ours_place == edit_place:
        return True
    low = max(edit.start, change.base_start)
    return (
        inserts
        and low <= min(edit_place[0], ours_place[0])
        and any(_says_something(line) for line in set(mine) & set(other))
    )


def _slid_down(
    stop: int, text: tuple[bytes, ...], base: Sequence[bytes]
) -> tuple[int, tuple[bytes, ...]]:
    """The lowest place of an insertion or removal that ends at base index `stop`, and its text
    there."""
    lines = list(text)
    slides = 0
    while lines and stop < len(base) and base[stop] == lines[0] and slides < LONGEST_SLIDE:
        lines.append(lines.pop(0))
        stop += 1
        slides += 1
    return stop, tuple(lines)


def _says_something(line: bytes) -> bool:
    return any(byte > 0x7F or chr(byte).isalnum() for byte in line)
