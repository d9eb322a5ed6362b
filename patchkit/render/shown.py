r"""Text of strangers made safe to show (render floor).

Names and lines of a patch may hold escape sequences that move a terminal's cursor, or marks that
turn the direction of text. They are shown as escapes (`\x1b`, `\u202e`), never passed through."""

from __future__ import annotations

import unicodedata

from patchkit.model.tree import Path

_BLANKS = "\t"


def shown_text(text: str) -> str:
    r"""The text with every character that does not simply print made visible; tabs stay.

    Bytes that were not UTF-8 (surrogates) are shown as `\xNN`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown_character(char) for char in text)


def shown_path(path: Path) -> str:
    """A path of a tree, for a person."""
    return shown_text(path.decode("utf-8", "surrogateescape"))


def shown_line(line: bytes) -> str:
    r"""A line of a file without its `\n`; a carriage return is shown."""
    return shown_text(line.removesuffix(b"\n").decode("utf-8", "surrogateescape"))


def _shown_character(char: str) -> str:
    if char in _BLANKS or (char.isprintable() and unicodedata.category(char) not in ("Cf", "Co")):
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
