"""`patchkit check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from patchkit.cli.command import Command
from patchkit.cli.options import (
    at_option,
    fuzz_option,
    output_options,
    stack_option,
    tree_option,
    upstream_option,
)
from patchkit.cli.printing import page, patch_table, print_json, progress, sentences
from patchkit.engine.checking import Fit, PatchFit
from patchkit.jobs.check import CheckResult, check
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.project import find_project, stack_version, upstream_note
from patchkit.model.shown import shown_name, shown_path
from patchkit.render.jsontext import json_name, json_text

CHECK_SCHEMA = "patchkit-check/1"


@click.command(
    "check",
    cls=Command,
    examples=(
        "patchkit check",
        "patchkit check --tree ../kata-containers-2.5.1",
        "patchkit check --at 3.2.0",
    ),
)
@stack_option
@fuzz_option
@upstream_option
@at_option
@tree_option
@output_options
def command(
    stack: Path | None, fuzz: int | None, upstream: str | None, at: str | None,
    tree: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Say whether the stack applies to its own version, and with which fuzz and offsets.

    Ends with 0 when every patch applies within the fuzz limit, 1 when some do not.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    with (
        progress(shown=not quiet and not as_json) as (watch, say),
        source_tree(project, at, place=tree, upstream=upstream, progress=say) as source,
    ):
        result = check(project, version, source, fuzz=fuzz, watch=watch)
    if as_json:
        print_json(check_document(result))
    elif not quiet:
        print_check(result, upstream_note(project, upstream) if tree is None else "")
    return result.exit_code


def print_check(result: CheckResult, note: str = "") -> None:
    """Print a note on the upstream, the table of a check, and one line on what to do next."""
    table = patch_table("patch", "applies", "fuzz", "offset", "hunks")
    for patch in result.patches:
        table.add_row(
            shown_name(patch.name),
            patch.fit.value,
            str(patch.fuzz or ""),
            f"{patch.offset:+d}" if patch.offset else "",
            str(sum(len(file.hunks) for file in patch.files)),
        )
    with page() as console:
        sentences(console, note, *(f"warning: {warning}" for warning in result.warnings))
        console.print(table)
        sentences(console, *problems(result.patches), _next_step(result))


def problems(patches: Iterable[PatchFit]) -> Iterator[str]:
    """A line for everything that does not apply."""
    for patch in patches:
        for file in patch.files:
            for problem in file.problems:
                yield f"{shown_name(patch.name)}: {shown_path(file.path)}: {problem}"


def _next_step(result: CheckResult) -> str:
    fits = [patch.fit for patch in result.patches]
    broken = fits.count(Fit.BROKEN)
    if broken and broken == len(fits):
        none = (
            "The patch does not apply" if broken == 1 else f"None of the {broken} patches applies"
        )
        return (
            f"{none} with fuzz {result.max_fuzz}: is it the right version, and is nothing applied "
            "there already?"
        )
    if broken:
        return (
            f"{broken} of {len(fits)} patches do not apply with fuzz {result.max_fuzz}: "
            "mend them, or check the version."
        )
    inexact = len(fits) - fits.count(Fit.EXACT)
    if len(fits) == 1:
        applies = "The patch applies, but not exactly" if inexact else "The patch applies exactly"
    else:
        inexactly = f", {inexact} of them not exactly" if inexact else " exactly"
        applies = f"All {len(fits)} patches apply{inexactly}"
    if inexact:
        return f"{applies}: `patchkit refresh` takes out fuzz and offsets."
    return f"{applies}: no fuzz, no offset."


def check_document(result: CheckResult) -> Mapping[str, Any]:
    """The check as plain data; the format is documented in `docs/reference/cli.md`."""
    return {
        "schema": CHECK_SCHEMA,
        "fuzz_limit": result.max_fuzz,
        "warnings": [json_name(warning) for warning in result.warnings],
        "patches": [_patch_document(patch) for patch in result.patches],
    }


def _patch_document(patch: PatchFit) -> Mapping[str, Any]:
    return {
        "name": json_name(patch.name),
        "applies": patch.fit.value,
        "fuzz": patch.fuzz,
        "offset": patch.offset,
        "files": [
            {
                "path": json_text(file.path),
                "problems": [json_name(problem) for problem in file.problems],
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
