"""Places in which one value is compared with variants: `case`, `switch`, `match`, and chains of
`if` in all languages (pure).

Where a construct begins and ends is read from indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.siblings.conditions import cfg_holds, compared_holds
from patchkit.siblings.place_model import Branch, Gets, Place, PlaceKind
from patchkit.siblings.place_source import Source, shown
from patchkit.syntax.targets import Truth

FAILS = re.compile(
    rb"\bdie\b|\bexit\s+[1-9]|\bpanic!?\(|\bunimplemented!|\btodo!|\bfatal"
    rb"|\bunreachable!|\bbail!|\bErr\(|\berrors\.New\(|\bErrorf\(|\bFatalf?\(|\babort\(|\braise\b"
    rb"|\bthrow\b|compile_error!|\berror(?:_exit)?\s|\breturn\b.*\berr|\bexit\s*$",
    re.IGNORECASE,
)
_SHELL_FAILS = re.compile(FAILS.pattern + rb"|\breturn\s+[1-9]\b", re.IGNORECASE)
_OPENER = re.compile(
    rb"(?:^|.*[\s=(])(?:(switch|match)\b[^;]*[{:]|(case)\b.+\bin\b)\s*\\?$", re.DOTALL
)
_SHELL_ARM = re.compile(rb"\(?\s*([^()\s][^()]*?)\)")
_C_ARM = re.compile(rb"(case\b.*?|default)\s*:(?!:)")
_RUST_ARM = re.compile(rb"\|?\s*(.*?)\s*=>")
_PYTHON_ARM = re.compile(rb"case\s+(.*):")
_SHELL_REST = re.compile(rb"\*")
_C_REST = re.compile(rb"default")
_ANY_REST = re.compile(rb"_$|[a-z]\w*$|_\s+if\b")
_IF = re.compile(rb"(?:if|\$?\s*if)\b(?!def|n?eq)")
_GOES_ON = re.compile(rb"(?:\}\s*)?(?:else\s*if|elif|elsif|else\s+if)\b")
_ELSE = re.compile(rb"(?:\}\s*)?else\b(?!\s*if)")
_BETWEEN = re.compile(rb"(?:then|\{|\}|do)\s*(?:\\|;)?\s*(?:\\)?$")
_HEAD_END = re.compile(rb"\{(?:[^}]*\})?\s*$|:\s*$")
_SHELL_HEAD_END = re.compile(rb"\bthen\b|\bfi\b")
_CFG = re.compile(rb"#\[cfg\((.*)\)\]|\bcfg!\((.*)\)", re.DOTALL)
_MOST_HEAD_LINES = 8


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm: lines from 0, and whether it takes the variants that nothing names."""

    first: int
    last: int
    variants: tuple[str, ...]
    holds: Truth


def choice_places(source: Source) -> Iterator[Place]:
    """The places that `case`, `switch` and `match` make."""
    seen: set[int] = set()
    openers: dict[int, int | None] = {}
    for at in source.hits:
        opener = openers[at] = _opener_of(source, at, openers)
        if opener is not None and opener not in seen:
            seen.add(opener)
            arms = list(_arms(source, opener))
            if source.is_place([name for arm in arms for name in arm.variants]):
                yield _place(source, opener, arms, PlaceKind.CHOICE)


def _opener_of(source: Source, at: int, openers: Mapping[int, int | None]) -> int | None:
    """The line that opens the construct in which a line is an arm; `openers` are those of lines
    above it."""
    indent = source.indents[at]
    if _arm_pattern_of(source, at) is None:
        return None
    for above in range(at - 1, -1, -1):
        if not 0 <= source.indents[above] <= indent:
            continue
        if above in openers and source.indents[above] == indent:
            return openers[above]
        if _OPENER.match(source.code[above]):
            return above
        if source.indents[above] < indent:
            return None
        if source.code[above].lstrip().startswith((b"}", b"esac")):
            return None
    return None


def _arm_pattern_of(source: Source, at: int) -> re.Pattern[bytes] | None:
    line = source.code[at].lstrip()
    if source.ending == b"rs":
        return _RUST_ARM if b"=>" in line or line.startswith((b"|", b'"')) else None
    for pattern in (_C_ARM, _PYTHON_ARM, _SHELL_ARM):
        if pattern.match(line):
            return pattern
    return None


def _arms(source: Source, opener: int) -> Iterator[_Arm]:
    found = _OPENER.match(source.code[opener])
    assert found is not None  # that is how it was found
    pattern, rest = _syntax(source, found)
    starts: list[tuple[int, bytes]] = []
    end = opener
    indent: int | None = None
    head = opener
    for at in range(opener + 1, len(source.code)):
        here = source.indents[at]
        if here < 0:
            continue
        line = source.code[at].lstrip()
        indent = here if indent is None else indent
        is_end = source.indents[opener] >= here and line.startswith((b"}", b"esac"))
        is_closed = here < indent or is_end
        if is_closed and not (pattern is _SHELL_ARM and line.startswith(b";;")):
            end = at
            break
        end = at
        if here > indent:
            continue
        arm = pattern.match(line)
        if arm is not None:
            first = head if head > opener else at
            text = b" ".join(source.code[first : at + 1]) if first < at else arm[1]
            starts.append((first, text))
            head = opener
        elif pattern is _RUST_ARM and line.startswith((b'"', b"|")) and head == opener:
            head = at
    for number, (first, text) in enumerate(starts):
        last = starts[number + 1][0] - 1 if number + 1 < len(starts) else end
        heads = _head_variants(source, first, text)
        yield _Arm(first, last, heads, bool(rest.match(text.strip())) and not heads)


def _syntax(source: Source, found: re.Match[bytes]) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    if found[2] is not None:
        return _SHELL_ARM, _SHELL_REST
    if source.ending == b"rs":
        return _RUST_ARM, _ANY_REST
    return (_PYTHON_ARM, _ANY_REST) if source.ending == b"py" else (_C_ARM, _C_REST)


def _head_variants(source: Source, at: int, head: bytes) -> tuple[str, ...]:
    names = (name for one in source.words.axis.mentions(head) for name in one.variants)
    there = set(source.variants(at, at + head.count(b"\n") + _MOST_HEAD_LINES))
    return tuple(name for name in dict.fromkeys(names) if name in there)


def chain_places(source: Source) -> Iterator[Place]:
    """The places that chains of `if` make, and single ones that name several variants; chains right
    below one another that compare with different variants are one place."""
    seen: set[int] = set()
    starts: dict[int, int] = {}
    runs: list[tuple[int, list[_Arm]]] = []
    for at in source.hits:
        start = _chain_start(source, at, starts)
        if start is None or start in seen:
            continue
        seen.add(start)
        arms = list(_chain(source, start))
        if not any(arm.variants for arm in arms):
            continue
        if runs and _goes_on(source, runs[-1], arms):
            runs[-1][1].extend(arms)
        else:
            runs.append((start, arms))
    for start, arms in runs:
        if source.is_place([name for arm in arms for name in arm.variants]):
            yield _place(source, start, arms, PlaceKind.CONDITION)


def _goes_on(source: Source, run: tuple[int, list[_Arm]], arms: Sequence[_Arm]) -> bool:
    start, before = run
    named = {name for arm in before for name in arm.variants}
    is_next = source.next_line(before[-1].last) == arms[0].first
    is_beside = source.indents[start] == source.indents[arms[0].first]
    is_equal = all(arm.holds is False for arm in (*before, *arms))
    is_other = not any(set(arm.variants) & named for arm in arms)
    return is_next and is_beside and is_equal and is_other


def _chain_start(source: Source, at: int, starts: dict[int, int]) -> int | None:
    """The first line of the chain that a line with a variant is a condition of; `starts` are those
    of conditions above it."""
    own = head = _head_of(source, at)
    if own is None or head is None:
        return None
    indent = source.indents[head]
    while head not in starts and not _IF.match(source.code[head].lstrip()):
        above = head - 1
        while above >= 0 and not 0 <= source.indents[above] <= indent:
            above -= 1
        line = source.code[above].lstrip() if above >= 0 else b""
        is_part = _GOES_ON.match(line) or _IF.match(line) or _BETWEEN.match(line)
        if above < 0 or source.indents[above] < indent or not is_part:
            return None
        head = above
    starts[own] = starts.get(head, head)
    return starts[own]


def _head_of(source: Source, at: int) -> int | None:
    """The line in which the condition begins that a line is part of."""
    for head in range(at, max(at - _MOST_HEAD_LINES, -1), -1):
        line = source.code[head].lstrip()
        if _IF.match(line) or _GOES_ON.match(line):
            return head
        if (head < at and _head_ends(source).search(line)) or line.endswith(b";"):
            return None
    return None


def _head_end(source: Source, head: int) -> int:
    for at in range(head, min(head + _MOST_HEAD_LINES, len(source.code))):
        if _head_ends(source).search(source.code[at]):
            return at
    return head


def _head_ends(source: Source) -> re.Pattern[bytes]:
    return _HEAD_END if source.is_braced or source.ending == b"py" else _SHELL_HEAD_END


def _chain(source: Source, start: int) -> Iterator[_Arm]:
    indent = source.indents[start]
    heads = [start]
    end = start
    if not re.search(rb"\bfi\b", source.code[start]):
        for at in range(_head_end(source, start) + 1, len(source.code)):
            here = source.indents[at]
            if here < 0 or here > indent:
                end = at if here >= 0 else end
                continue
            line = source.code[at].lstrip()
            is_head = _GOES_ON.match(line) or _ELSE.match(line)
            if here < indent or not (is_head or _BETWEEN.match(line) or line.startswith(b")")):
                end = at if here == indent and line.startswith((b"fi", b"}")) else end
                break
            end = at
            if is_head:
                heads.append(at)
            elif line.startswith(b"}"):
                break
    for number, head in enumerate(heads):
        last = heads[number + 1] - 1 if number + 1 < len(heads) else max(end, head)
        yield _arm(source, head, last)


def _arm(source: Source, head: int, last: int) -> _Arm:
    if _ELSE.match(source.code[head].lstrip()):
        return _Arm(head, last, (), holds=True)
    end = min(_head_end(source, head), last)
    text = b"\n".join(source.code[head : end + 1])
    starts = [
        sum(len(line) + 1 for line in source.code[head:at]) + one.start
        for at in range(head, end + 1)
        for one in source.hits.get(at, ())
    ]
    ends = _head_ends(source).search(text)
    condition = text if ends is None else text[: ends.start()]
    starts = [start for start in starts if start < len(condition)]
    cfg = _CFG.search(text)
    if cfg is not None:
        holds = cfg_holds(cfg[1] or cfg[2], source.words.axis)
    else:
        holds = compared_holds(condition, starts)
    names = (name for one in source.words.axis.mentions(condition) for name in one.variants)
    variants = tuple(dict.fromkeys(names)) if starts else ()
    return _Arm(head, last, variants, holds if variants else None)


def _place(source: Source, opener: int, arms: Sequence[_Arm], kind: PlaceKind) -> Place:
    branches = tuple(Branch(arm.first + 1, arm.last + 1, arm.variants) for arm in arms)
    taken = [arm for arm in arms if arm.holds]
    pattern = FAILS if source.is_braced or source.ending == b"py" else _SHELL_FAILS
    fails = any(
        pattern.search(source.code[at]) for arm in taken for at in range(arm.first, arm.last + 1)
    )
    rest = (Gets.FAILS if fails else Gets.DEFAULT) if taken else Gets.NOTHING
    return Place(
        kind=kind,
        first=opener + 1,
        last=max(arm.last for arm in arms) + 1,
        title=shown(source.code[opener]).removesuffix(" in").removesuffix("; then"),
        within=source.within(opener),
        branches=tuple(one for one in branches if one.variants),
        rest=rest,
        key=source.neutral(source.code[opener]),
        is_test=source.is_in_test(opener),
    )
