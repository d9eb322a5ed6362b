"""Laws of following: where ours is a sibling's text with our word, the proposal is what they did.

GNU patch applies every proposal, without fuzz or offset."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patchkit.model.siblings import EditState, Finding, Rank
from patchkit.model.tree import File, split_lines
from patchkit.siblings.comparing import Comparison
from tests.engine.gnupatch import read_tree, run_patch, write_tree

from .making import compared, scene

WORDS = ("amd64", "arm64", "ppc64le", "s390x", "loong64")
some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)
telling = st.integers(0, 999).map(
    lambda number: b"\tstep%d(config, {w})\n" % number if number % 3 else b"\tdone%d()\n" % number
)
common = st.sampled_from(
    (b"\n", b"}\n", b"\tcall{C}(x)\n", b"\tfree(x)\n", b"\treturn err\n", b"// {w}\n", b"\t{\n")
)
any_line = common | st.integers(0, 30).map(lambda number: b"\tstep%d(config)\n" % number)


def texts(
    lines: Sequence[bytes], words: Sequence[str], pattern: str = "q_{}.go"
) -> dict[str, bytes]:
    """The same file for each word."""
    body = b"".join(lines)
    return {
        pattern.format(word): body.replace(b"{w}", word.encode()).replace(
            b"{C}", word.capitalize().encode()
        )
        for word in words
    }


def follow(
    old: Mapping[str, bytes], new: Mapping[str, bytes], ours: Mapping[str, bytes]
) -> Comparison:
    """What the siblings did, for ours."""
    return compared(scene(old, new, ours))


def edits(comparison: Comparison) -> list[Finding]:
    """The findings that are edits of siblings."""
    return [one for one in comparison.report.findings if one.edit is not None]


def states(comparison: Comparison) -> list[EditState]:
    """How each edit stands to ours."""
    return [one.edit.state for one in edits(comparison) if one.edit is not None]


def made(comparison: Comparison, ours: Mapping[str, bytes]) -> dict[str, bytes]:
    """Our files as GNU patch leaves them, which must need neither fuzz nor offset."""
    tree = {path.encode(): File(content) for path, content in ours.items()}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, tree)
        code, told = run_patch(root, comparison.report.proposal)
        assert 0 == code, told
        assert b"Hunk #" not in told, told
        return {path.decode(): file.content for path, file in read_tree(root).items()}


@st.composite
def versions(
    draw: st.DrawFn, lines: st.SearchStrategy[bytes], *, is_fresh: bool
) -> tuple[list[bytes], list[bytes]]:
    """An old and a new version: lines left out, and lines put in anywhere, at both ends too. Fresh
    lines stand nowhere else."""
    numbers = iter(range(1000, 9999))
    added = st.builds(lambda: b"\tadded%d(config)\n" % next(numbers)) if is_fresh else lines
    old = draw(st.lists(lines, min_size=3, max_size=14, unique=is_fresh))
    new: list[bytes] = []
    for line in old:
        new += [draw(added) for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))]
        new += [line] * draw(st.sampled_from((1, 1, 1, 0)))
    new += [draw(added) for _ in range(draw(st.sampled_from((0, 0, 1, 2))))]
    assume(new and new != old)
    return old, new


@given(versions(telling, is_fresh=True), some_words)
def test_a_reworded_copy_becomes_the_new_copy(
    both: tuple[list[bytes], list[bytes]], words: list[str]
) -> None:
    """Where no line stands twice every edit is proposed, GNU patch makes the siblings' new text
    with our word, and after that every edit is there and nothing is proposed."""
    before, after = (texts(lines, words) for lines in both)
    ours, wanted = (texts(lines, ["riscv64"]) for lines in both)
    found = follow(before, after, ours)
    assert {EditState.PROPOSED} == set(states(found))
    result = made(found, ours)
    assert wanted == result
    again = follow(before, after, result)
    assert {EditState.THERE} == set(states(again))
    assert b"" == again.report.proposal


@given(versions(any_line, is_fresh=False), some_words)
def test_nothing_is_proposed_twice(both: tuple[list[bytes], list[bytes]], words: list[str]) -> None:
    """Whatever the lines are, also ones that move or stand everywhere, GNU patch makes of ours what
    the comparison says, and that asks for nothing more."""
    before, after = (texts(lines, words) for lines in both)
    ours = texts(both[0], ["riscv64"])
    found = follow(before, after, ours)
    if found.report.proposal:
        result = made(found, ours)
        assert {path.decode(): file.content for path, file in found.proposed.items()} == result
        assert b"" == follow(before, after, result).report.proposal


@given(versions(any_line, is_fresh=False), st.lists(any_line, max_size=12), some_words)
def test_a_proposal_touches_what_it_says(
    both: tuple[list[bytes], list[bytes]], own: list[bytes], words: list[str]
) -> None:
    """Ours may be any text: what the proposal makes of it is ours, but for the removed lines of the
    proposed edits, at their places."""
    before, after = (texts(lines, words) for lines in both)
    ours = texts([*own, *both[0][:3]], ["riscv64"])
    found = follow(before, after, ours)
    if not found.report.proposal:
        return
    lines = split_lines(ours["q_riscv64.go"])
    kept = list(lines)
    for one in edits(found):
        if (
            one.edit is not None
            and one.edit.state is EditState.PROPOSED
            and one.rank is not Rank.NOTHING
        ):
            assert one.line is not None
            start = one.line - 1
            gone = lines[start : start + len(one.edit.removed)]
            assert len(gone) == len(one.edit.removed)
            for at in range(start, start + len(gone)):
                kept[at] = b""
    result = iter(split_lines(made(found, ours)["q_riscv64.go"]))
    assert all(line in result for line in kept if line)


@given(
    versions(telling, is_fresh=True),
    versions(telling, is_fresh=True),
    st.permutations(WORDS),
    st.integers(1, 4),
)
def test_the_order_of_siblings_does_not_matter(
    one: tuple[list[bytes], list[bytes]],
    two: tuple[list[bytes], list[bytes]],
    words: list[str],
    count: int,
) -> None:
    """In whatever order siblings that did different things are read, the findings are the same."""
    before = {**texts(one[0], words[:count]), **texts(two[0], words[count:])}
    after = {**texts(one[1], words[:count]), **texts(two[1], words[count:])}
    ours = texts(one[0], ["riscv64"])
    first = follow(before, after, ours).report
    turned = [dict(reversed(files.items())) for files in (before, after)]
    assert first == follow(turned[0], turned[1], ours).report


@given(versions(telling, is_fresh=True), st.lists(st.sampled_from(WORDS), min_size=2, unique=True))
def test_what_a_sibling_with_the_text_left_is_not_proposed(
    both: tuple[list[bytes], list[bytes]], words: list[str]
) -> None:
    """One sibling with the very same text that changed nothing is enough: nothing is proposed."""
    before = texts(both[0], words)
    after = {**texts(both[1], words[1:]), **texts(both[0], words[:1])}
    found = follow(before, after, texts(both[0], ["riscv64"]))
    assert {EditState.DIVIDED} == set(states(found))
    assert b"" == found.report.proposal


NAMES = (
    "plain/q_{}.go",
    "with blank/q {} x.go",
    'quo"te\\back/q_{}.go',
    "tab\there/{}/q.go",
    "gr\u00fc\u00dfe/q_{}.go",
    "a/b/q_{}",
)


@pytest.mark.parametrize("pattern", NAMES)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" caf\xe9 \x0c\x85\n"])
@pytest.mark.parametrize("at", [0, 3, 5])
def test_odd_names_and_bytes(pattern: str, end: bytes, at: int) -> None:
    """Names with blanks, quotes and letters beyond ASCII, line ends of DOS and other encodings go
    through GNU patch as they are, at the top, in the middle and at the end."""
    old = [b"step%d({w})" % number + end for number in range(5)]
    new = [*old[:at], b"added(%d)" % at + end, *old[at:]]
    before, after = (texts(lines, ["arm64", "s390x"], pattern) for lines in (old, new))
    ours = texts(old, ["riscv64"], pattern)
    found = follow(before, after, ours)
    assert texts(new, ["riscv64"], pattern) == made(found, ours)


@pytest.mark.parametrize(("at", "is_proposed"), [(0, True), (3, True), (4, False), (5, False)])
def test_ours_has_no_newline_at_its_end(at: int, is_proposed: bool) -> None:
    """A last line without newline stays so; only an edit that is next to it is left to a person."""
    old = [b"step%d({w})\n" % number for number in range(5)]
    new = [*old[:at], b"added(%d)\n" % at, *old[at + 1 :]]
    ours = {path: text.rstrip(b"\n") for path, text in texts(old, ["riscv64"]).items()}
    found = follow(texts(old, ["arm64", "s390x"]), texts(new, ["arm64", "s390x"]), ours)
    assert is_proposed is bool(found.report.proposal)
    if is_proposed:
        (wanted,) = texts(new, ["riscv64"]).values()
        assert {"q_riscv64.go": wanted.rstrip(b"\n")} == made(found, ours)
    else:
        assert EditState.CONFLICT in states(found) or EditState.ELSEWHERE in states(found)


def test_the_siblings_have_no_newline_at_their_end() -> None:
    """What siblings say without a newline at the end of their files is put as a whole line."""
    old = [b"step%d({w})\n" % number for number in range(4)]
    new = [*old, b"last({w})"]
    found = follow(
        texts(old, ["arm64", "s390x"]), texts(new, ["arm64", "s390x"]), texts(old, ["riscv64"])
    )
    (wanted,) = texts([*new, b"\n"], ["riscv64"]).values()
    assert {"q_riscv64.go": wanted} == made(found, texts(old, ["riscv64"]))


def test_a_line_that_moved() -> None:
    """A call that siblings make earlier now is moved in ours as well, never just taken out."""
    old = [b"first()\n", b"second()\n", b"moved({w})\n", b"third()\n"]
    new = [old[2], *old[:2], old[3]]
    ours = texts(old, ["riscv64"])
    found = follow(texts(old, ["arm64", "s390x"]), texts(new, ["arm64", "s390x"]), ours)
    assert texts(new, ["riscv64"]) == made(found, ours)


def test_two_siblings_do_different_things_there() -> None:
    """At one place at most one edit is proposed; the other one stays to be looked at."""
    old = [b"first()\n", b"second()\n", b"third()\n", b"fourth()\n"]
    one = [*old[:2], b"checked()\n", *old[2:]]
    two = [*old[:2], b"measured()\n", *old[2:]]
    new = {**texts(one, ["amd64", "arm64"]), **texts(two, ["s390x"])}
    found = follow(texts(old, ["amd64", "arm64", "s390x"]), new, texts(old, ["riscv64"]))
    assert states(found).count(EditState.PROPOSED) <= 1
    assert 2 == len(edits(found))
