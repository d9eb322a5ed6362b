"""Laws that hold for every stack and every pair of versions; GNU patch proves every port."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings

from patchkit.engine.policy import Policy
from patchkit.model.patch import LineKind
from patchkit.model.report import Held, HeldCause, Status
from patchkit.model.tree import File, split_lines
from patchkit.model.tree import Path as TreePath
from tests.strategies.stories import RANDOM

from .generating import edited_content, some_content, some_story
from .gnupatch import read_tree, run_patch, write_tree
from .making import Files, diff, file, plain_diff, port, port_one, stack_of, statuses

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def with_result(files: Files, result: dict[TreePath, File | None]) -> Files:
    """The files with those of a result in their place."""
    return {path: found for path, found in {**files, **result}.items() if found is not None}


def counted(content: bytes) -> Counter[bytes]:
    """How often each line stands in a text; a missing final newline does not count."""
    return Counter(line.removesuffix(b"\n") for line in split_lines(content))


@EXAMPLES
@given(RANDOM)
def test_any_port_is_proved(rng: Random) -> None:
    """Whatever conflicts: no error, GNU patch makes the result, and every line is somebody's."""
    story = some_story(rng)
    ported = port(story.stack, story.old, story.new)
    known = {line for found in story.new.values() for line in counted(found.content)}
    for stacked in story.stack.patches:
        is_new = LineKind.REMOVED if stacked.entry.is_reversed else LineKind.ADDED
        known |= {
            line.content.removesuffix(b"\n")
            for part in stacked.patch.files
            for hunk in part.hunks
            for line in hunk.lines
            if line.kind is is_new
        }
    written = {line for found in ported.result.values() if found for line in counted(found.content)}
    assert written <= known


@EXAMPLES
@given(RANDOM)
def test_base_is_what_patch_makes_of_the_old_version(rng: Random) -> None:
    """On its own version a stack is unchanged, and does what GNU patch does."""
    story = some_story(rng)
    ported = port(story.stack, story.old, story.old)
    assert [stacked.patch.raw for stacked in story.stack.patches] == [
        patch.content for patch in ported.patches
    ]
    assert {Status.UNCHANGED} >= set(statuses(ported))
    assert story.patched == with_result(story.old, dict(ported.result))


@EXAMPLES
@given(RANDOM)
def test_a_stack_is_broken_where_patch_fails(rng: Random) -> None:
    """On a version that it was not made for, a stack fits as far as GNU patch says."""
    story = some_story(rng)
    ported = port(story.stack, story.new, story.new)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, story.new)
        for stacked, patch in zip(story.stack.patches, ported.patches, strict=True):
            entry = stacked.entry
            code, _ = run_patch(
                root,
                stacked.patch.raw,
                strip=entry.strip or 0,
                fuzz=Policy().max_fuzz,
                is_reversed=entry.is_reversed,
            )
            if code != 0:
                assert Status.BROKEN is patch.status
            if patch.status is Status.BROKEN:
                return
        assert read_tree(root) == with_result(story.new, dict(ported.result))


@EXAMPLES
@given(RANDOM)
def test_a_patch_that_upstream_took_leaves_nothing_to_do(rng: Random) -> None:
    """Porting to a version with the patch in it is for every file of the patch upstreamed.

    Not so for a stack: of patches that build on each other, the new version shows only the last.
    """
    story = some_story(rng, most_patches=1)
    ported = port(story.stack, story.old, story.patched)
    assert {Status.UPSTREAMED} >= set(statuses(ported))
    assert story.patched == with_result(story.patched, dict(ported.result))


@EXAMPLES
@given(RANDOM)
def test_regions_are_true(rng: Random) -> None:
    """The three sides of a region stand in the three versions, where the region says."""
    base = some_content(rng)
    theirs, ours = (edited_content(rng, base, word) for word in (b"theirs", b"ours"))
    context = rng.randint(0, 4)
    patch = plain_diff("f", base, theirs, context=context)
    if base and patch:
        ported, _ = port_one(patch, {b"f": file(base)}, {b"f": file(ours)})
        for found in ported.files:
            numbers = [region.number for region in found.regions]
            assert list(range(1, len(numbers) + 1)) == numbers
            for region in found.regions:
                for side, text in (
                    (region.base, base),
                    (region.theirs, theirs),
                    (region.ours, ours),
                ):
                    at = side.start - 1
                    assert split_lines(text)[at : at + len(side.lines)] == list(side.lines)
                if isinstance(region.settlement, Held):
                    cause = region.settlement.cause
                    assert cause in (HeldCause.OVERLAP, HeldCause.DOUBTFUL)


@EXAMPLES
@given(RANDOM)
def test_every_edit_is_carried_once(rng: Random) -> None:
    """Where no region is, ours gains just the lines that base gains, and loses those it loses."""
    base = some_content(rng)
    theirs, ours = (edited_content(rng, base, word) for word in (b"theirs", b"ours"))
    patch = plain_diff("f", base, theirs)
    if not base or not patch:
        return
    ported, whole = port_one(patch, {b"f": file(base)}, {b"f": file(ours)}, Policy(max_fuzz=0))
    found = whole.result[b"f"]
    assert found is not None
    if ported.status in (Status.UNCHANGED, Status.SHIFTED, Status.MERGED):
        assert counted(ours) + counted(theirs) == counted(found.content) + counted(base)


@EXAMPLES
@given(RANDOM)
def test_held_regions_leave_upstream_its_text(rng: Random) -> None:
    """Every held region of the last patch still stands in ours when the stack is in."""
    base = some_content(rng)
    theirs, ours = (edited_content(rng, base, word) for word in (b"theirs", b"ours"))
    patch = diff({b"f": file(base)}, {b"f": file(theirs)})
    if not patch:
        return
    ported, whole = port_one(patch, {b"f": file(base)}, {b"f": file(ours)})
    found = whole.result[b"f"]
    assert found is not None
    for region in ported.held:
        text = b"".join(region.ours.lines).removesuffix(b"\n")
        assert text in found.content


@EXAMPLES
@given(RANDOM)
def test_patches_of_different_files_commute(rng: Random) -> None:
    """Their order changes neither what becomes of each, nor the result."""
    old = {b"one/f": file(some_content(rng)), b"two/g": file(some_content(rng))}
    new = {
        path: file(edited_content(rng, found.content, b"upstream")) for path, found in old.items()
    }
    patches = [
        diff(old, {**old, path: file(edited_content(rng, found.content, b"patch"))})
        for path, found in old.items()
    ]
    patches = [patch for patch in patches if patch]
    forward = port(stack_of(*patches), old, new)
    backward = port(stack_of(*reversed(patches)), old, new)
    assert forward.result == backward.result
    assert statuses(forward) == statuses(backward)[::-1]
    assert [patch.content for patch in forward.patches] == [
        patch.content for patch in reversed(backward.patches)
    ]
