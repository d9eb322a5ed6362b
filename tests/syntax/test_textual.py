"""Reading without a grammar."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.syntax import parsing
from patchkit.syntax.parsing import Language
from patchkit.syntax.reading import read_symbols
from patchkit.syntax.symbols import Symbols
from patchkit.syntax.textual import read_textually

PARTS: Mapping[Language, tuple[str, ...]] = {
    Language.GO: (
        "func NAME(a int) (int, error) {\n\treturn other(a), nil\n}\n",
        "func (n *Thing) NAME() {\n}\n",
        "func NAME[K any](k K) K { return k }\n",
        "type NAME struct {\n\ta int\n}\n",
        "var NAME = 1\n",
        "const (\n\tNAME = iota\n\tNAMEtoo\n)\n",
        "// func not() {}\n",
        "/*\nfunc not() {}\n*/\n",
    ),
    Language.RUST: (
        "pub fn NAME(a: u8) -> u8 { other(a) }\n",
        "fn NAME() {}\n",
        "pub(crate) unsafe fn NAME() {}\n",
        "pub struct NAME { a: u8 }\n",
        "pub enum NAME { A }\n",
        "const NAME: u8 = 1;\n",
        "pub static NAME: u8 = 1;\n",
        "mod NAME;\n",
        "// fn not() {}\n",
    ),
    Language.C: (
        "int NAME(int a)\n{\n\treturn other(a);\n}\n",
        "static void *NAME(struct thing *t, int (*f)(int)) {\n\treturn t;\n}\n",
        "#define NAME 1\n",
        "#define NAME(x) (x)\n",
        "struct NAME {\n\tint a;\n};\n",
        "/* int not(void) { } */\n",
    ),
    Language.MAKE: (
        "NAME := 1\n",
        "NAME ?= $(OTHER)\n",
        "export NAME = x\n",
        "define NAME\n text\nendef\n",
        "NAME: dep\n\techo $(OTHER)\n",
        "NAME += more\n",
        "# NOT := 1\n",
    ),
    Language.SHELL: (
        "NAME() {\n\tother\n}\n",
        "function NAME {\n\tother\n}\n",
        "NAME=1\n",
        "export NAME=2\n",
        "# NOT=1\n",
    ),
}
PATHS = {
    Language.GO: b"a.go",
    Language.RUST: b"a.rs",
    Language.C: b"a.c",
    Language.MAKE: b"Makefile",
    Language.SHELL: b"a.sh",
}


@st.composite
def files(draw: st.DrawFn) -> tuple[Language, bytes]:
    """A language, and a file of parts in it, each with a name of its own."""
    language = draw(st.sampled_from(tuple(Language)))
    parts = draw(st.lists(st.sampled_from(PARTS[language]), max_size=8))
    text = "".join(part.replace("NAME", f"name{number}") for number, part in enumerate(parts))
    return language, (b"package a\n" if language is Language.GO else b"") + text.encode()


def defined(symbols: Symbols) -> set[tuple[object, ...]]:
    """What a file defines, but for where it ends and its signatures."""
    return {(one.name, one.kind, one.owner, one.line) for one in symbols.definitions}


@given(files())
def test_the_same_definitions_as_with_the_grammar(file: tuple[Language, bytes]) -> None:
    """On files as people write them, text alone gives the same definitions and no fewer names."""
    language, content = file
    parsed = read_symbols(PATHS[language], content)
    assert parsed is not None
    assert not parsed.is_textual
    found = read_textually(language, content)
    assert defined(found) == defined(parsed)
    assert {one.name for one in parsed.references} <= {one.name for one in found.references}
    assert found.package == parsed.package


@pytest.mark.parametrize("language", Language)
def test_a_missing_grammar_is_no_error(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a grammar is not installed the file is read as text, and says so."""
    monkeypatch.setattr(parsing, "_parser", lambda _: None)
    content = "".join(PARTS[language]).encode()
    found = read_symbols(PATHS[language], content)
    assert found is not None
    assert found.is_textual
    assert found.definitions
    assert parsing.missing_grammars([language])


def test_an_unknown_language_has_no_symbols() -> None:
    """None is not an empty file."""
    assert read_symbols(b"a.txt", b"func a() {}\n") is None
    assert read_symbols(b"a", b"#!/bin/sh\nA=1\n") is not None
