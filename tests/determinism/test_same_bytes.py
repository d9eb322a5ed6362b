"""The same commands on the same inputs, in surroundings that differ in everything else."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.test_upgrade import SPEC
from tests.determinism.scene import KATA, OTHERS, WITH_SPEC, Outcome, make_inputs, play, put_spec
from tests.determinism.surroundings import (
    another_country,
    elsewhere_in_asia,
    hardly_anything,
    plain,
)

_MEMORY = Path("/dev/shm")
_COMMANDS = (*KATA, *OTHERS)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, to be copied."""
    return make_inputs(tmp_path_factory.mktemp("inputs") / "root")


@pytest.fixture(scope="module")
def usual(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What a usual account gets."""
    made = tmp_path_factory.mktemp("usual")
    return play(inputs, plain(made / "root", tmp_path_factory.mktemp("home")), _COMMANDS)


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A place on a file system of another kind, where there is one."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=where) as made:
        yield Path(made)


def test_the_commands_do_what_they_are_for(usual: Outcome) -> None:
    """Each ends as it should, so that no comparison is one of error messages."""
    ends: dict[int, list[str]] = {}
    for (_, *command), said in usual.said.items():
        ends.setdefault(said.exit_code, []).append(" ".join(command[:2]))
    assert {0, 1, 2} == set(ends), ends
    assert ["rebase --from"] == ends[2]
    assert len(ends[1]) <= 12, ends[1]
    files = set(usual.files)
    for name in ("report.html", "report.md", "report.xml", "report.sarif", "report.json"):
        assert f"out/kata/{name}" in files, sorted(files)
    assert {"out/proposed/report.json", "demo.git: refs", "out/fleet/fleet.json"} <= files
    assert b"refs/heads/patches/1.0" in usual.files["demo.git: refs"][1]


def test_another_country(inputs: Path, usual: Outcome, tmp_path: Path) -> None:
    """Locale, zone, day, umask, processors, settings of git, Python and terminal, order."""
    home = tmp_path / "home"
    home.mkdir()
    around = another_country(tmp_path / "\u00fcber '1'" / "entirely", home)
    assert_same(usual, play(inputs, around, _COMMANDS))


def test_hardly_anything(inputs: Path, usual: Outcome, in_memory: Path) -> None:
    """No variables, no home, files that everybody may write, a file system of another kind."""
    around = hardly_anything(in_memory / "\u5834\u6240 $x")
    assert_same(usual, play(inputs, around, _COMMANDS))


def test_elsewhere_in_asia(inputs: Path, usual: Outcome, in_memory: Path) -> None:
    """An encoding of several bytes, a file system of another kind."""
    home = in_memory / "home"
    home.mkdir()
    around = elsewhere_in_asia(in_memory / "root", home)
    assert_same(usual, play(inputs, around, _COMMANDS))
    if in_memory.is_relative_to(_MEMORY):
        listings = [list(one.rglob("*")) for one in (around.root / "kata", inputs / "kata")]
        names = [[place.name for place in listed] for listed in listings]
        assert names[0] != names[1], "the order of files was to be another one"


def test_upgrade_with_a_spec(inputs: Path, tmp_path: Path) -> None:
    """rpm's library knows locales and zones, too."""
    pytest.importorskip("specfile", reason="the rpm bindings of the system are not there")
    for name in ("inputs", "usual", "other", "bare"):
        (tmp_path / name).mkdir()
    put_spec(tmp_path / "inputs", SPEC)
    shutil.copytree(inputs / "upstream", tmp_path / "inputs" / "upstream")
    expected = play(tmp_path / "inputs", plain(tmp_path / "u", tmp_path / "usual"), WITH_SPEC)
    assert [0, 0] == [said.exit_code for said in expected.said.values()], expected.said
    for around in (
        another_country(tmp_path / "o", tmp_path / "other"),
        elsewhere_in_asia(tmp_path / "a", tmp_path / "bare"),
        hardly_anything(tmp_path / "b"),
    ):
        assert_same(expected, play(tmp_path / "inputs", around, WITH_SPEC))


def test_the_surroundings_differ(tmp_path: Path) -> None:
    """What is set is felt by the programs: without this the comparisons would say nothing."""
    program = (
        "import datetime, locale, os, sys\n"
        "locale.setlocale(locale.LC_ALL, '')\n"
        "print(locale.nl_langinfo(locale.CODESET), len(os.sched_getaffinity(0)))\n"
        "print(datetime.date.today().year, hash('x'), sys.flags.optimize, sys.stdout.encoding)\n"
    )
    told = []
    for make in (plain, another_country, elsewhere_in_asia):
        home = tmp_path / make.__name__
        home.mkdir()
        around = make(home, home)
        ran = around.run(around.python, "-c", program)
        assert ran.returncode == 0, ran.stderr
        told.append(ran.stdout.decode().split())
    usual, turkish, japanese = told
    for tool in ("localedef", "faketime", "taskset"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not there")
    assert ["ISO-8859-9", "1", "2001"] == turkish[:3]
    assert ["EUC-JP", "0", "euc_jp"] == [japanese[0], *japanese[4:]]
    assert "UTF-8" == usual[0]
    assert 3 == len({one[3] for one in told})


def test_nothing_of_the_surroundings_is_in_the_files(
    usual: Outcome, inputs: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No absolute path, no host, no user and no day, in any file that was written."""
    day = date.today()
    days = {day + timedelta(days=number) for number in (-1, 0, 1)}
    told = {one.strftime(form) for one in days for form in ("%Y-%m-%d", "%d %b %Y", "%b %d %Y")}
    words = {str(tmp_path_factory.getbasetemp()), *told}
    words |= {name for name in (platform.node(),) if len(name) > 3}
    for path, (_, content) in usual.files.items():
        for word in words:
            assert os.fsencode(word) not in content, (path, word)


def assert_same(expected: Outcome, found: Outcome) -> None:
    """Nothing differs; the message names what does."""
    differing = [
        f"{' '.join(command)}:\n  {said}\n  {found.said[command]}"
        for command, said in expected.said.items()
        if said != found.said[command]
    ]
    paths = expected.files.keys() | found.files.keys()
    for path in sorted(paths):
        one, other = expected.files.get(path), found.files.get(path)
        if one != other:
            differing.append(f"{path}:\n  {_around(one, other)}\n  {_around(other, one)}")
    assert not differing, "\n".join(differing)


def _around(
    one: tuple[int, bytes] | None, other: tuple[int, bytes] | None
) -> tuple[str, bytes] | None:
    """Its mode, and its content about the place where it begins to differ."""
    if one is None or other is None:
        return None if one is None else (oct(one[0]), one[1][:100])
    pairs = zip(one[1], other[1], strict=False)
    place = next((number for number, (a, b) in enumerate(pairs) if a != b), 0)
    return oct(one[0]), one[1][max(0, place - 60) : place + 100]
