"""Which words of a text are not in another (pure): what a reader's eye looks for in a region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from patchkit.diffing.alignment import Block, align, gaps

Stretch: TypeAlias = tuple[int, int]
"""From one offset in a text to before another."""

_WORD = re.compile(r"\w+|\s|.", re.DOTALL)
_MOST_WORDS = 4000
_LEAST_ALIKE = 0.3
"""Below this share of common text, single common words would only be noise."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The stretches of the old text that went, and those of the new one that came."""

    gone: tuple[Stretch, ...]
    come: tuple[Stretch, ...]


def changed_words(old: str, new: str) -> Changes:
    r"""What differs between two texts, by lines first and by words within lines that changed.

    >>> changed_words("if x == 1:\n", "if x == 2:\n")
    Changes(gone=((8, 9),), come=((8, 9),))
    """
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    old_at, new_at = _offsets(old_lines), _offsets(new_lines)
    gone: list[Stretch] = []
    come: list[Stretch] = []
    blocks = align(_encoded(old_lines), _encoded(new_lines))
    for gap in gaps(blocks, len(old_lines), len(new_lines)):
        old_start, old_stop = old_at[gap.base_start], old_at[gap.base_stop]
        new_start, new_stop = new_at[gap.ours_start], new_at[gap.ours_stop]
        inner = _within(old[old_start:old_stop], new[new_start:new_stop])
        gone += [(old_start + start, old_start + stop) for start, stop in inner.gone]
        come += [(new_start + start, new_start + stop) for start, stop in inner.come]
    return Changes(_joined(gone, old), _joined(come, new))


def _within(old: str, new: str) -> Changes:
    old_words, new_words = _WORD.findall(old), _WORD.findall(new)
    if old and new and len(old_words) + len(new_words) <= _MOST_WORDS:
        blocks = align(_encoded(old_words), _encoded(new_words))
        if _share(blocks, old_words, new_words) >= _LEAST_ALIKE:
            old_at, new_at = _offsets(old_words), _offsets(new_words)
            between = tuple(gaps(blocks, len(old_words), len(new_words)))
            return Changes(
                tuple((old_at[gap.base_start], old_at[gap.base_stop]) for gap in between),
                tuple((new_at[gap.ours_start], new_at[gap.ours_stop]) for gap in between),
            )
    return Changes(((0, len(old)),), ((0, len(new)),))


def _share(blocks: Sequence[Block], old: Sequence[str], new: Sequence[str]) -> float:
    common = sum(
        len(word) for block in blocks for word in old[block.base : block.base + block.count]
        if not word.isspace()
    )  # fmt: skip
    total = sum(len(word) for word in (*old, *new) if not word.isspace())
    return 2 * common / total if total else 1.0


def _joined(stretches: Sequence[Stretch], text: str) -> tuple[Stretch, ...]:
    """The stretches that are not empty; two with only blanks of one line between them are one."""
    return tuple(_joining(stretches, text))


def _joining(stretches: Sequence[Stretch], text: str) -> Iterator[Stretch]:
    last: Stretch | None = None
    for start, stop in stretches:
        if start == stop:
            continue
        between = "x" if last is None else text[last[1] : start]
        if last is not None and (not between or (between.isspace() and "\n" not in between)):
            last = (last[0], stop)
            continue
        if last is not None:
            yield last
        last = (start, stop)
    if last is not None:
        yield last


def _encoded(texts: Sequence[str]) -> list[bytes]:
    return [text.encode() for text in texts]


def _offsets(texts: Sequence[str]) -> list[int]:
    offsets = [0]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    return offsets
