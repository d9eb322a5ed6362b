"""Makes a stack of patches and the two upstream versions around it, from a seed.

The text is like C only as far as matters here: lines that occur once, lines that occur everywhere,
a function's head every dozen lines. The same shape gives the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

SHORTEST, LONGEST = 20, 400
"""Lines of a file; the lengths are spread evenly on a logarithmic scale."""
CHURN = 0.2
"""The share of upstream's files that are edited between the versions, where no patch looks."""
OVERLAP = 0.02
"""The share of hunks of which upstream changes a line."""
RENAMED = 0.01
"""The share of upstream's files that have another name in the new version."""
ADDING = 0.03
"""The share of patches that add a file."""
AGAIN = 0.25
"""The share of edits in a file that one of the last patches touched."""

_RECENT = 200
_FILES_PER_FOLDER = 20
_CONTEXT = 3
_ROOM = 16
"""Lines that a hunk has for itself, so that two of a file stay apart; a shorter file only grows."""
_FILES_OF_A_PATCH = ((1, 2, 3, 4), (60, 22, 11, 7))
_HUNKS_OF_A_FILE = ((1, 2, 3), (68, 22, 10))
_EDITS = ((1, 1), (1, 1), (1, 1), (1, 2), (2, 2), (0, 1), (0, 3), (1, 0), (3, 0), (3, 1), (2, 5))
"""Lines removed and added by a hunk."""

_AREAS = ("alarm", "bus", "cache", "disk", "events", "fonts", "graph", "host", "input", "jobs")
_ACTIONS = (
    "accept",
    "bind",
    "clear",
    "drop",
    "emit",
    "fill",
    "grow",
    "hash",
    "join",
    "keep",
    "limit",
    "merge",
    "notify",
    "open",
)
_THINGS = (
    "account",
    "bucket",
    "cursor",
    "digest",
    "edge",
    "filter",
    "group",
    "handle",
    "item",
    "label",
    "mask",
    "packet",
)
_EVERYWHERE = ("\n", "\n", "}\n", "{\n", "\treturn 0;\n", "\t}\n", "\tbreak;\n", "\tgoto out;\n")
_FROM_EVERYWHERE = 0.25
_VOCABULARY = 4000


@dataclass(frozen=True, slots=True)
class Shape:
    """How many files upstream has, how many patches the stack, and what the random numbers start
    from."""

    files: int
    patches: int
    seed: int = 1


class Content(NamedTuple):
    """A whole file: its path and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SyntheticPatch:
    """A patch as `git format-patch` writes it, and each file that it touches as it leaves it."""

    name: str
    subject: str
    text: bytes
    changed: tuple[Content, ...]


class Line(NamedTuple):
    """A line of a file that patches work on; `origin` is its index in the old version, -1 if it
    came with a patch."""

    text: bytes
    origin: int


class Spot(NamedTuple):
    """A line of an upstream file that a hunk changes or stands at."""

    file: int
    line: int


@dataclass(slots=True)
class Ledger:
    """What the patches have made so far of the files that they touch, and where they looked."""

    files: dict[str, list[Line]] = field(default_factory=dict)
    shown: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    hunks: list[Spot] = field(default_factory=list)
    recent: list[int] = field(default_factory=list)


def old_files(shape: Shape) -> Iterator[Content]:
    """The old version of upstream, file by file."""
    for number in range(shape.files):
        yield Content(path_of(number), b"".join(lines_of(shape.seed, number)))


def path_of(number: int) -> str:
    """Where a file of upstream lies: twenty to a folder, the folders ever deeper."""
    rest = number // _FILES_PER_FOLDER
    parts: list[str] = []
    while rest or not parts:
        rest, which = divmod(rest, len(_AREAS))
        parts.append(_AREAS[which])
    return f"{'/'.join(parts)}/{_THINGS[number % len(_THINGS)]}{number}.c"


def lines_of(seed: int, number: int) -> list[bytes]:
    """The lines of a file in the old version; they do not depend on how many files there are."""
    rng = random.Random(f"{seed} file {number}")
    length = round(SHORTEST * math.exp(rng.random() * math.log(LONGEST / SHORTEST)))
    lines = rng.choices(_vocabulary(seed), k=length)
    lines[0] = b"/* part %d */\n" % number
    for at in range(5, length, 12):
        lines[at] = f"int {rng.choice(_ACTIONS)}_{number}_{at}(void)\n".encode()
    return lines


@cache
def _vocabulary(seed: int) -> Sequence[bytes]:
    rng = random.Random(f"{seed} lines")
    return tuple(_any_line(rng, number).encode() for number in range(_VOCABULARY))


def _any_line(rng: random.Random, number: int) -> str:
    if rng.random() < _FROM_EVERYWHERE:
        return rng.choice(_EVERYWHERE)
    action, thing, other = rng.choice(_ACTIONS), rng.choice(_THINGS), rng.choice(_THINGS)
    return rng.choice(
        (
            f"\t{thing}.{other} = {action}({thing}, {number});\n",
            f"\tif ({action}_{other}(&{thing}[{number}]) < 0)\n",
            f"\t/* {thing} {number}: {action} its {other} first */\n",
            f"\tunsigned {thing}_{number} = {other}_count;\n",
            f"#define {thing.upper()}_{number} {number * 3}\n",
            f"extern void {action}_{thing}_{number}(int {other});\n",
        )
    )


def patches(shape: Shape, ledger: Ledger) -> Iterator[SyntheticPatch]:
    """The stack, patch by patch; `ledger` holds afterwards what `new_files` must know."""
    rng = random.Random(f"{shape.seed} patches {shape.files}")
    for number in range(1, shape.patches + 1):
        subject = f"{rng.choice(_ACTIONS)} the {rng.choice(_THINGS)} of {rng.choice(_AREAS)}"
        name = f"{number:05d}-{subject.replace(' ', '-')}.patch"
        diffs: list[bytes] = []
        changed: dict[str, Content] = {}
        count = rng.choices(*_FILES_OF_A_PATCH)[0]
        if rng.random() < ADDING:
            path = f"{path_of(rng.randrange(shape.files)).rpartition('/')[0]}/added{number}.c"
            diffs.append(_added(rng, shape.seed, path, ledger))
            changed[path] = _content(path, ledger)
            count -= 1
        for _ in range(count):
            file = _some_file(rng, shape, ledger)
            path = path_of(file)
            if path in changed:
                continue
            diffs.append(_edited(rng, shape.seed, file, f"v{number}", ledger))
            changed[path] = _content(path, ledger)
            ledger.recent.append(file)
        del ledger.recent[:-_RECENT]
        text = _mail(number, subject) + b"".join(diffs)
        yield SyntheticPatch(name, f"{subject} ({number})", text, tuple(changed.values()))


def _mail(number: int, subject: str) -> bytes:
    return (
        f"From {'0' * 40} Mon Sep 17 00:00:00 2001\n"
        "From: bench <bench@invalid>\nDate: Sat, 1 Jan 2000 00:00:00 +0000\n"
        f"Subject: [PATCH] {subject} ({number})\n\nMade from a seed, as number {number}.\n---\n\n"
    ).encode()


def _some_file(rng: random.Random, shape: Shape, ledger: Ledger) -> int:
    if ledger.recent and rng.random() < AGAIN:
        return rng.choice(ledger.recent)
    return rng.randrange(shape.files)


def _content(path: str, ledger: Ledger) -> Content:
    return Content(path, b"".join(line.text for line in ledger.files[path]))


def _blob(content: bytes) -> str:
    """The name that git gives a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _added(rng: random.Random, seed: int, path: str, ledger: Ledger) -> bytes:
    lines = rng.choices(_vocabulary(seed), k=rng.randint(10, 90))
    ledger.files[path] = [Line(text, -1) for text in lines]
    head = (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n"
        f"index {'0' * 40}..{_blob(b''.join(lines))}\n"
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n"
    )
    return head.encode() + b"".join(b"+" + text for text in lines)


def _edited(rng: random.Random, seed: int, file: int, mark: str, ledger: Ledger) -> bytes:
    """Edit a file in the ledger at some places; the diff of it."""
    path = path_of(file)
    if path not in ledger.files:
        texts = lines_of(seed, file)
        ledger.files[path] = [Line(text, at) for at, text in enumerate(texts)]
    before = ledger.files[path]
    after: list[Line] = []
    hunks: list[bytes] = []
    copied = 0
    for at, gone, texts in _plan(rng, len(before), mark):
        added = [Line(text, -1) for text in texts]
        first, last = max(0, at - _CONTEXT), min(len(before), at + gone + _CONTEXT)
        after += before[copied:at]
        start = len(after) - (at - first) + 1
        after += added
        copied = at + gone
        length = last - first
        hunks.append(
            f"@@ -{first + 1},{length} +{start},{length - gone + len(added)} @@\n".encode()
            + _shown(b" ", before[first:at])
            + _shown(b"-", before[at:copied])
            + _shown(b"+", added)
            + _shown(b" ", before[copied:last])
        )
        seen = [line.origin for line in before[first:last] if line.origin >= 0]
        ledger.shown[file].update(seen)
        own = [line.origin for line in before[at : at + max(gone, 1)] if line.origin >= 0]
        ledger.hunks.extend(Spot(file, line) for line in own[:1])
    after += before[copied:]
    was = _blob(_content(path, ledger).content)
    ledger.files[path] = after
    now = _blob(_content(path, ledger).content)
    head = f"diff --git a/{path} b/{path}\nindex {was}..{now} 100644\n--- a/{path}\n+++ b/{path}\n"
    return head.encode() + b"".join(hunks)


def _plan(rng: random.Random, length: int, mark: str) -> Iterator[tuple[int, int, list[bytes]]]:
    """Where to edit a file of so many lines, how many lines go, and which come, from the top."""
    count = max(1, min(rng.choices(*_HUNKS_OF_A_FILE)[0], length // _ROOM))
    share = length // count
    for hunk in range(count):
        at = hunk * share + rng.randrange(max(1, share - _ROOM // 2))
        gone, come = rng.choice(_EDITS)
        if length < _ROOM:
            gone, come = 0, max(come, 1)
        gone = min(gone, length - at)
        texts = [_own_line(rng, f"{mark}_{hunk}_{one}") for one in range(max(come, not gone))]
        yield at, gone, texts


def _own_line(rng: random.Random, mark: str) -> bytes:
    return f"\t{mark} = {rng.choice(_ACTIONS)}({rng.choice(_THINGS)});\n".encode()


def _shown(sign: bytes, lines: Sequence[Line]) -> bytes:
    return b"".join(sign + line.text for line in lines)


def new_files(shape: Shape, ledger: Ledger) -> Iterator[Content]:
    """The new version of upstream, file by file, once all `patches` are made."""
    rng = random.Random(f"{shape.seed} upstream {shape.files}")
    crossed: dict[int, set[int]] = defaultdict(set)
    for file, line in rng.sample(ledger.hunks, round(len(ledger.hunks) * OVERLAP)):
        crossed[file].add(line)
    numbers = range(shape.files)
    churned = set(rng.sample(numbers, round(shape.files * CHURN)))
    renamed = set(rng.sample(numbers, round(shape.files * RENAMED)))
    for number in numbers:
        lines = lines_of(shape.seed, number)
        at = set(crossed.get(number, ()))
        if number in churned:
            tried = rng.sample(range(len(lines)), rng.randint(1, 4))
            at |= set(tried) - ledger.shown.get(number, set())
        for place in sorted(at, reverse=True):
            gone = 1 if place in crossed.get(number, ()) else rng.randint(0, 1)
            come = [
                _own_line(rng, f"up_{number}_{place}_{one}") for one in range(rng.randint(1, 3))
            ]
            lines[place : place + gone] = come
        path = path_of(number)
        if number in renamed:
            path = f"moved/{path}" if number % 2 else path.replace(".c", "_renamed.c")
        yield Content(path, b"".join(lines))
