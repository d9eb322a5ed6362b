"""The bench of fleets: the same seed makes the same package, and its tables say what was run."""

from __future__ import annotations

from pathlib import Path

from patchkit.jobs.fleet import run_fleet
from patchkit.model.fleet import Ending
from tests.bench.fleet.measuring import made_fleet, measure, measure_report
from tests.bench.fleet.synthetic import make_package, make_packages
from tests.bench.fleet.tables import Figures, tables
from tests.cli.folders import contents_of


def test_a_seed_makes_the_same_package(tmp_path: Path) -> None:
    """Byte for byte; another seed another one."""
    one, other = (make_package(tmp_path / name, 7) for name in ("one", "other"))
    assert contents_of(one.upstream) == contents_of(other.upstream)
    assert contents_of(one.stack) == contents_of(other.stack)
    assert contents_of(one.stack) != contents_of(make_package(tmp_path / "more", 8).stack)


def test_what_is_made_is_left_alone(tmp_path: Path) -> None:
    """A second call makes what is missing only."""
    first = list(make_packages(tmp_path, 2))
    (first[0].stack / "patches" / "series").write_text("# edited\n")
    assert first == list(make_packages(tmp_path, 3))[:2]
    assert "# edited\n" == (first[0].stack / "patches" / "series").read_text()


def test_made_packages_are_of_all_kinds(tmp_path: Path) -> None:
    """Most port by themselves, some conflict, some are broken; none fails its proof."""
    report = run_fleet(made_fleet(tmp_path / "made", 40), str(tmp_path / "out"))
    counts = report.counts
    assert counts[Ending.PORTED] > counts[Ending.CONFLICTS] > 0
    assert counts[Ending.BAD_INPUT] + counts[Ending.NO_UPSTREAM] > 0
    assert 40 == sum(
        counts[one]
        for one in (Ending.PORTED, Ending.CONFLICTS, Ending.BAD_INPUT, Ending.NO_UPSTREAM)
    )


def test_the_tables_are_of_what_was_run(tmp_path: Path) -> None:
    """Each run has its row with its packages."""
    fleet = made_fleet(tmp_path / "made", 4, files=2, patches=1)
    run = measure(fleet, tmp_path / "out", 1)
    again = measure(fleet, tmp_path / "out", 1, afresh=False)
    sizes = measure_report(run.report.outcomes, 50, tmp_path / "report")
    text = tables(
        Figures({1: run, 2: run}, again, run, run, run, again, frozenset(), 4 << 20, sizes)
    )
    assert "| 1 worker | 4 |" in text
    assert "| made | 4 |" in text
    assert "combined report of 50 packages" in text
    assert "(1024 KiB each)" in text
