"""Made packages: an upstream in two versions and a stack, each from a seed.

The same seed gives the same bytes. A package is small (a few files, some patches); most patches
meet an upstream that moved around them, some one that changed the same lines, deleted or renamed
the file, or took the patch. A few packages are broken, as in any distribution.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_VERBS = ("read", "write", "open", "close", "parse", "print", "check", "count")
_NOUNS = ("file", "line", "node", "entry", "table", "queue", "token", "block")
_BROKEN_SHARE = 0.03
_OVERLAP_SHARE = 0.07
_TAKEN_SHARE = 0.08
_GONE_SHARE = 0.02
_RENAMED_SHARE = 0.05

Files = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Made:
    """A made package on disk: the folder of its stack, and that of its versions 1.0 and 2.0."""

    name: str
    stack: Path
    upstream: Path


def make_package(root: Path, number: int, *, files: int = 12, patches: int = 8) -> Made:
    """One package below `root` with at most so many files and patches; `number` is its seed."""
    chance = random.Random(number)
    name = f"made-{number:05d}"
    made = Made(name, root / "stacks" / name, root / "upstreams" / name)
    old = {
        f"src/{chance.choice(_NOUNS)}_{at}.c": _code(chance, at)
        for at in range(chance.randint(2, files))
    }
    ours, stack, edited = dict(old), {}, []
    for at in range(chance.randint(1, patches)):
        path = chance.choice(sorted(ours))
        before = ours[path]
        ours[path], line = _edited(chance, before, f"ours_{at}")
        edited.append((path, line, before, ours[path]))
        stack[f"{at + 1:04d}-{chance.choice(_VERBS)}-{chance.choice(_NOUNS)}.patch"] = _patch(
            path, before, ours[path], at
        )
    _write(made.upstream / "1.0", old)
    _write(made.upstream / "2.0", _moved_on(chance, old, edited))
    _write_stack(made.stack, stack)
    if chance.random() < _BROKEN_SHARE:
        _break(chance, made, sorted(stack))
    return made


def make_packages(root: Path, count: int, *, first: int = 1, **size: int) -> Iterator[Made]:
    """So many packages, those that are there already left alone."""
    for number in range(first, first + count):
        name = f"made-{number:05d}"
        made = Made(name, root / "stacks" / name, root / "upstreams" / name)
        is_there = (made.stack / "made").is_file()
        if not is_there:
            made = make_package(root, number, **size)
            (made.stack / "made").touch()
        yield made


def _code(chance: random.Random, seed: int) -> list[str]:
    """A source file whose lines all differ."""
    lines = [f"/* file {seed} */"]
    for at in range(chance.randint(4, 30)):
        verb, noun = chance.choice(_VERBS), chance.choice(_NOUNS)
        lines += [
            "",
            f"static int {verb}_{noun}_{seed}_{at}(struct {noun} *{noun})",
            "{",
            *(
                f"\t{noun}->{chance.choice(_NOUNS)}[{step}] = {verb}({chance.randrange(10**6)});"
                for step in range(chance.randint(1, 8))
            ),
            "\treturn 0;",
            "}",
        ]
    return lines


def _edited(chance: random.Random, lines: list[str], word: str) -> tuple[list[str], int]:
    """The lines with a change at one place, and where it is."""
    at = chance.randrange(1, len(lines))
    gone = min(chance.randint(0, 2), len(lines) - at)
    come = [f"\t{word}({step}, {chance.randrange(10**6)});" for step in range(chance.randint(1, 4))]
    return [*lines[:at], *come, *lines[at + gone :]], at


def _moved_on(
    chance: random.Random, old: Files, edited: list[tuple[str, int, list[str], list[str]]]
) -> Files:
    """What upstream made of the old version."""
    new = {path: list(lines) for path, lines in old.items()}
    for path in sorted(new):
        for at in range(chance.randint(0, 2)):
            new[path], _ = _edited(chance, new[path], f"upstream_{at}")
    for path, line, before, after in edited:
        draw = chance.random()
        if draw < _OVERLAP_SHARE and line < len(new[path]):
            new[path][line] = f"\tupstream_instead({chance.randrange(10**6)});"
        elif draw < _OVERLAP_SHARE + _TAKEN_SHARE and before == old[path]:
            new[path] = list(after)
    for path in sorted(new):
        draw = chance.random()
        if draw < _GONE_SHARE:
            del new[path]
        elif draw < _GONE_SHARE + _RENAMED_SHARE:
            new[path.replace("src/", "lib/")] = new.pop(path)
    return new or {"README": ["moved elsewhere"]}


def _patch(path: str, before: list[str], after: list[str], number: int) -> str:
    diff = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", lineterm="")
    head = [
        "From: A Maintainer <maintainer@example.invalid>",
        f"Subject: Change {number} of {path}",
        "",
        "A made change.",
        "---",
    ]
    return "\n".join([*head, *diff, ""])


def _break(chance: random.Random, made: Made, patches: list[str]) -> None:
    """What goes wrong in some packages: a patch is missing or cut off, a version is not there."""
    victim = made.stack / "patches" / chance.choice(patches)
    match chance.randrange(3):
        case 0:
            victim.unlink()
        case 1:
            victim.write_text(victim.read_text().rstrip("\n").rpartition("\n")[0])
        case _:
            (made.upstream / "2.0").rename(made.upstream / "2.0~rc1")


def _write_stack(folder: Path, patches: dict[str, str]) -> None:
    (folder / "patches").mkdir(parents=True)
    for name, text in patches.items():
        (folder / "patches" / name).write_text(text)
    (folder / "patches" / "series").write_text("".join(f"{name}\n" for name in patches))


def _write(folder: Path, files: Files) -> None:
    for path, lines in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join([*lines, ""]))
