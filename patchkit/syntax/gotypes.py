"""The types that stand in a Go declaration, as text (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchkit.syntax.symbols import Signature, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def signature_of(node: Node) -> Signature:
    """The signature of a function, a method or a member of an interface."""
    parameters = node.child_by_field_name("parameters")
    result = node.child_by_field_name("result")
    taken = tuple(_types(parameters)) if parameters is not None else ()
    if result is None:
        given: tuple[str, ...] = ()
    elif result.type == "parameter_list":
        given = tuple(_types(result))
    else:
        given = (text_of(result.text or b""),)
    is_variadic = parameters is not None and any(
        child.type == "variadic_parameter_declaration" for child in parameters.named_children
    )
    return Signature(taken, given, is_variadic)


def _types(parameters: Node) -> Iterator[str]:
    """A type for each parameter: `a, b int` are two."""
    for child in parameters.named_children:
        of = child.child_by_field_name("type")
        if of is None:
            continue
        dots = "..." if child.type == "variadic_parameter_declaration" else ""
        names = [one for one in child.children_by_field_name("name") if one.is_named]
        for _ in range(max(1, len(names))):
            yield dots + text_of(of.text or b"")


def owner_of(method: Node) -> str:
    """The name of the type that a method belongs to: `T` of `(t *T[K])`."""
    receiver = method.child_by_field_name("receiver")
    for child in receiver.named_children if receiver is not None else ():
        of = child.child_by_field_name("type")
        if of is not None:
            return base_name(of)
    return ""


def base_name(of: Node) -> str:
    """The name of a type without pointers, parentheses and type arguments."""
    while of.type in ("pointer_type", "parenthesized_type") and of.named_children:
        of = of.named_children[0]
    if of.type == "generic_type":
        inner = of.child_by_field_name("type")
        of = inner if inner is not None else of
    return text_of(of.text or b"")


def embedded_types(of: Node) -> tuple[str, ...]:
    """The types that a struct embeds, without the pointers to them."""
    found = []
    for fields in of.named_children if of.type == "struct_type" else ():
        for field in fields.named_children:
            inner = field.child_by_field_name("type")
            is_embedded = field.child_by_field_name("name") is None and inner is not None
            if field.type == "field_declaration" and is_embedded:
                assert inner is not None
                found.append(base_name(inner))
    return tuple(found)
