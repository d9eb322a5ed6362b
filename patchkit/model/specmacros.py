"""The simple macros of a spec file, for the names of its patches (ground floor).

Only what stands in the spec itself as a plain text: `%global`, `%define`, and the tags Name,
Version, Release, Epoch. What needs rpm is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_DEFINITION = re.compile(r"[ \t]*%(?:global|define)[ \t]+(\w+)[ \t]+(.*?)[ \t]*\\?\s*")
_TAG = re.compile(r"(Name|Version|Release|Epoch)[ \t]*:[ \t]*(.*?)\s*", re.IGNORECASE)
_MACRO = re.compile(r"%(?:\{(?P<test>[!?]*)(?P<name>\w+)(?::(?P<then>[^{}]*))?\}|(?P<bare>\w+))")
_DEPTH = 16


def definitions(lines: Iterable[str]) -> dict[str, str]:
    """The macros that the lines of a spec define, the first of each name."""
    known: dict[str, str] = {}
    for line in lines:
        if found := _DEFINITION.fullmatch(line):
            known.setdefault(found[1], found[2])
        elif found := _TAG.fullmatch(line):
            known.setdefault(found[1].lower(), found[2])
    return known


def expanded(text: str, known: dict[str, str]) -> str | None:
    """The text with its macros replaced; None where it has one that is not known.

    >>> expanded("%{name}-%{?beta:b}fix.patch", {"name": "foo"})
    'foo-fix.patch'
    """
    for _ in range(_DEPTH):
        if "%" not in text:
            return text
        text = _MACRO.sub(lambda found: _value(found, known), text)
        if "%?" in text or "%%" in text:
            return None
    return None


def _value(found: re.Match[str], known: dict[str, str]) -> str:
    name = found["bare"] or found["name"]
    test = found["test"] or ""
    if "?" in test:
        is_wanted = (name in known) is ("!" not in test)
        if not is_wanted:
            return ""
        return known.get(name, "") if found["then"] is None else str(found["then"])
    return known.get(name, "%?")
