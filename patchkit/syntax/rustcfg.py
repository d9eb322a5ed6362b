"""Which parts of a Rust file are there for a variant (pure): `#[cfg(target_arch = "…")]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.targets import Target, Truth, all_hold, any_holds, negated

if TYPE_CHECKING:
    from tree_sitter import Node

_CFG = re.compile(rb"#!?\[\s*cfg\s*\(")
_CONDITION = re.compile(rb'\w+\s*=\s*"[^"]*"|\w+|[(),]')
_WHOLE = frozenset(("match_arm", "field_initializer", "shorthand_field_initializer"))
"""What holds its attributes inside of itself."""
_MOST = 2_000
"""Bytes of an attribute that are looked at."""


def without_other_cfgs(content: bytes, target: Target) -> bytes:
    """The file without what is compiled for other variants only; its lines stay lines."""
    if b"cfg" not in content:
        return content
    marks = list(_CFG.finditer(content))
    decided = [one for one in marks if _holds_at(content, one.end(), target) is False]
    tree = parse(Language.RUST, content) if decided else None
    if tree is None:
        return content
    result = bytearray(content)
    for mark in decided:
        if mark[0].startswith(b"#!"):
            return b"\n" * content.count(b"\n")
        node = tree.root_node.descendant_for_byte_range(mark.start(), mark.start() + 1)
        span = _span(node) if node is not None else None
        if span is not None:
            start, stop = span
            result[start:stop] = re.sub(rb"[^\n]", b" ", content[start:stop])
    return bytes(result)


def holds_for(attribute: bytes, target: Target) -> Truth:
    """Whether the condition in the text of an attribute `#[cfg(…)]` holds; True for others."""
    mark = _CFG.match(attribute.strip())
    return True if mark is None else _holds_at(attribute.strip(), mark.end(), target)


def _holds_at(content: bytes, start: int, target: Target) -> Truth:
    words = (found[0] for found in _CONDITION.finditer(content, start, start + _MOST))
    return next(iter(_list_of(words, target)), None)


def _list_of(words: Iterator[bytes], target: Target) -> list[Truth]:
    """The conditions up to the closing bracket."""
    found: list[Truth] = []
    name = b""
    for word in words:
        if word == b"(":
            inner = _list_of(words, target)
            found.append(_COMBINED[name](inner) if name in _COMBINED else None)
            name = b""
        elif word in (b")", b","):
            if name:
                found.append(_holds(name, target))
            name = b""
            if word == b")":
                break
        else:
            name = word
    return found


_COMBINED: Mapping[bytes, Callable[[list[Truth]], Truth]] = {
    b"all": all_hold,
    b"any": any_holds,
    b"not": lambda inner: negated(all_hold(inner)),
}


def _holds(condition: bytes, target: Target) -> Truth:
    key, _, value = condition.decode("utf-8", "replace").partition("=")
    key, value = key.strip(), value.strip().strip('"')
    if key == "target_arch":
        return target.is_named_by(value)
    if key == "target_os":
        return value == "linux"
    if key == "target_family":
        return value == "unix"
    return {"unix": True, "windows": False}.get(key)


def _span(node: Node) -> tuple[int, int] | None:
    """What an attribute at this place belongs to, with the attribute."""
    if node.parent is not None and node.parent.type == "token_tree":
        return _span_in_macro(node)
    attribute: Node | None = node
    while attribute is not None and attribute.type != "attribute_item":
        attribute = attribute.parent
    if attribute is None:
        return None
    around = attribute.parent
    if around is not None and around.type in _WHOLE:
        return around.start_byte, around.end_byte
    item = attribute.next_named_sibling
    while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
        item = item.next_named_sibling
    return None if item is None else (attribute.start_byte, item.end_byte)


def _span_in_macro(node: Node) -> tuple[int, int] | None:
    """`#[cfg(…)] { … }` inside of a macro such as `cfg_if!`: what is in the braces."""
    braces = node.next_sibling
    while braces is not None and not (braces.text or b"").startswith(b"{"):
        if braces.type not in ("token_tree", "#"):
            return None
        braces = braces.next_sibling
    return None if braces is None else (braces.start_byte + 1, braces.end_byte - 1)
