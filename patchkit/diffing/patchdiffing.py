"""What a patch does differently from another one (pure): the diff of two diffs.

Line numbers, headings behind `@@`, `index` lines, the commit in a mail's first line, diffstats and
the version of git below are not compared: they change whenever a patch is made anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchkit.diffing.alignment import Block, align, coalesce
from patchkit.diffing.pairing import Features, likely_pairs
from patchkit.model.patch import FileDiff, LineKind, Operation, Patch
from patchkit.model.stackdiff import (
    ComparedLine,
    FileComparison,
    HunkComparison,
    Likeness,
    Side,
)
from patchkit.model.tree import REGULAR, Path, split_lines

_CONTEXT_LINES = 3
_MAIL_START = re.compile(rb"From [0-9a-f]{7,64} Mon Sep 17 00:00:00 2001\s*$")
_NUMBERED = re.compile(rb"^(Subject:.*?\[[^]]*?)[ \t]*\b\d+/\d+\]", re.IGNORECASE)
_SEPARATOR = re.compile(rb"---[ \t]*\r?\n?$")
_DIFFSTAT = re.compile(
    rb" .*\|\s+(?:\d+|Bin\b.*)[ +-]*$| \d+ files? changed|"
    rb" (?:create|delete) mode \d+ | mode change \d+ | (?:rename|copy|rewrite) .*\(\d+%\)$|\s*$"
)
_SIGNATURE = re.compile(rb"-- \r?\n\d[^\n]*\n?\s*\Z")
_STRUCTURE = re.compile(
    rb"diff |index |Index: |={30,}|--- |\+\+\+ |(?:old|new|deleted file|new file) mode |"
    rb"(?:dis)?similarity index |(?:rename|copy) (?:from|to) |Binary files |GIT binary patch|\s*$"
)


@dataclass(frozen=True)
class ReadFile:
    """A file diff with its path, as the strip level of its patch says it.

    `source` is the path of what it moves or copies, None where it does neither.
    """

    path: Path
    source: Path | None
    diff: FileDiff

    @cached_property
    def lines(self) -> list[bytes]:
        """All lines of all hunks, each behind its marker."""
        return [line.kind.value + line.content for hunk in self.diff.hunks for line in hunk.lines]

    @cached_property
    def hunk_numbers(self) -> list[int]:
        """For each of these lines the number of its hunk, from 1."""
        return [number for number, hunk in enumerate(self.diff.hunks, 1) for _ in hunk.lines]

    @cached_property
    def changes(self) -> list[int]:
        """The indexes of the added and removed ones among these lines."""
        return [index for index, line in enumerate(self.lines) if not line.startswith(b" ")]

    @cached_property
    def facts(self) -> tuple[bytes, ...]:
        """What its header says beside names and line numbers."""
        diff = self.diff
        found = [diff.operation.value.encode()]
        is_switched = None not in (diff.old_mode, diff.new_mode) and diff.old_mode != diff.new_mode
        if diff.operation is Operation.CREATE and diff.new_mode not in (None, REGULAR):
            found.append(b"new file mode %06o" % (diff.new_mode or 0))
        elif diff.operation not in (Operation.CREATE, Operation.DELETE) and is_switched:
            found.append(b"mode %06o to %06o" % (diff.old_mode or 0, diff.new_mode or 0))
        if self.source is not None:
            found.append(b"from " + self.source)
        return tuple(found)


@dataclass(frozen=True)
class ReadPatch:
    """A patch made ready for comparing with others; `strip` is how its names are to be read."""

    patch: Patch
    strip: int

    @cached_property
    def files(self) -> tuple[ReadFile, ...]:
        """Its file diffs."""
        return tuple(_read(diff, self.strip) for diff in self.patch.files)

    @cached_property
    def message(self) -> tuple[bytes, ...]:
        """Its header and message, without what changes whenever it is made anew."""
        noise = (
            line for diff in self.patch.files for line in split_lines(diff.header)
            if not _STRUCTURE.match(line)
        )  # fmt: skip
        below = split_lines(_SIGNATURE.sub(b"", self.patch.epilogue))
        kept = [*_told(split_lines(self.patch.prologue)), *noise, *below]
        while kept and not kept[-1].strip():
            kept.pop()
        return tuple(kept)

    @cached_property
    def effect(self) -> tuple[object, ...]:
        """What it does, for finding the very same elsewhere."""
        return tuple((one.path, one.facts, one.diff.binary, tuple(one.lines)) for one in self.files)

    @cached_property
    def features(self) -> Features:
        """Its lines, for likeness: those that could stand anywhere do not count."""
        found: Features = Counter()
        for one in self.files:
            found[b"file " + one.path] += 1
            found.update(features_of(one))
        return found


def features_of(one: ReadFile) -> Features:
    """The lines of a file diff that have a word in them."""
    found: Features = Counter(line.rstrip() for line in one.lines if _has_word(line))
    if one.diff.binary:
        found[one.diff.binary] += 1
    return found


def compare_messages(old: ReadPatch, new: ReadPatch) -> tuple[ComparedLine, ...]:
    """Both messages as one, where they differ; nothing where they do not."""
    if old.message == new.message:
        return ()
    blocks = align(old.message, new.message)
    lines = [
        ComparedLine(side, (old.message if at is not None else new.message)[_either(at, to)])
        for side, at, to in _walk(blocks, len(old.message), len(new.message))
    ]
    return tuple(_around_differences(lines))


def compare_files(old: ReadPatch, new: ReadPatch) -> Iterator[FileComparison]:
    """What differs, file by file: first what is in the new patch, in its order."""
    pairs = _file_pairs(old.files, new.files)
    partners = {to: at for at, to in pairs.items()}
    for to, one in enumerate(new.files):
        compared = _compare(old.files[partners[to]] if to in partners else None, one)
        if compared is not None:
            yield compared
    for at, one in enumerate(old.files):
        if at not in pairs:
            compared = _compare(one, None)
            assert compared is not None  # it is on one side only
            yield compared


def _read(diff: FileDiff, strip: int) -> ReadFile:
    names = diff.names(strip)
    is_from_elsewhere = diff.operation in (Operation.RENAME, Operation.COPY)
    return ReadFile(names.new or names.old or b"?", names.old if is_from_elsewhere else None, diff)


def _told(prologue: Sequence[bytes]) -> Iterator[bytes]:
    is_below = False
    for line in prologue:
        if _SEPARATOR.match(line):
            is_below = True
        elif not (_DIFFSTAT.match(line) if is_below else _MAIL_START.match(line)):
            yield _NUMBERED.sub(rb"\1]", line)


def _has_word(line: bytes) -> bool:
    return any(byte >= 0x80 or chr(byte).isalnum() for byte in line[1:])


def _file_pairs(old: Sequence[ReadFile], new: Sequence[ReadFile]) -> dict[int, int]:
    """Files of the same path belong together, then those that are changed alike."""
    waiting: dict[Path, list[int]] = {}
    for to, one in enumerate(new):
        waiting.setdefault(one.path, []).append(to)
    pairs: dict[int, int] = {}
    for at, one in enumerate(old):
        if waiting.get(one.path):
            pairs[at] = waiting[one.path].pop(0)
    lonely = [at for at in range(len(old)) if at not in pairs]
    free = sorted(to for rest in waiting.values() for to in rest)
    likely = likely_pairs(
        [features_of(old[at]) for at in lonely], [features_of(new[to]) for to in free]
    )
    pairs.update((lonely[at], free[to]) for at, to in likely.items())
    return pairs


def _compare(old: ReadFile | None, new: ReadFile | None) -> FileComparison | None:
    """None where the two are the same."""
    facts = _facts(old, new)
    is_elsewhere = False
    if old is None or new is None:
        likeness = Likeness.CHANGED
    else:
        is_alike = [old.lines[at] for at in old.changes] == [new.lines[at] for at in new.changes]
        is_elsewhere = is_alike and _is_elsewhere(old, new)
        is_changed = not is_alike or is_elsewhere or facts or old.path != new.path
        is_same = old.lines == new.lines and _starts(old) == _starts(new)
        likeness = Likeness.SAME if is_same else Likeness.CONTEXT
        likeness = Likeness.CHANGED if is_changed else likeness
    if likeness is Likeness.SAME:
        return None
    return FileComparison(
        None if old is None else old.path, None if new is None else new.path,
        likeness, facts, tuple(_hunks(old, new)), is_elsewhere,
    )  # fmt: skip


def _starts(one: ReadFile) -> list[tuple[int, int]]:
    return [(hunk.old_start, hunk.new_start) for hunk in one.diff.hunks]


def _facts(old: ReadFile | None, new: ReadFile | None) -> tuple[ComparedLine, ...]:
    was, is_now = (() if one is None else one.facts for one in (old, new))
    found = [ComparedLine(Side.OLD, fact) for fact in was if fact not in is_now]
    found += [ComparedLine(Side.NEW, fact) for fact in is_now if fact not in was]
    binaries = [b"" if one is None else one.diff.binary for one in (old, new)]
    if binaries[0] != binaries[1]:
        sides = zip((Side.OLD, Side.NEW), binaries, strict=True)
        found += [
            ComparedLine(side, b"binary content, %d bytes in the patch" % len(binary))
            for side, binary in sides
            if binary
        ]
    return tuple(found)


def _is_elsewhere(old: ReadFile, new: ReadFile) -> bool:
    """Whether a change stands before a line of the context here and behind it there."""
    before, after = _changes_before(old), _changes_before(new)
    return any(after[line] != count for line, count in before.items() if line in after)


def _changes_before(one: ReadFile) -> dict[bytes, int]:
    """How many changed lines stand before each telling context line that is there just once."""
    times = Counter(one.lines)
    found, count = {}, 0
    for line in one.lines:
        if not line.startswith(b" "):
            count += 1
        elif times[line] == 1 and _has_word(line):
            found[line] = count
    return found


def _blocks(old: ReadFile, new: ReadFile) -> tuple[Block, ...]:
    """Which lines are the same. Where all changes are, they are paired before the context."""
    if [old.lines[at] for at in old.changes] != [new.lines[at] for at in new.changes]:
        return align(old.lines, new.lines)
    found: list[Block] = []
    at = to = 0
    ends = zip((*old.changes, len(old.lines)), (*new.changes, len(new.lines)), strict=True)
    for stop, new_stop in ends:
        between = align(old.lines[at:stop], new.lines[to:new_stop])
        found += [Block(at + one.base, to + one.ours, one.count) for one in between]
        if stop < len(old.lines):
            found.append(Block(stop, new_stop, 1))
        at, to = stop + 1, new_stop + 1
    return coalesce(found)


def _walk(
    blocks: Sequence[Block], old_count: int, new_count: int
) -> Iterator[tuple[Side, int | None, int | None]]:
    """Each line once: which side has it, and its index there."""
    at = to = 0
    for block in (*blocks, Block(old_count, new_count, 0)):
        yield from ((Side.OLD, index, None) for index in range(at, block.base))
        yield from ((Side.NEW, None, index) for index in range(to, block.ours))
        for step in range(block.count):
            yield Side.BOTH, block.base + step, block.ours + step
        at, to = block.base + block.count, block.ours + block.count


def _hunks(old: ReadFile | None, new: ReadFile | None) -> Iterator[HunkComparison]:
    there, here = ([] if one is None else one.lines for one in (old, new))
    blocks = () if old is None or new is None else _blocks(old, new)
    group: list[ComparedLine] = []
    numbers: list[int | None] = [None, None]

    def closed() -> Iterator[HunkComparison]:
        source, number = (old, numbers[0]) if numbers[1] is None else (new, numbers[1])
        for lines in _around_each(group):
            assert source is not None
            assert number is not None
            section = source.diff.hunks[number - 1].section
            yield HunkComparison(numbers[0], numbers[1], section, lines)

    for side, at, to in _walk(blocks, len(there), len(here)):
        now = [
            None if at is None or old is None else old.hunk_numbers[at],
            None if to is None or new is None else new.hunk_numbers[to],
        ]
        known = zip(numbers, now, strict=True)
        if any(None not in pair and pair[0] != pair[1] for pair in known):
            yield from closed()
            group, numbers = [], [None, None]
        numbers = [one if one is not None else was for one, was in zip(now, numbers, strict=True)]
        line = there[at] if at is not None else here[_either(at, to)]
        group.append(ComparedLine(side, line[1:], LineKind(line[:1])))
    yield from closed()


def _either(at: int | None, to: int | None) -> int:
    index = at if at is not None else to
    assert index is not None  # a line is on one side at least
    return index


def _around_differences(lines: Sequence[ComparedLine]) -> Iterator[ComparedLine]:
    """The lines from a little before the first difference to a little behind the last."""
    found = [index for index, line in enumerate(lines) if line.side is not Side.BOTH]
    if found:
        yield from lines[max(found[0] - _CONTEXT_LINES, 0) : found[-1] + _CONTEXT_LINES + 1]


def _around_each(lines: Sequence[ComparedLine]) -> Iterator[tuple[ComparedLine, ...]]:
    """The differences with a little around each; those that are near each other together."""
    start = stop = -1
    for index, line in enumerate(lines):
        if line.side is Side.BOTH:
            continue
        if start >= 0 and index - _CONTEXT_LINES > stop:
            yield tuple(lines[start:stop])
            start = -1
        if start < 0:
            start = max(index - _CONTEXT_LINES, 0)
        stop = index + _CONTEXT_LINES + 1
    if start >= 0:
        yield tuple(lines[start:stop])
