"""Compares the file list in the mail header of a patch with its diff (lint floor; pure).

The list is that of `git format-patch`: git-diff(1), `--stat`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchkit.diffing.quoting import unquote
from patchkit.model.patch import Operation, Patch
from patchkit.model.shown import shown_path
from patchkit.model.tree import Path, split_lines

_ROW = re.compile(rb" (.+?) +\| +(?:\d+|Bin\b.*|Unmerged)(?: [+-]*)?\s*$")
_TOTAL = re.compile(rb" (\d+) files? changed")
_BRACES = re.compile(rb"\{(.*?) => (.*?)\}")
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FileListProblem:
    """Why the list is not that of the diff, and the line of the patch where the list begins."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class _List:
    line: int
    names: tuple[Path, ...]
    total: int


def file_list_problem(patch: Patch) -> FileListProblem | None:
    """What the list of files and the diff do not have in common; None where nothing, and where
    there is no list."""
    lists = list(_lists(patch))
    if not lists:
        return None
    changed = [
        (names.new if diff.operation is not Operation.DELETE else None) or names.old or b"?"
        for diff in patch.files
        for names in (diff.names(1),)
    ]
    plain = [diff.names(0).new or diff.names(0).old or b"?" for diff in patch.files]
    listed = [name for one in lists for name in one.names]
    problems = [_compared(listed, names) for names in (changed, plain)]
    if None in problems:
        total = sum(one.total for one in lists)
        if len(lists) > 1 or total == len(listed):
            return None
        return FileListProblem(
            lists[0].line, f"it says {total} files and names {len(listed)} of them."
        )
    return FileListProblem(lists[0].line, problems[0] or "")


def _lists(patch: Patch) -> Iterator[_List]:
    texts = [(1, patch.prologue)]
    texts += [
        (diff.line - diff.header[: diff.header.find(b"diff --git ")].count(b"\n"), diff.header)
        for diff in patch.files
        if b" files changed" in diff.header or b" file changed" in diff.header
    ]
    for first, text in texts:
        lines = split_lines(text)
        for at, line in enumerate(lines):
            total = _TOTAL.match(line)
            if total is None:
                continue
            start = at
            while start > 0 and _ROW.match(lines[start - 1]):
                start -= 1
            above = lines[start - 1].strip() if start else b""
            if start < at and above == b"---":
                names = tuple(map(_name, lines[start:at]))
                yield _List(first + start, names, int(total[1]))


def _name(row: bytes) -> Path:
    found = _ROW.match(row)
    assert found is not None  # only rows are asked
    name = unquote(found[1].strip())
    if name.startswith(b"...") and b"{" not in name:
        # The row of a rename that was cut behind its brace.
        return b"..." + name[3:].rpartition(b"=> ")[2].replace(b"}", b"", 1)
    if _BRACES.search(name):
        return _BRACES.sub(rb"\2", name).replace(b"//", b"/").lstrip(b"/")
    return name.rpartition(b" => ")[2]


def _compared(listed: Sequence[Path], changed: Sequence[Path]) -> str | None:
    """A sentence on what only one of them has."""
    left = list(dict.fromkeys(changed))
    unknown = []
    for name in dict.fromkeys(listed):
        found = [path for path in left if _means(name, path)]
        if not found and not any(_means(name, path) for path in changed):
            unknown.append(name)
        left = [path for path in left if path not in found[:1] and path != name]
    # A shortened name may mean several files: each row stands for one of them.
    if len(left) <= len(listed) - len(set(listed)):
        left = []
    told = []
    if unknown:
        told.append(f"listed and not changed: {_shown(unknown)}")
    if left:
        told.append(f"changed and not listed: {_shown(left)}")
    return f"{'; '.join(told)}." if told else None


def _means(name: Path, path: Path) -> bool:
    """Whether a name of the list, which may be cut at its beginning, is for a file."""
    if name.startswith(b"..."):
        return path.endswith(name[3:].lstrip())
    return name == path


def _shown(names: Sequence[Path]) -> str:
    shown = ", ".join(map(shown_path, names[:_MOST_SHOWN]))
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
