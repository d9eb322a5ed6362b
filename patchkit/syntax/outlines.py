"""Leaves the bodies of functions out of files, as none of a file's definitions stands in one
(pure).

A tree costs as much as its text is long, and most of a text is inside of functions. They are found
by their layout; what is not laid out as most people do, or not surely one function's body, stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.words import has_word

if TYPE_CHECKING:
    import tree_sitter

_HEADS = {
    # The end of each, and how far the line is indented with which the function ends.
    Language.GO: re.compile(rb"\n()(?:func\b|\))[^\n]*\{(?=\n)"),
    Language.RUST: re.compile(
        rb"\n([ \t]*)(?:(?:pub(?:\([^)\n]*\))?|const|async|unsafe|default|extern(?: \"\w+\")?) )*"
        rb"fn \w[^{};]{0,500}\{(?=\n)"
    ),
    Language.C: re.compile(rb"()\)\s*\{(?=[ \t]*\n)"),
}
_BEHIND = re.compile(rb"[ \t]*(?:\n|\Z|//|/\*)")
"""What is behind a function; a struct or a table goes on with `;` or a name."""
_STRING = re.compile(rb"\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_RAW_STRING = re.compile(rb"`[^`]*`")
_NO_BRACES = bytes(byte for byte in range(256) if byte not in b"{}")
_DEEPEST = 50
_CONDITION = re.compile(rb"\n[ \t]*#[ \t]*(if|el|endif)")
_TRIES = 3
"""So many heads are looked at for one end: a file without order must not take for ever."""


@lru_cache(maxsize=8)
def outline(language: Language, content: bytes, focus: frozenset[bytes] = frozenset()) -> bytes:
    r"""The file without the bodies of functions that hold none of the words in focus; its lines
    keep their numbers.

    >>> outline(Language.GO, b"\nfunc one() {\n\ttwo()\n}\n")
    b'\nfunc one() {\n\n}\n'
    """
    pieces, at = [], 0
    for start, stop in _bodies(language, content):
        if not focus or not has_word(content[start:stop], focus):
            pieces += [content[at:start], b"\n" * content.count(b"\n", start, stop)]
            at = stop
    return b"".join((*pieces, content[at:]))


def parse_outline(
    language: Language, content: bytes, focus: frozenset[bytes] | None
) -> tree_sitter.Tree | None:
    """The tree of the outline for these words; that of the whole file for None, and where the
    outline is not well-formed, as it is not sure then what was left out. None as of `parse`."""
    if focus is None:
        return parse(language, content)
    text = outline(language, content, focus)
    found = parse(language, text)
    is_unsure = found is not None and found.root_node.has_error and len(text) < len(content)
    return parse(language, content) if is_unsure else found


def _bodies(language: Language, content: bytes) -> Iterator[tuple[int, int]]:
    """Where the bodies of functions stand, without the braces and the end of the last line."""
    head = _HEADS.get(language)
    found = head.search(content) if head is not None else None
    tries: Counter[int] = Counter()
    endless: set[bytes] = set()
    while head is not None and found is not None:
        start, end = found.end(), b"\n" + found[1] + b"}"
        stop = -1 if end in endless else content.find(end, start)
        if stop < 0:
            endless.add(end)
        tries[stop] += 1
        is_tried = stop > start and tries[stop] <= _TRIES
        if is_tried and _is_body(language, content, start, stop, stop + len(end)):
            yield start, stop
            start = stop
        found = head.search(content, start)


def _is_body(language: Language, content: bytes, start: int, stop: int, behind: int) -> bool:
    """Whether all that begins in a text ends in it: braces, strings, and conditions of C. That one
    of these stands in a comment only makes it less sure."""
    if content.count(b'"', start, stop) % 2 or _BEHIND.match(content, behind) is None:
        return False
    text = content[start:stop]
    if language is Language.GO and b"`" in text:
        if text.count(b"`") % 2:
            return False
        text = _RAW_STRING.sub(b"", text)
    if not _is_nested(_without_strings(text)):
        return False
    return language is not Language.C or _has_whole_conditions(content, start, stop)


def _without_strings(text: bytes) -> bytes:
    return _STRING.sub(b"", text) if b'\\"' in text else b"".join(text.split(b'"')[::2])


def _is_nested(text: bytes) -> bool:
    """Whether each brace that is opened is closed behind that, no deeper than anybody writes."""
    if b"'{'" in text or b"'}'" in text:
        return False
    braces = text.translate(None, _NO_BRACES)
    for _ in range(_DEEPEST):
        if not braces:
            break
        braces = braces.replace(b"{}", b"")
    return not braces


def _has_whole_conditions(content: bytes, start: int, stop: int) -> bool:
    """Whether each `#if` of the text ends in it, and nothing else does."""
    depth = 0
    for found in _CONDITION.finditer(content, start, stop):
        if found[1] == b"if":
            depth += 1
        elif depth == 0:
            return False
        elif found[1] == b"endif":
            depth -= 1
    return depth == 0
