"""`patchkit convert`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import folders
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    at_option,
    dry_run_option,
    output_options,
    schema_option,
    stack_option,
)
from patchkit.cli.printing import page, print_json, sentences
from patchkit.errors import StackError
from patchkit.jobs.convert import ConvertPlan, Target, plan_convert, target_of
from patchkit.jobs.project import find_project, stack_version
from patchkit.model.shown import shown_name
from patchkit.render.conversion import conversion_document
from patchkit.render.schemas import Schema


@click.command(
    "convert",
    cls=Command,
    examples=("patchkit convert --to quilt --out ../converted",),
)
@click.argument("folder", metavar="[STACK]", required=False, type=PLACE, shell_complete=folders)
@stack_option
@at_option
@click.option(
    "--to", type=click.Choice([one.value for one in Target]), metavar="DIALECT",
    help=f"{', '.join(one.value for one in Target)} (default: what it was converted from).",
)  # fmt: skip
@click.option(
    "--out", type=PLACE, metavar="DIR", required=True, shell_complete=folders,
    help="Where the new stack goes.",
)  # fmt: skip
@dry_run_option
@schema_option(Schema.CONVERSION, "what --json prints")
@output_options
def command(
    folder: Path | None, stack: Path | None, at: str | None, to: str | None, out: Path,
    dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Turn a stack into the same stack of another dialect.

    The patches keep their bytes. What the other dialect cannot say, such as guards and comments,
    stands in patchkit.origin, by which it can be converted back. What would be applied in another
    way is refused.
    """
    if folder is not None and stack is not None:
        raise StackError("Two stacks are named.", "Name it as STACK or with --stack.")
    project = find_project(folder or stack)
    version = stack_version(project, at)
    if not dry_run:
        claim(out)
    plan = plan_convert(project, version, target_of(project, version, to), out)
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    if as_json:
        print_json(
            conversion_document(
                before=plan.before, layout=plan.layout, notes=plan.notes,
                patches=[(one.name, one.old_name, one.is_listed) for one in plan.patches],
                files=[output.path for output in plan.outputs],
            )
        )  # fmt: skip
    elif not quiet:
        _print(plan, "Would convert" if dry_run else "Converted")
    return 0


def _print(plan: ConvertPlan, verb: str) -> None:
    renamed = [one for one in plan.patches if one.name != one.old_name]
    count = f"{len(plan.patches)} patches from {plan.before.value} to {plan.layout.dialect.value}"
    with page() as console:
        sentences(console, *plan.notes)
        sentences(
            console,
            *(f"{shown_name(one.old_name)} is {shown_name(one.name)}." for one in renamed),
            f"{verb} {count}, into {plan.folder}.",
        )
