"""The command line: `python -m tests.bench.port_quality --help`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

import click
import platformdirs

from patchkit.errors import PatchkitError
from tests.bench.port_quality.cases import Case, Prepared, read_cases
from tests.bench.port_quality.debian import prepare
from tests.bench.port_quality.documents import as_json, write_figures
from tests.bench.port_quality.own import PATCHKIT, port_with_patchkit
from tests.bench.port_quality.processes import BenchError
from tests.bench.port_quality.results import PortResult, load_result
from tests.bench.port_quality.scoring import PortScore, score
from tests.bench.port_quality.stock import STOCK_TOOLS, port_with_stock_tool
from tests.bench.port_quality.tables import Scores, not_right, tables

ALL = "all"
TOOLS = (PATCHKIT, *STOCK_TOOLS)
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Port real Debian patch series with several tools, and compare with the maintainers' own.

    PACKAGES are names from tests/bench/cases.yaml; without any, all of the group are meant.
    """


def _shared(command: _Command) -> _Command:
    """What every subcommand asks for: which cases, and where they lie."""
    for decorate in (
        click.option(
            "--work", type=click.Path(path_type=Path, resolve_path=True), metavar="DIR",
            envvar="PORT_QUALITY_WORK", show_default=True,
            default=platformdirs.user_cache_path("patchkit-port-quality"),
            help="Where cases are laid out (or PORT_QUALITY_WORK).",
        ),
        click.option(
            "--group", default="development", metavar="GROUP", show_default=True,
            help=f"Which cases of tests/bench/cases.yaml; {ALL}: all.",
        ),
        click.argument("packages", nargs=-1),
    ):  # fmt: skip
        command = decorate(command)
    return command


_fuzz = click.option(
    "--fuzz", type=click.IntRange(min=0), metavar="N", help="patchkit's limit (default: its own)."
)


@cli.command("prepare")
@_shared
def prepare_command(packages: Sequence[str], group: str, work: Path) -> None:
    """Download the source packages and lay them out; what is there already is left alone."""
    for case in _chosen(packages, group):
        prepared = prepare(case, work, work / "dl")
        click.echo(f"{case.package} {case.old} -> {case.new}: {prepared.folder}")
        for note in prepared.notes:
            click.echo(f"  {note}")


@cli.command("run")
@_shared
@click.option("--tool", "tools", type=click.Choice(TOOLS), multiple=True, help="Default: all.")
@click.option("--force", is_flag=True, help="Run the stock tools again where they have run.")
@_fuzz
@click.option(
    "--json", "json_file", type=click.File("w"), metavar="FILE", help="Everything, as JSON."
)
@click.option(
    "--write-docs", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the tables between the marks of a Markdown file, which is made if need be.",
)  # fmt: skip
def run_command(
    packages: Sequence[str], group: str, work: Path, tools: Sequence[str], force: bool,
    fuzz: int | None, json_file: IO[str] | None, write_docs: Path | None,
) -> None:  # fmt: skip
    """Port the cases with the tools, and print a table for each group."""
    scores: dict[str, dict[str, list[PortScore]]] = {}
    for case in _chosen(packages, group):
        prepared = prepare(case, work, work / "dl")
        for tool in tools or TOOLS:
            port = None if force else _kept(prepared, tool)
            scored = score(prepared, port or _port(prepared, tool, fuzz))
            scores.setdefault(case.group, {}).setdefault(tool, []).append(scored)
            _say(scored)
    texts = {name: tables(by_tool) for name, by_tool in scores.items()}
    for name, text in texts.items():
        click.echo(f"\n{name}\n\n{text}")
    if json_file is not None:
        json_file.write(as_json(scores))
    if write_docs is not None:
        write_figures(write_docs, texts)


def _kept(prepared: Prepared, tool: str) -> PortResult | None:
    """The result of an earlier run; patchkit is what is measured, so its own never counts."""
    return None if tool == PATCHKIT else load_result(prepared, tool)


def _port(prepared: Prepared, tool: str, fuzz: int | None) -> PortResult:
    if tool == PATCHKIT:
        return port_with_patchkit(prepared, fuzz)
    return port_with_stock_tool(prepared, tool)


def _say(scored: PortScore) -> None:
    port, package = scored.port, scored.prepared.case.package
    told = f"{package:12} {port.tool:12} {scored.right:3} of {len(scored.patches):3} right"
    click.echo(f"{told} {port.seconds:7.1f} s  {port.failure}", err=True)


@cli.command("list")
@_shared
@_fuzz
def list_command(packages: Sequence[str], group: str, work: Path, fuzz: int | None) -> None:
    """Port the cases with patchkit, and print a line for each patch that is not right."""
    for case in _chosen(packages, group):
        prepared = prepare(case, work, work / "dl")
        own = score(prepared, port_with_patchkit(prepared, fuzz))
        others: Scores = {
            tool: [score(prepared, port)]
            for tool in STOCK_TOOLS
            if (port := load_result(prepared, tool)) is not None
        }
        for line in not_right([own], others):
            click.echo(line)
        _say(own)


def _chosen(packages: Sequence[str], group: str) -> Iterator[Case]:
    groups = read_cases()
    if group not in (*groups, ALL):
        raise BenchError(f"{group}: no such group.", f"There are {', '.join(groups)} and {ALL}.")
    cases = [case for name, cases in groups.items() if group in (name, ALL) for case in cases]
    unknown = set(packages) - {case.package for case in cases}
    if unknown:
        raise BenchError(
            f"{', '.join(sorted(unknown))}: not in the group {group}.",
            "Choose another with --group, or see tests/bench/cases.yaml.",
        )
    return (case for case in cases if not packages or case.package in packages)


def main() -> None:
    """Run the command line; ends with 2 when something is missing."""
    try:
        cli(prog_name="port_quality", standalone_mode=True)
    except PatchkitError as error:
        click.echo("\n  ".join((f"port_quality: error: {error.message}", *error.hints)), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
