"""`patchkit fleet`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from patchkit.cli.command import Command
from patchkit.cli.completing import files, folders
from patchkit.cli.options import PLACE, output_options, schema_option
from patchkit.cli.printing import page, patch_table, print_json, sentences
from patchkit.jobs.fleet import FLEET_PAGE, run_fleet, unwatched
from patchkit.jobs.fleetworker import Done
from patchkit.model.fleet import Fleet, FleetReport, Limits
from patchkit.model.shown import shown_text
from patchkit.render.fleet import (
    HEADINGS,
    cause_rows,
    fleet_figures,
    fleet_next_step,
    groups_of,
    patch_figures,
    row_of,
)
from patchkit.render.fleetjson import fleet_document
from patchkit.render.schemas import Schema
from patchkit.workspace.fleet import bytes_of, chosen, load_fleet, seconds_of

_MOST_ROWS = 200
"""More rows than this are left to fleet.txt."""
_MINUTE = 60


@click.command(
    "fleet",
    cls=Command,
    examples=("patchkit fleet ../packages --out ../ported",),
)
@click.argument("fleet", type=PLACE, metavar="FLEET.yaml|FOLDER", shell_complete=files)
@click.option(
    "--out", required=True, metavar="DIR|URL", shell_complete=folders,
    help="Where the results go.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1), metavar="N",
    help="How many packages are ported at the same time (default: one for each processor).",
)  # fmt: skip
@click.option(
    "--scheduler", metavar="tcp://HOST:PORT",
    help="Let the workers of this Dask cluster port them instead (extra patchkit[fleet]).",
)  # fmt: skip
@click.option("--limit-time", metavar="TIME", help="For a package without its own: 90s, 15m, 2h.")
@click.option("--limit-memory", metavar="SIZE", help="For a package without its own: 512M, 2G.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this package (may be repeated).")
@click.option(
    "--from", "old", metavar="A", help="The version of packages that have none of their own."
)
@click.option("--to", "new", metavar="B", help="The new version of packages that have none.")
@click.option(
    "--upstream", metavar="SRC", help="That of packages that have none; {name} is theirs."
)
@schema_option(Schema.FLEET, "fleet.json")
@output_options
def command(
    fleet: Path, out: str, workers: int | None, scheduler: str | None, limit_time: str | None,
    limit_memory: str | None, only: tuple[str, ...], old: str | None, new: str | None,
    upstream: str | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Port many packages, each from its version to a new one, with one report.

    They are those of a FLEET.yaml, or the packaging repositories in a folder. Nothing is written to
    these. A run that was ended goes on where it was: what is finished is not repeated. Ends with 0
    when no package needs a person, 1 when some do, 2 when the fleet cannot be read, 3 when the
    proof of one failed.
    """
    limits = Limits(
        None if limit_time is None else seconds_of(limit_time),
        None if limit_memory is None else bytes_of(limit_memory),
    )
    asked = chosen(load_fleet(fleet), only=only, upstream=upstream, old=old, new=new, limits=limits)
    with _watching(asked, shown=not quiet and not as_json) as watch:
        report = run_fleet(asked, out, workers=workers, scheduler=scheduler, watch=watch)
    if as_json:
        print_json(fleet_document(report))
    elif not quiet:
        _print(report, out)
    return report.exit_code


def _print(report: FleetReport, out: str) -> None:
    with page() as console:
        notes = [f"note: {note}" for note in report.notes]
        sentences(console, fleet_figures(report), patch_figures(report), *notes)
        if report.causes:
            table = patch_table("cause", "packages", "alone", "regions", "what it is")
            for row in cause_rows(report):
                table.add_row(*map(Text, row))
            console.print(table)
        left = [
            one
            for group in groups_of(report)
            if group.ending.needs_person
            for one in group.outcomes
        ]
        if left:
            table = patch_table(*HEADINGS)
            for one in left[:_MOST_ROWS]:
                table.add_row(*map(Text, row_of(one)))
            console.print(table)
        more = len(left) - _MOST_ROWS
        sentences(
            console,
            f"And {more} more that need a person, see fleet.txt." if more > 0 else "",
            fleet_next_step(report),
            f"Written to {out}: open {out.rstrip('/')}/{FLEET_PAGE} to see everything.",
        )


@contextmanager
def _watching(fleet: Fleet, *, shown: bool) -> Iterator[Callable[[Done, int], None]]:
    """On a terminal a line for each package that is finished, and how long the rest will take."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not shown or not console.is_terminal:
        yield unwatched
        return
    total = len(fleet.packages)
    started = time.monotonic()
    ported = 0
    with console.status(f"Porting {total} packages") as status:

        def watch(done: Done, number: int) -> None:
            nonlocal ported
            ported += not done.is_kept
            one = done.outcome
            how = "as before" if done.is_kept else f"{one.seconds:.1f} s"
            told = f"{number:>{len(str(total))}}/{total} {one.name}: {one.ending.value}, {how}"
            console.print(Text(shown_text(told)), soft_wrap=True)
            seconds = time.monotonic() - started
            status.update(f"{number} of {total}{_left(seconds, number, total) if ported else ''}")

        yield watch


def _left(seconds: float, done: int, total: int) -> str:
    """How long the rest may take."""
    left = seconds / done * (total - done)
    if left < _MINUTE:
        return f", about {max(1, round(left))} s left"
    return f", about {round(left / _MINUTE)} min left"
