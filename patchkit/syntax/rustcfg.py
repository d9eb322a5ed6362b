"""Which parts of a Rust file are there for a variant (pure): `#[cfg(target_arch = "…")]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.targets import Target, Truth, all_hold, any_holds, negated

if TYPE_CHECKING:
    from tree_sitter import Node

_CFG = re.compile(rb"#!?\[\s*cfg\s*\(")
_MODULE = re.compile(
    rb"(?m)^[ \t]*#\[\s*cfg\b[^\n]*\n(?:[ \t]*(?:#\[|//)[^\n]*\n)*"
    rb"[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;"
)
_DECLARED = re.compile(rb"mod\s+\w+\s*;")
_BLACK = re.compile(rb"[^\n]")
_CONDITION = re.compile(rb'\w+\s*=\s*"[^"]*"|\w+|[(),]')
_WHOLE = frozenset(("match_arm", "field_initializer", "shorthand_field_initializer"))
"""What holds its attributes inside of itself."""
_MOST = 2_000
"""Bytes of an attribute that are looked at."""


def names_targets(content: bytes) -> bool:
    """Whether a condition in the file can depend on what is compiled for."""
    return b"target_arch" in content and b"cfg" in content


def without_other_cfgs(content: bytes, target: Target) -> bytes:
    """The file without what is compiled for other variants only; its lines stay lines."""
    if b"cfg" not in content:
        return content
    marks = _CFG.finditer(content)
    gone = [one for one in marks if _holds_at(content, one.end(), target) is False]
    if any(one[0].startswith(b"#!") for one in gone):
        return b"\n" * content.count(b"\n")
    spans = _spans(content) if gone else {}
    result = bytearray(content)
    for mark in gone:
        start, stop = spans.get(mark.start(), (0, 0))
        result[start:stop] = _BLACK.sub(b" ", content[start:stop])
    return bytes(result)


@lru_cache(maxsize=64)
def _spans(content: bytes) -> Mapping[int, tuple[int, int]]:
    """What each attribute belongs to, by where it starts; a file is asked for every variant."""
    tree = parse(Language.RUST, content)
    found: dict[int, tuple[int, int]] = {}
    if tree is None:
        return found
    for mark in _CFG.finditer(content):
        node = tree.root_node.descendant_for_byte_range(mark.start(), mark.start() + 1)
        span = _span(node) if node is not None else None
        if span is not None:
            found[mark.start()] = span
    return found


def conditional_modules(
    content: bytes, targets: Iterable[Target]
) -> Iterator[tuple[bytes, tuple[Truth, ...]]]:
    """Each module in a file of its own that is declared under a condition, with whether the
    condition holds for each of the targets."""
    if b"cfg" not in content or _DECLARED.search(content) is None:
        return
    wanted = tuple(targets)
    for found in _MODULE.finditer(content):
        for mark in _CFG.finditer(content, found.start(), found.start(1)):
            yield found[1], tuple(_holds_at(content, mark.end(), one) for one in wanted)


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
        return around.start_byte, _end_of(around)
    item = attribute.next_named_sibling
    while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
        item = item.next_named_sibling
    return None if item is None else (attribute.start_byte, _end_of(item))


def _end_of(part: Node) -> int:
    """Where a part ends with the comma that parts it from the next one."""
    behind = part.next_sibling
    return behind.end_byte if behind is not None and behind.type == "," else part.end_byte


def _span_in_macro(node: Node) -> tuple[int, int] | None:
    """`#[cfg(…)] { … }` inside of a macro such as `cfg_if!`: what is in the braces."""
    braces = node.next_sibling
    while braces is not None and not (braces.text or b"").startswith(b"{"):
        if braces.type not in ("token_tree", "#"):
            return None
        braces = braces.next_sibling
    return None if braces is None else (braces.start_byte + 1, braces.end_byte - 1)
