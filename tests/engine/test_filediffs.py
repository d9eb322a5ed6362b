"""Diffs that are written from nothing; git's own are the oracle."""

from __future__ import annotations

import re

import pytest

from patchkit.engine.filediffs import file_diff
from patchkit.errors import StackError
from patchkit.model.tree import File

from .making import Files, diff, edited, file, link, numbered, program

TEXT = numbered(30)
_ENDING = TEXT.removesuffix(b"\n")
_INDEX = re.compile(rb"^index .*\n", re.MULTILINE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, file(TEXT)),
        (None, program(TEXT)),
        (None, link(b"target")),
        (None, file(b"")),
        (file(TEXT), None),
        (link(b"target"), None),
        (file(b""), None),
        (file(TEXT), file(edited(TEXT, (b"line 3\n", b""), (b"line 20\n", b"20\n")))),
        (file(TEXT), program(TEXT)),
        (program(TEXT), file(_ENDING)),
        (file(_ENDING), file(TEXT)),
        (file(TEXT), link(b"target")),
        (link(b"target"), program(TEXT)),
        (link(b"target"), link(b"other")),
    ],
)
def test_what_git_writes(before: File | None, after: File | None) -> None:
    """But for the ids of the contents, which git cuts and patch has no use for."""
    files: list[Files] = [{} if one is None else {b"a/f": one} for one in (before, after)]
    written = file_diff(b"a/f", before, after, 1)
    assert _INDEX.sub(b"", diff(files[0], files[1])) == _INDEX.sub(b"", written)


def test_nothing_and_what_cannot_be() -> None:
    """Equal files have no diff, and GNU patch makes no binary contents."""
    assert b"" == file_diff(b"f", file(TEXT), file(TEXT), 1)
    with pytest.raises(StackError):
        file_diff(b"f", None, file(b"\0"), 1)


@pytest.mark.parametrize(
    ("strip", "names"), [(0, b"--- f\n+++ f\n"), (2, b"--- a/a/f\n+++ b/b/f\n")]
)
def test_levels(strip: int, names: bytes) -> None:
    """So many folders stand before the name as patch takes off."""
    found = file_diff(b"f", file(TEXT), file(edited(TEXT, (b"line 3\n", b"3\n"))), strip)
    assert strip == found.partition(b"--- ")[2].partition(b"\n")[0].count(b"/")
