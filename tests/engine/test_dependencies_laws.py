"""Laws of dependencies, for every stack: real GNU patch says what needs what."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patchkit.engine.dependencies import DependencyWalk, dependencies_of
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import port_stack
from patchkit.model.dependencies import Dependencies
from patchkit.model.series import Entry
from patchkit.model.stack import Stack
from patchkit.model.tree import File, MemoryTree
from patchkit.model.tree import Path as TreePath
from tests.strategies.stories import RANDOM

from .generating import CONTEXTS, Story, edited_content, some_content, some_story
from .gnupatch import read_tree, run_patch, write_tree
from .making import Files, diff, file, stack_of

EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def crowded_story(rng: Random) -> Story:
    """Two to six patches of one file that repeats itself, with much context, little or none."""
    old = tree = {b"f": file(some_content(rng, 60))}
    patches, entries = [], []
    for number in range(rng.randint(2, 6)):
        after = {b"f": file(edited_content(rng, tree[b"f"].content, b"p%d" % number))}
        patch = diff(tree, after, *rng.choice(CONTEXTS))
        if patch:
            patches.append(patch)
            entries.append(Entry(f"{number}.patch", 1))
        tree = after
    return Story(old, old, stack_of(*patches, entries=entries), tree)


STORIES = st.sampled_from((crowded_story, some_story))


def dependencies(story: Story) -> Dependencies:
    """What the stack of a story needs, at fuzz 0."""
    return dependencies_of(story.stack, MemoryTree(story.old), Policy(max_fuzz=0))


def applied(stack: Stack, names: Sequence[str], old: Files) -> dict[TreePath, File]:
    """What GNU patch makes of a tree with these patches in this order; each must apply."""
    by_name = {stacked.name: stacked for stacked in stack.patches}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "tree")
        write_tree(root, old)
        for name in names:
            entry, patch = by_name[name].entry, by_name[name].patch
            code, told = run_patch(
                root,
                patch.raw,
                strip=1 if entry.strip is None else entry.strip,
                is_reversed=entry.is_reversed,
            )
            assert code == 0, (names, name, told)
        return read_tree(root)


def some_order(rng: Random, found: Dependencies) -> list[str]:
    """The patches in an order in which each stands behind all that it is bound to."""
    earlier = {name: {one.to for one in found.bonds if one.patch == name} for name in found.patches}
    order: list[str] = []
    while len(order) < len(found.patches):
        free = [name for name in found.patches if name not in order and earlier[name] <= {*order}]
        order.append(rng.choice(free))
    return order


@EXAMPLES
@given(RANDOM, STORIES)
def test_what_needs_none_of_the_dropped_patches_applies(
    rng: Random, make: Callable[[Random], Story]
) -> None:
    """Without a patch and all that need it, the others apply with no fuzz."""
    story = make(rng)
    found = dependencies(story)
    assume(not found.unplaced)  # GNU patch refuses a few of the generated stacks
    for name in found.patches:
        dropped = found.with_dependents([name])
        applied(story.stack, [one for one in found.patches if one not in dropped], story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_patches_with_all_that_they_need_apply_alone(
    rng: Random, make: Callable[[Random], Story]
) -> None:
    """Some patches and all that they need apply with no fuzz, without the others."""
    story = make(rng)
    found = dependencies(story)
    assume(not found.unplaced)  # GNU patch refuses a few of the generated stacks
    names = rng.sample(found.patches, min(2, len(found.patches)))
    applied(story.stack, found.with_needs(names), story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_unbound_patches_change_places(rng: Random, make: Callable[[Random], Story]) -> None:
    """In every order that keeps each patch behind what it is bound to, the result is the same."""
    story = make(rng)
    found = dependencies(story)
    assume(not found.unplaced)  # GNU patch refuses a few of the generated stacks
    for _ in range(3):
        assert story.patched == applied(story.stack, some_order(rng, found), story.old)


@EXAMPLES
@given(RANDOM, STORIES)
def test_a_port_tells_the_same(rng: Random, make: Callable[[Random], Story]) -> None:
    """Whoever looks on while a stack is ported anywhere sees the dependencies that it has at
    home."""
    story = make(rng)
    policy = Policy(max_fuzz=0)
    walk = DependencyWalk(story.stack, policy)
    port_stack(story.stack, MemoryTree(story.old), MemoryTree(story.new), policy, observer=walk)
    assert dependencies(story) == walk.dependencies()
