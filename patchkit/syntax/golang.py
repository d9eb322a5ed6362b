"""Reads Go (pure).

A free name is one that no scope around it declares, no import brings and the language does not
have. The declarations of a package see each other, so nothing at the top of a file is a scope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from patchkit.syntax.goscopes import ScopeWalk
from patchkit.syntax.gotypes import (
    embedded_types,
    owner_of,
    signature_of,
)
from patchkit.syntax.outlines import parse_outline
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import (
    Contract,
    Definition,
    DefinitionKind,
    Signature,
    Symbols,
    each_once,
    text_of,
)
from patchkit.syntax.words import has_word

if TYPE_CHECKING:
    from tree_sitter import Node


def read_go(content: bytes, focus: frozenset[bytes] | None = None) -> Symbols | None:
    """The symbols of a Go file; None without the grammar.

    With a `focus`, names and calls are read only in the declarations and functions that hold one of
    its words: that saves nearly all of the time.
    """
    tree = parse_outline(Language.GO, content, focus)
    if tree is None:
        return None
    root = tree.root_node
    package, imports = "", dict[str, str]()
    definitions: list[Definition] = []
    contracts: list[Contract] = []
    walk = ScopeWalk(imports)
    for node in root.named_children:
        if node.type == "package_clause":
            package = text_of(node.named_children[0].text or b"") if node.named_children else ""
        elif node.type == "import_declaration":
            imports.update(_imports(node))
        else:
            definitions += _definitions(node)
            contracts += _contracts(node)
            if focus is None or (focus and has_word(node.text or b"", focus)):
                walk.visit_declaration(node)
    return Symbols(
        Language.GO,
        package,
        tuple(definitions),
        tuple(walk.calls),
        each_once(walk.references),
        tuple(contracts),
    )


def _imports(node: Node) -> Iterator[tuple[str, str]]:
    """Each import: the name by which the file says it, and its path."""
    for spec in _specs(node, "import_spec"):
        path_node, name_node = spec.child_by_field_name("path"), spec.child_by_field_name("name")
        if path_node is None:
            continue
        path = text_of(path_node.text or b"").strip('"`')
        name = text_of(name_node.text or b"") if name_node is not None else _name_of_import(path)
        if name not in ("_", "."):
            yield name, path


def _name_of_import(path: str) -> str:
    """What a package is called that its import gives no name: a guess by its path, as people name
    packages."""
    parts = path.split("/")
    name = parts[-1]
    if len(parts) > 1 and re.fullmatch(r"v\d+", name):
        name = parts[-2]
    return re.sub(r"^go-|-go$|\.v\d+$|\.go$", "", name).replace("-", "_")


def _specs(node: Node, kind: str) -> Iterator[Node]:
    for child in node.named_children:
        if child.type == kind:
            yield child
        elif child.type.endswith("_list"):
            yield from _specs(child, kind)


def _definitions(node: Node) -> Iterator[Definition]:
    reader = _READERS.get(node.type)
    if reader is not None:
        yield from reader(node)


def _function(node: Node) -> Iterator[Definition]:
    name = node.child_by_field_name("name")
    if name is not None and name.text != b"_" and name.text != b"init":
        yield _definition(name, node, DefinitionKind.FUNCTION, signature=signature_of(node))


def _method(node: Node) -> Iterator[Definition]:
    name = node.child_by_field_name("name")
    if name is not None:
        yield _definition(
            name,
            node,
            DefinitionKind.METHOD,
            owner=owner_of(node),
            signature=signature_of(node),
        )


def _types(node: Node) -> Iterator[Definition]:
    for spec in (*_specs(node, "type_spec"), *_specs(node, "type_alias")):
        name, of = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if name is not None:
            embeds = embedded_types(of) if of is not None else ()
            yield _definition(name, spec, DefinitionKind.TYPE, embeds=embeds)


def _values(node: Node) -> Iterator[Definition]:
    for kind in ("const_spec", "var_spec"):
        for spec in _specs(node, kind):
            for name in spec.children_by_field_name("name"):
                if name.is_named and name.text != b"_":
                    yield _definition(name, spec, DefinitionKind.VALUE)


_READERS: Mapping[str, Callable[[Node], Iterator[Definition]]] = {
    "function_declaration": _function,
    "method_declaration": _method,
    "type_declaration": _types,
    "const_declaration": _values,
    "var_declaration": _values,
}


def _contracts(node: Node) -> Iterator[Contract]:
    if node.type != "type_declaration":
        return
    for spec in _specs(node, "type_spec"):
        name, of = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if name is None or of is None or of.type != "interface_type":
            continue
        members = tuple(_members(of))
        if members or any(child.type == "type_elem" for child in of.named_children):
            embedded = tuple(
                text_of(child.text or b"")
                for child in of.named_children
                if child.type == "type_elem"
            )
            line = spec.start_point[0] + 1
            yield Contract(text_of(name.text or b""), members, line, embedded)


def _members(interface: Node) -> Iterator[Definition]:
    for child in interface.named_children:
        name = child.child_by_field_name("name")
        if child.type == "method_elem" and name is not None:
            signature = signature_of(child)
            yield _definition(name, child, DefinitionKind.METHOD, signature=signature)


def _definition(
    name: Node,
    node: Node,
    kind: DefinitionKind,
    *,
    owner: str = "",
    signature: Signature | None = None,
    embeds: tuple[str, ...] = (),
) -> Definition:
    line, end = node.start_point[0] + 1, node.end_point[0] + 1
    return Definition(text_of(name.text or b""), kind, line, end, owner, signature, embeds)
