"""One patch of an ordered list, with the options that stand with it (ground floor).

The words are those of a series file, quilt(1) and guards(1); the other dialects are read into the
same ones, see `docs/reference/dialects.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from patchkit.errors import StackError
from patchkit.model.shown import shown_name

_WORD = rb"[\w.+~\x80-\xff-]"


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on a patch, as guards(1) has it.

    `+flag` includes the patch and `-flag` excludes it when the flag is set; a `!` before the
    flag means "when it is not set". A bare `-` excludes whatever is set; its flag is "".
    """

    sign: str
    flag: str
    is_negated: bool = False

    def matches(self, flags: frozenset[str]) -> bool:
        """Whether this guard has a say when exactly `flags` are set."""
        if self.is_negated:
            return self.flag not in flags
        return not self.flag or self.flag in flags

    def __str__(self) -> str:
        return f"{self.sign}{'!' if self.is_negated else ''}{self.flag}"


OFF = Guard("-", "")
"""What says of a patch that it is not applied, whatever flags are set."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One patch of a series, with the options that stand on its line.

    `name` is the file name as written (decoded as UTF-8 with surrogateescape); `strip` is None
    where the line does not say. `is_reversed` is the line's `-R`.
    """

    name: str
    strip: int | None = None
    is_reversed: bool = False
    guards: tuple[Guard, ...] = ()

    @property
    def is_switched_off(self) -> bool:
        """Whether the list has the patch without applying it, whatever flags are set."""
        return bool(self.guards) and self.guards[-1] == OFF

    def selected_by(self, flags: frozenset[str]) -> bool:
        """Whether the patch is applied when exactly `flags` are set.

        The last guard that matches decides. Where none does, a patch whose first guard is a `+`
        is left out, and any other is applied.
        """
        is_selected = not self.guards or self.guards[0].sign == "-"
        for guard in self.guards:
            if guard.matches(flags):
                is_selected = guard.sign == "+"
        return is_selected


def format_entry(entry: Entry) -> bytes:
    """A new line for `entry`, with its options and a final newline."""
    words = [*map(str, entry.guards), entry.name]
    if entry.strip is not None:
        words.append(f"-p{entry.strip}")
    if entry.is_reversed:
        words.append("-R")
    return encode_name(" ".join(words)) + b"\n"


def encode_name(name: str) -> bytes:
    """The bytes of a name that was decoded by `decode_name`."""
    return name.encode("utf-8", "surrogateescape")


def decode_name(name: bytes) -> str:
    """A file name for the file system and for comparing: UTF-8, other bytes as surrogates."""
    return name.decode("utf-8", "surrogateescape")


def is_mentioned(name: str, texts: Iterable[bytes]) -> bool:
    """Whether one of these comments has the file `name` as a word."""
    word = re.compile(
        rb"(?<!" + _WORD + rb")" + re.escape(encode_name(name)) +
        rb"(?![\w+~\x80-\xff-]|\.[\w+~\x80-\xff-])"
    )  # fmt: skip
    return any(word.search(text) for text in texts)


def no_such_patch(name: str) -> StackError:
    """The error for an edit of a patch that is not in the list."""
    return StackError(f"{shown_name(name)}: the series has no such patch.")


def one_line(reason: str) -> bytes:
    """A reason for a comment: on one line, in bytes."""
    return encode_name(" ".join(reason.split()))
