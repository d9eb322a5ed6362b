"""The end of a run on the terminal: the table of patches and what to do next (face floor)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchkit.model.report import Report, Status
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.siblings import siblings_figures
from patchkit.render.summary import figures, next_step, summary_table

if TYPE_CHECKING:
    from rich.console import Console

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


def print_report(console: Console, report: Report) -> None:
    """Print a port to the console: versions, warnings, a row for each patch, the next step.

    Nothing that comes from outside is taken for markup.
    """
    from rich.table import Table
    from rich.text import Text

    def say(line: str) -> None:
        console.print(Text(line), soft_wrap=True)

    say(shown_text(f"{report.package}: {report.old_version} -> {report.new_version}"))
    say(shown_text(f"Upstream: {report.upstream}"))
    for note in (report.upstream_note, *(f"warning: {warning}" for warning in report.warnings)):
        if note:
            say(shown_text(note))
    table = Table(box=None, pad_edge=False)
    table.add_column("Patch", overflow="fold")
    table.add_column("Status", no_wrap=True)
    for heading in ("Files", "Hunks", "Held"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in summary_table(report):
        table.add_row(
            Text(row.patch),
            Text(row.status.value, _STYLES[row.status]),
            str(row.files),
            f"{row.carried}/{row.hunks}",
            str(row.held or ""),
        )
    console.print(table)
    say(figures(report))
    for one in report.siblings:
        told = f"Siblings of {shown_name(one.variant)}: {siblings_figures(one)}"
        say(f"{told} `patchkit siblings` tells them." if one.open else told)
    say(next_step(report))
