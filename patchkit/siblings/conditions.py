"""Conditions on variants, decided for a variant that they do not name (pure).

What else they depend on, such as features, is not known: a condition holds, does not hold, or may
(None)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchkit.model.variants import Axis, Variant
from patchkit.syntax.expressions import Expression
from patchkit.syntax.rustcfg import holds_for
from patchkit.syntax.targets import Target, Truth

_TOKEN = re.compile(r"&&|\|\||[!()]|[\w.]+(?:\s*[=!<>]=?\s*\w+)?|[^\s\w]")
_DEFINED = re.compile(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))")
_UNEQUAL = re.compile(rb"!=|!~|-ne\b|\bnot\s+in\b|\bis\s+not\b|\bnot\s*\(")
_EQUAL = re.compile(rb"==?|=~|-eq\b|\bin\b|\bis\b")


def unnamed(axis: Axis) -> Target:
    """A target that no word names: what holds for it holds for all that are not named."""
    return Target(axis, Variant("", ()))


def cfg_holds(expression: bytes, axis: Axis) -> Truth:
    """Whether a Rust cfg expression holds for a variant that it does not name.

    >>> from patchkit.model.variants import ARCHITECTURES
    >>> cfg_holds(b'all(test, any(target_arch = "s390x"))', ARCHITECTURES)
    False
    """
    return holds_for(b"#[cfg(" + expression + b")]", unnamed(axis))


def infix_holds(expression: bytes, axis: Axis) -> Truth:
    """Whether a condition of C's preprocessor or a Go build constraint holds for a variant that it
    does not name.

    >>> from patchkit.model.variants import ARCHITECTURES
    >>> infix_holds(b"!defined(__x86_64__) && !defined(__aarch64__)", ARCHITECTURES)
    True
    """
    if not axis.named_in(expression):
        return None  # nothing else is known
    target = unnamed(axis)
    text = expression.decode("utf-8", "replace")
    plain = _DEFINED.sub(lambda found: found[1] or found[2], text)
    return Expression(_TOKEN.findall(plain), lambda name: target.is_named_in(name.encode())).holds()


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
