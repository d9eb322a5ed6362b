"""Finds in the text of a patch what GNU patch would take for a change (pure).

GNU patch looks for diffs of every format anywhere in a patch file, also with blanks before each
line, in the middle of a commit message; commands for the program ed among them, which is then run
(pch.c, intuit_diff_type). patchkit and git read unified diffs only. A patch that means one thing to
a reviewer and another to the build must not pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_BLANKS = rb"[ \tX]*"
_ED_COMMAND = re.compile(_BLANKS + rb"\d[\d,]*[acdis]")
_ED_END = re.compile(_BLANKS + rb"\.\s*$")
_HUNK = re.compile(_BLANKS + rb"@@ -\d")
_NEW_NAME = re.compile(rb"[ \tX]+\+\+\+ ")
_INDEX = re.compile(_BLANKS + rb"Index: ")
_NORMAL = re.compile(_BLANKS + rb"\d[\d,]*[acd]\d[\d,]*\s*$")
_NORMAL_LINE = re.compile(_BLANKS + rb"[<>] ")
_STARS = re.compile(_BLANKS + rb"\*{15}")
_CONTEXT = re.compile(_BLANKS + rb"\*\*\* \d")


@dataclass(frozen=True, slots=True)
class HiddenChange:
    """Where it begins (an index of a line), and what it is, for a message."""

    at: int
    what: str


def hidden_change(lines: Sequence[bytes], text: Iterable[int]) -> HiddenChange | None:
    """The first change in those lines, by their indexes in a row, that belong to no diff."""
    command: int | None = None
    has_index = False
    before = b""
    before_at = -1
    for at in text:
        line = lines[at]
        if _NORMAL.match(before) and _NORMAL_LINE.match(line):
            return HiddenChange(before_at, "a diff in the normal format")
        if _STARS.match(before) and _CONTEXT.match(line):
            return HiddenChange(before_at, "a context diff")
        if _HUNK.match(line) and (has_index or _NEW_NAME.match(before)):
            return HiddenChange(at, "a diff in its text")
        if command is not None and _ED_END.match(line):
            return HiddenChange(command, "commands for the program ed")
        if command is None and _ED_COMMAND.match(line):
            command = at
        has_index = has_index or _INDEX.match(line) is not None
        before, before_at = line, at
    return None
