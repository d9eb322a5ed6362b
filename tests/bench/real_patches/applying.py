"""A real stack, applied patch by patch: where patchkit puts each hunk, and where GNU patch does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.engine.checking import Fit, PatchFit, check_stack
from patchkit.engine.policy import Policy
from patchkit.errors import PatchFormatError
from patchkit.model.patch import FileDiff
from patchkit.model.series import Entry as ListedPatch
from patchkit.model.tree import EXECUTABLE, REGULAR, File, MemoryTree, split_lines
from tests.bench.port_quality.cases import Entry, read_series
from tests.bench.port_quality.processes import attempt
from tests.diffing.oracles import Taken, taken_hunks
from tests.engine.gnupatch import write_tree
from tests.engine.making import stack_of

Placed = Taken | None


def apply_everywhere(series: Path, tree: Path, fuzz: int = 2) -> Iterator[tuple[str, int, str]]:
    """Each patch of a series with the number of its hunks, and what differs (empty: nothing).

    GNU patch changes the tree; patchkit says before what each file will be.
    """
    for entry in read_series(series):
        yield _apply(entry, (series / entry.name).read_bytes(), tree, fuzz)


def check_alone(series: Path, tree: Path, fuzz: int) -> Iterator[tuple[str, int, str]]:
    """Each patch of a series by itself on the tree, as `apply_everywhere` tells it.

    Without the patches before it much of it has to be found elsewhere, or is rejected. What
    `patchkit check` says is compared: every place, and whether all of it applies.
    """
    policy = Policy(max_fuzz=fuzz)
    for entry in read_series(series):
        raw = (series / entry.name).read_bytes()
        try:
            patch = parse_patch(entry.name, raw)
        except PatchFormatError as error:
            yield entry.name, 0, f"refused: {error.message}"
            continue
        named = {name for part in patch.files for name in _names(part, entry.strip)}
        files = {name: found for name in named if (found := _file(tree, name)) is not None}
        stack = stack_of(patch, entries=[ListedPatch(entry.name, entry.strip)])
        (fit,) = check_stack(stack, MemoryTree(files), policy)
        with TemporaryDirectory() as folder:
            root = Path(folder, "tree")
            write_tree(root, files)
            done = attempt(_command(entry, raw, root, fuzz), root)
        yield entry.name, sum(len(one.hunks) for one in fit.files), _verdict(fit, done)


def _verdict(fit: PatchFit, done: CompletedProcess[bytes]) -> str:
    is_taken = done.returncode == 0
    if is_taken != (fit.fit is not Fit.BROKEN):
        told = "; ".join(problem for file in fit.files for problem in file.problems)
        return (
            f"GNU patch {'takes' if is_taken else 'refuses'} it, patchkit: {fit.fit.value} {told}"
        )
    ours: list[Placed] = [
        None if one.place is None else Taken(one.place.offset, one.place.fuzz)
        for file in fit.files
        for one in file.hunks
    ]
    theirs = list(taken_hunks(done.stdout))
    if ours == theirs or b"gnored" in done.stdout:
        return ""
    return f"hunks go to {_differing(ours, theirs)}"


def _names(part: FileDiff, strip: int) -> Iterator[bytes]:
    names = part.names(strip)
    yield from (name for name in (names.old, names.new) if name is not None)


def _file(tree: Path, name: bytes) -> File | None:
    place = tree / os.fsdecode(name)
    if not place.is_file() or place.is_symlink():
        return None
    is_executable = place.stat().st_mode & 0o100
    return File(place.read_bytes(), EXECUTABLE if is_executable else REGULAR)


def _apply(entry: Entry, raw: bytes, tree: Path, fuzz: int) -> tuple[str, int, str]:
    try:
        parts = parse_patch(entry.name, raw).files
    except PatchFormatError as error:
        attempt(_command(entry, raw, tree, fuzz), tree)
        return entry.name, 0, f"refused: {error.message}"
    ours: list[Placed] = []
    expected: dict[bytes, bytes] = {}
    for part in parts:
        name = _name(part, entry.strip, tree, expected)
        place = tree / os.fsdecode(name)
        before = expected.get(name, place.read_bytes() if place.is_file() else b"")
        lines = split_lines(before)
        places = place_hunks(part.hunks, lines, fuzz)
        ours += [None if one is None else Taken(one.offset, one.fuzz) for one in places]
        after = apply_edits(lines, edits_of(part.hunks, places, lines))
        expected[name] = b"".join(after)
    said = attempt(_command(entry, raw, tree, fuzz), tree).stdout
    theirs = list(taken_hunks(said))
    if ours != theirs:
        return entry.name, len(ours), f"hunks go to {_differing(ours, theirs)}"
    for name, content in expected.items():
        place = tree / os.fsdecode(name)
        found = place.read_bytes() if place.is_file() else b""
        if found != content:
            return entry.name, len(ours), f"{os.fsdecode(name)} becomes another text"
    return entry.name, len(ours), ""


def _command(entry: Entry, raw: bytes, tree: Path, fuzz: int) -> list[str]:
    place = tree.with_name("the.patch")
    place.write_bytes(raw)
    return [
        "patch", f"-p{entry.strip}", f"-F{fuzz}", "--force", "--verbose", "--no-backup-if-mismatch",
        "-r", "-", "-i", str(place),
    ]  # fmt: skip


def _name(part: FileDiff, strip: int, tree: Path, known: dict[bytes, bytes]) -> bytes:
    """The file that GNU patch takes: the one of the two names that is there."""
    names = part.names(strip)
    for name in (names.old, names.new):
        if name is not None and (name in known or (tree / os.fsdecode(name)).is_file()):
            return name
    return names.new or names.old or b"?"


def _differing(ours: Sequence[Placed], theirs: Sequence[Placed]) -> str:
    if len(ours) != len(theirs):
        return f"{len(ours)} places, {len(theirs)} for GNU patch"
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return ", ".join(f"{mine}, {other} for GNU patch" for mine, other in pairs[:3])
