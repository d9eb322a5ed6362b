"""Three-way merges: as git merges, told which lines are the same, and nothing is invented.

Where both sides are diffed anew, git and patchkit differ in two ways only, in 55 of 30,000
generated merges full of equal lines.

- The alignment. git's diff is Myers', and then slides changes; patchkit's is anchored on unique
  lines. Among equal lines (braces, blanks) they may take another one for the same, and one of the
  two sees a conflict where the other has none, or puts an insertion at another of the equal lines.
- Twins. Two insertions (or removals) of the same text that only slid apart, or that are near and
  share a line, meet in patchkit; git puts the text in twice.

The first is taken out of the comparison by numbering the lines, the second is tested by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from patchkit.diffing.alignment import Block, align, gaps
from patchkit.diffing.edits import Edit, apply_edits, edits_of
from patchkit.diffing.merging import Clear, Meeting, Step, merge, realign
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from tests.strategies.text import changed, edit_of, files, simple_bodies

from .oracles import diff, git_merge

Lines = list[bytes]


@dataclass(frozen=True)
class Carried:
    """A merge in which every meeting keeps ours; `held` are those where theirs is another text."""

    lines: Lines
    held: tuple[Meeting, ...]
    steps: tuple[Step, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Versions:
    """A base and what two sides made of it."""

    base: Lines
    theirs: Lines
    ours: Lines


@st.composite
def versions(draw: st.DrawFn) -> Versions:
    """Two sides that each changed a few places, sometimes the same."""
    base = draw(files(simple_bodies, max_size=16))
    theirs = draw(changed(base, simple_bodies, max_changes=3))
    ours = draw(st.one_of(changed(base, simple_bodies), changed(theirs, simple_bodies)))
    return Versions(base, theirs, ours)


def _edits_between(base: Lines, theirs: Lines) -> tuple[Edit, ...]:
    found = gaps(align(base, theirs), len(base), len(theirs))
    return tuple(
        edit_of(base, gap.base_start, gap.base_stop, theirs[gap.ours_start : gap.ours_stop], hunk)
        for hunk, gap in enumerate(found)
    )


def _carry(edits: Sequence[Edit], base: Lines, ours: Lines, blocks: Sequence[Block]) -> Carried:
    """Take every step as the engine does when no rule settles anything but equal texts."""
    steps = merge(edits, base, ours, blocks)
    lines: Lines = []
    held: list[Meeting] = []
    taken: list[tuple[Step, Sequence[bytes], Sequence[Block]]] = []
    at = 0
    for step in steps:
        match step:
            case Clear(edit, start):
                stop, put = start + edit.stop - edit.start, list(edit.added)
                taken.append((step, put, ()))
            case Meeting():
                start, stop = step.ours_start, step.ours_stop
                put = ours[start:stop]
                taken.append((step, put, align(step.theirs, put)))
                if list(step.theirs) != put:
                    held.append(step)
        assert at <= start <= stop <= len(ours)
        lines += ours[at:start] + put
        at = stop
    lines += ours[at:]
    return Carried(lines, tuple(held), steps, realign(taken, blocks))


def _merged(case: Versions) -> Carried:
    edits = _edits_between(case.base, case.theirs)
    return _carry(edits, case.base, case.ours, align(case.base, case.ours))


def _pairs(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    for block in blocks:
        yield from ((block.base + n, block.ours + n) for n in range(block.count))


def _numbered(base: Lines, other: Lines) -> Lines:
    """`other` with every line that is paired with one of base made `base N`.

    So each line of base is there once, and there is only one way to align the two.
    """
    numbers = {there: here for here, there in _pairs(align(base, other))}
    return [
        b"base %d\n" % numbers[at] if at in numbers else b"new " + line.removesuffix(b"\n") + b"\n"
        for at, line in enumerate(other)
    ]


@settings(max_examples=250, deadline=None)
@given(versions())
def test_given_the_alignment_git_merges_alike(case: Versions) -> None:
    """With no choice of what is paired, we hold where git has conflicts; else the texts agree."""
    numbered = Versions(
        [b"base %d\n" % at for at in range(len(case.base))],
        _numbered(case.base, case.theirs),
        _numbered(case.base, case.ours),
    )
    ours = _merged(numbered)
    git = git_merge(b"".join(numbered.base), b"".join(numbered.theirs), b"".join(numbered.ours))
    assert bool(git.conflicts) == bool(ours.held)
    if not ours.held:
        assert git.content == b"".join(ours.lines)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 16), st.data())
def test_files_of_different_lines_are_merged_as_git_does(count: int, data: st.DataObject) -> None:
    """Where no line of base stands twice there is nothing to choose: the very texts agree."""
    base = [b"base %d\n" % at for at in range(count)]
    news = st.integers(0, 9).map(lambda number: b"new %d" % number)
    theirs, ours = (data.draw(changed(base, news)) for _ in range(2))
    result = _merged(Versions(base, theirs, ours))
    git = git_merge(b"".join(base), b"".join(theirs), b"".join(ours))
    assert bool(git.conflicts) == bool(result.held)
    if not result.held:
        assert git.content == b"".join(result.lines)


@settings(max_examples=250, deadline=None)
@given(versions())
def test_what_is_merged_beside_equal_lines_is_merged_alike(case: Versions) -> None:
    """Equal lines elsewhere never change a text; slid twins only make more of it meet."""
    edits = _edits_between(case.base, case.theirs)
    blocks = align(case.base, case.ours)
    real = _carry(edits, case.base, case.ours, blocks)
    plain_base = [b"base %d\n" % at for at in range(len(case.base))]
    plain_edits = _edits_between(plain_base, _numbered(case.base, case.theirs))
    plain = _carry(plain_edits, plain_base, _numbered(case.base, case.ours), blocks)
    covered = {
        edit for step in plain.steps if isinstance(step, Meeting) for edit in _spans(step.edits)
    }
    met = {edit for step in real.steps if isinstance(step, Meeting) for edit in _spans(step.edits)}
    assert covered <= met
    if covered == met:
        assert len(plain.steps) == len(real.steps)


def _spans(edits: Sequence[Edit]) -> Iterator[tuple[int, int]]:
    yield from ((edit.start, edit.stop) for edit in edits)


@settings(max_examples=250, deadline=None)
@given(versions())
def test_nothing_is_invented(case: Versions) -> None:
    """Every line of the result is one of ours or of theirs, and no more often than in both."""
    result = _merged(case)
    for line in set(result.lines):
        assert result.lines.count(line) <= case.ours.count(line) + case.theirs.count(line)
    assert set(result.lines) <= set(case.ours) | set(case.theirs)


@settings(max_examples=250, deadline=None)
@given(versions())
def test_steps_cover_the_edits_in_order(case: Versions) -> None:
    """Each edit is in one step; regions ascend in base; a meeting's theirs is what it did there."""
    edits = _edits_between(case.base, case.theirs)
    steps = _merged(case).steps
    found: list[Edit] = []
    at = 0
    for step in steps:
        match step:
            case Clear(edit):
                found.append(edit)
                start, stop = edit.start, edit.stop
            case Meeting():
                found += step.edits
                start, stop = step.base_start, step.base_stop
                inside = [
                    edit_of(case.base, edit.start, edit.stop, edit.added) for edit in step.edits
                ]
                after = apply_edits(case.base[:stop], inside)
                assert after[start:] == list(step.theirs)
        assert at <= start <= stop
        at = stop
    assert list(edits) == found


@settings(max_examples=250, deadline=None)
@given(versions())
def test_realigned_blocks_pair_equal_lines(case: Versions) -> None:
    """After all steps the alignment is one of the new base (theirs) with the new ours."""
    result = _merged(case)
    base_at = ours_at = 0
    for block in result.blocks:
        assert block.count > 0
        assert block.base >= base_at
        assert block.ours >= ours_at
        base_at, ours_at = block.base + block.count, block.ours + block.count
        assert case.theirs[block.base : base_at] == result.lines[block.ours : ours_at]
    assert base_at <= len(case.theirs)
    assert ours_at <= len(result.lines)


@settings(max_examples=200, deadline=None)
@given(versions())
def test_realigned_blocks_lose_nothing_outside_the_steps(case: Versions) -> None:
    """Lines that were paired and that no step replaced are paired still."""
    result = _merged(case)
    before = align(case.base, case.ours)
    touched = {
        at
        for step in result.steps
        for at in (
            range(step.edit.start, step.edit.stop)
            if isinstance(step, Clear)
            else range(step.base_start, step.base_stop)
        )
    }
    kept = sum(pair[0] not in touched for pair in _pairs(before))
    clear = sum(len(step.edit.added) for step in result.steps if isinstance(step, Clear))
    assert kept + clear <= sum(block.count for block in result.blocks)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_change_that_upstream_made_too_is_not_made_twice(data: st.DataObject) -> None:
    """However GNU diff tells the change in the patch, ours stays as it is where it has it all."""
    base = data.draw(files(simple_bodies))
    theirs = data.draw(changed(base, simple_bodies))
    context = data.draw(st.sampled_from((0, 1, 3)))
    patch = diff(b"".join(base), b"".join(theirs), context)
    assume(patch)
    hunks = parse_patch("p", patch).files[0].hunks
    edits = edits_of(hunks, place_hunks(hunks, base, 0), base)
    assert theirs == _carry(edits, base, theirs, align(base, theirs)).lines


@given(files(simple_bodies), st.data())
def test_without_upstream_changes_all_is_clear(base: Lines, data: st.DataObject) -> None:
    """Old equal to new: every edit keeps its place and the result is theirs."""
    theirs = data.draw(changed(base, simple_bodies))
    result = _merged(Versions(base, theirs, list(base)))
    assert theirs == result.lines
    assert [edit.start for edit in _edits_between(base, theirs)] == [
        step.at for step in result.steps if isinstance(step, Clear)
    ]


@given(files(simple_bodies), st.data())
def test_without_edits_nothing_happens(base: Lines, data: st.DataObject) -> None:
    """No edit, no step; ours and the alignment stay as they are."""
    ours = data.draw(changed(base, simple_bodies))
    blocks = align(base, ours)
    assert Carried(ours, (), (), blocks) == _carry((), base, ours, blocks)


def _lines(text: str) -> Lines:
    return [line.encode() + b"\n" for line in text.split()]


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "expected"),
    [
        pytest.param("a b c d", "a B c d", "a b c D", "a B c D", id="one line between: clear"),
        pytest.param("a b c d", "a B c d", "a b C d", None, id="touching lines meet"),
        pytest.param("a b c", "a B c", "a B c", "a B c", id="the same change"),
        pytest.param("a b c", "a B c", "a X c", None, id="another change"),
        pytest.param("a b", "a x b", "a y b", None, id="both insert at the same place"),
        pytest.param("a b c d", "a x b c d", "a b c", "a x b c", id="removed further down"),
        pytest.param("a b c", "a c", "a c", "a c", id="both removed it"),
        pytest.param("", "a", "", "a", id="a first line for an empty file"),
        pytest.param("", "a", "a", "a", id="the same first line"),
        pytest.param("a b c", "", "a b c", "", id="all lines removed"),
        pytest.param("a b c", "a b x c", "z a b c", "z a b x c", id="shifted down"),
        pytest.param("a b c d e f", "a B c d E f", "a b c d", None, id="one held, one clear"),
    ],
)
def test_meetings(base: str, theirs: str, ours: str, expected: str | None) -> None:
    """Changes of both sides that overlap or touch meet; all others are clear."""
    case = Versions(_lines(base), _lines(theirs), _lines(ours))
    result = _merged(case)
    assert (expected is None) == bool(result.held)
    if expected is not None:
        assert _lines(expected) == result.lines


def test_a_held_region_leaves_the_others_clear() -> None:
    """What meets keeps the text of ours; the clear edit beside it goes in."""
    case = Versions(_lines("a b c d e f g"), _lines("a B c d e F g"), _lines("a X c d e f g"))
    result = _merged(case)
    assert [Meeting, Clear] == [type(step) for step in result.steps]
    assert _lines("a X c d e F g") == result.lines


def test_the_span_of_a_meeting_covers_all_that_touches() -> None:
    """Two edits that meet one change are one region, with the lines between them."""
    case = Versions(_lines("a b c d e"), _lines("a B c D e"), _lines("a e"))
    (met,) = _merged(case).held
    assert (1, 4, 1, 1) == (met.base_start, met.base_stop, met.ours_start, met.ours_stop)
    assert tuple(_lines("B c D")) == met.theirs
    assert 2 == len(met.edits)


@pytest.mark.parametrize(
    ("base", "edit", "ours"),
    [
        pytest.param(
            "f { } end", (2, 2, "} g {"), "f { } g { } end", id="insertion told from the other end"
        ),
        pytest.param("x x x end", (0, 1, ""), "x x end", id="one of equal lines removed"),
        pytest.param(
            "a } b c", (1, 1, "} new1 new2"), "a } new1 new3 b c",
            id="near insertions that share a line",
        ),
    ],
)  # fmt: skip
def test_twins_that_slid_apart_meet(base: str, edit: tuple[int, int, str], ours: str) -> None:
    """The same insertion or removal told at another line is not carried a second time."""
    lines = _lines(base)
    start, stop, added = edit
    theirs = edit_of(lines, start, stop, _lines(added))
    result = _carry([theirs], lines, _lines(ours), align(lines, _lines(ours)))
    assert [Meeting] == [type(step) for step in result.steps]
    assert _lines(ours) == result.lines


@pytest.mark.parametrize(
    ("base", "edit", "ours"),
    [
        pytest.param("a b c d", (1, 1, "}"), "a b c } d", id="the line says nothing"),
        pytest.param("a b c d", (1, 1, "new"), "a b c new d", id="the places are fixed"),
        pytest.param("a b c d", (1, 2, ""), "a b c new d", id="removal and insertion"),
        pytest.param("a b c d", (1, 2, "x"), "a b c x d", id="replacement and insertion"),
    ],
)
def test_what_is_no_twin_is_clear(base: str, edit: tuple[int, int, str], ours: str) -> None:
    """Only what a diff could have told otherwise counts as the same."""
    lines = _lines(base)
    start, stop, added = edit
    theirs = edit_of(lines, start, stop, _lines(added))
    result = _carry([theirs], lines, _lines(ours), align(lines, _lines(ours)))
    assert [Clear] == [type(step) for step in result.steps]


def test_a_twin_far_above_takes_the_edits_between_along() -> None:
    """The region from an edit up to its slid twin holds the edits in between, still in order."""
    base = _lines("top x x x x x x end")
    ours = _lines("top x x x x x x x end")
    blocks = (Block(0, 0, 1), Block(1, 2, 7))  # told as an insertion right behind the top
    edits = (
        edit_of(base, 3, 3, _lines("one")),
        edit_of(base, 5, 5, _lines("two"), 1),
        edit_of(base, 7, 7, _lines("x"), 2),
    )
    steps = merge(edits, base, ours, blocks)
    assert [edits] == [step.edits for step in steps if isinstance(step, Meeting)]
    assert 1 == len(steps)


def test_a_long_slide_is_given_up() -> None:
    """Beyond a hundred equal lines a twin is not looked for, however long the file."""
    base = [b"same\n"] * 400
    ours = [b"same\n"] * 401
    (step,) = merge([edit_of(base, 0, 0, [b"same\n"])], base, ours, align(base, ours))
    assert isinstance(step, Clear)


def test_an_edit_behind_many_changes_meets_its_own() -> None:
    """Changes far above an edit do not matter to it."""
    base = [b"%d\n" % number for number in range(1000)]
    ours = [line for number, line in enumerate(base) if number % 150]
    edits = [edit_of(base, at, at + 1, [b"new\n"], at) for at in (75, 600, 990)]
    steps = merge(edits, base, ours, align(base, ours))
    assert [Clear, Meeting, Clear] == [type(step) for step in steps]
