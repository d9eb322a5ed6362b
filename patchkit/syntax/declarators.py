"""Takes C declarators apart: `*name[3]`, `(*name)(int, char *)` (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchkit.syntax.symbols import Signature, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

NAMES = frozenset(("identifier", "field_identifier", "type_identifier"))


def declarators(node: Node) -> list[Node]:
    """The declarators of a declaration, a field or a parameter."""
    return node.children_by_field_name("declarator")


def name_in(declarator: Node) -> Node | None:
    """The name that a declarator declares; an abstract one has none."""
    node: Node | None = declarator
    while node is not None and node.type not in NAMES:
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type in ("parenthesized_declarator", "attributed_declarator"):
            inner = node.named_children[0] if node.named_children else None
        node = inner
    return node


def function_in(declarator: Node) -> Node | None:
    """The part of a declarator with the parameters of the innermost function."""
    found, node = None, declarator
    while True:
        if node.type == "function_declarator":
            found = node
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type == "parenthesized_declarator" and node.named_children:
            inner = node.named_children[0]
        if inner is None:
            return found
        node = inner


def is_pointer_to_function(declarator: Node) -> bool:
    """Whether it declares a pointer to a function: `(*name)(int)`."""
    function = function_in(declarator)
    inner = function.child_by_field_name("declarator") if function is not None else None
    return inner is not None and inner.type == "parenthesized_declarator"


def parameters_of(function: Node) -> Iterator[Node]:
    """The parameters of a function declarator; none for `(void)`."""
    inside = function.child_by_field_name("parameters")
    for one in inside.named_children if inside is not None else ():
        if one.type == "parameter_declaration" and (one.text or b"").strip() != b"void":
            yield one


def signature_in(declaration: Node, function: Node) -> Signature:
    """The signature of a function; names of parameters are left out."""
    of = declaration.child_by_field_name("type")
    outer = next(
        (one for one in declarators(declaration) if one.start_byte <= function.start_byte), function
    )
    stars = (declaration.text or b"")[
        outer.start_byte - declaration.start_byte : function.start_byte - declaration.start_byte
    ]
    result = text_of((of.text or b"") if of is not None else b"")
    result += "*" * stars.count(b"*") if function.id != outer.id else ""
    inside = function.child_by_field_name("parameters")
    is_variadic = inside is not None and any(
        one.type == "variadic_parameter" for one in inside.named_children
    )
    taken = tuple(_type_of(one) for one in parameters_of(function))
    # `f()` says nothing of its parameters.
    is_open = inside is not None and not inside.named_children
    return Signature(taken, () if result == "void" else (result,), is_variadic or is_open)


def _type_of(parameter: Node) -> str:
    """A parameter without its name."""
    raw = parameter.text or b""
    for declarator in declarators(parameter):
        name = name_in(declarator)
        if name is not None:
            start = name.start_byte - parameter.start_byte
            raw = raw[:start] + raw[start + len(name.text or b"") :]
    return text_of(raw).replace(" *", "*").replace("* ", "*")
