"""`patchkit apply`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from patchkit.cli.check import problems
from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import folders
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    at_option,
    dry_run_option,
    fuzz_option,
    output_options,
    stack_option,
)
from patchkit.cli.printing import page, print_json, progress, sentences
from patchkit.engine.checking import Fit
from patchkit.jobs.apply import ApplyPlan, plan_apply
from patchkit.jobs.project import find_project, stack_version
from patchkit.render.jsontext import json_name

APPLY_SCHEMA = "patchkit-apply/1"


@click.command(
    "apply",
    cls=Command,
    examples=(
        "patchkit apply ../kata-containers-2.5.1 --dry-run",
        "patchkit apply ../kata-containers-2.5.1",
    ),
)
@click.argument("folder", type=PLACE, shell_complete=folders)
@stack_option
@fuzz_option
@at_option
@dry_run_option
@output_options
def command(
    folder: Path, stack: Path | None, fuzz: int | None, at: str | None,
    dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Apply the whole stack to the source tree in FOLDER, all of it or nothing.

    Ends with 1, and leaves the folder as it is, when a patch does not apply.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    if not dry_run:
        claim(folder)
    with progress(shown=not quiet and not as_json) as (watch, _):
        plan = plan_apply(project, version, folder, fuzz=fuzz, watch=watch)
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    if as_json:
        print_json(_document(plan, dry_run=dry_run))
    elif not quiet:
        _print(plan, dry_run=dry_run)
    return plan.exit_code


def _document(plan: ApplyPlan, *, dry_run: bool) -> Mapping[str, Any]:
    return {
        "schema": APPLY_SCHEMA,
        "applied": not plan.exit_code and not dry_run,
        "patches": [
            {"name": json_name(patch.name), "applies": patch.fit.value} for patch in plan.patches
        ],
        "written": [json_name(output.path) for output in plan.outputs],
        "removed": [json_name(path) for path in plan.removals],
    }


def _print(plan: ApplyPlan, *, dry_run: bool) -> None:
    with page() as console:
        sentences(console, *problems(plan.patches), _told(plan, dry_run=dry_run))


def _told(plan: ApplyPlan, *, dry_run: bool) -> str:
    broken = sum(patch.fit is Fit.BROKEN for patch in plan.patches)
    if broken:
        return f"{broken} of {len(plan.patches)} patches do not apply; nothing was written."
    verb = "Would apply" if dry_run else "Applied"
    return (
        f"{verb}: {len(plan.patches)} patches, {len(plan.outputs)} files written, "
        f"{len(plan.removals)} removed in {plan.folder}."
    )
