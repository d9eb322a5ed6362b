"""Follows the scopes of Go to tell free names from declared ones (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from patchkit.syntax.symbols import MEMBER, Call, Reference, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

UNIVERSE = frozenset((
    "any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64",
    "int", "int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16",
    "uint32", "uint64", "uintptr", "true", "false", "iota", "nil", "append", "cap", "clear",
    "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic",
    "print", "println", "real", "recover", "_",
))  # fmt: skip
"""The names that the language itself declares."""

_SCOPES = frozenset(
    (
        "block",
        "if_statement",
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "expression_case",
        "default_case",
        "type_case",
        "communication_case",
    )
)
_KEYED_BY_VALUES = frozenset(("map_type", "array_type", "slice_type", "implicit_length_array_type"))

Scope: TypeAlias = "list[set[str]]"


class ScopeWalk:
    """Goes through declarations and notes free names and calls."""

    def __init__(self, imports: Mapping[str, str]) -> None:
        self.references: list[Reference] = []
        self.calls: list[Call] = []
        self._imports = imports
        self._scopes: Scope = []
        self._caller = ""
        self._special = {
            "identifier": self._name,
            "type_identifier": self._name,
            "qualified_type": self._qualified_type,
            "selector_expression": self._selector,
            "call_expression": self._call,
            "short_var_declaration": self._short_declaration,
            "assignment_statement": self._assignment,
            "expression_statement": self._statement,
            "var_spec": self._spec,
            "const_spec": self._spec,
            "type_spec": self._type_spec,
            "type_alias": self._type_spec,
            "range_clause": self._range,
            "receive_statement": self._range,
            "type_switch_statement": self._type_switch,
            "func_literal": self._function,
            "function_declaration": self._function,
            "method_declaration": self._function,
            "method_elem": self._function,
            "function_type": self._function,
            "composite_literal": self._composite,
            "keyed_element": self._keyed,
            "parameter_declaration": self._parameter,
            "variadic_parameter_declaration": self._parameter,
            "type_parameter_declaration": self._parameter,
        }

    def visit_declaration(self, node: Node) -> None:
        """Go through one declaration at the top of a file."""
        self._scopes = []
        name = node.child_by_field_name("name")
        self._caller = text_of(name.text or b"") if name is not None else ""
        self._visit(node)

    def _visit(self, node: Node) -> None:
        special = self._special.get(node.type)
        if special is not None:
            special(node)
        elif node.type in _SCOPES:
            self._scopes.append(set())
            self._visit_all(node.named_children)
            self._scopes.pop()
        else:
            self._visit_all(node.named_children)

    def _visit_all(self, nodes: Iterable[Node | None]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _declare(self, node: Node | None) -> None:
        """The names in a list of names; at the top of a file they are the package's."""
        if node is None or not self._scopes:
            return
        if node.type in ("identifier", "type_identifier"):
            self._scopes[-1].add(text_of(node.text or b""))
        else:
            for child in node.named_children:
                if child.type == "identifier":
                    self._declare(child)

    def _is_declared(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _name(self, node: Node) -> None:
        name = text_of(node.text or b"")
        if name not in UNIVERSE and not self._is_declared(name):
            self.references.append(Reference(name, node.start_point[0] + 1))

    def _import_of(self, operand: Node | None) -> str | None:
        """The path of the package that an operand names, if it names one."""
        if operand is None or operand.type not in ("identifier", "package_identifier"):
            return None
        name = text_of(operand.text or b"")
        return None if self._is_declared(name) else self._imports.get(name)

    def _qualified_type(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        path = self._import_of(node.child_by_field_name("package"))
        if name is not None and path is not None:
            text = text_of(name.text or b"")
            self.references.append(Reference(text, node.start_point[0] + 1, path))

    def _selector(self, node: Node) -> None:
        operand, field = node.child_by_field_name("operand"), node.child_by_field_name("field")
        path = self._import_of(operand)
        if field is not None:
            text, line = text_of(field.text or b""), field.start_point[0] + 1
            self.references.append(Reference(text, line, path or MEMBER))
        if path is None:
            self._visit_all((operand,))

    def _call(self, node: Node, taken: int | None = None) -> None:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        self._visit_all((function, node.child_by_field_name("type_arguments"), arguments))
        if function is None or arguments is None:
            return
        line, count = node.start_point[0] + 1, _count(arguments)
        if function.type == "identifier":
            name = text_of(function.text or b"")
            if not self._is_declared(name) and name not in UNIVERSE:
                self.calls.append(Call(name, line, "", count, taken, self._caller))
        elif function.type == "selector_expression":
            field = function.child_by_field_name("field")
            path = self._import_of(function.child_by_field_name("operand"))
            if field is not None:
                name = text_of(field.text or b"")
                self.calls.append(Call(name, line, path or MEMBER, count, taken, self._caller))

    def _value(self, node: Node | None, taken: int) -> None:
        """An expression whose results are all taken; a single call gives as many as are taken."""
        if node is None:
            return
        values = node.named_children if node.type == "expression_list" else [node]
        if len(values) == 1 and values[0].type == "call_expression":
            self._call(values[0], taken)
        else:
            self._visit_all(values)

    def _statement(self, node: Node) -> None:
        self._value(node.named_children[0] if len(node.named_children) == 1 else node, 0)

    def _short_declaration(self, node: Node) -> None:
        left = node.child_by_field_name("left")
        self._value(node.child_by_field_name("right"), _width(left))
        self._declare(left)

    def _assignment(self, node: Node) -> None:
        left = node.child_by_field_name("left")
        self._visit_all((left,))
        self._value(node.child_by_field_name("right"), _width(left))

    def _spec(self, node: Node) -> None:
        names = [one for one in node.children_by_field_name("name") if one.is_named]
        self._visit_all((node.child_by_field_name("type"),))
        self._value(node.child_by_field_name("value"), len(names))
        for name in names:
            self._declare(name)

    def _type_spec(self, node: Node) -> None:
        self._declare(node.child_by_field_name("name"))
        parameters = node.child_by_field_name("type_parameters")
        self._scopes.append(set())
        self._visit_all((parameters, node.child_by_field_name("type")))
        self._scopes.pop()

    def _range(self, node: Node) -> None:
        left = node.child_by_field_name("left")
        self._visit_all((node.child_by_field_name("right"),))
        if any(child.type == ":=" for child in node.children):
            self._declare(left)
        else:
            self._visit_all((left,))

    def _type_switch(self, node: Node) -> None:
        alias = node.child_by_field_name("alias")
        self._scopes.append(set())
        for child in node.named_children:
            if alias is not None and child.id == alias.id:
                self._declare(child)
            else:
                self._visit(child)
        self._scopes.pop()

    def _function(self, node: Node) -> None:
        self._scopes.append(set())
        receiver = node.child_by_field_name("receiver")
        for arguments in _type_arguments(receiver):
            self._declare_all(arguments)
        self._visit_all(
            (
                receiver,
                node.child_by_field_name("type_parameters"),
                node.child_by_field_name("parameters"),
                node.child_by_field_name("result"),
                node.child_by_field_name("body"),
            )
        )
        self._scopes.pop()

    def _declare_all(self, node: Node) -> None:
        self._declare(node)
        for child in node.named_children:
            self._declare_all(child)

    def _parameter(self, node: Node) -> None:
        self._visit_all((node.child_by_field_name("type"),))
        for name in node.children_by_field_name("name"):
            if name.is_named:
                self._declare(name)

    def _composite(self, node: Node) -> None:
        of, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        self._visit_all((of,))
        if of is not None and body is not None and of.type in _KEYED_BY_VALUES:
            for element in body.named_children:
                # What stands before the colon is a value here, not the name of a field.
                self._visit_all(element.named_children)
        else:
            self._visit_all((body,))

    def _keyed(self, node: Node) -> None:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        inner = key.named_children if key is not None else []
        if not (len(inner) == 1 and inner[0].type == "identifier"):
            self._visit_all((key,))
        self._visit_all((value,))


def _count(arguments: Node) -> int | None:
    """How many arguments a call has; None where one of them can stand for several."""
    given = [one for one in arguments.named_children if one.type != "comment"]
    if any(one.type == "variadic_argument" for one in given):
        return None
    if len(given) == 1 and given[0].type == "call_expression":
        return None
    return len(given)


def _width(left: Node | None) -> int:
    if left is None:
        return 0
    return len(left.named_children) if left.type == "expression_list" else 1


def _type_arguments(receiver: Node | None) -> list[Node]:
    if receiver is None:
        return []
    if receiver.type == "type_arguments":
        return [receiver]
    return [one for child in receiver.named_children for one in _type_arguments(child)]
