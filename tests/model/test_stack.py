"""Tests of `patchkit.model.stack`: where the files of a stack are."""

from __future__ import annotations

import pytest

from patchkit.model.series import parse_series
from patchkit.model.stack import Dialect, Layout, as_series


@pytest.mark.parametrize(
    ("dialect", "folder", "place", "held"),
    [
        (Dialect.QUILT, "patches", "patches/a.patch", "patches/a.patch"),
        (Dialect.RPM, "", "a.patch", "a.patch"),
        (Dialect.OPENWRT, "net/foo/patches", "net/foo/patches/a.patch",
         "net/foo/patches-held/a.patch"),
        (Dialect.OPENWRT, "", "a.patch", "held/a.patch"),
    ],
)  # fmt: skip
def test_what_is_held_stands_where_nothing_applies_it(
    dialect: Dialect, folder: str, place: str, held: str
) -> None:
    """OpenWrt applies whatever is in the folder; elsewhere the list says what is applied."""
    layout = Layout(dialect, "series", folder)
    assert (place, held) == (layout.place_of("a.patch"), layout.held_place_of("a.patch"))


def test_a_patch_in_a_folder_of_its_own() -> None:
    """Yocto looks in several folders."""
    layout = Layout(Dialect.YOCTO, "x.bb", "files", (("a.patch", "files-2"),))
    assert ["files-2/a.patch", "files/b.patch"] == [
        layout.place_of(name) for name in ("a.patch", "b.patch")
    ]


@pytest.mark.parametrize("dialect", Dialect)
def test_the_list_that_a_script_reads(dialect: Dialect) -> None:
    """A series as it is; from any other list a series.conf beside its patches."""
    series = parse_series(b"# ours\na.patch -p0\n-x b.patch\n")
    layout, raw = as_series(Layout(dialect, "list", "folder"), series)
    if dialect in (Dialect.SERIES_CONF, Dialect.SUSE, Dialect.QUILT):
        assert (Layout(dialect, "list", "folder"), series.raw) == (layout, raw)
        return
    assert (Dialect.SERIES_CONF, b"a.patch -p0\n-x b.patch\n") == (layout.dialect, raw)
    assert "series.conf" == layout.series.rpartition("/")[2]
