"""`patchkit deps`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.command import Command
from patchkit.cli.completing import patches as patch_names
from patchkit.cli.options import (
    at_option,
    fuzz_option,
    output_options,
    schema_option,
    stack_option,
    tree_option,
    upstream_option,
)
from patchkit.cli.printing import print_json, print_text, progress
from patchkit.jobs.deps import FoundDependencies, find_dependencies
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.project import find_project, stack_version
from patchkit.model.shown import shown_text
from patchkit.render.graph import (
    dependencies_document,
    dependencies_dot,
    dependencies_mermaid,
    dependencies_text,
)
from patchkit.render.schemas import Schema


@click.command(
    "deps",
    cls=Command,
    examples=(
        "patchkit deps",
        "patchkit deps 0004 --format mermaid",
    ),
)
@click.argument("patches", nargs=-1, metavar="[PATCH]...", shell_complete=patch_names)
@stack_option
@fuzz_option
@upstream_option
@at_option
@tree_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot", "mermaid"]), default="text",
    help="How it is shown (default: text).",
)  # fmt: skip
@schema_option(Schema.DEPENDENCIES, "what --json prints")
@output_options
def command(
    patches: tuple[str, ...], stack: Path | None, fuzz: int | None, upstream: str | None,
    at: str | None, tree: Path | None, form: str, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Say which patch needs which, and so which can be reordered, dropped or ported alone.

    PATCH is a name in the series, or what only one name begins with; without any, all are shown.
    A graph has these patches, all that they need and all that need them. Ends with 1 when a patch
    does not apply to its own version, so that not all is known.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    form = "json" if as_json else form
    with (
        progress(shown=not quiet and form == "text") as (watch, say),
        source_tree(project, at, place=tree, upstream=upstream, progress=say) as source,
    ):
        found = find_dependencies(project, version, source, patches, fuzz=fuzz, watch=watch)
    if form == "json":
        print_json(dependencies_document(found.dependencies, found.asked, found.warnings))
    elif not quiet:
        print_text(_text(found, form))
    return found.exit_code


def _text(found: FoundDependencies, form: str) -> str:
    if form == "text":
        warnings = "".join(f"warning: {shown_text(warning)}\n" for warning in found.warnings)
        return warnings + dependencies_text(found.dependencies, found.asked)
    graph = found.dependencies.among(
        (
            *found.dependencies.with_needs(found.asked),
            *found.dependencies.with_dependents(found.asked),
        )
    )
    return dependencies_dot(graph) if form == "dot" else dependencies_mermaid(graph)
