"""Recorded amendments: what they change in a ported patch; GNU patch proves every port."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given

from patchkit.diffing.unified import parse_patch
from patchkit.engine.rebasing import PortedStack
from patchkit.model.report import AMENDMENT, Settled, Status
from patchkit.model.series import Entry
from patchkit.model.tree import File, split_lines
from patchkit.model.tree import Path as TreePath
from tests.strategies.stories import RANDOM

from .deciding import WHY, amendment, answer_to, only_question, policy_of
from .generating import some_story
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
)
from .test_laws import EXAMPLES
from .test_stacks import TEXT, line, patches_between

LONG = numbered(60)
MADE = numbered(9, "new")
OLD: Files = {b"f": file(LONG)}
PATCHED = edited(LONG, line(10, b"ten"), line(30, b"thirty"), line(50, b"fifty"))
PATCH = diff(OLD, {b"f": file(PATCHED)})


def hunks_of(ported: PortedStack, number: int = 0) -> list[bytes]:
    """The hunks of a ported patch, without their line numbers."""
    content = ported.patches[number].content
    assert content is not None
    (part,) = parse_patch("ported", content).files
    return [hunk.raw.partition(b" @@")[2] for hunk in part.hunks]


@pytest.mark.parametrize(
    ("patch", "entry"),
    [
        pytest.param(diff({}, {b"n": file(MADE)}), Entry("1.patch"), id="git"),
        pytest.param(
            diff({b"n": file(MADE)}, {}), Entry("1.patch", is_reversed=True), id="git, -R"
        ),
        pytest.param(
            plain_diff("n", b"", MADE).replace(b"a/n", b"/dev/null", 1),
            Entry("1.patch"),
            id="plain",
        ),
    ],
)
def test_a_file_that_the_patch_makes(patch: bytes, entry: Entry) -> None:
    """It is made with the new text at once; mode and names stay, and the report has why."""
    policy = policy_of(amendment(b"n", b"new 4\nnew 5\n", b"fourth\n"))
    ported = port(stack_of(patch, entries=[entry]), {}, {}, policy)
    assert [Status.RESOLVED] == statuses(ported)
    assert file(edited(MADE, (b"new 4\nnew 5\n", b"fourth\n"))) == ported.result[b"n"]
    (region,) = only_file(ported.patches[0]).regions
    assert Settled(AMENDMENT, WHY, (b"fourth\n",)) == region.settlement
    assert (4, (b"new 4\n", b"new 5\n")) == (region.ours.start, region.ours.lines)
    assert () == region.hunks


def test_a_file_that_the_patch_changes() -> None:
    """The hunk that brings the lines says the new ones; the others keep their bytes."""
    ported = port(stack_of(PATCH), OLD, OLD, policy_of(amendment(b"f", b"thirty\n", b"30\n31\n")))
    assert file(edited(PATCHED, (b"thirty\n", b"30\n31\n"))) == ported.result[b"f"]
    before = hunks_of(port(stack_of(PATCH), OLD, OLD))
    after = hunks_of(ported)
    assert [before[0], before[2]] == [after[0], after[2]]
    assert before[1].replace(b"+thirty\n", b"+30\n+31\n") == after[1]


def test_lines_that_the_patch_leaves_alone() -> None:
    """What it amends beside its hunks gets a hunk of its own; all its hunks keep their bytes."""
    ported = port(stack_of(PATCH), OLD, OLD, policy_of(amendment(b"f", b"line 40\n", b"forty\n")))
    assert file(edited(PATCHED, line(40, b"forty"))) == ported.result[b"f"]
    before, after = hunks_of(port(stack_of(PATCH), OLD, OLD)), hunks_of(ported)
    assert before == [after[0], after[1], after[3]]
    assert b"-line 40\n+forty\n" in after[2]


def test_the_next_patches_go_on_from_it() -> None:
    """They apply on top, at their new lines; one that changes the amended lines is held."""
    texts = [MADE, edited(MADE, (b"new 8\n", b"eighth\n"))]
    texts.append(edited(texts[-1], (b"new 4\n", b"fourth\n")))
    stack = stack_of(*patches_between({}, *({b"n": file(text)} for text in texts)))
    policy = policy_of(amendment(b"n", b"new 4\n", b"4\n4\n4\n"))
    ported = port(stack, {}, {}, policy)
    assert [Status.RESOLVED, Status.SHIFTED, Status.CONFLICTED] == statuses(ported)
    assert file(edited(texts[1], (b"new 4\n", b"4\n4\n4\n"))) == ported.result[b"n"]


def test_amendments_are_taken_in_their_order() -> None:
    """The second one sees what the first one made."""
    policy = policy_of(
        amendment(b"n", b"new 4\n", b"fourth\n"), amendment(b"n", b"fourth\nnew 5\n", b"both\n")
    )
    ported = port(stack_of(diff({}, {b"n": file(MADE)})), {}, {}, policy)
    assert file(edited(MADE, (b"new 4\nnew 5\n", b"both\n"))) == ported.result[b"n"]
    regions = only_file(ported.patches[0]).regions
    assert [1, 2] == [region.number for region in regions]


def test_an_amendment_lies_over_a_resolution() -> None:
    """A patch may need both; the one that is held first is settled first."""
    new: Files = {b"f": file(edited(LONG, line(10, b"dix")))}
    held, _ = port_one(PATCH, OLD, new)
    policy = policy_of(
        answer_to(only_question(held), (b"ten and dix\n",)),
        amendment(b"f", b"ten and dix\nline 11\n", b"all\n"),
    )
    ported, whole = port_one(PATCH, OLD, new, policy)
    assert Status.RESOLVED is ported.status
    expected = edited(PATCHED, (b"ten\nline 11\n", b"all\n"))
    assert file(expected) == whole.result[b"f"]


def test_what_is_held_stays_held() -> None:
    """An amendment elsewhere in the file makes no conflict go away."""
    new: Files = {b"f": file(edited(LONG, line(10, b"dix")))}
    policy = policy_of(amendment(b"f", b"thirty\n", b"30\n"))
    ported, whole = port_one(PATCH, OLD, new, policy)
    assert Status.PARTIAL is ported.status
    assert file(edited(PATCHED, (b"ten\n", b"dix\n"), (b"thirty\n", b"30\n"))) == whole.result[b"f"]


@pytest.mark.parametrize(
    ("made", "before"),
    [
        pytest.param(MADE, b"nowhere\n", id="not there"),
        pytest.param(MADE + MADE, b"new 4\n", id="twice"),
        pytest.param(MADE + b"end", b"end\n", id="a line end differs"),
        pytest.param(b"", b"new 4\n", id="an empty file"),
    ],
)
def test_lines_that_are_not_there_once_are_left_alone(made: bytes, before: bytes) -> None:
    """The patch and its status are as without the amendment."""
    patch = diff({}, {b"n": file(made)})
    ported = port(stack_of(patch), {}, {}, policy_of(amendment(b"n", before, b"x\n")))
    assert [Status.UNCHANGED] == statuses(ported)
    assert patch == ported.patches[0].content


@pytest.mark.parametrize(
    ("path", "name"),
    [pytest.param(b"n", "2.patch", id="patch"), pytest.param(b"m", "1.patch", id="file")],
)
def test_another_patch_or_file_is_left_alone(path: bytes, name: str) -> None:
    """An amendment counts for the patch and the file that it names."""
    patch = diff({}, {b"n": file(MADE)})
    policy = policy_of(amendment(path, b"new 4\n", b"x\n", name))
    assert [Status.UNCHANGED] == statuses(port(stack_of(patch), {}, {}, policy))


def test_the_file_is_named_as_the_new_upstream_has_it() -> None:
    """Where upstream moved it, the new path counts."""
    moved: Files = {b"lib/f": file(LONG)}
    for path, status in ((b"lib/f", Status.RESOLVED), (b"f", Status.FOLLOWED)):
        policy = policy_of(amendment(path, b"thirty\n", b"30\n"))
        assert [status] == statuses(port(stack_of(PATCH), OLD, moved, policy))


def test_a_text_without_newline_at_the_end() -> None:
    """An amendment may take the last newline of a file away, or put it there."""
    for end, before, after in ((b"end\n", b"end\n", b"end"), (b"end", b"end", b"the end\n")):
        patch = diff({}, {b"n": file(MADE + end)})
        ported = port(stack_of(patch), {}, {}, policy_of(amendment(b"n", before, after)))
        assert file(MADE + after) == ported.result[b"n"]


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        pytest.param(diff({b"f": file(TEXT)}, {b"f": file(TEXT + b"end\n")}), None, id="git"),
        pytest.param(plain_diff("f", TEXT, TEXT + b"end\n"), None, id="plain"),
        pytest.param(
            diff({b"f": file(TEXT)}, {b"f": File(TEXT + b"end\n", 0o100755)}),
            b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n",
            id="with a mode",
        ),
    ],
)
def test_a_change_that_is_taken_back_whole(patch: bytes, after: bytes | None) -> None:
    """Of the patch is left what else it does, or nothing."""
    old: Files = {b"f": file(TEXT)}
    ported = port(stack_of(patch), old, old, policy_of(amendment(b"f", b"end\n", b"")))
    assert [Status.RESOLVED] == statuses(ported)
    content = ported.patches[0].content
    assert after == (content and b"".join(content.partition(b"755\n")[:2]))
    assert (after is None) == ported.patches[0].is_dropped


def test_a_new_file_that_is_emptied() -> None:
    """A git diff can make an empty file; any other cannot, and keeps its text."""
    git, plain = (
        diff({}, {b"n": file(b"all\n")}),
        plain_diff("n", b"", b"all\n").replace(b"a/n", b"/dev/null", 1),
    )
    policy = policy_of(amendment(b"n", b"all\n", b""))
    assert file(b"") == port(stack_of(git), {}, {}, policy).result[b"n"]
    ported = port(stack_of(plain), {}, {}, policy)
    assert [Status.UNCHANGED] == statuses(ported)
    assert file(b"all\n") == ported.result[b"n"]


def test_text_between_the_files_of_a_patch_stays() -> None:
    """Words above a file diff are no part of it, and are kept."""
    first, second = (diff({}, {path: file(MADE)}) for path in (b"n", b"o"))
    policy = policy_of(amendment(b"o", b"new 4\n", b"fourth\n"))
    ported = port(stack_of(b"Why.\n---\n" + first + b"And so on.\n" + second), {}, {}, policy)
    content = ported.patches[0].content
    assert content is not None
    assert content == b"Why.\n---\n" + first + b"And so on.\n" + second.replace(b"new 4", b"fourth")


@EXAMPLES
@given(RANDOM)
def test_an_amendment_changes_its_file_and_no_other(rng: Random) -> None:
    """Of any stack: the last patch on a file leaves there what it did, with the other lines."""
    story = some_story(rng)
    before = port(story.stack, story.old, story.new)
    places = _amendable(before)
    if not places:
        return
    number, path, content = rng.choice(places)
    lines = split_lines(content)
    at = rng.randrange(len(lines))
    part = lines[at : at + rng.randint(1, 3)]
    if lines.count(part[0]) > 1:
        return
    text = rng.choice((b"", b"amended\n", b"amended\n" + part[0]))
    if not part[-1].endswith(b"\n"):
        text = text.removesuffix(b"\n")
    if not part[-1].endswith(b"\n") and not text:
        return
    name = before.patches[number].name
    policy = policy_of(amendment(path, b"".join(part), text, name))
    after = port(story.stack, story.old, story.new, policy)
    expected = b"".join(lines[:at]) + text + b"".join(lines[at + len(part) :])
    assert before.patches[:number] == after.patches[:number]
    found = after.result[path]
    assert found is not None
    if _is_amended(after, number, path):
        assert expected == found.content
    else:
        assert content == found.content
    assert {place: there for place, there in before.result.items() if place != path} == {
        place: there for place, there in after.result.items() if place != path
    }


def _amendable(ported: PortedStack) -> list[tuple[int, TreePath, bytes]]:
    """The last patch that writes each file, with its hunks carried, and what it leaves there."""
    last = {}
    for number, patch in enumerate(ported.patches):
        for found in patch.files:
            for path in (found.old_path, found.new_path):
                if path is not None:
                    last[path] = number, found
    places = []
    for path, (number, found) in last.items():
        there = ported.result.get(path)
        is_written = found.new_path == path and found.carried and there is not None
        if is_written and there is not None and there.content and there.mode != 0o120000:
            places.append((number, path, there.content))
    return places


def _is_amended(ported: PortedStack, number: int, path: TreePath) -> bool:
    return any(
        isinstance(region.settlement, Settled) and region.settlement.rule == AMENDMENT
        for found in ported.patches[number].files
        for region in found.regions
        if found.new_path == path
    )
