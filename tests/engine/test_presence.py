"""What of a patch upstream has, line by line, and how it is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.unified import parse_patch
from patchkit.engine.presence import (
    NOTHING,
    Presence,
    UpstreamDelta,
    evidence_of,
    is_telling,
    plain,
    presence_of,
)
from patchkit.model.patch import Hunk, LineKind
from patchkit.model.report import EvidenceLine

from .making import plain_diff

TEXTS = st.lists(st.sampled_from([b"one a\n", b"two b\n", b" two b\n", b"}\n", b"\n"]), max_size=8)


def lines(words: str) -> list[bytes]:
    """Words are lines; `_` stands for a space."""
    return [word.replace("_", " ").encode() + b"\n" for word in words.split()]


def hunks_of(before: str, after: str) -> tuple[Hunk, ...]:
    """The hunks of a patch that makes one text of the other."""
    patch = plain_diff("f", b"".join(lines(before)), b"".join(lines(after)))
    return parse_patch("p", patch).files[0].hunks


def evidence(before: str, after: str, old: str, new: str) -> dict[str, bool]:
    """What is found of a patch in the change of upstream: `+line` or `-line`, and whether it is
    there."""
    delta = UpstreamDelta.between(lines(old), lines(new))
    return {
        ("+" if one.kind is LineKind.ADDED else "-") + one.content.decode().strip(): one.is_there
        for one in evidence_of(hunks_of(before, after), delta)
    }


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "expected"),
    [
        pytest.param("aa zz", "aa n1 zz", "aa zz", "aa n1 zz", {"+n1": True}, id="there"),
        pytest.param("aa zz", "aa n1 zz", "aa zz", "aa n2 zz", {"+n1": False}, id="not there"),
        pytest.param("aa o1 zz", "aa zz", "aa o1 zz", "aa zz", {"-o1": True}, id="gone"),
        pytest.param("aa o1 zz", "aa zz", "aa o1 zz", "o1 zz", {"-o1": False}, id="not gone"),
        pytest.param("aa zz", "aa n1 zz", "aa zz", "n1 aa zz", {"+n1": True}, id="elsewhere"),
        pytest.param("aa zz", "aa f_(1) zz", "aa zz", "aa __f__(1)_ zz", {"+f (1)": True}, id="ws"),
        pytest.param(
            "aa zz", "aa n1 zz", "n1 aa zz", "n1 aa zz", {"+n1": False}, id="always there"
        ),
        pytest.param("aa zz", "aa { } zz", "aa zz", "aa { } zz", {}, id="not telling"),
        pytest.param("aa b1 zz", "b1 aa zz", "aa b1 zz", "b1 aa zz", {}, id="moved"),
        pytest.param("aa b1 zz", "aa __b1 zz", "aa b1 zz", "aa zz", {}, id="indented"),
        pytest.param("aa b1 zz", "b1 aa n1 zz", "aa zz", "aa n1 zz", {"+n1": True}, id="beside"),
        pytest.param(
            "aa mine zz", "aa zz", "aa zz", "aa zz", {"-mine": True}, id="the stack's own"
        ),
        pytest.param("aa mine zz", "aa zz", "aa zz", "aa mine zz", {"-mine": False}, id="took it"),
        pytest.param(
            "aa o1 zz", "aa n1 zz", "aa o1 zz", "", {"-o1": True, "+n1": False}, id="gone"
        ),
        pytest.param("aa zz", "aa n1 zz", "", "aa n1 zz", {"+n1": True}, id="new file"),
        pytest.param("aa zz", "aa n1 zz", "", "", {"+n1": False}, id="no file at all"),
    ],
)
def test_evidence(before: str, after: str, old: str, new: str, expected: dict[str, bool]) -> None:
    """A line counts when upstream did the same with it; what says nothing is not asked about."""
    assert expected == evidence(before, after, old, new)


def test_a_line_counts_as_often_as_upstream_has_it() -> None:
    """Of two that a patch adds, one that upstream added once answers for one."""
    delta = UpstreamDelta.between(lines("aa zz"), lines("aa n1 zz"))
    found = evidence_of(hunks_of("aa zz", "aa n1 n1 zz"), delta)
    assert [True, False] == [one.is_there for one in found]
    assert Presence(2, 1, 0, 0) == presence_of(found)


def test_shares() -> None:
    """The share is of all lines; that of the added ones is told apart; of nothing it is 0."""
    found = Presence(4, 3, 6, 2)
    assert (0.5, 0.75) == (found.share, found.added_share)
    assert (0.0, 1.0) == (NOTHING.share, NOTHING.added_share)
    assert NOTHING == presence_of(())
    one = EvidenceLine(LineKind.REMOVED, b"x1\n", True)
    assert Presence(0, 0, 1, 1) == presence_of([one])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"ab\n", True),
        (b"a, b\n", True),
        (b"a\n", False),
        (b"});\n", False),
        (b"\xff\xff\n", False),
    ],
)
def test_what_is_telling(line: bytes, *, expected: bool) -> None:
    """Two letters or digits at least."""
    assert expected is is_telling(line)


@given(TEXTS, TEXTS)
def test_a_patch_that_upstream_took_is_there_whole(before: list[bytes], after: list[bytes]) -> None:
    """All the evidence is that it is there; of one that upstream did not take, none is."""
    patch = plain_diff("f", b"".join(before), b"".join(after), context=9)
    hunks = parse_patch("p", patch).files[0].hunks if patch else ()
    taken = evidence_of(hunks, UpstreamDelta.between(before, after))
    assert all(one.is_there for one in taken)
    ignored = evidence_of(hunks, UpstreamDelta.between(before, before))
    assert not any(one.is_there for one in ignored)
    assert [plain(one.content) for one in taken] == [plain(one.content) for one in ignored]
