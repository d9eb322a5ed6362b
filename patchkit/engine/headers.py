"""Rewrites the header of a file diff for another path (engine; pure).

Only what must is rewritten; prefixes, time stamps, noise lines and line ends stay byte for byte.
So does git's `index` line: patch reads of it only whether a file is not there (all zeros), and with
new blob names a patch would depend on which copy of upstream it was ported on, and change more than
it must.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from patchkit.diffing.quoting import git_header_names, header_name, quote, unquote
from patchkit.model.patch import FileDiff, strip_components
from patchkit.model.tree import Path, split_lines

_GIT_START = b"diff --git "
_NAME_LINE = re.compile(
    rb"(--- |\+\+\+ |Index: |(?:rename|copy) (?:from|to) |rename (?:old|new) )(.*)", re.DOTALL
)
_HUNK_NAMES = (b"--- ", b"+++ ")
_WHOLE_LINES = (
    b"rename ", b"copy ", b"similarity index ", b"dissimilarity index ",
    b"new file mode ", b"deleted file mode ",
)  # fmt: skip
_ABSENT_BLOB = re.compile(rb"index (?:0+\.\.|[0-9a-f]+\.\.0+\b)")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_PATCH_NAME = rb'(?:"(?:[^"\\]|\\.)*"|[^\s"]\S*)'
_PATCH_NAMES = re.compile(rb"\s*" + _PATCH_NAME + rb"\s+" + _PATCH_NAME + rb"\s*")


def moved_header(diff: FileDiff, strip: int, moved: Mapping[Path, Path]) -> bytes:
    """The header with every path in `moved` (stripped paths) replaced by its new one."""
    if all(old == new for old, new in moved.items()):
        return diff.header
    return b"".join(_moved_line(line, diff, strip, moved) for line in split_lines(diff.header))


def header_without_hunks(header: bytes) -> bytes:
    """The header of a git diff that has only its extended header left to say.

    Without a hunk GNU patch takes the names from the `diff --git` line, where it needs quotes
    around blanks, and would take the `---` and `+++` lines for those of the next file.
    """
    noise, lines = _parted(header)
    kept = [line for line in lines if not line.startswith(_HUNK_NAMES)]
    if kept and not is_readable_by_patch(header):
        written = dict(line.rstrip(b"\r\n").partition(b" ")[::2] for line in lines)
        old, new = (header_name(written.get(mark, b""), is_git=True) for mark in (b"---", b"+++"))
        if old and new:
            kept[0] = git_line(old, new, _line_end(kept[0]))
    return noise + b"".join(kept)


def modification_header(diff: FileDiff, strip: int, path: Path) -> bytes:
    """The header of a creation or a git rename as one of a modification of `path`: the file is
    there already, or must stay there."""
    noise, lines = _parted(diff.header)
    if not lines:
        kept = [line for line in split_lines(noise) if not line.startswith(_HUNK_NAMES)]
        old = _redirected(diff.old_name or diff.new_name, strip, path)
        new = _redirected(diff.new_name or diff.old_name, strip, path)
        return b"".join((*kept, *hunk_names(old, new, path, _line_end(split_lines(noise)[-1]))))
    names = git_header_names(lines[0][len(_GIT_START) :]) or (diff.old_name, diff.new_name)
    old, new = (_redirected(name, strip, path) for name in names)
    kept = [
        line
        for line in lines[1:]
        if not line.startswith((*_WHOLE_LINES, *_HUNK_NAMES)) and not _ABSENT_BLOB.match(line)
    ]
    line_end = _line_end(lines[0])
    names = hunk_names(old, new, path, line_end)
    return noise + b"".join((git_line(old, new, line_end), *kept, *names))


def hunk_names(old: Path, new: Path, path: Path, line_end: bytes) -> tuple[bytes, bytes]:
    """The `---` and `+++` lines for two names of `path`; behind a name with blanks stands a tab.
    One that ends in a blank gets quotes, as GNU patch would take the blank off."""
    if path.endswith(b" "):
        old, new = (
            b'"' + name + b'"' if quote(name) == name else quote(name) for name in (old, new)
        )
        return b"--- " + old + line_end, b"+++ " + new + line_end
    tail = (b"\t" if b" " in path else b"") + line_end
    return b"--- " + quote(old) + tail, b"+++ " + quote(new) + tail


def is_readable_by_patch(header: bytes) -> bool:
    """Whether GNU patch can read both names in the `diff --git` line of a header."""
    _, lines = _parted(header)
    return bool(lines) and _PATCH_NAMES.fullmatch(lines[0][len(_GIT_START) :]) is not None


def _parted(header: bytes) -> tuple[bytes, list[bytes]]:
    """The noise before the last `diff --git` line, and the lines from there on."""
    lines = split_lines(header)
    starts = [at for at, line in enumerate(lines) if line.startswith(_GIT_START)]
    if not starts:
        return header, []
    return b"".join(lines[: starts[-1]]), lines[starts[-1] :]


def _moved_line(line: bytes, diff: FileDiff, strip: int, moved: Mapping[Path, Path]) -> bytes:
    if line.startswith(_GIT_START):
        names = git_header_names(line[len(_GIT_START) :])
        if names is None:
            return line
        old, new = (_moved_name(name, strip, moved) for name in names)
        return line if (old, new) == names else git_line(old, new, _line_end(line))
    found = _NAME_LINE.match(line)
    if found is None:
        return line
    keyword, rest = found.groups()
    has_prefix = not keyword.startswith((b"rename", b"copy"))
    lead, written, tail = _parted_name(rest, has_prefix=has_prefix, is_git=diff.is_git)
    name = unquote(written)
    new_name = _moved_name(name, strip, moved) if has_prefix else _moved_end(name, moved)
    if new_name == name and keyword == b"Index: ":
        # Index lines often carry no prefix at all.
        new_name = moved.get(name, name)
    if new_name == name:
        return line
    if b" " in new_name and has_prefix and not tail.startswith(b"\t"):
        tail = b"\t" + tail
    return keyword + lead + quote(new_name) + tail


def _parted_name(rest: bytes, *, has_prefix: bool, is_git: bool) -> tuple[bytes, bytes, bytes]:
    """Blanks, the name as it is written, and what follows: a time stamp, a line end."""
    lead = rest[: len(rest) - len(rest.lstrip(b" "))]
    text = rest[len(lead) :]
    if quoted := _QUOTED.match(text):
        written = quoted[0]
    else:
        written = text.rstrip(b"\r\n")
        if has_prefix:
            written = header_name(text, is_git=is_git) or written
    return lead, written, text[len(written) :]


def git_line(old: Path, new: Path, line_end: bytes) -> bytes:
    """A `diff --git` line; GNU patch needs quotes around blanks there."""
    names = (quote(name) for name in (old, new))
    quoted = (
        b'"' + name + b'"' if b" " in name and not name.startswith(b'"') else name for name in names
    )
    return _GIT_START + b" ".join(quoted) + line_end


def _redirected(name: Path | None, strip: int, path: Path) -> Path:
    """`path` with the prefix that `name` has in front of what stripping leaves."""
    stripped = None if name is None else strip_components(name, strip)
    if name is None or stripped is None:
        return b"a/" * strip + path
    return name[: len(name) - len(stripped)] + path


def _moved_name(name: Path, strip: int, moved: Mapping[Path, Path]) -> Path:
    stripped = strip_components(name, strip)
    if stripped is None or stripped not in moved:
        return name
    return _redirected(name, strip, moved[stripped])


def _moved_end(name: Path, moved: Mapping[Path, Path]) -> Path:
    """A name of git's move lines: it has no prefix, so stripping cannot tell what it stands for."""
    ends = [path for path in moved if name == path or name.endswith(b"/" + path)]
    if not ends:
        return name
    end = max(ends, key=len)
    return name[: len(name) - len(end)] + moved[end]


def _line_end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
