"""Reads makefiles (pure): variables and targets, and what is used of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.symbols import (
    Definition,
    DefinitionKind,
    Reference,
    Symbols,
    each_once,
    text_of,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMENT = re.compile(rb"(?m)(?<![\\$])#.*$")
_USE = re.compile(
    rb"\$[({]\s*([\w.-]+)\s*[)}:]|^[ ]*(?:el(?:se) )?ifn?def\s+([\w.-]+)", re.MULTILINE
)


def read_make(content: bytes) -> Symbols | None:
    """The symbols of a makefile; None without the grammar."""
    tree = parse(Language.MAKE, content)
    if tree is None:
        return None
    definitions = tuple(_definitions(tree.root_node))
    return Symbols(Language.MAKE, "", definitions, (), references_of_make(content))


def references_of_make(content: bytes) -> tuple[Reference, ...]:
    """The variables that a makefile uses, also in recipes and in text for later."""
    # Comments go, and the line that they end stays: lines keep their numbers.
    plain = _COMMENT.sub(b"", content)
    found = []
    line, at = 1, 0
    for use in _USE.finditer(plain):
        line += plain.count(b"\n", at, use.start())
        at = use.start()
        found.append(Reference(text_of(use[1] or use[2]), line))
    return each_once(found)


def _definitions(node: Node) -> Iterator[Definition]:
    for child in node.named_children:
        line, end = child.start_point[0] + 1, child.end_point[0] + 1
        name = child.child_by_field_name("name")
        if child.type in ("variable_assignment", "define_directive") and name is not None:
            if child.child_by_field_name("target_or_pattern") is None:
                yield Definition(text_of(name.text or b""), DefinitionKind.VALUE, line, end)
        elif child.type == "rule":
            for target in _targets(child):
                yield Definition(target, DefinitionKind.RULE, line, end)
        if child.type not in ("variable_assignment", "define_directive"):
            yield from _definitions(child)


def _targets(rule: Node) -> Iterator[str]:
    for part in rule.named_children:
        if part.type == "targets":
            for name in part.named_children:
                if name.type == "word" and not (name.text or b"").startswith(b"."):
                    yield text_of(name.text or b"")
