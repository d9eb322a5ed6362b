"""Whatever a file holds, reading it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES
from patchkit.syntax.conditions import seen_by
from patchkit.syntax.parsing import Language
from patchkit.syntax.reading import read_symbols
from patchkit.syntax.targets import Target

from .test_textual import PARTS, PATHS

PIECES = tuple(
    piece.encode()
    for parts in PARTS.values()
    for part in parts
    for piece in part.replace("NAME", "name").split(" ")
)
ODD = (b"{", b"}", b"(", b")", b'"', b"#if __riscv\n", b"#[cfg(", b"\xff", b"\0", b"=", b"$(", b"`")


@given(st.sampled_from(tuple(Language)), st.lists(st.sampled_from((*PIECES, *ODD)), max_size=30))
def test_broken_files_are_read(language: Language, pieces: list[bytes]) -> None:
    """Pieces of all languages in any order are no error, for any variant."""
    content = b" ".join(pieces)
    variant = ARCHITECTURES.variant("riscv64")
    assert variant is not None
    seen = seen_by(language, content, Target(ARCHITECTURES, variant))
    assert seen.count(b"\n") == content.count(b"\n")
    found = read_symbols(PATHS[language], seen)
    assert found is not None
    last = content.count(b"\n") + 1
    lines = {one.line for one in found.definitions} | {one.line for one in found.references}
    assert all(1 <= line <= last for line in lines)


@pytest.mark.parametrize(
    ("path", "start", "middle", "end"),
    [
        (b"a.go", b"package a\n\nvar name = ", b"1 + (", b")"),
        (b"a.rs", b"pub fn name() { ", b"{ ", b"}"),
        (b"a.c", b"int name(void) { return ", b"1 + (", b")"),
        (b"a.sh", b"name=1\n", b"if a; then ", b"\nfi"),
    ],
)
def test_a_file_that_nests_too_deep_is_read_as_text(
    path: bytes, start: bytes, middle: bytes, end: bytes
) -> None:
    """Nobody writes such a file by hand, and it is no reason to stop."""
    content = start + middle * 3_000 + end * 3_000 + b"\n}\n"
    found = read_symbols(path, content)
    assert found is not None
    assert found.is_textual
    if path != b"a.c":
        assert {one.name for one in found.definitions} >= {"name"}
