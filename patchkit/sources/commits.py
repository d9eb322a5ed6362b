"""Commits as they are, and what is noted of them (sources floor)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchkit.errors import UpstreamError
from patchkit.model.tree import File, Path
from patchkit.sources.git import location_of, run_offline
from patchkit.sources.gittree import GitTree
from patchkit.sources.repository import GitRepository

NOTES = "refs/notes/patchkit/"
_PERSON = re.compile(rb"(?P<who>.*?<[^<>]*>) (?P<seconds>-?\d+) (?P<zone>[+-]\d{4})")


@dataclass(frozen=True, slots=True)
class When:
    """A moment as git keeps it: seconds since 1970, and the zone as `+0100`."""

    seconds: int
    zone: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it is."""

    identity: str
    parents: tuple[str, ...]
    tree: str
    author: bytes
    date: When
    committed: When
    message: bytes

    @property
    def subject(self) -> bytes:
        """The first line of its message."""
        return self.message.lstrip(b"\n").partition(b"\n")[0]


def read_commit(repository: GitRepository, identity: str) -> Commit:
    """The commit with this full id. Raises `UpstreamError` for anything else."""
    found = repository.read(identity)
    head, _, message = found.content.partition(b"\n\n")
    facts: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        facts.setdefault(key, []).append(value)
    people = [_PERSON.match(b"".join(facts.get(key, ()))) for key in (b"author", b"committer")]
    author, committer = people
    if found.kind != "commit" or author is None or committer is None:
        raise UpstreamError(f"{repository.name}: {identity} is no commit that can be read.")
    return Commit(
        identity,
        tuple(parent.decode("ascii") for parent in facts.get(b"parent", ())),
        facts[b"tree"][0].decode("ascii"),
        author["who"],
        _when(author),
        _when(committer),
        message,
    )


def _when(found: re.Match[bytes]) -> When:
    return When(int(found["seconds"]), found["zone"].decode("ascii"))


def commits_between(repository: GitRepository, base: str, tip: str) -> tuple[Commit, ...]:
    """The commits from `base` (not counted) to `tip`, one after the other.

    Raises `UpstreamError` where they are no straight line: a merge, or a tip that is not on base.
    """
    found: list[Commit] = []
    at = tip
    while at != base:
        commit = read_commit(repository, at)
        if len(commit.parents) > 1:
            raise UpstreamError(
                f"{repository.name}: commit {at[:12]} is a merge, which no patch can be.",
                "Rebase the branch so that it is a straight line of commits.",
            )
        if not commit.parents:
            raise UpstreamError(
                f"{repository.name}: the branch does not stand on {base[:12]}.",
                "Name with --base the commit that the first patch applies to.",
            )
        found.append(commit)
        at = commit.parents[0]
    return tuple(reversed(found))


def root_of(repository: GitRepository, tip: str) -> Commit:
    """The first commit of the straight line that leads to `tip`."""
    listed = repository.query(("rev-list", "--first-parent", "--max-parents=0", tip)).split()
    return read_commit(repository, listed[-1].decode("ascii"))


def commit_named(repository: GitRepository, name: str) -> str | None:
    """The id of the commit that a branch, tag or revision names (gitrevisions(7)); None: none."""
    if not name or name.startswith("-"):
        return None
    command = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    ran = run_offline(command, location_of(repository.git_dir))
    return None if ran.complaint is not None else ran.stdout.decode("ascii").strip()


def changes_of(repository: GitRepository, old_tree: str, new_tree: str) -> dict[Path, File | None]:
    """The files that differ between two trees, as the new one has them."""
    command = ("diff-tree", "-r", "-z", "--no-renames", "--raw", old_tree, new_tree)
    words = repository.query(command).split(b"\0")[:-1]
    tree = GitTree(repository, new_tree)
    return {path: tree.get(path) for path in words[1::2]}


def notes_of(repository: GitRepository, branch: str) -> dict[str, bytes]:
    """What is noted of each commit of a branch, by the commit's id."""
    tips = repository.refs([f"{NOTES}{branch}"])
    if not tips:
        return {}
    tree = GitTree(repository, repository.tree_of(next(iter(tips.values()))))
    notes = {}
    for path in tree.paths():
        file = tree.get(path)
        if file is not None:
            notes[path.replace(b"/", b"").decode("ascii", "replace")] = file.content
    return notes
