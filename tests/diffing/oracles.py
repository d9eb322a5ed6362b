"""The real diff, patch and git, run on bytes in scratch folders."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C",
    "TZ": "UTC",
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.invalid",
    "GIT_AUTHOR_DATE": "2020-02-02T02:02:02Z",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "committer@example.invalid",
    "GIT_COMMITTER_DATE": "2020-02-02T02:02:02Z",
}

_OUTCOME = re.compile(
    rb"^Hunk #\d+ (?:(FAILED)|succeeded) at -?\d+"
    rb"(?: with fuzz (\d+))?(?: \(offset (-?\d+) lines?\))?",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Taken:
    """What GNU patch says of a hunk that it took."""

    offset: int
    fuzz: int


@dataclass(frozen=True)
class GnuPatch:
    """What GNU patch did: per hunk how it went in (None: rejected), the file after, all it said.

    `malformed` means that it could not read the patch at all.
    """

    hunks: tuple[Taken | None, ...]
    result: bytes
    said: bytes
    malformed: bool


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one run of a program."""
    with TemporaryDirectory(prefix="patchkit-test-") as folder:
        yield Path(folder)


def run(
    command: Sequence[str | bytes], folder: Path, stdin: IO[bytes] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a folder, isolated from the user's settings."""
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, stdin=stdin or subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip


def diff(old: bytes, new: bytes, context: int, *options: str) -> bytes:
    """A unified diff by GNU diff, `a/file` to `b/file`; empty when both are the same."""
    with scratch() as folder:
        (folder / "old").write_bytes(old)
        (folder / "new").write_bytes(new)
        labels = ("--label", "a/file", "--label", "b/file")
        done = run(("diff", "--text", f"-U{context}", *labels, *options, "old", "new"), folder)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def gnu_patch(target: bytes, patch: bytes, fuzz: int) -> GnuPatch:
    """Apply a patch for one file with GNU patch."""
    with scratch() as folder:
        (folder / "file").write_bytes(target)
        (folder / "patch").write_bytes(patch)
        done = run(
            ("patch", "--force", "--verbose", f"-F{fuzz}", "-o", "result", "-r", "rejects",
             "file", "patch"),
            folder,
        )  # fmt: skip
        result = folder / "result"
        content = result.read_bytes() if result.exists() else b""
    said = done.stdout + done.stderr
    return GnuPatch(taken_hunks(done.stdout), content, said, malformed=done.returncode > 1)


def taken_hunks(said: bytes) -> tuple[Taken | None, ...]:
    """What became of each hunk, in what `patch --verbose` says."""
    return tuple(
        None if found[1] else Taken(int(found[3] or 0), int(found[2] or 0))
        for found in _OUTCOME.finditer(said)
    )


def git_accepts(target: bytes, patch: bytes) -> bool:
    """Whether `git apply --check` takes a patch for `file` on this content, at its exact place."""
    with scratch() as folder:
        (folder / "file").write_bytes(target)
        (folder / "patch").write_bytes(patch)
        done = run(("git", "apply", "--check", "--whitespace=nowarn", "patch"), folder)
    return done.returncode == 0


@dataclass(frozen=True)
class GitMerge:
    """What `git merge-file` made of three versions: the text, and how many conflicts are in it."""

    content: bytes
    conflicts: int


def git_merge(base: bytes, theirs: bytes, ours: bytes) -> GitMerge:
    """Merge three versions of a file as git does, conflicts marked in the style diff3."""
    with scratch() as folder:
        for name, content in (("base", base), ("theirs", theirs), ("ours", ours)):
            (folder / name).write_bytes(content)
        done = run(("git", "merge-file", "-p", "--diff3", "ours", "base", "theirs"), folder)
    assert done.returncode < 128, done.stderr
    return GitMerge(done.stdout, done.returncode)
