"""Rewrites the header of a file diff for another path (engine; pure).

Only the names are rewritten; prefixes, time stamps, noise lines and line ends stay byte for byte.
So does git's `index` line: patch does not read it, and with new blob names a patch would depend on
which copy of upstream it was ported on, and change more than it must."""

from __future__ import annotations

import re
from collections.abc import Mapping

from patchkit.diffing.quoting import git_header_names, header_name, quote, unquote
from patchkit.model.patch import FileDiff, strip_components
from patchkit.model.tree import Path, split_lines

_NAME_LINE = re.compile(
    rb"(--- |\+\+\+ |Index: |(?:rename|copy) (?:from|to) )(.*?)(\t.*|\r?\n?)$", re.DOTALL
)


def moved_header(diff: FileDiff, strip: int, moved: Mapping[Path, Path]) -> bytes:
    """The header with every path in `moved` (stripped paths) replaced by its new one."""
    if all(old == new for old, new in moved.items()):
        return diff.header
    return b"".join(
        _moved_line(line, strip, moved, is_git=diff.is_git) for line in split_lines(diff.header)
    )


def plain_git_header(diff: FileDiff, path: Path) -> bytes:
    """A header for a modification of `path`, in place of one for a rename that upstream made
    too."""
    noise = diff.header.partition(b"diff --git ")[0]
    old, new = quote(b"a/" + path), quote(b"b/" + path)
    tab = b"\t" if b" " in path else b""
    return noise + b"diff --git %b %b\n--- %b%b\n+++ %b%b\n" % (old, new, old, tab, new, tab)


def _moved_line(line: bytes, strip: int, moved: Mapping[Path, Path], *, is_git: bool) -> bytes:
    if line.startswith(b"diff --git "):
        names = git_header_names(line[len(b"diff --git ") :])
        if names is None:
            return line
        old, new = (quote(_moved_name(name, strip, moved)) for name in names)
        ending = line[len(line.rstrip(b"\r\n")) :]
        return b"diff --git " + old + b" " + new + ending
    found = _NAME_LINE.match(line)
    if found is None:
        return line
    keyword, written, rest = found.groups()
    has_prefix = keyword in (b"--- ", b"+++ ", b"Index: ")
    depth = strip if has_prefix else max(strip - 1, 0)
    name = header_name(written + rest, is_git=is_git) if has_prefix else unquote(written)
    if name is None:
        return line
    new_name = _moved_name(name, depth, moved)
    if new_name == name and keyword == b"Index: ":
        # Index lines often carry no prefix at all.
        new_name = moved.get(name, name)
    if new_name == name:
        return line
    tail = line[len(keyword) + len(written) :]
    if b" " in new_name and has_prefix and not tail.startswith(b"\t"):
        tail = b"\t" + tail
    return keyword + quote(new_name) + written[len(quote(name)) :] + tail


def _moved_name(name: Path, strip: int, moved: Mapping[Path, Path]) -> Path:
    stripped = strip_components(name, strip)
    if stripped is None or stripped not in moved:
        return name
    return name[: len(name) - len(stripped)] + moved[stripped]
