"""Edits that lead from one version of a file to another along the hunks of an old patch (pure).

A patch was edited: not as text, but by what it makes of the file. Its hunks are tried first; what
they do and the new version has as well stays theirs, line by line in their own order. Only what is
between is compared anew. So `rehunking.write_hunks` keeps the bytes of every hunk that nobody
touched."""

from __future__ import annotations

from collections.abc import Sequence

from patchkit.diffing.alignment import Block, align
from patchkit.diffing.edits import Edit, apply_edits, edits_between, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.model.patch import Hunk

NO_HUNK = Hunk(0, 0, 0, 0, b"", (), b"")
"""Stands for the hunk of an edit that comes from none."""


def edits_towards(
    before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk], max_fuzz: int
) -> tuple[Edit, ...]:
    """The edits from `before` to `after`; those of `hunks` that still belong to it as they are.

    The others have as their hunk the index `len(hunks)`, where `NO_HUNK` is to stand.
    """
    old = edits_of(hunks, place_hunks(hunks, before, max_fuzz), before)
    made = apply_edits(before, old)
    found: list[Edit] = []
    at_before = at_after = 0
    for edit, place in _kept(old, align(made, after), len(made), len(after)):
        is_nothing = tuple(before[edit.start : edit.stop]) == edit.added
        if edit.start < at_before or place < at_after or is_nothing:
            continue
        found += edits_between(
            before[at_before : edit.start], after[at_after:place], at_before, len(hunks)
        )
        found.append(edit)
        at_before, at_after = edit.stop, place + len(edit.added)
    found += edits_between(before[at_before:], after[at_after:], at_before, len(hunks))
    return tuple(found)


def _kept(
    edits: Sequence[Edit], blocks: Sequence[Block], made_count: int, after_count: int
) -> list[tuple[Edit, int]]:
    """The edits whose result, with a line at either side, stands in the new version, and where."""
    kept = []
    growth = 0
    for edit in edits:
        start = edit.start + growth
        stop = start + len(edit.added)
        growth += edit.growth
        for block in blocks:
            end = block.base + block.count
            begins = block.base < start or start == block.base == block.ours == 0
            is_last = end == made_count and block.ours + block.count == after_count
            ends = stop < end or (stop == end and is_last)
            if begins and ends:
                kept.append((edit, start - block.base + block.ours))
                break
    return kept
