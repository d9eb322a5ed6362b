"""Reads what git-log(1) and git-diff-tree(1) print of commits (sources floor; pure).

The formats: git-log(1), "PRETTY FORMATS"; git-diff-tree(1), "RAW OUTPUT FORMAT", with `-z`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from patchkit.model.history import Stored
from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import Path
from patchkit.sources.gittree import file_mode

FORMAT = "--format=%x01%H%x00%P%x00%an%x00%aI%x00%s"
"""What `read_log` wants to be printed of a commit."""
FORMAT_WITH_MESSAGE = f"{FORMAT}%x00%B"
"""What `read_messages` wants to be printed of a commit."""
RAW = ("-z", "--raw", "--no-abbrev", "--no-renames", "--no-color", "--ignore-submodules=none")
"""The options that give one comparison per file, whatever the repository's configuration says."""

_MARK = b"\x01"
_FIELDS = 5
_NOT_THERE = b"000000"


@dataclass(frozen=True, slots=True)
class Change:
    """One file in the raw output; None: not there on that side."""

    before: Stored | None
    after: Stored | None


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """A commit of the log, with the files that it changed where they were asked for."""

    commit: UpstreamCommit
    parents: tuple[str, ...]
    changes: tuple[Change, ...]


def read_log(output: bytes) -> tuple[LoggedCommit, ...]:
    """The commits of a log in `FORMAT`, in its order. Raises `ValueError` for another format."""
    tokens = output.split(b"\0")[:-1] if output else []
    logged = []
    at = 0
    while at < len(tokens):
        header = tokens[at : at + _FIELDS]
        at += _FIELDS
        changes = []
        while at < len(tokens) and not tokens[at].startswith(_MARK):
            changes.append(_change(tokens[at : at + 2]))
            at += 2
        logged.append(LoggedCommit(_commit(header), _ids(header[1]), tuple(changes)))
    return tuple(logged)


def read_messages(output: bytes) -> Iterator[tuple[UpstreamCommit, str]]:
    """The commits of a log in `FORMAT_WITH_MESSAGE` with their messages."""
    tokens = output.split(b"\0")[:-1] if output else []
    for at in range(0, len(tokens), _FIELDS + 1):
        yield _commit(tokens[at : at + _FIELDS]), _shown(tokens[at + _FIELDS])


def read_raw(output: bytes) -> tuple[Change, ...]:
    """The files of a single comparison."""
    tokens = output.split(b"\0")[:-1] if output else []
    return tuple(_change(tokens[at : at + 2]) for at in range(0, len(tokens), 2))


def _commit(fields: list[bytes]) -> UpstreamCommit:
    if len(fields) != _FIELDS or not fields[0].startswith(_MARK):
        raise ValueError("git's log has another form than expected")
    author, date, subject = map(_shown, fields[2:])
    if date.endswith("Z"):  # what git writes since 2.45 where it wrote +00:00
        date = f"{date.removesuffix('Z')}+00:00"
    return UpstreamCommit(fields[0][1:].decode("ascii"), author, date, subject)


def _ids(field: bytes) -> tuple[str, ...]:
    return tuple(field.decode("ascii").split())


def _change(pair: list[bytes]) -> Change:
    facts, path = pair
    old_mode, new_mode, old_id, new_id, _ = facts.lstrip(b"\n").removeprefix(b":").split(b" ")
    return Change(_stored(path, old_mode, old_id), _stored(path, new_mode, new_id))


def _stored(path: Path, mode: bytes, identity: bytes) -> Stored | None:
    if mode == _NOT_THERE:
        return None
    return Stored(path, _mode(mode), identity.decode("ascii"))


@functools.cache
def _mode(octal: bytes) -> int:
    return file_mode(int(octal, 8))


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")
