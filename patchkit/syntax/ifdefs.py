"""Which parts of a C file are there for a variant (pure).

Only conditions on names of variants are decided: `defined(__x86_64__)`, `CONFIG_ARM64`,
`__riscv_xlen == 64`. Both sides of any other stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from patchkit.model.tree import split_lines
from patchkit.model.variants import Axis
from patchkit.syntax.expressions import Expression
from patchkit.syntax.targets import Target, Truth, all_hold, negated

_DIRECTIVE = re.compile(rb"\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b\s*(.*)", re.DOTALL)
_CONDITIONS = re.compile(rb"(?m)^[ \t]*#[ \t]*(?:el)?if(?:n?def)?\b(?:[^\\\n]|\\\n|\\.)*")
_ROUGHLY = re.compile(rb"#[ \t]*(?:el)?if(?:n?def)?\b(?:[^\\\n]|\\\n|\\.)*")
"""More than the conditions: it is found by a single byte, and not by looking at each line."""
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


def names_variants(content: bytes, axis: Axis) -> bool:
    """Whether a condition of the preprocessor names a variant."""
    if not axis.named_in(b"\n".join(_ROUGHLY.findall(content))):
        return False
    return bool(axis.named_in(_conditions(content)))


def without_other_ifdefs(content: bytes, target: Target) -> bytes:
    """The file without what the preprocessor leaves out for the target; its lines stay lines."""
    if not target.axis.named_in(_conditions(content)):
        return content
    lines = split_lines(content)
    groups: list[_Group] = []
    is_there = [True]
    gone: set[int] = set()
    last = -1
    for number, word, rest in _directives(content, target.axis):
        if not is_there[-1]:
            gone.update(range(last + 1, number))
        last = number
        if word in (b"if", b"ifdef", b"ifndef"):
            groups.append(_Group(is_there[-1]))
            is_there.append(groups[-1].open_branch(_condition(word, rest, target)))
        elif groups and word in (b"elif", b"else"):
            holds = True if word == b"else" else _condition(b"if", rest, target)
            is_there[-1] = groups[-1].open_branch(holds)
        if groups:
            groups[-1].lines.append(number)
            if word == b"endif":
                gone |= _decided_lines(groups.pop())
                is_there.pop()
    if not is_there[-1]:
        gone.update(range(last + 1, len(lines)))
    return b"".join(b"\n" if number in gone else line for number, line in enumerate(lines))


@lru_cache(maxsize=_REMEMBERED)
def _conditions(content: bytes) -> bytes:
    return b"\n".join(_CONDITIONS.findall(content))


@lru_cache(maxsize=_REMEMBERED)
def _directives(content: bytes, axis: Axis) -> tuple[tuple[int, bytes, str], ...]:
    """The conditional directives with their lines, from 0, and what follows where it names a
    variant: what does not is not decided by it."""
    lines = split_lines(content)
    marked = ((number, _DIRECTIVE.match(line)) for number, line in enumerate(lines) if b"#" in line)
    told = (
        (number, found[1], _joined(found[2], lines, number))
        for number, found in marked
        if found is not None
    )
    return tuple(
        (number, word, rest if axis.named_in(rest.encode()) else "") for number, word, rest in told
    )


def _decided_lines(group: _Group) -> set[int]:
    """The directives themselves go where nothing is left to decide."""
    is_decided = None not in group.conditions or not group.is_reached
    return set(group.lines) if is_decided else set()


def _joined(rest: bytes, lines: list[bytes], number: int) -> str:
    while rest.rstrip(b"\r\n").endswith(b"\\") and number + 1 < len(lines):
        number += 1
        rest = rest.rstrip(b"\r\n")[:-1] + lines[number]
    return _COMMENT.sub(b" ", rest).decode("utf-8", "replace").strip()


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
