"""The picture of a stack: a cell for each patch, and lines between those that hang together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchkit.model.report import Status

_COLUMNS = 36
_CELL = 26
_GAP = 18
"""The room above a row for its arcs."""

_LETTERS = {
    Status.UNCHANGED: "Un",
    Status.SHIFTED: "Sh",
    Status.MERGED: "Me",
    Status.FOLLOWED: "Fo",
    Status.RESOLVED: "Re",
    Status.UPSTREAMED: "Up",
    Status.ABSORBED: "Ab",
    Status.PARTIAL: "Pa",
    Status.CONFLICTED: "Co",
    Status.BROKEN: "Br",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A patch in the picture: where it stands, its letters, and what a pointer is told."""

    link: str
    status: Status
    letters: str
    title: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arc:
    """A line from a patch to an earlier one, as the data of an SVG path."""

    kind: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture with its size."""

    width: int
    height: int
    cell: int
    cells: tuple[Cell, ...]
    arcs: tuple[Arc, ...]


def letters(status: Status) -> str:
    """The two letters that stand for a status."""
    return _LETTERS[status]


def strip_of(
    patches: Sequence[tuple[str, Status, str]], arcs: Iterable[tuple[str, int, int, str]]
) -> Strip:
    """The picture of patches (link, status, title), with arcs (kind, from, to, title) between
    their indexes."""
    drawn = tuple(arcs)
    gap = _GAP if drawn else 0
    cells = tuple(
        Cell(link, status, _LETTERS[status], title, *_place(index, gap))
        for index, (link, status, title) in enumerate(patches)
    )
    rows = -(-len(cells) // _COLUMNS)
    return Strip(
        width=min(len(cells), _COLUMNS) * _CELL + 2,
        height=rows * (_CELL + gap) + 2,
        cell=_CELL - 4,
        cells=cells,
        arcs=tuple(
            Arc(kind, _curve(cells[start], cells[stop]), title)
            for kind, start, stop, title in drawn
        ),
    )


def _place(index: int, gap: int) -> tuple[int, int]:
    row, column = divmod(index, _COLUMNS)
    return column * _CELL + 2, row * (_CELL + gap) + gap + 2


def _curve(start: Cell, stop: Cell) -> str:
    half = (_CELL - 4) // 2
    x1, x2 = start.x + half, stop.x + half
    if start.y == stop.y:
        rise = min(_GAP - 3, 6 + abs(x1 - x2) // 12)
        return f"M{x1} {start.y}C{x1} {start.y - rise} {x2} {stop.y - rise} {x2} {stop.y}"
    middle = (start.y + stop.y) // 2
    return f"M{x1} {start.y}C{x1} {middle} {x2} {middle} {x2} {stop.y + _CELL - 4}"
