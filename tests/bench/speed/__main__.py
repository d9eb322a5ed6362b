"""The command line: `python -m tests.bench.speed --help`."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

import click
import platformdirs

from patchkit.errors import PatchkitError
from tests.bench.port_quality.processes import BenchError
from tests.bench.speed.machine import machine, start_up
from tests.bench.speed.profiling import profile, profile_table, write_profiles
from tests.bench.speed.running import Bench, Timing
from tests.bench.speed.tables import Figures, tables, write_figures
from tests.bench.speed.tools import TOOLS, is_own
from tests.bench.speed.workloads import LeftOut, Workload, lay_out, names, synthetic_shapes

OWN = "patchkit"
STOCK = "stock"
_GROUPS: Mapping[str, Sequence[str]] = {
    OWN: [name for name, tool in TOOLS.items() if is_own(tool)],
    STOCK: [name for name, tool in TOOLS.items() if not is_own(tool)],
}
_NAME = "speed"
_PLACES = ("--work", "--json", "--also", "--write-docs")

_work_option = click.option(
    "--work",
    type=click.Path(path_type=Path, resolve_path=True),
    metavar="DIR",
    envvar="SPEED_WORK",
    default=platformdirs.user_cache_path("patchkit-speed"),
    show_default=True,
    help="Where the cases are laid out (or SPEED_WORK).",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Measure patchkit and the tools one would use instead, side by side."""


@cli.command("run")
@click.option(
    "--cases",
    default=",".join(names()),
    metavar="NAME,...",
    help="Default: all.",
)
@click.option(
    "--tools",
    default=",".join(TOOLS),
    metavar="NAME,...",
    help=f"Default: all; {OWN}: patchkit's own commands, {STOCK}: the others.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Cut a run of a stock tool on a synthetic case short after this time, and scale.",
)
@_work_option
@click.option("--json", "json_file", type=click.File("w"), metavar="FILE", help="All, as JSON.")
@click.option(
    "--also",
    type=click.File(),
    metavar="FILE",
    help="Show as well what an earlier run on this machine wrote with --json.",
)
@click.option(
    "--write-docs", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the tables between the marks of a Markdown file, which is made if need be.",
)  # fmt: skip
def run_command(
    cases: str, tools: str, limit: float, work: Path, json_file: IO[str] | None,
    also: IO[str] | None, write_docs: Path | None,
) -> None:  # fmt: skip
    """Lay the cases out, run the tools on them, and print the tables."""
    chosen = [
        name for word in _words(tools, (*TOOLS, *_GROUPS)) for name in _GROUPS.get(word, [word])
    ]
    workloads: list[Workload] = []
    timings: list[Timing] = []
    left_out: list[str] = []
    for case in _words(cases, names()):
        try:
            workload = lay_out(case, work)
        except LeftOut as reason:
            left_out.append(str(reason))
            click.echo(reason, err=True)
            continue
        workloads.append(workload)
        # A real stack is short: what a tool does once at its start would be scaled with the rest.
        longest = limit if case in synthetic_shapes() else None
        timings.extend(_timed(workload, chosen, longest))
    figures = Figures(machine(), _command(), workloads, timings, start_up(), left_out)
    if also is not None:
        figures = with_earlier(figures, json.load(also))
    click.echo(tables(figures))
    if json_file is not None:
        json_file.write(as_json(figures))
    if write_docs is not None:
        write_figures(write_docs, figures)


@cli.command("profile")
@click.option("--cases", default="50k-1000", metavar="NAME,...", show_default=True)
@_work_option
@click.option(
    "--write-docs", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the table between the marks of a Markdown file, which is made if need be.",
)  # fmt: skip
def profile_command(cases: str, work: Path, write_docs: Path | None) -> None:
    """Say where the time of `patchkit rebase` goes, by the samples of py-spy."""
    profiles = []
    for case in _words(cases, names()):
        try:
            profiles.append(profile(lay_out(case, work)))
        except LeftOut as reason:
            click.echo(reason, err=True)
    click.echo(profile_table(profiles))
    if write_docs is not None:
        write_profiles(write_docs, _command(), profiles)


def _timed(workload: Workload, chosen: Sequence[str], limit: float | None) -> Iterator[Timing]:
    with Bench(workload, limit) as bench:
        for name, tool in TOOLS.items():
            if name in chosen:
                timing = bench.time(tool)
                mark = "~" if timing.was_cut else " "
                told = f"{workload.name:10} {name:20} {mark}{timing.whole:9.3f} s"
                click.echo(f"{told} {timing.memory >> 10:5} MiB  {timing.trouble}", err=True)
                yield timing


def _words(given: str, known: Sequence[str]) -> list[str]:
    """The names in a list with commas, each one of `known`. Raises `BenchError`."""
    words = [word.strip() for word in given.split(",") if word.strip()]
    unknown = [word for word in words if word not in known]
    if unknown:
        raise BenchError(f"{', '.join(unknown)}: no such name.", f"There are {', '.join(known)}.")
    return words


def _command() -> str:
    """The command line without what is of this machine only: where the cases and results lie."""
    kept: list[str] = []
    arguments = iter(sys.argv[1:])
    for argument in arguments:
        if argument in _PLACES:
            next(arguments, None)
        elif not argument.startswith(tuple(f"{option}=" for option in _PLACES)):
            kept.append(argument)
    return shlex.join(["python", "-m", "tests.bench.speed", *kept])


def with_earlier(figures: Figures, document: Mapping[str, Any]) -> Figures:
    """The figures with those of an earlier run, case by case in the usual order; what was measured
    again goes before."""
    if document["machine"] != figures.machine:
        raise BenchError("--also: measured on another machine, or with other versions.")
    earlier = [
        Workload(one["name"], one["title"], Path(), Path(), "", "", one["patches"], one["files"])
        for one in document["workloads"]
    ]
    of_name = {one.name: one for one in (*earlier, *figures.workloads)}
    timings = [Timing(**one) for one in document["timings"]]
    commands = dict.fromkeys((*document["command"].splitlines(), figures.command))
    return replace(
        figures,
        command="\n".join(commands),
        workloads=[of_name[name] for name in names() if name in of_name],
        timings=[*figures.timings, *timings],
        left_out=[*document["left_out"], *figures.left_out],
    )


def as_json(figures: Figures) -> str:
    """The figures as a document that `with_earlier` reads."""
    workloads: list[dict[str, Any]] = [
        {"name": one.name, "title": one.title, "patches": one.patches, "files": one.files}
        for one in figures.workloads
    ]
    document = {
        "machine": figures.machine,
        "command": figures.command,
        "start_up": round(figures.start_up, 4),
        "left_out": figures.left_out,
        "workloads": workloads,
        "timings": [asdict(timing) for timing in figures.timings],
    }
    return json.dumps(document, indent=1) + "\n"


def main() -> None:
    """Run the command line; ends with 2 when something is missing."""
    try:
        cli(prog_name=_NAME, standalone_mode=True)
    except PatchkitError as error:
        click.echo("\n  ".join((f"{_NAME}: error: {error.message}", *error.hints)), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
