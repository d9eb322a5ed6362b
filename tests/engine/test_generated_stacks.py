"""Laws of the engine on generated stacks: random trees, random upstream changes, patches by git."""

from __future__ import annotations

import random

import pytest

from patchkit.engine.porting import Policy
from patchkit.model.patch import LineKind
from patchkit.model.report import Status
from patchkit.model.tree import EXECUTABLE, REGULAR, File, split_lines

from .making import Files, diff, port, stack_of, statuses

SEEDS = range(120)
EXACT = Policy(max_fuzz=0)
COMMON = (b"{\n", b"}\n", b"\n", b"\treturn 0;\n", b"a\n", b"b\n")


def some_lines(rng: random.Random) -> list[bytes]:
    """Lines of which half stand in many places, so that a wrong place is easy to find."""
    count = rng.randint(0, 25)
    return [
        rng.choice(COMMON) if rng.random() < 0.5 else b"line %d\n" % rng.randint(0, 40)
        for _ in range(count)
    ]


def some_tree(rng: random.Random) -> Files:
    """One to five files in up to three folders."""
    return {
        b"d%d/f%d.c" % (rng.randint(0, 2), number): File(b"".join(some_lines(rng)))
        for number in range(rng.randint(1, 5))
    }


def edited(rng: random.Random, content: bytes, word: bytes) -> bytes:
    """The content with up to three runs of lines replaced; new lines carry the word."""
    lines = split_lines(content)
    for _ in range(rng.randint(1, 3)):
        at, gone = rng.randint(0, len(lines)), rng.randint(0, 2)
        lines[at : at + gone] = [
            rng.choice([b"%b %d\n" % (word, rng.randint(0, 5)), *COMMON[1:3]])
            for _ in range(rng.randint(0, 3))
        ]
    return b"".join(lines)


def changed(rng: random.Random, tree: Files, word: bytes) -> Files:
    """The tree after one to three edits, creations, deletions, renames or mode changes."""
    files = dict(tree)
    for _ in range(rng.randint(1, 3)):
        kind, paths = rng.random(), sorted(files)
        if not paths or kind < 0.1:
            path = b"d%d/n%d.c" % (rng.randint(0, 2), rng.randint(0, 3))
            mode = rng.choice((REGULAR, EXECUTABLE))
            files[path] = File(b"".join(some_lines(rng)), mode)
            continue
        path = rng.choice(paths)
        found = files[path]
        if kind < 0.7:
            files[path] = File(edited(rng, found.content, word), found.mode)
        elif kind < 0.8:
            del files[path]
        elif kind < 0.93:
            place = b"d%d/r%d.c" % (rng.randint(0, 2), rng.randint(0, 3))
            if place not in files:
                files[place] = files.pop(path)
        else:
            files[path] = File(found.content, found.mode ^ 0o111)
    return files


def some_stack(rng: random.Random, tree: Files) -> tuple[list[bytes], Files]:
    """Up to four patches on a tree, with the tree that they make."""
    patches = []
    for number in range(rng.randint(1, 4)):
        after = changed(rng, tree, b"patch%d" % number)
        patch = diff(tree, after, *(["-M"] if rng.random() < 0.7 else []))
        if patch:
            patches.append(patch)
        tree = after
    return patches, tree


@pytest.mark.parametrize("seed", SEEDS)
def test_any_port_is_proved_and_invents_no_line(seed: int) -> None:
    """Whatever conflicts, GNU patch makes the result, and every line of it is somebody's."""
    rng = random.Random(seed)
    old = some_tree(rng)
    new = changed(rng, old, b"upstream")
    patches, _ = some_stack(rng, old)
    stack = stack_of(*patches)
    ported = port(stack, old, new, EXACT)
    assert Status.BROKEN not in statuses(ported)
    known = {line for file in new.values() for line in split_lines(file.content)} | {
        line.content
        for stacked in stack.patches
        for part in stacked.patch.files
        for hunk in part.hunks
        for line in hunk.lines
        if line.kind is LineKind.ADDED
    }
    written = {
        line
        for file in ported.result.values()
        if file is not None
        for line in split_lines(file.content)
    }
    assert written <= known


@pytest.mark.parametrize("seed", SEEDS)
def test_on_the_same_version_nothing_changes(seed: int) -> None:
    """Every patch is unchanged and keeps its bytes."""
    rng = random.Random(seed)
    old = some_tree(rng)
    patches, _ = some_stack(rng, old)
    ported = port(stack_of(*patches), old, old)
    assert [(Status.UNCHANGED, patch) for patch in patches] == [
        (patch.status, patch.content) for patch in ported.patches
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_upstream_took_whole_is_upstreamed(seed: int) -> None:
    """A patch that is in the new version as it is leaves nothing to do."""
    rng = random.Random(seed)
    old = some_tree(rng)
    after = changed(rng, old, b"patch")
    patch = diff(old, after, "-M")
    if patch:
        assert [Status.UPSTREAMED] == statuses(port(stack_of(patch), old, after))


@pytest.mark.parametrize("seed", range(60))
def test_patches_on_different_files_commute(seed: int) -> None:
    """Their order changes neither what becomes of each nor the result."""
    rng = random.Random(seed)
    old = {b"one/f": File(b"".join(some_lines(rng))), b"two/g": File(b"".join(some_lines(rng)))}
    new = {path: File(edited(rng, file.content, b"up")) for path, file in old.items()}
    patches = [
        diff(old, {**old, path: File(edited(rng, old[path].content, b"patch") + b"end\n")})
        for path in sorted(old)
    ]
    forward = port(stack_of(*patches), old, new, EXACT)
    backward = port(stack_of(*reversed(patches)), old, new, EXACT)
    assert forward.result == backward.result
    assert statuses(forward) == list(reversed(statuses(backward)))
    assert [one.content for one in forward.patches] == [
        one.content for one in reversed(backward.patches)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_two_steps_equal_one(seed: int) -> None:
    """Old to middle to new is old to new, where upstream's lines are unlike any other."""
    rng = random.Random(seed)
    numbers = list(range(60))
    old = b"".join(b"line %d\n" % number for number in numbers)

    def with_insertions(content: bytes, word: bytes, places: list[int]) -> bytes:
        for place in places:
            mark = b"line %d\n" % place
            content = content.replace(mark, b"%b %d\n" % (word, place) + mark)
        return content

    spots = rng.sample(range(2, 60, 4), 9)
    middle = with_insertions(old, b"first", spots[:3])
    new = with_insertions(middle, b"second", spots[3:6])
    patch = diff({b"f": File(old)}, {b"f": File(with_insertions(old, b"patch", spots[6:]))})
    first = port(stack_of(patch), {b"f": File(old)}, {b"f": File(middle)}, EXACT)
    assert first.patches[0].content is not None
    second = port(
        stack_of(first.patches[0].content), {b"f": File(middle)}, {b"f": File(new)}, EXACT
    )
    direct = port(stack_of(patch), {b"f": File(old)}, {b"f": File(new)}, EXACT)
    assert direct.result == second.result
    assert direct.patches[0].content == second.patches[0].content
