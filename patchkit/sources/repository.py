"""A git repository, read by object id; a partial clone is filled up (sources floor)."""

from __future__ import annotations

import os
import pathlib
import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from stat import S_IFMT

from patchkit.errors import UpstreamError
from patchkit.model.shown import shown_name
from patchkit.model.tree import REGULAR, Path
from patchkit.sources.git import (
    Ran,
    location_of,
    run_offline,
    run_online,
    stream_offline,
)
from patchkit.sources.objects import GitObject, ObjectReader
from patchkit.sources.progress import Progress, silent

_PROMISES = r"^(extensions\.partialclone|remote\..*\.promisor)$"
_PROGRAMS = (
    r"^(core\.(sshcommand|gitproxy|askpass|alternaterefscommand)|credential\.(.*\.)?helper"
    r"|remote\..*\.(uploadpack|vcs)|http\.(.*\.)?cookiefile)$"
)
"""What in a repository's own configuration would make a fetch run a program (git-config(1))."""
_FALSE = ("false", "no", "off", "0")
_MOST_REMEMBERED = 32 << 20
"""Bytes of files that are kept, so that neither a second look nor a look ahead costs twice."""
_PLAIN = b"100644"
FOLDER = 0o040000
"""The mode of a folder in a tree object."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """What a name in a folder stands for: its mode as the tree object has it, and its object id."""

    mode: int
    object_id: str


@dataclass(frozen=True)
class _Listing:
    """The files below a tree object, and what is more than a plain file: executables, symbolic
    links, submodules."""

    blobs: dict[Path, str]
    others: dict[Path, FolderEntry]

    @cached_property
    def _in_order(self) -> list[Path]:
        return sorted((*self.blobs, *(self.others.keys() - self.blobs.keys())))

    def has_folder(self, path: Path) -> bool:
        """Whether something is below `path`; git knows no folder that is empty."""
        below = path + b"/" if path else b""
        at = bisect_left(self._in_order, below)
        return at < len(self._in_order) and self._in_order[at].startswith(below)

    def entry_at(self, path: Path) -> FolderEntry | None:
        """The file or submodule at `path`."""
        other = self.others.get(path)
        if other is None and path in self.blobs:
            return FolderEntry(REGULAR, self.blobs[path])
        return other


class GitRepository:
    """A git directory, read by object id.

    `name` is how messages call it, `advice` what they say to do when it cannot be read. All methods
    raise `UpstreamError` when git cannot read the repository, or an object is neither there nor to
    be fetched.
    """

    def __init__(
        self,
        git_dir: pathlib.Path,
        *,
        name: str,
        advice: tuple[str, ...] = (),
        progress: Progress = silent,
    ) -> None:
        self.git_dir = git_dir
        self.name = name
        self._advice = advice
        self._progress = progress
        self._location = location_of(git_dir)
        self._reader = ObjectReader(self._location, self._keep)
        self._folders: dict[str, Mapping[bytes, FolderEntry]] = {}
        self._folders_at: dict[tuple[str, Path], Mapping[bytes, FolderEntry]] = {}
        self._listed: dict[str, _Listing] = {}
        self._blobs = _BoundedStore(_MOST_REMEMBERED)

    @property
    def is_partial(self) -> bool:
        """Whether the clone may lack objects that a remote has promised."""
        return self._promisor is not None

    def query(self, command: Sequence[str]) -> bytes:
        """What a git command that only reads says on its standard output, without network."""
        return self._offline(command)

    def refs(self, patterns: Sequence[str]) -> dict[str, str]:
        """The refs that match patterns of git-for-each-ref(1): full name to object id."""
        command = ("for-each-ref", "--format=%(objectname) %(refname)", *patterns)
        lines = os.fsdecode(self._offline(command)).splitlines()
        pairs = (line.partition(" ") for line in lines)
        return {ref: object_id for object_id, _, ref in pairs}

    def commits(self, prefix: str) -> tuple[str, ...]:
        """The ids of the commits and annotated tags here that begin with these digits."""
        listed = self._offline(("rev-parse", f"--disambiguate={prefix}")).decode("ascii")
        return tuple(
            found for found in listed.split() if self.read(found).kind in ("commit", "tag")
        )

    def tree_of(self, object_id: str) -> str:
        """The id of the tree behind a commit or a (nested) annotated tag; a tree is its own."""
        found = self.read(object_id)
        while found.kind in ("commit", "tag"):
            # The first line is `tree ID` in a commit, and `object ID` in a tag.
            object_id = found.content.partition(b"\n")[0].partition(b" ")[2].decode("ascii")
            found = self.read(object_id)
        if found.kind != "tree":
            raise self._error(f"object {object_id} is a file, not a version of a source tree.")
        return object_id

    def commit_of(self, object_id: str) -> str | None:
        """The id of the commit behind a (nested) annotated tag; a commit is its own, a tree has
        none."""
        found = self.read(object_id)
        while found.kind == "tag":
            object_id = found.content.partition(b"\n")[0].partition(b" ")[2].decode("ascii")
            found = self.read(object_id)
        return object_id if found.kind == "commit" else None

    def read(self, object_id: str) -> GitObject:
        """The object with this full id; fetched first where a partial clone does not have it."""
        found = self._reader.read(object_id)
        if not isinstance(found, GitObject) and self.is_partial:
            self._fetch([object_id])
            found = self._reader.read(object_id)
        if not isinstance(found, GitObject):
            raise self._error(found.complaint)
        return found

    def blob(self, object_id: str) -> bytes:
        """The content of a file; remembered for a while."""
        content = self._blobs.get(object_id)
        if content is None:
            content = self.read(object_id).content
            self._blobs.put(object_id, content)
        return content

    def read_ahead(self, object_ids: Iterable[str]) -> None:
        """Say which files will soon be asked for, about in this order."""
        wanted = [one for one in dict.fromkeys(object_ids) if self._blobs.get(one) is None]
        self.fetch_missing(wanted)
        self._reader.expect(wanted)

    def read_folders_ahead(self, tree_ids: Iterable[str]) -> None:
        """Read folders that will be asked for, all in one go."""
        wanted = [one for one in dict.fromkeys(tree_ids) if one not in self._folders]
        self._reader.expect(wanted)
        for object_id in wanted:
            found = self._reader.read(object_id)
            if isinstance(found, GitObject):  # what is not there is for who asks for it
                self._folders[object_id] = self._parsed(object_id, found)

    def folder(self, tree_id: str) -> Mapping[bytes, FolderEntry]:
        """The entries of one tree object by name; remembered."""
        if tree_id not in self._folders:
            self._folders[tree_id] = self._parsed(tree_id, self.read(tree_id))
        return self._folders[tree_id]

    def folder_at(self, tree_id: str, path: Path) -> Mapping[bytes, FolderEntry]:
        """The entries of the folder at `path` below a tree object, the tree's own for an empty
        path; none where there is no such folder. Remembered."""
        found = self._folders_at.get((tree_id, path))
        if found is None:
            found = self.folder(tree_id)
            for part in path.split(b"/") if path else ():
                entry = found.get(part)
                is_folder = entry is not None and S_IFMT(entry.mode) == FOLDER
                found = self.folder(entry.object_id) if entry is not None and is_folder else {}
            self._folders_at[tree_id, path] = found
        return found

    def _keep(self, object_id: str, found: GitObject) -> None:
        if found.kind == "blob":
            self._blobs.put(object_id, found.content)

    def _parsed(self, tree_id: str, found: GitObject) -> Mapping[bytes, FolderEntry]:
        try:
            if found.kind != "tree":
                raise ValueError(f"it is a {found.kind}")
            return parse_folder(found.content, len(tree_id) // 2)
        except ValueError as problem:
            raise self._error(f"folder {tree_id} cannot be read: {problem}.") from problem

    def files(self, tree_id: str) -> Mapping[Path, str]:
        """Every file below a tree with its blob id; submodules are left out. Remembered, and not to
        be changed."""
        if tree_id not in self._listed:
            self._listed[tree_id] = self._list(tree_id)
        return self._listed[tree_id].blobs

    def is_listed(self, tree_id: str) -> bool:
        """Whether the files below a tree are known, so that nothing need be read to find one."""
        return tree_id in self._listed

    def has_folder(self, tree_id: str, path: Path) -> bool:
        """Whether there is a folder at `path` below a tree object."""
        listing = self._listed.get(tree_id)
        return bool(self.folder_at(tree_id, path)) if listing is None else listing.has_folder(path)

    def entry_at(self, tree_id: str, path: Path) -> FolderEntry | None:
        """What stands at `path` below a tree object; a folder only where it has to be read."""
        listing = self._listed.get(tree_id)
        if listing is not None:
            return listing.entry_at(path)
        folder, _, name = path.rpartition(b"/")
        return self.folder_at(tree_id, folder).get(name)

    def _list(self, tree_id: str) -> _Listing:
        self.folder(tree_id)  # fetches all of it where a partial clone lacks even folders
        blobs: dict[Path, str] = {}
        others: dict[Path, FolderEntry] = {}
        # Most paths of two versions are the same, and are kept once.
        known = {path: path for one in self._listed.values() for path in one.blobs}
        command = ("ls-tree", "-r", "-z", "--full-tree", tree_id)
        for rows in stream_offline(command, self._location, b"\0", self._error):
            for row in rows:
                facts, _, path = row.partition(b"\t")
                mode, kind, told = facts.split(b" ")
                path, object_id = known.get(path, path), sys.intern(told.decode("ascii"))
                if kind == b"blob":
                    blobs[path] = object_id
                if mode != _PLAIN:
                    others[path] = FolderEntry(int(mode, 8), object_id)
        return _Listing(blobs, others)

    def fetch_missing(self, object_ids: Iterable[str]) -> None:
        """Fetch those of the objects that a partial clone does not have yet, all in one go.

        Nothing happens in a clone that is not partial.
        """
        asked = sorted(set(object_ids))
        if not asked or not self.is_partial:
            return
        options = ("--objects", "--no-object-names", "--missing=print", "--ignore-missing")
        listed = self._offline(("rev-list", *options, "--stdin"), stdin=_lines(asked))
        here = set(listed.decode("ascii").split())
        missing = [object_id for object_id in asked if object_id not in here]
        if missing:
            self._fetch(missing)

    def close(self) -> None:
        """End the process that reads objects, and forget what was read; both come again when
        needed."""
        self._reader.close()
        for remembered in (self._folders, self._folders_at, self._listed):
            remembered.clear()
        self._blobs = _BoundedStore(_MOST_REMEMBERED)

    @cached_property
    def _promisor(self) -> str | None:
        """The remote that has what a partial clone lacks; None for a clone that is not partial."""
        settings = run_offline(("config", "--null", "--get-regexp", _PROMISES), self._location)
        for setting in os.fsdecode(settings.stdout).split("\0"):
            key, _, value = setting.partition("\n")
            if key == "extensions.partialclone":
                return value
            if key.startswith("remote.") and value not in _FALSE:
                return key.removeprefix("remote.").removesuffix(".promisor")
        return None

    def _fetch(self, object_ids: Sequence[str]) -> None:
        many = "1 object" if len(object_ids) == 1 else f"{len(object_ids)} objects"
        if not _is_own(self.git_dir):
            raise self._error(
                f"{many} must be fetched into this partial clone, but it belongs to somebody else.",
                "Its configuration could run programs. Make a clone of your own.",
            )
        named = run_offline(
            ("config", "--null", "--name-only", "--get-regexp", _PROGRAMS), self._location
        )
        keys = sorted({key for key in os.fsdecode(named.stdout).split("\0") if key})
        if keys:
            raise self._error(
                f"{many} must be fetched into this partial clone, and its own configuration names "
                f"programs to run for that: {shown_name(', '.join(keys))}.",
                "Put them into your own configuration (git config --global), or make a full clone.",
            )
        self._progress(f"Fetching {many} of {self.name}")
        ran = self._fetch_promised(object_ids)
        if ran.complaint is not None:
            raise UpstreamError(
                f"{self.name}: {many} could not be fetched: {ran.complaint}",
                "Check the network, or give a complete local clone with --upstream.",
                *self._advice,
            )

    def _fetch_promised(self, object_ids: Sequence[str]) -> Ran:
        """Fetch objects by id, with the command that git itself uses (promisor-remote.c)."""
        assert self._promisor is not None
        options = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no")
        command = (
            *("-c", "fetch.negotiationAlgorithm=noop", "fetch", self._promisor),
            *(*options, "--filter=blob:none", "--stdin"),
        )
        return run_online(command, self._location, stdin=_lines(object_ids))

    def _offline(self, command: Sequence[str], stdin: bytes = b"") -> bytes:
        ran = run_offline(command, self._location, stdin)
        if ran.complaint is not None:
            raise self._error(ran.complaint)
        return ran.stdout

    def _error(self, problem: str, *hints: str) -> UpstreamError:
        return UpstreamError(f"{self.name}: {problem}", *hints, *self._advice)


class _BoundedStore:
    """Contents by object id, of so many bytes at most; those that came first go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._contents: dict[str, bytes] = {}

    def get(self, object_id: str) -> bytes | None:
        """The content, if it is still here."""
        return self._contents.get(object_id)

    def put(self, object_id: str, content: bytes) -> None:
        """Keep a content, unless it takes up much of the room by itself."""
        if len(content) > self._most // 8 or object_id in self._contents:
            return
        self._contents[object_id] = content
        self._size += len(content)
        while self._size > self._most:
            self._size -= len(self._contents.pop(next(iter(self._contents))))


def parse_folder(content: bytes, id_size: int) -> dict[bytes, FolderEntry]:
    """Read a tree object; ids have `id_size` bytes (20 for SHA-1, 32 for SHA-256).

    Each entry is `MODE NAME NUL ID`. Raises `ValueError` for what is no tree object.
    """
    entries = {}
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        nul = content.index(b"\0", space)
        end = nul + 1 + id_size
        if end > len(content):
            raise ValueError("its last entry is cut off")
        # The same file in two versions is one id.
        object_id = sys.intern(content[nul + 1 : end].hex())
        entries[content[space + 1 : nul]] = FolderEntry(int(content[at:space], 8), object_id)
        at = end
    return entries


def _is_own(folder: pathlib.Path) -> bool:
    """Whether a folder belongs to who runs this, by git's rule (git-config(1), safe.directory)."""
    owners = {os.geteuid()}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit():
        owners.add(int(os.environ["SUDO_UID"]))
    return folder.stat().st_uid in owners


def _lines(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode("ascii")
