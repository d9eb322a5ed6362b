"""Asks what of a patch the new upstream has already, in whatever form (engine; pure).

Counted are *telling* lines (two letters or digits at least), white space aside. A line that the
patch adds is there when the new upstream file has more of it than the old one had; a line that it
removes is gone when there are fewer. Context, and lines that upstream did not touch, say nothing.

Where the numbers come from: `docs/reference/port-quality.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.patch import Hunk, LineKind
from patchkit.model.report import EvidenceLine

_TELLING = re.compile(rb"\w[^\w]*\w")


@dataclass(frozen=True)
class UpstreamDelta:
    """What a file has in the old and in the new upstream, white space aside, but for the lines that
    both have, to the byte, equally often; no lines where there is no such file."""

    old: Counter[bytes]
    new: Counter[bytes]
    lines: Set[bytes] = frozenset()
    """All of its lines in either version, to the byte."""

    @classmethod
    def between(cls, old: Sequence[bytes], new: Sequence[bytes]) -> UpstreamDelta:
        """The delta of two versions of a file."""
        before, after = Counter(old), Counter(new)
        # Most lines are on both sides, and as often: what differs are few.
        removed, added = before.items() - after.items(), after.items() - before.items()
        return cls(_plain(removed), _plain(added), before.keys() | after.keys())

    @cached_property
    def added(self) -> Counter[bytes]:
        """The lines that upstream added."""
        return self.new - self.old

    @cached_property
    def removed(self) -> Counter[bytes]:
        """The lines that upstream removed."""
        return self.old - self.new

    def knows(self, line: bytes) -> bool:
        """Whether either version has the line, white space aside."""
        return line in self.lines or plain(line) in self._plain_lines

    @cached_property
    def _plain_lines(self) -> Set[bytes]:
        return frozenset(map(plain, self.lines))


def _plain(lines: Iterable[tuple[bytes, int]]) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    for line, count in lines:
        found[plain(line)] += count
    return found


UNTOUCHED = UpstreamDelta(Counter(), Counter())
"""A file that upstream left as it was: it has nothing of any patch."""


@dataclass(frozen=True, slots=True)
class Presence:
    """How much of a change is upstream: the telling lines that it adds and those of them that are
    there, the ones that it removes and those of them that are gone."""

    added: int
    there: int
    removed: int
    gone: int

    @property
    def share(self) -> float:
        """The share of the lines that upstream has, 0 where none is telling."""
        wanted = self.added + self.removed
        return (self.there + self.gone) / wanted if wanted else 0.0

    @property
    def added_share(self) -> float:
        """The share of the added lines that are there, 1 where none is added."""
        return self.there / self.added if self.added else 1.0


NOTHING = Presence(0, 0, 0, 0)


def plain(line: bytes) -> bytes:
    """The line, white space aside."""
    return b" ".join(line.split())


def is_telling(line: bytes) -> bool:
    """Whether the line says enough to be recognised."""
    return _TELLING.search(line) is not None


def evidence_of(hunks: Iterable[Hunk], delta: UpstreamDelta) -> tuple[EvidenceLine, ...]:
    """For every telling line that the hunks add or remove, whether upstream did the same. A line
    that a hunk only moves says nothing."""
    left = {LineKind.ADDED: Counter(delta.added), LineKind.REMOVED: Counter(delta.removed)}
    found = []
    for hunk in hunks:
        lines = [(line.kind, plain(line.content)) for line in hunk.lines]
        added = Counter(text for kind, text in lines if kind is LineKind.ADDED)
        removed = Counter(text for kind, text in lines if kind is LineKind.REMOVED)
        changed = {LineKind.ADDED: added - removed, LineKind.REMOVED: removed - added}
        for line, (kind, text) in zip(hunk.lines, lines, strict=True):
            if kind is LineKind.CONTEXT or not changed[kind][text] or not is_telling(text):
                continue
            changed[kind][text] -= 1
            is_there = left[kind][text] > 0 or (
                # What an earlier patch of the stack brought, upstream need not have had.
                delta is not UNTOUCHED
                and kind is LineKind.REMOVED
                and not delta.knows(line.content)
            )
            left[kind][text] -= 1
            found.append(EvidenceLine(kind, line.content, is_there))
    return tuple(found)


def presence_of(evidence: Iterable[EvidenceLine]) -> Presence:
    """The evidence, counted."""
    counts = Counter((line.kind, line.is_there) for line in evidence)
    there, gone = counts[LineKind.ADDED, True], counts[LineKind.REMOVED, True]
    return Presence(
        there + counts[LineKind.ADDED, False], there, gone + counts[LineKind.REMOVED, False], gone
    )
