"""Tests of `patchkit.model.origin`: a converted stack knows the list that it comes from."""

from __future__ import annotations

import pytest

from patchkit.errors import SeriesFormatError
from patchkit.model.origin import Origin, format_origin, parse_origin
from patchkit.model.stack import Dialect, Layout

_SERIES = b"# ours\npatches.suse/a.patch\n\npatches.arch/b.patch\n"
_ORIGIN = Origin(
    Layout(Dialect.SUSE, "series.conf", "", (("b.patch", "patches.arch"),)),
    _SERIES,
    (("100-a.patch", "patches.suse/a.patch"), ("101-b.patch", "patches.arch/b.patch")),
    (("c.patch", "patches.suse/c\udce9.patch"),),
)
_FILE = (
    b"""# patchkit origin 1
# What this stack was converted from; `patchkit convert` back goes by it.
dialect: suse
list: series.conf
folder:\x20
home: b.patch\tpatches.arch
patch: 100-a.patch\tpatches.suse/a.patch
patch: 101-b.patch\tpatches.arch/b.patch
left-out: c.patch\tpatches.suse/c\xe9.patch

"""
    + _SERIES
)


def test_what_the_file_says() -> None:
    """Every kind of line, in the order of the reference page; the list itself stands at the end."""
    assert _FILE == format_origin(_ORIGIN)
    assert _ORIGIN == parse_origin(_FILE, "patchkit.origin")


@pytest.mark.parametrize(
    ("written", "instead", "line"),
    [
        (b"origin 1", b"origin 2", 1),
        (b"\n\n# ours", b"\n# ours", 11),
        (b"dialect: suse", b"dialect: nobody's", 1),
        (b"dialect: suse\n", b"", 1),
        (b"list: series.conf\n", b"", 1),
        (b"folder: \n", b"", 1),
        (b"folder: \n", b"folder: \nfolder: b\n", 6),
        (b"left-out: c.patch\t", b"left-out: c.patch ", 9),
        (b"home: b", b"house: b", 6),
        (b"patch: 100-a.patch\t", b"patch: 100-a.patch\t\t", 7),
    ],
)
def test_what_is_not_understood_is_named(written: bytes, instead: bytes, line: int) -> None:
    """A stack that goes back by half a note of what it was would lose something."""
    assert 1 == _FILE.count(written)
    with pytest.raises(SeriesFormatError) as caught:
        parse_origin(_FILE.replace(written, instead), "patchkit.origin")
    assert line == caught.value.line


@pytest.mark.parametrize(
    ("dialect", "place", "raw", "names"),
    [
        (Dialect.SUSE, "series.conf", b"a.patch\n# b.patch\n", ["a.patch"]),
        (Dialect.RPM, "x/demo.spec", b"Name: demo\nPatch0: %{name}.patch\n", ["demo.patch"]),
        (Dialect.YOCTO, "a/b/demo_2.bb", b'SRC_URI = "file://${BP}.patch"\n', ["demo-2.patch"]),
        (Dialect.OPENWRT, "", b"", ["old-a.patch", "old-b.patch"]),
    ],
)
def test_the_list_is_read_as_its_dialect_has_it(
    dialect: Dialect, place: str, raw: bytes, names: list[str]
) -> None:
    """A recipe takes variables from the name of its file; OpenWrt's folder has no file at all."""
    pairs = (("1-a.patch", "old-a.patch"), ("2-b.patch", "old-b.patch"))
    listed = Origin(Layout(dialect, place, "patches"), raw, pairs).listed()
    assert names == [entry.name for entry in listed.entries]
