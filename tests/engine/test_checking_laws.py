"""`check` says of every patch of any stack what GNU patch does with it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.engine.checking import Fit, PatchFit, check_stack
from patchkit.engine.policy import Policy
from patchkit.engine.walking import applied, steps_of
from patchkit.model.patch import Hunk
from patchkit.model.tree import File, MemoryTree, split_lines
from tests.diffing.oracles import Taken, run, scratch, taken_hunks
from tests.strategies.patches import loose_patchings, patchings
from tests.strategies.stories import RANDOM

from .generating import some_story
from .gnupatch import run_patch, write_tree


def told(fit: PatchFit) -> tuple[Taken | None, ...]:
    """What became of each hunk of a patch."""
    return tuple(
        None if hunk.place is None else Taken(hunk.place.offset, hunk.place.fuzz)
        for file in fit.files
        for hunk in file.hunks
    )


@settings(
    max_examples=100, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(RANDOM, st.integers(0, 3), st.booleans())
def test_offset_and_fuzz_are_those_of_patch(rng: Random, fuzz: int, is_drifted: bool) -> None:
    """Patch after patch, on the version that the stack is for and on another one.

    The first patch that does not apply ends the comparison: GNU patch leaves half of it behind.
    """
    story = some_story(rng)
    tree = story.new if is_drifted else story.old
    policy = Policy(max_fuzz=fuzz)
    fits = check_stack(story.stack, MemoryTree(tree), policy)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "tree")
        write_tree(root, tree)
        for stacked, fit in zip(story.stack.patches, fits, strict=True):
            entry = stacked.entry
            code, said = run_patch(
                root, stacked.patch.raw, "--verbose", strip=entry.strip or 0, fuzz=fuzz,
                is_reversed=entry.is_reversed,
            )  # fmt: skip
            if code != 0:
                assert fit.fit is Fit.BROKEN
            if fit.fit is Fit.BROKEN:
                return
            assert told(fit) == taken_hunks(said), said


_NUMBER = rb"-?\d+(?:,\d+)?"
"""One before the first line is less than 0 there."""
_HEADER = re.compile(rb"@@ -%b \+%b @@[^\n]*\n" % (_NUMBER, _NUMBER))


# GNU patch finds the second hunk before the first line, and goes on from there.
_BEFORE_FIRST = (
    b"a\na\na\nb\n",
    b"--- a/file\n+++ b/file\n@@ -1,0 +1,1 @@\n+new\n@@ -1,3 +1,4 @@\n a\n a\n+new\n a\n"
    b"@@ -4,0 +4,1 @@\n+new\n",
    2,
)
_ALL_GONE = (
    b"a\na\na\na\n",
    b"--- a/file\n+++ b/file\n@@ -1,3 +1,0 @@\n-a\n-a\n-a\n@@ -1,3 +1,4 @@\n a\n a\n+new\n a\n"
    b"@@ -4,1 +4,0 @@\n-a\n",
    2,
)


@settings(max_examples=150, deadline=None)
@example(_BEFORE_FIRST)
@example(_ALL_GONE)
@given(st.one_of(patchings(), loose_patchings()))
def test_rejects_are_those_of_patch(case: tuple[bytes, bytes, int]) -> None:
    """The hunks in the file of rejects are those that have no place, and the rest goes in alike."""
    target, patch, fuzz = case
    hunks = parse_patch("p", patch).files[0].hunks
    lines = split_lines(target)
    places = place_hunks(hunks, lines, fuzz)
    rejected = [hunk for hunk, place in zip(hunks, places, strict=True) if place is None]
    with scratch() as folder:
        (folder / "file").write_bytes(target)
        (folder / "patch").write_bytes(patch)
        run(("patch", "--force", f"-F{fuzz}", "-p1", "-r", "rejects", "-i", "patch"), folder)
        rejects = folder / "rejects"
        left = rejects.read_bytes() if rejects.exists() else b""
        place = folder / "file"
        result = place.read_bytes() if place.exists() else b""
    expected = b"--- file\n+++ file\n" if rejected else b""
    expected += b"".join(_as_rejected(hunk) for hunk in rejected)
    # GNU patch adds to the numbers of a header the offset of the hunks before it.
    assert expected == _HEADER.sub(b"@@\n", left)
    assert b"".join(apply_edits(lines, edits_of(hunks, places, lines))) == result


def _as_rejected(hunk: Hunk) -> bytes:
    """A hunk as GNU patch writes it there: without the remark on a line that has no newline."""
    return b"@@\n" + b"".join(line.kind.value + line.content for line in hunk.lines)


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.integers(0, 2**32).map(Random), st.booleans())
def test_all_at_once_is_one_step_after_the_other(rng: Random, is_drifted: bool) -> None:
    """What a whole stack makes of a tree is what its patches make of it, one behind the other."""
    story = some_story(rng)
    tree = MemoryTree(story.new if is_drifted else story.old)
    policy = Policy(max_fuzz=2)
    done = applied(story.stack, tree, policy)
    steps = list(steps_of(story.stack, tree, policy))
    before: dict[bytes, File | None] = {}
    after: dict[bytes, File | None] = {}
    for step in steps:
        before = {**step.before, **before}
        after |= step.after
    assert done.fits == tuple(step.fit for step in steps)
    assert {path: done.before[path] for path in before} == before
    assert {path: done.after[path] for path in after} == after
    others = done.after.keys() - after.keys()
    assert all(done.before[path] == done.after[path] for path in others)
