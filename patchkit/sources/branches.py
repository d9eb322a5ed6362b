"""Makes a branch of commits (sources floor; git-fast-import(1), git-update-ref(1)).

Objects are written by `git fast-import`, which knows no attribute, filter or hook, and refs by one
transaction of `git update-ref`: all of them or none. Neither looks at a work tree or an index.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from patchkit.errors import OutputError
from patchkit.model.tree import SUBMODULE, File, Path
from patchkit.sources.commits import NOTES, When
from patchkit.sources.git import Ran, location_of, run_offline
from patchkit.sources.repository import GitRepository

COMMITTER = b"patchkit <patchkit@localhost>"
"""Who commits, always, so that the same stack gives the same commits."""
_NEW = "refs/patchkit/new/"
_NOBODY = {
    "GIT_COMMITTER_NAME": "patchkit",
    "GIT_COMMITTER_EMAIL": "patchkit@localhost",
}


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to be made on the one before it: `changes` are the files that it changes. `note` is
    attached to it where there is any."""

    author: bytes
    date: When
    message: bytes
    changes: Mapping[Path, File | None]
    note: bytes | None = None


@dataclass(frozen=True, slots=True)
class MadeBranch:
    """The commit that a branch is at now, and the one that it was at before, if it was there."""

    tip: str
    was: str | None


class Replace(Enum):
    """What to do with a branch of that name that has other commits."""

    REFUSE = "refuse"
    FORCE = "force"


def make_branch(
    repository: GitRepository,
    branch: str,
    base: str | None,
    commits: Sequence[NewCommit],
    committed: When,
    replace: Replace,
) -> MadeBranch:
    """Make or move a branch: `commits` on the commit `base` (None: the first is an orphan).

    Raises `OutputError` when there is such a branch with other commits that may not be replaced,
    when it is checked out in a work tree, or git cannot write; then no branch has changed.
    """
    location = _location(repository, committed)
    _import(repository, location, b"".join(_stream(branch, base, commits, committed)))
    fresh, notes, ours = f"{_NEW}{branch}", f"{NOTES}{branch}", f"refs/heads/{branch}"
    refs = repository.refs([fresh, f"{fresh}-notes", notes, ours])
    was, tip = refs.get(ours), refs[fresh]
    refusal = None if was == tip else _why_kept(repository, branch, was, replace)
    lines = [f"delete {fresh}\n"]
    if refusal is None and was != tip:
        lines.append(f"update {ours} {tip} {was or '0' * len(tip)}\n")
    if f"{fresh}-notes" in refs:
        lines.append(f"delete {fresh}-notes\n")
        if refusal is None:
            lines.append(f"update {notes} {refs[f'{fresh}-notes']}\n")
    _update(repository, location, lines)
    if refusal is not None:
        raise refusal
    return MadeBranch(tip, was)


def _why_kept(
    repository: GitRepository, branch: str, was: str | None, replace: Replace
) -> OutputError | None:
    place = checked_out_in(repository, branch)
    if place is not None:
        return OutputError(
            f"{branch} is checked out in {place}, and its work tree is not touched.",
            "Switch to another branch there, or name another with --branch.",
        )
    if was is None or replace is Replace.FORCE:
        return None
    return OutputError(
        f"{repository.name}: there is a branch {branch} with other commits.",
        "Export it first, name another with --branch, or replace it with --force.",
    )


def note_commits(
    repository: GitRepository, branch: str, notes: Mapping[str, bytes], committed: When
) -> None:
    """Replace what is noted of the commits of a branch. Raises `OutputError`."""
    location = _location(repository, committed)
    fresh = f"{_NEW}{branch}-notes"
    parts = [f"reset {fresh}\n\n".encode(), _commit_head(fresh, committed, b"")]
    parts += [b"N inline %b\n%b" % (name.encode(), _data(note)) for name, note in notes.items()]
    _import(repository, location, b"".join((*parts, b"\ndone\n")))
    tip = repository.refs([fresh])[fresh]
    _update(repository, location, [f"update {NOTES}{branch} {tip}\n", f"delete {fresh}\n"])


def _location(repository: GitRepository, committed: When) -> dict[str, str]:
    date = f"@{committed.seconds} {committed.zone}"
    return {**location_of(repository.git_dir), **_NOBODY, "GIT_COMMITTER_DATE": date}


def _import(repository: GitRepository, location: Mapping[str, str], stream: bytes) -> None:
    command = ("fast-import", "--quiet", "--force", "--done", "--date-format=raw")
    _require(run_offline(command, location, stream), repository)


def _update(repository: GitRepository, location: Mapping[str, str], lines: Sequence[str]) -> None:
    update = ("update-ref", "--create-reflog", "--stdin")
    _require(run_offline(update, location, os.fsencode("".join(lines))), repository)


def _require(ran: Ran, repository: GitRepository) -> None:
    if ran.complaint is not None:
        raise OutputError(
            f"{repository.name}: git cannot write the branch: {ran.complaint}",
            "No branch was changed.",
        )


def _stream(
    branch: str, base: str | None, commits: Sequence[NewCommit], committed: When
) -> Iterator[bytes]:
    ref, notes = f"{_NEW}{branch}", f"{_NEW}{branch}-notes"
    yield os.fsencode(f"reset {ref}\n")
    yield b"" if base is None else f"from {base}\n".encode()
    yield os.fsencode(f"\nreset {notes}\n\n")
    for mark, commit in enumerate(commits, 1):
        yield os.fsencode(f"commit {ref}\nmark :{mark}\n")
        yield b"author %b %d %b\n" % (
            commit.author, commit.date.seconds, commit.date.zone.encode()
        )  # fmt: skip
        yield _committer(committed) + _data(commit.message)
        yield from _file_lines(commit.changes)
        yield b"\n"
    noted = [(mark, one.note) for mark, one in enumerate(commits, 1) if one.note is not None]
    if noted:
        yield _commit_head(notes, committed, b"")
        yield from (b"N inline :%d\n%b" % (mark, _data(note)) for mark, note in noted if note)
        yield b"\n"
    yield b"done\n"


def _commit_head(ref: str, committed: When, message: bytes) -> bytes:
    return os.fsencode(f"commit {ref}\n") + _committer(committed) + _data(message)


def _committer(committed: When) -> bytes:
    zone = committed.zone.encode()
    return b"committer %b %d %b\n" % (COMMITTER, committed.seconds, zone)


def _file_lines(changes: Mapping[Path, File | None]) -> Iterable[bytes]:
    # What goes must go first: a folder may stand where a file was.
    for path, file in changes.items():
        if file is None:
            yield b"D %b\n" % _quoted(path)
    for path, file in changes.items():
        if file is not None and file.mode != SUBMODULE:
            yield b"M %o inline %b\n%b" % (file.mode, _quoted(path), _data(file.content))


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: Path) -> bytes:
    return b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'


def checked_out_in(repository: GitRepository, branch: str) -> pathlib.Path | None:
    """The git directory of the work tree in which a branch is checked out; None: in none."""
    git_dir = repository.git_dir
    for place in (git_dir, *sorted((git_dir / "worktrees").glob("*"))):
        is_bare = place == git_dir and git_dir.name != ".git"
        head = place / "HEAD"
        said = b"" if is_bare or not head.is_file() else head.read_bytes().strip()
        if said == os.fsencode(f"ref: refs/heads/{branch}"):
            return place
    return None


def check_branch_name(branch: str) -> None:
    """Raise `OutputError` for what cannot name a branch (git-check-ref-format(1))."""
    command = ("check-ref-format", f"refs/heads/{branch}")
    if branch.startswith("-") or run_offline(command, {}).complaint is not None:
        raise OutputError(f"{branch!r} cannot name a branch.", "Name another with --branch.")
