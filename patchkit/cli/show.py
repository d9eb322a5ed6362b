"""`patchkit show`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from patchkit.cli.command import Command
from patchkit.cli.options import at_option, output_options, stack_option
from patchkit.cli.printing import page, patch_table, print_json, sentences
from patchkit.jobs.project import find_project, stack_version
from patchkit.jobs.show import ShownPatch, ShownStack, show_stack
from patchkit.model.shown import shown_name
from patchkit.render.jsontext import json_name, json_text

SHOW_SCHEMA = "patchkit-show/1"


@click.command(
    "show",
    cls=Command,
    examples=(
        "patchkit show",
        "patchkit show --file util.c",
        "patchkit show --json",
    ),
)
@stack_option
@at_option
@click.option(
    "--file", "files", multiple=True, metavar="PATTERN",
    help="Only the patches that touch such a file (may be repeated).",
)  # fmt: skip
@output_options
def command(
    stack: Path | None, at: str | None, files: tuple[str, ...], as_json: bool, quiet: bool
) -> int:
    """List the patches of a stack: what they touch, how large they are, how they were ported."""
    project = find_project(stack)
    whole = show_stack(project, stack_version(project, at))
    shown = whole.touching(files)
    if as_json:
        print_json(_document(shown))
    elif not quiet:
        _print(shown, whole)
    return 0


def _print(shown: ShownStack, whole: ShownStack) -> None:
    table = patch_table("#", "patch", "files", "hunks", "lines", "bytes", "status")
    numbers = {patch.name: number for number, patch in enumerate(whole.patches, 1)}
    for patch in shown.patches:
        table.add_row(
            str(numbers[patch.name]),
            shown_name(patch.name),
            str(len(patch.files)),
            str(patch.hunks),
            f"+{patch.added} -{patch.removed}",
            str(patch.size),
            patch.status or "",
        )
    part = "" if shown == whole else f"{len(shown.patches)} of "
    count = f"{part}{len(whole.patches)} patches, {shown.guarded} guarded away"
    with page() as console:
        sentences(console, *(f"warning: {warning}" for warning in shown.warnings))
        console.print(table)
        sentences(console, f"{count}, in {shown.folder} ({shown.dialect}).")


def _document(shown: ShownStack) -> Mapping[str, Any]:
    return {
        "schema": SHOW_SCHEMA,
        "dialect": shown.dialect,
        "guarded": shown.guarded,
        "warnings": [json_name(warning) for warning in shown.warnings],
        "patches": [_patch_document(patch) for patch in shown.patches],
    }


def _patch_document(patch: ShownPatch) -> Mapping[str, Any]:
    return {
        "name": json_name(patch.name),
        "subject": patch.subject,
        "files": [json_text(path) for path in patch.files],
        "hunks": patch.hunks,
        "added": patch.added,
        "removed": patch.removed,
        "bytes": patch.size,
        "status": patch.status,
    }
