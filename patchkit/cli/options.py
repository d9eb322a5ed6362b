"""Options that several subcommands share, and how they show what goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from patchkit.engine.rebasing import Watcher, unwatched
from patchkit.sources.progress import Progress, silent

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FOLDER = click.Path(path_type=Path)


def stack_options(command: _Command) -> _Command:
    """`--stack` and `--fuzz`: which stack, and how much fuzz it may need."""
    command = click.option(
        "--fuzz", type=click.IntRange(min=0), metavar="N",
        help="How many context lines of a hunk may be ignored (default: as set, or 2).",
    )(command)  # fmt: skip
    return click.option(
        "--stack", type=_FOLDER, metavar="DIR",
        help="Folder with series.conf, series, patches/series or debian/patches/series.",
    )(command)  # fmt: skip


def upstream_option(command: _Command) -> _Command:
    """`--upstream`: where the versions come from."""
    return click.option(
        "--upstream", metavar="SRC",
        help="A git repository (path or URL), or a folder with folders or tarballs of the versions.",
    )(command)  # fmt: skip


def tree_options(command: _Command) -> _Command:
    """`--at` and `--tree`: what a stack is looked at on."""
    command = click.option(
        "--tree", type=_FOLDER, metavar="PATH",
        help="A source folder or tarball to use instead of a version of the upstream.",
    )(command)  # fmt: skip
    return click.option(
        "--at", metavar="VERSION", help="The upstream version that the stack is for."
    )(command)


def output_options(command: _Command) -> _Command:
    """`--json` and `--quiet`: how the result is shown."""
    command = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def print_json(document: Mapping[str, Any]) -> None:
    """Print a JSON document on standard output."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=True))


@contextmanager
def progress(total: int | None = None, *, shown: bool = True) -> Iterator[tuple[Watcher, Progress]]:
    """A watcher of patches and a taker of sentences; they show on a terminal and nowhere else."""
    console = Console(stderr=True, markup=False, highlight=False)
    if not shown or not console.is_terminal:
        yield unwatched, silent
        return
    with console.status("Reading the stack") as status:

        def watch(number: int, name: str) -> None:
            of = "" if total is None else f" of {total}"
            status.update(f"Patch {number}{of}: {name}")

        yield watch, status.update


def output_console() -> Console:
    """The console for results: standard output, colour on terminals only."""
    return Console(file=sys.stdout, highlight=False)
