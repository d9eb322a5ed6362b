"""`patchkit series`: add, remove, disable, move, rename, split, fold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from patchkit.cli.claiming import claim
from patchkit.cli.command import Group
from patchkit.cli.completing import patches as patch_names
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import (
    PLACE,
    at_option,
    dry_run_option,
    fuzz_option,
    output_options,
    schema_option,
    stack_option,
    tree_option,
    upstream_option,
)
from patchkit.cli.printing import page, print_json, print_text, progress, sentences
from patchkit.errors import StackError
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.project import find_project, stack_version
from patchkit.jobs.seriescuts import Chosen, plan_fold, plan_split
from patchkit.jobs.seriesedits import (
    LAST,
    Dependents,
    EditedStack,
    Place,
    SeriesPlan,
    Side,
    edited_stack,
    plan_add,
    plan_disable,
    plan_move,
    plan_remove,
    plan_rename,
)
from patchkit.model.series import Entry
from patchkit.render.schemas import Schema
from patchkit.render.serieschanges import clash_text, series_document

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NO_REASON = "disabled"


@click.group(
    "series",
    cls=Group,
    examples=(
        "patchkit series add ../fix.patch --dry-run",
        "patchkit series move 0011 --before 0004 --dry-run",
    ),
)
def command() -> None:
    """Edit the stack: patches come, go, change places, are cut and put together.

    Every edit is proved with GNU patch before anything is written. Where the order of two patches
    matters it is refused with exit code 1, and the lines are shown.
    """


def _common(subcommand: _Command) -> _Command:
    """The options that every edit takes."""
    for option in (
        output_options,
        schema_option(Schema.SERIES, "what --json prints"),
        dry_run_option,
        tree_option,
        at_option,
        upstream_option,
        fuzz_option,
        stack_option,
    ):
        subcommand = option(subcommand)
    return subcommand


def _places(subcommand: _Command) -> _Command:
    """The options that say where a patch goes."""
    options = (
        click.option(
            "--after", metavar="PATCH", shell_complete=patch_names,
            help="Put it behind this patch.",
        ),
        click.option(
            "--before", metavar="PATCH", shell_complete=patch_names,
            help="Put it before this patch.",
        ),
        click.option("--first", is_flag=True, help="Put it before all others."),
        click.option("--last", is_flag=True, help="Put it behind all others."),
    )  # fmt: skip
    for option in reversed(options):
        subcommand = option(subcommand)
    return subcommand


def _place(after: str | None, before: str | None, first: bool, last: bool) -> Place | None:
    given = [
        place
        for place, is_given in (
            (Place(Side.AFTER, after), after is not None),
            (Place(Side.BEFORE, before), before is not None),
            (Place(Side.BEFORE), first),
            (LAST, last),
        )
        if is_given
    ]
    if len(given) > 1:
        raise click.UsageError("Only one of --after, --before, --first and --last can be meant.")
    return given[0] if given else None


_dependents_option = click.option(
    "--with-dependents", is_flag=True, help="Take along the patches that need one of them."
)


def _dependents(with_them: bool) -> Dependents:
    return Dependents.WITH_THEM if with_them else Dependents.REFUSE


@command.command("add", examples=("patchkit series add ../fix.patch --after 0004",))
@click.argument("file", type=PLACE)
@_places
@click.option("--name", metavar="NAME", help="Its name in the series (default: that of FILE).")
@click.option(
    "--strip", type=click.IntRange(min=0), metavar="N",
    help="Leading folders to strip from its file names (default: as the stack has it).",
)  # fmt: skip
@_common
def add_command(
    file: Path, after: str | None, before: str | None, first: bool, last: bool,
    name: str | None, strip: int | None, **options: Any,
) -> int:  # fmt: skip
    """Copy the patch FILE into the stack, at the end or where it is said.

    It must apply there. Later patches get other line numbers where they need them.
    """
    place = _place(after, before, first, last) or LAST
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise StackError(f"{file}: cannot be read: {error.strerror}.") from error
    entry = Entry(name or file.name, strip)
    return _run("add", options, lambda edited: plan_add(edited, raw, entry, place))


@command.command("remove", examples=("patchkit series remove 0011 --dry-run",))
@click.argument("patches", nargs=-1, required=True, metavar="PATCH...", shell_complete=patch_names)
@_dependents_option
@_common
def remove_command(patches: tuple[str, ...], with_dependents: bool, **options: Any) -> int:
    """Take patches out of the series and delete their files.

    Refused when another patch needs one of them, unless --with-dependents takes it along.
    """
    how = _dependents(with_dependents)
    return _run("remove", options, lambda edited: plan_remove(edited, patches, how))


@command.command("disable", examples=('patchkit series disable 0011 --reason "breaks the agent"',))
@click.argument("patches", nargs=-1, required=True, metavar="PATCH...", shell_complete=patch_names)
@click.option("--reason", default=_NO_REASON, metavar="TEXT", help="Why, for the series.")
@_dependents_option
@_common
def disable_command(
    patches: tuple[str, ...], reason: str, with_dependents: bool, **options: Any
) -> int:
    """Make comments of patches in the series; their files stay.

    Refused when another patch needs one of them, unless --with-dependents disables it too.
    """
    how = _dependents(with_dependents)
    return _run("disable", options, lambda edited: plan_disable(edited, patches, reason, how))


@command.command("move", examples=("patchkit series move 0011 --first --dry-run",))
@click.argument("patch", metavar="PATCH", shell_complete=patch_names)
@_places
@_common
def move_command(
    patch: str, after: str | None, before: str | None, first: bool, last: bool, **options: Any
) -> int:
    """Move a patch to another place in the series.

    Patches that need other line numbers then get them. Refused where it would pass a patch with
    which it meets.
    """
    place = _place(after, before, first, last)
    if place is None:
        raise click.UsageError("Where to? Give --after, --before, --first or --last.")
    return _run("move", options, lambda edited: plan_move(edited, patch, place))


@command.command("rename", examples=("patchkit series rename 0001 0001-vcpu-limit.patch",))
@click.argument("patch", metavar="PATCH", shell_complete=patch_names)
@click.argument("name", metavar="NAME")
@_common
def rename_command(patch: str, name: str, **options: Any) -> int:
    """Give a patch another file name; its line in the series keeps options and comment."""
    return _run("rename", options, lambda edited: plan_rename(edited, patch, name))


@command.command("split", examples=('patchkit series split 0004 --file "*_test.go" --dry-run',))
@click.argument("patch", metavar="PATCH", shell_complete=patch_names)
@click.option(
    "--file", "files", multiple=True, metavar="PATTERN",
    help="Files that go into the second part; may be repeated.",
)  # fmt: skip
@click.option(
    "--hunks", multiple=True, metavar="FILE:1,3",
    help="Hunks of a file that go into the second part; may be repeated.",
)  # fmt: skip
@click.option("--name", metavar="NAME", help="The name of the second part.")
@_common
def split_command(
    patch: str, files: tuple[str, ...], hunks: tuple[str, ...], name: str | None, **options: Any
) -> int:
    """Cut a patch in two; both parts keep the header."""
    if not files and not hunks:
        raise click.UsageError("What goes into the second part? Give --file or --hunks.")
    chosen = Chosen(files, hunks)
    return _run("split", options, lambda edited: plan_split(edited, patch, chosen, name))


@command.command("fold", examples=("patchkit series fold 0007 0011 --dry-run",))
@click.argument("patches", nargs=-1, required=True, metavar="PATCH...", shell_complete=patch_names)
@_common
def fold_command(patches: tuple[str, ...], **options: Any) -> int:
    """Make one patch of several, with the name and header of the first, which says what was folded.

    Refused where they cannot be brought together.
    """
    return _run("fold", options, lambda edited: plan_fold(edited, patches))


def _run(edit: str, options: dict[str, Any], plan_of: Callable[[EditedStack], SeriesPlan]) -> int:
    """Plan an edit, write it, say what was done."""
    project = find_project(options["stack"])
    at = options["at"]
    version = stack_version(project, at)
    quiet, as_json = options["quiet"], options["as_json"]
    if not options["dry_run"]:
        claim(project.stack_folder(version))
    upstream, tree = options["upstream"], options["tree"]
    with (
        progress(shown=not quiet and not as_json) as (_, say),
        source_tree(project, at, place=tree, upstream=upstream, progress=say) as source,
    ):
        plan = plan_of(edited_stack(project, version, source, options["fuzz"]))
    is_written = not options["dry_run"] and not plan.exit_code
    if is_written:
        with interrupts_waiting():
            plan.write()
    changed = plan.changed
    if as_json:
        document = series_document(
            edit,
            is_written=is_written,
            done=plan.done,
            refreshed=plan.refreshed,
            clashes=plan.clashes,
            written=[output.path for output in changed.outputs],
            removed=changed.removals,
            series=changed.stack.names,
            warnings=plan.warnings,
        )
        print_json(document)
    elif not quiet:
        _print(plan, is_dry=options["dry_run"])
    return plan.exit_code


def _print(plan: SeriesPlan, *, is_dry: bool) -> None:
    if plan.clashes:
        print_text("".join(map(clash_text, plan.clashes)))
    with page() as console:
        if plan.clashes:
            sentences(console, "The order of these matters; nothing was changed.")
            return
        sentences(console, *plan.done)
        if plan.refreshed:
            sentences(console, f"Refreshed: {', '.join(plan.refreshed)}.")
        files = [output.path for output in plan.changed.outputs]
        verb = "Would write" if is_dry else "Written"
        told = ", ".join(files) or "nothing"
        gone = f"; removed: {', '.join(plan.changed.removals)}" if plan.changed.removals else ""
        sentences(console, f"{verb} in {plan.changed.folder}: {told}{gone}.")
