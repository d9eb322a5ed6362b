"""Patches handed to GNU patch one behind the other: never taken for good where one alone is not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from patchkit.errors import ProofError
from patchkit.model.stack import Dialect, Layout
from patchkit.model.tree import File
from patchkit.proof import ProofInStages, Statement
from patchkit.proof.stages import MANY_PATCHES
from patchkit.proof.together import is_alone, together
from tests.engine.generating import CONTEXTS, FINDING, changed_tree, some_tree
from tests.engine.gnupatch import read_tree, run_patch, write_tree
from tests.engine.making import diff
from tests.strategies.patches import FRAGMENTS

LAYOUT = Layout(Dialect.SERIES_CONF, "series.conf", "patches")
MAIL = b"From: A <a@example.org>\nSubject: [PATCH] what it does\n\n---\n f | 2 +-\n\n"
SIGNATURE = b"-- \n2.39.2\n\n"


def _statement(
    patches: Sequence[bytes], before: Mapping[bytes, File], after: Mapping[bytes, File]
) -> Statement:
    named = {f"{number:04}.patch": patch for number, patch in enumerate(patches)}
    paths = before.keys() | after.keys()
    return Statement(
        series="".join(f"{name}\n" for name in named).encode(),
        layout=LAYOUT,
        patches=named,
        pristine={path: before.get(path) for path in paths},
        expected={path: after.get(path) for path in paths},
        strip=1,
        flags=frozenset(),
        package="demo",
    )


def _damaged(rng: Random, patch: bytes) -> bytes:
    """The patch with something in it or around it that a person or a mailer may leave there."""
    lines = patch.splitlines(keepends=True)
    at = rng.randint(0, len(lines))
    some = rng.choices(FRAGMENTS, k=rng.randint(1, 2))
    return rng.choice(
        (
            b"".join((*some, patch)),
            b"".join((patch, *some)),
            b"".join(lines[:-1]),
            b"".join((*lines[:at], *lines[at + 1 :])),
            b"".join((*lines[:at], *some, *lines[at:])),
            patch.removesuffix(b"\n"),
            b"",
        )
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32).map(Random))
def test_together_is_no_more_than_one_by_one(rng: Random) -> None:
    """What GNU patch takes in one go it takes patch by patch, at its line, with the same outcome.

    What it makes of them in one go is what the proof is told to expect: the worst that can be.
    """
    tree = some_tree(rng)
    patches = []
    below = tree
    for number in range(rng.randint(2, 6)):
        after = changed_tree(rng, below, b"patch%d" % number)
        patch = diff(below, after, *rng.choice(FINDING), *rng.choice(CONTEXTS))
        if rng.random() < 0.3:
            patch = MAIL + patch + SIGNATURE
        patches.append(_damaged(rng, patch) if rng.random() > 0.85 else patch)
        below = after
    with tempfile.TemporaryDirectory() as folder:
        one_go, one_by_one = Path(folder, "one-go"), Path(folder, "one-by-one")
        write_tree(one_go, tree)
        write_tree(one_by_one, tree)
        for goes_alone, run in groupby(patches, is_alone):
            for given in run if goes_alone else (b"the next patch:\n".join(run),):
                run_patch(one_go, given, "-u")
        statement = _statement(patches, tree, read_tree(one_go))
        try:
            statement.prove(way=together(statement.patches))
        except ProofError:
            event("not together")
            return
        event(f"together, {sum(map(is_alone, patches))} alone")
        for patch in patches:
            code, said = run_patch(one_by_one, patch, "-u")
            assert code == 0, said
            assert b"Hunk #" not in said
        assert read_tree(one_by_one) == read_tree(one_go)


def test_renames_speak_of_what_was_there_before_all(tmp_path: Path) -> None:
    """Why they go alone: in one go GNU patch moves the file without the edit before."""
    before = {b"f": File(b"one\n" * 9)}
    edited = {b"f": File(b"one\n" * 8 + b"two\n")}
    edit, rename = diff(before, edited), diff(edited, {b"g": edited[b"f"]}, "-M")
    assert not is_alone(edit)
    assert is_alone(rename)
    tree = tmp_path / "tree"
    write_tree(tree, before)
    code, _ = run_patch(tree, edit + rename)
    assert code == 0
    assert read_tree(tree)[b"g"] == before[b"f"]


def _counting_patch(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that gets a letter from each process of `patch` that applies something."""
    counted = place / "counted"
    counted.write_bytes(b"")
    program = place / "bin" / "patch"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$*" = --version ] || printf x >>"{counted}"\n'
        f'exec {shutil.which("patch")} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return counted


def _long_stack() -> list[bytes]:
    """Patches as git makes them: files changed, made, renamed and removed, one after the other."""
    rng = Random(1)
    below = {b"f": File(b"0\n" * 9), b"kept": File(b"kept\n")}
    patches = []
    for number in range(MANY_PATCHES):
        after = dict(below)
        if number % 10 == 3:
            after[b"new%d" % number] = File(b"new\n")
        elif number % 10 == 5:
            after[b"folder/moved%d" % number] = File(after.pop(b"new%d" % (number - 2)).content * 2)
        elif number % 10 == 7:
            del after[b"folder/moved%d" % (number - 2)]
        else:
            lines = after[b"f"].content.splitlines(keepends=True)
            lines[rng.randrange(len(lines))] = b"%d\n" % (number + 1)
            after[b"f"] = File(b"".join(lines))
        patches.append(MAIL + diff(below, after, "-M20%") + SIGNATURE)
        below = after
    return patches


def _finish(statement: Statement) -> None:
    with ProofInStages() as proof:
        proof.begin(statement, ())
        proof.finish()


def test_many_patches_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long stack as git makes it needs few processes, and is proved one by one if that fails."""
    patches = _long_stack()
    tree = tmp_path / "tree"
    before = {b"f": File(b"0\n" * 9), b"kept": File(b"kept\n")}
    write_tree(tree, before)
    after = {}
    for patch in patches:
        run_patch(tree, patch)
        after = read_tree(tree)
    counted = _counting_patch(tmp_path, monkeypatch)
    _finish(_statement(patches, before, after))
    processes = len(counted.read_bytes())
    assert processes == 1 + 2 * sum(map(is_alone, patches))
    wrong = {**after, b"f": File(b"")}
    with pytest.raises(ProofError, match="f: line 1 should be nothing"):
        _finish(_statement(patches, before, wrong))
    assert len(counted.read_bytes()) == 2 * processes + MANY_PATCHES


@pytest.mark.parametrize(
    ("options", "extra", "processes"),
    [
        (b"", b"", 1),
        (b"", b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n", 3),
        (b"", b"Index: kept\n", 3),
        (b"", b"no newline", 3 + MANY_PATCHES),  # GNU patch says a word on it
        (b" -p1", b"", 1),
        (b" -p2", b"", 3),
        (b" -R", b"", 3),
    ],
)
def test_what_is_left_to_the_script(
    options: bytes, extra: bytes, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patch with options of its own, or of which something may reach into the next one."""
    patches = [
        b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-%d\n+%d\n" % (number, number + 1)
        for number in range(MANY_PATCHES)
    ]
    if b"-p2" in options:
        patches[5] = patches[5].replace(b"a/", b"a/q/").replace(b"b/", b"b/q/")
    if b"-R" in options:
        patches[5] = b"--- b/f\n+++ a/f\n@@ -1 +1 @@\n-6\n+5\n"
    patches[5] += extra
    mode = 0o100755 if b"new mode" in extra else 0o100644
    stack = _statement(patches, {b"f": File(b"0\n")}, {b"f": File(b"%d\n" % MANY_PATCHES, mode)})
    series = stack.series.replace(b"0005.patch", b"0005.patch" + options)
    counted = _counting_patch(tmp_path, monkeypatch)
    _finish(replace(stack, series=series))
    assert len(counted.read_bytes()) == processes
