"""Small patches all over real files of kata-containers 2.5.1, ported to 3.2.0.

Needs a git directory of the project in PATCHKIT_UPSTREAM, with the two tags.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from patchkit.model.report import Status
from patchkit.model.tree import split_lines

from .making import file, plain_diff, port_one, stack_of, statuses
from .making import port as port_stack
from .test_against_git import CLEAN, merged_by_git

UPSTREAM = os.environ.get("PATCHKIT_UPSTREAM", "")
FILES = ("src/runtime/virtcontainers/qemu.go", "src/runtime/Makefile")
EDITS = 100

pytestmark = pytest.mark.skipif(
    not UPSTREAM, reason="PATCHKIT_UPSTREAM names no git directory of kata-containers"
)


def blob(tag: str, path: str) -> bytes:
    """A file of a tag."""
    return subprocess.run(
        ["git", "--git-dir", UPSTREAM, "show", f"{tag}:{path}"], capture_output=True, check=True
    ).stdout


def small_edit(rng: Random, content: bytes) -> bytes:
    """One to three lines added, removed or changed somewhere."""
    lines = split_lines(content)
    at, gone = rng.randrange(len(lines)), rng.randint(0, 2)
    fresh = [b"\tpatched %d\n" % number for number in range(rng.randint(0 if gone else 1, 3))]
    return b"".join((*lines[:at], *fresh, *lines[at + gone :]))


@pytest.mark.parametrize("path", FILES)
def test_small_edits_of_a_real_file(path: str) -> None:
    """Each is proved; what is clean here and in git is the same; few of git's are held here."""
    old, new = blob("2.5.1", path), blob("3.2.0", path)
    seen: Counter[str] = Counter()
    for seed in range(EDITS):
        theirs = small_edit(Random(seed), old)
        ported, whole = port_one(plain_diff("f", old, theirs), {b"f": file(old)}, {b"f": file(new)})
        expected = merged_by_git(old, new, theirs)
        is_clean = ported.status in CLEAN
        seen["held" if not is_clean else "alone" if expected is None else "both"] += 1
        if is_clean and expected is not None:
            assert file(expected) == whole.result[b"f"], seed
    assert seen["both"] >= EDITS // 2
    assert seen["alone"] <= EDITS // 10


def test_a_stack_of_small_edits_of_a_real_file() -> None:
    """Twenty patches one on the other: most are clean, and what is held stops no other."""
    old, new = blob("2.5.1", FILES[0]), blob("3.2.0", FILES[0])
    rng, texts = Random(1), [old]
    for _ in range(20):
        texts.append(small_edit(rng, texts[-1]))
    patches = [plain_diff("f", one, two) for one, two in pairwise(texts)]
    ported = port_stack(stack_of(*patches), {b"f": file(old)}, {b"f": file(new)})
    assert Status.BROKEN not in statuses(ported)
    assert sum(status in CLEAN for status in statuses(ported)) >= 10
