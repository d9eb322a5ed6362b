"""`git range-diff` on the same stacks, as commits: the same pairs and the same signs."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from patchkit.model.stackdiff import Likeness, PatchComparison, StackComparison
from tests.diffing.stackmaking import compared, stack

_ROW = re.compile(r"^ *(-|\d+): +\S+ ([=!<>]) +(-|\d+): ", re.MULTILINE)
_Change = tuple[str, str]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_pairs_as_git(tmp_path: Path, seed: int) -> None:
    """Patches dropped, added, changed, put elsewhere and renumbered."""
    chance = random.Random(seed)
    old = [(f"file{number}.c", f"mine {number}") for number in range(8)]
    new = [(path, f"{text} more" if chance.random() < 0.4 else text) for path, text in old]
    for number in range(2):
        new.pop(chance.randrange(len(new)))
        new.insert(chance.randrange(len(new)), (f"other{number}.c", f"added {number}"))
    new.insert(0, new.pop())
    _git(tmp_path, "init", "-q", "-b", "base")
    for path in {path for path, _ in (*old, *new)}:
        (tmp_path / path).write_text(_content(path))
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-q", "-m", "base")
    for branch, changes in (("old", old), ("new", new)):
        _commit(tmp_path, branch, changes)
    said = _git(tmp_path, "range-diff", "--no-color", "--no-patch", "base", "old", "new")
    mine = compared(*(stack(_patches(tmp_path, branch)) for branch in ("old", "new")))
    rows = _rows(mine)
    assert {"=", "!", "<", ">"} == {sign for _, sign, _ in rows}
    assert _ROW.findall(said) == rows


def _content(path: str) -> str:
    return "".join(f"{path} line {number}\n" for number in range(30))


def _commit(root: Path, branch: str, changes: Iterable[_Change]) -> None:
    _git(root, "checkout", "-q", "-b", branch, "base")
    for path, text in changes:
        lines = _content(path).splitlines(keepends=True)
        lines[10:12] = [f"{text.split(' more')[0]} {part}\n" for part in range(10)]
        lines[20] = f"{text}\n"
        (root / path).write_text("".join(lines))
        _git(root, "commit", "-q", "-a", "-m", f"Change {path}")


def _patches(root: Path, branch: str) -> dict[str, bytes]:
    folder = root / f"of-{branch}"
    _git(root, "format-patch", "-q", "-o", str(folder), f"base..{branch}")
    return {place.name: place.read_bytes() for place in sorted(folder.iterdir())}


def _rows(found: StackComparison) -> list[tuple[str, ...]]:
    return [
        (
            "-" if patch.old is None else str(patch.old.number),
            _sign(patch),
            "-" if patch.new is None else str(patch.new.number),
        )
        for patch in found.patches
    ]


def _sign(patch: PatchComparison) -> str:
    if patch.old is None:
        return ">"
    if patch.new is None:
        return "<"
    is_changed = any(one.hunks or one.likeness is Likeness.CHANGED for one in patch.files)
    return "!" if is_changed else "="


def _git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout
