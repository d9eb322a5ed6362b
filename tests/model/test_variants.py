"""Words of variants are found where they name a variant, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES, PLACEHOLDER, Axis, Variant

PAGE = Path(__file__, "../../../docs/reference/siblings.md").resolve().read_text("utf-8")
WORDS = [
    (word, variant.name)
    for variant in ARCHITECTURES.variants
    for word in (*variant.words, *variant.broad)
]

texts = st.text("abz_-/. 019", max_size=12).map(str.encode)


def named(text: bytes) -> list[tuple[bytes, tuple[str, ...]]]:
    """The words found, each with its variants."""
    return [(one.word, one.variants) for one in ARCHITECTURES.mentions(text)]


@pytest.mark.parametrize(("word", "variant"), WORDS)
def test_every_word_of_the_table(word: str, variant: str) -> None:
    """In a path, in capitals and as a macro each word names its variant."""
    for text in (f"src/{word}/x.c", f"qemu_{word}.go", word.upper(), f"__{word}__", f"a-{word}"):
        (found,) = named(text.encode())
        assert variant in found[1], text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"x86_64-options.mk", [b"x86_64"]),
        (b"qemuArm64 newQemuAmd64", [b"Arm64", b"Amd64"]),
        (b"qemuPPC64le)", [b"PPC64le"]),
        (b"arm64Registers", [b"arm64"]),
        (b"AMD64Registers Riscv64Arch", [b"AMD64", b"Riscv64"]),
        (b"riscv64gc-unknown-linux-gnu", [b"riscv64gc"]),
        (b"charm alarm armada harmless", []),
        (b"prex86_64 arm641 x860", []),
        (b"alphabet parisco sparcle", []),
        (b"HARM64", []),
    ],
)
def test_words_in_names(text: bytes, words: list[bytes]) -> None:
    """The longest word counts, in camel case as well; a word inside another one does not."""
    assert words == [word for word, _ in named(text)]


def test_a_broad_word_names_all_its_kin() -> None:
    """`riscv` is riscv64 and riscv32; a narrow word is one variant alone."""
    assert [(b"riscv", ("riscv64", "riscv32"))] == named(b"arch/riscv/mm.c")
    assert frozenset({"riscv64"}) == ARCHITECTURES.named_in(b"arch/riscv64/mm.c")


@given(texts, st.sampled_from(WORDS), st.sampled_from(WORDS), texts)
def test_neutral_text_is_the_same_for_all_variants(
    before: bytes, one: tuple[str, str], two: tuple[str, str], after: bytes
) -> None:
    """Texts that differ in the variant's word alone are the same without it, and stay so."""
    first = before + b" " + one[0].encode() + b" " + after
    second = before + b" " + two[0].encode() + b" " + after
    neutral = ARCHITECTURES.neutral(first)
    assert neutral == ARCHITECTURES.neutral(second) == ARCHITECTURES.neutral(neutral)
    assert PLACEHOLDER in neutral


def test_more_words_and_variants() -> None:
    """Settings add words to a variant, and variants to an axis; lookups take either name."""
    axis = ARCHITECTURES.with_words({"riscv64": ["RV64GCV"], "e2k": ["elbrus"]})
    assert frozenset({"riscv64"}) == axis.named_in(b"qemu_rv64gcv.c")
    assert frozenset({"e2k"}) == axis.named_in(b"qemu_elbrus.c")
    assert axis.variant("elbrus") == Variant("e2k", ("e2k", "elbrus"))
    assert axis.variant("AMD64") == ARCHITECTURES.variant("x86_64")
    assert axis.variant("riscv") == axis.variants[8]
    assert axis.variant("z80") is None
    assert axis.variants[0] == ARCHITECTURES.variants[0]


def test_a_variant_is_extended_by_any_of_its_names() -> None:
    """Who gives words to `amd64` or `AArch64` means the variant of the table, and makes no second
    one with the same word."""
    axis = ARCHITECTURES.with_words({"amd64": ["k8"], "AArch64": ["armv9"], "X86_64": ["em64t"]})
    assert len(ARCHITECTURES.variants) == len(axis.variants)
    found = {one.word: one.variants for one in axis.mentions(b"amd64 k8 em64t arm64 armv9")}
    assert {(b"amd64", ("x86_64",)), (b"k8", ("x86_64",)), (b"em64t", ("x86_64",))} <= set(
        found.items()
    )
    assert ("arm64",) == found[b"arm64"] == found[b"armv9"]
    assert axis == axis.with_words({"amd64": ["K8", "amd64"]})
    own = ARCHITECTURES.with_words({"x86": ["k8"]})
    assert "x86" in own.named_in(b"arch/x86/mm.c")


def test_an_axis_of_words_without_digits() -> None:
    """Words of another axis are found the same way, but not inside of names."""
    axis = Axis("database", ()).with_words({"mysql": ["mariadb"], "pg": []})
    assert frozenset({"mysql", "pg"}) == axis.named_in(b"store_mariadb.c and store_pg.c")
    assert frozenset() == axis.named_in(b"storeMysql pgx")


def test_the_reference_has_the_table() -> None:
    """The documented table is the table."""
    rows = re.findall(r"^\| `(\S+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    documented = {
        name: (tuple(re.findall(r"`(\S+?)`", words)), tuple(re.findall(r"`(\S+?)`", broad)))
        for name, words, broad in rows
    }
    for variant in ARCHITECTURES.variants:
        assert (variant.words, variant.broad) == documented[variant.name]


def plain_pattern(axis: Axis) -> re.Pattern[bytes]:
    """The rules of `mentions` one after the other, tried at every byte."""

    def any_of(words: list[bytes]) -> bytes:
        return b"|".join(map(re.escape, words))

    words = {word.encode() for one in axis.variants for word in (*one.words, *one.broad)}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    inside = [word for word in ordered if len(word) > 2 and re.search(rb"\d", word)]
    capital = [word[:1].upper() + word[1:] for word in inside]
    upper = [word.upper() for word in inside]
    return re.compile(
        rb"(?<![A-Za-z0-9])(?i:%b)(?![A-Za-z0-9])|(?<=[a-z0-9])(?=[A-Z])(?i:%b)(?![a-z0-9])"
        rb"|(?<=[A-Z])(?:%b)(?![a-z0-9])|(?<![A-Za-z0-9])(?:%b)(?=[A-Z])"
        % tuple(map(any_of, (ordered, inside, capital, [*inside, *capital, *upper])))
    )


PLAIN = plain_pattern(ARCHITECTURES)
spoken = st.sampled_from([word for word, _ in WORDS]).flatmap(
    lambda word: st.sampled_from((word, word.upper(), word.capitalize(), word[:2]))
)
between = st.sampled_from(("", "_", "-", " ", "\n", "A", "z", "9", "Le", "\xe9"))


@given(st.lists(st.tuples(between, spoken, between), max_size=4))
def test_words_are_found_by_the_rules(pieces: list[tuple[str, str, str]]) -> None:
    """No shorter way to look for them finds others."""
    text = "".join(map("".join, pieces)).encode("latin-1")
    found = [(one.start, one.stop) for one in ARCHITECTURES.mentions(text)]
    assert found == [one.span() for one in PLAIN.finditer(text)]


def test_an_axis_without_words_is_named_nowhere() -> None:
    """And takes nothing out of a text."""
    axis = Axis("nothing", ())
    assert [] == list(axis.mentions(b"a b"))
    assert axis.neutral(b"a b") == b"a b"
