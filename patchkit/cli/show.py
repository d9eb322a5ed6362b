"""`patchkit show`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from patchkit.cli.options import output_console, output_options, print_json
from patchkit.jobs.project import find_project, own_version
from patchkit.jobs.show import ShownPatch, ShownStack, show_stack
from patchkit.render.shown import shown_path, shown_text

SHOW_SCHEMA = "patchkit-show/1"


@click.command("show")
@click.option(
    "--stack", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with series.conf, series, patches/series or debian/patches/series.",
)  # fmt: skip
@click.option("--at", metavar="VERSION", help="Which stack of the project, by its version.")
@output_options
def command(stack: Path | None, at: str | None, as_json: bool, quiet: bool) -> int:
    """List the patches of a stack: what they touch, how large they are, how they were ported.

    Example: patchkit show --at 2.5.1
    """
    project = find_project(stack)
    shown = show_stack(project, at or ("" if stack is not None else own_version(project)))
    if as_json:
        print_json(_document(shown))
    elif not quiet:
        _print(shown)
    return 0


def _print(shown: ShownStack) -> None:
    console = output_console()
    for warning in shown.warnings:
        console.print(f"warning: {shown_text(warning)}", markup=False, soft_wrap=True)
    table = Table(
        "#", "patch", "files", "hunks", "lines", "bytes", "status", box=None, pad_edge=False
    )
    for number, patch in enumerate(shown.patches, 1):
        table.add_row(
            str(number),
            Text(shown_text(patch.name)),
            str(len(patch.files)),
            str(patch.hunks),
            f"+{patch.added} -{patch.removed}",
            str(patch.size),
            patch.status or "",
        )
    console.print(table)
    console.print(
        f"{len(shown.patches)} patches, {shown.guarded} guarded away, in {shown.folder}"
        f" ({shown.dialect}).",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _document(shown: ShownStack) -> Mapping[str, Any]:
    return {
        "schema": SHOW_SCHEMA,
        "dialect": shown.dialect,
        "guarded": shown.guarded,
        "warnings": list(shown.warnings),
        "patches": [_patch_document(patch) for patch in shown.patches],
    }


def _patch_document(patch: ShownPatch) -> Mapping[str, Any]:
    return {
        "name": patch.name,
        "subject": patch.subject,
        "files": [shown_path(path) for path in patch.files],
        "hunks": patch.hunks,
        "added": patch.added,
        "removed": patch.removed,
        "bytes": patch.size,
        "status": patch.status,
    }
