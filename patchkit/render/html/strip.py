"""The picture of a stack: a cell for each patch, and lines between those that hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from patchkit.model.dependencies import Dependencies
from patchkit.model.report import Held, PortedPatch, Report, Status
from patchkit.model.shown import shown_name
from patchkit.render.summary import counted

_COLUMNS = 36
_CELL = 26
_BOX = 22
"""The side of a cell's box; the rest is the gap to the next one."""
_GAP = 18
"""The room above a row for its arcs."""
_SMALL_GAP = 6
_MOST_ARCS = 60
"""More lines than this hide each other: then only those of the cell pointed at are drawn."""

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


class ArcKind(Enum):
    """What a line says of the patch that it leads from; the value is its class."""

    NEED = "need"
    """It needs the earlier one."""
    ORDER = "order"
    """It stays behind the earlier one, and does not need it."""
    FOLLOWS = "follows"
    """A region of it is held because one of the earlier patch is."""


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

    kind: ArcKind
    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture with its size; `arc_counts` has the kinds of lines that there are, `is_crowded`
    says whether these are too many to be told apart."""

    width: int
    height: int
    columns: int
    cell: int
    cells: tuple[Cell, ...]
    arcs: tuple[Arc, ...]
    arc_counts: Mapping[str, int]
    is_crowded: bool


def letters(status: Status) -> str:
    """The two letters that stand for a status."""
    return _LETTERS[status]


def stack_picture(report: Report) -> Strip:
    """The picture of a report's patches, with the dependencies that it knows of."""
    index = {patch.name: at for at, patch in enumerate(report.patches)}
    lines = tuple(dict.fromkeys(_lines(report, index)))
    is_crowded = len(lines) > _MOST_ARCS
    gap = (_SMALL_GAP if is_crowded else _GAP) if lines else 0
    cells = tuple(
        Cell(f"p{at + 1}", patch.status, _LETTERS[patch.status],
             _title(patch, report.dependencies), *_place(at, gap))
        for at, patch in enumerate(report.patches)
    )  # fmt: skip
    rows = -(-len(cells) // _COLUMNS)
    return Strip(
        width=min(len(cells), _COLUMNS) * _CELL + 2,
        height=rows * (_CELL + gap) + 2,
        columns=_COLUMNS,
        cell=_BOX,
        cells=cells,
        arcs=tuple(
            Arc(kind, cells[at].link, cells[to].link, _curve(cells[at], cells[to]))
            for kind, at, to in lines
        ),
        arc_counts=Counter(kind.value for kind, _, _ in lines),
        is_crowded=is_crowded,
    )


def _title(patch: PortedPatch, found: Dependencies | None) -> str:
    told = [f"{shown_name(patch.name)}: {patch.status.value}"]
    if patch.held:
        told.append(counted(len(patch.held), "open region", "open regions"))
    needs = () if found is None else found.needs(patch.name)
    needed_by = () if found is None else found.needed_by(patch.name)
    if needs:
        told.append(f"needs {len(needs)}")
    if needed_by:
        told.append(f"needed by {len(needed_by)}")
    return ", ".join(told)


def _lines(report: Report, index: Mapping[str, int]) -> Iterator[tuple[ArcKind, int, int]]:
    for one in report.dependencies.bonds if report.dependencies else ():
        if one.patch in index and one.to in index:
            kind = ArcKind.NEED if one.is_need else ArcKind.ORDER
            yield kind, index[one.patch], index[one.to]
    for patch, _, region in report.held_regions():
        ref = region.settlement.consequence_of if isinstance(region.settlement, Held) else None
        if ref is not None and ref.patch in index and ref.patch != patch.name:
            yield ArcKind.FOLLOWS, index[patch.name], index[ref.patch]


def _place(index: int, gap: int) -> tuple[int, int]:
    row, column = divmod(index, _COLUMNS)
    return column * _CELL + 2, row * (_CELL + gap) + gap + 2


def _curve(start: Cell, stop: Cell) -> str:
    x1, x2 = start.x + _BOX // 2, stop.x + _BOX // 2
    if start.y == stop.y:
        rise = min(_GAP - 3, 6 + abs(x1 - x2) // 12)
        return f"M{x1} {start.y}C{x1} {start.y - rise} {x2} {stop.y - rise} {x2} {stop.y}"
    middle = (start.y + stop.y) // 2
    return f"M{x1} {start.y}C{x1} {middle} {x2} {middle} {x2} {stop.y + _BOX}"
