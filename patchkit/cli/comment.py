"""`patchkit comment`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from patchkit.cli.command import Command
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    dry_run_option,
    output_options,
    ported_options,
    stack_option,
)
from patchkit.cli.printing import print_bytes, print_json, print_text
from patchkit.errors import ForgeError
from patchkit.jobs.commenting import (
    TOKEN_VARIABLE,
    Posted,
    Surroundings,
    comment_text,
    forge_of,
    plan_comment,
    pull_request_at,
    surroundings,
)
from patchkit.jobs.project import find_project
from patchkit.jobs.report import last_report, saved_report
from patchkit.model.shown import shown_text
from patchkit.sources.forges import Forge, ForgeKind, PullRequest

COMMENT_SCHEMA = "patchkit-comment/1"
_KINDS = tuple(kind.value for kind in ForgeKind)
_TOLD = {
    Posted.CREATED: "Commented on {}.",
    Posted.CHANGED: "Brought the comment on {} up to date.",
    Posted.UNCHANGED: "The comment on {} says the same already.",
}


@click.command(
    "comment",
    cls=Command,
    examples=(
        "patchkit comment --dry-run",
        "patchkit comment --forge github --repository me/kata --number 7 --dry-run",
    ),
)
@click.argument("place", required=False, type=PLACE, metavar="[FOLDER|FILE]")
@click.option(
    "--forge", "kind", type=click.Choice(_KINDS),
    help="Whose interface it has (default: as GitHub Actions or GitLab CI tell).",
)  # fmt: skip
@click.option("--api", metavar="URL", help="Where the interface begins (default: the forge's own).")
@click.option("--repository", metavar="OWNER/NAME", help="The repository (default: as CI tells).")
@click.option(
    "--number", type=click.IntRange(min=1), metavar="N",
    help="The number of the pull request (default: as CI tells).",
)  # fmt: skip
@click.option("--commit", metavar="SHA", help="Or the open one whose newest commit this is.")
@click.option(
    "--name", metavar="NAME", help="Which comment, where there are several (default: the package)."
)
@stack_option
@ported_options
@dry_run_option
@output_options
def command(
    place: Path | None, kind: str | None, api: str | None, repository: str | None,
    number: int | None, commit: str | None, name: str | None, stack: Path | None,
    old: str | None, new: str | None, dry_run: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Post a saved report on a pull request, or bring the comment that is there up to date.

    The report is found as `patchkit report` finds it. The token is read from the variable
    PATCHKIT_TOKEN. With --dry-run the text is printed, and nobody is asked.
    """
    if place is not None and (stack, old, new) != (None, None, None):
        raise click.UsageError(
            "Name the report, or say which port with --stack, --from and --to; not both.",
            click.get_current_context(),
        )
    if number is not None and commit is not None:
        raise click.UsageError("Only one of --number and --commit can be meant.")
    saved = last_report(find_project(stack), old, new) if place is None else saved_report(place)
    if dry_run:
        if not quiet:
            print_bytes(comment_text(saved, name).encode("utf-8", "backslashreplace"))
        return 0
    forge, pull = _meant(_given(kind, api, repository, number), commit)
    plan = plan_comment(saved, forge, pull, name=name)
    with interrupts_waiting():
        posted = plan.write()
    if as_json:
        print_json(
            {
                "schema": COMMENT_SCHEMA,
                "forge": forge.kind.value,
                "repository": pull.repository,
                "number": pull.number,
                "comment": posted.value,
            }
        )
    elif not quiet:
        where = f"number {pull.number} of {shown_text(pull.repository)}"
        print_text(f"{_TOLD[posted].format(where)}\n")
    return 0


def _given(
    kind: str | None, api: str | None, repository: str | None, number: int | None
) -> Surroundings:
    """As the options say, else as CI does; of another forge it knows nothing."""
    told = surroundings(os.environ)
    if kind is not None and ForgeKind(kind) is not told.kind:
        told = Surroundings(ForgeKind(kind))
    return replace(
        told,
        api=api or told.api,
        repository=repository or told.repository,
        number=number or told.number,
    )


def _meant(given: Surroundings, commit: str | None) -> tuple[Forge, PullRequest]:
    if given.kind is None:
        raise ForgeError(
            "Which forge? This runs neither in GitHub Actions nor in GitLab CI.",
            f"Say it with --forge: {', '.join(_KINDS)}.",
        )
    if given.repository is None:
        raise ForgeError("Which repository?", "Say it with --repository OWNER/NAME.")
    forge = forge_of(given.kind, given.api, os.environ.get(TOKEN_VARIABLE))
    if commit is not None:
        return forge, pull_request_at(forge, given.repository, commit)
    if given.number is None:
        raise ForgeError(
            "Which pull request? CI does not tell.", "Say it with --number N or --commit SHA."
        )
    return forge, PullRequest(given.repository, given.number)
