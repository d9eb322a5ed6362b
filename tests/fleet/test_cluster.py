"""The same on a real Dask scheduler with several worker processes, of which some die."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchkit.errors import FleetError
from patchkit.jobs.fleet import run_fleet
from patchkit.jobs.fleetworker import Done
from tests.cli.demo import PORTED
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, assert_refused, environment, run
from tests.cluster import Cluster, cluster
from tests.fleet.made import DEADLY, MadeFleet, endings, make_fleet, make_mixed_fleet

pytest.importorskip("distributed")


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and three workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with cluster(folder, 3) as found:
        yield found


def _many(root: Path) -> MadeFleet:
    return make_fleet(root, {f"p{number:02d}": PORTED for number in range(12)})


def test_workers_of_a_cluster_port_as_processes_here_do(tmp_path: Path, workers: Cluster) -> None:
    """The same outcomes, which a run of the other kind takes over."""
    made = make_mixed_fleet(tmp_path)
    there = run_fleet(made.fleet, str(made.out), scheduler=workers.address)
    here = run_fleet(made.fleet, str(made.out))
    assert endings(there) == endings(here)
    assert frozenset({"good", "held"}) == here.kept
    assert (made.out / "packages" / "held" / "report.html").is_file()


def test_nothing_is_lost_when_a_worker_is_killed(tmp_path: Path, workers: Cluster) -> None:
    """Its packages go to the others; each is told once."""
    made = _many(tmp_path)
    told = []

    def watch(done: Done, number: int) -> None:
        told.append(done.outcome.name)
        if number == 3:
            workers.workers[0].kill()

    report = run_fleet(made.fleet, str(made.out), scheduler=workers.address, watch=watch)
    names = [f"p{number:02d}" for number in range(12)]
    assert [(name, "ported") for name in names] == endings(report)
    assert names == sorted(told)
    assert workers.workers[0].wait() == -9
    assert names == sorted(one.stem for one in (made.out / "outcomes").iterdir())


def test_a_package_that_kills_its_workers_has_crashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many workers as the scheduler allows; the others are ported."""
    script = f"""\
if [ -e "$2/deadly.txt" ]; then
  echo x >> {tmp_path}/killed
  port=$(cut -d' ' -f5 /proc/self/stat)
  nursery=$(cut -d' ' -f4 "/proc/$port/stat")
  kill -9 "$(cut -d' ' -f4 "/proc/$nursery/stat")"
  exec sleep 600
fi
exec "$real" "$@"
"""
    for key, value in put_before(tmp_path / "bin", "patch", script).items():
        monkeypatch.setenv(key, value)
    made = make_fleet(tmp_path, {"one": PORTED, "deadly": DEADLY, "two": PORTED})
    folder = tmp_path / "cluster"
    folder.mkdir()
    with cluster(folder, 4) as found:
        report = run_fleet(made.fleet, str(made.out), scheduler=found.address)
        assert any(one.poll() is None for one in found.workers)
    assert [("one", "ported"), ("deadly", "crashed"), ("two", "ported")] == endings(report)
    assert "workers that ported it died" in report.outcomes[1].message
    assert 3 == len((tmp_path / "killed").read_text().split())
    record = json.loads((made.out / "outcomes" / "deadly.json").read_bytes())
    assert "crashed" == record["ending"]


def test_the_command_line_takes_a_scheduler(tmp_path: Path, workers: Cluster) -> None:
    """With the same exit codes."""
    made = make_mixed_fleet(tmp_path)
    done = run("fleet", made.file, "--out", made.out, "--scheduler", workers.address, "--quiet")
    assert (1, "") == (done.exit_code, done.stdout)


def test_a_scheduler_that_is_lost_is_told_once(tmp_path: Path) -> None:
    """In words; what is finished stays, and is not repeated here."""
    made = _many(tmp_path)
    folder = tmp_path / "cluster"
    folder.mkdir()
    with (
        cluster(folder, 2) as found,
        subprocess.Popen(
            [*PATCHKIT, "fleet", made.file, "--out", made.out, "--scheduler", found.address],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        while process.poll() is None and not list(made.out.glob("outcomes/*")):
            time.sleep(0.02)
        found.scheduler.kill()
        _, stderr = process.communicate()
    assert 2 == process.returncode
    assert [b"patchkit: error: %s: the scheduler was lost" % found.address.encode()] == [
        line.partition(b",")[0] for line in stderr.splitlines() if not line.startswith(b"  ")
    ]
    finished = {one.stem for one in made.out.glob("outcomes/*.json")}
    assert finished
    assert finished <= run_fleet(made.fleet, str(made.out)).kept


def test_without_a_scheduler_there(tmp_path: Path) -> None:
    """It is told which address did not answer."""
    made = make_mixed_fleet(tmp_path)
    address = "tcp://127.0.0.1:9"
    with pytest.raises(FleetError, match="no scheduler of Dask answers there"):
        run_fleet(made.fleet, str(made.out), scheduler=address)
    for given in (address, "nonsense", "tcp://127.0.0.1"):
        refused = run("fleet", made.file, "--out", made.out, "--scheduler", given)
        assert_refused(refused, given, "dask scheduler")
