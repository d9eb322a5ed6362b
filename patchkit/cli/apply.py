"""`patchkit apply`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.options import output_console, output_options, print_json, progress, stack_options
from patchkit.engine.checking import Fit
from patchkit.jobs.apply import ApplyPlan, plan_apply
from patchkit.jobs.project import find_project, own_version
from patchkit.render.shown import shown_path, shown_text

APPLY_SCHEMA = "patchkit-apply/1"


@click.command("apply")
@click.argument("folder", type=click.Path(path_type=Path))
@stack_options
@click.option("--at", metavar="VERSION", help="Which stack of the project, by its version.")
@click.option("--dry-run", is_flag=True, help="Compute and print everything; write nothing.")
@output_options
def command(
    folder: Path, stack: Path | None, fuzz: int | None, at: str | None,
    dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Apply the whole stack to the source tree in FOLDER, all of it or nothing.

    Ends with 1, and leaves the folder as it is, when a patch does not apply.

    Example: patchkit apply --at 2.5.1 ../kata-containers-2.5.1
    """
    project = find_project(stack)
    version = at or ("" if stack is not None else own_version(project))
    with progress(shown=not quiet and not as_json) as (watch, _):
        plan = plan_apply(project, version, folder, fuzz=fuzz, watch=watch)
    if not plan.exit_code and not dry_run:
        plan.write()
    if as_json:
        print_json(
            {
                "schema": APPLY_SCHEMA,
                "applied": not plan.exit_code and not dry_run,
                "patches": [{"name": one.name, "applies": one.fit.value} for one in plan.patches],
                "written": [output.path for output in plan.outputs],
                "removed": list(plan.removals),
            }
        )
    elif not quiet:
        _print(plan, dry_run=dry_run)
    return plan.exit_code


def _print(plan: ApplyPlan, *, dry_run: bool) -> None:
    console = output_console()
    for patch in plan.patches:
        if patch.fit is Fit.BROKEN:
            for file in patch.files:
                for problem in file.problems:
                    line = f"{shown_text(patch.name)}: {shown_path(file.path)}: {problem}"
                    console.print(line, markup=False, soft_wrap=True)
    broken = sum(patch.fit is Fit.BROKEN for patch in plan.patches)
    if broken:
        told = f"{broken} of {len(plan.patches)} patches do not apply; nothing was written."
    else:
        verb = "Would change" if dry_run else "Applied"
        told = (
            f"{verb}: {len(plan.patches)} patches, {len(plan.outputs)} files written, "
            f"{len(plan.removals)} removed in {plan.folder}."
        )
    console.print(told, markup=False, soft_wrap=True)
