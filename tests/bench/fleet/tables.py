"""The measured figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchkit.jobs.fleet import FLEET_JSON, FLEET_PAGE
from patchkit.model.fleet import FleetReport
from patchkit.render.fleet import told_time
from tests.bench.fleet.measuring import Measured, Sizes

DISTRIBUTION = 30_000
_MIB, _GIB = 1 << 20, 1 << 30
_HOUR = 3600


@dataclass(frozen=True)
class Figures:
    """All that was measured. `runs` are by number of workers, `tiny` is a fleet of small packages
    that shows what giving out the work costs, `stored` the bytes of the results."""

    runs: dict[int, Measured]
    again: Measured
    on_cluster: Measured
    with_a_kill: Measured
    tiny: Measured
    tiny_again: Measured
    real: frozenset[str]
    stored: int
    sizes: Sizes


def tables(figures: Figures) -> str:
    """All tables."""
    return "\n".join((by_run(figures), by_kind(figures), overheads(figures), projection(figures)))


def by_run(figures: Figures) -> str:
    """One row a run of the whole fleet."""
    first = figures.runs[min(figures.runs)].seconds
    rows = [
        [
            f"{workers} worker{'' if workers == 1 else 's'}", len(run.report.outcomes),
            _time(run.seconds), f"{first / run.seconds:.2f}", _time(run.others), _endings(run),
        ]
        for workers, run in figures.runs.items()
    ]  # fmt: skip
    for name, run in (
        ("the same again, all finished", figures.again),
        ("Dask, 2 workers", figures.on_cluster),
        ("Dask, 3 workers, one killed in the middle", figures.with_a_kill),
    ):
        cost = _time(run.others) if run.others else "not measured"
        rows.append(
            [name, len(run.report.outcomes), _time(run.seconds), f"{first / run.seconds:.2f}",
             cost, _endings(run)]
        )  # fmt: skip
    heading = ("run", "packages", "wall clock", "times as fast", "processor time", "endings")
    return _table(heading, rows)


def by_kind(figures: Figures) -> str:
    """Real packages and made ones, in the run with the fewest workers."""
    run = figures.runs[min(figures.runs)]
    rows = []
    for kind, is_real in (("Debian", True), ("made", False)):
        found = [one for one in run.report.outcomes if (one.name in figures.real) is is_real]
        if not found:
            continue
        seconds = sorted(one.seconds for one in found)
        patches = sum(one.total for one in found)
        rows.append(
            [kind, len(found), patches, _time(sum(seconds) / len(found)),
             _time(seconds[len(found) // 2]), _time(seconds[-1]),
             f"{max(one.memory for one in found) / _MIB:.0f} MiB",
             sum(not one.ending.needs_person for one in found)]
        )  # fmt: skip
    heading = (
        "packages", "how many", "patches", "mean", "median", "longest", "most memory",
        "need no person",
    )  # fmt: skip
    return _table(heading, rows)


def overheads(figures: Figures) -> str:
    """What giving out the work costs."""
    tiny, again, sizes = figures.tiny, figures.tiny_again, figures.sizes
    count = len(tiny.report.outcomes)
    many = f"{sizes.packages:,} packages"
    return _table(
        ("what one machine's coordinator costs", "measured"),
        [
            [f"its own processor time per package (fleet of {count:,} small ones)",
             f"{1000 * tiny.own / count:.1f} ms"],
            ["processor time of all processes per such package",
             f"{1000 * tiny.others / count:.0f} ms"],
            ["the same for one that is finished already",
             f"{1000 * again.own / count:.1f} ms and {1000 * again.others / count:.0f} ms"],
            ["wall clock per finished one", f"{1000 * again.seconds / count:.0f} ms"],
            [f"combined report of {many}",
             f"{_time(sizes.seconds)}, {sizes.memory / _MIB:.0f} MiB"],
            [f"`{FLEET_JSON}` of {many}", f"{sizes.files[FLEET_JSON] / _MIB:.1f} MiB"],
            [f"`{FLEET_PAGE}` of {many}", f"{sizes.files[FLEET_PAGE] / _MIB:.1f} MiB"],
        ],
    )  # fmt: skip


def projection(figures: Figures) -> str:
    """What a distribution costs a night, by the figures above."""
    run = figures.runs[min(figures.runs)]
    total = len(run.report.outcomes)
    mixed = run.others / total
    real = [one.seconds for one in run.report.outcomes if one.name in figures.real]
    count = len(figures.tiny_again.report.outcomes)
    finished = figures.tiny_again.others / count + figures.tiny_again.own / count
    stored = figures.stored / total
    rows = [
        ["all ported, each as the mean of this fleet",
         f"{DISTRIBUTION * mixed / _HOUR:.1f} core hours"],
        ["all finished, nothing changed", f"{DISTRIBUTION * finished / _HOUR:.2f} core hours"],
        ["one in a hundred changed",
         f"{DISTRIBUTION * (finished + mixed / 100) / _HOUR:.2f} core hours"],
        ["results on disk",
         f"{DISTRIBUTION * stored / _GIB:.1f} GiB ({stored / 1024:.0f} KiB each)"],
    ]  # fmt: skip
    if real:
        mean = sum(real) / len(real)
        rows.insert(
            1,
            ["all ported, each as the mean of the Debian ones here",
             f"{DISTRIBUTION * mean / _HOUR:.0f} core hours"],
        )  # fmt: skip
    return _table((f"{DISTRIBUTION:,} packages", "by the figures above"), rows)


def _endings(run: Measured) -> str:
    report: FleetReport = run.report
    return ", ".join(f"{count} {ending.value}" for ending, count in report.counts.items() if count)


def _time(seconds: float) -> str:
    return told_time(seconds)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
