"""Text of strangers as Markdown in which nothing of it acts (face floor).

It stands in code spans and in fences that are longer than any run of backticks in it: there neither
GitHub, GitLab nor Gitee takes anything for HTML, a link, a mention or the number of an issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchkit.model.shown import shown_name, shown_text

NAME_WIDTH = 80
"""More characters of a name than this are cut off."""
_WORD = re.compile(r"\(?`[^`]+`[,;:.?)]*(?=\s|$)|\S+")
_PLAIN = re.compile(r"(\(?)([A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]{1,6}|%)([,;:.?)]*)")
_PUNCTUATED = re.compile(r"(\(?)(.+?)([,;:.?)]*)", re.DOTALL)
_QUOTED = re.compile("`([^`]+)`")
_COMMIT = re.compile(r"[0-9]*[a-fA-F]{7,}")
_TICKS = re.compile("`+")


def fenced(lines: Sequence[str]) -> str:
    """The lines as a block of code within a list."""
    fence = "`" * max(3, 1 + _longest_run("\n".join(lines)))
    return "\n".join((f"  {fence}", *(f"  {line}" for line in lines), f"  {fence}", ""))


def name_span(text: str) -> str:
    """A name as a code span, on one line and not too long."""
    return code_span(cut(shown_name(text), NAME_WIDTH))


def code_span(text: str) -> str:
    """A text without line ends as a code span."""
    if not text.strip():
        return "(empty)"
    ticks = "`" * (1 + _longest_run(text))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def prose(text: str, width: int) -> str:
    """A sentence in which all that is no plain word or small number stands in code spans."""
    told: list[str] = []
    for word in _WORD.findall(cut(shown_text(text), width)):
        found = _PLAIN.fullmatch(word)
        begins_list = not told and found is not None and found[2].isdigit() and bool(found[3])
        if found is None or begins_list or _COMMIT.fullmatch(found[2]):
            told.append(_odd(word))
        else:
            told.append(word)
    return " ".join(told)


def _odd(word: str) -> str:
    """The word as a code span, without the backticks and the punctuation around it."""
    found = _PUNCTUATED.fullmatch(word)
    assert found is not None
    quoted = _QUOTED.fullmatch(found[2])
    return f"{found[1]}{code_span(found[2] if quoted is None else quoted[1])}{found[3]}"


def cut(text: str, width: int) -> str:
    """The text, or so much of it, with an ellipsis."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
