"""`patchkit refresh`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.check import check_document, print_check
from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    at_option,
    dry_run_option,
    fuzz_option,
    output_options,
    stack_option,
    tree_option,
    upstream_option,
)
from patchkit.cli.printing import page, print_json, progress, sentences
from patchkit.jobs.check import plan_refresh
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.project import find_project, stack_version, upstream_note
from patchkit.render.jsontext import json_name


@click.command(
    "refresh",
    cls=Command,
    examples=(
        "patchkit refresh --dry-run",
        "patchkit refresh",
    ),
)
@stack_option
@fuzz_option
@upstream_option
@at_option
@tree_option
@dry_run_option
@output_options
def command(
    stack: Path | None, fuzz: int | None, upstream: str | None, at: str | None,
    tree: Path | None, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Rewrite the patches so that they apply with no fuzz and no offset.

    Patches that do already keep their bytes; headers always do. In a stack with a series.conf the
    apply-patches script is written anew as well. Ends with 1, and writes nothing, when a patch
    does not apply.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    if not dry_run:
        claim(project.stack_folder(version))
    with (
        progress(shown=not quiet and not as_json) as (watch, say),
        source_tree(project, at, place=tree, upstream=upstream, progress=say) as source,
    ):
        plan = plan_refresh(project, version, source, fuzz=fuzz, watch=watch)
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    note = upstream_note(project, upstream) if tree is None else ""
    rewritten = [output.path for output in plan.outputs]
    if as_json:
        print_json({**check_document(plan.check), "rewritten": list(map(json_name, rewritten))})
    elif plan.exit_code and not quiet:
        print_check(plan.check, note)
    elif not quiet:
        verb = "Would rewrite" if dry_run else "Rewritten"
        told = ", ".join(rewritten) or "nothing, all of it is exact already"
        with page() as console:
            sentences(console, note, f"{verb} in {plan.folder}: {told}.")
    return plan.exit_code
