"""Recorded resolutions as a file: nothing is lost, and what is not understood is said in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.errors import ResolutionFormatError
from patchkit.model.report import HeldCause, Lines, Sides
from patchkit.model.resolutions import (
    Amendment,
    Decision,
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
    identity_of,
    parse_resolutions,
)
from patchkit.model.tree import split_lines
from tests.strategies.decisions import (
    comments,
    decisions,
    recorded,
)


def decisions_in(resolutions: Resolutions) -> list[Decision]:
    """The decisions, in order."""
    return [record.decision for record in resolutions.records]


@given(st.lists(decisions, max_size=4))
def test_what_is_written_is_read_back(found: list[Decision]) -> None:
    """Any decisions, whatever is in their texts and names, and their bytes."""
    unique = list({identity_of(decision): decision for decision in reversed(found)}.values())
    written = recorded(unique[::-1])
    read = parse_resolutions(written.raw)
    assert unique[::-1] == decisions_in(read)
    assert written.raw == read.raw
    assert written.records == read.records


@given(st.lists(st.tuples(comments, decisions), max_size=3), comments, comments)
def test_comments_are_kept(found: list[tuple[bytes, Decision]], head: bytes, tail: bytes) -> None:
    """A file gives its own bytes back; a comment above a record belongs to it."""
    raw = b"patchkit-resolutions/1\n" + head
    for above, decision in found:
        raw += b"\n" + above + recorded([decision]).records[0].raw
    raw += tail
    read = parse_resolutions(raw)
    assert raw == read.raw
    assert [decision for _, decision in found] == decisions_in(read)
    for (above, _), record in zip(found, read.records, strict=True):
        assert above in record.raw


@given(st.lists(decisions, min_size=1, max_size=3), decisions)
def test_a_new_decision_leaves_the_others_alone(found: list[Decision], one: Decision) -> None:
    """It stands behind them; only an earlier answer to the same question goes."""
    before = parse_resolutions(b"patchkit-resolutions/1\n# ours\n" + recorded(found).raw[23:])
    after = before.with_decision(one)
    assert one == after.records[-1].decision
    kept = [record for record in before.records if record.identity != identity_of(one)]
    assert kept == list(after.records[:-1])
    assert (before.head, before.tail) == (after.head, after.tail)
    assert before.without(identity_of(one)).records == tuple(kept)
    assert decisions_in(after) == decisions_in(parse_resolutions(after.raw))


@given(
    st.lists(
        st.sampled_from(
            (
                *(b"resolution", b"amendment", b"patch: p", b"file: f", b"new-file: g"),
                *(b"held: overlap", b"held: x", b"for: 1 -> 2", b"for: 1", b"why: w"),
                *(b"base:", b"theirs:", b"ours:", b"result:", b"result: ours", b"before:"),
                *(b"after:", b"|", b"|x", b"\\ no newline at the end", b"", b"# c", b"junk"),
            )
        ),
        max_size=14,
    )
)
def test_any_lines_are_read_or_refused(lines: list[bytes]) -> None:
    """There is no third way: all bytes come back, or a line is named."""
    raw = b"patchkit-resolutions/1\n" + b"".join(line + b"\n" for line in lines)
    try:
        found: Resolutions | ResolutionFormatError = parse_resolutions(raw, "x")
    except ResolutionFormatError as error:
        found = error
    if isinstance(found, Resolutions):
        assert raw == found.raw
    else:
        assert 1 < found.line <= len(lines) + 1
        assert str(found).startswith(f"x:{found.line}: ")


RECORD = b"""\
patchkit-resolutions/1

resolution
patch: a.patch
file: f
held: overlap
base:
|one
theirs:
|two
ours:
|three
result: ours
"""
AMENDED = b"""\
patchkit-resolutions/1
amendment
patch: a.patch
file: f
before:
|one
after:
"""


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"patchkit-resolutions/2\n", 1, "expected patchkit-resolutions/1, found patchkit-res"),
        (RECORD.replace(b"\n", b"\r\n"), 1, "found patchkit-resolutions/1\\r"),
        (b"\xef\xbb\xbf" + RECORD, 1, "found \\ufeffpatchkit-resolutions/1"),
        (RECORD[:-1], 13, "the last line has no newline"),
        (b"patchkit-resolutions/1", 1, "the last line has no newline"),
        (b"patchkit-resolutions/1\nfile: f\n", 2, "begins with a line `resolution` or"),
        (RECORD.replace(b"file: f\n", b""), 3, "needs `file:`"),
        (RECORD.replace(b"file: f", b"file:"), 5, "needs `file:`"),
        (RECORD.replace(b"patch: a.patch\n", b""), 3, "needs `patch:`"),
        (RECORD.replace(b"held: overlap\n", b""), 3, "needs `held:`"),
        (RECORD.replace(b"overlap", b"over\x1blap"), 6, "no such cause: over\\x1blap"),
        (RECORD.replace(b"overlap", b"x"), 6, "Known are overlap, doubtful, "),
        (RECORD.replace(b"result: ours\n", b""), 3, "needs `result:`"),
        (RECORD.replace(b"result: ours", b"result: mine"), 13, "not mine"),
        (RECORD.replace(b"ours:\n|three\n", b""), 3, "needs the text `ours:`"),
        (RECORD.replace(b"|three", b"three"), 12, "the lines of a text begin with |"),
        (RECORD.replace(b"file: f", b"file: f\nfile: g"), 6, "twice, first on line 5"),
        (RECORD.replace(b"file: f", b"before:\n|x"), 5, "not a field of a record: before:"),
        (RECORD.replace(b"file: f", b"file: f\nFile: g"), 6, "not a field of a record: File: g"),
        (RECORD.replace(b"file: f", b"file: f\nfor: 1.0"), 6, "as in `for: 2.5.1 -> 3.2.0`"),
        (RECORD.replace(b"base:", b"base: x"), 8, "not a field of a record: |one"),
        (AMENDED.replace(b"|one\n", b""), 5, "needs lines that it changes"),
        (AMENDED.replace(b"after:\n", b""), 2, "needs the text `after:`"),
        (AMENDED + b"result: ours\n", 8, "not a field of a record: result: ours"),
    ],
)
def test_what_is_not_understood(raw: bytes, line: int, words: str) -> None:
    """The message names the file and the line, and says what to do."""
    with pytest.raises(ResolutionFormatError) as caught:
        parse_resolutions(raw, "here/patchkit.resolutions")
    told = "\n".join((str(caught.value), *caught.value.hints))
    assert str(caught.value).startswith(f"here/patchkit.resolutions:{line}: ")
    assert (line, True) == (caught.value.line, words in told), told


def test_the_least_that_a_record_needs() -> None:
    """Who, when, why and for which port may be left out; texts may have no line."""
    (one,) = decisions_in(parse_resolutions(RECORD))
    sides = Sides((b"one\n",), (b"two\n",), (b"three\n",))
    question = Question(frozenset({b"f"}), HeldCause.OVERLAP, sides)
    assert Resolution(question, Side.OURS, Provenance("a.patch", ())) == one
    (other,) = decisions_in(parse_resolutions(AMENDED))
    assert Amendment(b"f", (b"one\n",), (), Provenance("a.patch", ())) == other
    assert () == parse_resolutions(b"").records


def test_fields_stand_in_any_order_with_comments_between() -> None:
    """A file written by hand may look otherwise than one that patchkit wrote."""
    raw = (
        b"patchkit-resolutions/1\nresolution\nresult:\n|a\n|b\n\\ no newline at the end\n\n"
        b"ours:\n# nothing\ntheirs:\n|x\r\nbase:\nheld: file-exists\nwhy: one\nwhy: two\n"
        b"new-file: g\nfile: f\npatch: p\nfor: 1 -> 2\nfor: 2 -> 3\n"
    )
    (one,) = decisions_in(parse_resolutions(raw))
    sides = Sides((), (b"x\r\n",), ())
    question = Question(frozenset({b"f", b"g"}), HeldCause.FILE_EXISTS, sides)
    provenance = Provenance("p", (("1", "2"), ("2", "3")), why="one two")
    assert Resolution(question, (b"a\n", b"b"), provenance) == one


def _question(text: bytes = b"a\n", *places: bytes) -> Question:
    sides = Sides((b"base\n",), tuple(split_lines(text)), ())
    return Question(frozenset(places or (b"f",)), HeldCause.OVERLAP, sides)


def test_the_last_answer_to_a_question_counts() -> None:
    """One name of the file in common is enough; contents and cause must be the same."""
    provenance = Provenance("p", ())
    first = Resolution(_question(b"a\n", b"f", b"g"), Side.OURS, provenance)
    second = Resolution(_question(), Side.THEIRS, provenance)
    resolutions = recorded([first, second])
    assert second == resolutions.answer_to(_question())
    assert first == resolutions.answer_to(_question(b"a\n", b"g", b"h"))
    assert resolutions.answer_to(_question(b"a\n", b"h")) is None
    assert resolutions.answer_to(_question(b"a")) is None
    gone = Question(frozenset((b"f",)), HeldCause.FILE_GONE, _question().sides)
    assert resolutions.answer_to(gone) is None


@pytest.mark.parametrize(
    ("answer", "result"),
    [(Side.OURS, ()), (Side.THEIRS, (b"a\n",)), ((b"x\n", b"y\n"), (b"x\n", b"y\n"))],
)
def test_what_an_answer_stands_for(answer: Side | Lines, result: Lines) -> None:
    """A side by its name, or a text."""
    assert result == Resolution(_question(), answer, Provenance("p", ())).result


def test_amendments_count_for_their_versions() -> None:
    """Resolutions count for every version, an amendment for those that it was made for."""
    made = [
        Amendment(b"f", (b"%d\n" % number,), (), Provenance("p", ports))
        for number, ports in enumerate(
            ((), (("1", "2"),), (("2", "3"), ("1", "3")), (("3", "1"), ("1", "2")))
        )
    ]
    answer = Resolution(_question(), Side.OURS, Provenance("p", (("1", "3"),)))
    resolutions = recorded([*made, answer])
    assert tuple(made) == resolutions.amendments
    for version, expected in (("1", [3]), ("2", [1, 3]), ("3", [2]), ("2.0", [])):
        kept = resolutions.for_version(version)
        assert [*(made[number] for number in expected), answer] == decisions_in(kept)


def test_the_documentation_is_right() -> None:
    """The reference lists the fields that are known, and its example can be read."""
    text = (Path(__file__).parents[2] / "docs/reference/resolutions.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z`, -]+`) \| (both|resolution|amendment) \|", text, re.MULTILINE)
    documented = {
        kind: {key for keys, place in rows if place in ("both", kind) for key in _keys(keys)}
        for kind in ("resolution", "amendment")
    }
    for kind, keys in documented.items():
        with pytest.raises(ResolutionFormatError) as caught:
            parse_resolutions(f"patchkit-resolutions/1\n{kind}\nno-such-field: x\n".encode())
        hint = caught.value.hints[0].removeprefix("Known are ").partition(";")[0]
        assert keys == set(hint.split(", "))
    (example,) = re.findall(r"^```text\n(patchkit-resolutions/1\n.*?)^```$", text, re.M | re.S)
    one, other = decisions_in(parse_resolutions(example.encode()))
    assert isinstance(one, Resolution)
    assert (b"\tlimit = 20;\n", b"\tlog(limit);\n") == one.result
    assert isinstance(other, Amendment)


def _keys(cell: str) -> list[str]:
    return re.findall(r"`([a-z-]+)`", cell)
