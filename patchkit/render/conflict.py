"""A held region as a plain file to edit, and the answer read back from it (face floor).

The three sides stand between the markers that git writes for `merge.conflictStyle=diff3`, so that
every editor knows them:

    <<<<<<< ours: upstream 2.0
    ...
    ||||||| base: upstream 1.0
    ...
    =======
    ...
    >>>>>>> theirs: 0004-main.patch
    # ------------------------ >8 ------------------------
    # what is asked, for a person; all of it is ignored

What is left above the last line is the answer. Where a line of the file looks like a marker, the
markers are longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchkit.errors import ResolutionFormatError
from patchkit.model.report import Lines, Sides
from patchkit.model.shown import shown_line
from patchkit.model.tree import split_lines

_SCISSORS = b"# ------------------------ >8 ------------------------"
_NO_NEWLINE = b"\\ No newline at end of file"
_SHORTEST = 7
_OURS, _BASE, _MIDDLE, _THEIRS = b"<", b"|", b"=", b">"


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands behind the markers, each a few words on one line."""

    ours: str
    base: str
    theirs: str


def conflict_text(sides: Sides, labels: Labels, notes: Sequence[str]) -> bytes:
    """The region for editing; `notes` are lines for a person, below it."""
    size = _size(sides)
    end = b"\r\n" if _has_dos_ends(sides) else b"\n"

    def marker(character: bytes, label: str) -> bytes:
        named = b" " + label.encode("utf-8", "surrogateescape") if label else b""
        return character * size + named + end

    parts = [
        marker(_OURS, f"ours: {labels.ours}"),
        *_shown(sides.ours, end),
        marker(_BASE, f"base: {labels.base}"),
        *_shown(sides.base, end),
        marker(_MIDDLE, ""),
        *_shown(sides.theirs, end),
        marker(_THEIRS, f"theirs: {labels.theirs}"),
        _SCISSORS + end,
    ]
    parts += [f"# {note}".rstrip().encode("utf-8", "surrogateescape") + end for note in notes]
    return b"".join(parts)


def read_answer(raw: bytes, sides: Sides, source: str) -> Lines:
    """The lines that a person made of the region, from a file that `conflict_text` gave or from one
    with nothing but the answer; `source` names it in messages.

    An answer that stops in the middle of its last line gets the line end, unless the region is at
    the end of a file without one. Raises `ResolutionFormatError` when a marker is left.
    """
    lines = split_lines(raw)
    cuts = [at for at, line in enumerate(lines) if line.rstrip() == _SCISSORS]
    if cuts:
        lines = lines[: cuts[-1]]
    _check_markers(lines, _size(sides), source, is_ours=bool(cuts))
    if not _may_lack_newline(sides):
        return _ended(lines)
    if lines and lines[-1].rstrip() == _NO_NEWLINE:
        return (*lines[:-2], *(line.removesuffix(b"\n") for line in lines[-2:-1]))
    return tuple(lines)


def _shown(side: Lines, end: bytes) -> Iterator[bytes]:
    yield from side
    if side and not side[-1].endswith(b"\n"):
        yield end + _NO_NEWLINE + end


def _ended(lines: Sequence[bytes]) -> Lines:
    if lines and not lines[-1].endswith(b"\n"):
        return (*lines[:-1], lines[-1] + b"\n")
    return tuple(lines)


def _may_lack_newline(sides: Sides) -> bool:
    return any(side and not side[-1].endswith(b"\n") for side in _all(sides))


def _has_dos_ends(sides: Sides) -> bool:
    lines = [line for side in _all(sides) for line in side]
    return bool(lines) and all(line.endswith(b"\r\n") for line in lines)


def _size(sides: Sides) -> int:
    """The length of the markers: such that no line of the region is one."""
    lines = {line for side in _all(sides) for line in side}
    size = _SHORTEST
    while any(_is_marker(line, size) for line in lines):
        size += 1
    return size


def _all(sides: Sides) -> tuple[Lines, ...]:
    return (sides.ours, sides.base, sides.theirs)


def _is_marker(line: bytes, size: int) -> bool:
    first, rest = line[:1], line[size:].rstrip(b"\r\n")
    if first not in (_OURS, _BASE, _MIDDLE, _THEIRS) or line[:size] != first * size:
        return False
    return not rest or (first != _MIDDLE and rest.startswith(b" "))


def _check_markers(lines: Sequence[bytes], size: int, source: str, *, is_ours: bool) -> None:
    """Refuse a marker. In an answer that does not come from `conflict_text` a line of nothing but
    `=` may be a heading."""
    for number, line in enumerate(lines, 1):
        if _is_marker(line, size) and (is_ours or not line.startswith(_MIDDLE)):
            raise ResolutionFormatError(
                source, number, f"still a conflict marker: {shown_line(line)}.",
                "Leave nothing but the text that the file shall have there.",
            )  # fmt: skip
