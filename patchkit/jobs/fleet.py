"""Many packages ported in one run: in parallel, resumable, one report (jobs floor)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from patchkit.jobs.fleetstore import Store, is_remote, store_at
from patchkit.jobs.fleetworker import Done, Nurseries, run_package
from patchkit.model.fleet import Fleet, FleetReport
from patchkit.render.fleet import fleet_text
from patchkit.render.fleetjson import fleet_json

FLEET_JSON, FLEET_TEXT, FLEET_PAGE = "fleet.json", "fleet.txt", "index.html"


def unwatched(done: Done, number: int) -> None:
    """Does not care which package is finished."""


def run_fleet(
    fleet: Fleet,
    out: str,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    watch: Callable[[Done, int], None] = unwatched,
) -> FleetReport:
    """Port every package of the fleet, and write the results with a combined report to `out`.

    `out` is a folder or a URL that fsspec knows. `workers` packages are ported at the same time, by
    default as many as there are processors; with a `scheduler` (`tcp://host:port`) it is the
    workers of that Dask cluster that port them, which must see the same folders. `watch` is told
    each package that is finished, and how many are.

    What an earlier run finished from the same inputs is taken over. A package that cannot be ported
    is an outcome of the report. Raises `OutputError` when `out` cannot be written, `FleetError`
    when the cluster cannot be reached. Whatever ends the run early (Ctrl-C, too) leaves what is
    finished, and ends all processes that it started.
    """
    store = store_at(out)
    found: dict[str, Done] = {}
    with store.claimed():
        if scheduler is None:
            finished = _ported_here(fleet, store, workers or os.cpu_count() or 1)
        else:
            from patchkit.jobs.fleetdask import ported_by_dask

            # The workers of the cluster are at home in other folders.
            place = out if is_remote(out) else str(Path(out).resolve())
            finished = ported_by_dask(fleet, place, scheduler)
        with finished as all_done:
            for number, done in enumerate(all_done, 1):
                found[done.outcome.name] = done
                watch(done, number)
        report = FleetReport(
            fleet.name,
            tuple(found[one.name].outcome for one in fleet.packages),
            frozenset(name for name, done in found.items() if done.is_kept),
            fleet.notes,
        )
        write_report(report, store)
    return report


def write_report(report: FleetReport, store: Store) -> None:
    """Write the combined report. Raises `OutputError`."""
    from patchkit.render.html.fleet import fleet_html

    store.put(FLEET_TEXT, fleet_text(report).encode("utf-8", "backslashreplace"))
    store.put(FLEET_PAGE, fleet_html(report))
    store.put(FLEET_JSON, fleet_json(report))


@contextmanager
def _ported_here(fleet: Fleet, store: Store, workers: int) -> Iterator[Iterator[Done]]:
    """Each package as it is finished, ported by processes on this machine."""
    nurseries = Nurseries()
    pool = ThreadPoolExecutor(min(workers, len(fleet.packages)), "fleet")
    try:
        jobs = [pool.submit(run_package, one, store, nurseries) for one in fleet.packages]
        yield map(Future.result, as_completed(jobs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        nurseries.close()
        pool.shutdown()
