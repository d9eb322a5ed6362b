"""Compares a ported stack with the maintainers' own patches for the newer version.

A ported patch is *right* if it changes the same lines as theirs, a dropped one if they dropped it.
Which lines a patch changes is counted by file; context, blank lines, indentation and the order of
lines do not count. `docs/reference/port-quality.md` has the definition in full.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeAlias

from patchkit.model.report import Status
from tests.bench.port_quality.cases import Entry, Prepared, read_series
from tests.bench.port_quality.results import Outcome, PatchResult, PortResult

LEAST_LIKENESS = 0.6
"""How alike a patch must be to one of another name in the newer series to be taken for it."""

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_OTHER_CHANGES = ("rename from ", "rename to ", "new mode ", "GIT binary patch")
_NOWHERE = "/dev/null"


class Change(NamedTuple):
    """One changed line: its file ("" where that does not matter), `+` or `-`, and its text."""

    file: str
    sign: str
    text: str


Changes: TypeAlias = Counter[Change]
"""Every line that a patch changes, and how often."""


class Verdict(Enum):
    """What the outcome of one patch is worth."""

    EQUAL = "equal"
    """Ported, and changes the same lines as the maintainers' patch."""
    DROPPED = "dropped"
    """Dropped, and the maintainers dropped it too."""
    DIFFERENT = "different"
    """Ported, but the maintainers' patch changes other lines."""
    NOT_DROPPED = "not dropped"
    """Ported, but the maintainers dropped it."""
    PERSON_KEPT = "person, kept"
    """Left to a person; the maintainers kept it."""
    PERSON_DROPPED = "person, dropped"
    """Left to a person; the maintainers dropped it."""
    DROPPED_WRONGLY = "dropped wrongly"
    """Dropped, but the maintainers kept it."""

    @property
    def is_right(self) -> bool:
        """Whether nothing is left to do."""
        return self in (Verdict.EQUAL, Verdict.DROPPED)

    @property
    def is_wrong(self) -> bool:
        """Whether the tool said that it is ported, but it is not what the maintainers have."""
        return self in (Verdict.DIFFERENT, Verdict.NOT_DROPPED)


_FOR_REVIEW = (Status.FOLLOWED.value, Status.RESOLVED.value)
"""What patchkit calls a ported patch that a person shall review; other tools have no such word."""


@dataclass(frozen=True, slots=True)
class PatchScore:
    """One patch compared. `truth` is the name of the maintainers' patch, None where they dropped
    it; `same_lines` says whether that changes the same lines as the old one (in whatever file),
    `likeness` how much of it the ported one has."""

    result: PatchResult
    verdict: Verdict
    truth: str | None
    same_lines: bool
    likeness: float | None = None

    @property
    def is_silently_wrong(self) -> bool:
        """Whether it is wrong, and the tool did not ask for a review."""
        return self.verdict.is_wrong and self.result.status not in _FOR_REVIEW

    @property
    def is_wrong_for_review(self) -> bool:
        """Whether it is wrong, but the tool asked for a review."""
        return self.verdict.is_wrong and self.result.status in _FOR_REVIEW


@dataclass(frozen=True, slots=True)
class PortScore:
    """A whole stack compared, as one tool ported it."""

    prepared: Prepared
    port: PortResult
    patches: tuple[PatchScore, ...]

    @property
    def right(self) -> int:
        """How many patches are right."""
        return sum(patch.verdict.is_right for patch in self.patches)


def score(prepared: Prepared, port: PortResult) -> PortScore:
    """Compare what a tool made of a case with what the maintainers made of it."""
    truths = find_truths(prepared)
    results = port.by_name
    patches = [
        _score_patch(prepared, port.tool, entry, results[entry.name], truths[entry.name])
        for entry in read_series(prepared.stack)
    ]
    return PortScore(prepared, port, tuple(patches))


def _score_patch(
    prepared: Prepared, tool: str, entry: Entry, result: PatchResult, truth: Entry | None
) -> PatchScore:
    if truth is None:
        return PatchScore(result, _without_truth(result.outcome), None, same_lines=False)
    wanted = _changes_in(prepared.truth, truth)
    before = _changes_in(prepared.stack, entry)
    same_lines = is_same(in_any_file(before), in_any_file(wanted))
    if result.outcome is not Outcome.PORTED:
        dropped = result.outcome is Outcome.DROPPED
        verdict = Verdict.DROPPED_WRONGLY if dropped else Verdict.PERSON_KEPT
        return PatchScore(result, verdict, truth.name, same_lines)
    ported = _changes_in(prepared.ported(tool), Entry(entry.name, result.strip))
    verdict = Verdict.EQUAL if is_same(ported, wanted) else Verdict.DIFFERENT
    return PatchScore(result, verdict, truth.name, same_lines, likeness(ported, wanted))


def _without_truth(outcome: Outcome) -> Verdict:
    match outcome:
        case Outcome.PORTED:
            return Verdict.NOT_DROPPED
        case Outcome.DROPPED:
            return Verdict.DROPPED
        case Outcome.HELD:
            return Verdict.PERSON_DROPPED


def find_truths(prepared: Prepared) -> Mapping[str, Entry | None]:
    """For each old patch the maintainers' patch for the newer version; None where they dropped it.

    It is the one with the same file name, in whatever folder; else the one most like it among those
    whose name no old patch has, if it is like enough.
    """
    old, new = read_series(prepared.stack), read_series(prepared.truth)
    by_file_name = {posixpath.basename(entry.name): entry for entry in new}
    found = {entry.name: by_file_name.get(posixpath.basename(entry.name)) for entry in old}
    taken = {truth.name for truth in found.values() if truth is not None}
    free = {
        entry: in_any_file(_changes_in(prepared.truth, entry))
        for entry in new
        if entry.name not in taken
    }
    for entry in old:
        if found[entry.name] is None and free:
            before = in_any_file(_changes_in(prepared.stack, entry))
            nearest = max(free, key=lambda other: likeness(before, free[other]))
            if likeness(before, free[nearest]) >= LEAST_LIKENESS:
                found[entry.name] = nearest
                del free[nearest]
    return found


def _changes_in(folder: Path, entry: Entry) -> Changes:
    text = (folder / entry.name).read_bytes().decode(errors="replace")
    return changes_of(text, entry.strip)


def changes_of(text: str, strip: int = 1) -> Changes:
    """The lines that a patch changes; `strip` leading components of file names do not count.

    Blank lines and the blanks at both ends of a line are left out. Renames, new modes and binary
    parts count as one line each.
    """
    changes: Changes = Counter()
    file = before = ""
    old_left = new_left = 0  # how many lines of the hunk are still to come, as its header says
    for line in text.split("\n"):
        if old_left > 0 or new_left > 0:
            sign = line[:1] or " "
            old_left -= sign in "- "
            new_left -= sign in "+ "
            if sign in "+-" and (content := line[1:].strip()):
                changes[Change(file, sign, content)] += 1
        elif line.startswith("--- "):
            before = _file_name(line[4:], strip)
        elif line.startswith("+++ "):
            after = _file_name(line[4:], strip)
            file = before if after == _NOWHERE else after
        elif line.startswith(_OTHER_CHANGES):
            changes[Change("", "", line.strip())] += 1
        elif hunk := _HUNK.match(line):
            old_left, new_left = (1 if count is None else int(count) for count in hunk.groups())
    return changes


def _file_name(written: str, strip: int) -> str:
    name = written.split("\t")[0].strip().strip('"')
    return name if name == _NOWHERE else "/".join(name.split("/")[strip:]) or name


def in_any_file(changes: Changes) -> Changes:
    """The same changes without their files."""
    merged: Changes = Counter()
    for change, count in changes.items():
        merged[change._replace(file="")] += count
    return merged


def is_same(one: Changes, other: Changes) -> bool:
    """Whether two patches change the same lines.

    Diffs of one change may differ in what they remove and add again, so that the balance of each
    line counts too.
    """
    return one == other or (bool(_balance(one)) and _balance(one) == _balance(other))


def _balance(changes: Changes) -> Mapping[tuple[str, str], int]:
    """How often each line was added, less how often it was removed, where that is not 0."""
    balance: Counter[tuple[str, str]] = Counter()
    for change, count in changes.items():
        balance[change.file, change.text] += -count if change.sign == "-" else count
    return {line: count for line, count in balance.items() if count != 0}


def likeness(one: Changes, other: Changes) -> float:
    """The share of changed lines that two patches have in common, from 0 to 1."""
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 0.0


def verdicts(scores: Sequence[PortScore]) -> Counter[Verdict]:
    """How many patches have each verdict."""
    return Counter(patch.verdict for one in scores for patch in one.patches)
