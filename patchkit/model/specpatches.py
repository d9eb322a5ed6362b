"""The patches of a spec file of RPM: its `Patch` tags and what `%prep` does with them (ground
floor).

How they are read: `model.specreading`. The text around them is kept byte for byte; what a patch
that goes leaves behind is a comment with its lines, in which every `%` is doubled, because rpm
expands macros in comments. See `docs/reference/rpm.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from patchkit.errors import StackError
from patchkit.model.entry import (
    OFF,
    Entry,
    encode_name,
    is_mentioned,
    no_such_patch,
    one_line,
)
from patchkit.model.shown import shown_name
from patchkit.model.specreading import Declared, SpecReading, Step, read_spec

_Edit = Callable[[bytes], bytes]
_FORBIDDEN = re.compile(r"[\s%\"'\\/#]")
_OWN_NUMBER = re.compile(rb"(?i)([ \t]*Patch)(\d*)([ \t]*:[ \t]*)")


@dataclass(frozen=True)
class SpecPatches:
    """A spec and the patches that it applies, in that order; those that it only declares last."""

    raw: bytes
    source: str
    reading: SpecReading
    applied: tuple[tuple[Entry, Declared], ...]

    @cached_property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches in the order in which `%prep` applies them, each with the line of its tag."""
        return tuple((declared.line + 1, entry) for entry, declared in self.applied)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The patches, in order, those that are only declared last."""
        return tuple(entry for entry, _ in self.applied)

    @cached_property
    def notes(self) -> tuple[bytes, ...]:
        """The comments of the spec, from their `#` on, with `%%` as the `%` that it stands for."""
        lines = (line.strip() for line in self.reading.lines)
        return tuple(line.replace(b"%%", b"%") for line in lines if line.startswith(b"#"))

    @cached_property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """Conditions around patches, and that `%prep` says nothing of them."""
        found = [
            (declared.line + 1, f"{shown_name(declared.name)} is taken as if `{said}` held.")
            for _, declared in self.applied
            for said in declared.conditions[-1:]
        ]
        if self.reading.declared and not self.reading.steps:
            first = self.reading.declared[0].line + 1
            taken = "all, in their order" if self.reading.is_unsaid else "none of them"
            found.append((first, f"%prep does not say which patches it applies; taken is {taken}."))
        return tuple(found)

    def mentions(self, name: str) -> bool:
        """Whether this file is named, be it as a patch or in a comment."""
        return any(one.name == name for one in self.entries) or is_mentioned(name, self.notes)

    def commented_out(self, name: str, reason: str) -> Self:
        """The spec in which the lines that declare and apply `name` are comments that say why.

        Raises `StackError` without such an entry, and where other lines depend on these.
        """
        _, declared = self._named(name)
        note = b"# patchkit: " + one_line(reason) + b": "
        if encode_name(name) not in self.reading.lines[declared.line]:
            note += encode_name(name) + b": "
        return self._edited(declared, lambda line: note + line.lstrip(b" \t").replace(b"%", b"%%"))

    def removed(self, name: str) -> Self:
        """The spec without the lines that declare and apply `name`; raises as `commented_out`."""
        return self._edited(self._named(name)[1], lambda _: b"")

    def renamed(self, name: str, new_name: str) -> Self:
        """The spec in which `name` is called `new_name`; its number stays.

        Raises `StackError` when no entry has that name, or when no spec can hold `new_name`.
        """
        entry, declared = self._named(name)
        line = self.reading.lines[declared.line]
        text = line[: declared.value.start] + _sayable(new_name) + line[declared.value.stop :]
        return self._checked({declared.line: text}, replace(entry, name=new_name))

    def inserted_after(self, name: str | None, entry: Entry) -> Self:
        """The spec with `entry` declared and applied after `name` (None: at the end).

        Raises `StackError` when no entry has that name, or when `entry` cannot be said there:
        `%autosetup` and `%autopatch` give all patches the same options.
        """
        if not self.applied:
            raise StackError(f"{self.source}: has no Patch tag to put another one after.")
        before = self.applied[-1][1] if name is None else self._named(name)[1]
        number = max(self._numbers) + 1
        lines = self._renumbered(before, [number])
        lines[before.line] = self._declaration(before, number, entry)
        step = self._last_step(before)
        if entry.is_switched_off:
            is_sayable = step is None or step.names_numbers
        elif step is None or not step.names_numbers:
            wanted = (1 if entry.strip is None else entry.strip, entry.is_reversed)
            is_sayable = step is None or (step.strip or 0, step.is_reversed) == wanted
        else:
            is_sayable = step.numbers[-1] == self._last_applied(before)
            lines[step.line] = self._application(step, number, entry)
        if not is_sayable:
            raise StackError(
                f"{shown_name(entry.name)}: {self.source} applies all patches in the same way.",
                "Write the %patch lines out first.",
            )
        longer = self._checked(lines, entry)
        others = [one for one in longer.entries if not _is_same(one, entry)]
        if others != [one for one in self.entries if not _is_same(one, entry)]:
            # A number that %prep names without a patch of it would now mean another one.
            raise _shifting(self.source, before)
        return longer

    @property
    def _numbers(self) -> Iterator[int]:
        """Every number that a patch has, or that %prep names."""
        yield from (one.number for one in self.reading.declared)
        for step in self.reading.steps:
            yield from step.numbers

    def _declaration(self, before: Declared, number: int, entry: Entry) -> bytes:
        """The line of a patch with a new one after it."""
        line = self.reading.lines[before.line]
        end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        whole = line if line.endswith(b"\n") else line + end
        tag = b""
        if found := _OWN_NUMBER.match(line):
            later = self.reading.declared[self.reading.declared.index(before) + 1 :]
            is_next = number == max(one.number for one in self.reading.declared) + 1
            digits = b"" if is_next and not later and not before.is_numbered else b"%d" % number
            tag = found[1] + digits + found[3]
        return whole + tag + _sayable(entry.name) + end

    def _application(self, step: Step, number: int, entry: Entry) -> bytes:
        """A line that applies patches with one behind it that applies patch `number`."""
        line = self.reading.lines[step.line]
        strip = 1 if entry.strip is None else entry.strip
        indentation = line[: len(line) - len(line.lstrip(b" \t"))]
        reverse = b" -R" if entry.is_reversed else b""
        end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        whole = line if line.endswith(b"\n") else line + end
        return whole + indentation + b"%%patch -P %d -p%d" % (number, strip) + reverse + end

    def _edited(self, gone: Declared, edit: _Edit) -> Self:
        lines = {gone.line: edit(self.reading.lines[gone.line])}
        for step in self.reading.steps:
            if gone.number not in step.numbers or not step.names_numbers:
                continue
            others = [number for number in step.numbers if number != gone.number]
            if others:
                lines[step.line] = _without_number(self._line(step), gone.number)
            elif step.is_plain:
                lines[step.line] = edit(self._line(step))
            else:
                raise StackError(
                    f"{self.source}:{step.line + 1}: applies {shown_name(gone.name)} in a way that "
                    "cannot be taken out.",
                    f"Write %patch -P {gone.number} on a line of its own.",
                )
        at = self.reading.declared.index(gone)
        lines.update(self._renumbered(gone, [one.number for one in self.reading.declared[:at]]))
        return self._with(lines)

    def _renumbered(self, at: Declared, before: Iterable[int]) -> dict[int, bytes]:
        """The lines behind `at` that need a number now to keep theirs; `before` are those above."""
        behind = self.reading.declared[self.reading.declared.index(at) + 1 :]
        if not self._are_named({one.number for one in behind if not one.is_numbered}):
            return {}
        lines = {}
        highest = max(before, default=-1)
        for one in behind:
            if not one.is_numbered and one.number != highest + 1:
                line = self.reading.lines[one.line]
                found = _OWN_NUMBER.match(line)
                if found is None or one.is_listed:
                    raise _shifting(self.source, at)
                lines[one.line] = found[1] + b"%d" % one.number + found[3] + line[found.end() :]
            highest = max(highest, one.number)
        return lines

    def _are_named(self, numbers: set[int]) -> bool:
        """Whether %prep names one of these numbers, or a range of numbers."""
        return bool(numbers) and any(
            step.bounds != (None, None) or (step.names_numbers and numbers & set(step.numbers))
            for step in self.reading.steps
        )

    def _line(self, step: Step) -> bytes:
        return self.reading.lines[step.line]

    def _last_applied(self, before: Declared) -> int | None:
        """The number of this patch, or of the last one above it in the list that is applied."""
        applied = {number for step in self.reading.steps for number in step.numbers}
        at = [declared for _, declared in self.applied].index(before)
        numbers = [declared.number for _, declared in self.applied[: at + 1]]
        return next((one for one in reversed(numbers) if one in applied), None)

    def _last_step(self, before: Declared) -> Step | None:
        number = self._last_applied(before)
        return next((one for one in self.reading.steps if number in one.numbers), None)

    def _named(self, name: str) -> tuple[Entry, Declared]:
        for entry, declared in self.applied:
            if entry.name == name:
                return entry, declared
        raise no_such_patch(name)

    def _with(self, lines: Mapping[int, bytes]) -> Self:
        raw = b"".join(lines.get(at, line) for at, line in enumerate(self.reading.lines))
        parsed = parse_spec(raw, self.source)
        return replace(self, raw=raw, reading=parsed.reading, applied=parsed.applied)

    def _checked(self, lines: Mapping[int, bytes], entry: Entry) -> Self:
        parsed = self._with(lines)
        if not any(_is_same(one, entry) for one in parsed.entries):
            raise StackError(f"{shown_name(entry.name)}: cannot be said in {self.source}.")
        return parsed


def parse_spec(raw: bytes, source: str) -> SpecPatches:
    """Read the patches of a spec; `source` names it in messages.

    `parse_spec(x).raw == x`. Raises `SeriesFormatError` for a patch whose name needs a macro that
    the spec does not define, and for ways to apply patches that are not understood.
    """
    reading = read_spec(raw, source)
    return SpecPatches(raw, source, reading, tuple(_in_order(reading)))


def _in_order(reading: SpecReading) -> Iterable[tuple[Entry, Declared]]:
    by_number = {one.number: one for one in reading.declared}
    steps = reading.steps
    if reading.is_unsaid:
        steps = (Step(0, tuple(one.number for one in reading.declared), None),)
    done = set()
    for step in steps:
        for number in step.numbers:
            if number in by_number and number not in done:
                done.add(number)
                declared = by_number[number]
                guards = (OFF,) if "%if 0" in declared.conditions else ()
                yield Entry(declared.name, step.strip, step.is_reversed, guards), declared
    for declared in reading.declared:
        if declared.number not in done:
            yield Entry(declared.name, guards=(OFF,)), declared


def _is_same(one: Entry, other: Entry) -> bool:
    """Whether two entries say the same; a spec has a level for every patch that it applies."""
    if one.is_switched_off and other.is_switched_off:
        return one.name == other.name
    levels = [1 if entry.strip is None else entry.strip for entry in (one, other)]
    return levels[0] == levels[1] and replace(one, strip=None) == replace(other, strip=None)


def _without_number(line: bytes, number: int) -> bytes:
    """A line of %patch or %autopatch without one of its numbers."""
    digits = b"%d" % number
    for pattern in (rb"[ \t]+-P[ \t]*" + digits + rb"(?!\S)", rb"[ \t]+" + digits + rb"(?!\S)"):
        if found := re.search(pattern, line):
            return line[: found.start()] + line[found.end() :]
    return re.sub(rb"(%patch)" + digits + rb"(?!\w)", rb"\1", line, count=1)


def _sayable(name: str) -> bytes:
    if _FORBIDDEN.search(name) or not name:
        raise StackError(
            f"{shown_name(name)}: this name cannot stand in a Patch tag.",
            "Rename the patch: no folder, no blank, quote, backslash, `%` or `#`.",
        )
    return encode_name(name)


def _shifting(source: str, declared: Declared) -> StackError:
    return StackError(
        f"{source}:{declared.line + 1}: the numbers of the patches behind it would shift, and "
        "%prep names them.",
        "Number them: PatchN: in place of %patchlist.",
    )
