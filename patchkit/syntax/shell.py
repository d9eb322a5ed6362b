"""Reads shell scripts (pure): functions and variables, and what is used of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.symbols import (
    Call,
    Definition,
    DefinitionKind,
    Reference,
    Symbols,
    each_once,
    text_of,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def read_shell(content: bytes) -> Symbols | None:
    """The symbols of a shell script; None without the grammar."""
    tree = parse(Language.SHELL, content)
    if tree is None:
        return None
    walk = _Walk()
    walk.visit(tree.root_node, "")
    return Symbols(
        Language.SHELL, "", tuple(walk.definitions), tuple(walk.calls), each_once(walk.references)
    )


class _Walk:
    """Goes through a script and notes what it finds."""

    def __init__(self) -> None:
        self.definitions: list[Definition] = []
        self.calls: list[Call] = []
        self.references: list[Reference] = []

    def visit(self, node: Node, caller: str) -> None:
        name = node.child_by_field_name("name")
        text = text_of(name.text or b"") if name is not None else ""
        line = node.start_point[0] + 1
        if node.type == "function_definition":
            kind = DefinitionKind.FUNCTION
            self.definitions.append(Definition(text, kind, line, node.end_point[0] + 1))
            caller = text
        elif node.type == "variable_assignment":
            if name is not None and name.type == "variable_name" and not _is_local(node):
                kind = DefinitionKind.VALUE
                self.definitions.append(Definition(text, kind, line, node.end_point[0] + 1))
        elif node.type == "command" and text.replace("_", "").replace("-", "").isalnum():
            arguments = len(node.children_by_field_name("argument"))
            self.references.append(Reference(text, line))
            self.calls.append(Call(text, line, "", arguments, None, caller))
        elif node.type in ("simple_expansion", "expansion"):
            self.references += (
                Reference(text_of(one.text or b""), line)
                for one in node.named_children
                if one.type == "variable_name"
            )
        for child in node.named_children:
            self.visit(child, caller)


def _is_local(assignment: Node) -> bool:
    around = assignment.parent
    if around is None or around.type not in ("declaration_command", "command"):
        return False
    # `A=1 command` sets it for that command alone.
    return around.type == "command" or (around.text or b"").startswith(b"local")
