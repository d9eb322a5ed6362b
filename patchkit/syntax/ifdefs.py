"""Which parts of a C file are there for a variant (pure).

Only conditions on names of variants are decided: `defined(__x86_64__)`, `CONFIG_ARM64`,
`__riscv_xlen == 64`. Both sides of any other stay."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from patchkit.model.variants import Axis
from patchkit.syntax.expressions import Expression
from patchkit.syntax.targets import Target, Truth, all_hold, negated

_DIRECTIVE = re.compile(rb"#[^\S\n]*(ifdef|ifndef|if|elif|else|endif)\b([^\n]*\n?)")
_ROUGHLY = re.compile(rb"#[ \t]*(?:el)?if(?:n?def)?\b(?:[^\\\n]|\\\n|\\.)*")
"""The conditions, and perhaps more: they are found by a byte, and not by looking at each line."""
_TOKEN = re.compile(r"&&|\|\||[!()]|(?:__\w*_xlen|\w+)\s*[=!<>]=?\s*\w+|\w+|[^\s\w]")
_DEFINED = re.compile(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))")
_WIDTH = re.compile(r"__\w*_xlen\s*==\s*(\d+)")
_PLAIN = re.compile(rb"_*(?:CONFIG_|TARGET_|HOST_|ARCH_|CPU_|M_)?(.*?)_*")
_REMEMBERED = 512
"""Files whose directives are kept, as each is asked for every variant."""
_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)


@dataclass
class _Group:
    """One `#if` to its `#endif`: the conditions so far, and the lines of its directives."""

    is_reached: bool
    conditions: list[Truth] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def open_branch(self, condition: Truth) -> bool:
        """Whether the text of the next branch can be there."""
        earlier = [negated(one) for one in self.conditions]
        self.conditions.append(condition)
        return self.is_reached and all_hold((*earlier, condition)) is not False


@dataclass(frozen=True, slots=True)
class _Mark:
    """A directive in a line, from 0, at bytes [start, stop)."""

    line: int
    start: int
    stop: int
    word: bytes
    rest: str


@dataclass(frozen=True, slots=True)
class _Outline:
    """How many lines a file has, and its directives."""

    lines: int
    marks: tuple[_Mark, ...]


def names_variants(content: bytes, axis: Axis) -> bool:
    """Whether a condition of the preprocessor names a variant."""
    if not axis.named_in(b"\n".join(_ROUGHLY.findall(content))):
        return False
    return any(mark.rest for mark in _outline(content, axis).marks)


def without_other_ifdefs(content: bytes, target: Target) -> bytes:
    """The file without what the preprocessor leaves out for the target; its lines stay lines."""
    outline = _outline(content, target.axis)
    if not any(mark.rest for mark in outline.marks):
        return content
    groups: list[_Group] = []
    is_there = [True]
    gone: set[int] = set()
    there: list[bool] = []
    for mark in outline.marks:
        there.append(is_there[-1])
        if mark.word in (b"if", b"ifdef", b"ifndef"):
            groups.append(_Group(is_there[-1]))
            is_there.append(groups[-1].open_branch(_condition(mark.word, mark.rest, target)))
        elif groups and mark.word in (b"elif", b"else"):
            holds = True if mark.word == b"else" else _condition(b"if", mark.rest, target)
            is_there[-1] = groups[-1].open_branch(holds)
        if groups:
            groups[-1].lines.append(mark.line)
            if mark.word == b"endif":
                gone |= _decided_lines(groups.pop())
                is_there.pop()
    there.append(is_there[-1])
    return b"".join(_left(content, outline, there, gone))


def _left(
    content: bytes, outline: _Outline, there: Sequence[bool], gone: Collection[int]
) -> Iterator[bytes]:
    """The text before each directive and behind the last one, where it is there, and the
    directives that are not gone; else as many blank lines."""
    line, at = 0, 0
    for mark, is_there in zip(outline.marks, there, strict=False):
        yield content[at : mark.start] if is_there else b"\n" * (mark.line - line)
        yield b"\n" if mark.line in gone else content[mark.start : mark.stop]
        line, at = mark.line + 1, mark.stop
    yield content[at:] if there[-1] else b"\n" * (outline.lines - line)


@lru_cache(maxsize=_REMEMBERED)
def _outline(content: bytes, axis: Axis) -> _Outline:
    """The conditional directives; what follows one is kept where it names a variant, as nothing
    else is decided by it."""
    marks, line, at = [], 0, 0
    for found in _DIRECTIVE.finditer(content):
        start = content.rfind(b"\n", 0, found.start()) + 1
        if content[start : found.start()].strip():
            continue
        rest = _naming(content, found.start(2), found.end(), axis)
        line += content.count(b"\n", at, start)
        marks.append(_Mark(line, start, found.end(), found[1], rest))
        at = start
    lines = content.count(b"\n") + (content[-1:] not in (b"", b"\n"))
    return _Outline(lines, tuple(marks))


def _decided_lines(group: _Group) -> set[int]:
    """The directives themselves go where nothing is left to decide."""
    is_decided = None not in group.conditions or not group.is_reached
    return set(group.lines) if is_decided else set()


def _naming(content: bytes, start: int, stop: int, axis: Axis) -> str:
    """What follows a directive, where it names a variant, with the lines that its own goes on in;
    that one ends at `stop`."""
    rest = content[start:stop]
    while rest.rstrip(b"\r\n").endswith(b"\\") and stop < len(content):
        start, stop = stop, content.find(b"\n", stop) + 1 or len(content)
        rest = rest.rstrip(b"\r\n")[:-1] + content[start:stop]
    if not axis.named_in(rest):
        return ""
    text = _COMMENT.sub(b" ", rest).decode("utf-8", "replace").strip()
    return text if axis.named_in(text.encode()) else ""


def _condition(word: bytes, text: str, target: Target) -> Truth:
    if not text:
        return None
    key = (word, text)
    if key not in target.decided:
        target.decided[key] = _decide(word, text, target)
    return target.decided[key]


def _decide(word: bytes, text: str, target: Target) -> Truth:
    if word == b"ifdef":
        return _is_set(text, target)
    if word == b"ifndef":
        return negated(_is_set(text, target))
    plain = _DEFINED.sub(lambda found: found[1] or found[2], text)
    return Expression(_TOKEN.findall(plain), lambda name: _is_set(name, target)).holds()


def _is_set(name: str, target: Target) -> Truth:
    """Whether a macro is set for the target; None where it says more than the variant's name."""
    width = _WIDTH.fullmatch(name)
    if width is not None and "riscv" in name:
        return target.variant.name == f"riscv{width[1]}"
    holds = target.is_named_in(name.encode())
    if holds is not True:
        return holds
    plain = _PLAIN.fullmatch(name.encode())
    word = plain[1].decode() if plain is not None else name
    return target.is_named_by(word)
