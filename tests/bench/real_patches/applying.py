"""A real stack, applied patch by patch: where patchkit puts each hunk, and where GNU patch does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from patchkit.diffing.edits import apply_edits, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.errors import PatchFormatError
from patchkit.model.patch import FileDiff
from patchkit.model.tree import split_lines
from tests.bench.port_quality.cases import Entry, read_series
from tests.bench.port_quality.processes import attempt
from tests.diffing.oracles import Taken, taken_hunks

Placed = Taken | None


def apply_everywhere(series: Path, tree: Path, fuzz: int = 2) -> Iterator[tuple[str, int, str]]:
    """Each patch of a series with the number of its hunks, and what differs (empty: nothing).

    GNU patch changes the tree; patchkit says before what each file will be.
    """
    for entry in read_series(series):
        yield _apply(entry, (series / entry.name).read_bytes(), tree, fuzz)


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
