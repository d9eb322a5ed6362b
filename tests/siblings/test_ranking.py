"""What is of no consequence, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.siblings.ranking import is_code, is_comment, is_document, is_nothing, is_test


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (b"x.go", b"\t// a comment\n"),
        (b"x.go", b"\n"),
        (b"x.go", b"// +build linux\n"),
        (b"x.c", b" * the middle of one\n"),
        (b"x.c", b" */\n"),
        (b"x.h", b"/* a whole one */\n"),
        (b"x.hh", b"// a comment\n"),
        (b"x.py", b"# a comment\n"),
        (b"x.sh", b"# if this holds, define that\n"),
        (b"Makefile", b"# a comment\n"),
        (b"x.mk", b"#\n"),
        (b"x.sql", b"-- a comment\n"),
        (b"x.asm", b"; a comment\n"),
    ],
)
def test_comments(path: bytes, line: bytes) -> None:
    """Blank lines and comments in the language that the name tells."""
    assert is_comment(line, path)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (b"x.go", b"//go:build linux\n"),
        (b"x.go", b"//export start\n"),
        (b"x.go", b"\tx := 1 // one\n"),
        (b"x.c", b"*place = 1;\n"),
        (b"x.c", b"/* for all */ start();\n"),
        (b"x.c", b" */ start();\n"),
        (b"x.c", b"#include <x.h>\n"),
        (b"x.hh", b"#define X 1\n"),
        (b"x.h.inc", b"#ifdef X\n"),
        (b"config.h.in", b"# undef X\n"),
        (b"config.h.in", b"#if X\n"),
        (b"start", b"#!/bin/bash\n"),
        (b"x.rs", b"#[cfg(unix)]\n"),
    ],
)
def test_what_is_no_comment(path: bytes, line: bytes) -> None:
    """What a compiler, a preprocessor, Go's tools or a kernel reads matters."""
    assert not is_comment(line, path)


@pytest.mark.parametrize(
    ("removed", "added", "is_so"),
    [
        ((b"// one\n",), (b"// two\n", b"\n"), True),
        ((b"call(a,b)\n",), (b"call(a, b)\n",), True),
        ((b"call(a)\n",), (b"// why\n", b"call(a)\n"), True),
        ((b"call(a)\n",), (b"// call(a)\n",), False),
        ((b"call(a)\n",), (b"call(b)\n",), False),
        ((b"call(a)\n",), (), False),
        ((), (b"\n",), True),
    ],
)
def test_changes_of_no_consequence(
    removed: tuple[bytes, ...], added: tuple[bytes, ...], is_so: bool
) -> None:
    """Comments and white space; not what becomes a comment."""
    assert is_so is is_nothing(removed, added, b"x.c")


bodies = st.lists(st.sampled_from((b"a(1)\n", b"// x\n", b"\n", b"b(2)\n", b"\tb (2)\n")))


@given(bodies, bodies)
def test_it_holds_both_ways(one: list[bytes], two: list[bytes]) -> None:
    """What is of no consequence is none either way, and a text beside itself always is."""
    assert is_nothing(one, two, b"x.c") is is_nothing(two, one, b"x.c")
    assert is_nothing(one, one, b"x.c")


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        (b"README.md", True),
        (b"docs/arm64.yaml", True),
        (b"man/x.8", True),
        (b"notes.txt", True),
        (b"src/CMakeLists.txt", False),
        (b"requirements-arm64.txt", False),
        (b"src/x.c", False),
        (b"doc", False),
        (b"src/txt", False),
    ],
)
def test_documents(path: bytes, is_so: bool) -> None:
    """What people read; not what a build reads, though it ends in `.txt`."""
    assert is_so is is_document(path)


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        (b"x_test.go", True),
        (b"test_x.py", True),
        (b"tests/x.c", True),
        (b"src/testdata/x", True),
        (b"x.test.js", True),
        (b"attest.go", False),
        (b"latest/x.go", False),
        (b"testing_tools.md", False),
        (b"contest_x.go", False),
    ],
)
def test_tests(path: bytes, is_so: bool) -> None:
    """By the name of the file or a folder, as a word of its own."""
    assert is_so is is_test(path)


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        (b"a/x.go", True),
        (b"x.S", True),
        (b"x.hh", True),
        (b"options.mk", True),
        (b"x.yaml", False),
        (b"go", False),
        (b".S", False),
        (b"x", False),
    ],
)
def test_code(path: bytes, is_so: bool) -> None:
    """What is compiled, or makes what is compiled."""
    assert is_so is is_code(path)
