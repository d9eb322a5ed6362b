"""Options that several subcommands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patchkit.cli.completing import folders, stack_versions, upstream_versions
from patchkit.cli.printing import print_bytes
from patchkit.errors import StackError

if TYPE_CHECKING:
    from patchkit.model.resolutions import Resolutions
    from patchkit.render.schemas import Schema

_Command = TypeVar("_Command", bound=Callable[..., Any])
PLACE = click.Path(readable=False, path_type=Path)
"""A path as it is given: what is wrong with it, the jobs say better."""


def given_resolutions(place: Path | None) -> Resolutions | None:
    """The decisions in the file that `--resolutions` names; None where the option is not given."""
    if place is None:
        return None
    if not place.exists():
        raise StackError(f"{place}: no such file.", "Leave --resolutions out, or name another one.")
    from patchkit.workspace.resolutions import load_resolutions  # few runs name a file

    return load_resolutions(place)


def stack_option(command: _Command) -> _Command:
    """`--stack`: which stack."""
    return click.option(
        "--stack", type=PLACE, metavar="DIR", shell_complete=folders,
        help="Folder with a series file, a spec or recipe with patches, or numbered patches/.",
    )(command)  # fmt: skip


def fuzz_option(command: _Command) -> _Command:
    """`--fuzz`: how much fuzz the stack may need."""
    return click.option(
        "--fuzz", type=click.IntRange(min=0), metavar="N",
        help="How many context lines of a hunk may be ignored (default: as set, or 2).",
    )(command)  # fmt: skip


def upstream_option(command: _Command) -> _Command:
    """`--upstream`: where the versions come from."""
    return click.option(
        "--upstream", metavar="SRC", shell_complete=folders,
        help="A git repository (path or URL), or a folder with a folder or tarball a version.",
    )(command)  # fmt: skip


def from_option(command: _Command) -> _Command:
    """`--from`: which of the project's stacks is ported."""
    return click.option(
        "--from", "old", metavar="A", shell_complete=stack_versions,
        help="The version that the stack is for (default: as its packaging says).",
    )(command)  # fmt: skip


def ported_options(command: _Command) -> _Command:
    """`--from` and `--to`: which port that was made."""
    command = click.option(
        "--to", "new", metavar="B", shell_complete=upstream_versions,
        help="The version that it was ported to.",
    )(command)  # fmt: skip
    return click.option(
        "--from", "old", metavar="A", shell_complete=stack_versions,
        help="The version that the stack is for.",
    )(command)  # fmt: skip


def at_option(command: _Command) -> _Command:
    """`--at`: which of the project's stacks."""
    return click.option(
        "--at", metavar="VERSION", shell_complete=upstream_versions,
        help="The upstream version that the stack is for (default: as its packaging says).",
    )(command)  # fmt: skip


def tree_option(command: _Command) -> _Command:
    """`--tree`: what a stack is looked at on."""
    return click.option(
        "--tree", type=PLACE, metavar="PATH",
        help="A source folder or tarball to use instead of a version of the upstream.",
    )(command)  # fmt: skip


def repository_option(command: _Command) -> _Command:
    """`--repo`: the repository with the branch."""
    return click.option(
        "--repo", type=PLACE, metavar="DIR", shell_complete=folders,
        help="The git repository with the branch (default: the upstream, if it is one).",
    )(command)  # fmt: skip


def branch_option(command: _Command) -> _Command:
    """`--branch`: the branch of the stack."""
    return click.option("--branch", metavar="NAME", help="Its name (default: patches/VERSION).")(
        command
    )


def dry_run_option(command: _Command) -> _Command:
    """`--dry-run`: whether to write."""
    return click.option(
        "--dry-run", is_flag=True, help="Compute and print everything; write nothing."
    )(command)


def schema_option(schema: Schema, described: str) -> Callable[[_Command], _Command]:
    """`--schema`: the format for programs, in place of all else."""

    def show(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
        if is_asked and not context.resilient_parsing:
            print_bytes(schema.document())
            context.exit()

    return click.option(
        "--schema", is_flag=True, is_eager=True, expose_value=False, callback=show,
        help=f"Print the JSON Schema of {described} instead.",
    )  # fmt: skip


def output_options(command: _Command) -> _Command:
    """`--json` and `--quiet`: how the result is shown."""
    command = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)
