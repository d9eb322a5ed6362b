"""Laws of branches: the trees of the commits are GNU patch's, and back changes no byte."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from patchkit.diffing.unified import parse_patch
from patchkit.errors import StackError
from patchkit.jobs.commitpatches import Fate
from tests.cli.folders import contents_of
from tests.engine.generating import Story, edited_content
from tests.engine.gnupatch import write_tree
from tests.jobs.branchmaking import BRANCH, branch_in, export_of, files_of, git, put_stack
from tests.jobs.test_series_laws import EXAMPLES, STORIES, applied
from tests.strategies.stories import RANDOM


@EXAMPLES
@given(RANDOM, STORIES)
def test_there_and_back_changes_no_byte(rng: Random, make: Callable[[Random], Story]) -> None:
    """The tip is the tree that GNU patch makes, the same stack gives the same commit, and exporting
    it leaves every file of the stack as it is."""
    story = make(rng)
    assume(story.stack.patches)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        git(root, "init", "-q", "--bare", "repository")
        project = put_stack(root / "stack", story.stack, rng)
        write_tree(root / "upstream/1.0", story.old)
        before = contents_of(root / "stack")
        try:
            made = branch_in(root / "repository", project, root / "upstream", fuzz=0)
        except StackError:  # GNU patch refuses a few of the generated stacks
            assume(False)
        assert story.patched == files_of(root / "repository", project, BRANCH)
        again = branch_in(root / "repository", project, root / "upstream", fuzz=0)
        assert made.tip == again.tip
        plan = export_of(root / "repository", project, fuzz=0)
        assert {Fate.SAME} == {one.fate for one in plan.patches}
        plan.write()
        assert before == contents_of(root / "stack")


@EXAMPLES
@given(RANDOM, STORIES, st.booleans())
def test_an_edited_branch_is_what_the_stack_makes(
    rng: Random, make: Callable[[Random], Story], is_new: bool
) -> None:
    """A commit is edited, or comes in between: the stack makes the tip, patches before keep their
    bytes, all keep their headers, and a second export changes nothing."""
    story = make(rng)
    assume(story.stack.patches)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        git(root, "init", "-q", "--bare", "repository")
        project = put_stack(root / "stack", story.stack, rng)
        write_tree(root / "upstream/1.0", story.old)
        try:
            branch_in(root / "repository", project, root / "upstream", fuzz=0)
        except StackError:
            assume(False)
        at = rng.randrange(len(story.stack.patches))
        assume(_edit(root, rng, at, is_new=is_new))
        plan = export_of(root / "repository", project, fuzz=0)
        assert all(one.fate is Fate.SAME for one in plan.patches[:at])
        old = contents_of(root / "stack/patches")
        for one in plan.changed.stack.patches:
            if one.name in old:
                assert parse_patch("", old[one.name]).prologue == one.patch.prologue
        plan.write()
        wanted = files_of(root / "repository", project, BRANCH)
        assert wanted == applied(plan.changed.stack.patches, story.old)
        assert export_of(root / "repository", project, fuzz=0).changed.is_unchanged


def _edit(root: Path, rng: Random, at: int, *, is_new: bool) -> bool:
    """Edit a file in the commit of the patch with this index; False where git cannot go on."""
    work = root / "work"
    git(root, "clone", "-q", "-b", BRANCH, "repository", "work")
    git(work, "config", "core.autocrlf", "false")
    commits = git(work, "rev-list", "--reverse", "HEAD").split()[1:]
    git(work, "checkout", "-q", commits[at])
    paths = [path for path in git(work, "ls-files", "-z").split("\0") if path]
    places = [work / path for path in paths if not (work / path).is_symlink()]
    if not places:
        return False
    place = rng.choice(places)
    before = place.read_bytes()
    place.write_bytes(edited_content(rng, before, b"edit"))
    if place.read_bytes() == before:
        return False
    how = ("-m", "A commit that is new") if is_new else ("--amend", "--no-edit", "--allow-empty")
    git(work, "commit", "-q", "-a", *how)
    if at + 1 < len(commits):
        picked = ("cherry-pick", "--allow-empty", "--keep-redundant-commits", "-Xours")
        command = ["git", "-C", str(work), *picked, f"{commits[at]}..{commits[-1]}"]
        person = {"GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.invalid"}
        done = subprocess.run(
            command, env={**os.environ, **person}, capture_output=True, check=False
        )
        if done.returncode:
            return False
    git(work, "push", "-q", "-f", "origin", f"HEAD:{BRANCH}")
    return True
