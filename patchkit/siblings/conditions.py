"""Conditions on variants, decided for one that they do not name (pure).

What else they depend on, such as features and systems, is not known: a condition holds, does not
hold, or may (`None`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

Truth: TypeAlias = bool | None
"""Whether something holds; None where that depends on more than the variant."""

NamesVariant: TypeAlias = Callable[[bytes], bool]

_CFG_TOKEN = re.compile(rb'\w+(?:\s*=\s*"[^"]*")?|[(),]')
_INFIX_TOKEN = re.compile(rb"&&|\|\||!=|==|[()!]|[<>]=?|[\w.]+|'[^']*'")
_DEFINED = re.compile(rb"\bdefined\s*\(\s*(\w+)\s*\)|\bdefined\s+(\w+)")
_UNEQUAL = re.compile(rb"!=|!~|-ne\b|\bnot\s+in\b|\bis\s+not\b|\bnot\s*\(")
_EQUAL = re.compile(rb"==?|=~|-eq\b|\bin\b|\bis\b")


def both(one: Truth, other: Truth) -> Truth:
    """Whether both hold."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: Truth, other: Truth) -> Truth:
    """Whether one of them holds."""
    return opposite(both(opposite(one), opposite(other)))


def all_hold(values: Iterable[Truth]) -> Truth:
    """Whether all of them hold."""
    found: Truth = True
    for one in values:
        found = both(found, one)
    return found


def some_hold(values: Iterable[Truth]) -> Truth:
    """Whether one of them at least holds."""
    return opposite(all_hold(map(opposite, values)))


def opposite(one: Truth) -> Truth:
    """Whether it does not hold."""
    return None if one is None else not one


def cfg_holds(expression: bytes, names: NamesVariant) -> Truth:
    """Whether a Rust cfg expression holds for a variant that it does not name.

    >>> cfg_holds(b'all(unix, not(any(target_arch = "s390x")))', lambda text: b"s390x" in text)
    >>> cfg_holds(b'any(target_arch = "s390x")', lambda text: b"s390x" in text)
    False
    """
    return _Cfg(_CFG_TOKEN.findall(expression), names).value()


class _Cfg:
    """Reads tokens of a cfg expression; what is cut short is not known."""

    def __init__(self, tokens: Sequence[bytes], names: NamesVariant) -> None:
        self._tokens = list(reversed(tokens))
        self._names = names

    def value(self) -> Truth:
        if not self._tokens:
            return None
        token = self._tokens.pop()
        if not self._tokens or self._tokens[-1] != b"(":
            return False if self._names(token) else None
        self._tokens.pop()
        values = list(self._values())
        if token == b"not":
            return opposite(values[0]) if values else None
        if token == b"all":
            return all_hold(values)
        return some_hold(values) if token == b"any" else None

    def _values(self) -> Iterator[Truth]:
        while self._tokens and self._tokens[-1] != b")":
            if self._tokens[-1] == b",":
                self._tokens.pop()
            else:
                yield self.value()
        if self._tokens:
            self._tokens.pop()


def infix_holds(expression: bytes, names: NamesVariant) -> Truth:
    """Whether a condition of C's preprocessor or a Go build constraint holds for a variant that it
    does not name.

    >>> infix_holds(b"!amd64 && !arm64", lambda text: text in (b"amd64", b"arm64"))
    True
    """
    text = _DEFINED.sub(lambda found: found[1] or found[2], expression)
    return _Infix(_INFIX_TOKEN.findall(text), names).value()


class _Infix:
    """Reads tokens of a C or Go condition; comparisons hold as their left side says."""

    def __init__(self, tokens: Sequence[bytes], names: NamesVariant) -> None:
        self._tokens = list(reversed(tokens))
        self._names = names

    def value(self) -> Truth:
        found = self._all()
        while self._take(b"||"):
            found = either(found, self._all())
        return found

    def _all(self) -> Truth:
        found = self._one()
        while self._take(b"&&"):
            found = both(found, self._one())
        return found

    def _one(self) -> Truth:
        if self._take(b"!"):
            return opposite(self._one())
        if self._take(b"("):
            found = self.value()
            self._take(b")")
            return found
        if not self._tokens or self._tokens[-1] in (b"||", b"&&", b")"):
            return None
        operand = [self._tokens.pop()]
        while self._tokens and self._tokens[-1] not in (b"||", b"&&", b"(", b")", b"!"):
            operand.append(self._tokens.pop())
        if not any(map(self._names, operand)):
            return None
        return b"!=" in operand

    def _take(self, token: bytes) -> bool:
        is_next = bool(self._tokens) and self._tokens[-1] == token
        if is_next:
            self._tokens.pop()
        return is_next


def compared_holds(expression: bytes, starts: Sequence[int]) -> Truth:
    """Whether a condition of a program or a script holds for a variant that it does not name, by
    the comparison before each word of a variant; `starts` are where those words begin.

    >>> compared_holds(b'[ "$ARCH" != "arm64" ] && [ "$ARCH" != "s390x" ]', (12, 35))
    True
    """
    before = 0
    found = []
    for start in starts:
        text = expression[before:start]
        unequal = [one.end() for one in _UNEQUAL.finditer(text)]
        equal = [one.end() for one in _EQUAL.finditer(text)]
        if unequal or equal:
            found.append(max(unequal, default=-1) >= max(equal, default=-1))
        before = start
    return any(found) if found else None
