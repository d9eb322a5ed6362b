"""Sentences in lines of a page's width (face floor)."""

from __future__ import annotations

import textwrap

from patchkit.model.shown import shown_text

WIDTH = 100


def wrapped(text: str, indent: str, further: str | None = None) -> list[str]:
    """The text, safe to show, in lines; long words and names are not broken."""
    return textwrap.wrap(
        shown_text(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_long_words=False,
        break_on_hyphens=False,
    )
