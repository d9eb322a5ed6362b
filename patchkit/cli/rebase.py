"""`patchkit rebase`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import folders, patches, rule_names, upstream_versions
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    dry_run_option,
    from_option,
    fuzz_option,
    given_resolutions,
    output_options,
    stack_option,
    upstream_option,
)
from patchkit.cli.printing import command_line, page, print_json, progress, sentences
from patchkit.jobs.choices import Choices
from patchkit.jobs.outputnames import FURTHER_REPORTS
from patchkit.jobs.project import find_project
from patchkit.jobs.rebase import Overwrite, RebasePlan, plan_rebase
from patchkit.jobs.siblingchoices import AS_FOUND, NOT_ASKED
from patchkit.jobs.versions import start_version
from patchkit.model.shown import shown_text
from patchkit.workspace.memory import default_memory
from patchkit.workspace.writing import WriteResult


@click.command(
    "rebase",
    cls=Command,
    examples=(
        "patchkit rebase --from 2.5.1 --to 3.2.0",
        "patchkit rebase --to 3.2.0 --dry-run",
        "patchkit rebase --to 3.2.0 --report html --out ../ported",
    ),
)
@from_option
@click.option(
    "--to", "new", required=True, metavar="B", shell_complete=upstream_versions,
    help="The version to port it to.",
)  # fmt: skip
@stack_option
@fuzz_option
@upstream_option
@click.option(
    "--out", type=PLACE, metavar="DIR", shell_complete=folders,
    help="Where the new stack goes (default: as patchkit.yaml says, else beside the old one).",
)  # fmt: skip
@click.option(
    "--resolutions", type=PLACE, metavar="FILE",
    help="Recorded decisions to go by (default: those beside the stack; /dev/null for none).",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="PATCH", shell_complete=patches,
    help="Port this patch and those that it needs, to a folder of their own (may be repeated).",
)  # fmt: skip
@click.option(
    "--rules", metavar="RULE,...", default="", shell_complete=rule_names,
    help="The certain rules to use; `-RULE` for all but this one, `none` for no rule.",
)  # fmt: skip
@click.option(
    "--accept", multiple=True, metavar="RULE", shell_complete=rule_names,
    help="Take what this suggested rule proposes (may be repeated; see `patchkit rules`).",
)  # fmt: skip
@click.option(
    "--keep", multiple=True, metavar="PATCH", shell_complete=patches,
    help="Do not drop this patch for what upstream has of it (may be repeated).",
)  # fmt: skip
@click.option(
    "--absorbed-from", type=click.IntRange(1, 101), metavar="PERCENT",
    help="Drop what conflicts when upstream has this share of the patch (default: 70; 101: never).",
)  # fmt: skip
@click.option(
    "--report", "reports", multiple=True, type=click.Choice(tuple(FURTHER_REPORTS)),
    help="Write the report in this format, too (may be repeated).",
)  # fmt: skip
@click.option(
    "--no-siblings", is_flag=True, help="Do not compare with other variants (see siblings)."
)
@dry_run_option
@click.option("--force", is_flag=True, help="Overwrite output files that were edited by hand.")
@output_options
def command(
    old: str | None, new: str, stack: Path | None, fuzz: int | None, upstream: str | None,
    out: Path | None, resolutions: Path | None, only: tuple[str, ...], rules: str,
    accept: tuple[str, ...], keep: tuple[str, ...], absorbed_from: int | None,
    reports: tuple[str, ...], no_siblings: bool, dry_run: bool, force: bool, as_json: bool,
    quiet: bool,
) -> int:  # fmt: skip
    """Port the whole stack from version A to version B, prove it, and write it.

    It runs through all patches whatever happens. Ends with 0 when all are ported, 1 when regions
    are left to a person (everything is written then, the report says what is left), 2 for bad
    input, 3 when the proof fails (nothing is written then).
    """
    project = find_project(stack)
    chosen = tuple(name for name in rules.replace(",", " ").split())
    choices = Choices(chosen, accept, keep, absorbed_from)
    start = start_version(project, new, old, upstream=upstream)
    if not dry_run:
        claim(out or project.output_folder(start, new))
    with progress(shown=not quiet and not as_json) as (watch, say):
        plan = plan_rebase(
            project, start, new, upstream=upstream, out=out, fuzz=fuzz,
            resolutions=given_resolutions(resolutions), only=only, choices=choices,
            siblings=NOT_ASKED if no_siblings else AS_FOUND, reports=reports, watch=watch,
            expect=watch.expect, progress=say, memory=default_memory(),
        )  # fmt: skip
    written = None
    if not dry_run:
        with interrupts_waiting():
            written = plan.write(Overwrite.FORCE if force else Overwrite.REFUSE)
    # A quiet run needs neither, and is over sooner when its port is remembered.
    if as_json:
        from patchkit.render.json import report_document

        print_json(report_document(plan.report, plan.digests))
    elif not quiet:
        from patchkit.render.terminal import print_report

        with page() as console:
            # The folder says the versions.
            said = ("--from", plan.report.old_version), ("--to", plan.report.new_version)
            resolve = command_line(
                "resolve", *(said if out is None else ()),
                ("--stack", stack), ("--out", out), ("--resolutions", resolutions),
            )  # fmt: skip
            print_report(console, plan.report, resolve)
            sentences(console, _what_was_written(plan, written), *map(shown_text, plan.notes))
    return plan.exit_code


def _what_was_written(plan: RebasePlan, written: WriteResult | None) -> str:
    if written is None:
        return f"Dry run: nothing was written; {len(plan.outputs)} files would go to {plan.folder}."
    if written.is_unchanged:
        return f"Nothing changed: {plan.folder} is identical to this result already."
    counts = (
        (len(written.created), "created"),
        (len(written.changed), "changed"),
        (len(written.same), "already the same"),
        (len(written.removed), "removed"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"Written to {plan.folder}: files {told}."
