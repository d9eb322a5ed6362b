"""What a source file defines, calls, names and expects, as values (pure).

    Symbols > Definition, Call, Reference, Contract > Definition, Implementation

The same for all languages; where one has no such thing, the tuple is empty. Lines count from 1.
Nothing here knows types: a name is what stands in the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from patchkit.syntax.parsing import Language

MEMBER = "."
"""The qualifier of what is reached through a value: a method or a field."""


class DefinitionKind(Enum):
    """What a definition makes; the value is the word in reports."""

    FUNCTION = "function"
    METHOD = "method"
    TYPE = "type"
    VALUE = "value"
    """A constant or a variable."""
    CONSTANT = "constant"
    """A value of an enum (C)."""
    MACRO = "macro"
    MODULE = "module"
    RULE = "rule"
    """A target of a makefile."""
    PROTOTYPE = "prototype"
    """Declared only: it is defined elsewhere (C)."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The types that a function takes and gives, as they stand in the text, white space evened
    out. `is_variadic`: it takes more than the parameters that it names, or fewer."""

    parameters: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    is_variadic: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a file, outside of all functions.

    `owner` is the type that a method belongs to, `embeds` the types whose methods a type has as
    well. `is_private`: no other file can use it.
    """

    name: str
    kind: DefinitionKind
    line: int
    end_line: int
    owner: str = ""
    signature: Signature | None = None
    embeds: tuple[str, ...] = ()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is used and not defined around the use.

    `qualifier` is what it is looked up in: the path of a package or module, `MEMBER` for what is
    reached through a value, else "".
    """

    name: str
    line: int
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function by its name; `qualifier` as of a `Reference`.

    `arguments` and `taken` (results) are None where the text does not tell how many they are; 0
    taken is a dropped result. `caller` is the function around it.
    """

    name: str
    line: int
    qualifier: str = ""
    arguments: int | None = None
    taken: int | None = None
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """What others provide: an interface (Go), a trait (Rust), a struct of function pointers (C).

    `optional` members come with a body, or need none; `embedded` are contracts whose members it
    has as well.
    """

    name: str
    members: tuple[Definition, ...]
    line: int
    embedded: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Implementation:
    """What says that it provides a contract: `impl Trait for Type`, or an initialised struct."""

    contract: str
    owner: str
    members: tuple[Definition, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Symbols:
    """All of one file. `package` is what it says that it belongs to; `is_textual`: it was read
    without a grammar, so that only definitions and references are known, and these roughly."""

    language: Language
    package: str = ""
    definitions: tuple[Definition, ...] = ()
    calls: tuple[Call, ...] = ()
    references: tuple[Reference, ...] = ()
    contracts: tuple[Contract, ...] = ()
    implementations: tuple[Implementation, ...] = ()
    is_textual: bool = False


@lru_cache(maxsize=10_000)
def text_of(content: bytes) -> str:
    """Bytes of a file as text on one line, white space evened out."""
    return " ".join(content.decode("utf-8", "replace").split())


def each_once(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """The references without those that repeat one on the same line."""
    return tuple(dict.fromkeys(references))
