"""Follows the scopes of C to tell free names from declared ones (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from patchkit.syntax.declarators import declarators, function_in, name_in, parameters_of
from patchkit.syntax.symbols import MEMBER, Call, Reference, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_SCOPES = frozenset(("compound_statement", "for_statement"))
_WITHOUT_NAMES = frozenset(("preproc_def", "preproc_function_def", "preproc_include"))


class ScopeWalk:
    """Goes through what stands at the top of a file and notes free names and calls."""

    def __init__(self) -> None:
        self.references: list[Reference] = []
        self.calls: list[Call] = []
        self._scopes: list[set[str]] = []
        self._caller = ""
        self._special: Mapping[str, Callable[[Node], None]] = {
            "identifier": self._name,
            "type_identifier": self._name,
            "field_expression": self._field,
            "call_expression": self._call,
            "expression_statement": self._statement,
            "declaration": self._declaration,
            "parameter_declaration": self._declaration,
            "field_declaration": self._declaration,
            "type_definition": self._declaration,
            "function_definition": self._function,
            "struct_specifier": self._tagged,
            "union_specifier": self._tagged,
            "enum_specifier": self._tagged,
        }

    def visit_item(self, node: Node) -> None:
        """Go through one item."""
        self._scopes, self._caller = [], ""
        self._visit(node)

    def _visit(self, node: Node) -> None:
        kind = node.type
        special = self._special.get(kind)
        if special is not None:
            special(node)
        elif kind in _SCOPES:
            self._scopes.append(set())
            self._visit_all(node.named_children)
            self._scopes.pop()
        elif kind not in _WITHOUT_NAMES:
            self._visit_all(node.named_children)

    def _visit_all(self, nodes: Iterable[Node | None]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _name(self, node: Node) -> None:
        name = text_of(node.text or b"")
        if not any(name in scope for scope in self._scopes):
            self.references.append(Reference(name, node.start_point[0] + 1))

    def _field(self, node: Node) -> None:
        self._visit_all((node.child_by_field_name("argument"),))
        name = node.child_by_field_name("field")
        if name is not None:
            text, line = text_of(name.text or b""), name.start_point[0] + 1
            self.references.append(Reference(text, line, MEMBER))

    def _statement(self, node: Node) -> None:
        for child in node.named_children:
            self._valued(child, 0)

    def _valued(self, node: Node, taken: int) -> None:
        if node.type == "call_expression":
            self._call(node, taken)
        else:
            self._visit(node)

    def _call(self, node: Node, taken: int | None = None) -> None:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        self._visit_all((function, arguments))
        if function is None or arguments is None:
            return
        if function.type == "identifier":
            name, qualifier = function, ""
            if any(text_of(name.text or b"") in scope for scope in self._scopes):
                return
        elif function.type == "field_expression":
            field = function.child_by_field_name("field")
            if field is None:
                return
            name, qualifier = field, MEMBER
        else:
            return
        count = sum(1 for one in arguments.named_children if one.type != "comment")
        line = node.start_point[0] + 1
        text = text_of(name.text or b"")
        self.calls.append(Call(text, line, qualifier, count, taken, self._caller))

    def _declaration(self, node: Node) -> None:
        self._visit_all((node.child_by_field_name("type"),))
        for declarator in declarators(node):
            name = name_in(declarator)
            if name is not None and self._scopes:
                self._scopes[-1].add(text_of(name.text or b""))
            function = function_in(declarator)
            if function is not None:
                self._scopes.append(set())
                self._visit_all(parameters_of(function))
                self._scopes.pop()
            value = declarator.child_by_field_name("value")
            if value is not None:
                self._valued(value, 1)

    def _function(self, node: Node) -> None:
        self._scopes.append(set())
        self._visit_all((node.child_by_field_name("type"),))
        for declarator in declarators(node):
            name, function = name_in(declarator), function_in(declarator)
            self._caller = text_of(name.text or b"") if name is not None else ""
            self._visit_all(parameters_of(function) if function is not None else ())
        self._visit_all((node.child_by_field_name("body"),))
        self._scopes.pop()

    def _tagged(self, node: Node) -> None:
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        if body is None:
            self._visit_all((name,))
            return
        self._scopes.append(set())
        for one in body.named_children:
            if one.type == "enumerator":
                self._visit_all((one.child_by_field_name("value"),))
            else:
                self._visit(one)
        self._scopes.pop()
