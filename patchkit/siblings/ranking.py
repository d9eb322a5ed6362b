"""How much a difference matters: what only people read is of no consequence (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from patchkit.model.tree import Path

# What Go's tools read is none (old `+build` lines repeat `go:build`), nor is a line with code
# behind a comment that ends in it.
_SLASHES = re.compile(rb"//(?!go:|export )|/\*(?!.*\*/\s*\S)|\*(?![\w(]|/\s*\S)")
# Nor is what the preprocessor reads, or who starts a script.
_HASH = re.compile(
    rb"#(?!!|(?:if|elif|else|error|line)\b|\s*(?:include|define|undef|ifn?def|endif|pragma)\b)"
)
_DASHES = re.compile(rb"--")
_SEMICOLON = re.compile(rb";")
_COMMENTS = {
    **dict.fromkeys((b"go", b"rs", b"c", b"h", b"cc", b"cpp", b"hpp", b"java", b"js", b"ts"),
                    _SLASHES),
    **dict.fromkeys((b"cxx", b"hh", b"hxx", b"inc", b"zig", b"d", b"cs", b"scala", b"m", b"mm"),
                    _SLASHES),
    **dict.fromkeys((b"S", b"dts", b"dtsi", b"proto", b"css", b"swift", b"kt"), _SLASHES),
    **dict.fromkeys((b"lua", b"sql", b"hs", b"ads", b"adb"), _DASHES),
    **dict.fromkeys((b"asm", b"ini", b"el", b"lisp", b"scm"), _SEMICOLON),
}  # fmt: skip
_DOCUMENTS = (b"md", b"rst", b"adoc", b"texi", b"txt", b"html", b"1", b"5", b"7", b"8")
_NO_DOCUMENTS = re.compile(rb"cmakelists\.txt|(?:.*[_-])?requirements(?:[_-].*)?\.txt")
_DOCUMENT_FOLDERS = (b"doc", b"docs", b"documentation", b"man", b"examples")
_TEST_FOLDERS = (
    b"test",
    b"tests",
    b"testing",
    b"testdata",
    b"testsuite",
    b"fixtures",
    b"_fixtures",
)
_TEST_NAME = re.compile(rb"(?:.*[_.-])?tests?(?:[_.-].*)?", re.IGNORECASE)
_CODE = frozenset(
    (b"go", b"rs", b"c", b"h", b"cc", b"cpp", b"hpp", b"S", b"s", b"mk", b"java", b"ts", b"py",
     b"js", b"pl", b"rb", b"zig", b"swift", b"kt", b"d", b"ads", b"adb", b"cxx", b"hh", b"hxx",
     b"inc", b"asm", b"cs", b"scala", b"m", b"mm"),
)  # fmt: skip


def is_comment(line: bytes, path: Path) -> bool:
    """Whether a line is blank, or nothing but a comment in the language of the file."""
    text = line.strip()
    return not text or _COMMENTS.get(_ending(path), _HASH).match(text) is not None


def is_nothing(removed: Sequence[bytes], added: Sequence[bytes], path: Path) -> bool:
    """Whether a change of a file is of no consequence: comments, blank lines, white space."""
    if all(is_comment(line, path) for line in (*removed, *added)):
        return True
    return _letters(removed, path) == _letters(added, path)


def _letters(lines: Iterable[bytes], path: Path) -> bytes:
    """The lines without comments and white space. In Python and Make white space is syntax, yet
    what differs in it alone was moved as a whole."""
    return b"".join(b"".join(line.split()) for line in lines if not is_comment(line, path))


def is_document(path: Path) -> bool:
    """Whether people read the file and no program does."""
    *folders, name = path.lower().split(b"/")
    if any(one in _DOCUMENT_FOLDERS for one in folders):
        return True
    return _ending(name) in _DOCUMENTS and not _NO_DOCUMENTS.fullmatch(name)


def is_test(path: Path) -> bool:
    """Whether the file is there for tests."""
    *folders, name = path.split(b"/")
    is_in_tests = any(folder.lower() in _TEST_FOLDERS for folder in folders)
    return is_in_tests or _TEST_NAME.fullmatch(name.rpartition(b".")[0]) is not None


def is_code(path: Path) -> bool:
    """Whether the file is compiled, or makes what is compiled."""
    return _ending(path) in _CODE


def _ending(path: Path) -> bytes:
    """What stands behind the last dot of the name; b"" where no dot is."""
    name, _, ending = path.rpartition(b"/")[2].rpartition(b".")
    return ending if name else b""
