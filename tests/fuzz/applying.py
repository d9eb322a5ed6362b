"""Ports a patch of any bytes onto trees that are made to suit it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from random import Random

from patchkit.diffing.rehunking import flip
from patchkit.diffing.unified import parse_patch
from patchkit.engine.checking import Fit, check_stack
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import port_stack
from patchkit.model.patch import FileDiff, Operation
from patchkit.model.series import Entry, Series, SeriesLine, format_entry
from patchkit.model.stack import Dialect, Layout, Stack, StackedPatch
from patchkit.model.tree import REGULAR, SYMLINK, File, MemoryTree, Path, split_lines

_MOST_LINES = 200
_POLICY = Policy()
_LAYOUT = Layout(Dialect.SERIES_CONF, "series.conf", "patches")


def applies_and_ports(raw: bytes) -> None:
    """Any patch is ported from a tree that it fits to one that drifted, and what comes out fits.

    The drift depends on the bytes alone, so that a finding is found again.
    """
    patch = parse_patch("1.patch", raw)
    rng = Random(zlib.crc32(raw))
    entry = Entry("1.patch", is_reversed=rng.random() < 0.2)
    stack = _stack(StackedPatch(entry, patch))
    old = _suiting(patch.files, is_reversed=entry.is_reversed)
    new = {
        _moved(rng, path): File(_drifted(rng, file.content), file.mode)
        for path, file in old.items()
    }
    check_stack(stack, MemoryTree(old), _POLICY)
    ported = port_stack(stack, MemoryTree(old), MemoryTree(new), _POLICY)
    (found,) = ported.patches
    # Where a part is left out, text that stood behind it may be taken for one of the header before.
    if found.content is None or not found.status.is_ported:
        return
    again = _stack(StackedPatch(entry, parse_patch("1.patch", found.content)))
    (fit,) = check_stack(again, MemoryTree(new), _POLICY)
    assert fit.fit is Fit.EXACT, (found.content, fit)


def _stack(stacked: StackedPatch) -> Stack:
    series = Series((SeriesLine(format_entry(stacked.entry), stacked.entry),))
    return Stack(_LAYOUT, series, (stacked,))


def _suiting(parts: Sequence[FileDiff], *, is_reversed: bool) -> dict[Path, File]:
    """The files that the patch expects, as far as it shows them."""
    files: dict[Path, File] = {}
    seen: set[Path | None] = set()
    creating = Operation.DELETE if is_reversed else Operation.CREATE
    for part in parts:
        names = part.names(1)
        name, made = (names.new, names.old) if is_reversed else (names.old, names.new)
        is_known = name in seen
        seen |= {name, made}
        if name is None or part.operation is creating or is_known:
            continue
        if any(_is_in_the_way(path, name) for path in files):
            continue
        content = b"".join(_expected(part, is_reversed=is_reversed))
        mode = part.new_mode if is_reversed else part.old_mode
        files[name] = File(content, mode if mode in (REGULAR, SYMLINK) else REGULAR)
    return files


def _expected(part: FileDiff, *, is_reversed: bool) -> Iterator[bytes]:
    at = 1
    for hunk in part.hunks:
        shown = flip(hunk) if is_reversed else hunk
        for number in range(at, min(shown.old_start, at + _MOST_LINES)):
            yield b"line %d\n" % number
        yield from (line if line.endswith(b"\n") else line + b"\n" for line in shown.old[:-1])
        yield from shown.old[-1:]
        at = max(at, shown.old_start + len(shown.old))


def _is_in_the_way(one: Path, other: Path) -> bool:
    return one.startswith(other + b"/") or other.startswith(one + b"/")


def _moved(rng: Random, path: Path) -> Path:
    return b"moved/" + path if rng.random() < 0.1 else path


def _drifted(rng: Random, content: bytes) -> bytes:
    lines = split_lines(content)
    for _ in range(rng.choice((0, 1, 1, 3))):
        at = rng.randint(0, len(lines))
        if rng.random() < 0.5:
            lines[at:at] = [b"upstream %d\n" % rng.randint(0, 3)]
        else:
            del lines[at : at + rng.randint(1, 2)]
    return b"".join(lines)
