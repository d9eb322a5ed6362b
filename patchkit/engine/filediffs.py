"""Writes file diffs from nothing but the file before and after (engine; pure).

As git-diff(1) writes them, without renames: that is what GNU patch, quilt and git all read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from patchkit.diffing.edits import edits_between
from patchkit.diffing.rehunking import write_hunks
from patchkit.diffing.retracing import NO_HUNK
from patchkit.engine.changes import kind_of
from patchkit.engine.headers import git_line, hunk_names
from patchkit.errors import StackError
from patchkit.model.patch import Hunk
from patchkit.model.shown import shown_path
from patchkit.model.tree import SUBMODULE, File, Path, blob_id, split_lines

_FUNCTION = re.compile(rb"[A-Za-z_$]")
_LONGEST_SECTION = 80
_ID_DIGITS = 10
_ABSENT = "0" * _ID_DIGITS


def file_diff(path: Path, before: File | None, after: File | None, strip: int) -> bytes:
    """The diff that makes `after` of `before` at `path`, for `patch -p` `strip`; b"" where the two
    are the same.

    Raises `StackError` for what GNU patch cannot do: binary contents, submodules.
    """
    if before == after:
        return b""
    for file in (before, after):
        _refuse(path, file)
    if before is not None and after is not None and kind_of(before.mode) != kind_of(after.mode):
        return file_diff(path, before, None, strip) + file_diff(path, None, after, strip)
    old, new = _prefixed(path, b"a/", strip), _prefixed(path, b"b/", strip)
    hunks = new_hunks(_lines(before), _lines(after))
    names = _hunk_names(path, before, after, strip) if hunks else ()
    head = (git_line(old, new, b"\n"), *_modes(before, after), *names)
    return b"".join((*head, *(hunk.raw for hunk in hunks)))


def new_hunks(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[Hunk, ...]:
    """The hunks between two versions of a file, each with the function that it is in."""
    edits = edits_between(before, after, 0, 0)
    return tuple(with_section(hunk, before) for hunk in write_hunks(before, edits, (NO_HUNK,)))


def with_section(hunk: Hunk, before: Sequence[bytes]) -> Hunk:
    """The hunk with what git takes for the name of the function: the last line before it that
    begins with a letter."""
    above = reversed(before[: max(hunk.old_start - 1, 0)])
    line = next((line for line in above if _FUNCTION.match(line)), None)
    if line is None:
        return hunk
    section = b" " + line[:_LONGEST_SECTION].rstrip()
    head, newline, body = hunk.raw.partition(b"\n")
    return replace(hunk, section=section, raw=head.rstrip() + section + newline + body)


def _lines(file: File | None) -> list[bytes]:
    return [] if file is None else split_lines(file.content)


def _hunk_names(
    path: Path, before: File | None, after: File | None, strip: int
) -> tuple[bytes, bytes]:
    old, new = hunk_names(_prefixed(path, b"a/", strip), _prefixed(path, b"b/", strip), path, b"\n")
    return (
        b"--- /dev/null\n" if before is None else old,
        b"+++ /dev/null\n" if after is None else new,
    )


def _modes(before: File | None, after: File | None) -> tuple[bytes, ...]:
    ids = tuple(
        _ABSENT if file is None else blob_id(file.content)[:_ID_DIGITS] for file in (before, after)
    )
    index = "index {}..{}".format(*ids)
    if before is None:
        assert after is not None
        return b"new file mode %o\n" % after.mode, f"{index}\n".encode()
    if after is None:
        return b"deleted file mode %o\n" % before.mode, f"{index}\n".encode()
    if before.mode == after.mode:
        return (f"{index} {before.mode:o}\n".encode(),)
    modes = (b"old mode %o\n" % before.mode, b"new mode %o\n" % after.mode)
    return modes if before.content == after.content else (*modes, f"{index}\n".encode())


def _prefixed(path: Path, prefix: bytes, strip: int) -> Path:
    return prefix + b"a/" * (strip - 1) + path if strip else path


def _refuse(path: Path, file: File | None) -> None:
    if file is None:
        return
    problem = ""
    if file.mode == SUBMODULE:
        problem = "a submodule"
    elif b"\0" in file.content:
        problem = "a binary file"
    if problem:
        raise StackError(
            f"{shown_path(path)}: {problem}, which no patch for GNU patch can change.",
            "Leave it out of the commit; put it into the packaging as a source of its own.",
        )
