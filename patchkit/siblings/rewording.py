"""Puts the words of our variant into the text of a sibling (pure).

Which word a project uses where (`arm64` or `aarch64`, `Riscv64` or `RISCV64`) is seen from the
lines that both files have in common but for the word; where none tells, the word of ours that is
written most like the sibling's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchkit.model.variants import Axis, Variant


@dataclass(frozen=True)
class Rewording:
    """Our words for those of one sibling."""

    axis: Axis
    sibling: str
    ours: Variant
    known: dict[bytes, bytes]

    def of_line(self, line: bytes) -> bytes:
        """The line with our words for the sibling's; words of other variants stay."""
        parts, at = [], 0
        for one in self.axis.mentions(line):
            if self.sibling in one.variants and self.ours.name not in one.variants:
                parts += [line[at : one.start], self._word_for(one.word)]
                at = one.stop
        return b"".join((*parts, line[at:]))

    def _word_for(self, word: bytes) -> bytes:
        return self.known.get(word) or _in_case_of(word, self.ours.words[0].encode())


def rewording(
    axis: Axis, sibling: str, ours: Variant, pairs: Iterable[tuple[bytes, bytes]]
) -> Rewording:
    """Learn from pairs of lines, the sibling's and ours, that are the same but for the words."""
    seen: dict[bytes, Counter[bytes]] = {}
    for theirs, own in pairs:
        if theirs == own:
            continue
        words = [list(axis.mentions(line)) for line in (theirs, own)]
        for left, right in zip(*words, strict=False):
            if sibling in left.variants and ours.name in right.variants:
                seen.setdefault(left.word, Counter())[right.word] += 1
    known = {word: counts.most_common(1)[0][0] for word, counts in seen.items()}
    return Rewording(axis, sibling, ours, known)


def paired_lines(
    theirs: Sequence[bytes], ours: Sequence[bytes], blocks: Iterable[tuple[int, int, int]]
) -> Iterable[tuple[bytes, bytes]]:
    """The lines that an alignment pairs, as (index in theirs, index in ours, count)."""
    for left, right, count in blocks:
        for at in range(count):
            yield theirs[left + at], ours[right + at]


def _in_case_of(model: bytes, word: bytes) -> bytes:
    """The word in the case of another one: ARM64, Arm64 or arm64."""
    if model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
