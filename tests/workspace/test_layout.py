"""Tests of `patchkit.workspace.layout`: which files make a folder a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.stack import Dialect, Layout
from patchkit.workspace.layout import SERIES_FILES, find_layout

from .stacks import PATCH, is_one_line, make


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"series.conf": "a.patch\n", "patches/a.patch": PATCH},
            Layout(Dialect.SERIES_CONF, "series.conf", "patches"),
        ),
        (
            {"series.conf": "a.patch\n", "a.patch": PATCH},
            Layout(Dialect.SERIES_CONF, "series.conf", ""),
        ),
        (
            {"series.conf": "a.patch\n", "a.patch": PATCH, "patches/other.txt": ""},
            Layout(Dialect.SERIES_CONF, "series.conf", ""),
        ),
        (
            {"series.conf": "\tpatches.suse/a.patch\n", "patches.suse/a.patch": PATCH},
            Layout(Dialect.SUSE, "series.conf", ""),
        ),
        (
            {"series.conf": "patches/a.patch\n", "patches/a.patch": PATCH},
            Layout(Dialect.SERIES_CONF, "series.conf", ""),
        ),
        (
            {"series.conf": "a\nb\nc\n", "a": "", "patches/b": "", "patches/c": ""},
            Layout(Dialect.SERIES_CONF, "series.conf", "patches"),
        ),
        ({"series.conf": ""}, Layout(Dialect.SERIES_CONF, "series.conf", "")),
        (
            {"series.conf": "", "patches/a.txt": ""},
            Layout(Dialect.SERIES_CONF, "series.conf", "patches"),
        ),
        (
            {"series.conf": "", "patches": "a file"},
            Layout(Dialect.SERIES_CONF, "series.conf", ""),
        ),
        (
            {"series": "a.patch\n", "a.patch": PATCH},
            Layout(Dialect.QUILT, "series", ""),
        ),
        (
            {"series": "a.patch\n", "patches/a.patch": PATCH},
            Layout(Dialect.QUILT, "series", "patches"),
        ),
        (
            {"series": "", "patches/a.patch": PATCH},
            Layout(Dialect.QUILT, "series", ""),
        ),
        (
            {"patches/series": "a.patch\n", "patches/a.patch": PATCH},
            Layout(Dialect.QUILT, "patches/series", "patches"),
        ),
        (
            {"debian/patches/series": "a.patch\n"},
            Layout(Dialect.QUILT, "debian/patches/series", "debian/patches"),
        ),
    ],
)
def test_layouts(tmp_path: Path, files: dict[str, bytes | str], expected: Layout) -> None:
    """Each layout is found, and so is the folder in which most of the named files are."""
    assert expected == find_layout(make(tmp_path, files))


def test_the_first_of_several_counts(tmp_path: Path) -> None:
    """Where a folder has several series files the documented order decides."""
    order = ["series.conf", "debian/patches/series", "patches/series", "series"]
    assert order == list(SERIES_FILES)
    make(tmp_path, dict.fromkeys(order, ""))
    for place in order:
        assert place == find_layout(tmp_path).series
        (tmp_path / place).unlink()


def test_a_series_through_a_symbolic_link(tmp_path: Path) -> None:
    """A series file may be a symbolic link."""
    make(tmp_path, {"series-5.4": "", "a.txt": ""})
    (tmp_path / "series").symlink_to("series-5.4")
    assert Layout(Dialect.QUILT, "series", "") == find_layout(tmp_path)


def test_no_series_file(tmp_path: Path) -> None:
    """The message says what was looked for, and that is all it can say."""
    with pytest.raises(StackError) as caught:
        find_layout(tmp_path)
    looked_for = (
        "series.conf, debian/patches/series, patches/series, series, "
        "a spec or a recipe that names patches, numbered patches/"
    )
    assert f"{tmp_path}: no series file here. Looked for {looked_for}." == caught.value.message
    assert is_one_line(caught.value)


def test_no_series_file_but_near_ones(tmp_path: Path) -> None:
    """Stacks above and at most two levels below are proposed, hidden folders are not."""
    make(tmp_path, {"top/series.conf": "", "top/.git/series": "", "top/x/2.5.1/series": ""})
    (tmp_path / "top/x/empty").mkdir()
    with pytest.raises(StackError, match="no series file") as caught:
        find_layout(tmp_path / "top/x")
    assert (f"Near ones are in: {tmp_path}/top, {tmp_path}/top/x/2.5.1.",) == caught.value.hints
    (tmp_path / "top/series.conf").unlink()
    with pytest.raises(StackError, match="no series file") as caught:
        find_layout(tmp_path)
    assert caught.value.hints == ()
    with pytest.raises(StackError, match="no series file") as caught:
        find_layout(tmp_path / "top")
    assert (f"Near ones are in: {tmp_path}/top/x/2.5.1.",) == caught.value.hints


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"series/x/series.conf": ""}, "series is a folder, not a series"),
        ({"series.conf/x": ""}, "series.conf is a folder, not a series"),
        ({"patches": ""}, "patches is not a folder"),
        ({"debian": ""}, "debian/patches is not a folder"),
    ],
)
def test_something_else_of_that_name(
    tmp_path: Path, files: dict[str, bytes | str], problem: str
) -> None:
    """A folder called series, or a file called patches, is named as what is wrong."""
    with pytest.raises(StackError) as caught:
        find_layout(make(tmp_path, files))
    assert f"{tmp_path}: {problem}. Looked for " in caught.value.message
    assert is_one_line(caught.value)


def test_a_broken_link_for_a_series(tmp_path: Path) -> None:
    """A broken symbolic link is called that."""
    (tmp_path / "series").symlink_to("gone")
    with pytest.raises(StackError, match="series is a broken symbolic link"):
        find_layout(tmp_path)


def test_something_else_does_not_hide_a_series(tmp_path: Path) -> None:
    """A folder called series.conf is no obstacle where there is a series."""
    make(tmp_path, {"series.conf/x": "", "patches/series": ""})
    assert find_layout(tmp_path).series == "patches/series"


def test_patches_is_a_file(tmp_path: Path) -> None:
    """An archive called patches is no folder of patches."""
    make(tmp_path, {"series.conf": "a.patch\n", "patches": "an archive"})
    with pytest.raises(StackError, match="patches: a file, but it should be the folder") as caught:
        find_layout(tmp_path)
    assert is_one_line(caught.value)


def test_no_such_folder(tmp_path: Path) -> None:
    """A folder that is not there brings up one with a similar name."""
    (tmp_path / "kata-containers").mkdir()
    with pytest.raises(StackError, match="kata-container: no such folder") as caught:
        find_layout(tmp_path / "kata-container")
    assert (f"Did you mean {tmp_path}/kata-containers?",) == caught.value.hints


def test_the_series_instead_of_its_folder(tmp_path: Path) -> None:
    """Naming the series file brings up its folder."""
    make(tmp_path, {"series.conf": ""})
    with pytest.raises(
        StackError, match=r"series\.conf: a file, but a stack is a folder"
    ) as caught:
        find_layout(tmp_path / "series.conf")
    assert (f"Did you mean {tmp_path}?",) == caught.value.hints


def test_a_loop_of_links(tmp_path: Path) -> None:
    """A symbolic link to itself is an error with its reason, not a crash."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StackError, match="loop: cannot be read: Too many levels"):
        find_layout(tmp_path / "loop")


def test_names_that_lead_elsewhere_are_not_looked_for(tmp_path: Path) -> None:
    """A path outside the folder says nothing about where the patches stand."""
    make(
        tmp_path,
        {"x.patch": PATCH, "s/series.conf": "../x.patch\n/etc/passwd\n", "s/patches/y": ""},
    )
    assert find_layout(tmp_path / "s").patches == "patches"


def test_a_bad_series_is_named_with_its_path(tmp_path: Path) -> None:
    """What is wrong with the series file itself is said with path and line."""
    make(tmp_path, {"series.conf": "a.patch --what\n"})
    with pytest.raises(SeriesFormatError, match=r"/series\.conf:1: option not understood"):
        find_layout(tmp_path)
