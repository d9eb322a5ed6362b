"""Whether an output is the expected one, in which `...` stands for lines and `[...]` for text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, unified_diff

_LINES = "..."
_TEXT = "[...]"


def lines_of(output: str) -> tuple[str, ...]:
    """The lines of an output without blanks at their ends."""
    return tuple(line.rstrip() for line in output.removesuffix("\n").split("\n")) if output else ()


def is_as_expected(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether each expected line stands where it has to."""
    first, *others = _segments(expected)
    if not _stand(first, actual[: len(first)]):
        return False
    if not others:
        return len(first) == len(actual)
    *middle, last = others
    at = len(first)
    end = len(actual) - len(last)
    for segment in middle:
        found = (
            start
            for start in range(at, end - len(segment) + 1)
            if _stand(segment, actual[start : start + len(segment)])
        )
        start = next(found, None)
        if start is None:
            return False
        at = start + len(segment)
    return at <= end and _stand(last, actual[end:])


def fitted(expected: Sequence[str], actual: Sequence[str]) -> tuple[str, ...]:
    """What to expect instead, so that `actual` is as expected: what stands for any text goes on to
    do so, where the lines around it are still there."""
    if is_as_expected(expected, actual):
        return tuple(expected)
    shown = [_known(line, expected) for line in actual]
    matcher = SequenceMatcher(None, expected, shown, autojunk=False)
    lines: list[str] = []
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        lines += _replaced(expected[old_start:old_end], shown[new_start:new_end])
    return tuple(lines)


def difference(expected: Sequence[str], actual: Sequence[str]) -> str:
    """For a person: what was expected (`-`) and what came (`+`)."""
    _, _, *lines = unified_diff(expected, fitted(expected, actual), lineterm="", n=2)
    return "\n".join(lines)


def _segments(expected: Sequence[str]) -> list[list[str]]:
    segments: list[list[str]] = [[]]
    for line in expected:
        if line == _LINES:
            segments.append([])
        else:
            segments[-1].append(line)
    return segments


def _stand(expected: Sequence[str], actual: Sequence[str]) -> bool:
    return len(expected) == len(actual) and all(map(_is_line, expected, actual))


def _is_line(expected: str, line: str) -> bool:
    parts = expected.rstrip().split(_TEXT)
    if len(parts) == 1:
        return parts[0] == line
    return re.fullmatch(".*".join(map(re.escape, parts)), line) is not None


def _known(line: str, expected: Sequence[str]) -> str:
    return next((one for one in expected if one != _LINES and _is_line(one, line)), line)


def _replaced(old: Sequence[str], new: Sequence[str]) -> Sequence[str]:
    """The new lines, those in the middle as `...` where the old ones had that."""
    if _LINES not in old:
        return new
    before = old.index(_LINES)
    after = old[::-1].index(_LINES)
    if len(new) < before + after:
        return new
    return [*new[:before], _LINES, *new[len(new) - after :]]
