"""The command line: `python -m tests.bench.fleet --help`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import platformdirs

from patchkit.errors import PatchkitError
from patchkit.model.fleet import Fleet
from tests.bench.fleet.measuring import (
    bytes_below,
    debian_fleet,
    made_fleet,
    measure,
    measure_on_cluster,
    measure_report,
)
from tests.bench.fleet.suites import MIRROR, use_own_apt
from tests.bench.fleet.tables import DISTRIBUTION, Figures, tables
from tests.bench.port_quality.cases import Prepared, read_cases
from tests.bench.port_quality.debian import prepare
from tests.bench.port_quality.processes import BenchError

BEGIN = "<!-- figures: begin; written by tests.bench.fleet -->"
END = "<!-- figures: end -->"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--work", type=click.Path(path_type=Path, resolve_path=True), metavar="DIR",
    default=platformdirs.user_cache_path("patchkit-fleet"), show_default=True,
    help="Where packages and results lie.",
)  # fmt: skip
@click.option("--made", default=300, show_default=True, help="How many made packages.")
@click.option("--tiny", default=3000, show_default=True, help="How many small made packages.")
@click.option("--no-debian", is_flag=True, help="Made packages only: no network is needed.")
@click.option("--mirror", default=MIRROR, show_default=True, help="Where Debian comes from.")
@click.option(
    "--write-docs", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the tables between the marks of a Markdown file.",
)  # fmt: skip
def run(
    work: Path, made: int, tiny: int, no_debian: bool, mirror: str, write_docs: Path | None
) -> None:
    """Port Debian's and made packages as one fleet in several ways, and print what it took."""
    real = [] if no_debian else _debian(work, mirror)
    packages = (*debian_fleet(real).packages, *made_fleet(work / "made", made).packages)
    fleet = Fleet("measured", packages)
    small = made_fleet(work / "tiny", tiny, files=2, patches=1)
    runs = {workers: measure(fleet, work / f"out-{workers}", workers) for workers in (1, 2)}
    dask = work / "dask"
    figures = Figures(
        runs,
        again=measure(fleet, work / "out-2", 2, afresh=False),
        on_cluster=measure_on_cluster(fleet, work / "out-dask", dask, 2),
        with_a_kill=measure_on_cluster(
            fleet, work / "out-killed", dask, 3, kill_at=len(packages) // 2
        ),
        tiny=measure(small, work / "out-tiny", 2),
        tiny_again=measure(small, work / "out-tiny", 2, afresh=False),
        real=frozenset(one.case.package for one in real),
        stored=bytes_below(work / "out-2/packages"),
        sizes=measure_report(runs[1].report.outcomes, DISTRIBUTION, work / "out-report"),
    )
    text = tables(figures)
    click.echo(text)
    _check_same(figures)
    if write_docs is not None:
        _write(write_docs, text)


def _debian(work: Path, mirror: str) -> list[Prepared]:
    use_own_apt(work / "apt", mirror)
    cases = [case for group in read_cases().values() for case in group]
    return [prepare(case, work / "debian", work / "debian/dl") for case in cases]


def _check_same(figures: Figures) -> None:
    """Nothing is lost, nothing is doubled, and every run comes to the same."""
    expected = [(one.name, one.ending) for one in figures.runs[1].report.outcomes]
    for run in (figures.runs[2], figures.again, figures.on_cluster, figures.with_a_kill):
        found = [(one.name, one.ending) for one in run.report.outcomes]
        differing = sorted(
            one.name for one in run.report.outcomes if (one.name, one.ending) not in expected
        )
        if found != expected:
            raise BenchError(f"the runs differ: {', '.join(differing)}.")


def _write(file: Path, text: str) -> None:
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BenchError(f"{file}: the place for the tables is not marked.", f"Add {BEGIN} {END}.")
    file.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Run the command line; ends with 2 when something is missing."""
    try:
        run(prog_name="fleet")
    except PatchkitError as error:
        click.echo("\n  ".join((f"fleet: error: {error.message}", *error.hints)), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
