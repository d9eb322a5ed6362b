"""Looks words up in the text of a file (pure).

A word is what `\\w+` finds in bytes: letters and digits of ASCII, and `_`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from patchkit.model.variants import PLACEHOLDER

_FEW = 12
"""So many searches for one word cost less than taking the text apart."""
LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
"""What words are made of."""
_APART = bytes(byte if byte in LETTERS else 0x20 for byte in range(256))
_WORD = re.compile(rb"\w+")


def words_in(text: bytes) -> list[bytes]:
    """All words of a text, in order.

    >>> words_in(b"int a_1 = b(c);")
    [b'int', b'a_1', b'b', b'c']
    """
    return text.translate(_APART).split()


def has_word(text: bytes, words: frozenset[bytes]) -> bool:
    """Whether one of the words stands in the text; what is no word stands nowhere.

    >>> has_word(b"the_word", frozenset((b"word",))), has_word(b"a word", frozenset((b"word",)))
    (False, True)
    """
    if len(words) <= _FEW:
        return any(_stands(word, text) and _WORD.fullmatch(word) is not None for word in words)
    return not words.isdisjoint(words_in(text))


def may_name(text: bytes, names: Iterable[str]) -> bool:
    """Whether one of the names can stand in the text; `PLACEHOLDER` in a name is for any word.

    >>> may_name(b"int read_arm64_id(void);", ["read_{}_id"]), may_name(b"int id;", ["read_{}"])
    (True, False)
    """
    return any(
        _stands(parts[0], text) if len(parts) == 1 else all(part in text for part in parts)
        for parts in map(_parts, names)
    )


@lru_cache(maxsize=10_000)
def _parts(name: str) -> tuple[bytes, ...]:
    if "\ufffd" in name:  # which bytes these were is not known
        return ()
    return tuple(name.encode().split(PLACEHOLDER))


def first_words(names: Iterable[bytes]) -> frozenset[bytes]:
    """The word that each name begins with, or has first."""
    found = (_WORD.search(name) for name in names)
    return frozenset(one[0] for one in found if one is not None)


def _stands(word: bytes, text: bytes) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        is_start = at == 0 or text[at - 1] not in LETTERS
        if is_start and (end == len(text) or text[end] not in LETTERS):
            return True
        at = text.find(word, at + 1)
    return False
