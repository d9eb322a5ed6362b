"""Places that lines of their own open and close: C's `#if`, Make's `ifeq`, and Go's build
constraints (pure).

Chains right below one another that name different variants are one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from patchkit.limits import limits
from patchkit.siblings.conditions import infix_holds, unnamed
from patchkit.siblings.place_model import Branch, Gets, Need, Place, PlaceKind
from patchkit.siblings.place_source import Source, shown
from patchkit.syntax.goconstraints import is_go_file_built
from patchkit.syntax.parsing import Language
from patchkit.syntax.targets import Target, Truth, negated

_C_LINE = re.compile(rb"\s*#\s*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b(.*)")
_MAKE_LINE = re.compile(rb"\s*(?:(else)\s+)?(ifeq|ifneq|ifdef|ifndef|else|endif)\b(.*)")
_STOPS = re.compile(rb"#\s*error|\$\(error")
_BUILD = re.compile(rb"//(?:go:build|\s*\+build)\s+(.*)")
_DEFINES = re.compile(
    rb"\s*#\s*define\s+(\w+)|(?!(?:if|for|while|switch|return|else|case|do)\b)[A-Za-z_]"
    rb"(?:[^=;]*\([^;]*$|[\w\s*\[\]]*=|[\w\s.-]*[:?+]=)"
)
_SEARCH = re.compile(rb"\$[({](?:filter|findstring)\b")
_NOTHING_FOUND = re.compile(rb"\(\s*,|,\s*\)\s*$|\"\"|''")
_MAKE_TEST = re.compile(rb"\$[({](\w+)[)}]")


class _Step(Enum):
    """What a directive does to a chain."""

    BEGIN = "begin"
    OTHER = "other"
    REST = "rest"
    END = "end"


@dataclass(frozen=True, slots=True)
class _Directive:
    """One line that opens, divides or closes a chain, and whether it holds for the unnamed."""

    step: _Step
    holds: Truth = None


_REST = _Directive(_Step.REST, holds=True)
_END = _Directive(_Step.END)

_Reader: TypeAlias = Callable[[Source, int], _Directive | None]


@dataclass
class _Part:
    """A branch: its line from 0, where it ends, its variants, whether it holds for the unnamed."""

    first: int
    holds: Truth
    variants: tuple[str, ...]
    last: int = -1


@dataclass
class _Chain:
    """One `if` with its alternatives; `has_rest`: an alternative without a condition."""

    parts: list[_Part] = field(default_factory=list)
    has_rest: bool = False

    @property
    def first(self) -> int:
        return self.parts[0].first

    @property
    def last(self) -> int:
        return self.parts[-1].last

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.parts for name in one.variants))

    @property
    def named_parts(self) -> Sequence[_Part]:
        return [one for one in self.parts if one.variants]


@dataclass
class _Run:
    """Chains right below one another that are one place, and the name that they define."""

    defined: bytes
    chains: list[_Chain] = field(default_factory=list)
    named: dict[str, None] = field(default_factory=dict)
    is_closed: bool = False

    def add(self, chain: _Chain) -> None:
        self.chains.append(chain)
        self.named.update(dict.fromkeys(chain.variants))
        self.is_closed = self.is_closed or chain.has_rest


def directive_places(source: Source) -> Iterator[Place]:
    """The places of a C or Make file that conditional directives make."""
    read = _c_directive if source.language is Language.C else _make_directive
    runs: dict[int, _Run] = {}
    found: list[_Run] = []
    for chain in sorted(_chains(source, read), key=lambda one: one.first):
        defined = _defined_by_all(source, chain.named_parts or chain.parts)
        run = runs.get(chain.first)
        if run is None or not _goes_on(source, run, chain, defined):
            if not chain.variants:
                continue
            run = _Run(defined)
            found.append(run)
        run.add(chain)
        runs[source.next_line(chain.last)] = run
    for run in found:
        if source.is_place(tuple(run.named)):
            yield _place(source, run)


def _goes_on(source: Source, run: _Run, chain: _Chain, defined: bytes) -> bool:
    """Whether a chain right below goes on with what a run is for: with other variants, or with
    another definition of the same name."""
    if run.is_closed:
        return False
    is_same = run.defined != b"" and defined == run.defined
    if chain.variants:
        is_open = not chain.has_rest or is_same
        return is_open and (is_same or not run.named.keys() >= set(chain.variants))
    is_last = bool(run.defined) and run.defined in source.code[chain.first].split()
    run.is_closed = is_last
    if is_last:
        chain.parts[0].holds = True
    return is_same or is_last


def _chains(source: Source, read: _Reader) -> Iterator[_Chain]:
    """All chains, the inner ones before those around them."""
    open_chains: list[_Chain] = []
    for at in range(len(source.code)):
        one = read(source, at)
        if one is None:
            continue
        if one.step is _Step.BEGIN:
            open_chains.append(_Chain())
        elif not open_chains:
            continue
        chain = open_chains[-1]
        if chain.parts:
            chain.parts[-1].last = at if one.step is _Step.END else at - 1
        if one.step is _Step.END:
            ended = open_chains.pop()
            if len(open_chains) < limits().nested_conditions:  # each is read as often as it is deep
                yield ended
            continue
        chain.has_rest = chain.has_rest or one.step is _Step.REST
        chain.parts.append(_Part(at, one.holds, source.variants(at, _end(source, at))))


def _end(source: Source, at: int) -> int:
    while source.code[at].endswith(b"\\") and at + 1 < len(source.code):
        at += 1
    return at


def _c_directive(source: Source, at: int) -> _Directive | None:
    line = source.code[at]
    found = _C_LINE.match(line) if b"#" in line else None
    if found is None:
        return None
    word = found[1]
    if word in (b"else", b"endif"):
        return _REST if word == b"else" else _END
    text = b" ".join(source.code[at : _end(source, at) + 1]).partition(word)[2]
    holds = infix_holds(text.replace(b"\\", b" "), source.words.axis)
    step = _Step.BEGIN if word.startswith(b"if") else _Step.OTHER
    return _Directive(step, negated(holds) if word.endswith(b"ndef") else holds)


def _make_directive(source: Source, at: int) -> _Directive | None:
    found = _MAKE_LINE.match(source.code[at])
    if found is None:
        return None
    word, text = found[2], found[3]
    if word in (b"else", b"endif"):
        return _REST if word == b"else" else _END
    is_named_in = word in (b"ifeq", b"ifdef")
    is_search = _SEARCH.search(text) is not None and b"$(filter-out" not in text
    if is_search and _NOTHING_FOUND.search(text):
        is_named_in = not is_named_in
    holds = not is_named_in if source.words.axis.named_in(text) else None
    return _Directive(_Step.OTHER if found[1] else _Step.BEGIN, holds)


def _place(source: Source, run: _Run) -> Place:
    parts = [part for chain in run.chains for part in chain.parts]
    named = [one for one in parts if one.variants]
    branches = tuple(Branch(one.first + 1, one.last + 1, one.variants) for one in named)
    taken = [one for one in parts if one.holds or (one.variants and one.holds is None)]
    stops = any(
        _STOPS.search(source.code[at]) for one in taken for at in range(one.first, one.last + 1)
    )
    first = run.chains[0].first
    is_c = source.language is Language.C
    defined = _defined_by_all(source, named)
    return Place(
        kind=PlaceKind.CONDITION,
        first=first + 1,
        last=run.chains[-1].last + 1,
        title=_title(source, first) + (f" for {shown(defined)}" if defined else ""),
        within=source.within(first) if is_c else "",
        branches=branches,
        rest=(Gets.STOPS if stops else Gets.DEFAULT) if taken else Gets.NOTHING,
        key=_key(source, first) + b" " + defined,
        need=Need.ITEM if is_c and defined and len(branches) > 1 else Need.PART,
    )


def _title(source: Source, first: int) -> str:
    line = source.code[first]
    if source.language is Language.C:
        return shown(line)
    found = _MAKE_TEST.search(line)
    name = shown(line) if found is None else found[1].decode("utf-8", "replace")
    return f"{name} in {line.split()[0].decode('utf-8', 'replace')}"


def _key(source: Source, first: int) -> bytes:
    return source.neutral(source.code[first]).replace(b" ", b"")


def _defined_by_all(source: Source, parts: Sequence[_Part]) -> bytes:
    """The name that every branch defines; empty where there is none."""
    names: list[dict[bytes, None]] = []
    for one in parts:
        found: dict[bytes, None] = {}
        for at in range(one.first + 1, one.last + 1):
            line = source.code[at].strip()
            match = None if _MAKE_LINE.match(line) else _DEFINES.match(line)
            if match is not None:
                text = match[1] or line.partition(b"(")[0].partition(b"=")[0]
                found[text.strip(b" :?+").split()[-1] if text.split() else b""] = None
        names.append(found)
    shared = [name for name in (names[0] if names else ()) if all(name in one for one in names)]
    return shared[0] if shared else b""


def _is_built_for_any(source: Source, line: bytes, names: Sequence[str]) -> bool:
    """Whether a Go file with this constraint is built for one of the variants, on Linux."""
    axis = source.words.axis
    found = (axis.variant(name) for name in names)
    targets = (Target(axis, one) for one in found if one is not None)
    return any(is_go_file_built(source.path, line + b"\n", target) for target in targets)


_NO_CODE = (b"//", b"package ")


def build_tag_place(source: Source) -> Iterator[Place]:
    """The place that the build constraint of a Go file makes."""
    for at, line in enumerate(source.code):
        if line and not line.startswith(b"//"):
            return
        found = _BUILD.match(line)
        if found is None:
            continue
        variants = source.variants(at, at)
        if source.is_place(variants):
            holds = is_go_file_built(source.path, line + b"\n", unnamed(source.words.axis))
            if not holds and not _is_built_for_any(source, line, variants):
                return  # it is for another system
            is_empty = all(not code or code.startswith(_NO_CODE) for code in source.code)
            # Nothing but a package clause is there to stop a build for what is not named.
            taken = Gets.STOPS if is_empty else Gets.DEFAULT
            yield Place(
                kind=PlaceKind.CONDITION,
                first=at + 1,
                last=at + 1,
                title="build constraint of the file",
                within="",
                branches=(Branch(at + 1, at + 1, variants),),
                rest=taken if holds else Gets.NOTHING,
                key=b"go:build",
                need=Need.ITEM,
            )
        return
