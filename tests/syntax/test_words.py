"""Words are found as a regular expression finds them."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES
from patchkit.syntax.words import first_words, has_word, may_name, words_in

texts = st.binary(max_size=40) | st.text("ab_1 .-{}é\n", max_size=40).map(str.encode)
words = st.text("ab_1-é", min_size=1, max_size=3).map(str.encode)


@given(texts, st.frozensets(words, max_size=20))
@example(b"aab ab", frozenset((b"ab",)))
@example(b"ab-b", frozenset((b"ab-b",)))
@example("éa".encode(), frozenset((b"a",)))
def test_words_are_those_of_the_expression(text: bytes, wanted: frozenset[bytes]) -> None:
    """All words in order, and whether one of a few or of many is among them."""
    found = re.findall(rb"\w+", text)
    assert found == words_in(text)
    assert (not wanted.isdisjoint(found)) == has_word(text, wanted)


def test_the_first_word_of_a_name() -> None:
    """What is no word has none."""
    assert frozenset((b"a", b"b")) == first_words((b"a-x", b"&b", b"-", b""))


names = st.lists(st.sampled_from(("init", "_", "arm64", "Arm64", "x86_64")), min_size=1, max_size=4)


@given(names, texts, texts)
def test_a_name_that_stands_there_is_never_missed(
    parts: list[str], before: bytes, after: bytes
) -> None:
    """Whatever stands around it, as long as that is no part of the name."""
    name = "".join(parts)
    neutral = ARCHITECTURES.neutral(name.encode()).decode()
    assert may_name(before + b" " + name.encode() + b"(" + after, ["other_name", neutral])


def test_a_name_that_does_not_stand_there() -> None:
    """A whole name stands as a word; one with a variant's word in it needs all else of it."""
    assert not may_name(b"reloaded", ["load"])
    assert not may_name(b"load_arm64", ["load_{}_id"])
    assert may_name(b"", ["\ufffd"])
    assert not may_name(b"load", [])
