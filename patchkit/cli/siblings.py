"""`patchkit siblings`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.command import Command
from patchkit.cli.completing import folders, upstream_versions
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    from_option,
    given_resolutions,
    output_options,
    schema_option,
    stack_option,
    upstream_option,
)
from patchkit.cli.printing import print_json, print_text, progress
from patchkit.jobs.project import find_project
from patchkit.jobs.rebase import Overwrite, plan_rebase
from patchkit.jobs.siblingchoices import Proposals, Reach, SiblingChoices
from patchkit.jobs.siblings import ignore_finding
from patchkit.jobs.versions import start_version
from patchkit.model.siblings import FindingKind
from patchkit.render.json import siblings_json_document
from patchkit.render.schemas import Schema
from patchkit.render.siblings import siblings_text

_KINDS = tuple(kind.value for kind in FindingKind)


@click.command(
    "siblings",
    cls=Command,
    examples=(
        "patchkit siblings --to 3.2.0",
        "patchkit siblings --from 2.5.1 --to 3.2.0 --variant riscv64",
    ),
)
@from_option
@click.option(
    "--to", "new", required=True, metavar="B", shell_complete=upstream_versions,
    help="The version to look at.",
)  # fmt: skip
@stack_option
@upstream_option
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME",
    help="Ours: riscv64, loong64 … (default: as set, or what the stack's files name).",
)  # fmt: skip
@click.option(
    "--resolutions", type=PLACE, metavar="FILE",
    help="Recorded decisions to port by (default: those beside the stack).",
)  # fmt: skip
@click.option(
    "--propose", is_flag=True,
    help="Write the new stack with what can be merged as a patch on top of it.",
)  # fmt: skip
@click.option(
    "--out", type=PLACE, metavar="DIR", shell_complete=folders,
    help="Where to write it (as for rebase).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite output files that were edited by hand.")
@click.option(
    "--ignore", metavar="PATTERN", help="Leave the findings at these paths from now on (--why)."
)
@click.option("--why", default="", metavar="TEXT", help="The reason, recorded with --ignore.")
@click.option("--kind", type=click.Choice(_KINDS), help="Ignore findings of this kind only.")
@click.option("--symbol", default="", metavar="NAME", help="Ignore findings on this symbol only.")
@schema_option(Schema.SIBLINGS, "what --json prints")
@output_options
def command(
    old: str | None, new: str, stack: Path | None, upstream: str | None, variants: tuple[str, ...],
    resolutions: Path | None, propose: bool, out: Path | None, force: bool, ignore: str | None,
    why: str, kind: str | None, symbol: str, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Say what the siblings of the stack's variant did between version A and version B.

    For a stack that adds an architecture, or one of whatever a project has several of: what the
    other variants' files changed, which files, places and symbols they have and ours has not.
    Nothing is written without --propose or --ignore. Ends with 1 when something likely breaks the
    build or behaves otherwise.
    """
    project = find_project(stack)
    start = start_version(project, new, old, upstream=upstream)
    if ignore is not None:
        with interrupts_waiting():
            ignore_finding(project, project.stack_folder(start), ignore, why, kind, symbol)
    elif why or kind or symbol:
        raise click.UsageError(
            "--why, --kind and --symbol go with --ignore.", click.get_current_context()
        )
    proposals = Proposals.STACKED if propose else Proposals.SHOWN
    if not propose and out is None:
        # Nothing is written, so that one version can be looked at by itself.
        out = project.stack_folder(start) / "siblings"
    with progress(shown=not quiet and not as_json) as (watch, say):
        plan = plan_rebase(
            project, start, new, upstream=upstream, out=out,
            resolutions=given_resolutions(resolutions),
            siblings=SiblingChoices(variants, proposals, Reach.WHOLE),
            watch=watch, expect=watch.expect, progress=say,
        )  # fmt: skip
    if propose:
        with interrupts_waiting():
            plan.write(Overwrite.FORCE if force else Overwrite.REFUSE)
    if as_json:
        print_json(siblings_json_document(plan.report))
    elif not quiet:
        texts = [siblings_text(one) for one in plan.report.siblings]
        print_text("\n".join(texts) or _NOTHING)
        if propose:
            print_text(f"\nWritten to {plan.folder}: the new stack with the proposals on top.\n")
    return int(any(one.open for one in plan.report.siblings))


_NOTHING = (
    "The stack adds no file that has siblings; "
    "name a variant with --variant, or in patchkit.yaml.\n"
)
