"""`patchkit check`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from patchkit.cli.options import (
    output_console,
    output_options,
    print_json,
    progress,
    stack_options,
    tree_options,
    upstream_option,
)
from patchkit.engine.checking import Fit, PatchFit
from patchkit.jobs.check import CheckResult, check
from patchkit.jobs.project import find_project, own_version, source_tree
from patchkit.render.shown import shown_path, shown_text

CHECK_SCHEMA = "patchkit-check/1"


@click.command("check")
@stack_options
@upstream_option
@tree_options
@output_options
def command(
    stack: Path | None, fuzz: int | None, upstream: str | None, at: str | None,
    tree: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Say whether the stack applies to its own version, and with which fuzz and offsets.

    Ends with 0 when every patch applies within the fuzz limit, 1 when some do not.

    Example: patchkit check --at 2.5.1
    """
    project = find_project(stack)
    version = at or ("" if tree is not None and stack is not None else own_version(project))
    with (
        progress(shown=not quiet and not as_json) as (watch, say),
        source_tree(project, version, place=tree, upstream=upstream, progress=say) as source,
    ):
        result = check(project, version, source, fuzz=fuzz, watch=watch)
    if as_json:
        print_json(check_document(result))
    elif not quiet:
        print_check(result)
    return result.exit_code


def print_check(result: CheckResult) -> None:
    """Print the table of a check and one line that says what to do next."""
    console = output_console()
    for warning in result.warnings:
        console.print(f"warning: {shown_text(warning)}", markup=False, soft_wrap=True)
    table = Table("patch", "applies", "fuzz", "offset", "hunks", box=None, pad_edge=False)
    for patch in result.patches:
        hunks = sum(len(file.hunks) for file in patch.files)
        fuzz, offset = str(patch.fuzz or ""), f"{patch.offset:+d}" if patch.offset else ""
        table.add_row(Text(shown_text(patch.name)), patch.fit.value, fuzz, offset, str(hunks))
    console.print(table)
    for patch in result.patches:
        for file in patch.files:
            for problem in file.problems:
                line = f"{shown_text(patch.name)}: {shown_path(file.path)}: {problem}"
                console.print(line, markup=False, soft_wrap=True)
    console.print(_next_step(result), markup=False, soft_wrap=True)


def _next_step(result: CheckResult) -> str:
    fits = [patch.fit for patch in result.patches]
    broken = fits.count(Fit.BROKEN)
    if broken:
        return (
            f"{broken} of {len(fits)} patches do not apply with fuzz {result.max_fuzz}: "
            "mend them, or check the version."
        )
    inexact = len(fits) - fits.count(Fit.EXACT)
    if inexact:
        return (
            f"All {len(fits)} patches apply, {inexact} of them not exactly: "
            "`patchkit refresh` takes out fuzz and offsets."
        )
    return f"All {len(fits)} patches apply exactly: no fuzz, no offset."


def check_document(result: CheckResult) -> Mapping[str, Any]:
    """The check as plain data; the format is documented in `docs/reference/cli.md`."""
    return {
        "schema": CHECK_SCHEMA,
        "fuzz_limit": result.max_fuzz,
        "warnings": list(result.warnings),
        "patches": [_patch_document(patch) for patch in result.patches],
    }


def _patch_document(patch: PatchFit) -> Mapping[str, Any]:
    return {
        "name": patch.name,
        "applies": patch.fit.value,
        "fuzz": patch.fuzz,
        "offset": patch.offset,
        "files": [
            {
                "path": shown_path(file.path),
                "problems": list(file.problems),
                "hunks": [
                    {
                        "number": hunk.number,
                        "line": None if hunk.place is None else hunk.place.at + 1,
                        "offset": None if hunk.place is None else hunk.place.offset,
                        "fuzz": None if hunk.place is None else hunk.place.fuzz,
                    }
                    for hunk in file.hunks
                ],
            }
            for file in patch.files
        ],
    }
