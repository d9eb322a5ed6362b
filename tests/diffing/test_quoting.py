"""File names are written and read as git and GNU diff do."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patchkit.diffing.quoting import (
    git_header_names,
    has_epoch_stamp,
    header_name,
    quote,
    unquote,
)

from .oracles import run, scratch

_names = st.binary(min_size=1, max_size=12).filter(
    lambda name: not set(name) & {0, ord("/")} and name not in (b".", b"..", b".git")
)


@settings(max_examples=60, deadline=None)
@given(_names)
@example(bytes(range(1, 47)))
@example(bytes(range(48, 128)))
@example(bytes(range(128, 256)))
@example(b"with blank")
def test_names_are_quoted_as_git_quotes_them(name: bytes) -> None:
    """What git lists with `core.quotePath` off is what we write; both its ways are read back."""
    with scratch() as folder:
        (folder / "new").mkdir()
        (folder / "old").mkdir()
        with open(bytes(folder / "new") + b"/" + name, "wb") as file:  # noqa: PTH123  # bytes
            file.write(b"x\n")
        plain, escaped = (
            run(("git", "-c", f"core.quotePath={way}", "diff", "--no-index", "--no-prefix",
                 "old", "new"), folder).stdout
            for way in ("false", "true")
        )  # fmt: skip
    tab = b"\t" if b" " in name else b""
    written = quote(b"new/" + name)
    assert b"\n+++ " + written + tab + b"\n" in plain
    for text in (plain, escaped):
        line = next(line for line in text.split(b"\n") if line.startswith(b"+++ "))
        assert b"new/" + name == header_name(line[4:] + b"\n", is_git=True)
        first = text.partition(b"\n")[0].removeprefix(b"diff --git ")
        assert git_header_names(first) in ((b"new/" + name, b"new/" + name), None)


@given(st.binary())
def test_quoting_is_undone(name: bytes) -> None:
    """Any bytes come back."""
    assert name == unquote(quote(name)) or name.startswith(b'"')
    assert name == unquote(b'"%b"' % b"".join(b"\\%03o" % byte for byte in name))


@given(st.binary())
def test_reading_never_fails(text: bytes) -> None:
    """Whatever stands where a name should, some name or none is read."""
    for read in (unquote, git_header_names, has_epoch_stamp):
        read(b'"' + text + b'"')
        read(text)
    assert isinstance(header_name(text, is_git=True), bytes | None)
    assert isinstance(header_name(b'"' + text, is_git=False), bytes | None)


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        (b"plain", b"plain"),
        (b'"a\\tb\\"c\\\\d"', b'a\tb"c\\d'),
        (b'"\\7\\07\\007\\303\\244"', b"\x07\x07\x07\xc3\xa4"),
        (b'"\\8\\9\\x"', b"89x"),
        (b'"\\777"', b"\xff"),
        (b'"not closed', b'"not closed'),
    ],
)
def test_unquote(quoted: bytes, expected: bytes) -> None:
    """Escapes of C; an unknown one is the character itself; no closing quote, no quoting."""
    assert expected == unquote(quoted)


@pytest.mark.parametrize(
    ("rest", "is_git", "expected"),
    [
        (b"a/f\n", True, b"a/f"),
        (b"a/f\r\n", True, b"a/f"),
        (b"a/with blank\t\n", True, b"a/with blank"),
        (b"a/with blank\n", True, b"a/with blank"),
        (b" a/begins so\t\n", True, b" a/begins so"),
        (b"/dev/null\n", True, None),
        (b"a/f 2020-02-02 02:02:02\n", False, b"a/f"),
        (b"a/with blank\t2020-02-02\n", False, b"a/with blank"),
        (b"  a/f\t2020-02-02\n", False, b"a/f"),
        (b'"a/f\\tg" 2020-02-02\n', False, b"a/f\tg"),
        (b"/dev/null\t1970-01-01\n", False, None),
        (b"\n", False, b""),
    ],
)
def test_header_name(rest: bytes, is_git: bool, expected: bytes | None) -> None:
    """The name ends at a tab, or outside git's diffs at a blank; the empty device is no name."""
    assert expected == header_name(rest, is_git=is_git)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b"a/f b/f\n", (b"a/f", b"b/f")),
        (b"a/f b/g\r\n", (b"a/f", b"b/g")),
        (b"a/x y b/x y\n", (b"a/x y", b"b/x y")),
        (b"x y x y\n", (b"x y", b"x y")),
        (b"a/x y b/x z\n", None),
        (b"a b c d\n", None),
        (b"a b cc d\n", None),
        (b'"a/\\303" "b/\\303"\n', (b"a/\xc3", b"b/\xc3")),
        (b'"a/\\303" b/x y\n', (b"a/\xc3", b"b/x y")),
        (b'a/x y "b/\\303"\n', (b"a/x y", b"b/\xc3")),
        (b"\n", None),
    ],
)
def test_git_header_names(rest: bytes, expected: tuple[bytes, bytes] | None) -> None:
    """Both names where they can be told apart: quoted, without blanks, or the same."""
    assert expected == git_header_names(rest)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (b"1970-01-01 00:00:00.000000000 +0000", True),
        (b"1970-01-01 01:00:00.000000000 +0100", True),
        (b"1969-12-31 19:00:00.000000000 -0500", True),
        (b"Thu Jan  1 00:00:00 1970", True),
        (b"Wed Dec 31 19:00:00 1969", True),
        (b"Wed Dec 31 19:00:00 2008", False),
        (b"2020-02-02 00:00:00.000000000 +0000", False),
        (b"", False),
    ],
)
def test_epoch_stamps(stamp: bytes, expected: bool) -> None:
    """The epoch in any time zone, in both ways in which diff writes times."""
    assert expected == has_epoch_stamp(b"a/f\t" + stamp + b"\n")
