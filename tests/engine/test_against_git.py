"""Clean results beside those of `git merge-file`: where both are clean, they are the same.

But for the order of equal lines: lines that stand in several places can be paired in several ways.
And git may carry a change that upstream has already to another of those places; then it is there
twice, and ours has fewer lines.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from patchkit.model.report import Status
from patchkit.model.tree import split_lines

from .generating import edited_content, some_content
from .making import file, plain_diff, port_one

CLEAN = (Status.UNCHANGED, Status.SHIFTED, Status.MERGED, Status.RESOLVED, Status.UPSTREAMED)


def merged_by_git(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """What `git merge-file` makes of the three; None where it finds a conflict."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, content in (("base", base), ("ours", ours), ("theirs", theirs)):
            (folder / name).write_bytes(content)
        done = subprocess.run(
            ["git", "merge-file", "-p", "ours", "base", "theirs"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    return done.stdout if done.returncode == 0 else None


def both_clean(base: bytes, ours: bytes, theirs: bytes) -> tuple[Status, bytes, bytes] | None:
    """The status, our result and git's, where both are clean."""
    patch = plain_diff("f", base, theirs)
    if not base or not patch:
        return None
    ported, whole = port_one(patch, {b"f": file(base)}, {b"f": file(ours)})
    found, expected = whole.result[b"f"], merged_by_git(base, ours, theirs)
    if found is None or expected is None or ported.status not in CLEAN:
        return None
    return ported.status, found.content, expected


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_clean_results_are_those_of_git(first: int) -> None:
    """A hundred cases of a text that the patch and upstream both edited, or upstream after it."""
    compared = same = 0
    for seed in range(first, first + 100):
        rng = Random(seed)
        base = some_content(rng, 60)
        theirs = edited_content(rng, base, b"theirs")
        ours = edited_content(rng, theirs if rng.random() < 0.1 else base, b"ours")
        clean = both_clean(base, ours, theirs)
        if clean is None:
            continue
        status, actual, expected = clean
        compared += 1
        same += actual == expected
        lines, gits = Counter(split_lines(actual)), Counter(split_lines(expected))
        if status in (Status.RESOLVED, Status.UPSTREAMED):
            assert lines <= gits, seed
        else:
            assert lines == gits, seed
    assert compared >= 40
    assert same >= compared - 2
