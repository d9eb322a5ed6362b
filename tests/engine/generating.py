"""Generated trees, upstream changes and stacks: repetitive text, moves, modes, links, all options.

Every choice comes from a `random.Random`: one of hypothesis, which shrinks, or one with a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from patchkit.model.series import Entry
from patchkit.model.stack import Stack
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File, Path, split_lines

from .making import Files, diff, link, stack_of

PATHS = (b"a.c", b"src/a.c", b"src/b.c", b"src/deep/c.h", b"doc/x", b"lib/y.py")
MORE_PATHS = (*PATHS, b"new/z.c", b"src/z.c", b"new/w")
COMMON = (b"a\n", b"b\n", b"}\n", b"\n", b"x = 1\n", b"return\n", b"if (q) {\n", b"c\r\n")
FINDING: Sequence[Sequence[str]] = (
    (),
    ("-M",),
    ("-M", "-C"),
    ("-M30%", "-C", "--find-copies-harder"),
)
CONTEXTS: Sequence[Sequence[str]] = ((), ("-U0",), ("-U1",), ("-U6",))
PREFIXES: Sequence[Sequence[str]] = (
    ("--no-prefix",),
    (),
    ("--src-prefix=a/q/", "--dst-prefix=b/q/"),
)


@dataclass(frozen=True)
class Story:
    """An old version, a new one, a stack for the old, and the old version with the stack."""

    old: Files
    new: Files
    stack: Stack
    patched: Files


def some_lines(rng: Random, most: int) -> list[bytes]:
    """Lines many of which stand in several places, so that a wrong place is easy to find."""
    share = rng.choice((0.1, 0.5, 0.9))
    return [
        rng.choice(COMMON) if rng.random() < share else b"line %d %d\n" % (at, rng.randint(0, 9))
        for at in range(rng.randint(0, most))
    ]


def some_content(rng: Random, most: int = 40) -> bytes:
    """A text, now and then without a final newline."""
    content = b"".join(some_lines(rng, most))
    return content.removesuffix(b"\n") if rng.random() < 0.1 else content


def edited_content(rng: Random, content: bytes, word: bytes) -> bytes:
    """The content with one to three edits; some copy lines of it, which makes places alike."""
    lines = [line if line.endswith(b"\n") else line + b"\n" for line in split_lines(content)]
    for _ in range(rng.randint(1, 3)):
        at, kind = rng.randint(0, len(lines)), rng.random()
        fresh = [
            rng.choice((*COMMON, b"%b %d\n" % (word, rng.randint(0, 5))))
            for _ in range(rng.randint(1, 3))
        ]
        if kind < 0.15:
            lines[at:at] = lines[: rng.randint(0, 4)]
        elif kind < 0.45:
            lines[at:at] = fresh
        elif kind < 0.7:
            del lines[at : at + rng.randint(1, 3)]
        else:
            lines[at : at + rng.randint(1, 2)] = fresh
    edited = b"".join(lines)
    return edited.removesuffix(b"\n") if rng.random() < 0.1 else edited


def some_tree(rng: Random) -> Files:
    """Two to six files, and now and then a link."""
    files = {
        path: File(some_content(rng), rng.choice((REGULAR, REGULAR, EXECUTABLE)))
        for path in rng.sample(PATHS, rng.randint(2, 6))
    }
    if rng.random() < 0.2:
        files[b"link"] = link(b"a.c")
    return files


def changed_tree(rng: Random, tree: Files, word: bytes) -> Files:
    """The tree after one to three edits, creations, deletions, renames or changes of mode."""
    files = dict(tree)
    for _ in range(rng.randint(1, 3)):
        _change(rng, files, word)
    return files


def moved_tree(rng: Random, tree: Files) -> Files:
    """The tree after upstream moved a folder, or made copies of a file, or both and no more."""
    files = dict(tree)
    if rng.random() < 0.6:
        before = rng.choice((b"src/", b"src/deep/", b"lib/", b"doc/"))
        after = rng.choice((b"new/src/", b"lib2/", b"src2/x/"))
        files = {
            after + path[len(before) :] if path.startswith(before) else path: found
            for path, found in files.items()
        }
    if rng.random() < 0.4 and files:
        path = rng.choice(sorted(files))
        for copy in (b"copy1.c", b"other/copy2.c"):
            files.setdefault(copy, files[path])
        if rng.random() < 0.6:
            del files[path]
    return files


def some_story(rng: Random, most_patches: int = 5) -> Story:
    """A stack of one to five patches of all kinds, and some new version."""
    old = some_tree(rng)
    new = moved_tree(rng, old) if rng.random() < 0.4 else old
    for _ in range(rng.randint(0, 2)):
        new = changed_tree(rng, new, b"upstream")
    patches: list[bytes] = []
    entries: list[Entry] = []
    tree = old
    for number in range(rng.randint(1, most_patches)):
        after = changed_tree(rng, tree, b"patch%d" % number)
        strip = rng.choice((0, 1, 1, 1, 2))
        turns_kinds = _turns_kinds(tree, after)
        is_reversed = rng.random() < 0.2 and not turns_kinds
        # What patch -R cannot take back is a copy, and a file that became a link; nor does patch
        # copy what such a file was.
        finding = rng.choice(FINDING[:2] if is_reversed or turns_kinds else FINDING)
        before, behind = (after, tree) if is_reversed else (tree, after)
        patch = diff(before, behind, *finding, *rng.choice(CONTEXTS), *PREFIXES[strip])
        if patch:
            patches.append(patch)
            entries.append(Entry(f"{number}.patch", strip, is_reversed))
        tree = after
    return Story(old, new, stack_of(*patches, entries=entries), tree)


def _change(rng: Random, files: dict[Path, File], word: bytes) -> None:
    kind, paths = rng.random(), sorted(files)
    place = rng.choice(MORE_PATHS)
    is_free = not any(_is_in_the_way(path, place) for path in paths)
    if not paths or kind < 0.1:
        if is_free:
            # A target of its own: git would call it a copy, and patch copies no link.
            files[place] = File(some_content(rng)) if rng.random() < 0.8 else link(word)
        return
    path = rng.choice(paths)
    found = files[path]
    if kind < 0.7:
        is_link = found.mode == SYMLINK
        content = rng.choice((b"here", b"there")) if is_link else None
        files[path] = File(content or edited_content(rng, found.content, word), found.mode)
    elif kind < 0.78:
        del files[path]
    elif kind < 0.9 and is_free and found.mode != SYMLINK:  # patch renames no link
        files[place] = files.pop(path)
    elif found.mode != SYMLINK:
        files[path] = File(found.content, rng.choice((REGULAR, EXECUTABLE)))


def _turns_kinds(before: Files, after: Files) -> bool:
    kinds = {path: found.mode == SYMLINK for path, found in before.items()}
    return any(
        kinds.get(path, found.mode == SYMLINK) != (found.mode == SYMLINK)
        for path, found in after.items()
    )


def _is_in_the_way(path: Path, place: Path) -> bool:
    return path == place or path.startswith(place + b"/") or place.startswith(path + b"/")
