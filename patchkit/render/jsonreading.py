"""Reading JSON of strangers: every value is asked for by its kind, and a wrong one names its place.

Face floor. Text that is not UTF-8 stands as `{"base64": "..."}`; see `patchkit.render.json`.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from patchkit.errors import PatchkitError
from patchkit.model.series import decode_name

_T = TypeVar("_T")
_Word = TypeVar("_Word", bound=Enum)
_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
_HINT = (
    "It was damaged or edited, or written by a newer patchkit: restore it, "
    "or move it away and run the rebase again."
)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document, and where it stands, such as `patches[3].name`.

    Every method raises `PatchkitError` when the value is of another kind.
    """

    value: Any
    source: str
    where: str = ""

    def has(self, key: str) -> bool:
        """Whether this is an object with the key."""
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> Node:
        """The value of the key of this object."""
        if not isinstance(self.value, dict):
            raise self.unlike("an object")
        if key not in self.value:
            place = f"{self.source}: {self.where}" if self.where else self.source
            raise PatchkitError(f"{place}: the key {key} is missing.", _HINT)
        return Node(self.value[key], self.source, f"{self.where}.{key}" if self.where else key)

    def items(self) -> Iterator[Node]:
        """The values of this list."""
        if not isinstance(self.value, list):
            raise self.unlike("a list")
        for at, value in enumerate(self.value):
            yield Node(value, self.source, f"{self.where}[{at}]")

    def optional(self, read: Callable[[Node], _T]) -> _T | None:
        """None for null, else what `read` makes of it."""
        return None if self.value is None else read(self)

    def items_at(self, key: str) -> Iterator[Node]:
        """The values of the list at a key that older reports have not; none there."""
        return self.at(key).items() if self.has(key) else iter(())

    def optional_at(self, key: str, read: Callable[[Node], _T]) -> _T | None:
        """What `read` makes of the value at a key that older reports have not; None there."""
        return self.at(key).optional(read) if self.has(key) else None

    def is_true(self) -> bool:
        """This truth value."""
        if not isinstance(self.value, bool):
            raise self.unlike("true or false")
        return self.value

    def number(self) -> int:
        """This whole number."""
        if type(self.value) is not int:
            raise self.unlike("a whole number")
        return int(self.value)

    def decimal(self) -> float:
        """This number, whole or not; neither infinite nor none at all."""
        if type(self.value) in (int, float):
            with suppress(OverflowError):
                found = float(self.value)
                if math.isfinite(found):
                    return found
        raise self.unlike("a number")

    def text(self) -> bytes:
        """The bytes of this string, or of this object with `base64`."""
        try:
            if isinstance(self.value, str):
                return self.value.encode()
            if isinstance(self.value, dict) and isinstance(self.value.get("base64"), str):
                return base64.b64decode(self.value["base64"], validate=True)
        except ValueError as error:
            raise self.unlike("text") from error
        raise self.unlike('a string or {"base64": ...}')

    def name(self) -> str:
        """This text as a string; bytes that are not UTF-8 are surrogates, as in file names."""
        return decode_name(self.text())

    def word(self, words: type[_Word]) -> _Word:
        """The member of `words` that this string is the value of."""
        for word in words:
            if word.value == self.value:
                return word
        raise self.unlike("one of " + ", ".join(word.value for word in words))

    def unlike(self, expected: str) -> PatchkitError:
        """What is to be raised when the value is not what was expected."""
        value = self.value
        found = repr(value)[:60] if type(value) in (str, int, float) else _KINDS.get(type(value))
        return PatchkitError(
            f"{self.source}: {self.where or 'the whole'}: expected {expected}, "
            f"found {found or 'null'}.",
            _HINT,
        )


def parse_json(raw: bytes, source: str) -> Node:
    """The document in `raw`. Raises `PatchkitError` when it is not JSON in UTF-8."""
    try:
        return Node(json.loads(raw.decode()), source)
    except (ValueError, RecursionError) as error:
        raise PatchkitError(f"{source}: this is not JSON: {error}.", _HINT) from error
