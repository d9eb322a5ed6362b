"""A fleet is run: what becomes of each package, resuming, limits, crashes, kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patchkit.errors import OutputError
from patchkit.jobs.fleet import run_fleet
from patchkit.jobs.fleetstore import FolderStore
from patchkit.jobs.versions import newest_version
from patchkit.model.fleet import Ending, Limits
from patchkit.render.fleet import fleet_text
from patchkit.render.fleetjson import load_outcome
from patchkit.sources.upstream import open_upstream
from patchkit.workspace.fleet import chosen, load_fleet
from tests.cli.demo import NEW, OLD, PORTED, UNCHANGED, make_stack
from tests.cli.folders import state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, environment
from tests.fleet.made import (
    BROKEN,
    DEADLY,
    GOOD,
    HELD_BACK,
    NO_UPSTREAM,
    MadeFleet,
    endings,
    make_fleet,
    make_mixed_fleet,
    with_limit,
)
from tests.sources.made import commit, git, new_repository

_EXPECTED = [
    (GOOD, "ported"),
    (HELD_BACK, "conflicts"),
    (BROKEN, "bad-input"),
    (NO_UPSTREAM, "no-upstream"),
]


@pytest.fixture
def mixed(tmp_path: Path) -> MadeFleet:
    """Packages of all kinds."""
    return make_mixed_fleet(tmp_path)


def test_one_broken_package_stops_no_other(mixed: MadeFleet) -> None:
    """Each has its ending and its message; ported stacks have their reports."""
    before = state_of(mixed.stacks)
    report = run_fleet(mixed.fleet, str(mixed.out), workers=2)
    assert _EXPECTED == endings(report)
    good, held, broken, lost = report.outcomes
    assert (3, 0, 0) == (good.total, good.unfinished, good.held)
    assert (4, 1, 1) == (held.total, held.unfinished, held.held)
    assert "0001-util.patch" in broken.message
    assert "3.0" in lost.message
    for one in (good, held):
        folder = mixed.out / "packages" / one.name
        assert (folder / "report.html").is_file()
        assert (folder / "series.conf").is_file()
    assert not (mixed.out / "packages" / BROKEN).exists()
    assert before == state_of(mixed.stacks), "a packaging repository was written to"
    assert 1 == report.exit_code


def test_what_is_finished_is_not_repeated(mixed: MadeFleet) -> None:
    """A second run takes over what it can; what was broken is looked at again."""
    first = run_fleet(mixed.fleet, str(mixed.out), workers=2)
    before = state_of(mixed.out / "packages")
    (mixed.stacks / BROKEN / "patches" / "0001-util.patch").write_bytes(PORTED["0001-util.patch"])
    second = run_fleet(mixed.fleet, str(mixed.out), workers=2)
    assert frozenset({GOOD, HELD_BACK}) == second.kept
    assert first.outcomes[:2] == second.outcomes[:2]
    assert Ending.PORTED is second.outcomes[2].ending
    after = state_of(mixed.out / "packages")
    assert before == {path: at for path, at in after.items() if not path.startswith(BROKEN)}


@pytest.mark.parametrize("changed", ["patch", "series", "settings", "upstream", "resolutions"])
def test_a_changed_input_repeats_just_that_package(tmp_path: Path, changed: str) -> None:
    """Whatever the port depends on."""
    made = make_fleet(tmp_path, {"one": PORTED, "two": PORTED})
    write = made.file.read_text().replace("- name: two\n", "- {name: two, upstream: other}\n")
    made.file.write_text(write)
    subprocess.run(["cp", "-r", tmp_path / "upstream", tmp_path / "other"], check=True)
    run_fleet(made.fleet, str(made.out))
    two = made.stacks / "two"
    match changed:
        case "patch":
            place = two / "patches" / "0003-notes.patch"
            place.write_bytes(b"Another head.\n" + UNCHANGED)
        case "series":
            place = two / "series.conf"
            place.write_bytes(place.read_bytes() + b"# a remark\n")
        case "settings":
            (two / "patchkit.yaml").write_text("fuzz: 0\n")
        case "upstream":
            (tmp_path / "other" / "2.0" / "added.txt").write_text("new\n")
        case _:
            (two / "patchkit.resolutions").write_text("patchkit-resolutions/1\n")
    report = run_fleet(made.fleet, str(made.out))
    assert frozenset({"one"}) == report.kept


def _deadly(monkeypatch: pytest.MonkeyPatch, root: Path, script: str) -> None:
    """Where a stack makes `deadly.txt`, GNU patch does this from then on."""
    told = f'if [ -e "$2/deadly.txt" ]; then\n{script}\nfi\nexec "$real" "$@"\n'
    for key, value in put_before(root / "bin", "patch", told).items():
        monkeypatch.setenv(key, value)


def test_a_limit_of_time_ends_only_that_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its processes are gone then. A later run with the same limit takes that over, one with
    another limit does not."""
    _deadly(monkeypatch, tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    made = make_fleet(tmp_path, {"quick": PORTED, "slow": DEADLY})
    fleet = with_limit(made.fleet, "slow", Limits(seconds=5))
    report = run_fleet(fleet, str(made.out), workers=2)
    assert [("quick", "ported"), ("slow", "time-limit")] == endings(report)
    assert "  slow: more than the 5.0 s that it may take\n" in fleet_text(report)
    _wait_until_gone(int((tmp_path / "pid").read_text()))
    assert frozenset({"quick", "slow"}) == run_fleet(fleet, str(made.out)).kept
    other = with_limit(fleet, "slow", Limits(seconds=6))
    assert frozenset({"quick"}) == run_fleet(other, str(made.out)).kept


def test_a_limit_of_memory_ends_only_that_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that its processes need together counts."""
    hungry = f"exec {sys.executable} -c 'import time; x = b\"x\" * (150 << 20); time.sleep(600)'"
    _deadly(monkeypatch, tmp_path, hungry)
    made = make_fleet(tmp_path, {"thrifty": PORTED, "hungry": DEADLY})
    fleet = with_limit(made.fleet, "hungry", Limits(memory=160 << 20))
    report = run_fleet(fleet, str(made.out), workers=2)
    assert [("thrifty", "ported"), ("hungry", "memory-limit")] == endings(report)
    assert "  hungry: more than the 160 MiB that it may need\n" in fleet_text(report)
    assert report.outcomes[1].memory > 160 << 20


def test_a_process_that_dies_takes_nothing_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried twice, then it has crashed; the others are ported."""
    _deadly(monkeypatch, tmp_path, f"echo x >> {tmp_path}/tried; kill -9 0")
    made = make_fleet(tmp_path, {"one": PORTED, "deadly": DEADLY, "two": PORTED})
    report = run_fleet(made.fleet, str(made.out), workers=2)
    assert [("one", "ported"), ("deadly", "crashed"), ("two", "ported")] == endings(report)
    assert "SIGKILL" in report.outcomes[1].message
    assert "x\nx\n" == (tmp_path / "tried").read_text()


def test_the_watching_process_may_die_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process above the one that ports is killed once: the package is ported all the same."""
    _deadly(
        monkeypatch,
        tmp_path,
        f"""\
if mkdir {tmp_path}/once 2>/dev/null; then
  kill -9 "$(cut -d' ' -f4 "/proc/$(cut -d' ' -f5 /proc/self/stat)/stat")"
fi""",
    )
    made = make_fleet(tmp_path, {"deadly": DEADLY})
    assert [("deadly", "ported")] == endings(run_fleet(made.fleet, str(made.out)))
    assert (tmp_path / "once").is_dir()


def _started(made: MadeFleet, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PATCHKIT, "fleet", str(made.file), "--out", str(made.out), "--workers", "2", *options],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _wait_for_some(made: MadeFleet, process: subprocess.Popen[bytes]) -> None:
    outcomes = made.out / "outcomes"
    while process.poll() is None and len(list(outcomes.glob("*.json"))) < 2:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()


@pytest.fixture
def stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeFleet:
    """Of five packages the third does not end; its processes are noted in `pid`."""
    _deadly(monkeypatch, tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    names = ("p1", "p2", "p3", "p4", "p5")
    return make_fleet(tmp_path, {name: DEADLY if name == "p3" else PORTED for name in names})


def _written(place: Path) -> bool:
    return place.exists() and place.read_text().endswith("\n")


def _wait_until_gone(process: int) -> None:
    for _ in range(1000):
        place = Path(f"/proc/{process}/stat")
        if not place.exists() or place.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {process} still runs")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_goes_on_where_it_was(
    stuck: MadeFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """What was finished stays and is not repeated, its processes end, nothing is half there."""
    with _started(stuck) as process:
        while process.poll() is None and not _written(tmp_path / "pid"):
            time.sleep(0.02)
        _wait_for_some(stuck, process)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    if number is signal.SIGINT:
        assert (130, True) == (process.returncode, b"Interrupted" in stderr)
    _wait_until_gone(int((tmp_path / "pid").read_text()))
    finished = sorted(one.stem for one in (stuck.out / "outcomes").glob("*.json"))
    assert "p3" not in finished
    assert 2 <= len(finished)
    (tmp_path / "bin" / "patch").unlink()
    report = run_fleet(stuck.fleet, str(stuck.out), workers=2)
    assert frozenset(finished) == report.kept
    assert [(one, "ported") for one in ("p1", "p2", "p3", "p4", "p5")] == endings(report)
    assert not (stuck.out / ".work").exists()


def test_two_runs_do_not_write_to_one_folder(mixed: MadeFleet) -> None:
    """The second is refused."""
    with FolderStore(mixed.out).claimed(), pytest.raises(OutputError, match="another run"):
        run_fleet(mixed.fleet, str(mixed.out))


def test_a_record_that_is_damaged_is_made_anew(mixed: MadeFleet) -> None:
    """Nothing is believed of it."""
    run_fleet(mixed.fleet, str(mixed.out))
    (mixed.out / "outcomes" / f"{GOOD}.json").write_text("{")
    (mixed.out / "outcomes" / f"{HELD_BACK}.json").write_text('{"schema": "other/1"}')
    report = run_fleet(mixed.fleet, str(mixed.out))
    assert (frozenset(), _EXPECTED) == (report.kept, endings(report))


def test_results_go_to_a_url(mixed: MadeFleet) -> None:
    """To the same places as in a folder, and are taken over from there."""
    out = mixed.out.as_uri()
    first = run_fleet(mixed.fleet, out)
    assert _EXPECTED == endings(first)
    assert {"fleet.json", "fleet.txt", "index.html", "outcomes", "packages"} == {
        one.name for one in mixed.out.iterdir()
    }
    record = mixed.out / "outcomes" / f"{GOOD}.json"
    assert first.outcomes[0] == load_outcome(record.read_bytes(), "record")
    assert (mixed.out / "packages" / GOOD / "patches" / "0001-util.patch").is_file()
    assert frozenset({GOOD, HELD_BACK}) == run_fleet(mixed.fleet, out).kept


def test_results_go_to_a_store_of_objects(mixed: MadeFleet) -> None:
    """One that knows no folders; what a package had before is gone when it is ported anew."""
    fsspec = pytest.importorskip("fsspec")
    out = f"memory://{mixed.out.name}-{os.getpid()}"
    run_fleet(mixed.fleet, out)
    files = fsspec.filesystem("memory")
    root = out.removeprefix("memory:/")
    files.pipe_file(f"{root}/packages/{HELD_BACK}/stale", b"")
    (mixed.stacks / HELD_BACK / "patchkit.yaml").write_text("fuzz: 0\n")
    report = run_fleet(mixed.fleet, out)
    assert frozenset({GOOD}) == report.kept
    assert not files.exists(f"{root}/packages/{HELD_BACK}/stale")
    assert json.loads(files.cat_file(f"{root}/fleet.json"))["summary"]["packages"] == 4


@pytest.mark.parametrize("url", ["nothing://there", "memory"])
def test_a_place_that_cannot_be_used(mixed: MadeFleet, url: str) -> None:
    """A URL of an unknown kind, and a file, are told."""
    mixed.out.touch()
    with pytest.raises(OutputError, match="cannot be"):
        run_fleet(mixed.fleet, url if "://" in url else str(mixed.out))


def test_packages_share_a_url(tmp_path: Path) -> None:
    """Each asks the same cache at the same time; a branch that moves repeats them."""
    made = make_fleet(tmp_path, {f"p{number}": PORTED for number in range(6)})
    repository = new_repository(tmp_path / "shared")
    git(repository, "tag", "v1.0", commit(repository, OLD))
    git(repository, "update-ref", "refs/heads/next", commit(repository, NEW))
    text = made.file.read_text().replace("upstream: upstream", f"upstream: {repository.as_uri()}")
    made.file.write_text(text.replace('to: "2.0"', "to: next"))
    report = run_fleet(made.fleet, str(made.out), workers=3)
    assert {"ported"} == {ending for _, ending in endings(report)}
    assert 6 == len(run_fleet(made.fleet, str(made.out), workers=3).kept)
    git(repository, "update-ref", "refs/heads/next", commit(repository, OLD))
    again = run_fleet(made.fleet, str(made.out), workers=3)
    assert frozenset() == again.kept
    assert {"ported"} == {ending for _, ending in endings(again)}


def test_versions_are_found_out(tmp_path: Path) -> None:
    """From debian/changelog and the newest of upstream; nothing newer is nothing to do."""
    make_mixed_fleet(tmp_path / "made")
    repositories = tmp_path / "repositories"
    for name, version in (("behind", "1.0"), ("up-to-date", "1:2.0+dfsg")):
        stack = make_stack(repositories / name, PORTED, "debian/patches/series")
        changelog = stack / "debian" / "changelog"
        changelog.write_text(f"{name} ({version}-3) unstable; urgency=low\n\n  * A change.\n")
    make_stack(repositories / "silent", PORTED)
    (tmp_path / "made/upstream/2.1-rc1").mkdir()
    fleet = chosen(load_fleet(repositories), upstream=str(tmp_path / "made/upstream"))
    report = run_fleet(fleet, str(tmp_path / "out"))
    assert [
        ("behind", "ported", "1.0", "2.0"),
        ("silent", "bad-input", "", ""),
        ("up-to-date", "current", "2.0", "2.0"),
    ] == [(one.name, one.ending.value, one.old, one.new) for one in report.outcomes]
    assert "nothing in it tells" in report.outcomes[1].message


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (("1.0", "v1.2", "pkg-1.10", "1.11-rc1", "nightly"), "1.10"),
        (("release-1_12", "1.9"), "1.12"),
        (("0.9",), "1.0"),
        (("upstream_1.1", "debian_1.1-13", "1.1-14", "v1.1-15", "20-3"), "1.1"),
        (("7zip_1.1", "grub2-1.3", "pkg_1.20+dfsg.orig", "pkg_1.19+dfsg"), "1.20+dfsg"),
    ],
)
def test_the_newest_version_is_the_highest_number(
    tmp_path: Path, names: tuple[str, ...], newest: str
) -> None:
    """By its numbers, without candidates; never one before what the stack is for."""
    for name in names:
        (tmp_path / name.replace("_1.20+dfsg.orig", "_1.20+dfsg")).mkdir()
    assert newest == newest_version(open_upstream(str(tmp_path)), "1.0")
