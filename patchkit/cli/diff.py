"""`patchkit diff`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from patchkit.cli.command import Command
from patchkit.cli.completing import stacks_or_versions
from patchkit.cli.options import output_options, schema_option, stack_option
from patchkit.cli.printing import page, print_json, print_text
from patchkit.jobs.diff import diff_stacks
from patchkit.model.shown import shown_text
from patchkit.render.schemas import Schema
from patchkit.render.stackdiff import (
    StyledLine,
    stack_diff_details,
    stack_diff_document,
    stack_diff_table,
    stack_diff_text,
)


@click.command(
    "diff",
    cls=Command,
    examples=(
        "patchkit diff . ../kata-containers-3.2.0",
        "patchkit diff . --summary",
    ),
)
@click.argument("old", metavar="A", shell_complete=stacks_or_versions)
@click.argument("new", metavar="[B]", required=False, shell_complete=stacks_or_versions)
@stack_option
@click.option("--summary", is_flag=True, help="Print the table only, no inner diffs.")
@click.option("--exit-code", is_flag=True, help="End with 1 when anything differs.")
@schema_option(Schema.DIFF, "what --json prints")
@output_options
def command(
    old: str, new: str | None, stack: Path | None,
    summary: bool, exit_code: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Compare a stack with another one, patch by patch, as git range-diff does.

    A and B are folders with a series file, or versions that the project has a stack for. Without B,
    A is compared with its last port.
    """
    found = diff_stacks(old, new, stack=stack)
    if as_json:
        print_json(stack_diff_document(found.comparison, found.warnings))
    elif not quiet:
        lines = [StyledLine(f"warning: {shown_text(one)}", "yellow") for one in found.warnings]
        lines += stack_diff_table(found.comparison)
        lines += [] if summary else stack_diff_details(found.comparison)
        _print(lines)
    return int(exit_code and not found.comparison.is_same)


def _print(lines: list[StyledLine]) -> None:
    with page() as console:
        if not console.is_terminal:
            print_text(stack_diff_text(lines))
            return
        for line in lines:
            console.print(Text(line.text, line.style), soft_wrap=True)
