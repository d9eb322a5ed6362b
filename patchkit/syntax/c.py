"""Reads C (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchkit.syntax.cscopes import ScopeWalk
from patchkit.syntax.declarators import (
    NAMES,
    declarators,
    function_in,
    is_pointer_to_function,
    name_in,
    signature_in,
)
from patchkit.syntax.outlines import parse_outline
from patchkit.syntax.parsing import Language
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
from patchkit.syntax.words import LETTERS, has_word

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMENT_OR_STRING = re.compile(
    rb"//[^\n]*|/\*.*?\*/|(\")(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.DOTALL
)
_DIRECTIVE = re.compile(
    rb"(?m)^[ \t]*#[ \t]*(?:"
    rb"(?:el)?if(?:n?def)?\b(?:[^\\\n]|\\\n|\\.)*"
    rb"|include\b[^\n]*"
    rb"|define[ \t]+(\w+)(?:[^\\\n]|\\\n|\\.)*)"
)
_WITHOUT_NAMES = frozenset(("comment", "preproc_include"))
_MACROS = frozenset(("preproc_def", "preproc_function_def"))
_INSIDE = frozenset(
    (
        "preproc_if",
        "preproc_ifdef",
        "preproc_else",
        "preproc_elif",
        "linkage_specification",
        "declaration_list",
        "ERROR",
    )
)


def read_c(content: bytes, focus: frozenset[bytes] | None = None) -> Symbols | None:
    """The symbols of a C file; None without the grammar. `focus` as of `read_go`."""
    tree = parse_outline(Language.C, content, focus)
    if tree is None:
        return None
    definitions: list[Definition] = []
    contracts: list[Contract] = []
    implementations: list[Implementation] = []
    walk = ScopeWalk()
    for node in _items(tree.root_node):
        kind = node.type
        if kind in _WITHOUT_NAMES:
            continue
        if kind in _MACROS:
            definitions += _macro(node)
            continue
        definitions += _definitions(node)
        contracts += _contracts(node)
        implementations += _implementations(node)
        if focus is None or (focus and has_word(node.text or b"", focus)):
            walk.visit_item(node)
    return Symbols(
        Language.C,
        "",
        tuple(definitions),
        tuple(walk.calls),
        each_once(walk.references),
        tuple(contracts),
        tuple(implementations),
    )


def definable_in_c(content: bytes) -> bytes:
    """A C file without what can have no name that the file defines: comments, strings and what is
    called with one, conditions, names of included files, and what macros stand for. (A file that
    cannot be parsed can seem to define more.)"""
    texts = _COMMENT_OR_STRING.split(content)  # with the quote of a string, or None, between them
    plain = map(_without_called, texts[::2], (*texts[1::2], None))
    return b" ".join(filter(None, _DIRECTIVE.split(b" ".join(plain))))


def _without_called(text: bytes, behind: bytes | None) -> bytes:
    """A text without the name of what is called with the string behind it: `N_(`."""
    before = text.rstrip() if behind is not None else b""
    return before[:-1].rstrip().rstrip(LETTERS) if before.endswith(b"(") else text


def _items(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in _INSIDE:
            yield from _items(child)
        else:
            yield child


def _definitions(node: Node) -> Iterator[Definition]:
    if node.type == "function_definition":
        for declarator in declarators(node):
            yield from _declared(node, declarator, DefinitionKind.FUNCTION)
    elif node.type == "declaration":
        for declarator in declarators(node):
            is_function = function_in(declarator) is not None
            is_prototype = is_function and not is_pointer_to_function(declarator)
            is_declared = is_prototype or _has_storage(node, b"extern")
            kind = DefinitionKind.PROTOTYPE if is_declared else DefinitionKind.VALUE
            yield from _declared(node, declarator, kind)
    elif node.type == "type_definition":
        for declarator in declarators(node):
            yield from _declared(node, declarator, DefinitionKind.TYPE)
    yield from _tagged(node)


def _declared(node: Node, declarator: Node, kind: DefinitionKind) -> Iterator[Definition]:
    name, function = name_in(declarator), function_in(declarator)
    if name is None:
        return
    signature = None
    if function is not None and kind is not DefinitionKind.TYPE:
        signature = signature_in(node, function)
    line, end = node.start_point[0] + 1, node.end_point[0] + 1
    text, is_private = text_of(name.text or b""), _has_storage(node, b"static")
    yield Definition(text, kind, line, end, "", signature, (), is_private)


def _macro(node: Node) -> Iterator[Definition]:
    name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
    if name is not None:
        signature = None
        if parameters is not None:
            names = tuple("" for _ in parameters.named_children)
            signature = Signature(names, (), b"..." in (parameters.text or b""))
        line, end = node.start_point[0] + 1, node.end_point[0] + 1
        yield Definition(text_of(name.text or b""), DefinitionKind.MACRO, line, end, "", signature)


def _tagged(node: Node) -> Iterator[Definition]:
    """A struct, union or enum that is spelt out here, and the values of an enum."""
    of = node if node.type.endswith("_specifier") else node.child_by_field_name("type")
    body = of.child_by_field_name("body") if of is not None else None
    if of is None or body is None:
        return
    line, end = of.start_point[0] + 1, of.end_point[0] + 1
    name = of.child_by_field_name("name")
    if name is not None:
        yield Definition(text_of(name.text or b""), DefinitionKind.TYPE, line, end)
    for one in body.named_children if of.type == "enum_specifier" else ():
        value = one.child_by_field_name("name")
        if value is not None:
            at = one.start_point[0] + 1
            yield Definition(text_of(value.text or b""), DefinitionKind.CONSTANT, at, at)


def _contracts(node: Node) -> Iterator[Contract]:
    """A struct with pointers to functions."""
    of = node if node.type == "struct_specifier" else node.child_by_field_name("type")
    body = of.child_by_field_name("body") if of is not None else None
    if of is None or body is None or of.type != "struct_specifier":
        return
    name = of.child_by_field_name("name")
    if node.type == "type_definition" and name is None:
        name = next(map(name_in, declarators(node)), None)
    members: list[Definition] = []
    for row in body.named_children:
        for declarator in declarators(row):
            if is_pointer_to_function(declarator):
                members += _declared(row, declarator, DefinitionKind.METHOD)
    if name is not None and members:
        names = frozenset(one.name for one in members)
        yield Contract(text_of(name.text or b""), tuple(members), of.start_point[0] + 1, (), names)


def _implementations(node: Node) -> Iterator[Implementation]:
    """A variable of such a struct that is initialised with the functions' names."""
    of = node.child_by_field_name("type") if node.type == "declaration" else None
    if of is None:
        return
    tag = of.child_by_field_name("name") if of.type == "struct_specifier" else of
    for declarator in declarators(node):
        value, name = declarator.child_by_field_name("value"), name_in(declarator)
        if value is None or name is None or tag is None or value.type != "initializer_list":
            continue
        members = tuple(_initialised(value))
        if members:
            line = node.start_point[0] + 1
            yield Implementation(text_of(tag.text or b""), text_of(name.text or b""), members, line)


def _initialised(value: Node) -> Iterator[Definition]:
    for pair in value.named_children:
        given = pair.child_by_field_name("value") if pair.type == "initializer_pair" else None
        for designator in pair.children_by_field_name("designator") if given is not None else ():
            name = next((one for one in designator.named_children if one.type in NAMES), None)
            if name is not None:
                line = pair.start_point[0] + 1
                yield Definition(text_of(name.text or b""), DefinitionKind.METHOD, line, line)


def _has_storage(node: Node, word: bytes) -> bool:
    return any(
        one.type == "storage_class_specifier" and one.text == word for one in node.named_children
    )
