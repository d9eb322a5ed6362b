"""Whole trees: what `git merge-tree` makes of a patch as a commit, and what the engine makes of it.

base is the old version, theirs the old version with the patch in, ours the new version. Where both
are clean the trees are the same, but for two things that the engine does on purpose:

- It takes a patch at its word. Where the patch deletes one file and makes another, git may see a
  move, and give the new file the mode that upstream gave the old one.
- A rule that settles an edit may order lines that stand in several places otherwise than git, as
  `test_against_git.py` says of single files.

The engine is clean where git is not only where a rule settles, where it follows a file that was
moved, where upstream has the change, or where upstream changed but the mode of a file that the
patch deletes. It holds more than git where a place or a file is in doubt.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from patchkit.model.report import Status
from patchkit.model.tree import File, Path, split_lines
from tests.engine.generating import Story, some_story
from tests.engine.making import Files, git, port

CLEAN = {
    Status.UNCHANGED, Status.SHIFTED, Status.MERGED, Status.FOLLOWED, Status.RESOLVED,
    Status.UPSTREAMED,
}  # fmt: skip
SETTLED = {Status.FOLLOWED, Status.RESOLVED, Status.UPSTREAMED}
HOLDING = {Status.PARTIAL, Status.CONFLICTED, Status.ABSORBED}


SEEDS = (
    *range(100),
    746,  # a deletion and a creation that git takes for a move
    868,  # upstream changed the mode of a file that the patch deletes
    581,  # a rule puts an edit at another of several equal lines
)
"""Always the same stories: which moves git sees has borders that no rule of ours draws."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_tree_is_that_of_git(seed: int) -> None:
    """Nothing is silently another content, mode or name; who is the more careful is told above."""
    story = some_story(Random(seed), most_patches=1)
    if not story.stack.patches or story.stack.patches[0].entry.is_reversed:
        return
    ported = port(story.stack, story.old, story.new)
    (status,) = (patch.status for patch in ported.patches)
    theirs = git().merge(story.old, story.new, story.patched)
    changed = {**story.new, **ported.result}
    ours = {path: file for path, file in changed.items() if file is not None}
    if status not in CLEAN:
        assert status in HOLDING
    elif not theirs.is_clean:
        assert status in SETTLED or _deletes_what_changed_its_mode(story)
    else:
        assert ours.keys() == theirs.files.keys()
        for path, file in theirs.files.items():
            _compare(path, ours[path], file, story, status)


def _compare(path: Path, ours: File, theirs: File, story: Story, status: Status) -> None:
    if status in SETTLED:
        lines, gits = Counter(split_lines(ours.content)), Counter(split_lines(theirs.content))
        assert lines <= gits
    else:
        assert ours.content == theirs.content
    is_made = path in story.patched and path not in story.old
    is_moved = is_made and not story.old.keys() <= story.patched.keys()
    assert ours.mode == theirs.mode or is_moved


def _deletes_what_changed_its_mode(story: Story) -> bool:
    gone = story.old.keys() - story.patched.keys()
    return any(_is_other_mode(story.old, story.new, path) for path in gone)


def _is_other_mode(old: Files, new: Files, path: Path) -> bool:
    after = new.get(path)
    is_same = after is not None and after.content == old[path].content
    return is_same and after is not None and after.mode != old[path].mode
