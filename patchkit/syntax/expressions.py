"""Reads conditions that are built of names with `!`, `&&`, `||` and brackets (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from patchkit.syntax.targets import Truth, all_hold, any_holds, negated


class Expression:
    """Reads one condition; `decide` is asked for each name in it.

    >>> Expression(["!", "(", "a", "||", "b", ")"], {"a": False, "b": False}.get).holds()
    True
    """

    def __init__(self, tokens: Sequence[str], decide: Callable[[str], Truth]) -> None:
        self._tokens = tokens
        self._decide = decide
        self._at = 0

    def holds(self) -> Truth:
        """Whether the condition holds; None where it is not to be told or not to be read."""
        found = self._any()
        return found if self._at == len(self._tokens) else None

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _took(self, token: str) -> bool:
        is_there = self._next() == token
        self._at += is_there
        return is_there

    def _any(self) -> Truth:
        parts = [self._all()]
        while self._took("||"):
            parts.append(self._all())
        return any_holds(parts)

    def _all(self) -> Truth:
        parts = [self._one()]
        while self._took("&&"):
            parts.append(self._one())
        return all_hold(parts)

    def _one(self) -> Truth:
        if self._took("!"):
            return negated(self._one())
        if self._took("("):
            found = self._any()
            return found if self._took(")") else None
        name = self._next()
        self._at += 1
        return self._decide(name)
