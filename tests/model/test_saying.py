"""Tests of `patchkit.model.saying`: the table of docs/reference/convert.md."""

from __future__ import annotations

import pytest

from patchkit.model.entry import OFF, Entry, Guard
from patchkit.model.saying import names_in, said_in
from patchkit.model.stack import Dialect

_VIRT = (Guard("+", "virt"),)


@pytest.mark.parametrize(
    ("dialect", "set_flags", "guards"),
    [
        (Dialect.SERIES_CONF, (), _VIRT),
        (Dialect.SUSE, ("virt",), _VIRT),
        (Dialect.QUILT, ("virt",), ()),
        (Dialect.QUILT, (), None),
        (Dialect.OPENWRT, (), None),
        (Dialect.YOCTO, ("virt",), ()),
        (Dialect.YOCTO, (), (OFF,)),
        (Dialect.RPM, (), (OFF,)),
    ],
)
def test_guards(
    dialect: Dialect, set_flags: tuple[str, ...], guards: tuple[Guard, ...] | None
) -> None:
    """They stay, or become what the flags make of them: applied, switched off, or left out."""
    wanted = None if guards is None else Entry("a.patch", guards=guards)
    assert wanted == said_in(dialect, Entry("a.patch", 1, guards=_VIRT), frozenset(set_flags))


@pytest.mark.parametrize(
    ("dialect", "names", "new"),
    [
        (Dialect.QUILT, ["patches.suse/a", "fixes/b"], ["a", "fixes/b"]),
        (Dialect.SUSE, ["patches.suse/a", "b", "x/c"],
         ["patches.suse/a", "patches.suse/b", "patches.suse/x/c"]),
        (Dialect.RPM, ["fixes/a", "b"], ["a", "b"]),
        (Dialect.OPENWRT, ["x/10-a", "20-b"], ["10-a", "20-b"]),
        (Dialect.OPENWRT, ["20-b", "10-a"], ["100-b", "110-a"]),
        (Dialect.OPENWRT, ["b", "10-a"], ["100-b", "110-a"]),
        (Dialect.OPENWRT, [], []),
    ],
)  # fmt: skip
def test_names(dialect: Dialect, names: list[str], new: list[str]) -> None:
    """OpenWrt's are numbered anew only where their order would be another one."""
    assert new == list(names_in(dialect, names).values())


@pytest.mark.parametrize(
    ("count", "second", "last"),
    [(89, "110-1", "980-88"), (90, "101-1", "189-89"), (900, "101-1", "999-899"),
     (901, "0101-1", "1000-900")],
)  # fmt: skip
def test_many_names_are_numbered_alike(count: int, second: str, last: str) -> None:
    """In tens, so that others go between, while three digits last; then with as many as it takes,
    since the shell sorts 1000 before 999."""
    new = list(names_in(Dialect.OPENWRT, [str(number) for number in range(count)]).values())
    assert (second, last) == (new[1], new[-1])
    assert sorted(new) == new
