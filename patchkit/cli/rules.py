"""`patchkit rules`."""

from __future__ import annotations

import click

from patchkit.cli.command import Command
from patchkit.cli.options import output_options
from patchkit.cli.printing import page, patch_table, print_json
from patchkit.engine.rules import RULES


@click.command(
    "rules",
    cls=Command,
    examples=(
        "patchkit rules",
        "patchkit rules --json",
    ),
)
@output_options
def command(as_json: bool, quiet: bool) -> int:
    """List the rules that settle a conflict without a person, or suggest how.

    A certain rule is used unless `rebase --rules` says otherwise, a suggested one only proposes
    until `rebase --accept RULE`.
    """
    if as_json:
        print_json(
            {
                "schema": "patchkit-rules/1",
                "rules": [
                    {"name": rule.name, "certainty": rule.certainty.value, "note": rule.note}
                    for rule in RULES
                ],
            }
        )
    elif not quiet:
        with page() as console:
            table = patch_table("rule", "kind", "what it settles")
            for rule in RULES:
                table.add_row(rule.name, rule.certainty.value, rule.note)
            console.print(table)
    return 0
