"""Runs fleets and measures them."""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.jobs.fleet import FLEET_JSON, FLEET_PAGE, FLEET_TEXT, run_fleet, write_report
from patchkit.jobs.fleetstore import FolderStore
from patchkit.jobs.fleetworker import Done
from patchkit.model.fleet import Fleet, FleetPackage, FleetReport, Limits, PackageOutcome
from tests.bench.fleet.synthetic import make_packages
from tests.bench.port_quality.cases import Prepared
from tests.cluster import cluster

LIMITS = Limits(seconds=1800, memory=8 << 30)
_OLD, _NEW = "1.0", "2.0"


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: seconds of wall clock, processor seconds of this process (which gives out the work)
    and of those that it started, and its report."""

    report: FleetReport
    seconds: float
    own: float
    others: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """The combined report of so many packages: bytes of its files, seconds and bytes of memory
    that making it took."""

    packages: int
    files: dict[str, int]
    seconds: float
    memory: int


def debian_fleet(prepared: Sequence[Prepared]) -> Fleet:
    """The real packages, from one upstream version to the other."""
    return Fleet("debian", tuple(map(_debian_package, prepared)))


def _debian_package(prepared: Prepared) -> FleetPackage:
    case = prepared.case
    folder = prepared.folder / "versions"
    folder.mkdir(exist_ok=True)
    versions = []
    for version, name in ((case.old, "old"), (case.new, "new")):
        versions.append(version.rpartition(":")[2].rpartition("-")[0])
        place = folder / versions[-1]
        if not place.is_symlink():
            place.symlink_to(prepared.upstream / name, target_is_directory=True)
    old, new = versions
    return FleetPackage(case.package, str(prepared.stack), str(folder), old, new, LIMITS)


def made_fleet(root: Path, count: int, **size: int) -> Fleet:
    """Made packages, which are laid out below `root`."""
    return Fleet(
        "made",
        tuple(
            FleetPackage(one.name, str(one.stack), str(one.upstream), _OLD, _NEW, LIMITS)
            for one in make_packages(root, count, **size)
        ),
    )


def measure(fleet: Fleet, out: Path, workers: int, *, afresh: bool = True) -> Measured:
    """Run a fleet with so many processes; not `afresh`: what is finished is taken over."""
    if afresh:
        shutil.rmtree(out, ignore_errors=True)
    before = _processor_seconds()
    started = time.monotonic()
    report = run_fleet(fleet, str(out), workers=workers, watch=_told(len(fleet.packages)))
    seconds = time.monotonic() - started
    own, others = (after - at for after, at in zip(_processor_seconds(), before, strict=True))
    return Measured(report, seconds, own, others)


def measure_on_cluster(
    fleet: Fleet, out: Path, folder: Path, workers: int, kill_at: int | None = None
) -> Measured:
    """The same on a Dask cluster of so many worker processes, one of which is killed when
    `kill_at` packages are finished. What the cluster takes is not measured."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with cluster(folder, workers) as found:

        def watch(done: Done, number: int) -> None:
            if number == kill_at:
                found.workers[0].kill()

        before = _processor_seconds()
        started = time.monotonic()
        report = run_fleet(fleet, str(out), scheduler=found.address, watch=watch)
        seconds = time.monotonic() - started
        own = _processor_seconds()[0] - before[0]
    return Measured(report, seconds, own, 0)


def measure_report(outcomes: Sequence[PackageOutcome], packages: int, out: Path) -> Sizes:
    """The combined report of so many packages, which are copies of these."""
    many = tuple(
        _renamed(outcomes[at % len(outcomes)], f"package-{at:05d}") for at in range(packages)
    )
    started = time.monotonic()
    write_report(FleetReport("all", many), FolderStore(out))
    seconds = time.monotonic() - started
    files = {name: (out / name).stat().st_size for name in (FLEET_JSON, FLEET_PAGE, FLEET_TEXT)}
    return Sizes(packages, files, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10)


def bytes_below(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def _renamed(outcome: PackageOutcome, name: str) -> PackageOutcome:
    return replace(outcome, name=name)


def _processor_seconds() -> tuple[float, float]:
    found = []
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        found.append(usage.ru_utime + usage.ru_stime)
    return found[0], found[1]


def _told(total: int) -> Callable[[Done, int], None]:
    def told(done: Done, number: int) -> None:
        if number % 50 == 0 or number == total or done.outcome.seconds > 20:
            one = done.outcome
            sys.stderr.write(f"{number}/{total} {one.name} {one.ending.value} {one.seconds}\n")

    return told
