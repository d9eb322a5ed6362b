"""Makes trees, patches and stacks for the tests of the engine; the patches come from real git."""

from __future__ import annotations

import difflib
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchkit.diffing.unified import parse_patch
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack, port_stack
from patchkit.model.patch import Patch
from patchkit.model.report import Held, PortedFile, PortedPatch, Status
from patchkit.model.series import Entry, Series, SeriesLine, format_entry
from patchkit.model.stack import Dialect, Layout, Stack, StackedPatch
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File, MemoryTree, split_lines
from patchkit.model.tree import Path as TreePath

from .gnupatch import prove_with_gnu_patch

Files = Mapping[TreePath, File]
"""The files of a whole tree."""

POLICY = Policy()
_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def numbered(count: int, name: str = "line") -> bytes:
    """A file of lines that all differ: `line 1`, `line 2` and so on."""
    return b"".join(b"%b %d\n" % (name.encode(), number) for number in range(1, count + 1))


def edited(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The content with each first text replaced by the second; each must be there once."""
    for before, after in changes:
        assert content.count(before) == 1, before
        content = content.replace(before, after)
    return content


def file(content: bytes) -> File:
    """A regular file."""
    return File(content, REGULAR)


def program(content: bytes) -> File:
    """A file that is executable."""
    return File(content, EXECUTABLE)


def link(target: bytes) -> File:
    """A symbolic link."""
    return File(target, SYMLINK)


def stack_of(*patches: bytes | Patch, entries: Sequence[Entry] = ()) -> Stack:
    """A stack of these patches, named `1.patch`, `2.patch` and so on where no entry says more."""
    lines = entries or [Entry(f"{number}.patch") for number in range(1, len(patches) + 1)]
    stacked = tuple(
        StackedPatch(entry, parse_patch(entry.name, patch) if isinstance(patch, bytes) else patch)
        for entry, patch in zip(lines, patches, strict=True)
    )
    series = Series(tuple(SeriesLine(format_entry(entry), entry) for entry in lines))
    return Stack(Layout(Dialect.SERIES_CONF, "series.conf", "patches"), series, stacked)


def port(stack: Stack, old: Files, new: Files, policy: Policy = POLICY) -> PortedStack:
    """Port a stack, and prove what comes out with GNU patch."""
    ported = port_stack(stack, MemoryTree(old), MemoryTree(new), policy)
    prove_with_gnu_patch(ported, stack, policy)
    return ported


def port_one(
    patch: bytes, old: Files, new: Files, policy: Policy = POLICY
) -> tuple[PortedPatch, PortedStack]:
    """Port a single patch, and prove it."""
    ported = port(stack_of(patch), old, new, policy)
    return ported.patches[0], ported


def only_file(patch: PortedPatch) -> PortedFile:
    """The one file of a patch that has one."""
    (found,) = patch.files
    return found


def why_held(patch: PortedPatch) -> Held:
    """Why the one held region of a patch is held."""
    (region,) = patch.held
    assert isinstance(region.settlement, Held)
    return region.settlement


def statuses(ported: PortedStack) -> list[Status]:
    """The status of every patch."""
    return [patch.status for patch in ported.patches]


def plain_diff(path: str, before: bytes, after: bytes, *, context: int = 3) -> bytes:
    """A unified diff without git's headers, as `diff -u a/PATH b/PATH` makes it."""
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        split_lines(before),
        split_lines(after),
        os.fsencode(f"a/{path}"),
        os.fsencode(f"b/{path}"),
        n=context,
    )
    ended = (line if line.endswith(b"\n") else line + _NO_NEWLINE for line in lines)
    return b"".join(ended)


@dataclass(frozen=True, slots=True)
class GitMerge:
    """What `git merge-tree` makes: whether without conflict, the tree, and all that it says."""

    is_clean: bool
    files: Files
    said: bytes


class Git:
    """A git repository that makes diffs between trees in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("init", "-q", "--bare")
        self._trees: dict[bytes, bytes] = {}

    def run(self, *arguments: str, data: bytes = b"") -> bytes:
        """What git says on its standard output."""
        done = self.attempt(*arguments, data=data)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attempt(self, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run git, which may fail."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"}
        return subprocess.run(
            ["git", "-c", "core.quotePath=true", *arguments],
            cwd=self.folder,
            env={**environment, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            input=data,
            capture_output=True,
            check=False,
        )

    def diff(self, before: Files, after: Files, *options: str) -> bytes:
        """`git diff` between two trees; without options it neither finds renames nor copies."""
        self._commit(before=(before, ""), after=(after, ""))
        return self.run("diff", "--no-renames", *options, "before", "after")

    def merge(self, base: Files, ours: Files, theirs: Files) -> GitMerge:
        """`git merge-tree` of two trees that come from a third, renames followed."""
        self._commit(base=(base, ""), ours=(ours, "base"), theirs=(theirs, "base"))
        done = self.attempt("merge-tree", "--write-tree", "-z", "ours", "theirs")
        assert done.returncode in (0, 1), done.stderr
        tree, *said = done.stdout.split(b"\0")
        return GitMerge(done.returncode == 0, self.files(tree.decode()), b"\0".join(said))

    def files(self, tree: str) -> dict[TreePath, File]:
        """The files of a tree that git has."""
        rows = [
            row.partition(b"\t") for row in self.run("ls-tree", "-rz", tree).split(b"\0") if row
        ]
        asked = b"".join(row[0].split()[2] + b"\n" for row in rows)
        told = self.run("cat-file", "--batch", data=asked)
        found = {}
        at = 0
        for facts, _, path in rows:
            start = told.index(b"\n", at) + 1
            at = start + int(told[at : start - 1].split()[2]) + 1
            found[path] = File(told[start : at - 1], int(facts.split()[0], 8))
        return found

    def _commit(self, **trees: tuple[Files, str]) -> None:
        """A branch with one commit for each tree, on top of the branch that is named beside it."""
        commits = b""
        for name, (files, parent) in trees.items():
            branch = name.encode()
            commits += b"reset refs/heads/%b\n\ncommit refs/heads/%b\n" % (branch, branch)
            commits += b"committer A <a@b> 0 +0000\ndata 0\n"
            commits += b"from refs/heads/%b\n" % parent.encode() if parent else b""
            commits += b"deleteall\n"
            commits += b"".join(_fast_import_line(path, one) for path, one in sorted(files.items()))
            commits += b"\n"
        self.run("fast-import", "--quiet", "--force", data=commits)


def _fast_import_line(path: TreePath, found: File) -> bytes:
    quoted = b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'
    header = b"M %o inline %b\ndata %d\n" % (found.mode, quoted, len(found.content))
    return header + found.content + b"\n"


_shared: list[Git] = []
_folders: list[tempfile.TemporaryDirectory[str]] = []


def git() -> Git:
    """The repository that all tests of a run share; each diff overwrites the one before."""
    if not _shared:
        _folders.append(tempfile.TemporaryDirectory(prefix="patchkit-tests-"))
        _shared.append(Git(Path(_folders[0].name)))
    return _shared[0]


def diff(before: Files, after: Files, *options: str) -> bytes:
    """`git diff` between two trees."""
    return git().diff(before, after, *options)
