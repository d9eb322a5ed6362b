"""`patchkit upgrade`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import folders, upstream_versions
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    dry_run_option,
    from_option,
    output_options,
    stack_option,
    upstream_option,
)
from patchkit.cli.printing import (
    command_line,
    page,
    print_bytes,
    print_json,
    print_text,
    progress,
    sentences,
)
from patchkit.jobs.outputnames import FURTHER_REPORTS
from patchkit.jobs.project import find_project
from patchkit.jobs.upgrade import UpgradePlan, plan_upgrade, upgrade_document, write_upgrade
from patchkit.render.lint import lint_text
from patchkit.render.summary import counted
from patchkit.render.terminal import print_report


@click.command(
    "upgrade",
    cls=Command,
    examples=(
        "patchkit upgrade --to 3.2.0 --dry-run",
        "patchkit upgrade --to 3.2.0 --report html --reports ../reports",
    ),
)
@click.option(
    "--to", "new", required=True, metavar="B", shell_complete=upstream_versions,
    help="The new upstream version.",
)  # fmt: skip
@from_option
@stack_option
@upstream_option
@click.option(
    "--report", "forms", multiple=True, type=click.Choice(tuple(FURTHER_REPORTS)),
    help="Make the report in this format, too (may be repeated).",
)  # fmt: skip
@click.option(
    "--reports", "place", type=PLACE, metavar="DIR", shell_complete=folders,
    help="Write the reports there.",
)  # fmt: skip
@dry_run_option
@output_options
def command(
    new: str, old: str | None, stack: Path | None, upstream: str | None, forms: tuple[str, ...],
    place: Path | None, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Bring a packaging repository to version B in place: patches, series, apply-patches, spec.

    Nothing is written when regions are left to a person: settle them with `patchkit rebase` and
    `patchkit resolve` first. With --dry-run the whole change is shown as a diff.
    What patchkit lint finds afterwards, and did not find before, is told and ends with 1.
    """
    project = find_project(stack)
    if not dry_run:
        claim(project.stack_folder(old or new))
    with progress(shown=not quiet and not as_json) as (watch, say):
        plan = plan_upgrade(
            project, new, old, upstream=upstream, reports=forms, watch=watch, progress=say
        )
    with interrupts_waiting():
        if place is not None:
            plan.write_reports(place)
        done = None if dry_run or not plan.outputs else write_upgrade(plan, upstream)
    if as_json:
        print_json(upgrade_document(plan))
    elif not quiet and dry_run and plan.outputs:
        print_bytes(plan.diff())
    elif not quiet:
        # Held regions can be listed once the rebase below has written them.
        same = (
            ("--from", plan.report.old_version), ("--to", plan.report.new_version),
            ("--stack", stack),
        )  # fmt: skip
        resolve = None if plan.outputs else command_line("resolve", *same)
        rebase = command_line("rebase", *same, ("--upstream", upstream))
        with page() as console:
            print_report(console, plan.report, resolve)
            sentences(console, _told(plan, rebase), *plan.notes, *plan.left)
        if done is not None and done.findings:
            print_text(lint_text(done.findings))
    return plan.exit_code or (0 if done is None else done.exit_code)


def _told(plan: UpgradePlan, rebase: str) -> str:
    if not plan.outputs:
        return (
            f"Nothing was written. Port it beside with `{rebase}`, settle what is held, then "
            "upgrade again."
        )
    files = counted(len(plan.outputs), "file", "files")
    return f"Upgraded {plan.folder}: {files} written, {len(plan.removals)} removed."
