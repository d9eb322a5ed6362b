"""File names as git and GNU diff write them into patches (pure).

git quotes a name with control characters, quotes, backslashes or (by default) bytes above 0x7f
as a C string in double quotes: git-config(1), `core.quotePath`.
"""

from __future__ import annotations

import re

from patchkit.model.tree import Path

_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED_BYTES = {
    b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v",
}  # fmt: skip
_EPOCH = re.compile(rb"(?:1970-01-01|1969-12-31) |Thu Jan +1 [\d:]+ 1970|Wed Dec 31 [\d:]+ 1969")
_NEEDS_QUOTING = re.compile(rb'[\x00-\x1f\x7f"\\]')


def unquote(text: bytes) -> Path:
    r"""The name behind a C-style quoted one; a name without quotes is returned as it is.

    >>> unquote(b'"a/f\\303\\244"')
    b'a/f\xc3\xa4'
    """
    found = _QUOTED.fullmatch(text)
    return text if found is None else _ESCAPE.sub(_unescape, found[1])


def quote(name: Path) -> bytes:
    r"""The name as git writes it with `core.quotePath=false`: quoted only where it must be.

    >>> quote(b'a/tab\there')
    b'"a/tab\\there"'
    """
    if not _NEEDS_QUOTING.search(name):
        return name
    names = {value: key for key, value in _ESCAPED_BYTES.items()}
    names |= {b'"': b'"', b"\\": b"\\"}

    def escape(found: re.Match[bytes]) -> bytes:
        byte = found[0]
        return b"\\" + names[byte] if byte in names else b"\\%03o" % byte[0]

    return b'"' + _NEEDS_QUOTING.sub(escape, name) + b'"'


def header_name(rest: bytes, *, is_git: bool) -> Path | None:
    r"""The name in the rest of a `--- ` or `+++ ` line; None for `/dev/null`.

    GNU patch (pch.c, fetchname): a name with blanks needs a tab behind it; without a tab it ends
    at the first blank, where a time stamp may follow. git always puts a tab behind such a name.

    >>> header_name(b"a/x.c 2020-01-01 00:00:00", is_git=False)
    b'a/x.c'
    """
    text = rest.rstrip(b"\r\n")
    if not is_git:
        text = text.lstrip()
    if text.startswith(b'"') and (found := _QUOTED.match(text)):
        name = unquote(found[0])
    elif is_git or b"\t" in text:
        name = text.partition(b"\t")[0]
    else:
        name = text.split(None, 1)[0] if text.split() else b""
    return None if name == b"/dev/null" else name


def git_header_names(rest: bytes) -> tuple[Path, Path] | None:
    """The two names in the rest of a `diff --git ` line, where they can be told apart.

    Unquoted names with blanks are told apart only where both are the same behind their prefix, as
    git itself does (apply.c, git_header_name); None otherwise.
    """
    text = rest.rstrip(b"\r\n")
    if text.startswith(b'"') and (first := _QUOTED.match(text)):
        second = text[first.end() :].lstrip(b" ")
        return unquote(first[0]), unquote(second)
    if text.endswith(b'"'):
        first_text, _, second = text.partition(b' "')
        return first_text, unquote(b'"' + second)
    if text.count(b" ") == 1:
        old, _, new = text.partition(b" ")
        return old, new
    middle = len(text) // 2
    old, new = text[:middle], text[middle + 1 :]
    is_same = old == new or old.partition(b"/")[2] == new.partition(b"/")[2] != b""
    return (old, new) if text[middle : middle + 1] == b" " and is_same else None


def has_epoch_stamp(rest: bytes) -> bool:
    """Whether a `--- ` or `+++ ` line carries the epoch as its time stamp.

    That is how GNU diff -N says that the file is not there (patch(1), "Creating and deleting").
    """
    stamp = rest.rstrip(b"\r\n").partition(b"\t")[2]
    return _EPOCH.match(stamp) is not None


def _unescape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[0] in b"01234567":
        return bytes([int(code, 8) & 0xFF])
    return _ESCAPED_BYTES.get(code, code)
