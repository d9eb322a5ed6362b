"""Reads the symbols of a file in any language that is known (pure)."""

from __future__ import annotations

import re

from patchkit.model.tree import Path
from patchkit.syntax.c import definable_in_c, read_c
from patchkit.syntax.golang import read_go
from patchkit.syntax.make import read_make
from patchkit.syntax.outlines import outline
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.rust import may_define_in_rust, read_rust
from patchkit.syntax.shell import read_shell
from patchkit.syntax.symbols import Symbols
from patchkit.syntax.textual import read_textually
from patchkit.syntax.words import has_word

_COMMENT_LINE = re.compile(rb"(?m)^[ \t]*//[^\n]*")


def read_symbols(
    path: Path, content: bytes, focus: frozenset[bytes] | None = None
) -> Symbols | None:
    """The symbols of a file; None where its language is not one of those known.

    With a `focus`, names and calls of Go, Rust and C may be left out for parts of the file that
    hold none of its words. Where the grammar is missing, the file is read as text, and so is one
    that nests deeper than anybody writes.
    """
    language = language_of(path, content)
    if language is None:
        return None
    try:
        found = _parsed(language, content, focus)
    except RecursionError:
        found = None
    return read_textually(language, content) if found is None else found


def definable_text(language: Language, content: bytes) -> bytes:
    """The part of a file in which the names stand that it defines, and perhaps more."""
    text = outline(language, content)
    match language:
        case Language.GO:
            return _COMMENT_LINE.sub(b"", text)
        case Language.C:
            return definable_in_c(text)
        case _:
            return text


def may_define(language: Language, text: bytes, words: frozenset[bytes]) -> bool:
    """Whether a file with this definable text can define a name with one of the words.

    Only Rust says with each definition that it is one; elsewhere it is enough that a word stands
    there.
    """
    return has_word(text, words) and (
        language is not Language.RUST or may_define_in_rust(text, words)
    )


def _parsed(language: Language, content: bytes, focus: frozenset[bytes] | None) -> Symbols | None:
    match language:
        case Language.GO:
            return read_go(content, focus)
        case Language.RUST:
            return read_rust(content, focus)
        case Language.C:
            return read_c(content, focus)
        case Language.MAKE:
            return read_make(content)
        case Language.SHELL:
            return read_shell(content)
