"""Laws of editing a stack, for every stack: real GNU patch says what the edited one makes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patchkit.engine.policy import Policy
from patchkit.errors import StackError
from patchkit.jobs.project import Project
from patchkit.jobs.seriescuts import Chosen, plan_fold, plan_split
from patchkit.jobs.seriesedits import (
    Dependents,
    EditedStack,
    Place,
    SeriesPlan,
    Side,
    plan_add,
    plan_move,
    plan_remove,
    plan_rename,
)
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import MemoryTree
from patchkit.workspace.settings import settings_beside
from tests.engine.generating import Story, some_story
from tests.engine.gnupatch import read_tree, run_patch, write_tree
from tests.engine.making import Files
from tests.engine.test_dependencies_laws import crowded_story
from tests.strategies.stories import RANDOM

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STORIES = st.sampled_from((crowded_story, some_story))
Make = Callable[[Random], Story]


@contextmanager
def edited(story: Story) -> Iterator[EditedStack]:
    """The stack of a story, in a folder of its own; GNU patch must take all of it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = Project(settings_beside(folder), folder)
        tree = MemoryTree(story.old)
        stack = EditedStack(project, folder, story.stack, tree, Policy(max_fuzz=0))
        try:
            stack.walk()
        except StackError:  # GNU patch refuses a few of the generated stacks
            assume(False)
        yield stack


def applied(patches: Sequence[StackedPatch], old: Files) -> Files:
    """What GNU patch makes of a tree, with no fuzz and every hunk at its line."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, old)
        for one in patches:
            strip = 1 if one.entry.strip is None else one.entry.strip
            is_reversed = one.entry.is_reversed
            code, told = run_patch(root, one.patch.raw, strip=strip, is_reversed=is_reversed)
            assert code == 0, (one.name, told)
            assert b"Hunk #" not in told, (one.name, told, one.patch.raw)
        return read_tree(root)


def result_of(plan: SeriesPlan, old: Files) -> Files:
    """What the stack of a plan makes, after its series was looked at as well."""
    stack = plan.changed.stack
    assert [entry.name for entry in stack.series.entries] == [*stack.names]
    return applied(stack.patches, old)


def _assert_told(error: StackError, *words: str) -> None:
    assert any(word in error.message for word in words), error


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_move_that_is_accepted_changes_no_file(rng: Random, make: Make) -> None:
    """Wherever a patch goes, the tree is the same, and the patch is where it was to go."""
    story = make(rng)
    assume(story.stack.patches)
    with edited(story) as stack:
        name, anchor = rng.choice(stack.stack.names), rng.choice(stack.stack.names)
        plan = plan_move(stack, name, Place(rng.choice([*Side]), anchor))
        names = plan.changed.stack.names
        assert sorted(stack.stack.names) == sorted(names)
        if plan.clashes:
            assert stack.stack.names == names
            assert () == plan.changed.outputs
        else:
            assert name == anchor or abs(names.index(name) - names.index(anchor)) == 1
        assert story.patched == result_of(plan, story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_fold_that_is_accepted_changes_no_file(rng: Random, make: Make) -> None:
    """Of two or three patches one is left, under the name of the first, and the tree is the
    same."""
    story = make(rng)
    assume(len(story.stack.patches) > 1)
    with edited(story) as stack:
        names = rng.sample(stack.stack.names, rng.randint(2, min(3, len(stack.stack.names))))
        try:
            plan = plan_fold(stack, names)
        except StackError as error:
            _assert_told(error, "nothing would be left")
            return
        gone = {*stack.stack.names} - {*plan.changed.stack.names}
        first = min(names, key=stack.stack.names.index)
        assert gone == (set() if plan.clashes else {*names} - {first})
        assert story.patched == result_of(plan, story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_split_changes_no_file(rng: Random, make: Make) -> None:
    """Whatever goes into the second part, both make what the whole one made."""
    story = make(rng)
    assume(story.stack.patches)
    with edited(story) as stack:
        whole = rng.choice(stack.stack.patches)
        diff = rng.choice(whole.patch.files)
        names = diff.names(whole.entry.strip or 0)
        path = (names.new or names.old or b"").decode()
        count = len(diff.hunks)
        numbers = rng.sample(range(1, count + 1), rng.randint(1, count - 1) if count > 1 else 0)
        single = Chosen((), (f"{path}:{','.join(map(str, numbers))}",))
        try:
            plan = plan_split(stack, whole.name, single if count > 1 else Chosen((path,)))
        except StackError as error:
            _assert_told(error, "all of it", "more than change lines", "no file", "does not apply")
            return
        assert len(stack.stack.patches) + 1 == len(plan.changed.stack.patches)
        assert story.patched == result_of(plan, story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_what_is_removed_can_be_added_again(rng: Random, make: Make) -> None:
    """Without the last patch the tree is as before it; added again, it is the same as ever."""
    story = make(rng)
    assume(story.stack.patches)
    with edited(story) as stack:
        last = story.stack.patches[-1]
        plan = plan_remove(stack, [last.name])
        assert () == plan.clashes
        before = applied(story.stack.patches[:-1], story.old)
        assert before == result_of(plan, story.old)
        rest = EditedStack(
            stack.project, stack.folder, plan.changed.stack, stack.tree, stack.policy
        )
        again = plan_add(rest, last.patch.raw, last.entry)
        assert story.stack.names == again.changed.stack.names
        assert story.patched == result_of(again, story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_removal_is_refused_or_takes_along(rng: Random, make: Make) -> None:
    """Any patch can go with those that need it; alone only where none does."""
    story = make(rng)
    assume(story.stack.patches)
    with edited(story) as stack:
        name = rng.choice(stack.stack.names)
        alone = plan_remove(stack, [name])
        together = plan_remove(stack, [name], Dependents.WITH_THEM)
        result_of(together, story.old)
        gone = {*stack.stack.names} - {*together.changed.stack.names}
        assert name in gone
        assert bool(alone.clashes) == (len(gone) > 1)
        assert {clash.patch for clash in alone.clashes} == gone - {name} or not alone.clashes


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_new_name_changes_nothing_else(rng: Random, make: Make) -> None:
    """Every patch keeps its bytes and its place."""
    story = make(rng)
    assume(story.stack.patches)
    with edited(story) as stack:
        plan = plan_rename(stack, rng.choice(stack.stack.names), "another.patch")
        raw = [one.patch.raw for one in plan.changed.stack.patches]
        assert [one.patch.raw for one in story.stack.patches] == raw
        assert story.patched == result_of(plan, story.old)
