"""The proof: what the engine says is compared with what GNU patch does, and every lie is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patchkit.errors import PatchkitError, ProofError
from patchkit.model.stack import Dialect, Layout
from patchkit.model.tree import EXECUTABLE, SUBMODULE, SYMLINK, File
from patchkit.proof import prove, script

SERIES_CONF = Layout(Dialect.SERIES_CONF, "series.conf", "patches")
LAYOUTS = [
    SERIES_CONF,
    Layout(Dialect.SERIES_CONF, "series.conf", ""),
    Layout(Dialect.QUILT, "debian/patches/series", "debian/patches"),
    Layout(Dialect.QUILT, "patches/series", "patches"),
]

HELLO = b"one\ntwo\nthree\nfour\nfive\nsix\n"
EDIT = b"""\
Subject: an edit

--- a/hello.c
+++ b/hello.c
@@ -1,6 +1,6 @@
 one
 two
-three
+THREE
 four
 five
 six
"""
ADD = b"""\
diff --git a/new/made b/new/made
new file mode 100755
--- /dev/null
+++ b/new/made
@@ -0,0 +1 @@
+made
\\ No newline at end of file
"""
DELETE = b"""\
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-gone
"""
PATCHES = {"0001-edit.patch": EDIT, "0002-add.patch": ADD, "0003-delete.patch": DELETE}
PRISTINE: Mapping[bytes, File | None] = {
    b"hello.c": File(HELLO),
    b"new/made": None,
    b"gone": File(b"gone\n"),
}
EXPECTED: Mapping[bytes, File | None] = {
    b"hello.c": File(HELLO.replace(b"three", b"THREE")),
    b"new/made": File(b"made", EXECUTABLE),
    b"gone": None,
}


def _prove(**changed: Any) -> None:
    """The proof of the stack above, with some of it changed."""
    patches = changed.get("patches", PATCHES)
    whole: dict[str, Any] = {
        "series": b"".join(os.fsencode(name) + b"\n" for name in patches),
        "layout": SERIES_CONF,
        "patches": patches,
        "pristine": PRISTINE,
        "expected": EXPECTED,
        "strip": 1,
        "flags": frozenset(),
        "package": "demo",
    }
    prove(**{**whole, **changed})


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the proof makes its scratch folder."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return place


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.series + " " + layout.patches)
@pytest.mark.parametrize("shell", [name for name in ("sh", "dash", "bash") if shutil.which(name)])
def test_true_result(layout: Layout, shell: str, scratch: Path) -> None:
    """A right result passes in every layout and shell, and nothing stays behind."""
    _prove(layout=layout, shell=shell)
    assert not list(scratch.iterdir())


def test_empty_series() -> None:
    """A stack with nothing left in it is proved by leaving the tree alone."""
    _prove(series=b"# all dropped\n", patches={}, pristine={}, expected={})
    _prove(series=b"", patches={}, expected=PRISTINE)


def test_only_selected_patches_are_applied() -> None:
    """Guards, levels and directions of the series count."""
    undo = subprocess.run(
        ["sed", "s,[ab]/hello,hello,"], input=EDIT, stdout=subprocess.PIPE, check=True
    ).stdout
    _prove(
        series=b"0001-edit.patch\n-virt 0002-add.patch\n+virt undo.patch -p0 -R\n",
        patches={**PATCHES, "undo.patch": undo},
        expected=PRISTINE,
        flags=frozenset({"virt"}),
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {b"hello.c": File(HELLO.replace(b"three", b"Three"))},
            'hello.c: line 3 should be "Three\\n", but is "THREE\\n".',
        ),
        (
            {b"hello.c": File(HELLO.replace(b"three", b"THREE") + b"seven\n")},
            'hello.c: line 7 should be "seven\\n", but is nothing.',
        ),
        (
            {b"hello.c": File(HELLO.replace(b"three", b"THREE\r"))},
            'hello.c: line 3 should be "THREE\\r\\n", but is "THREE\\n".',
        ),
        (
            {b"hello.c": File(HELLO.replace(b"three", b"THREE")[:-1])},
            'hello.c: line 6 should be "six", but is "six\\n".',
        ),
        (
            {b"hello.c": File(b"x" * 1000)},
            'hello.c: line 1 should be "' + "x" * 200 + '…", but is "one\\n".',
        ),
        ({b"hello.c": None}, "hello.c: is there, but should be gone."),
        ({b"gone": File(b"gone\n")}, "gone: should be there, but is not."),
        ({b"new/made": File(b"made")}, "new/made: should not be executable."),
        (
            {b"hello.c": File(HELLO.replace(b"three", b"THREE"), EXECUTABLE)},
            "hello.c: should be executable.",
        ),
        (
            {b"new/made": File(b"made", SYMLINK)},
            "new/made: should be a symbolic link, but is a regular file.",
        ),
    ],
)
def test_other_expectation(change: dict[bytes, File | None], problem: str, scratch: Path) -> None:
    """Whatever the engine has wrong in a file is found, and the first difference is named."""
    with pytest.raises(ProofError) as caught:
        _prove(expected={**EXPECTED, **change})
    assert problem == caught.value.message
    assert caught.value.exit_code == 3
    assert caught.value.hints
    assert not list(scratch.iterdir())


def test_path_that_only_one_side_has() -> None:
    """A path that is given on one side only is the same on the other."""
    kept = File(b"kept\n")
    _prove(pristine={**PRISTINE, b"kept": kept})
    _prove(expected={**EXPECTED, b"kept": kept})


def test_file_that_nobody_expects() -> None:
    """A file that a patch makes and the engine does not know of is found."""
    with pytest.raises(ProofError, match=r"^new/made: the script leaves this file behind"):
        _prove(
            pristine={b"hello.c": File(HELLO), b"gone": File(b"gone\n")},
            expected={b"hello.c": EXPECTED[b"hello.c"], b"gone": None},
        )


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        (
            EDIT.replace(b"@@ -1,6 +1,6 @@", b"@@ -3,6 +3,6 @@"),
            "GNU patch does not find it at its line: Hunk #1 succeeded at 1 (offset -2 lines).",
        ),
        (EDIT.replace(b" six", b" sieben"), "GNU patch does not apply it: Hunk #1 FAILED at 1."),
        (EDIT.replace(b"hello", b"nothing"), "GNU patch does not apply it: can't find file"),
        (b"words\n", "does not apply it: patch: **** Only garbage was found in the patch input."),
    ],
)
def test_patch_that_does_not_fit(patch: bytes, problem: str) -> None:
    """A patch that fails, or applies elsewhere than it says, is named with the words of patch."""
    with pytest.raises(ProofError) as caught:
        _prove(patches={"0000-ok.patch": ADD, "0001-edit.patch": patch, "9.patch": DELETE})
    assert caught.value.message.startswith("0001-edit.patch: ")
    assert problem in caught.value.message


def test_fuzz_is_not_allowed() -> None:
    """A hunk that fits only with fuzz does not fit."""
    fuzzy = EDIT.replace(b" one\n", b" eins\n")
    with pytest.raises(ProofError, match=r"0001-edit\.patch: GNU patch does not apply it"):
        _prove(patches={"0001-edit.patch": fuzzy})


def test_script_that_stops_for_another_reason() -> None:
    """A series that names a patch that is not there is no fault of a patch, and is said so."""
    with pytest.raises(ProofError) as caught:
        _prove(series=b"missing.patch\n")
    assert caught.value.message == (
        "the script ended with exit code 2: "
        "apply-patches: series.conf:1: there is no such patch to read: patches/missing.patch"
    )


def test_odd_names_and_kinds() -> None:
    """Names that are no text, links with untidy targets, long paths and submodules hold."""
    long = b"d" * 120 + b"/" + b"f" * 120
    link = b"""\
diff --git a/link b/link
index 1..2 120000
--- a/link
+++ b/link
@@ -1 +1 @@
-.//hello.c
\\ No newline at end of file
+./new//target
\\ No newline at end of file
"""
    name = "it's \udce9 $x.patch"
    # The tab after a name with a blank is what diff puts there.
    odd = b"--- a/x-\xe9 \xc3\xa9.c\t\n+++ b/x-\xe9 \xc3\xa9.c\t\n@@ -1 +1 @@\n-a\n+\xe4\n"
    _prove(
        patches={name: odd, "link.patch": link},
        pristine={
            b"x-\xe9 \xc3\xa9.c": File(b"a\n"),
            b"link": File(b".//hello.c", SYMLINK),
            long: File(b"kept\r\n", EXECUTABLE),
            b"module": File(b"", SUBMODULE),
            b"dangling": File(b"/nowhere/\xff", SYMLINK),
            b"folder-link": File(b"d", SYMLINK),
            b"d/x": File(b""),
        },
        expected={
            b"x-\xe9 \xc3\xa9.c": File(b"\xe4\n"),
            b"link": File(b"./new//target", SYMLINK),
            b"folder-link/x": None,
        },
    )


def test_link_that_differs() -> None:
    """The target of a link is its content."""
    with pytest.raises(ProofError, match=r'^link: line 1 should be "a/\./b", but is "a/b"\.'):
        _prove(
            patches={},
            pristine={b"link": File(b"a/b", SYMLINK)},
            expected={b"link": File(b"a/./b", SYMLINK)},
        )


def test_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof runs in an environment of its own."""
    for name, value in (
        ("POSIXLY_CORRECT", "1"),
        ("BASH_ENV", "/dev/full"),
        ("TAR_OPTIONS", "--exclude=*"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("VERSION_CONTROL", "numbered"),
    ):
        monkeypatch.setenv(name, value)
    _prove()


@pytest.mark.parametrize("missing", ["sh", "patch", "tar"])
def test_missing_program(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that the proof needs and does not find is named, with what to install."""
    for name in {"sh", "patch", "tar"} - {missing}:
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PatchkitError, match=f"the program {missing} is missing") as caught:
        _prove()
    assert caught.value.exit_code == 2
    assert missing in caught.value.hints[0]


@pytest.mark.parametrize("name", ["../x.patch", "/x.patch", "a/../../x.patch"])
def test_name_that_leads_out(name: str, scratch: Path) -> None:
    """No patch is written outside the scratch folder, whatever it is called."""
    with pytest.raises(PatchkitError, match="leads out of the folder"):
        _prove(patches={name: EDIT})
    assert not list(scratch.iterdir())


def test_scratch_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place to work in there is an error that says what to set."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(PatchkitError, match="the proof cannot be run in") as caught:
        _prove()
    assert "TMPDIR" in caught.value.hints[0]


def test_scratch_folder_in_memory_that_fails(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory may have run out: the usual place decides."""
    monkeypatch.setattr(script, "quickest_folder", lambda _: scratch / "full")
    _prove()
    with pytest.raises(ProofError, match="line 3 should be"):
        _prove(expected={**EXPECTED, b"hello.c": File(HELLO.replace(b"three", b"3"))})


def test_many_patches() -> None:
    """A long series on one file is proved patch by patch."""
    count = 150
    patches = {
        f"{number:04}.patch": b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-%d\n+%d\n" % (number, number + 1)
        for number in range(count)
    }
    _prove(patches=patches, pristine={b"f": File(b"0\n")}, expected={b"f": File(b"%d\n" % count)})
