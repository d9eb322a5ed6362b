"""Reads which patches a spec of RPM declares and in which order `%prep` applies them (ground
floor).

Declared: `Patch3: x.patch`, `Patch: x.patch` (one more than the highest number above it), and the
lines of `%patchlist`. Applied: `%patch -P 3 -p1`, `%patch 3`, `%patch3`, a command with `%{PATCH3}`
or `%{P:3}`, and all of them by `%autosetup` (without -N), `%autopatch` (a range by -m and -M) or a
command with `%{patches}`. The rules are those of rpm's manual, "Spec file format", and of its
`macros` file. See `docs/reference/rpm.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchkit.errors import SeriesFormatError
from patchkit.model.entry import decode_name
from patchkit.model.shown import shown_name
from patchkit.model.specmacros import definitions, expanded
from patchkit.model.tree import split_lines

_SECTION = re.compile(
    rb"%(package|description|prep|generate_buildrequires|conf|build|install|check|clean|files"
    rb"|changelog|sourcelist|patchlist|verifyscript|sepolicy|pre|post|preun|postun|pretrans"
    rb"|posttrans|preuntrans|postuntrans|trigger\w*|filetrigger\w*|transfiletrigger\w*)(?![\w])"
)
_CONDITION = re.compile(rb"[ \t]*%(if\w*|elif\w*|else|endif)(?![\w])")
_TAG = re.compile(
    rb"[ \t]*Patch(?P<number>\d{0,9})[ \t]*:[ \t]*(?P<value>\S+)[ \t\r]*", re.IGNORECASE
)
_STEP = re.compile(
    rb"(?<!%)%(?:\{(?=PATCH|P:|patches))?"
    rb"(?:(?P<one>patch)(?P<glued>\d{1,9})?|(?P<all>autosetup|autopatch)|PATCH(?P<file>\d{1,9})"
    rb"|P:(?P<colon>\d{1,9})|(?P<files>patches))(?![\w])(?P<rest>[^\n]*)"
)
_OPTION = re.compile(rb"(?<!\S)-([A-Za-z])[ \t]*(\S*)")
_LEVEL = re.compile(rb"(?<!\S)(?:-p[ \t]*|--strip=)(\d{1,4})(?!\S)")
_REVERSE = re.compile(rb"(?<!\S)(?:-R|--reverse)(?!\S)")
_OWN_WAY = re.compile(rb"(?i)[^#]*patch")
_NUMBER = re.compile(rb"[0-9]{1,9}")
_WITH_VALUE = b"pPmMbzdFoSnaD"
_PREAMBLE, _LIST, _PREP = b"", b"patchlist", b"prep"
_SKIPPED = (b"changelog", b"description", b"files")


@dataclass(frozen=True, slots=True)
class Declared:
    """A patch as it is declared: its number and name, on which line, and where its name stands.

    `is_numbered` says whether the number is written there. `conditions` are the `%if` lines around
    it.
    """

    number: int
    name: str
    line: int
    value: slice
    is_numbered: bool
    is_listed: bool
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of `%prep` that applies patches: which, from where on, with which options.

    `names_numbers` says whether it names them one by one, `is_plain` whether the line has nothing
    but this.
    """

    line: int
    numbers: tuple[int, ...]
    strip: int | None
    is_reversed: bool = False
    names_numbers: bool = False
    is_plain: bool = False
    bounds: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class SpecReading:
    """What a spec says of its patches; lines are counted from 0."""

    lines: tuple[bytes, ...]
    declared: tuple[Declared, ...]
    steps: tuple[Step, ...]
    is_unsaid: bool = False
    """Whether the spec does not say how patches are applied: it has no `%prep`, or only commands
    there that do it in a way of their own."""


def read_spec(raw: bytes, source: str) -> SpecReading:
    """Read a spec. Raises `SeriesFormatError` for what is not understood, with the line."""
    lines = tuple(split_lines(raw))
    known = definitions(decode_name(line) for line in lines)
    declared: list[Declared] = []
    prep: list[int] = []
    for at, section, conditions in _placed(lines):
        line = lines[at]
        if section == _PREP:
            prep.append(at)
        elif section == _LIST and (name := line.strip()) and not name.startswith((b"#", b"%")):
            start = line.index(name)
            found = slice(start, start + len(name))
            declared.append(_declared(source, known, declared, at, line, found, None, conditions))
        elif section == _PREAMBLE and (tag := _TAG.fullmatch(line.rstrip(b"\n"))):
            found = slice(*tag.span("value"))
            number = int(tag["number"]) if tag["number"] else -1
            declared.append(_declared(source, known, declared, at, line, found, number, conditions))
    steps = tuple(step for at in prep for step in _steps(source, known, lines, at, tuple(declared)))
    own_way = not prep or any(_OWN_WAY.match(lines[at]) for at in prep)
    return SpecReading(lines, tuple(declared), steps, is_unsaid=own_way and not steps)


def _placed(lines: tuple[bytes, ...]) -> Iterator[tuple[int, bytes, tuple[str, ...]]]:
    """Every line with its section (the preamble has none) and the conditions around it."""
    section = _PREAMBLE
    conditions: list[str] = []
    for at, line in enumerate(lines):
        if section == b"changelog":
            return
        if found := _CONDITION.match(line):
            shown = decode_name(line).strip()
            match found[1]:
                case b"endif":
                    del conditions[-1:]
                case word if word.startswith(b"el"):
                    conditions[-1:] = [f"{shown} of {conditions[-1]}" if conditions else shown]
                case _:
                    conditions.append(shown)
        elif found := _SECTION.match(line):
            section = _PREAMBLE if found[1] == b"package" else found[1]
        else:
            yield at, section, tuple(conditions)


def _declared(
    source: str, known: Mapping[str, str], before: list[Declared], at: int, line: bytes,
    value: slice, number: int | None, conditions: tuple[str, ...],
) -> Declared:  # fmt: skip
    """A declared patch. `number` None: a line of %patchlist; -1: a tag without one."""
    text = expanded(decode_name(line[value]), dict(known))
    if text is None:
        raise SeriesFormatError(
            source, at + 1,
            f"a macro is not known in the name of a patch: {shown_name(decode_name(line[value]))}",
            "Write the name of the file in full.",
        )  # fmt: skip
    is_numbered = number is not None and number >= 0
    if not is_numbered:
        number = max((one.number for one in before), default=-1) + 1
    assert number is not None
    if any((one.number, one.conditions) == (number, conditions) for one in before):
        raise SeriesFormatError(
            source, at + 1, f"patch {number} is declared twice, which rpm refuses.",
            "Give one of the two another number.",
        )  # fmt: skip
    name = text.rpartition("/")[2]
    return Declared(number, name, at, value, is_numbered, line[value] == line.strip(), conditions)


def _steps(
    source: str, known: Mapping[str, str], lines: tuple[bytes, ...], at: int,
    declared: tuple[Declared, ...],
) -> Iterator[Step]:  # fmt: skip
    line = lines[at]
    if line.lstrip().startswith(b"#"):
        return
    for found in _STEP.finditer(line):
        is_plain = not line[: found.start()].strip()
        if found["all"] or found["files"]:
            step = _of_all(source, at, found, line, declared)
        elif found["one"]:
            step = _of_one(source, known, at, found, is_plain=is_plain)
        else:
            number = int(found["file"] or found["colon"])
            level = _LEVEL.search(line)
            strip = int(level[1]) if level else 1
            is_reversed = _REVERSE.search(line) is not None
            is_alone = at == 0 or not lines[at - 1].rstrip(b"\r\n").endswith(b"\\")
            is_plain = is_alone and not line.rstrip(b"\r\n").endswith(b"\\")
            step = Step(at, (number,), strip, is_reversed, names_numbers=True, is_plain=is_plain)
        if step is not None and step.names_numbers and len(set(step.numbers)) < len(step.numbers):
            raise SeriesFormatError(
                source, at + 1, "a patch is applied twice here: it does not apply the second time.",
                "Name each number once.",
            )  # fmt: skip
        if step is not None:
            yield step
        if not found["file"] and not found["colon"]:
            return


def _options(rest: bytes) -> tuple[dict[str, list[bytes]], list[bytes]]:
    """The options of a macro with their values, and its other words."""
    options: dict[str, list[bytes]] = {}
    others: list[bytes] = []
    words = rest.split()
    while words:
        word = words.pop(0)
        if word.startswith(b"-") and len(word) > 1:
            letter, value = word[1:2], word[2:]
            if letter in _WITH_VALUE and not value and words:
                value = words.pop(0)
            options.setdefault(letter.decode("latin-1"), []).append(value)
        else:
            others.append(word)
    return options, others


def _of_all(
    source: str, at: int, found: re.Match[bytes], line: bytes, declared: tuple[Declared, ...]
) -> Step | None:
    if found["files"]:
        level = _LEVEL.search(line)
        every = tuple(one.number for one in declared)
        return Step(at, every, int(level[1]) if level else 1)
    options, others = _options(found["rest"])
    is_setup = found["all"] == b"autosetup"
    if is_setup and "N" in options:
        return None
    low = None if is_setup else _level(options.get("m"))
    high = None if is_setup else _level(options.get("M"))
    numbers = tuple(
        one.number
        for one in declared
        if (low is None or one.number >= low) and (high is None or one.number <= high)
    )
    names_numbers = bool(others) and not is_setup
    if names_numbers:
        numbers = tuple(_numbers(others))
    strip = _level(options.get("p"))
    if strip is None and numbers:
        if not any(one.startswith(b"git") for one in options.get("S", [])):
            raise SeriesFormatError(
                source, at + 1,
                f"%{found['all'].decode()} without -p: patch takes the last part of a path only.",
                "Write -p1.",
            )  # fmt: skip
        strip = 1
    return Step(at, numbers, strip, names_numbers=names_numbers, is_plain=True, bounds=(low, high))


def _of_one(
    source: str, known: Mapping[str, str], at: int, found: re.Match[bytes], *, is_plain: bool
) -> Step:
    text = expanded(decode_name(found["rest"]), dict(known))
    if text is None:
        raise SeriesFormatError(
            source, at + 1, "a macro of %patch is not known.", "Write its options in full."
        )
    options, others = _options(text.encode("utf-8", "surrogateescape"))
    if "d" in options:
        raise SeriesFormatError(
            source, at + 1, "%patch -d is not understood.", "Put the folder into the patch."
        )
    numbers = _numbers((*options.get("P", []), *others))
    if found["glued"]:
        numbers.insert(0, int(found["glued"]))
    strip = _level(options.get("p"))
    level = 0 if strip is None else strip
    return Step(
        at, tuple(numbers) or (0,), level, "R" in options, names_numbers=True, is_plain=is_plain
    )


def _numbers(words: Iterable[bytes]) -> list[int]:
    return [int(word) for word in words if _NUMBER.fullmatch(word)]


def _level(values: list[bytes] | None) -> int | None:
    return next(iter(_numbers(values[-1:] if values else [])), None)
