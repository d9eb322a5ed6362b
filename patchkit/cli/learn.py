"""`patchkit learn`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.completing import patches as patch_names
from patchkit.cli.deciding import (
    Meant,
    files_of,
    kind_of,
    port_options,
    provenance,
    provenance_options,
    shown_command,
)
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import dry_run_option, fuzz_option, output_options, upstream_option
from patchkit.cli.printing import page, print_json, progress, sentences
from patchkit.jobs.lastport import LastPort
from patchkit.jobs.learning import LearnPlan, plan_learn
from patchkit.jobs.project import Project
from patchkit.jobs.resolving import patch_named
from patchkit.model.resolutions import Decision, identity_of
from patchkit.model.shown import shown_name, shown_path
from patchkit.render.jsontext import json_name, json_text

LEARN_SCHEMA = "patchkit-learn/1"


@click.command(
    "learn",
    cls=Command,
    examples=('patchkit learn --why "Follow the new interface."',),
)
@click.argument("names", nargs=-1, metavar="[PATCH...]", shell_complete=patch_names)
@port_options
@fuzz_option
@upstream_option
@provenance_options
@dry_run_option
@output_options
def command(
    names: tuple[str, ...], fuzz: int | None, upstream: str | None, why: str, by: str | None,
    dry_run: bool, as_json: bool, quiet: bool, **meant: Any,
) -> int:  # fmt: skip
    """Turn what you edited in the ported patches into decisions for the next rebase.

    All patches are looked at, or those that are named.

    The whole stack is ported once more with what was learned; only when every edited patch then
    does what yours does is it recorded beside the stack. Else nothing is, it says where, and ends
    with 1.
    """
    options = Meant(**meant)
    project, port = options.port()
    only = [patch_named(name, port.report.patches) for name in names]
    decided = provenance(why, by, port.resolutions_place.parent)
    if not dry_run:
        claim(port.resolutions_place.parent)
    with progress(shown=not quiet and not as_json) as (watch, say):
        plan = plan_learn(
            project,
            port,
            decided,
            only=only,
            upstream=upstream,
            fuzz=fuzz,
            watch=watch,
            progress=say,
        )
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    if as_json:
        print_json(_document(plan))
    elif not quiet:
        _print(plan, project, port, options, is_dry=dry_run)
    return plan.exit_code


def _print(
    plan: LearnPlan, project: Project, port: LastPort, options: Meant, *, is_dry: bool
) -> None:
    with page() as console:
        sentences(console, *plan.notes)
        if plan.problems:
            sentences(console, *plan.problems, "Nothing was recorded.")
        elif not plan.decisions:
            sentences(console, f"Nothing to learn: no patch in {port.folder} does anything else.")
        else:
            verb = "Dry run: would be recorded" if is_dry else "Recorded"
            words = options.options(project, port)
            upstream = "" if project.settings.upstream else " --upstream …"
            sentences(
                console,
                *map(_told, plan.decisions),
                f"{verb} in {plan.place}: tried, and every edited patch does what yours does.",
                f"Next: {shown_command('rebase', *words, '--force')}{upstream}",
            )


def _told(decision: Decision) -> str:
    files = ", ".join(map(shown_path, files_of(decision)))
    patch = shown_name(decision.provenance.patch)
    return f"{identity_of(decision)}: {kind_of(decision)} of {patch}, {files}"


def _document(plan: LearnPlan) -> Mapping[str, Any]:
    return {
        "schema": LEARN_SCHEMA,
        "learned": [
            {
                "identity": identity_of(one),
                "kind": kind_of(one),
                "patch": json_name(one.provenance.patch),
                "files": list(map(json_text, files_of(one))),
            }
            for one in plan.decisions
        ],
        "problems": list(map(json_name, plan.problems)),
        "notes": list(map(json_name, plan.notes)),
    }
