"""The upstream version as packaging says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.workspace.packageversion import FoundVersion, make_variable, version_in

from .stacks import PATCH, make

_SERIES: dict[str, bytes | str] = {"series.conf": "a.patch\n", "patches/a.patch": PATCH}
_DEBIAN: dict[str, bytes | str] = {
    "debian/patches/series": "a.patch\n",
    "debian/patches/a.patch": PATCH,
}
_HASH = "0123456789abcdef0123456789abcdef01234567"


def _recipe(name: str, text: str = "") -> dict[str, bytes | str]:
    return {name: f'SRC_URI = "file://a.patch"\n{text}', "files/a.patch": PATCH}


@pytest.mark.parametrize(
    ("files", "version", "place"),
    [
        ({**_DEBIAN, "debian/changelog": "a (1.2-3) x; y=z\n"}, "1.2", "debian/changelog"),
        (
            {**_DEBIAN, "debian/changelog": "a (2:1.2~rc1-3+b1) x; y\n"},
            "1.2~rc1", "debian/changelog",
        ),
        ({**_DEBIAN, "debian/changelog": "\na (1.2) x; y\n"}, "1.2", "debian/changelog"),
        (
            {**_DEBIAN, "debian/changelog": "a (1-2-3) x; y\n", "a.spec": "Version: 9\n"},
            "1-2", "debian/changelog",
        ),
        ({**_SERIES, "a.spec": "%global v 1.2\nVersion: %{v}\n"}, "1.2", "Version of a.spec"),
        (
            {**_SERIES, "a.spec": "Version: 3\n", "debian/changelog": "a (1-2) x; y\n"},
            "3", "Version of a.spec",
        ),
        (
            {"SPECS/a.spec": "Version: 4\nPatch: a.patch\n", "SOURCES/a.patch": PATCH},
            "4", "Version of SPECS/a.spec",
        ),
        (_recipe("a_1.2.bb"), "1.2", "the name of a_1.2.bb"),
        (_recipe("a_1.2.bb", 'PV = "1.3"\n'), "1.3", "PV in a_1.2.bb"),
        (_recipe("a_git.bb", f'SRCREV = "{_HASH}"\n'), _HASH, "SRCREV in a_git.bb"),
        (
            _recipe("a_git.bb", f'PV = "1.0+git"\nSRCREV_x = "{_HASH}"\n'),
            _HASH, "SRCREV in a_git.bb",
        ),
        ({**_recipe("a.inc"), "a_1.2.bb": "require a.inc\n"}, "1.2", "the name of a_1.2.bb"),
        ({**_recipe("a_%.bbappend")}, None, ""),
        (
            {"patches/1-a.patch": PATCH, "Makefile": "PKG_NAME:=a\nPKG_VERSION:=$(V).2\nV:=1\n"},
            "1.2", "PKG_VERSION in Makefile",
        ),
        (
            {
                "patches/1-a.patch": PATCH,
                "Makefile": f"PKG_NAME:=a\nPKG_SOURCE_PROTO:=git\nPKG_SOURCE_VERSION:={_HASH}\n",
            },
            _HASH, "PKG_SOURCE_VERSION in Makefile",
        ),
        (
            {"patches/1-a.patch": PATCH, "Makefile": "PKG_NAME:=a\nPKG_VERSION:=$(shell x)\n"},
            None, "",
        ),
        ({**_SERIES, "Makefile": "VERSION = 6\n"}, None, ""),
        ({**_SERIES, "rpm/config.sh": 'SRCVERSION="6.4"\n'}, "6.4", "SRCVERSION in rpm/config.sh"),
        ({**_SERIES, "a.spec": "Version: %{lua:print(1)}\n"}, None, ""),
        ({**_SERIES, "a.spec": "Version: 1\n", "b.spec": "Version: 2\n"}, None, ""),
        (_SERIES, None, ""),
    ],
)  # fmt: skip
def test_the_version(
    tmp_path: Path, files: dict[str, bytes | str], version: str | None, place: str
) -> None:
    """The file that has the list of the patches is asked first; what cannot be told is not told."""
    root = make(tmp_path, files)
    expected = None if version is None else FoundVersion(version, place)
    assert expected == version_in(root)


def test_the_folder_of_debian_itself(tmp_path: Path) -> None:
    """The stack may be named by debian/, where its settings can stand."""
    make(tmp_path, {**_DEBIAN, "debian/changelog": "a (1.2-3) x; y=z\n"})
    expected = FoundVersion("1.2", "debian/changelog")
    assert expected == version_in(tmp_path / "debian") == version_in(tmp_path)


def test_variables_that_are_made_of_each_other() -> None:
    """Those that go round in a circle come to an end, and so do those that double each time."""
    assert "1" == make_variable(b"A:=$(B)x\nB:=$(A)\nC ?= 1\n", "C")
    assert "$(" in make_variable(b"A:=$(B)x\nB:=$(A)\n", "A")
    doubling = b"".join(b"V%d:=$(V%d)$(V%d)\n" % (one, one + 1, one + 1) for one in range(300))
    assert len(make_variable(doubling.replace(b"V", b"V_"), "V_0")) <= 1000


def test_macros_that_treble_each_time(tmp_path: Path) -> None:
    """A spec whose version would fill the memory, or never come to an end, tells none."""
    for last in ("x", "%{nil}"):
        macros = [f"%global m{one} %m{one + 1}%m{one + 1}%m{one + 1}\n" for one in range(18)]
        spec = "".join([*macros, f"%global m18 {last}\n%global nil %%\nVersion: %m0\n"])
        root = make(tmp_path / last.strip("%{}"), {**_SERIES, "a.spec": spec})
        assert version_in(root) is None
