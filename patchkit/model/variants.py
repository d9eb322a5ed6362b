"""Names of variants: the architectures, and whatever else a project has one piece for each of
(ground floor, no I/O).

    Axis > Variant > words

An *axis* is what the variants differ in: the architecture, the database, the language. A *variant*
is one of them, and has the *words* by which paths and texts name it: the Go runtime says `arm64`
where the Rust compiler says `aarch64`. A *broad* word such as `x86` or `riscv` stands for several.
The table of architectures is documented in `docs/reference/siblings.md`; patchkit.yaml can extend
it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

PLACEHOLDER = b"{}"
"""What stands for the variant in a text that several variants have."""
INFERRED = "inferred"
"""The name of an axis that no table knows: its variants are guessed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant. `name` is how it is shown; `words` name it alone, `broad` words it and others
    of its kin. All words are lower case; they are found in any case."""

    name: str
    words: tuple[str, ...]
    broad: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of a variant in a text, at bytes [start, stop); `variants` are the names of all that
    it stands for."""

    start: int
    stop: int
    word: bytes
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """Variants of one sort, such as all architectures."""

    name: str
    variants: tuple[Variant, ...]

    def __hash__(self) -> int:
        # Tables are looked up by axes all the time, and have few of them.
        return hash(len(self.variants))

    def mentions(self, text: bytes) -> Iterator[Mention]:
        """Every word of a variant in the text, in order.

        A word counts where no letter and no digit stands beside it; `_` may. The longest word is
        taken: `x86_64`, not `x86`. Inside of a name in camel case a word counts as well, where it
        has a digit and is three letters long or longer: `qemuArm64`.

        >>> [one.variants for one in ARCHITECTURES.mentions(b"qemu_arm64.go qemuAmd64 qemuPPC64le")]
        [('arm64',), ('x86_64',), ('ppc64le',)]
        """
        for found in self._pattern.finditer(text):
            word = found[0]
            yield Mention(found.start(), found.end(), word, self._meaning[word.lower()])

    def named_in(self, text: bytes) -> frozenset[str]:
        """The names of all variants that the text mentions, broadly or not."""
        return frozenset(name for one in self.mentions(text) for name in one.variants)

    def neutral(self, text: bytes) -> bytes:
        """The text with `PLACEHOLDER` for every word: the same for texts that differ in it alone.

        >>> ARCHITECTURES.neutral(b"type qemuArm64 struct")
        b'type qemu{} struct'
        """
        return self._pattern.sub(PLACEHOLDER, text)

    def variant(self, name: str) -> Variant | None:
        """The variant that is called so, by its name or one of its words."""
        wanted = name.lower()
        for one in self.variants:
            if wanted == one.name or wanted in one.words:
                return one
        return next((one for one in self.variants if wanted in one.broad), None)

    def with_words(self, words: Mapping[str, Iterable[str]]) -> Axis:
        """The axis with more words for its variants, which may be called by any word of their own,
        and with further variants."""
        found = {one.name: one for one in self.variants}
        called = {word: one.name for one in self.variants for word in (one.name, *one.words)}
        for name, given in words.items():
            known = found.get(called.get(name.lower(), name), Variant(name, (name.lower(),)))
            more = dict.fromkeys((*known.words, *map(str.lower, given)))
            found[known.name] = replace(known, words=tuple(more))
        return Axis(self.name, tuple(found.values()))

    @cached_property
    def _meaning(self) -> Mapping[bytes, tuple[str, ...]]:
        found: dict[bytes, dict[str, None]] = {}
        for one in self.variants:
            for word in (*one.words, *one.broad):
                found.setdefault(word.encode(), {})[one.name] = None
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        """It begins with one of the bytes that words begin with, so that `re` passes over all
        others quickly, and looks back from behind that byte."""
        ordered = sorted(self._meaning, key=lambda word: (-len(word), word))
        if not ordered:
            return re.compile(rb"(?!)")
        inside = [word for word in ordered if len(word) > 2 and re.search(rb"\d", word)]
        begun = [rb"(?:%b)(?![A-Za-z0-9])" % _rest_of(ordered, b"i")]
        parts = []
        if inside:
            capital = [word[:1].upper() + word[1:] for word in inside]
            upper = [word.upper() for word in inside]
            begun.append(rb"(?:%b)(?=[A-Z])" % _rest_of([*inside, *capital, *upper]))
            parts = [
                rb"(?<=[a-z0-9][A-Z])(?:%b)(?![a-z0-9])" % _rest_of(inside, b"i"),
                rb"(?<=[A-Z].)(?:%b)(?![a-z0-9])" % _rest_of(capital),
            ]
        parts.insert(0, rb"(?<![A-Za-z0-9].)(?:%b)" % b"|".join(begun))
        firsts = {first for word in ordered for first in word[:1].lower() + word[:1].upper()}
        return re.compile(rb"[%b](?:%b)" % (_bytes_of(firsts), b"|".join(parts)), re.DOTALL)


def _rest_of(words: Iterable[bytes], mode: bytes = b"") -> bytes:
    """A pattern for any of the words behind its first byte; `mode` are flags of `re`."""
    by_first: dict[bytes, list[bytes]] = {}
    for word in words:
        by_first.setdefault(word[:1], []).append(word[1:])
    return b"|".join(
        rb"(?<=(?%b:%b))(?%b:%b)" % (mode, re.escape(first), mode, _any_of(rest))
        for first, rest in by_first.items()
    )


def _bytes_of(values: Iterable[int]) -> bytes:
    return b"".join(re.escape(bytes((one,))) for one in sorted(values))


def _any_of(words: Iterable[bytes]) -> bytes:
    return b"|".join(map(re.escape, words))


ARCHITECTURES = Axis(
    "architecture",
    (
        Variant("x86_64", ("x86_64", "amd64", "x86-64", "x64"), ("x86",)),
        Variant("i386", ("i386", "i486", "i586", "i686", "ia32", "x86_32"), ("x86",)),
        Variant("arm64", ("arm64", "aarch64", "armv8"), ()),
        Variant("arm", ("arm", "arm32", "aarch32", "armhf", "armel", "armv5", "armv6", "armv7",
                        "armv7l", "armv7a", "armv7hl")),
        Variant("ppc64le", ("ppc64le", "powerpc64le", "ppc64el"), ("powerpc", "ppc", "powerpc64")),
        Variant("ppc64", ("ppc64",), ("powerpc", "ppc", "powerpc64")),
        Variant("ppc32", ("ppc32", "powerpc32"), ("powerpc", "ppc")),
        Variant("s390x", ("s390x",), ("s390",)),
        Variant("riscv64", ("riscv64", "riscv64gc", "rv64", "rv64gc"), ("riscv",)),
        Variant("riscv32", ("riscv32", "rv32"), ("riscv",)),
        Variant("loong64", ("loong64", "loongarch64"), ("loongarch", "loongson")),
        Variant("mips64le", ("mips64le", "mips64el"), ("mips", "mips64")),
        Variant("mips64", (), ("mips", "mips64")),
        Variant("mipsle", ("mipsle", "mipsel"), ("mips",)),
        Variant("mips32", ("mips32",), ("mips",)),
        Variant("sparc64", ("sparc64", "sparcv9"), ("sparc",)),
        Variant("alpha", ("alpha",)),
        Variant("hppa", ("hppa", "parisc")),
        Variant("ia64", ("ia64",)),
        Variant("m68k", ("m68k",)),
        Variant("sh4", ("sh4",)),
        Variant("sw64", ("sw64", "sw_64")),
        Variant("wasm32", ("wasm32",), ("wasm",)),
    ),
)  # fmt: skip
"""The architectures with the words of Go, Rust, GCC, Linux, Debian and RPM."""
