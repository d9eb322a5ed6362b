"""Reads makefiles (pure): variables and targets, and what is used of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
_ADDED = re.compile(rb"(?m)^[ ]*(?:export\s+|override\s+)*([\w.-]+)\s*\+=((?:[^\\\n]|\\\n|\\.)*)")
_NAME = re.compile(rb"(?<![\w.$({/-])[A-Z][A-Z0-9_]{2,}(?![\w.)}/-])")
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
    """The variables that a makefile uses, also in recipes and in text for later.

    What something is added to is used, and so are names in capitals that are added: lists of
    variables are made so.
    """
    # Comments go, and the line that they end stays: lines keep their numbers.
    plain = _COMMENT.sub(b"", content)
    found = [(use.start(), use[1] or use[2]) for use in _USE.finditer(plain)]
    for added in _ADDED.finditer(plain):
        found.append((added.start(1), added[1]))
        found += (
            (name.start(), name[0]) for name in _NAME.finditer(plain, added.start(2), added.end(2))
        )
    return each_once(_references(plain, sorted(found)))


def _references(plain: bytes, found: Iterable[tuple[int, bytes]]) -> Iterator[Reference]:
    line, before = 1, 0
    for at, name in found:
        line += plain.count(b"\n", before, at)
        before = at
        yield Reference(text_of(name), line)


def _definitions(node: Node) -> Iterator[Definition]:
    for child in node.named_children:
        line, end = child.start_point[0] + 1, child.end_point[0] + 1
        name = child.child_by_field_name("name")
        if child.type in ("variable_assignment", "define_directive") and name is not None:
            if _is_whole(child):
                yield Definition(text_of(name.text or b""), DefinitionKind.VALUE, line, end)
        elif child.type == "rule":
            for target in _targets(child):
                yield Definition(target, DefinitionKind.RULE, line, end)
        if child.type not in ("variable_assignment", "define_directive"):
            yield from _definitions(child)


def _is_whole(assignment: Node) -> bool:
    """Whether it makes the variable: not for one target alone, and not by adding to it."""
    operator = assignment.child_by_field_name("operator")
    is_added = operator is not None and operator.text == b"+="
    return not is_added and assignment.child_by_field_name("target_or_pattern") is None


def _targets(rule: Node) -> Iterator[str]:
    for part in rule.named_children:
        if part.type == "targets":
            for name in part.named_children:
                if name.type == "word" and not (name.text or b"").startswith(b"."):
                    yield text_of(name.text or b"")
