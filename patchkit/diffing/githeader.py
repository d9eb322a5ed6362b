"""Reads git's extended diff header (pure): git-diff(1), "Generating patch text with -p"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patchkit.diffing.quoting import git_header_names, unquote
from patchkit.model.patch import Operation
from patchkit.model.tree import Path

_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?\s*$")
_BINARY_BLOCK = re.compile(rb"(?:literal|delta) \d+\s*$")
_FACTS = re.compile(
    rb"(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to"
    rb"|rename old|rename new|similarity index|dissimilarity index) (.*?)\r?\n?$"
)


@dataclass(frozen=True, slots=True)
class GitHeader:
    """What the lines from `diff --git` up to `---`, the binary payload or the next file say.

    `end` is the index of the first line behind it (behind the payload, for a binary diff).
    """

    end: int
    operation: Operation
    old_name: Path | None
    new_name: Path | None
    moved_from: Path | None
    moved_to: Path | None
    old_mode: int | None
    new_mode: int | None
    similarity: int | None
    old_blob: bytes | None
    new_blob: bytes | None
    binary: bytes

    @property
    def changes_mode(self) -> bool:
        """Whether the header alone changes the mode of a file."""
        return None not in (self.old_mode, self.new_mode) and self.old_mode != self.new_mode


def read_git_header(lines: Sequence[bytes], start: int) -> GitHeader | None:
    """Read the header whose `diff --git` line is `lines[start]`.

    None where no header line follows: then the line is only text that looks like one.
    """
    facts: dict[bytes, bytes] = {}
    index: re.Match[bytes] | None = None
    at = start + 1
    while at < len(lines):
        if found := _INDEX.match(lines[at]):
            index = found
        elif found := _FACTS.match(lines[at]):
            facts[found[1]] = found[2]
        else:
            break
        at += 1
    end = _binary_end(lines, at)
    if at == start + 1 and end == at and not _names_follow(lines, at):
        return None
    names = git_header_names(lines[start][len(b"diff --git ") :]) or (None, None)
    moved_from = facts.get(b"rename from", facts.get(b"copy from", facts.get(b"rename old")))
    moved_to = facts.get(b"rename to", facts.get(b"copy to", facts.get(b"rename new")))
    shared_mode = _mode(index[3]) if index is not None and index[3] else None
    similarity = re.match(rb"\d+", facts.get(b"similarity index", b""))
    creates, deletes = b"new file mode" in facts, b"deleted file mode" in facts
    return GitHeader(
        end=end,
        operation=_operation(facts),
        old_name=None if creates else names[0],
        new_name=None if deletes else names[1],
        moved_from=None if moved_from is None else unquote(moved_from),
        moved_to=None if moved_to is None else unquote(moved_to),
        old_mode=_mode(facts.get(b"old mode", facts.get(b"deleted file mode"))) or shared_mode,
        new_mode=_mode(facts.get(b"new mode", facts.get(b"new file mode"))) or shared_mode,
        similarity=None if similarity is None else int(similarity[0]),
        old_blob=None if index is None else index[1],
        new_blob=None if index is None else index[2],
        binary=b"".join(lines[at:end]),
    )


def _operation(facts: dict[bytes, bytes]) -> Operation:
    if b"new file mode" in facts:
        return Operation.CREATE
    if b"deleted file mode" in facts:
        return Operation.DELETE
    if b"copy from" in facts:
        return Operation.COPY
    if b"rename from" in facts or b"rename old" in facts:
        return Operation.RENAME
    return Operation.MODIFY


def _mode(text: bytes | None) -> int | None:
    return int(text, 8) if text and re.fullmatch(rb"[0-7]{6,7}|[02-7][0-7]{3}", text) else None


def _names_follow(lines: Sequence[bytes], at: int) -> bool:
    names = lines[at : at + 2]
    return len(names) == 2 and names[0].startswith(b"--- ") and names[1].startswith(b"+++ ")


def _binary_end(lines: Sequence[bytes], at: int) -> int:
    """The index behind a binary payload that starts at `at`; `at` itself where there is none.

    git's payload is one or two blocks (forward and reverse), each up to and with an empty line.
    """
    if at >= len(lines):
        return at
    if lines[at].startswith((b"Binary files ", b"Files ")) and b" differ" in lines[at]:
        return at + 1
    if not lines[at].startswith(b"GIT binary patch"):
        return at
    end = at + 1
    while end < len(lines) and _BINARY_BLOCK.match(lines[end]):
        while end < len(lines) and lines[end].strip():
            end += 1
        end = min(end + 1, len(lines))
    return end
