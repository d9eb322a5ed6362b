"""Syntax trees by tree-sitter: the only module that knows it (pure but for loading grammars).

A grammar is a package of its own (`tree-sitter-go`); where it is not installed its language is read
as text, and `missing_grammars` says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from patchkit.model.tree import Path

if TYPE_CHECKING:
    import tree_sitter


class Language(Enum):
    """A language that can be read; the value is how a person calls it."""

    GO = "Go"
    RUST = "Rust"
    C = "C"
    MAKE = "Make"
    SHELL = "shell"


_GRAMMARS = {
    Language.GO: "tree_sitter_go",
    Language.RUST: "tree_sitter_rust",
    Language.C: "tree_sitter_c",
    Language.MAKE: "tree_sitter_make",
    Language.SHELL: "tree_sitter_bash",
}
_ENDINGS = {
    b"go": Language.GO,
    b"rs": Language.RUST,
    b"c": Language.C,
    b"h": Language.C,
    b"mk": Language.MAKE,
    b"mak": Language.MAKE,
    b"make": Language.MAKE,
    b"sh": Language.SHELL,
    b"bash": Language.SHELL,
}
_NAMES = {
    b"Makefile": Language.MAKE,
    b"makefile": Language.MAKE,
    b"GNUmakefile": Language.MAKE,
    b"Kbuild": Language.MAKE,
}
_SHELLS = (b"sh", b"bash", b"dash", b"ksh", b"zsh", b"ash")
_MOST_BYTES = 2_000_000
"""A larger file is no handwritten source; its tree would cost seconds."""


def language_of(path: Path, content: bytes = b"") -> Language | None:
    """The language of a file by its name, else by the interpreter that its first line names."""
    name = path.rpartition(b"/")[2]
    found = _NAMES.get(name) or _ENDINGS.get(name.rpartition(b".")[2])
    if found is not None or not content.startswith(b"#!"):
        return found
    words = content[2 : content.find(b"\n") % (len(content) + 1)].split()
    names = [word.rpartition(b"/")[2] for word in words[:2]]
    return Language.SHELL if any(name in _SHELLS for name in names) else None


def parse(language: Language, content: bytes) -> tree_sitter.Tree | None:
    """The syntax tree of a file; None where the grammar is not installed, or the file is huge."""
    parser = _parser(language)
    return None if parser is None or len(content) > _MOST_BYTES else parser.parse(content)


def missing_grammars(languages: Iterable[Language]) -> tuple[str, ...]:
    """The packages that are not installed for these languages, as pip calls them."""
    missing = {one for one in languages if _parser(one) is None}
    return tuple(_GRAMMARS[one].replace("_", "-") for one in Language if one in missing)


@cache
def _parser(language: Language) -> tree_sitter.Parser | None:
    try:
        import tree_sitter

        grammar = importlib.import_module(_GRAMMARS[language])
    except ImportError:
        return None
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))
