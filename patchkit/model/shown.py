r"""Text of strangers made safe to show (ground floor).

Names and lines of a patch may hold escape sequences that move a terminal's cursor, or marks that
turn the direction of text. They are shown as escapes (`\x1b`, `\u202e`), never passed through.
"""

from __future__ import annotations

import re

from patchkit.model.tree import Path

_BLANKS = re.compile(r"[\t\n\x0b\x0c\r ]+")


def shown_text(text: str) -> str:
    r"""The text with everything that does not simply print made visible; tabs stay.

    Bytes that were not UTF-8 (surrogates) are shown as `\xNN`.
    """
    if text.isprintable():
        return text
    return "".join(char if char == "\t" else _shown_character(char) for char in text)


def shown_name(name: str) -> str:
    r"""A name for a message: on one line, a tab as an escape as well.

    >>> shown_name("fix\udce9\n.patch")
    'fix\\xe9\\n.patch'
    """
    return name if name.isprintable() else "".join(map(_shown_character, name))


def shown_path(path: Path) -> str:
    """A path of a tree, for a person."""
    return shown_name(path.decode("utf-8", "surrogateescape"))


def shown_line(line: bytes) -> str:
    r"""A line of a file without its `\n`; a carriage return is shown."""
    return shown_text(line.removesuffix(b"\n").decode("utf-8", "surrogateescape"))


def _shown_character(char: str) -> str:
    if char.isprintable():
        return char
    if 0xDC80 <= ord(char) <= 0xDCFF:
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def single_blanks(text: str) -> str:
    r"""The text with single blanks: the same however its lines are broken and put together again.

    >>> single_blanks(" two  words\t")
    'two words'
    """
    return _BLANKS.sub(" ", text).strip(" ")
