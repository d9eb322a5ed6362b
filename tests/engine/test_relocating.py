"""Code that upstream moved: hunks go to where their lines stand; GNU patch proves every port."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack
from patchkit.model.patch import LineKind
from patchkit.model.report import FollowKind, HeldCause, Settled, Status
from patchkit.model.series import Entry
from patchkit.model.tree import Path, split_lines

from .making import (
    Files,
    diff,
    edited,
    file,
    numbered,
    only_file,
    plain_diff,
    port,
    port_one,
    stack_of,
    statuses,
    why_held,
)
from .moving_code import moving_story, pure_move
from .test_stacks import patches_between

TOP, END = numbered(9, "top"), numbered(9, "end")
MOVED = b"int it(void)\n{\n\tfirst();\n\tsecond();\n\tthird();\n\tfourth();\n\tfifth();\n}\n"
OTHER = numbered(12, "other")
OLD: Files = {b"src/a.c": file(TOP + MOVED + END), b"src/b.c": file(OTHER)}
EDIT = (b"\tthird();\n", b"\tpatched();\n")
PATCHED: Files = {**OLD, b"src/a.c": file(TOP + edited(MOVED, EDIT) + END)}
AWAY: Files = {b"src/a.c": file(TOP + END), b"src/b.c": file(OTHER + MOVED)}
LANDED = file(OTHER + edited(MOVED, EDIT))


def rules_of(ported: PortedStack) -> set[str]:
    """What settled the regions."""
    return {
        region.settlement.rule
        for patch in ported.patches
        for found in patch.files
        for region in found.regions
        if isinstance(region.settlement, Settled)
    }


def is_followed(ported: PortedStack) -> bool:
    """Whether a hunk went to where its code stands."""
    return any(
        found.followed is not None and found.followed.kind is FollowKind.CODE
        for patch in ported.patches
        for found in patch.files
    )


PLAIN = plain_diff("src/a.c", OLD[b"src/a.c"].content, PATCHED[b"src/a.c"].content)


@pytest.mark.parametrize(
    ("patch", "entry"),
    [
        pytest.param(diff(OLD, PATCHED), Entry("1.patch"), id="git"),
        pytest.param(diff(OLD, PATCHED, "-U1"), Entry("1.patch"), id="git, -U1"),
        pytest.param(diff(OLD, PATCHED, "--no-prefix"), Entry("1.patch", 0), id="git, -p0"),
        pytest.param(diff(PATCHED, OLD), Entry("1.patch", 1, is_reversed=True), id="git, -R"),
        pytest.param(PLAIN, Entry("1.patch"), id="plain"),
        pytest.param(b"Index: a.c\n" + b"=" * 67 + b"\n" + PLAIN, Entry("1.patch"), id="Index"),
        pytest.param(
            PLAIN.replace(b" a/src", b" src").replace(b" b/src", b" src"),
            Entry("1.patch", 0),
            id="plain, -p0",
        ),
    ],
)
def test_code_that_went_to_another_file(patch: bytes, entry: Entry) -> None:
    """The hunk goes there, and the patch names that file; nothing is left of the old place."""
    ported = port(stack_of(patch, entries=[entry]), OLD, AWAY)
    assert [Status.RESOLVED] == statuses(ported)
    found = only_file(ported.patches[0])
    assert (b"src/a.c", b"src/b.c") == (found.old_path, found.new_path)
    assert (1, 1) == (found.hunks, found.carried)
    assert is_followed(ported)
    assert {"moved-code"} == rules_of(ported)
    assert LANDED == ported.result[b"src/b.c"]
    content = ported.patches[0].content or b""
    assert b"src/b.c" in content
    assert b"src/a.c" not in content


def test_the_report_says_where_the_lines_stand() -> None:
    """File and line are in the note of the region, for review."""
    ported, _ = port_one(diff(OLD, PATCHED), OLD, AWAY)
    ((region,),) = (found.regions for found in ported.files)
    assert isinstance(region.settlement, Settled)
    assert "stand at line 14 of src/b.c, and nowhere else" in region.settlement.note


def test_code_that_went_elsewhere_in_its_file() -> None:
    """The function went above another one, whose lines upstream changed as well."""
    text = TOP + MOVED + numbered(30, "long") + END
    old, new = {b"f": file(text)}, {b"f": file(TOP + numbered(30, "long") + MOVED + END)}
    ported = port(stack_of(diff(old, {b"f": file(edited(text, EDIT))})), old, new)
    assert [True] == [patch.status.is_ported for patch in ported.patches]
    assert file(edited(new[b"f"].content, EDIT)) == ported.result[b"f"]


def test_one_hunk_goes_and_one_stays() -> None:
    """The patch has two file parts then: what is left at the old place, and the other file."""
    theirs = {**OLD, b"src/a.c": file(edited(PATCHED[b"src/a.c"].content, (b"top 2\n", b"two\n")))}
    ported = port(stack_of(diff(OLD, theirs, "-U2")), OLD, AWAY)
    assert [Status.RESOLVED] == statuses(ported)
    assert [b"src/a.c", b"src/b.c"] == [found.new_path for found in ported.patches[0].files]
    assert [1, 1] == [found.carried for found in ported.patches[0].files]
    assert (
        file(edited(AWAY[b"src/a.c"].content, (b"top 2\n", b"two\n"))) == ported.result[b"src/a.c"]
    )
    assert LANDED == ported.result[b"src/b.c"]


def test_hunks_go_to_two_files() -> None:
    """Upstream split a file; each hunk goes to its part, the file itself is gone."""
    second = MOVED.replace(b"it(", b"that(").replace(b"();", b"_that();")
    old: Files = {b"src/a.c": file(TOP + MOVED + END + second)}
    text = edited(old[b"src/a.c"].content, EDIT, (b"\tthird_that();\n", b"\tpatched_that();\n"))
    new: Files = {
        b"src/x.c": file(OTHER + MOVED + numbered(40, "x")),
        b"src/y.c": file(numbered(40, "y") + second),
    }
    ported = port(stack_of(diff(old, {b"src/a.c": file(text)})), old, new)
    assert [Status.RESOLVED] == statuses(ported)
    assert [b"src/x.c", b"src/y.c"] == [found.new_path for found in ported.patches[0].files]
    for path, change in ((b"src/x.c", EDIT), (b"src/y.c", (b"third_that", b"patched_that"))):
        assert file(edited(new[path].content, change)) == ported.result[path]


# --- where it must not go


def _held_as_it_was(new: Files, patch: bytes = b"") -> None:
    ported = port(stack_of(patch or diff(OLD, PATCHED)), OLD, new, Policy(absorbed_from=2.0))
    assert [Status.CONFLICTED] == statuses(ported)
    assert not is_followed(ported)
    assert new == {**new, **{path: one for path, one in ported.result.items() if one}}


@pytest.mark.parametrize(
    "places",
    [(b"src/b.c", b"src/c.c"), (b"src/b.c", b"src/b.c")],
    ids=["two files", "twice in a file"],
)
def test_two_places_are_a_conflict(places: tuple[Path, Path]) -> None:
    """Never a guess."""
    new = {b"src/a.c": file(TOP + END), b"src/b.c": file(OTHER)}
    for place in places:
        before = new[place].content if place in new else b""
        new[place] = file(before + MOVED)
    _held_as_it_was(new)


def test_lines_that_upstream_changed_are_not_the_same_lines() -> None:
    """One line of the hunk is another one there: nothing is found."""
    other = edited(MOVED, (b"\tthird();\n", b"\tthird(1);\n"))
    _held_as_it_was({b"src/a.c": file(TOP + END), b"src/b.c": file(OTHER + other)})


def test_too_few_telling_lines_are_no_evidence() -> None:
    """Two lines with words in them may stand anywhere."""
    body = b"{\n\tone();\n\ttwo();\n}\n"
    old = {b"src/a.c": file(TOP + body + END), b"src/b.c": file(OTHER)}
    theirs = {**old, b"src/a.c": file(TOP + edited(body, (b"\ttwo();\n", b"\tzwei();\n")) + END)}
    new = {b"src/a.c": file(TOP + END), b"src/b.c": file(OTHER + body)}
    ported = port(stack_of(diff(old, theirs, "-U1")), old, new)
    assert [Status.CONFLICTED] == statuses(ported)
    assert not is_followed(ported)


def test_a_file_of_another_kind_is_not_looked_at() -> None:
    """The lines stand in a text: that is a quotation, no code that moved."""
    _held_as_it_was({b"src/a.c": file(TOP + END), b"doc/b.txt": file(OTHER + MOVED)})


def test_a_file_that_upstream_left_alone_is_not_looked_at() -> None:
    """What stood there before as well has not moved there."""
    old = {**OLD, b"src/b.c": file(OTHER + MOVED)}
    new = {b"src/a.c": file(TOP + END), b"src/b.c": old[b"src/b.c"]}
    theirs = {**old, b"src/a.c": PATCHED[b"src/a.c"]}
    ported = port(stack_of(diff(old, theirs)), old, new)
    assert not is_followed(ported)
    assert [Status.CONFLICTED] == statuses(ported)


def test_both_append_to_a_file() -> None:
    """The lines before the held insertion stand where they stood: that is no move."""
    old, new = {b"f": file(TOP)}, {b"f": file(TOP + b"upstream\n")}
    ported, whole = port_one(diff(old, {b"f": file(TOP + b"patched\n")}), old, new)
    assert HeldCause.OVERLAP is why_held(ported).cause
    assert new == whole.result


def test_a_copy_elsewhere_is_no_move() -> None:
    """Upstream changed the very line between two that stand as before, and a copy of the function
    came into another file: the patch is for the one that it named."""
    new = {
        b"src/a.c": file(edited(OLD[b"src/a.c"].content, (b"\tthird();\n", b"\tupstream();\n"))),
        b"src/b.c": file(OTHER + MOVED),
    }
    ported, whole = port_one(diff(OLD, PATCHED), OLD, new)
    assert HeldCause.OVERLAP is why_held(ported).cause
    assert new[b"src/a.c"] == whole.result[b"src/a.c"]


# --- context, and other patches


def test_less_context_is_enough_where_the_code_is_all_that_moved() -> None:
    """The hunk has lines of the old neighbours; up to two at each end may be missing."""
    theirs = {
        **OLD,
        b"src/a.c": file(edited(OLD[b"src/a.c"].content, (b"\tsecond();\n", b"\t2();\n"))),
    }
    ported = port(stack_of(diff(OLD, theirs, "-U4")), OLD, AWAY)
    assert [Status.RESOLVED] == statuses(ported)
    assert file(OTHER + edited(MOVED, (b"\tsecond();\n", b"\t2();\n"))) == ported.result[b"src/b.c"]
    ported = port(stack_of(diff(OLD, theirs, "-U9")), OLD, AWAY)
    assert [Status.CONFLICTED] == statuses(ported)


def test_patches_follow_each_other() -> None:
    """The second one changes a line that the first one brought to the new place."""
    first = PATCHED
    second = {
        **OLD,
        b"src/a.c": file(edited(first[b"src/a.c"].content, (b"patched();", b"again();"))),
    }
    third = {**OLD, b"src/a.c": file(edited(second[b"src/a.c"].content, (b"end 5\n", b"five\n")))}
    ported = port(stack_of(*patches_between(OLD, first, second, third)), OLD, AWAY)
    assert [Status.RESOLVED, Status.RESOLVED, Status.SHIFTED] == statuses(ported)
    assert file(OTHER + edited(MOVED, (b"third();", b"again();"))) == ported.result[b"src/b.c"]
    assert file(edited(TOP + END, (b"end 5\n", b"five\n"))) == ported.result[b"src/a.c"]


def test_no_hunk_goes_into_a_file_that_the_patch_moves() -> None:
    """GNU patch moves such a file as it was before the run of git diffs: the hunk would be lost."""
    rename = (
        b"diff --git a/src/b.c b/src/c.c\nsimilarity index 100%\n"
        b"rename from src/b.c\nrename to src/c.c\n"
    )
    ported, whole = port_one(diff(OLD, PATCHED) + rename, OLD, AWAY)
    assert Status.PARTIAL is ported.status
    assert HeldCause.OVERLAP is why_held(ported).cause
    assert AWAY[b"src/b.c"] == whole.result[b"src/c.c"]


def test_what_builds_on_a_hunk_that_found_no_place_is_held() -> None:
    """Upstream has the code in two places: the second patch follows neither, and is held."""
    second = {
        **OLD,
        b"src/a.c": file(edited(PATCHED[b"src/a.c"].content, (b"patched();", b"x1();"))),
    }
    new = {**AWAY, b"src/c.c": file(MOVED)}
    ported = port(stack_of(*patches_between(OLD, PATCHED, second)), OLD, new)
    assert [Status.CONFLICTED, Status.CONFLICTED] == statuses(ported)
    assert new == {**new, **{path: one for path, one in ported.result.items() if one}}


def test_the_stack_has_its_own_patch_at_the_new_place() -> None:
    """An earlier patch of that file is in the way of nothing."""
    before = {**OLD, b"src/b.c": file(edited(OTHER, (b"other 3\n", b"three\n")))}
    theirs = {**before, b"src/a.c": PATCHED[b"src/a.c"]}
    ported = port(stack_of(*patches_between(OLD, before, theirs)), OLD, AWAY)
    assert [Status.UNCHANGED, Status.RESOLVED] == statuses(ported)
    assert file(edited(LANDED.content, (b"other 3\n", b"three\n"))) == ported.result[b"src/b.c"]


# --- laws


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_any_story_of_moved_code_is_proved(first: int) -> None:
    """Whatever moves: GNU patch makes the result, and every line is somebody's."""
    for seed in range(first, first + 40):
        story = moving_story(Random(seed))
        ported = port(story.stack, story.old, story.new)
        known = {line for one in story.new.values() for line in split_lines(one.content)}
        for stacked in story.stack.patches:
            is_new = LineKind.REMOVED if stacked.entry.is_reversed else LineKind.ADDED
            known |= {
                line.content
                for part in stacked.patch.files
                for hunk in part.hunks
                for line in hunk.lines
                if line.kind is is_new
            }
        for one in ported.result.values():
            assert one is None or set(split_lines(one.content)) <= known, seed


@pytest.mark.parametrize("first", range(0, 240, 60))
def test_a_patch_goes_with_its_function(first: int) -> None:
    """Where functions only move, the result of a patch that is not held is the moved functions,
    edited: no edit ends in another function, or is lost."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + 60):
        move = pure_move(Random(seed))
        if not move.patch:
            continue
        ported, whole = port_one(move.patch, move.old, move.new)
        if ported.status.needs_person:
            seen["held"] += 1
            continue
        seen["moved" if is_followed(whole) else "other"] += 1
        assert move.expected == {**move.new, **whole.result}, seed
    assert seen["moved"] >= 5
    assert seen["moved"] + seen["other"] >= 2 * seen["held"]
