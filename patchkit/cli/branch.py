"""`patchkit branch`."""

from __future__ import annotations

from pathlib import Path

import click

from patchkit.cli.command import Command
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    at_option,
    branch_option,
    dry_run_option,
    fuzz_option,
    output_options,
    repository_option,
    schema_option,
    stack_option,
    upstream_option,
)
from patchkit.cli.printing import page, print_json, progress, sentences
from patchkit.jobs.branching import BranchPlan, ground_for, plan_branch, repository_at
from patchkit.jobs.project import find_project, own_version, stack_version
from patchkit.jobs.versions import as_upstream_has_it
from patchkit.render.jsontext import json_name
from patchkit.render.schemas import Schema
from patchkit.render.serieschanges import BRANCH_SCHEMA
from patchkit.sources.branches import MadeBranch, Replace


@click.command(
    "branch",
    cls=Command,
    examples=(
        "patchkit branch --dry-run",
        "patchkit branch --repo ../upstream",
    ),
)
@stack_option
@fuzz_option
@repository_option
@upstream_option
@at_option
@branch_option
@click.option("--force", is_flag=True, help="Replace a branch of that name with other commits.")
@dry_run_option
@schema_option(Schema.BRANCH, "what --json prints")
@output_options
def command(
    stack: Path | None, fuzz: int | None, repo: Path | None, upstream: str | None, at: str | None,
    branch: str | None, force: bool, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Make a git branch with a commit for each patch, on the upstream version.

    The work tree and other branches are not touched. An upstream that is no git repository is
    imported as the first commit. `patchkit export` writes the branch back.
    """
    project = find_project(stack)
    version = stack_version(project, at)
    with (
        progress(shown=not quiet and not as_json) as (watch, say),
        repository_at(project, repo, upstream) as source,
        ground_for(
            project, at or as_upstream_has_it(own_version(project), source), source, upstream, say
        ) as ground,
    ):
        plan = plan_branch(project, version, ground, branch=branch, fuzz=fuzz, watch=watch)
        made = None
        if not dry_run:
            with interrupts_waiting():
                made = plan.write(Replace.FORCE if force else Replace.REFUSE)
    if as_json:
        print_json(
            {
                "schema": BRANCH_SCHEMA,
                "branch": json_name(plan.branch),
                "base": plan.ground.base,
                "tip": None if made is None else made.tip,
                "was": None if made is None else made.was,
                "patches": [json_name(name) for name in plan.names],
                "warnings": [json_name(one) for one in plan.warnings],
            }
        )
    elif not quiet:
        with page() as console:
            sentences(console, *(f"warning: {one}" for one in plan.warnings), _told(plan, made))
    return 0


def _told(plan: BranchPlan, made: MadeBranch | None) -> str:
    where = f"{plan.branch} in {plan.ground.repository.description}"
    base = plan.ground.base
    on = "an imported upstream" if base is None else base[:12]
    what = f"{len(plan.names)} patches on {on}"
    if made is None:
        return f"Would make the branch {where}: {what}."
    if made.was == made.tip:
        return f"The branch {where} is at {made.tip[:12]} already: {what}."
    return f"The branch {where} is at {made.tip[:12]}: {what}."
