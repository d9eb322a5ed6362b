"""Versions of a git repository behind a URL, kept as a partial clone in the cache (sources floor).

The clone is bare and holds only the versions that were asked for, each without its history
(`--depth=1`: git-fetch(1)) and without the contents of its files (`--filter=blob:none`:
git-rev-list(1)). Contents are fetched when they are read. A version that is in the cache needs no
network, but a branch does: it moves.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
from collections.abc import Collection, Iterator
from functools import cached_property

from patchkit.errors import UpstreamError
from patchkit.sources import revisions
from patchkit.sources.git import (
    Ran,
    location_of,
    run_offline,
    run_online,
    without_credentials,
)
from patchkit.sources.gittree import GitTree
from patchkit.sources.history import GitHistory
from patchkit.sources.local import commit_in, git_dir_of
from patchkit.sources.progress import Progress
from patchkit.sources.repository import GitRepository

_COMMITS = "refs/patchkit/"
"""Where the cache keeps commits that were asked for by their id."""
_SHA256_DIGITS = 64


class CachedClone:
    """A git repository behind a URL as an `Upstream`.

    `folder` is its partial clone in the cache. A version is looked for as in a local repository,
    but a commit that is not in the cache yet must be given by its whole id.
    """

    def __init__(
        self,
        url: str,
        cache: pathlib.Path,
        *,
        package: str | None,
        tag_pattern: str | None,
        progress: Progress,
    ) -> None:
        self.description = without_credentials(url)
        self.folder = cache / folder_name(self.description)
        self._url = url
        self._package = package
        self._tag_pattern = tag_pattern
        self._progress = progress

    @property
    def is_partial(self) -> bool:
        """Yes: contents are fetched when they are asked for."""
        return True

    def tree(self, version: str) -> GitTree:
        """The tree of a version, fetched when it is not in the cache.

        Raises `UpstreamError` for an unknown version, and when the URL or the cache cannot be used.
        """
        try:
            object_id = self._cached(version) or self._fetched(version)
            return GitTree(self._repository, self._repository.tree_of(object_id))
        except OSError as problem:
            raise self._unreadable(problem) from problem

    def history(self, old: str, new: str) -> GitHistory | None:
        """The commits between two versions, fetched when they are not in the cache: those of the
        new version back to what the old one has, without contents of files.

        None where one of the versions is a tree without a commit. Raises `UpstreamError` as `tree`
        does.
        """
        ids = [self._cached(version) or self._fetched(version) for version in (old, new)]
        first, last = (self._repository.commit_of(found) for found in ids)
        if first is None or last is None:
            return None
        self._deepen(old, new, last)
        return GitHistory(self._repository, first, last)

    def identity(self, version: str) -> str:
        """The id of what the tag, branch or commit names; fetched when it is not in the cache.

        Raises `UpstreamError` as `tree` does.
        """
        try:
            return self._cached(version) or self._fetched(version)
        except OSError as problem:
            raise self._unreadable(problem) from problem

    def _unreadable(self, problem: OSError) -> UpstreamError:
        return UpstreamError(
            f"{self.description}: its cache cannot be read: {problem.strerror}.", self._advice
        )

    def names(self) -> Collection[str]:
        """The tags behind the URL, which is asked. Raises `UpstreamError`."""
        tags = "refs/tags/"
        return [ref.removeprefix(tags) for ref in self._remote_refs if ref.startswith(tags)]

    def close(self) -> None:
        """End the process that reads the cache."""
        if "_repository" in self.__dict__:
            self._repository.close()

    @cached_property
    def _repository(self) -> GitRepository:
        if git_dir_of(self.folder) is None:
            raise UpstreamError(f"{self.description}: its cache is broken.", self._advice)
        # The credentials in a URL may have changed since the clone was made.
        self._set_url(self.folder)
        return GitRepository(
            self.folder, name=self.description, advice=(self._advice,), progress=self._progress
        )

    @cached_property
    def _remote_refs(self) -> dict[str, str]:
        """The tags and branches behind the URL by full name, with their object ids."""
        self._progress(f"Asking {self.description} for its versions")
        command = ("ls-remote", "--quiet", "--refs", "--tags", "--heads", "--", self._url)
        ran = run_online(command, location_of(pathlib.Path(os.devnull)))
        if ran.complaint is not None:
            raise self._unreachable(ran.complaint)
        pairs = (line.partition("\t") for line in os.fsdecode(ran.stdout).splitlines())
        return {ref: object_id for object_id, _, ref in pairs}

    @property
    def _advice(self) -> str:
        return f"Its cache is safe to delete, it is made anew: {self.folder}"

    def _is_there(self) -> bool:
        """Whether there is a clone. Raises `OSError` where nobody may look, which `exists` of
        Python 3.14 takes for none."""
        try:
            self.folder.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _cached(self, version: str) -> str | None:
        """The id of a tag or commit that is in the cache."""
        tags = revisions.tag_refs(version, self._package, self._tag_pattern)
        if not self._is_there():
            return None
        refs = self._repository.refs(["refs/tags"])
        name = revisions.first_of(tags, refs)
        if name is None and self._tag_pattern is None:
            name = revisions.only_tag(version, refs)
        return refs[name] if name is not None else commit_in(self._repository, version)

    def _fetched(self, version: str) -> str:
        """Fetch a version into the cache; returns its object id."""
        commit = revisions.full_commit_id(version)
        if commit is not None:
            self._fetch(version, commit, f"{_COMMITS}{commit}", len(commit))
            return commit
        name = self._remote_name(version)
        self._fetch(version, name, name, len(self._remote_refs[name]))
        return self._repository.refs([name])[name]

    def _remote_name(self, version: str) -> str:
        names = (
            *revisions.tag_refs(version, self._package, self._tag_pattern),
            *revisions.branch_refs(version),
        )
        try:
            name = revisions.first_of(names, self._remote_refs)
        except UpstreamError as problem:
            raise self._with_cached_branch(problem, version) from problem
        if name is None and self._tag_pattern is None:
            name = revisions.only_tag(version, self._remote_refs)
        if name is None:
            raise revisions.unknown_version(version, self.description, self._remote_refs)
        return name

    def _fetch(self, version: str, wanted: str, kept_as: str, id_digits: int) -> None:
        """Fetch one commit with its folders, without its history and without contents of files."""
        with self._locked():
            self._progress(f"Fetching {version} of {self.description}")
            if self._is_there():
                self._fetch_into(self.folder, f"+{wanted}:{kept_as}")
                return
            unfinished = self.folder.with_name(f"{self.folder.name}.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            try:
                self._init(unfinished, id_digits)
                self._fetch_into(unfinished, f"+{wanted}:{kept_as}")
                unfinished.rename(self.folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)

    def _deepen(self, old: str, new: str, last: str) -> None:
        """Fetch the commits of `new` that `old` has not, and one more before the first of them.

        Only a ref can say where to stop (`--shallow-exclude`: git-fetch(1)); where `old` is none,
        everything is fetched.
        """
        if last not in self._shallow():
            return
        with self._locked():
            self._progress(f"Fetching the commits from {old} to {new} of {self.description}")
            stop = self._ref_of(old)
            wanted = self._ref_of(new) or last
            if stop is None:
                self._fetch_into(self.folder, wanted, "--unshallow")
                return
            self._fetch_into(self.folder, wanted, f"--shallow-exclude={stop}")
            self._fetch_into(self.folder, wanted, "--deepen=1")

    def _ref_of(self, version: str) -> str | None:
        """The full name of the tag or branch in the cache that is a version."""
        tags = revisions.tag_refs(version, self._package, self._tag_pattern)
        branches = revisions.branch_refs(version)
        refs = self._repository.refs(["refs/tags", *branches])
        name = revisions.first_of((*tags, *branches), refs)
        if name is None and self._tag_pattern is None:
            name = revisions.only_tag(version, refs)
        return name

    def _shallow(self) -> frozenset[str]:
        """The commits in the cache whose parents are not there."""
        listed = self.folder / "shallow"
        return frozenset(listed.read_text("ascii").split()) if listed.is_file() else frozenset()

    def _init(self, folder: pathlib.Path, id_digits: int) -> None:
        folder.mkdir(mode=0o700)  # the URL in its configuration may hold a password
        object_format = "sha256" if id_digits == _SHA256_DIGITS else "sha1"
        options = ("--bare", "--quiet", "--template=", f"--object-format={object_format}")
        self._check(run_offline(("init", *options), location_of(folder)))
        self._set_url(folder)

    def _set_url(self, folder: pathlib.Path) -> None:
        location = location_of(folder)
        known = run_offline(("config", "--null", "remote.origin.url"), location)
        if known.stdout != os.fsencode(f"{self._url}\0"):
            self._check(run_offline(("config", "remote.origin.url", self._url), location))

    def _fetch_into(self, folder: pathlib.Path, refspec: str, depth: str = "--depth=1") -> None:
        options = ("--quiet", depth, "--filter=blob:none", "--no-tags")
        quiet = ("--no-write-fetch-head", "--recurse-submodules=no")
        command = ("fetch", *options, *quiet, "origin", refspec)
        ran = run_online(command, location_of(folder))
        if ran.complaint is not None:
            raise self._unreachable(ran.complaint)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other runs from changing the same clone; a killed run leaves no lock behind."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with self.folder.with_name(f"{self.folder.name}.lock").open("ab") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self._progress(f"Waiting for another run that fetches {self.description}")
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as problem:
            raise UpstreamError(
                f"{self.folder.parent}: the cache cannot be written: {problem.strerror}.",
                "Make room or give it the rights, or set XDG_CACHE_HOME to another folder.",
            ) from problem

    def _check(self, ran: Ran) -> None:
        if ran.complaint is not None:
            raise UpstreamError(f"{self.description}: {ran.complaint}", self._advice)

    def _unreachable(self, complaint: str) -> UpstreamError:
        return UpstreamError(
            f"{self.description} cannot be fetched: {complaint}",
            "Check the URL and the network, or give a local clone with --upstream.",
        )

    def _with_cached_branch(self, problem: UpstreamError, version: str) -> UpstreamError:
        """The problem, with the commit at which the cache has the branch that was asked for."""
        branches = revisions.branch_refs(version) if self._is_there() else ()
        tips = list(self._repository.refs(branches).values()) if branches else []
        if not tips:
            return problem
        hint = f"The cache has {version} as it was at commit {tips[0]}: give that id instead."
        return UpstreamError(problem.message, *problem.hints, hint)


def folder_name(url: str) -> str:
    """The name of a clone in the cache: readable, and different for every URL."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", url.partition("://")[2] or url).strip("-.")
    digest = hashlib.sha256(os.fsencode(url)).hexdigest()
    return f"{readable[-60:].lstrip('-.')}-{digest[:12]}"
