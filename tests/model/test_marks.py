"""Tests of `patchkit.model.marks`; git-interpret-trailers(1) is the oracle of where marks stand."""

from __future__ import annotations

import subprocess

import pytest

from patchkit.model.entry import OFF, Entry
from patchkit.model.marks import (
    Marks,
    entry_in,
    marks_of,
    patch_note,
    read_note,
    upstream_message,
    with_marks,
)

_A = Entry("a.patch")


@pytest.mark.parametrize(
    "text",
    [
        b"x86: a subject\n",
        b"A subject\n\nA paragraph.\n",
        b"A subject\n\nSigned-off-by: A <a@b>\nAcked-by: B <b@c>\n",
        b"A subject\n\nA paragraph.\n\nSigned-off-by: A <a@b>\n",
        b"A subject\n\nSee this:\n\nAn end.\n",
        b"A subject\n\nNote: it begins as a trailer does,\nand goes on as none.\n",
    ],
)
def test_marks_are_trailers_as_git_puts_them(text: bytes) -> None:
    """Behind the trailers that are there, or else in a paragraph of their own."""
    added = subprocess.run(
        ["git", "interpret-trailers", "--trailer", "Patchkit-Patch: a.patch"],
        input=text, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert added == with_marks(text, _A, b"a.patch\n")
    assert Marks("a.patch", True, b"", "", text) == marks_of(added)


def test_a_line_with_options_is_said() -> None:
    """The name alone would lose the level; blanks are no part of it, and a bad line is no entry."""
    entry = Entry("a.patch", 0, is_reversed=True)
    message = with_marks(b"A subject\n", entry, b" a.patch  -p0 -R\n")
    assert (b"A subject\n\nPatchkit-Patch: a.patch\nPatchkit-Series: a.patch -p0 -R\n") == message
    assert entry == entry_in(marks_of(message))
    assert entry_in(marks_of(b"A subject\n")) is None
    assert entry_in(marks_of(b"A subject\n\nPatchkit-Series: # a comment\n")) is None


def test_the_marks_of_git_buildpackage() -> None:
    """The folder goes before the name, whatever their case; ours count before theirs."""
    theirs = b"A subject\n\nGbp-Pq: Topic fixes/\ngbp-pq: name a.patch \n"
    assert Marks("fixes/a.patch", False, b"", "", b"A subject\n") == marks_of(theirs)
    alone = marks_of(b"A subject\n\nGbp: Name a.patch\nGbp-Pq: Ignore\n")
    assert ("a.patch", b"A subject\n") == (alone.name, alone.text)
    assert "" == marks_of(b"A subject\n\nGbp-Pq: Topic fixes\n").name
    both = marks_of(theirs + b"Patchkit-Patch: b.patch\nPatchkit-Patch: c.patch\n")
    assert ("b.patch", True) == (both.name, both.is_own)


def test_names_that_are_not_utf_8() -> None:
    """A name is bytes to the file system, and comes back as it was."""
    name = b"caf\xe9.patch".decode("utf-8", "surrogateescape")
    message = with_marks(b"A subject\n", Entry(name), b"caf\xe9.patch\n")
    assert message.endswith(b"\n\nPatchkit-Patch: caf\xe9.patch\n")
    assert name == marks_of(message).name


def test_an_imported_upstream() -> None:
    """Its message names package and version on one line, and it is no patch."""
    message = upstream_message("kata\ncontainers", "2.5.1")
    assert b"kata containers 2.5.1\n\nPatchkit-Upstream: 2.5.1\n" == message
    assert Marks("", False, b"", "2.5.1", b"kata containers 2.5.1\n") == marks_of(message)


def test_a_note_has_the_patch_byte_for_byte() -> None:
    """Empty lines and bytes that are no text included; a note of somebody else has none."""
    raw = b"A subject\n\n--- a/x\n+++ b/x\n\xff\n\n"
    assert b"Patchkit-Patch: a.patch\n\n" + raw == patch_note("a.patch", raw)
    assert ("a.patch", raw) == read_note(patch_note("a.patch", raw))
    for other in (b"reviewed\n\nfine\n", b"Patchkit-Upstream: 1\n\nx", b""):
        assert ("", b"") == read_note(other)


def test_a_patch_that_is_off_says_so_in_its_line() -> None:
    """`-` before the name is a guard that nothing turns off."""
    message = with_marks(b"A subject\n", Entry("a.patch", guards=(OFF,)), b"- a.patch\n")
    assert Entry("a.patch", guards=(OFF,)) == entry_in(marks_of(message))
