"""`patchkit init`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import folders
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import PLACE, dry_run_option, output_options
from patchkit.cli.printing import print_bytes, print_json, print_text
from patchkit.jobs.init import InitPlan, check_unset, plan_init, told_upstream
from patchkit.model.shown import shown_text
from patchkit.render.jsontext import json_name

INIT_SCHEMA = "patchkit-init/1"
_MOST_PATCHES = 10


@click.command(
    "init",
    cls=Command,
    examples=("patchkit init --dry-run", "patchkit init", "patchkit init --print > my.yaml"),
)
@click.argument("folder", type=PLACE, default=".", metavar="[FOLDER]", shell_complete=folders)
@click.option(
    "--print", "is_printed", is_flag=True,
    help="Print the patchkit.yaml and nothing else; write nothing.",
)  # fmt: skip
@dry_run_option
@output_options
def command(folder: Path, is_printed: bool, dry_run: bool, as_json: bool, quiet: bool) -> int:
    """Write the first patchkit.yaml of a packaging repository, from what is found in it.

    FOLDER (default: the current one) holds a stack in any dialect: series.conf, debian/, a spec,
    a recipe, numbered patches, or quilt's series. Its package, version and upstream are read from
    the files that say so. All keys stand in the file, each explained. One that is there is never
    overwritten, and nothing is asked through the network.

    Ends with 1 where the stack that was found cannot be read as it is.
    """
    if is_printed:
        print_bytes(plan_init(folder).settings)
        return 0
    check_unset(folder)
    if not dry_run:
        claim(folder)
    plan = plan_init(folder)
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    if as_json:
        print_json(_document(plan, is_written=not dry_run))
    elif not quiet:
        print_text(shown_lines(_lines(plan, dry_run=dry_run)))
        if dry_run:
            print_bytes(b"\n" + plan.settings)
    return plan.exit_code


def shown_lines(lines: Iterator[str]) -> str:
    """Lines of text that are safe to show."""
    return "".join(f"{shown_text(line)}\n" for line in lines)


def _lines(plan: InitPlan, *, dry_run: bool) -> Iterator[str]:
    yield f"Found in {plan.root.resolve()}:"
    for stack in plan.stacks:
        series = f"{stack.folder}/{stack.series}" if stack.folder else stack.series
        yield f"  stack     {len(stack.patches)} patches in {series} ({stack.dialect.value})"
    last = plan.stacks[-1]
    yield from (f"              {name}" for name in last.patches[:_MOST_PATCHES])
    if len(last.patches) > _MOST_PATCHES:
        yield f"              and {len(last.patches) - _MOST_PATCHES} more"
    yield f"  package   {plan.name} ({plan.name_place})"
    if plan.version is not None:
        yield f"  version   {plan.version.version} ({plan.version.place})"
    elif plan.pattern is None:
        yield "  version   not found: no spec, debian/changelog, recipe or Makefile tells it"
    for number, one in enumerate(plan.upstreams):
        label = "          " if number else "upstream  "
        newest = f", newest {one.newest}" if one.newest else ""
        yield f"  {label}{one.value} ({told_upstream(one)}{newest})"
    if not plan.upstreams:
        yield "  upstream  not found: set it in patchkit.yaml, or give --upstream each time"
    for stack in plan.stacks:
        yield from (f"warning: {warning}" for warning in stack.warnings)
        if stack.problem:
            yield from f"problem: {stack.problem}".split("\n")
            yield "  `patchkit lint` tells all that is wrong with it."
    yield f"{'Dry run: would write' if dry_run else 'Written:'} {plan.place}"
    yield "Next:"
    yield from (f"  {line}" for line in plan.next_commands())
    yield from plan.advice()


def _document(plan: InitPlan, *, is_written: bool) -> Mapping[str, Any]:
    version = plan.version
    return {
        "schema": INIT_SCHEMA,
        "path": json_name(str(plan.place)),
        "written": is_written,
        "name": json_name(plan.name),
        "name_from": json_name(plan.name_place),
        "version": None if version is None else json_name(version.version),
        "version_from": None if version is None else json_name(version.place),
        "pattern": None if plan.pattern is None else json_name(plan.pattern),
        "stacks": [
            {
                "folder": json_name(stack.folder),
                "dialect": stack.dialect.value,
                "series": json_name(stack.series),
                "patches": [json_name(name) for name in stack.patches],
                "warnings": [json_name(one) for one in stack.warnings],
                "problem": json_name(stack.problem) if stack.problem else None,
            }
            for stack in plan.stacks
        ],
        "upstreams": [
            {
                "value": json_name(one.value),
                "kind": one.kind.value,
                "from": json_name(one.place) if one.place else None,
                "version": None if one.version is None else json_name(one.version),
                "newest": None if one.newest is None else json_name(one.newest),
            }
            for one in plan.upstreams
        ],
        "settings": plan.settings.decode(),
        "next": list(plan.next_commands()),
        "advice": [json_name(one) for one in plan.advice()],
    }
