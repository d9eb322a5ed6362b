"""`patchkit schema`."""

from __future__ import annotations

import json

import click

from patchkit.cli.command import Command
from patchkit.cli.options import output_options
from patchkit.cli.printing import page, patch_table, print_bytes, print_json
from patchkit.render.schemas import Schema

_NAMES = tuple(schema.value for schema in Schema)


@click.command("schema", cls=Command, examples=("patchkit schema", "patchkit schema patchkit-yaml"))
@click.argument("name", required=False, type=click.Choice(_NAMES), metavar="[NAME]")
@output_options
def command(name: str | None, as_json: bool, quiet: bool) -> int:
    """Print the JSON Schema of a format, or list them.

    That of patchkit.yaml is for editors, which then complete and check the file.
    """
    if name is not None:
        print_bytes(Schema(name).document())
        return 0
    listed = [(schema.value, json.loads(schema.document())) for schema in Schema]
    if as_json:
        print_json(
            {
                "schema": "patchkit-schemas/1",
                "schemas": [
                    {"name": one, "id": document["$id"], "format": document["title"]}
                    for one, document in listed
                ],
            }
        )
    elif not quiet:
        with page() as console:
            table = patch_table("name", "format", "what it is")
            for one, document in listed:
                table.add_row(one, document["title"], document["description"])
            console.print(table)
    return 0
