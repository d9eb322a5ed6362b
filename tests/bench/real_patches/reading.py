"""One real patch, read by patchkit, by git and by GNU patch."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from patchkit.diffing.unified import format_patch, parse_patch
from patchkit.errors import PatchFormatError
from patchkit.model.patch import FileDiff, LineKind, Operation
from tests.bench.port_quality.processes import attempt

_MALFORMED = re.compile(rb"malformed patch at line (\d+)|Only garbage was found|unexpectedly ends")
_SUMMARY = re.compile(rb"^ (?:(create|delete) |mode change |(rename|copy) )", re.MULTILINE)

Row = tuple[int, int, bytes]
"""Added lines, removed lines and the name of a file, as `git apply --numstat` has them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one patch. `problems` are sentences on what differs; none: nothing does."""

    hunks: int
    is_refused: bool
    is_refused_by_git: bool
    is_refused_by_patch: bool
    problems: tuple[str, ...]


def read_everywhere(name: str, raw: bytes, folder: Path) -> Reading:
    """Read a patch with all three; `folder` is an empty one to work in."""
    place = folder / "patch"
    place.write_bytes(raw)
    stated = attempt(["git", "apply", "--numstat", "-z", "patch"], folder)
    summed = attempt(["git", "apply", "--summary", "patch"], folder)
    dry = attempt(["patch", "--force", "--dry-run", "--verbose", "-p1", "-i", "patch"], folder)
    by_git = stated.returncode != 0
    malformed = _MALFORMED.search(dry.stdout + dry.stderr)
    try:
        patch = parse_patch(name, raw)
    except PatchFormatError as error:
        said = () if by_git and malformed else (f"refused: {error.message}",)
        return Reading(0, True, by_git, malformed is not None, said)
    problems: list[str] = []
    if raw != format_patch(patch):
        problems.append("does not come back byte for byte")
    if not by_git:
        if (ours := _rows(patch.files)) != (theirs := _git_rows(stated.stdout)):
            problems.append(f"numstat differs: {ours - theirs} for git's {theirs - ours}")
        if (mine := _summary(patch.files)) != (others := _git_summary(summed.stdout)):
            problems.append(f"summary differs: {mine - others} for git's {others - mine}")
    hunks = sum(len(part.hunks) for part in patch.files)
    counted = (dry.stdout + dry.stderr).count(b"Hunk #")
    skipped = (dry.stdout + dry.stderr).count(b"hunks ignored") + dry.stdout.count(b"hunk ignored")
    if malformed and patch.files:
        problems.append(f"GNU patch refuses it: {os.fsdecode(malformed[0])}")
    elif counted != hunks and not skipped:
        problems.append(f"{hunks} hunks, {counted} for GNU patch")
    return Reading(hunks, False, by_git, malformed is not None, tuple(problems))


def _rows(parts: tuple[FileDiff, ...]) -> Counter[Row]:
    found: Counter[Row] = Counter()
    for part in parts:
        kinds = [line.kind for hunk in part.hunks for line in hunk.lines]
        names = part.names(1)
        name = names.new or names.old or b""
        found[kinds.count(LineKind.ADDED), kinds.count(LineKind.REMOVED), name] += 1
    return found


def _git_rows(stated: bytes) -> Counter[Row]:
    rows = (row.split(b"\t", 2) for row in stated.split(b"\0") if row)
    return Counter(
        (0, 0, name) if added == b"-" else (int(added), int(removed), name)
        for added, removed, name in rows
    )


def _summary(parts: tuple[FileDiff, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in parts:
        match part.operation:
            case Operation.CREATE | Operation.DELETE:
                found[part.operation.value] += 1
            case Operation.RENAME | Operation.COPY:
                found[part.operation.value] += 1
        is_both = part.old_mode is not None and part.new_mode is not None
        if is_both and part.old_mode != part.new_mode:
            found["mode"] += 1
    return found


def _git_summary(said: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in _SUMMARY.finditer(said):
        found[os.fsdecode(one[1] or one[2] or b"mode")] += 1
    # git tells the mode of what it creates or moves in the same line.
    return found
