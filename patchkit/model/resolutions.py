"""What persons decided about a stack, as a file beside it (ground floor, no I/O).

    Resolutions > Record > Resolution | Amendment

A *resolution* answers a held region: which text the ported patch shall leave there. It is found
again by the contents of the region's three sides, so it serves the next version and a colleague. An
*amendment* changes what a patch brings where nothing was held: text of the stack's own that must
follow upstream. It counts for the upstream versions that it was made for only.

The file is text that can be read in a review; every record keeps its bytes. The format,
`patchkit-resolutions/1`, is defined in `docs/reference/resolutions.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from patchkit.errors import ResolutionFormatError
from patchkit.model.decisions import (
    Amendment,
    Answer,
    Decision,
    Provenance,
    Question,
    Resolution,
    Side,
    identity_of,
)
from patchkit.model.decisiontext import KINDS, decision_text, is_comment, read_decision
from patchkit.model.report import HeldCause, Sides
from patchkit.model.shown import shown_line
from patchkit.model.tree import split_lines

__all__ = [
    "RESOLUTIONS_FORMAT", "Amendment", "Answer", "Decision", "Provenance", "Question", "Record",
    "Resolution", "Resolutions", "Side", "identity_of", "parse_resolutions",
]  # fmt: skip

RESOLUTIONS_FORMAT = "patchkit-resolutions/1"


@dataclass(frozen=True, slots=True)
class Record:
    """A decision with the bytes that it was read from, the comments above it included."""

    decision: Decision
    raw: bytes

    @property
    def identity(self) -> str:
        """A short name for it, made of what it decides on: twelve hexadecimal digits."""
        return identity_of(self.decision)


@dataclass(frozen=True)
class Resolutions:
    """All that was decided, in the order of the file.

    `head` is the first line with the comments that belong to the file, `tail` what stands behind
    the last record.
    """

    records: tuple[Record, ...] = ()
    head: bytes = RESOLUTIONS_FORMAT.encode() + b"\n"
    tail: bytes = b""

    @property
    def raw(self) -> bytes:
        """The file, byte for byte."""
        return self.head + b"".join(record.raw for record in self.records) + self.tail

    def answer_to(self, question: Question) -> Resolution | None:
        """The resolution of a held region; of several the one recorded last."""
        found = self._by_sides.get((question.cause, question.sides), ())
        return next((one for one in reversed(found) if one.answers(question)), None)

    @cached_property
    def amendments(self) -> tuple[Amendment, ...]:
        """The amendments, in order."""
        decisions = (record.decision for record in self.records)
        return tuple(one for one in decisions if isinstance(one, Amendment))

    def for_version(self, version: str) -> Resolutions:
        """Without the amendments that were made for other upstream versions."""
        kept = (
            record
            for record in self.records
            if isinstance(record.decision, Resolution) or record.decision.counts_for(version)
        )
        return replace(self, records=tuple(kept))

    def with_decision(self, decision: Decision) -> Resolutions:
        """With one more behind the others; an earlier one on the same question is taken out."""
        kept = self.without(identity_of(decision)).records
        return replace(self, records=(*kept, Record(decision, b"\n" + decision_text(decision))))

    def without(self, identity: str) -> Resolutions:
        """Without the decision of this identity, and the comments above it."""
        return replace(self, records=tuple(one for one in self.records if one.identity != identity))

    @cached_property
    def _by_sides(self) -> Mapping[tuple[HeldCause, Sides], Sequence[Resolution]]:
        found: dict[tuple[HeldCause, Sides], list[Resolution]] = {}
        for record in self.records:
            if isinstance(record.decision, Resolution):
                question = record.decision.question
                found.setdefault((question.cause, question.sides), []).append(record.decision)
        return found


def parse_resolutions(raw: bytes, source: str = "resolutions") -> Resolutions:
    """Read a resolutions file; `source` names it in messages.

    Raises `ResolutionFormatError` where the format is not kept, with the line.
    """
    lines = split_lines(raw)
    if not raw:
        return Resolutions()
    if lines[0].removesuffix(b"\n") != RESOLUTIONS_FORMAT.encode():
        found = shown_line(lines[0])
        raise ResolutionFormatError(
            source, 1, f"expected {RESOLUTIONS_FORMAT}, found {found}.",
            "Use the patchkit that wrote it, or restore the file.",
        )  # fmt: skip
    if not raw.endswith(b"\n"):
        raise ResolutionFormatError(source, len(lines), "the last line has no newline.", "Add it.")
    starts = [at for at, line in enumerate(lines) if line.removesuffix(b"\n") in KINDS]
    chunks = [_start_with_comments(lines, at) for at in starts]
    end = _end_of_records(lines, starts)
    records = []
    stops = (*chunks[1:], end) if chunks else ()
    for at, start, stop in zip(starts, chunks, stops, strict=True):
        decision = read_decision(lines, at, stop, source)
        records.append(Record(decision, b"".join(lines[start:stop])))
    first = chunks[0] if chunks else end
    _check_comments(lines, 1, first, source)
    _check_comments(lines, end, len(lines), source)
    return Resolutions(tuple(records), b"".join(lines[:first]), b"".join(lines[end:]))


def _start_with_comments(lines: Sequence[bytes], at: int) -> int:
    """Where the comments above a record begin; those of the file end with a blank line."""
    start = at
    while start > 1 and is_comment(lines[start - 1]):
        start -= 1
    if start > 1:
        return start
    blanks = [number for number in range(1, at) if not lines[number].strip()]
    return blanks[0] if blanks else at


def _end_of_records(lines: Sequence[bytes], starts: Sequence[int]) -> int:
    end = len(lines)
    while starts and end > starts[-1] and is_comment(lines[end - 1]):
        end -= 1
    return end


def _check_comments(lines: Sequence[bytes], start: int, stop: int, source: str) -> None:
    for number in range(start, stop):
        if not is_comment(lines[number]):
            raise ResolutionFormatError(
                source, number + 1,
                f"expected a record or a comment, found {shown_line(lines[number])}.",
                "A record begins with a line `resolution` or `amendment`.",
            )  # fmt: skip
