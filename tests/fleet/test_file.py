"""FLEET.yaml, and a folder of packaging repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.errors import SettingsError
from patchkit.model.fleet import FleetPackage, Limits
from patchkit.workspace.fleet import bytes_of, chosen, load_fleet, seconds_of
from tests.cli.demo import PORTED, make_stack

_HEAD = "fleet: 1\n"


def _file(root: Path, text: str) -> Path:
    place = root / "FLEET.yaml"
    place.write_text(text)
    return place


def test_a_package_has_what_it_says_else_what_all_have(tmp_path: Path) -> None:
    """Paths count from the file, `{name}` is the package's."""
    text = (
        'fleet: 1\nstack: "repos/{name}"\nupstream: "https://example.invalid/{name}.git"\n'
        'limit-time: 15m\npackages:\n  - {name: one, from: "1.0", to: "2.0"}\n'
        "  - {name: two, stack: elsewhere, upstream: ../up, limit-time: 90s, limit-memory: 2G}\n"
    )
    one, two = load_fleet(_file(tmp_path, text)).packages
    assert one == FleetPackage(
        "one", str(tmp_path / "repos/one"), "https://example.invalid/one.git", "1.0", "2.0",
        Limits(900),
    )  # fmt: skip
    assert two == FleetPackage(
        "two", str(tmp_path / "elsewhere"), str(tmp_path.parent / "up"), None, None,
        Limits(90, 2 << 30),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("FLEET.yaml: is empty", "fleet: 1")),
        ("[1]", ("FLEET.yaml:1:1", "must be keys")),
        ("packages: [{name: a}]\n", ("needs the line `fleet: 1`",)),
        ("fleet: 2\npackages: [{name: a}]\n", ("needs the line `fleet: 1`",)),
        (f"{_HEAD}packages: []\n", ("has no packages",)),
        (f"{_HEAD}packages: a\n", (":2:11: packages: must be a list", "busybox")),
        (f"{_HEAD}packages: [a]\n", (":2:12", "must be keys")),
        (f"{_HEAD}packages: [{{from: '1'}}]\n", ("needs a name",)),
        (f"{_HEAD}packages: [{{name: a}}, {{name: a}}]\n", ("a is given twice", ":2:23")),
        (f"{_HEAD}packages: [{{name: ../a}}]\n", ("letters, digits",)),
        (f"{_HEAD}packages: [{{name: a, form: '1'}}]\n", ("form: is not known", "from?")),
        (f"{_HEAD}name: a\npackages: [{{name: a}}]\n", ("name: is not known here",)),
        (f"{_HEAD}packages: [{{name: a, to: 1.10}}]\n", ('Write it as "1.10"', ":2:26")),
        (f"{_HEAD}packages: [{{name: a, limit-time: 10}}]\n", ("limit-time", "must be a text")),
        (f"{_HEAD}packages: [{{name: a, limit-time: soon}}]\n", ("soon: no time", "15m")),
        (f"{_HEAD}packages: [{{name: a, limit-memory: 0G}}]\n", ("0G: no amount", "512M")),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    """With file, line, column and what to do."""
    with pytest.raises(SettingsError) as caught:
        load_fleet(_file(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_limits_have_units() -> None:
    """Seconds, and bytes in powers of 1024."""
    assert [90, 900, 7200] == list(map(seconds_of, ("90s", "15m", "2h")))
    assert [512 << 20, 2 << 30, 3 << 30] == list(map(bytes_of, ("512M", "2G", "3GiB")))


def test_each_folder_with_a_stack_is_a_package(tmp_path: Path) -> None:
    """One with a patchkit.yaml, too; what is none is told, what is hidden is not."""
    make_stack(tmp_path / "b lue", PORTED)
    make_stack(tmp_path / "apple-1.0", PORTED, "debian/patches/series")
    (tmp_path / "with-settings").mkdir()
    (tmp_path / "with-settings" / "patchkit.yaml").touch()
    (tmp_path / "docs").mkdir()
    make_stack(tmp_path / ".hidden", PORTED)
    (tmp_path / "README").touch()
    fleet = load_fleet(tmp_path)
    assert ["apple-1.0", "b.lue", "with-settings"] == [one.name for one in fleet.packages]
    assert str(tmp_path / "b lue") == fleet.packages[1].stack
    assert ("Without a stack, left out: docs.",) == fleet.notes


def test_a_folder_without_packages_is_no_fleet(tmp_path: Path) -> None:
    """It is told what would be one; two folders of one name are no fleet either."""
    with pytest.raises(SettingsError, match="has a stack"):
        load_fleet(tmp_path)
    for name in ("a b", "a:b"):
        make_stack(tmp_path / name, PORTED)
    with pytest.raises(SettingsError, match=r"package a\.b"):
        load_fleet(tmp_path)


def test_options_count_where_a_package_has_nothing_of_its_own(tmp_path: Path) -> None:
    """Those of the package come first."""
    text = f"{_HEAD}packages: [{{name: one, from: '1', limit-time: 1m}}, {{name: two}}]\n"
    fleet = load_fleet(_file(tmp_path, text))
    one, two = chosen(fleet, upstream="up/{name}", old="5", new="6", limits=Limits(7, 8)).packages
    assert (str(Path("up/one").resolve()), "1", "6", Limits(60, 8)) == (
        one.upstream,
        one.old,
        one.new,
        one.limits,
    )
    assert (str(Path("up/two").resolve()), "5", "6", Limits(7, 8)) == (
        two.upstream,
        two.old,
        two.new,
        two.limits,
    )


def test_only_some_packages(tmp_path: Path) -> None:
    """In the order of the fleet; another name is an error with a near one."""
    fleet = load_fleet(_file(tmp_path, f"{_HEAD}packages: [{{name: one}}, {{name: two}}]\n"))
    assert ["two"] == [one.name for one in chosen(fleet, only=("two",)).packages]
    with pytest.raises(SettingsError, match="Did you mean two"):
        chosen(fleet, only=("tow",))
