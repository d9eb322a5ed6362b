"""`patchkit refresh`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.check import check_document, print_check
from patchkit.cli.options import (
    output_console,
    output_options,
    print_json,
    progress,
    stack_options,
    tree_options,
    upstream_option,
)
from patchkit.jobs.check import plan_refresh
from patchkit.jobs.project import find_project, own_version, source_tree


@click.command("refresh")
@stack_options
@upstream_option
@tree_options
@click.option("--dry-run", is_flag=True, help="Compute, prove and print everything; write nothing.")
@output_options
def command(
    stack: Path | None, fuzz: int | None, upstream: str | None, at: str | None,
    tree: Path | None, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Rewrite the patches so that they apply with no fuzz and no offset.

    Patches that do already keep their bytes; headers always do. In a stack with a series.conf the
    apply-patches script is written anew as well. Ends with 1, and writes nothing, when a patch
    does not apply.

    Example: patchkit refresh --at 2.5.1
    """
    project = find_project(stack)
    version = at or ("" if tree is not None and stack is not None else own_version(project))
    with (
        progress(shown=not quiet and not as_json) as (watch, say),
        source_tree(project, version, place=tree, upstream=upstream, progress=say) as source,
    ):
        plan = plan_refresh(project, version, source, fuzz=fuzz, watch=watch)
    rewritten: tuple[str, ...] = ()
    if not dry_run and not plan.exit_code:
        written = plan.write()
        rewritten = (*written.created, *written.changed)
    if as_json:
        print_json({**check_document(plan.check), "rewritten": list(rewritten)})
    elif plan.exit_code and not quiet:
        print_check(plan.check)
    elif not quiet:
        told = ", ".join(rewritten) if rewritten else "nothing, all of it is exact already"
        if dry_run:
            told = "nothing (dry run)"
        output_console().print(f"Rewritten in {plan.folder}: {told}.", markup=False, soft_wrap=True)
    return plan.exit_code
