"""A small made project: two upstream versions and a stack, in every layout."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.model.tree import File
from tests.cli.running import Run, run
from tests.sources.made import write_files

LAYOUTS = ("series.conf", "series", "patches/series", "debian/patches/series")


def numbered(word: str, count: int = 30) -> bytes:
    """Lines that all differ: the word and a number."""
    return b"".join(b"%s %d\n" % (word.encode(), number) for number in range(1, count + 1))


OLD = {
    b"main.c": File(numbered("main")),
    b"util.c": File(numbered("util")),
    b"docs/notes.txt": File(numbered("note")),
}
NEW = {
    b"main.c": File(numbered("main").replace(b"main 10\n", b"upstream's ten\n")),
    b"util.c": File(b"one more line\n" + numbered("util")),
    b"docs/notes.txt": File(numbered("note").replace(b"note 25\n", b"note twenty-five\n")),
}


def diff(path: str, old: bytes | None, new: bytes | None) -> bytes:
    """A unified diff of one file; None: there is no such file."""
    text = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(old),
        _lines(new),
        b"/dev/null" if old is None else f"a/{path}".encode(),
        b"/dev/null" if new is None else f"b/{path}".encode(),
    )
    return b"".join(text)


def _lines(content: bytes | None) -> list[bytes]:
    return [] if content is None else content.splitlines(keepends=True)


def change(path: str, old: bytes, new: bytes, files: Mapping[bytes, File] | None = None) -> bytes:
    """A patch that replaces `old` by `new` in a file of the old version."""
    content = (OLD if files is None else files)[path.encode()].content
    assert old in content
    return diff(path, content, content.replace(old, new))


SHIFTED = change("util.c", b"util 20\n", b"our twenty\n")
CREATED = diff("new.txt", None, b"one\ntwo\n")
CONFLICTED = change("main.c", b"main 10\n", b"our ten\n")
UNCHANGED = change("docs/notes.txt", b"note 5\n", b"our five\n")

PORTED = {"0001-util.patch": SHIFTED, "0002-new.patch": CREATED, "0003-notes.patch": UNCHANGED}
HELD = {**PORTED, "0004-main.patch": CONFLICTED}


@dataclass(frozen=True, slots=True)
class Demo:
    """The project on disk: `stack` is for version 1.0 of the folder `upstream`."""

    root: Path
    stack: Path
    upstream: Path
    out: Path

    def rebase(self, *options: str | Path, changes: Mapping[str, str] | None = None) -> Run:
        """Port the stack from 1.0 to 2.0 into `out`; later options win."""
        return run(
            *("rebase", "--from", "1.0", "--to", "2.0", "--stack", self.stack),
            *("--upstream", self.upstream, "--out", self.out, *options),
            changes=changes,
        )

    def check(self, *options: str | Path) -> Run:
        """Check the stack on version 1.0."""
        return run(
            *("check", "--stack", self.stack, "--at", "1.0", "--upstream", self.upstream),
            *options,
        )

    def refresh(self, *options: str | Path) -> Run:
        """Refresh the stack on version 1.0."""
        return run(
            *("refresh", "--stack", self.stack, "--at", "1.0", "--upstream", self.upstream),
            *options,
        )

    def patch(self, name: str) -> Path:
        """Where a patch of the stack stands."""
        return self.stack / "patches" / name

    def put(self, name: str, content: bytes) -> None:
        """Write a patch of the stack, and list it if it is not."""
        self.patch(name).write_bytes(content)
        series = self.stack / "series.conf"
        if name.encode() not in series.read_bytes():
            series.write_bytes(series.read_bytes() + name.encode() + b"\n")


def make_demo(root: Path, patches: Mapping[str, bytes] = HELD) -> Demo:
    """Put the project onto disk: the stack in the layout of openEuler, upstream as folders."""
    upstream = root / "upstream"
    write_files(upstream / "1.0", OLD)
    write_files(upstream / "2.0", NEW)
    stack = make_stack(root / "demo-1.0", patches)
    return Demo(root, stack, upstream, root / "out")


def make_stack(root: Path, patches: Mapping[str, bytes], layout: str = "series.conf") -> Path:
    """Put a stack onto disk; `layout` is the place of its series file."""
    series = root / layout
    folder = root / "patches" if layout == "series.conf" else series.parent
    folder.mkdir(parents=True)
    for name, content in patches.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    series.write_text("# The patches of demo.\n" + "".join(f"{name}\n" for name in patches))
    return root
