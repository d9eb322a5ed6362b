"""What a place is: a construct inside a file that has one piece for each of several variants
(pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PlaceKind(Enum):
    """What sort of construct a place is; the value is the word for a person."""

    CONDITION = "condition"
    """A condition that names variants: cfg, `#ifdef`, a build tag, `ifeq`, a chain of `if`."""
    CHOICE = "choice"
    """One value is compared with each variant: `switch`, `match`, `case`."""
    LIST = "list"
    """A list, a table, a set of keys."""


class Gets(Enum):
    """What a variant gets at a place."""

    NAMED = "named"
    """It is named there."""
    DEFAULT = "default"
    """A condition holds for it that does not name it: `#else`, `default:`, `not(…)`."""
    FAILS = "fails"
    """So does one, and it ends with an error when it runs."""
    STOPS = "stops"
    """So does one, and it stops the build: `#error`, `$(error …)`, `compile_error!`."""
    NOTHING = "nothing"
    """Nothing there is for it."""


class Need(Enum):
    """What becomes of code that is built for a variant for which the place has nothing."""

    ITEM = "item"
    """The place defines something for each variant, which code around it likely uses."""
    PART = "part"
    """Something is left out."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One piece of a place: lines `first` to `last`, from 1; the variants that its head names."""

    first: int
    last: int
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One construct in a file that names at least two variants.

    `title` says which it is (`case "$arch"`), `within` what it is in (a function, a heading, a
    key; empty at the top of a file). `rest` is what all variants get that it does not name; `key`
    tells it from others in its file, and is the same where another variant stands in its text.
    `is_test`: it is in a test that its file has for its own code.
    """

    kind: PlaceKind
    first: int
    last: int
    title: str
    within: str
    branches: tuple[Branch, ...]
    rest: Gets
    key: bytes
    need: Need = Need.PART
    is_test: bool = False

    @property
    def what(self) -> str:
        """What it is and where, for a person."""
        return f"{self.title} in {self.within}" if self.within else self.title

    @property
    def named(self) -> tuple[str, ...]:
        """The variants that it names, in the order of the text."""
        return tuple(dict.fromkeys(name for one in self.branches for name in one.variants))

    def lines(self, variant: str) -> tuple[int, ...]:
        """Where the pieces begin that name the variant."""
        return tuple(one.first for one in self.branches if variant in one.variants)

    def gets(self, variant: str) -> Gets:
        """What the variant gets here."""
        return Gets.NAMED if variant in self.named else self.rest
