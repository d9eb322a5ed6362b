"""`patchkit export`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    at_option,
    branch_option,
    dry_run_option,
    fuzz_option,
    output_options,
    repository_option,
    schema_option,
    stack_option,
    upstream_option,
)
from patchkit.cli.printing import page, patch_table, print_json, progress, sentences
from patchkit.jobs.branching import branch_name, repository_at
from patchkit.jobs.commitpatches import Fate
from patchkit.jobs.exporting import Changed, ExportPlan, plan_export
from patchkit.jobs.project import find_project, stack_version
from patchkit.jobs.versions import as_upstream_has_it
from patchkit.model.shown import shown_name
from patchkit.render.jsontext import json_name
from patchkit.render.schemas import Schema
from patchkit.render.serieschanges import EXPORT_SCHEMA


@click.command(
    "export",
    cls=Command,
    examples=(
        "patchkit export --dry-run",
        "patchkit export --repo ../upstream",
    ),
)
@stack_option
@fuzz_option
@repository_option
@upstream_option
@at_option
@branch_option
@click.option(
    "--base", metavar="REV",
    help="The commit that the first patch applies to (default: that of the version).",
)  # fmt: skip
@click.option(
    "--force", is_flag=True, help="Overwrite what was changed in the stack since it was branched."
)
@dry_run_option
@schema_option(Schema.EXPORT, "what --json prints")
@output_options
def command(
    stack: Path | None, fuzz: int | None, repo: Path | None, upstream: str | None, at: str | None,
    branch: str | None, base: str | None, force: bool, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Write a branch of commits back into the stack, all of it or nothing.

    A patch whose commit nobody touched keeps its bytes, its name and its place.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    if not dry_run:
        claim(project.stack_folder(version))
    changed = Changed.OVERWRITE if force else Changed.REFUSE
    own = at or version or next(iter(project.versions()), "")
    with (
        progress(shown=not quiet and not as_json) as (watch, _),
        repository_at(project, repo, upstream) as source,
    ):
        upstream_version = own if at else as_upstream_has_it(own, source)
        plan = plan_export(
            project, version, source, branch=branch or branch_name(upstream_version), base=base,
            fuzz=fuzz, changed=changed, at=upstream_version or None, watch=watch,
        )  # fmt: skip
        if not dry_run:
            with interrupts_waiting():
                plan.write()
    if as_json:
        print_json(
            {
                "schema": EXPORT_SCHEMA,
                "branch": json_name(plan.branch),
                "base": plan.base,
                "is_written": not dry_run,
                "patches": [
                    {
                        "name": json_name(one.name),
                        "fate": one.fate.value,
                        "commit": one.commit or None,
                    }
                    for one in plan.patches
                ],
                "written": [json_name(output.path) for output in plan.changed.outputs],
                "removed": [json_name(path) for path in plan.changed.removals],
                "warnings": [json_name(one) for one in plan.warnings],
            }
        )
    elif not quiet:
        _print(plan, dry_run=dry_run)
    return 0


def _print(plan: ExportPlan, *, dry_run: bool) -> None:
    shown = [one for one in plan.patches if one.fate is not Fate.SAME]
    with page() as console:
        sentences(console, *(f"warning: {one}" for one in plan.warnings))
        if shown:
            table = patch_table("patch", "fate", "commit")
            for one in shown:
                table.add_row(shown_name(one.name), one.fate.value, one.commit[:12])
            console.print(table)
        same = len(plan.patches) - len(shown)
        verb = "Would write" if dry_run else "Written"
        files = len(plan.changed.outputs)
        told = f"{files} files, {len(plan.changed.removals)} removed" if files else "nothing"
        sentences(
            console, f"{verb} in {plan.changed.folder}: {told}; {same} patches keep every byte."
        )
