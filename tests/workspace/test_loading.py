"""Tests of `patchkit.workspace.loading`: good stacks are read whole, bad ones explained."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchkit.errors import PatchFormatError, PatchkitError, SeriesFormatError, StackError
from patchkit.model.series import Entry
from patchkit.model.stack import Dialect
from patchkit.workspace.loading import load_stack

from .stacks import PATCH, is_one_line, make, open_euler, quilt


def problem_of(root: Path) -> PatchkitError:
    """The error with which a stack is refused; it is one line."""
    with pytest.raises(PatchkitError) as caught:
        load_stack(root)
    assert is_one_line(caught.value)
    return caught.value


# --- good stacks ------------------------------------------------------------------------


def test_an_openeuler_stack(tmp_path: Path) -> None:
    """Patches come in the order of the series, with their bytes and options."""
    open_euler(tmp_path, "# first\nb.patch\n\na.patch -p0\n", "a.patch", "b.patch")
    stack = load_stack(tmp_path)
    assert stack.names == ("b.patch", "a.patch")
    assert stack.patches[1].entry == Entry("a.patch", 0)
    assert [stacked.patch.raw for stacked in stack.patches] == [PATCH, PATCH]
    assert stack.series.raw == b"# first\nb.patch\n\na.patch -p0\n"
    assert stack.warnings == ()


@pytest.mark.parametrize(
    "name", ["a b.patch", "ä.patch", "fix-\udce9.patch", "-x.patch", "a\\b.patch"]
)
def test_odd_names(tmp_path: Path, name: str) -> None:
    """Any file name that a line can hold is found, in whatever encoding."""
    open_euler(tmp_path, os.fsencode(name) + b"\r\n", name)
    assert (name,) == load_stack(tmp_path).names


@pytest.mark.parametrize("series", ["", "\n# nothing yet\n"])
def test_an_empty_series(tmp_path: Path, series: str) -> None:
    """A series without patches is a stack without patches."""
    stack = load_stack(open_euler(tmp_path, series))
    assert stack.patches == ()
    assert stack.series.raw == series.encode()


def test_links_within_the_stack(tmp_path: Path) -> None:
    """A patch may be a symbolic link to one in the same stack, and the stack itself may be one."""
    open_euler(tmp_path / "s", "link.patch\na.patch\n", "a.patch")
    (tmp_path / "s/patches/link.patch").symlink_to("a.patch")
    (tmp_path / "link").symlink_to("s")
    assert load_stack(tmp_path / "link").names == ("link.patch", "a.patch")


def test_guards_and_flags(tmp_path: Path) -> None:
    """What no flag selects rides along as bytes, even if it is no patch."""
    open_euler(tmp_path, "+virt a.patch\n-virt b.patch\n", "a.patch")
    make(tmp_path, {"patches/b.patch": "not a patch"})
    with pytest.raises(PatchFormatError):
        load_stack(tmp_path)
    stack = load_stack(tmp_path, flags=frozenset({"virt"}))
    assert stack.names == ("a.patch",)
    assert stack.guarded == (("b.patch", b"not a patch"),)
    assert stack.warnings == ()


def test_a_missing_guarded_patch_is_a_warning(tmp_path: Path) -> None:
    """What is not applied need not be there."""
    stack = load_stack(open_euler(tmp_path, "a.patch\n+virt b.patch\n", "a.patch"))
    (warning,) = stack.warnings
    assert warning == "series.conf:2: b.patch: no such file, but no flag selects it."
    assert stack.guarded == ()


# --- one problem ------------------------------------------------------------------------


def test_no_series_file(tmp_path: Path) -> None:
    """A folder without a series file is no stack."""
    assert "no series file here" in problem_of(tmp_path).message


def test_a_missing_patch(tmp_path: Path) -> None:
    """The message has file and line; the hint has the name that was probably meant."""
    open_euler(tmp_path, "a.patch\n0002-fix-boot.patch\n", "a.patch", "0002-fix-the-boot.patch")
    (tmp_path / "series.conf").write_text(
        "a.patch\n0002-fix-boot.patch\n# 0002-fix-the-boot.patch\n"
    )
    error = problem_of(tmp_path)
    expected = f"{tmp_path}/series.conf:2: 0002-fix-boot.patch: no such file in patches/."
    assert expected == error.message
    assert error.hints == ("Did you mean 0002-fix-the-boot.patch?",)


def test_a_missing_patch_that_resembles_no_other(tmp_path: Path) -> None:
    """A file that another line names is not proposed."""
    error = problem_of(open_euler(tmp_path, "0001-fix.patch\n0002-fix.patch\n", "0001-fix.patch"))
    assert error.hints == ("Add the file, or delete the line.",)


def test_a_patch_in_the_wrong_folder(tmp_path: Path) -> None:
    """A patch beside series.conf instead of in patches/ is pointed at."""
    open_euler(tmp_path, "a.patch\nb.patch\nc.patch\n", "a.patch", "b.patch")
    make(tmp_path, {"c.patch": PATCH})
    assert f"But there is {tmp_path}/c.patch: move it" in problem_of(tmp_path).hints[0]


def test_a_broken_link(tmp_path: Path) -> None:
    """A symbolic link to nothing is called that."""
    open_euler(tmp_path, "a.patch\n")
    (tmp_path / "patches/a.patch").symlink_to("gone")
    assert "series.conf:1: a.patch: a broken symbolic link." in problem_of(tmp_path).message


@pytest.mark.parametrize("again", ["a.patch", "./a.patch", "+virt a.patch -p0"])
def test_a_patch_listed_twice(tmp_path: Path, again: str) -> None:
    """Both lines are named, however the name is spelled."""
    error = problem_of(open_euler(tmp_path, f"a.patch\n\n{again}\n", "a.patch"))
    assert f"{tmp_path}/series.conf:3: " in error.message
    assert error.message.endswith("a.patch: listed twice, first on line 1.")


@pytest.mark.parametrize("name", ["../x.patch", "/etc/passwd", "sub/../../x.patch", "a/../b.patch"])
def test_a_path_that_leaves_the_folder(tmp_path: Path, name: str) -> None:
    """Nothing outside the folder is read, be it there or not."""
    make(tmp_path, {"x.patch": PATCH})
    error = problem_of(open_euler(tmp_path / "s", f"{name}\n"))
    assert error.message == f"{tmp_path}/s/series.conf:1: {name}: the path leads out of the folder."


@pytest.mark.parametrize("name", ["link.patch", "folder/x.patch"])
def test_a_link_that_leaves_the_folder(tmp_path: Path, name: str) -> None:
    """Nor is it read through a symbolic link, of the file or of a folder."""
    make(tmp_path, {"outside/x.patch": PATCH})
    open_euler(tmp_path / "s", f"{name}\n")
    (tmp_path / "s/patches/link.patch").symlink_to("../../outside/x.patch")
    (tmp_path / "s/patches/folder").symlink_to(tmp_path / "outside")
    if name != "link.patch":
        (tmp_path / "s/patches/link.patch").unlink()
    message = problem_of(tmp_path / "s").message
    assert f"{name}: a symbolic link leads out of the folder, to {tmp_path}/outside" in message


def test_a_loop_of_links(tmp_path: Path) -> None:
    """A symbolic link to itself is an error with its reason."""
    open_euler(tmp_path, "a.patch\n")
    (tmp_path / "patches/a.patch").symlink_to("a.patch")
    assert "a.patch: cannot be read: Too many levels" in problem_of(tmp_path).message


@pytest.mark.parametrize("name", ["patches", "."])
def test_a_folder_instead_of_a_patch(tmp_path: Path, name: str) -> None:
    """A line that names a folder gets told to name the files in it."""
    open_euler(tmp_path, f"{name}\n")
    (tmp_path / "patches/patches").mkdir()
    error = problem_of(tmp_path)
    assert error.message == f"{tmp_path}/series.conf:1: {name}: a folder, not a patch file."
    assert error.hints == ("Name the patches that are in it, one on a line.",)


def test_a_pipe_instead_of_a_patch(tmp_path: Path) -> None:
    """A pipe is refused and not waited for."""
    open_euler(tmp_path, "a.patch\n")
    os.mkfifo(tmp_path / "patches/a.patch")
    assert "a.patch: not a regular file." in problem_of(tmp_path).message


def test_a_compressed_patch(tmp_path: Path) -> None:
    """A compressed patch is called that, rather than a damaged one."""
    error = problem_of(open_euler(tmp_path, "a.patch.gz\n", "a.patch.gz"))
    assert "a.patch.gz: a compressed patch." in error.message


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    """A name longer than any file can have is an error of the series."""
    assert (
        "cannot be read: File name too long" in problem_of(open_euler(tmp_path, "a" * 300)).message
    )


def test_a_name_with_control_characters(tmp_path: Path) -> None:
    """A message stays one line whatever the series names."""
    error = problem_of(open_euler(tmp_path, b"a\rb\x1b[2J\xff.patch\n"))
    assert r"series.conf:1: a\rb\x1b[2J\xff.patch: no such file" in error.message


def test_a_damaged_patch(tmp_path: Path) -> None:
    """What is wrong with a patch is said by its reader, with the line in the patch."""
    open_euler(tmp_path, "a.patch\n")
    make(tmp_path, {"patches/a.patch": PATCH[:-3]})
    with pytest.raises(PatchFormatError, match=r"a\.patch:3: "):
        load_stack(tmp_path)


def test_a_series_in_utf_16(tmp_path: Path) -> None:
    """An editor's UTF-16 is named with the file and the way out."""
    open_euler(tmp_path, "a.patch\n".encode("utf-16"), "a.patch")
    error = problem_of(tmp_path)
    assert isinstance(error, SeriesFormatError)
    assert error.message == f"{tmp_path}/series.conf:1: the file is in UTF-16."


LOAD_AS_NOBODY = """
import os, pathlib, sys
from patchkit.errors import PatchkitError
from patchkit.workspace.loading import load_stack
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    load_stack(pathlib.Path(sys.argv[1]))
except PatchkitError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("closed", "mode", "expected"),
    [
        ("series.conf", 0o000, "/series.conf: cannot be read: Permission denied."),
        ("patches/a.patch", 0o000, "/series.conf:1: a.patch: cannot be read: Permission denied."),
        ("patches", 0o000, "/patches: cannot be read: Permission denied."),
        ("patches", 0o111, "/patches: cannot be read: Permission denied."),
        (".", 0o000, "/series.conf: cannot be read: Permission denied."),
    ],
)
def test_what_may_not_be_read(public_tmp_path: Path, closed: str, mode: int, expected: str) -> None:
    """Without the permission to read there is one line that says so; root becomes nobody first."""
    root = open_euler(public_tmp_path / "s", "a.patch\n", "a.patch")
    (root / closed).chmod(mode)
    try:
        done = subprocess.run(
            [sys.executable, "-c", LOAD_AS_NOBODY, root], capture_output=True, text=True, check=True
        )
    finally:
        (root / closed).chmod(0o755)
    assert expected in done.stdout
    assert done.stdout.count("\n") == 1


# --- patches that are not listed --------------------------------------------------------


def test_an_unlisted_patch(tmp_path: Path) -> None:
    """In patches/ of a series.conf stack every patch file must be named."""
    open_euler(tmp_path, "a.patch\n", "a.patch", "b.patch", "sub/c.diff", ".hidden.patch", "README")
    error = problem_of(tmp_path)
    assert isinstance(error, StackError)
    assert error.message == f"{tmp_path}/series.conf: not listed: b.patch, sub/c.diff."
    assert error.hints == ("List it, delete it, or mention it in a comment of series.conf.",)


def test_a_comment_is_enough(tmp_path: Path) -> None:
    """A patch that a comment mentions is known about."""
    series = "a.patch # replaces b.patch\n#c.patch -p0\n# patches/d.patch: upstream\n"
    names = ["a.patch", "b.patch", "c.patch", "d.patch"]
    assert load_stack(open_euler(tmp_path, series, *names)).names == ("a.patch",)


def test_unlisted_patches_of_quilt_are_a_warning(tmp_path: Path) -> None:
    """quilt keeps patches that are not in the series."""
    stack = load_stack(quilt(tmp_path, "a.patch\n", "a.patch", "old/b.patch"))
    assert stack.layout.dialect is Dialect.QUILT
    assert stack.warnings == ("debian/patches/series: not listed: old/b.patch.",)


def test_unlisted_patches_in_the_root_are_a_warning(tmp_path: Path) -> None:
    """Where patches stand among other files only the named folders are looked at."""
    files = {
        "patch/a.patch": PATCH,
        "patch/b.patch": PATCH,
        "c.diff": PATCH,
        "other/d.patch": PATCH,
    }
    stack = load_stack(make(tmp_path, {"series.conf": "patch/a.patch\n", **files}))
    assert stack.warnings == ("series.conf: not listed: c.diff, patch/b.patch.",)


# --- doubts -----------------------------------------------------------------------------


def test_a_second_series_file_is_a_warning(tmp_path: Path) -> None:
    """Which of several series files is used is said."""
    open_euler(tmp_path, "a.patch\n", "a.patch")
    make(tmp_path, {"patches/series": "a.patch\n"})
    (warning,) = load_stack(tmp_path).warnings
    assert warning == "series.conf: is used; patches/series beside it is not read."


def test_a_flag_that_nothing_asks_for_is_a_warning(tmp_path: Path) -> None:
    """A misspelt flag would leave out patches without a word."""
    open_euler(tmp_path, "+virt a.patch\n", "a.patch")
    (warning,) = load_stack(tmp_path, flags=frozenset({"virt", "vrit"})).warnings
    assert warning == "series.conf: no guard asks for the flag vrit."


def test_a_guard_of_guilt_is_a_warning(tmp_path: Path) -> None:
    """guilt's guards stand in comments, which quilt does not read either."""
    stack = load_stack(quilt(tmp_path, "a.patch #+virt\n", "a.patch"))
    assert stack.names == ("a.patch",)
    assert "series:1: #+virt is read as a comment" in stack.warnings[0]


# --- several problems -------------------------------------------------------------------


def test_all_problems_at_once(tmp_path: Path) -> None:
    """One error has a line for each problem, each with its place and its hint."""
    root = open_euler(
        tmp_path, "a.patch\na.patch\ngone.patch\n../x\nbad.patch\n.\n", "a.patch", "new.patch"
    )
    make(root, {"patches/bad.patch": "no diff"})
    with pytest.raises(StackError) as caught:
        load_stack(root)
    first, *lines = caught.value.message.split("\n")
    assert first == f"{root}/series.conf: 6 problems."
    places = [f"{root}/series.conf:{number}: " for number in (2, 3, 4)]
    places += ["bad.patch: no diff", f"{root}/series.conf:6: ", f"{root}/series.conf: not listed: "]
    assert len(places) == len(lines)
    for place, line in zip(places, lines, strict=True):
        assert line.startswith(f"  {place}")
        assert line.endswith((".", "?"))


def test_very_many_problems(tmp_path: Path) -> None:
    """A stack whose patches are all gone does not flood the terminal."""
    series = "".join(f"{number:04}.patch\n" for number in range(1000))
    with pytest.raises(StackError) as caught:
        load_stack(open_euler(tmp_path, series))
    lines = caught.value.message.split("\n")
    assert lines[0].endswith("series.conf: 1000 problems.")
    assert lines[-1] == "  And 980 more."
    assert len(lines) == 22


@pytest.mark.parametrize("other", ["A.patch", "cafe\u0301.patch"])
def test_names_that_some_file_systems_take_for_one(tmp_path: Path, other: str) -> None:
    """It works here; where case or Unicode form is folded, one patch is lost."""
    names = ("a.patch", "caf\u00e9.patch", other)
    open_euler(tmp_path, "".join(f"{name}\n" for name in names), *names)
    (warning,) = load_stack(tmp_path).warnings
    assert warning.startswith(f"series.conf:3: {other} and ")
    assert "one file where case or Unicode form is folded" in warning
