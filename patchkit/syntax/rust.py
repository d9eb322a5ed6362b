"""Reads Rust (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from patchkit.syntax.outlines import parse_outline
from patchkit.syntax.parsing import Language
from patchkit.syntax.rustscopes import ScopeWalk
from patchkit.syntax.symbols import (
    Contract,
    Definition,
    DefinitionKind,
    Implementation,
    Signature,
    Symbols,
    each_once,
    text_of,
)
from patchkit.syntax.words import has_word

if TYPE_CHECKING:
    from tree_sitter import Node

_GAP = rb"(?:\s|//[^\n]*\n|/\*.*?\*/)"
# The name can be such a word itself: `const fn`, `static mut`.
_DEFINING = re.compile(
    rb"\b(?:(?:fn|struct|enum|union|type|trait|const|static|mut|mod)%b+|macro_rules%b*!%b*)(?=(\w+))"
    % (_GAP, _GAP, _GAP),
    re.DOTALL,
)
_EXPORT = re.compile(
    rb"\bpub\b(?:%b*\([^)]*\))?%b+use\b[^;]*" % (_GAP, _GAP),
    re.DOTALL,
)
_KINDS = {
    "function_item": DefinitionKind.FUNCTION,
    "function_signature_item": DefinitionKind.FUNCTION,
    "struct_item": DefinitionKind.TYPE,
    "enum_item": DefinitionKind.TYPE,
    "union_item": DefinitionKind.TYPE,
    "type_item": DefinitionKind.TYPE,
    "trait_item": DefinitionKind.TYPE,
    "const_item": DefinitionKind.VALUE,
    "static_item": DefinitionKind.VALUE,
    "macro_definition": DefinitionKind.MACRO,
    "mod_item": DefinitionKind.MODULE,
}
_MEMBERS = frozenset(
    ("function_item", "function_signature_item", "const_item", "associated_type", "type_item")
)


def read_rust(content: bytes, focus: frozenset[bytes] | None = None) -> Symbols | None:
    """The symbols of a Rust file; None without the grammar. `focus` as of `read_go`."""
    tree = parse_outline(Language.RUST, content, focus)
    if tree is None:
        return None
    definitions: list[Definition] = []
    contracts: list[Contract] = []
    implementations: list[Implementation] = []
    walk = ScopeWalk()
    for node in _items(tree.root_node):
        definitions += _definitions(node)
        if node.type == "trait_item":
            contracts.append(_contract(node))
        elif node.type == "impl_item":
            implementations += _implementation(node)
        if focus is None or (focus and has_word(node.text or b"", focus)):
            walk.visit_item(node)
    return Symbols(
        Language.RUST,
        "",
        tuple(definitions),
        tuple(walk.calls),
        each_once(walk.references),
        tuple(contracts),
        tuple(implementations),
    )


def may_define_in_rust(content: bytes, words: frozenset[bytes]) -> bool:
    """Whether one of the words stands where a definition or an export has its names."""
    if b"r#" in content:  # names that are keywords are spelt so
        return True
    if any(found[1] in words for found in _DEFINING.finditer(content)):
        return True
    return any(has_word(found[0], words) for found in _EXPORT.finditer(content))


def _items(node: Node) -> Iterator[Node]:
    """What stands in the file; a module's inside is the file's as well, as are foreign items."""
    for child in node.named_children:
        body = child.child_by_field_name("body")
        if child.type in ("mod_item", "foreign_mod_item") and body is not None:
            if not _is_test_module(child):
                yield from _items(body)
        elif child.type == "ERROR":
            yield from _items(child)
        else:
            yield child


def _is_test_module(node: Node) -> bool:
    before = node.prev_named_sibling
    text = (before.text or b"") if before is not None and before.type == "attribute_item" else b""
    return re.search(rb"\bcfg\s*\(\s*test\s*\)", text) is not None


def _definitions(node: Node) -> Iterator[Definition]:
    if node.type == "impl_item":
        yield from _methods(node)
    elif node.type == "use_declaration":
        yield from _exported(node)
    elif node.type in _KINDS:
        name = node.child_by_field_name("name")
        if name is not None:
            yield _definition(node, name, _KINDS[node.type])


def _methods(impl: Node) -> Iterator[Definition]:
    owner, body = _base_name(impl.child_by_field_name("type")), impl.child_by_field_name("body")
    is_of_trait = impl.child_by_field_name("trait") is not None
    for one in body.named_children if body is not None else ():
        name = one.child_by_field_name("name")
        if one.type in _MEMBERS and name is not None:
            yield _definition(one, name, DefinitionKind.METHOD, owner, is_public=is_of_trait)


def _exported(node: Node) -> Iterator[Definition]:
    """The names that `pub use` gives a second home; a wildcard gives none that is known here."""
    argument = node.child_by_field_name("argument")
    if argument is None or not _is_public(node):
        return
    line = node.start_point[0] + 1
    for name in _used_names(argument):
        yield Definition(name, DefinitionKind.VALUE, line, node.end_point[0] + 1)


def _used_names(node: Node) -> Iterator[str]:
    if node.type == "use_as_clause":
        names: Iterable[Node | None] = (node.child_by_field_name("alias"),)
    elif node.type == "scoped_use_list":
        inside = node.child_by_field_name("list")
        for child in inside.named_children if inside is not None else ():
            yield from _used_names(child)
        return
    elif node.type == "use_list":
        for child in node.named_children:
            yield from _used_names(child)
        return
    elif node.type == "scoped_identifier":
        names = (node.child_by_field_name("name"),)
    else:
        names = (node,) if node.type == "identifier" else ()
    for name in names:
        if name is not None:
            yield text_of(name.text or b"")


def _definition(
    node: Node, name: Node, kind: DefinitionKind, owner: str = "", *, is_public: bool = False
) -> Definition:
    line, end = node.start_point[0] + 1, node.end_point[0] + 1
    is_private = not is_public and not _is_public(node) and kind is not DefinitionKind.MACRO
    text = text_of(name.text or b"")
    return Definition(text, kind, line, end, owner, _signature(node), (), is_private)


def _is_public(node: Node) -> bool:
    return any(one.type == "visibility_modifier" for one in node.named_children)


def _signature(node: Node) -> Signature | None:
    parameters = node.child_by_field_name("parameters")
    if parameters is None:
        return None
    taken, is_variadic = [], False
    for one in parameters.named_children:
        of = one.child_by_field_name("type")
        if one.type == "self_parameter":
            taken.append(text_of(one.text or b""))
        elif one.type == "parameter" and of is not None:
            taken.append(text_of(of.text or b""))
        is_variadic = is_variadic or one.type == "variadic_parameter"
    result = node.child_by_field_name("return_type")
    given = () if result is None else (text_of(result.text or b""),)
    return Signature(tuple(taken), given, is_variadic)


def _contract(node: Node) -> Contract:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    members, optional = [], set()
    for one in body.named_children if body is not None else ():
        label = one.child_by_field_name("name")
        if one.type not in _MEMBERS or label is None:
            continue
        members.append(_definition(one, label, DefinitionKind.METHOD, is_public=True))
        if one.child_by_field_name("body") or one.child_by_field_name("value"):
            optional.add(members[-1].name)
    bounds = node.child_by_field_name("bounds")
    embedded = tuple(
        _base_name(one) for one in (bounds.named_children if bounds is not None else ())
    )
    text = text_of(name.text or b"") if name is not None else ""
    line = node.start_point[0] + 1
    return Contract(text, tuple(members), line, embedded, frozenset(optional))


def _implementation(node: Node) -> Iterator[Implementation]:
    trait = node.child_by_field_name("trait")
    if trait is not None:
        owner = _base_name(node.child_by_field_name("type"))
        members = tuple(_methods(node))
        yield Implementation(_base_name(trait), owner, members, node.start_point[0] + 1)


def _base_name(of: Node | None) -> str:
    """The last name of a type without references and type arguments."""
    while of is not None:
        inner = of.child_by_field_name("type")
        if of.type in ("generic_type", "reference_type") and inner is not None:
            of = inner
        elif of.type == "scoped_type_identifier":
            of = of.child_by_field_name("name")
        else:
            return text_of(of.text or b"")
    return ""
