"""Follows the scopes of Rust to tell free names from declared ones (pure).

A name in a pattern that starts with a small letter is taken as a new one, as Rust's own style has
it; inside of a macro's brackets those are
taken as used that look like a call, a path or a constant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from patchkit.syntax.symbols import MEMBER, Call, Reference, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_SCOPES = frozenset(
    (
        "block",
        "match_arm",
        "for_expression",
        "while_expression",
        "if_expression",
        "closure_expression",
    )
)
_FUNCTIONS = frozenset(("function_item", "function_signature_item"))
_PATTERNS = frozenset(
    (
        "tuple_pattern",
        "tuple_struct_pattern",
        "struct_pattern",
        "mut_pattern",
        "ref_pattern",
        "reference_pattern",
        "captured_pattern",
        "or_pattern",
        "slice_pattern",
        "field_pattern",
    )
)
_OWN = frozenset(("Self", "self", "super", "crate"))


class ScopeWalk:
    """Goes through items and notes free names and calls."""

    def __init__(self) -> None:
        self.references: list[Reference] = []
        self.calls: list[Call] = []
        self._scopes: list[set[str]] = []
        self._caller = ""

    def visit_item(self, node: Node) -> None:
        """Go through one item."""
        self._scopes, self._caller = [], ""
        self._visit(node)

    def _visit(self, node: Node) -> None:
        match node.type:
            case "identifier" | "type_identifier":
                self._name(node)
            case "scoped_identifier" | "scoped_type_identifier":
                self._scoped(node)
            case "field_expression":
                self._field(node)
            case "call_expression":
                self._call(node, None)
            case "expression_statement":
                self._statement(node)
            case "let_declaration" | "let_condition" | "for_expression" | "parameter":
                self._binding(node)
            case "match_pattern":
                self._match_pattern(node)
            case "closure_parameters":
                for child in node.named_children:
                    self._parameter(child)
            case _:
                self._visit_further(node)

    def _visit_further(self, node: Node) -> None:
        match node.type:
            case "use_declaration":
                self._use(node)
            case "token_tree":
                self._tokens(node)
            case "type_parameters":
                self._type_parameters(node)
            case "attribute_item" | "inner_attribute_item" | "macro_definition" | "lifetime":
                pass
            case kind if kind in _SCOPES:
                self._scoped_visit(node)
            case _:
                self._item_or_other(node)

    def _item_or_other(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if node.type in _FUNCTIONS:
            self._caller = text_of(name.text or b"") if name is not None else ""
        is_item = node.type.endswith(("_item", "_definition"))
        if is_item:
            self._scopes.append(set())
        for child in node.named_children:
            is_own_name = name is not None and child.id == name.id
            if not (is_own_name and (is_item or node.type in ("enum_variant", "associated_type"))):
                self._visit(child)
        if is_item:
            self._scopes.pop()

    def _scoped_visit(self, node: Node) -> None:
        # Items of a block are there from its start on.
        inside = node.named_children if node.type == "block" else ()
        names = (one.child_by_field_name("name") for one in inside if one.type.endswith("_item"))
        self._scopes.append({text_of(one.text or b"") for one in names if one is not None})
        self._visit_all(node.named_children)
        self._scopes.pop()

    def _visit_all(self, nodes: Iterable[Node | None]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _is_declared(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _name(self, node: Node) -> None:
        name = text_of(node.text or b"")
        if name not in _OWN and not self._is_declared(name):
            self.references.append(Reference(name, node.start_point[0] + 1))

    def _scoped(self, node: Node) -> None:
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        if name is not None:
            qualifier = text_of(path.text or b"") if path is not None else ""
            text, line = text_of(name.text or b""), name.start_point[0] + 1
            self.references.append(Reference(text, line, qualifier))
        self._visit_all((path,))

    def _field(self, node: Node) -> None:
        self._visit_all((node.child_by_field_name("value"),))
        name = node.child_by_field_name("field")
        if name is not None and name.type == "field_identifier":
            text, line = text_of(name.text or b""), name.start_point[0] + 1
            self.references.append(Reference(text, line, MEMBER))

    def _statement(self, node: Node) -> None:
        inner = node.named_children[0] if node.named_children else None
        is_dropped = node.children and node.children[-1].type == ";"
        if inner is not None and inner.type == "call_expression" and is_dropped:
            self._call(inner, 0)
        else:
            self._visit_all(node.named_children)

    def _call(self, node: Node, taken: int | None) -> None:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        self._visit_all((function, arguments))
        name, qualifier = self._called(function)
        if name is None or arguments is None:
            return
        given = [one for one in arguments.named_children if not one.type.endswith("comment")]
        text, line = text_of(name.text or b""), node.start_point[0] + 1
        if qualifier or not self._is_declared(text):
            self.calls.append(Call(text, line, qualifier, len(given), taken, self._caller))

    def _called(self, function: Node | None) -> tuple[Node | None, str]:
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None:
            return None, ""
        if function.type == "identifier":
            return function, ""
        if function.type == "field_expression":
            return function.child_by_field_name("field"), MEMBER
        if function.type == "scoped_identifier":
            path = function.child_by_field_name("path")
            qualifier = text_of(path.text or b"") if path is not None else ""
            return function.child_by_field_name("name"), qualifier
        return None, ""

    def _binding(self, node: Node) -> None:
        """`let`, `if let`, `for` and parameters: the pattern holds from after the value on."""
        is_for = node.type == "for_expression"
        self._visit_all((node.child_by_field_name("type"), node.child_by_field_name("value")))
        self._visit_all((node.child_by_field_name("alternative"),))
        if is_for:
            self._scopes.append(set())
        pattern = node.child_by_field_name("pattern")
        if pattern is not None:
            self._pattern(pattern)
        if is_for:
            self._visit_all((node.child_by_field_name("body"),))
            self._scopes.pop()

    def _match_pattern(self, node: Node) -> None:
        condition = node.child_by_field_name("condition")
        for child in node.named_children:
            if condition is None or child.id != condition.id:
                self._pattern(child)
        self._visit_all((condition,))

    def _parameter(self, node: Node) -> None:
        if node.type == "parameter":
            self._binding(node)
        else:
            self._pattern(node)

    def _pattern(self, node: Node) -> None:
        if node.type in ("identifier", "shorthand_field_identifier"):
            name = text_of(node.text or b"")
            if name[:1].isupper():
                self._name(node)
            elif self._scopes:
                self._scopes[-1].add(name)
        elif node.type in _PATTERNS:
            of = node.child_by_field_name("type")
            for child in node.named_children:
                if of is not None and child.id == of.id:
                    self._visit(child)
                else:
                    self._pattern(child)
        else:
            self._visit(node)

    def _tokens(self, node: Node) -> None:
        """Inside of a macro: what stands there like a call, a path or a constant."""
        for child in node.named_children:
            after = child.next_sibling
            is_used = after is not None and (after.text or b"")[:1] in (b"(", b":", b"!")
            if child.type == "token_tree":
                self._tokens(child)
            elif child.type == "identifier" and (is_used or (child.text or b"")[:1].isupper()):
                self._name(child)

    def _use(self, node: Node) -> None:
        argument = node.child_by_field_name("argument")
        if argument is not None:
            self._used(argument, "")

    def _used(self, node: Node, path: str) -> None:
        inner = node.child_by_field_name("path")
        if node.type in ("scoped_use_list", "use_list"):
            of = text_of(inner.text or b"") if inner is not None else ""
            longer = "::".join(part for part in (path, of) if part)
            inside = node.child_by_field_name("list") if node.type == "scoped_use_list" else node
            for child in inside.named_children if inside is not None else ():
                self._used(child, longer)
        elif node.type == "use_as_clause" and inner is not None:
            self._used(inner, path)
        elif node.type in ("identifier", "scoped_identifier"):
            text, line = text_of(node.text or b""), node.start_point[0] + 1
            before, _, name = text.rpartition("::")
            qualifier = "::".join(part for part in (path, before) if part)
            self.references.append(Reference(name, line, qualifier))

    def _type_parameters(self, node: Node) -> None:
        for one in node.named_children:
            name = one.child_by_field_name("name")
            if name is not None and self._scopes:
                self._scopes[-1].add(text_of(name.text or b""))
            self._visit_all(
                (one.child_by_field_name("bounds"), one.child_by_field_name("default_type"))
            )
