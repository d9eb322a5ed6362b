"""A held region as a file to edit: every side can be read back as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.errors import ResolutionFormatError
from patchkit.model.report import Lines, Sides
from patchkit.render.conflict import Labels, conflict_text, read_answer
from tests.strategies.text import bodies

_LABELS = Labels("2.0", "1.0", "x.patch")
_MARKERS = st.sampled_from(
    [mark * count + rest
     for mark in (b"<", b"|", b"=", b">") for count in (6, 7, 8) for rest in (b"", b" x", b"x")]
)  # fmt: skip

_NOTE = b"\\ No newline at end of file"
"""What stands for a missing line end: a file without one cannot also end with this text."""


@st.composite
def _side(draw: st.DrawFn) -> Lines:
    drawn = draw(st.lists(st.one_of(bodies.filter(_NOTE.__ne__), _MARKERS), max_size=5))
    lines = [line + b"\n" for line in drawn]
    if lines and lines[-1] != b"\n" and draw(st.integers(0, 4)) == 0:
        lines[-1] = lines[-1].removesuffix(b"\n")
    return tuple(lines)


_sides = st.builds(Sides, _side(), _side(), _side())


def _kept(text: bytes, first: int, last: int) -> bytes:
    """The text with only what stands between its markers number `first` and `last`."""
    lines = text.split(b"\n")
    top = lines[0].split(b" ")[0]
    size = len(top)
    marks = [
        at
        for at, line in enumerate(line.rstrip(b"\r") for line in lines)
        if line == b"=" * size or line.split(b" ")[0] in (top, b"|" * size, b">" * size)
    ]
    marks = [0, *(at for at in marks if at)][:4]
    body, rest = lines[marks[first] + 1 : marks[last]], lines[marks[3] + 1 :]
    return b"\n".join((*body, *rest))


@given(_sides)
def test_each_side_is_an_answer(sides: Sides) -> None:
    """Whoever deletes the markers and two of the sides has the third, byte for byte."""
    text = conflict_text(sides, _LABELS, ("A note.",))
    for number, side in enumerate((sides.ours, sides.base, sides.theirs)):
        kept = _kept(text, number, number + 1)
        assert side == read_answer(kept, sides, "file")


@given(_sides)
def test_what_was_not_edited_is_refused(sides: Sides) -> None:
    """The text as it was written has its first marker on line 1."""
    with pytest.raises(ResolutionFormatError, match=r"^file:1: still a conflict marker"):
        read_answer(conflict_text(sides, _LABELS, ()), sides, "file")


@given(_sides, _side())
def test_a_plain_answer(sides: Sides, answer: Lines) -> None:
    """A file with nothing but the answer is the answer, unless a marker stands in it."""
    try:
        found = read_answer(b"".join(answer), sides, "file")
    except ResolutionFormatError:
        assert any(line[:1] in b"<|>" and line[:7] == line[:1] * 7 for line in answer)
        return
    ended = b"".join(answer)
    assert b"".join(found) in (ended, ended + b"\n")


def test_a_heading_is_no_marker() -> None:
    """In a file of the person's own a line of = may be a heading; among our markers it is one."""
    sides = Sides((b"a\n",), (b"b\n",), (b"c\n",))
    heading = b"Heading\n=======\n"
    assert (b"Heading\n", b"=======\n") == read_answer(heading, sides, "file")
    _, cut, notes = conflict_text(sides, _LABELS, ()).partition(b"# ---")
    with pytest.raises(ResolutionFormatError, match="file:2"):
        read_answer(heading + cut + notes, sides, "file")
    theirs = Sides(sides.base, (b"=======\n",), sides.ours)
    assert conflict_text(theirs, _LABELS, ()).startswith(b"<<<<<<<< ours: 2.0\n")
    _, cut, notes = conflict_text(theirs, _LABELS, ()).partition(b"# ---")
    assert (b"Heading\n", b"=======\n") == read_answer(heading + cut + notes, theirs, "file")


def test_line_ends_of_dos() -> None:
    """Where every line ends so, the markers do too."""
    side = (b"a\r\n",)
    text = conflict_text(Sides(side, side, side), _LABELS, ("Note.",))
    assert all(line.endswith(b"\r") for line in text.split(b"\n")[:-1])
