"""Lists, tables and sets of keys that name variants, in files of all sorts (pure).

Lines of one block with the same text but for the variant are a list, and so are words side by side
in one line. Words that only happen to stand in the same sentence are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from patchkit.model.variants import Mention
from patchkit.siblings.conditions import compared_holds
from patchkit.siblings.place_choices import FAILS
from patchkit.siblings.place_model import Branch, Gets, Place, PlaceKind
from patchkit.siblings.place_source import Source, shown

_WORD = rb"[\w.\-/:${}@+%*]"
_BEFORE = re.compile(_WORD + rb"*$")
_AFTER = re.compile(_WORD + rb"*")
_SEPARATOR = re.compile(
    rb"[\s\"'`()\[\]{}*_]*(?:[,|/;&]|\|\||\band\b|\bor\b|,\s*(?:and|or))?[\s\"'`()\[\]{}*_]*"
)
_COMPARED = re.compile(
    rb"[\s\"'`()\[\]]*(?:&&|\|\||-o|-a|and|or|,)[\s\"'`()\[\]!$\w{}.]*[!=]=?~?\s*[\"']?"
)
_MAKE_CONDITION = re.compile(rb"(?:else\s+)?ifn?eq\b")
_SECTION = re.compile(rb"\[+[^\s\[].*\]\s*$")
_ENTRY = re.compile(rb"[\"']?\s*(?::|=>?)\s*[^,;{}]{1,40},\s*[\"']?")
_BARE = re.compile(rb"[|/,]")
_HEAD_END = re.compile(rb"[\s,;:=(){}\[\]|]")
_LONGEST_GAP = 60
_DECLARED = re.compile(rb"(\s*(?:(?:pub|const|static|let|var|final|#\s*define)\s+)+)\w+")


def list_places(source: Source) -> Iterator[Place]:
    """The lists in lines of their own, and those in one line."""
    yield from _columns(source)
    yield from _rows(source)


def _columns(source: Source) -> Iterator[Place]:
    groups: dict[tuple[int, int, bytes], list[int]] = {}
    for at, mentions in _listed(source):
        head = _head(source, at, mentions)
        if head is not None and source.words.kins(source.variants(at, at)) == 1:
            key = (source.parents[at], source.indents[at], head)
            groups.setdefault(key, []).append(at)
    for (_, _, head), rows in groups.items():
        for run in _runs(source, rows):
            if source.is_place([name for at in run for name in source.variants(at, at)]):
                yield _list(source, head, run)


def _listed(source: Source) -> Iterator[tuple[int, tuple[Mention, ...]]]:
    """The lines with variants that can be part of a list: no attributes of Rust, no directives."""
    for at, mentions in source.hits.items():
        line = source.code[at].lstrip()
        is_directive = (
            (line.startswith(b"#") or _in_attribute(source, at))
            if source.is_braced
            else _MAKE_CONDITION.match(line)
        )
        if not is_directive and not line.startswith((b"//", b"use ", b"pub use ")):
            yield at, mentions


def _in_attribute(source: Source, at: int) -> bool:
    up = source.parents[at]
    return up >= 0 and _ATTRIBUTE.match(source.code[up].lstrip()) is not None


_ATTRIBUTE = re.compile(rb"#!?\[")


def _head(source: Source, at: int, mentions: Sequence[Mention]) -> bytes | None:
    """A line up to the end of the word with its first variant, the same for all variants; without
    the name that it declares."""
    line, one = source.code[at], mentions[0]
    declared = _DECLARED.match(line)
    if declared is not None:
        one = next((other for other in mentions if other.start >= declared.end()), one)
    if declared is not None and one.start >= declared.end():
        end = _HEAD_END.search(line, one.stop)
        value = line[declared.end() : end.start() if end else len(line)]
        return source.neutral(declared[1] + value)
    if _SECTION.match(line):
        return source.neutral(line[: one.stop])
    end = _HEAD_END.search(line, one.stop)
    head = source.neutral(line[: end.start() if end else len(line)]).replace(b"==", b"=")
    if source.is_prose and len(head.split()) > _MOST_WORDS:
        return None
    return head


_MOST_WORDS = 4
"""A line of prose that begins with more words than this is a sentence."""


def _runs(source: Source, rows: Sequence[int]) -> Iterator[list[int]]:
    """The rows, cut where those at the top of a file are far from each other."""
    run: list[int] = []
    for at in rows:
        if run and not _is_near(source, run[-1], at):
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _is_near(source: Source, last: int, at: int) -> bool:
    if source.parents[at] >= 0 or _SECTION.match(source.code[at]):
        return True
    between = range(source.block_end(last) + 1, at)
    return sum(source.indents[one] >= 0 for one in between) <= _MOST_BETWEEN


_MOST_BETWEEN = 3
"""How many other lines may stand between two of a list that nothing encloses."""


def _list(source: Source, head: bytes, rows: Sequence[int]) -> Place:
    branches = tuple(Branch(at + 1, _end(source, at) + 1, source.variants(at, at)) for at in rows)
    return Place(
        kind=PlaceKind.LIST,
        first=rows[0] + 1,
        last=branches[-1].last,
        title=f"list of {shown(head.replace(b'{}', '…'.encode()))}",
        within=source.within(rows[0]),
        branches=branches,
        rest=Gets.NOTHING,
        key=b"list " + head,
        is_test=source.is_in_test(rows[0]),
    )


def _end(source: Source, at: int) -> int:
    """The last line of an entry; a section in brackets ends where the next one begins."""
    if not _SECTION.match(source.code[at]):
        return source.block_end(at)
    end = at
    for below in range(at + 1, len(source.code)):
        if _SECTION.match(source.code[below]):
            break
        end = below if source.indents[below] >= 0 else end
    return end


def _rows(source: Source) -> Iterator[Place]:
    for at, mentions in _listed(source):
        if len(mentions) < 2:
            continue
        for run in _side_by_side(source.code[at], mentions):
            names = tuple(dict.fromkeys(name for one in run for name in one.variants))
            if source.is_place(names):
                yield _row(source, at, run, names)


def _side_by_side(line: bytes, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    run: list[Mention] = []
    for one in mentions:
        if run and not _belong_together(line, run[-1], one):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _belong_together(line: bytes, one: Mention, other: Mention) -> bool:
    between = line[one.stop : other.start]
    if len(between) > _LONGEST_GAP:
        return False
    if _BARE.fullmatch(between) or (_SEPARATOR.fullmatch(between) and between.strip()):
        return True
    if _COMPARED.fullmatch(between) or _ENTRY.fullmatch(between):
        return True
    after, before = _AFTER.match(between), _BEFORE.search(between)
    assert after is not None  # both match the empty text
    assert before is not None
    if after.end() >= before.start():
        return False
    gap = between[after.end() : before.start()]
    first, second = _affixes(line, one), _affixes(line, other)
    return first == second and _SEPARATOR.fullmatch(gap) is not None


def _affixes(line: bytes, one: Mention) -> tuple[bytes, bytes]:
    """What stands before and after a variant in its word."""
    before = _BEFORE.search(line[: one.start])
    after = _AFTER.match(line[one.stop :])
    return (before[0] if before else b"", after[0] if after else b"")


def _row(source: Source, at: int, run: Sequence[Mention], names: tuple[str, ...]) -> Place:
    line = source.code[at]
    is_condition = any(
        _COMPARED.fullmatch(line[one.stop : other.start]) for one, other in pairwise(run)
    )
    holds = compared_holds(line, [one.start for one in run]) if is_condition else None
    rest = Gets.FAILS if FAILS.search(line) else Gets.DEFAULT
    head = source.neutral(line[: run[0].start])
    return Place(
        kind=PlaceKind.CONDITION if is_condition else PlaceKind.LIST,
        first=at + 1,
        last=at + 1,
        title=shown(line),
        within=source.within(at),
        branches=(Branch(at + 1, at + 1, names),),
        rest=rest if holds else Gets.NOTHING,
        key=b"row " + head,
        is_test=source.is_in_test(at),
    )
