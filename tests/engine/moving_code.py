"""Generated stories of code that moves: functions change their places in two files, and patches
edit them there. Every choice comes from a `random.Random`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from patchkit.model.series import Entry

from .generating import CONTEXTS, Story
from .making import Files, diff, file, plain_diff, stack_of

PATHS = (b"src/one.c", b"src/two.c")
_COMMON = (b"\tif (ok)\n", b"\t\treturn 0;\n", b"\tfree(it);\n", b"\n", b"\tbreak;\n")


@dataclass(frozen=True)
class Function:
    """A function of a file: its heading, its lines, and an end like that of all others."""

    name: bytes
    body: tuple[bytes, ...]

    @property
    def content(self) -> bytes:
        """Its text."""
        return b"int %b(void)\n{\n%b}\n\n" % (self.name, b"".join(self.body))


Code = tuple[tuple[Function, ...], ...]
"""The functions of each of the two files."""


def some_function(rng: Random, name: bytes, common: float) -> Function:
    """A function of three to nine lines, some of which stand in others, too."""
    body = tuple(
        rng.choice(_COMMON) if rng.random() < common else b"\t%b_%d();\n" % (name, at)
        for at in range(rng.randint(3, 9))
    )
    return Function(name, body)


def edited_function(rng: Random, function: Function, word: bytes) -> Function:
    """The function with a line put in, taken out or replaced."""
    body = list(function.body)
    at = rng.randint(0, len(body))
    fresh = [b"\t%b_%d();\n" % (word, rng.randint(0, 99))]
    body[at : at + rng.choice((0, 1, 2))] = [] if body and rng.random() < 0.2 else fresh
    return replace(function, body=tuple(body))


def with_edit(rng: Random, code: Code, word: bytes) -> Code:
    """Code in which one function is edited."""
    place = rng.randrange(len(code))
    if not code[place]:
        return code
    at = rng.randrange(len(code[place]))
    functions = list(code[place])
    functions[at] = edited_function(rng, functions[at], word)
    return (*code[:place], tuple(functions), *code[place + 1 :])


def with_move(rng: Random, code: Code) -> Code:
    """Code in which one function has another place, in its file or the other one; now and then it
    stays where it was as well."""
    files = [list(functions) for functions in code]
    before, after = rng.choice(files), rng.choice(files)
    if not before:
        return code
    moved = rng.choice(before)
    if rng.random() < 0.9:
        before.remove(moved)
    after.insert(rng.randint(0, len(after)), moved)
    return tuple(map(tuple, files))


def files_of(code: Code, *, gone: Sequence[int] = ()) -> Files:
    """The files; an empty one stays unless it is `gone`."""
    heads = (b"/* one */\n#include <one.h>\n\n", b"/* two */\n#include <two.h>\n\n")
    return {
        path: file(heads[at] + b"".join(function.content for function in functions))
        for at, (path, functions) in enumerate(zip(PATHS, code, strict=True))
        if at not in gone
    }


def moving_story(rng: Random, most_patches: int = 3) -> Story:
    """Two files, upstream moves functions and edits some, and the stack edits them, too."""
    common = rng.choice((0.0, 0.3, 0.6))
    names = [b"f%d" % number for number in range(rng.randint(3, 8))]
    functions = [some_function(rng, name, common) for name in names]
    split = rng.randint(1, len(functions))
    code: Code = (tuple(functions[:split]), tuple(functions[split:]))
    upstream = code
    for _ in range(rng.randint(1, 3)):
        upstream = with_move(rng, upstream)
    for _ in range(rng.choice((0, 0, 1, 2))):
        upstream = with_edit(rng, upstream, b"upstream")
    gone = (0,) if not upstream[0] and rng.random() < 0.5 else ()
    patches: list[bytes] = []
    entries: list[Entry] = []
    for number in range(rng.randint(1, most_patches)):
        after = code
        for _ in range(rng.randint(1, 2)):
            after = with_edit(rng, after, b"patch%d" % number)
        strip = rng.choice((0, 1, 1))
        is_reversed = rng.random() < 0.2
        sides = [files_of(code), files_of(after)]
        if is_reversed:
            sides.reverse()
        patch = _written(rng, sides[0], sides[1], strip)
        if patch:
            patches.append(patch)
            entries.append(Entry(f"{number}.patch", strip, is_reversed))
            code = after
    old = files_of((tuple(functions[:split]), tuple(functions[split:])))
    return Story(
        old, files_of(upstream, gone=gone), stack_of(*patches, entries=entries), files_of(code)
    )


def _written(rng: Random, before: Files, after: Files, strip: int) -> bytes:
    """The patch as git writes it, or diff."""
    if rng.random() < 0.5 or strip == 0:
        prefix = ["--no-prefix"] if strip == 0 else []
        return diff(before, after, *rng.choice(CONTEXTS), *prefix)
    context = rng.choice((1, 3, 6))
    return b"".join(
        plain_diff(path.decode(), before[path].content, after[path].content, context=context)
        for path in PATHS
    )


@dataclass(frozen=True)
class Move:
    """A patch that edits functions which upstream only moved, and what must come out if nothing is
    held."""

    old: Files
    new: Files
    patch: bytes
    expected: Files


def pure_move(rng: Random) -> Move:
    """Functions whose lines stand nowhere else; upstream moves some, the patch edits some."""
    names = [b"f%d" % number for number in range(rng.randint(3, 8))]
    functions = [some_function(rng, name, 0.0) for name in names]
    split = rng.randint(1, len(functions) - 1)
    code: Code = (tuple(functions[:split]), tuple(functions[split:]))
    edited = {
        function.name: edited_function(rng, function, b"patched")
        for function in rng.sample(functions, rng.randint(1, 2))
    }
    upstream = [list(found) for found in code]
    for _ in range(rng.randint(1, 3)):
        before, after = rng.choice(upstream), rng.choice(upstream)
        if before:
            after.insert(rng.randint(0, len(after)), before.pop(rng.randrange(len(before))))
    moved: Code = (tuple(upstream[0]), tuple(upstream[1]))
    old = files_of(code)
    patch = _written(rng, old, files_of(_with(code, edited)), 1)
    return Move(old, files_of(moved), patch, files_of(_with(moved, edited)))


def _with(code: Code, edited: dict[bytes, Function]) -> Code:
    return tuple(tuple(edited.get(one.name, one) for one in found) for found in code)
