"""`patchkit report`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.command import Command
from patchkit.cli.completing import patches as patch_names
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    output_options,
    ported_options,
    schema_option,
    stack_option,
)
from patchkit.cli.printing import page, print_bytes, print_text
from patchkit.jobs.project import find_project
from patchkit.jobs.report import (
    REPORT_FORMATS,
    SavedReport,
    last_report,
    open_statuses,
    saved_report,
)
from patchkit.model.report import Status
from patchkit.render.schemas import Schema
from patchkit.render.terminal import print_report
from patchkit.render.text import patch_text

_STATUSES = tuple(status.value for status in Status)


@click.command(
    "report",
    cls=Command,
    examples=(
        "patchkit report",
        "patchkit report --patch 0004 --format text",
        "patchkit report --open --format markdown --out comment.md",
    ),
)
@click.argument("place", required=False, type=PLACE, metavar="[FOLDER|FILE]")
@click.option(
    "--format", "form", type=click.Choice(REPORT_FORMATS),
    help="The whole report in this format (default: the table that ends a rebase).",
)  # fmt: skip
@click.option(
    "--out", type=PLACE, metavar="FILE", help="Write it to this file (default format: text)."
)
@click.option(
    "--patch", "patches", multiple=True, metavar="NAME", shell_complete=patch_names,
    help="Only the patches whose names begin so (may be repeated).",
)  # fmt: skip
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(_STATUSES),
    help="Only the patches with this status (may be repeated).",
)  # fmt: skip
@click.option("--open", "is_open", is_flag=True, help="Only the patches that are left to a person.")
@schema_option(Schema.REPORT, "report.json")
@stack_option
@ported_options
@output_options
def command(
    place: Path | None, form: str | None, out: Path | None, patches: tuple[str, ...],
    statuses: tuple[str, ...], is_open: bool, stack: Path | None, old: str | None,
    new: str | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Read a saved report again, as a table or in another format.

    It is the report.json in FOLDER, or FILE itself; without either that of the last port of the
    stack. With --patch, --status or --open the table is followed by all that the report says of
    those patches. Ends with 0 whatever the port left to a person.
    """
    if place is not None and (stack, old, new) != (None, None, None):
        raise click.UsageError(
            "Name the report, or say which port with --stack, --from and --to; not both.",
            click.get_current_context(),
        )
    whole = last_report(find_project(stack), old, new) if place is None else saved_report(place)
    meant = {*map(Status, statuses), *(open_statuses() if is_open else ())}
    saved = whole.of_patches(patches, meant)
    form = "json" if as_json and form is None else form
    if out is not None:
        with interrupts_waiting():
            saved.write(form or "text", out)
        if not quiet:
            print_text(f"Written to {out}.\n")
    elif not quiet:
        _print(saved, form, is_part=bool(patches or meant))
    return 0


def _print(saved: SavedReport, form: str | None, *, is_part: bool) -> None:
    if form is not None:
        print_bytes(saved.formatted(form))
        return
    report = saved.report
    with page() as console:
        print_report(console, report)
    if is_part:
        print_text("".join(f"\n{patch_text(patch, report)}\n" for patch in report.patches))
