"""Our words for those of a sibling: learned from lines that both have, else written alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES, Variant
from patchkit.siblings.rewording import Rewording, paired_lines, rewording


def learned(sibling: str, ours: str, *pairs: tuple[bytes, bytes]) -> Rewording:
    """What these pairs of lines tell."""
    variant = ARCHITECTURES.variant(ours)
    assert variant is not None
    return rewording(ARCHITECTURES, sibling, variant, pairs)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b"type qemuArm64 struct\n", b"type qemuRiscv64 struct\n"),
        (b"#define ARM64_LR 30\n", b"#define RISCV64_LR 30\n"),
        (b"machine_arm64()\n", b"machine_riscv64()\n"),
        (b"aarch64 and AARCH64\n", b"riscv64 and RISCV64\n"),
        (b"amd64 is no arm64\n", b"amd64 is no riscv64\n"),
        (b"riscv64 is no arm64\n", b"riscv64 is no riscv64\n"),
        (b"harm64 alarm\n", b"harm64 alarm\n"),
        (b"", b""),
    ],
)
def test_words_without_a_model(line: bytes, wanted: bytes) -> None:
    """In the case of the sibling's; other variants and other words stay."""
    assert wanted == learned("arm64", "riscv64").of_line(line)


def test_words_that_both_files_tell() -> None:
    """Where the project says `riscv` for `arm64` and `riscv64gc` for `aarch64`, so does the edit;
    the word that stands there most often is taken."""
    words = learned(
        "arm64",
        "riscv64",
        (b"dir(arm64)\n", b"dir(riscv)\n"),
        (b"dir2(arm64)\n", b"dir2(riscv)\n"),
        (b"other(arm64)\n", b"other(riscv64)\n"),
        (b"target aarch64-linux\n", b"target riscv64gc-linux\n"),
        (b"no word\n", b"no word\n"),
    )
    assert b"riscv riscv64gc RISCV64" == words.of_line(b"arm64 aarch64 ARM64")


def test_what_the_lines_say_of_others_is_not_learned() -> None:
    """A line that names two variants tells of each by its place."""
    words = learned("arm64", "riscv64", (b"amd64, arm64\n", b"amd64, riscv\n"))
    assert b"amd64 riscv" == words.of_line(b"amd64 arm64")


def test_paired_lines() -> None:
    """Blocks of an alignment give the lines that stand beside each other."""
    left, right = (b"a", b"b", b"c"), (b"x", b"a", b"b", b"y", b"c")
    blocks = [(0, 1, 2), (2, 4, 1)]
    assert [(b"a", b"a"), (b"b", b"b"), (b"c", b"c")] == list(paired_lines(left, right, blocks))
    assert [] == list(paired_lines(left, right, []))


NAMES = [one.name for one in ARCHITECTURES.variants if one.words]
texts = st.text("abz_-/. ({", max_size=9).map(str.encode)


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.lists(texts, max_size=4))
def test_a_reworded_line_is_the_same_without_words(
    sibling: str, ours: str, parts: list[bytes]
) -> None:
    """Nothing but words changes: without them the line is what it was, and none of the sibling's
    own words is left."""
    theirs, mine = ARCHITECTURES.variant(sibling), ARCHITECTURES.variant(ours)
    assert isinstance(theirs, Variant)
    assert isinstance(mine, Variant)
    line = (b" " + theirs.words[0].encode() + b" ").join(parts)
    result = rewording(ARCHITECTURES, sibling, mine, ()).of_line(line)
    assert ARCHITECTURES.neutral(line) == ARCHITECTURES.neutral(result)
    if len(parts) > 1 and sibling != ours:
        assert (ours,) in {one.variants for one in ARCHITECTURES.mentions(result)}
        assert (sibling,) not in {one.variants for one in ARCHITECTURES.mentions(result)}
