"""`patchkit lint`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Command
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    dry_run_option,
    output_options,
    schema_option,
    upstream_option,
)
from patchkit.cli.printing import print_bytes, print_json, print_text, progress
from patchkit.jobs.lint import Extent, LintPlan, Mending, check_selector, plan_lint
from patchkit.jobs.lintsources import NamedSource
from patchkit.model.lint import LintChoices, LintIgnore
from patchkit.render.lint import (
    lint_document,
    lint_sarif,
    lint_text,
    rules_document,
    rules_text,
)
from patchkit.render.schemas import Schema
from patchkit.workspace.settings import settings_beside


@click.command(
    "lint",
    cls=Command,
    examples=(
        "patchkit lint",
        "patchkit lint --fix --dry-run",
        "patchkit lint --ignore PK502 --format sarif",
    ),
)
@click.argument("place", type=PLACE, default=".", metavar="[PLACE]")
@click.option("--fix", is_flag=True, help="Mend what has one right answer.")
@dry_run_option
@click.option(
    "--select", multiple=True, metavar="RULES",
    help="Ask these rules only: codes, their beginnings or names, with commas between.",
)  # fmt: skip
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option(
    "--changed", is_flag=True,
    help="Tell only what concerns files in git's index, or else in the last commit.",
)  # fmt: skip
@upstream_option
@click.option("--at", metavar="VERSION", help="The version of the upstream (default: the spec's).")
@click.option(
    "--tree", type=PLACE, metavar="PATH",
    help="A source folder or tarball to try the patches on (default: the tarball in PLACE).",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text",
    help="How it is shown (default: text).",
)  # fmt: skip
@click.option("--rules", is_flag=True, help="List the rules instead.")
@schema_option(Schema.LINT, "what --json prints")
@output_options
def command(
    place: Path, fix: bool, dry_run: bool, select: tuple[str, ...], ignore: tuple[str, ...],
    changed: bool, upstream: str | None, at: str | None, tree: Path | None, form: str,
    rules: bool, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Check a packaging repository: spec, _service, series, apply-patches and patches.

    PLACE is a folder with a spec or a series (default: the current one). Ends with 1 when errors or
    warnings are left; notes alone are 0. Each rule is described in docs/reference/lint.md.
    """
    form = "json" if as_json else form
    if rules:
        if form == "json":
            print_json(rules_document())
        else:
            print_text(rules_text())
        return 0
    if fix and not dry_run:
        claim(place)
    with progress(shown=not quiet and form == "text") as (_, say):
        plan = plan_lint(
            place, _choices(place, select, ignore),
            extent=Extent.CHANGED if changed else Extent.WHOLE,
            mending=Mending.MENDED if fix else Mending.TOLD,
            source=NamedSource(tree, upstream, at) if tree or upstream or at else None,
            progress=say,
        )  # fmt: skip
    if not dry_run:
        with interrupts_waiting():
            plan.write()
    _print(plan, form, quiet=quiet)
    return plan.exit_code


def _choices(place: Path, select: tuple[str, ...], ignore: tuple[str, ...]) -> LintChoices:
    """As the settings say; `--select` goes before theirs, `--ignore` is added to theirs."""
    chosen, left = _words(select), _words(ignore)
    for word in (*chosen, *left):
        check_selector(word)
    settings = settings_beside(place).lint
    if chosen:
        settings = replace(settings, select=chosen)
    return replace(settings, ignore=(*settings.ignore, *map(LintIgnore, left)))


def _words(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for one in given for word in one.split(",") if word.strip())


def _print(plan: LintPlan, form: str, *, quiet: bool) -> None:
    if form == "json":
        print_json(lint_document(plan.findings, plan.mended, plan.notes))
    elif form == "sarif":
        print_bytes(lint_sarif(plan.findings))
    elif not quiet:
        print_text(lint_text(plan.findings, plan.mended, plan.notes))
