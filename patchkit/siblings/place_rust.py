"""Places of Rust: `#[cfg(…)]` on alternatives of one item or statement (pure).

All alternatives of a thing in one block are one place, and so are different things side by side
that are for different variants. `if cfg!(…)` and `cfg_if!` are chains like any `if`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patchkit.siblings.conditions import cfg_holds
from patchkit.siblings.place_model import Branch, Gets, Need, Place, PlaceKind
from patchkit.siblings.place_source import Source, shown
from patchkit.syntax.targets import Truth, any_holds

_ATTRIBUTE = re.compile(rb"#!?\[\s*cfg\s*\(")
_ITEM = re.compile(
    rb"\s*(?:pub\s*(?:\([^)]*\)\s*)?)?(?:default\s+)?(?:const\s+(?=async|unsafe|extern|fn))?"
    rb"(?:async\s+)?(?:unsafe\s+)?(?:extern\s+\"[^\"]*\"\s+)?"
    rb"(fn|mod|struct|enum|union|trait|type|static|const|let|impl|use|return|extern\s+crate)\b"
    rb"\s*(?:mut\s+)?(.*)"
)
_NAME = re.compile(rb"\w+")
_MEMBER = re.compile(rb"\s*(?:pub\s*(?:\([^)]*\)\s*)?)?(\w[\w.]*)\s*(?:[:,({]|=[^=>]|$)")
_ENDS = (b";", b",")
_GOES_ON = (b"}", b")", b"]", b".", b"where")
_DEFINES = frozenset(
    (
        b"fn",
        b"mod",
        b"struct",
        b"enum",
        b"union",
        b"trait",
        b"type",
        b"static",
        b"const",
        b"let",
        b"impl",
        b"return",
    )
)
_GLOB = (b"use {}", b"use self::{}")
_MOST_NAMED = 3
_STOPS = re.compile(rb"\bcompile_error!")


@dataclass(frozen=True, slots=True)
class _Alternative:
    """What one attribute is for: lines from 0, the thing, and whether it holds for the unnamed."""

    first: int
    last: int
    parent: int
    sort: bytes
    thing: bytes
    line: int
    variants: tuple[str, ...]
    holds: Truth


def rust_places(source: Source) -> Iterator[Place]:
    """The places that `cfg` attributes make."""
    groups: dict[tuple[int, bytes], list[_Alternative]] = {}
    previous: tuple[int, bytes] | None = None
    for one in _alternatives(source):
        key = (one.parent, one.thing)
        if key not in groups and previous is not None and _goes_on(source, groups[previous], one):
            key = previous
        groups.setdefault(key, []).append(one)
        previous = key
    placed = [
        group
        for group in _with_neighbours(source, list(groups.values()))
        if _is_place(source, group)
    ]
    yield from _together((group[0].parent, _place(source, group)) for group in placed)


def _goes_on(source: Source, before: Sequence[_Alternative], one: _Alternative) -> bool:
    """Whether it stands right below what is for other variants, in the same block, and both are
    statements or members of the same sort."""
    last = before[-1]
    named = {name for other in before for name in other.variants}
    is_alike = last.sort == one.sort or b"" in (last.sort, one.sort)
    is_item = last.sort in _DEFINES - {b"let", b"return"} or one.sort in _DEFINES - {
        b"let",
        b"return",
    }
    is_next = source.next_line(last.last) == one.first
    is_near = last.parent == one.parent and is_next
    return is_near and is_alike and not is_item and not named & set(one.variants)


def _with_neighbours(
    source: Source, groups: Sequence[Sequence[_Alternative]]
) -> Iterator[Sequence[_Alternative]]:
    """The groups; things that each one variant alone has, right below one another, as one."""
    run: list[_Alternative] = []
    for group in groups:
        is_alone = len(group) == 1 and not source.is_place(group[0].variants)
        if (
            not is_alone
            or group[0].sort not in _DEFINES | {b"use"}
            or group[0].sort in (b"let", b"return")
        ):
            yield group
            continue
        one = group[0]
        is_next = bool(run) and source.next_line(run[-1].last) == one.first
        if run and not (is_next and run[-1].parent == one.parent):
            yield from _cut(source, run)
            run = []
        run.append(one)
    yield from _cut(source, run)


def _cut(source: Source, run: list[_Alternative]) -> Iterator[list[_Alternative]]:
    is_place = source.is_place([name for one in run for name in one.variants])
    if is_place and any(one.sort != b"use" for one in run):
        yield run


def _is_place(source: Source, group: Sequence[_Alternative]) -> bool:
    names = [name for one in group for name in one.variants]
    return source.is_place(names) and not all(_is_import(source, one) for one in group)


def _is_import(source: Source, one: _Alternative) -> bool:
    """Whether it only brings a name into this file: that follows from what else is there."""
    is_private = not source.code[one.line].lstrip().startswith(b"pub")
    return one.sort == b"use" and is_private and not one.thing.startswith(_GLOB)


def _alternatives(source: Source) -> Iterator[_Alternative]:
    text = source.text
    for found in _ATTRIBUTE.finditer(text):
        stop = _closing(text, found.end())
        first, last = source.line_at(found.start()), source.line_at(stop)
        before = text[source.starts[first] : found.start()]
        variants = source.variants(first, last)
        if not variants or before.strip():
            continue
        item = _after_attributes(source, last)
        if item >= len(source.code):
            continue
        end = _end_of(source, item)
        sort, thing = _thing(source, item)
        yield _Alternative(
            first=first,
            last=end,
            parent=source.parents[first],
            sort=sort,
            thing=thing,
            line=item,
            variants=variants,
            holds=cfg_holds(text[found.end() : stop], source.words.axis),
        )


def _closing(text: bytes, at: int) -> int:
    """Where the bracket ends that was opened before `at`."""
    depth = 1
    while at < len(text) and depth:
        depth += (text[at : at + 1] == b"(") - (text[at : at + 1] == b")")
        at += 1
    return at - 1


def _after_attributes(source: Source, last: int) -> int:
    at = source.next_line(last)
    while at < len(source.code) and source.code[at].lstrip().startswith(b"#["):
        end = at
        while end < len(source.code) and not source.code[end].endswith(b"]"):
            end += 1
        at = source.next_line(end)
    return at


def _end_of(source: Source, item: int) -> int:
    """The last line of what begins in a line."""
    if source.code[item].endswith(_ENDS):
        return item
    end = source.block_end(item)
    while True:
        below = source.next_line(end)
        if below >= len(source.code) or source.indents[below] != source.indents[item]:
            return end
        line = source.code[below].lstrip()
        if not line.startswith(_GOES_ON):
            return end
        end = source.block_end(below)
        if line.endswith(_ENDS):
            return end


def _thing(source: Source, item: int) -> tuple[bytes, bytes]:
    """The sort of what stands in a line, and what tells it from other things of its sort."""
    line = source.code[item]
    found = _ITEM.match(line)
    if found is not None:
        sort = found[1].split()[0]
        name = _NAME.match(found[2])
        if sort == b"return":
            return sort, sort
        whole = sort in (b"use", b"impl", b"extern") or name is None
        text = found[2] if whole or name is None else name[0]
        return sort, source.neutral(sort + b" " + text)
    member = _MEMBER.match(line)
    thing = line if member is None else member[1]
    return b"", source.neutral(thing)


def _place(source: Source, group: Sequence[_Alternative]) -> Place:
    first = group[0]
    branches = tuple(Branch(one.first + 1, one.last + 1, one.variants) for one in group)
    holds = any_holds(one.holds for one in group)
    stops = any(
        one.holds is not False and _STOPS.search(source.code[at])
        for one in group
        for at in range(one.first, one.last + 1)
    )
    rest = Gets.NOTHING if holds is False else Gets.STOPS if stops else Gets.DEFAULT
    is_same = all(one.thing == first.thing for one in group)
    defines = is_same and (first.sort in _DEFINES or first.thing.startswith(b"use {}"))
    things = dict.fromkeys(one.thing.rstrip(b";,(") for one in group if one.sort or one is first)
    title = b", ".join(list(things)[:_MOST_NAMED]).replace(b"{}", "…".encode())
    return Place(
        kind=PlaceKind.CONDITION,
        first=first.first + 1,
        last=max(one.last for one in group) + 1,
        title=f"cfg of {shown(title) or 'a block'}",
        within=source.within(first.first),
        branches=branches,
        rest=rest,
        key=b"cfg " + first.thing,
        need=Need.ITEM if defines and len(group) > 1 else Need.PART,
        is_test=source.is_in_test(first.line),
    )


def _together(places: Iterable[tuple[int, Place]]) -> Iterator[Place]:
    """The places, with those as one that are for the same variants and lie in one another: `mod`
    and `use` of each."""
    merged: list[tuple[int, Place]] = []
    for parent, one in sorted(places, key=lambda pair: pair[1].first):
        at, last = merged[-1] if merged else (-2, one)
        if at == parent and one.first <= last.last and one.named == last.named:
            merged[-1] = (parent, _merged(last, one))
        else:
            merged.append((parent, one))
    return (one for _, one in merged)


def _merged(one: Place, other: Place) -> Place:
    return replace(
        one,
        last=max(one.last, other.last),
        branches=(*one.branches, *other.branches),
        title=f"{one.title}, {other.title.removeprefix('cfg of ')}",
        key=one.key + b", " + other.key,
        need=one.need if other.need is Need.PART else other.need,
    )
