"""Recorded decisions, and findings that are left on purpose."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from patchkit.model.ignores import Ignore
from patchkit.model.report import HeldCause, Sides
from patchkit.model.resolutions import (
    Amendment,
    Decision,
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
)
from patchkit.model.series import decode_name
from patchkit.model.siblings import FindingKind
from tests.strategies.text import bodies, files
from tests.strategies.trees import NAMES

ODD_LINES = (
    *(b"| cell |", b"|", b"# comment", b"resolution", b"amendment", b"base:", b"result: ours"),
    *(b"\\ no newline at the end", b"patchkit-resolutions/1", b"caf\xe9", b"cr\r", b""),
)
words = st.text("aé0-:#|", min_size=1, max_size=12)
odd_names = st.sampled_from(NAMES).map(decode_name) | words
versions = st.text("v019.-/é", min_size=1, max_size=6)
texts = files(bodies | st.sampled_from(ODD_LINES), max_size=6).map(tuple)
paths = st.sampled_from(NAMES) | st.binary(min_size=1, max_size=6).filter(
    lambda path: b"\n" not in path and b"\0" not in path
)
provenances = st.builds(
    Provenance,
    patch=odd_names,
    ports=st.lists(st.tuples(versions, versions), max_size=2).map(tuple),
    by=st.just("") | odd_names,
    on=st.just("") | odd_names,
    why=st.lists(words, max_size=40).map(" ".join),
)
questions = st.builds(
    Question,
    st.frozensets(paths, min_size=1, max_size=2),
    st.sampled_from(HeldCause),
    st.builds(Sides, texts, texts, texts),
)
decisions = st.builds(
    Resolution, questions, st.sampled_from(Side) | texts, provenances
) | st.builds(Amendment, paths, texts.filter(bool), texts, provenances)
comments = st.lists(
    st.sampled_from((b"\n", b"# a comment\n", b"#\n", b" \t\n", b"# resolution\r\n")), max_size=3
).map(b"".join)


def recorded(found: Sequence[Decision]) -> Resolutions:
    """Resolutions to which these were added one after the other."""
    resolutions = Resolutions()
    for decision in found:
        resolutions = resolutions.with_decision(decision)
    return resolutions


_letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
_plain_words = st.text(_letters, min_size=1, max_size=9) | st.sampled_from(
    ("https://example.org/" + "deep/" * 20, "left-on-purpose", "-" * 95, "why:")
)
_sentences = st.lists(_plain_words, min_size=1, max_size=40).map(" ".join)
any_ignore = st.builds(
    Ignore,
    _plain_words.map(lambda word: f"src/{word}"),
    _sentences,
    st.sampled_from([None, *FindingKind]),
    st.one_of(st.just(""), _plain_words),
)
