"""The end of a run on the terminal: the table of patches and what to do next (face floor)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from patchkit.model.report import Report, Status
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.siblings import siblings_figures
from patchkit.render.summary import TableRow, figures, next_step, summary_table

if TYPE_CHECKING:
    from rich.console import Console

_Cells: TypeAlias = tuple[str, str, str, str, str]
_HEADINGS: _Cells = ("Patch", "Status", "Files", "Hunks", "Held")
_GAP = "  "
_ARE_NUMBERS = (False, False, True, True, True)

_STYLES = {
    Status.UNCHANGED: "green",
    Status.SHIFTED: "green",
    Status.MERGED: "green",
    Status.FOLLOWED: "cyan",
    Status.RESOLVED: "yellow",
    Status.UPSTREAMED: "blue",
    Status.ABSORBED: "yellow",
    Status.PARTIAL: "red",
    Status.CONFLICTED: "red",
    Status.BROKEN: "bold red",
}


def print_report(console: Console, report: Report, resolve: str | None = None) -> None:
    """Print a port to the console: versions, warnings, a row for each patch, the next step, for
    which `resolve` is the command that lists the regions that are held.

    Nothing that comes from outside is taken for markup.
    """
    from rich.text import Text

    def say(line: str) -> None:
        console.print(Text(line), soft_wrap=True)

    say(shown_text(f"{report.package}: {report.old_version} -> {report.new_version}"))
    say(shown_text(f"Upstream: {report.upstream}"))
    for note in (report.upstream_note, *(f"warning: {warning}" for warning in report.warnings)):
        if note:
            say(shown_text(note))
    _print_table(console, summary_table(report))
    say(figures(report))
    for one in report.siblings:
        told = f"Siblings of {shown_name(one.variant)}: {siblings_figures(one)}"
        say(f"{told} `patchkit siblings` tells them." if one.open else told)
    say(next_step(report, resolve))


def _print_table(console: Console, rows: Sequence[TableRow]) -> None:
    from rich.cells import cell_len

    cells = [
        (
            row.patch,
            row.status.value,
            str(row.files),
            f"{row.carried}/{row.hunks}",
            str(row.held or ""),
        )
        for row in rows
    ]
    widths = [max(map(cell_len, column)) for column in zip(_HEADINGS, *cells, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > console.width:
        _print_folded(console, rows, cells)
    else:
        _print_plain(console, rows, cells, widths)


def _print_plain(
    console: Console, rows: Sequence[TableRow], cells: Sequence[_Cells], widths: Sequence[int]
) -> None:
    """The table where nothing need be folded: rich's own takes 0.4 s for a thousand patches."""
    from rich.text import Span, Text

    lines = [_GAP.join(_padded(_HEADINGS, widths))]
    spans = [Span(0, len(lines[0]), "bold")]
    at = len(lines[0]) + 1
    for row, line in zip(rows, cells, strict=True):
        padded = _padded(line, widths)
        lines.append(_GAP.join(padded))
        begin = at + len(padded[0]) + len(_GAP)
        spans.append(Span(begin, begin + len(line[1]), _STYLES[row.status]))
        at += len(lines[-1]) + 1
    console.print(Text("\n".join(lines), spans=spans), soft_wrap=True)


def _padded(line: _Cells, widths: Sequence[int]) -> list[str]:
    """The cells as wide as their columns, numbers to the right."""
    from rich.cells import cell_len

    spaces = [" " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)]
    return [
        space + cell if is_number else cell + space
        for cell, space, is_number in zip(line, spaces, _ARE_NUMBERS, strict=True)
    ]


def _print_folded(console: Console, rows: Sequence[TableRow], cells: Sequence[_Cells]) -> None:
    """The table on a narrow terminal, with the names of patches in several lines."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column(_HEADINGS[0], overflow="fold")
    table.add_column(_HEADINGS[1], no_wrap=True)
    for heading in _HEADINGS[2:]:
        table.add_column(heading, justify="right", no_wrap=True)
    for row, (patch, status, *numbers) in zip(rows, cells, strict=True):
        table.add_row(Text(patch), Text(status, _STYLES[row.status]), *numbers)
    console.print(table)
