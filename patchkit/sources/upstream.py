"""Where the versions of an upstream come from, behind one protocol (sources floor)."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Collection
from typing import Protocol

from patchkit.errors import UpstreamError
from patchkit.model.history import History
from patchkit.model.tree import Tree
from patchkit.sources.cachefolder import cache_folder
from patchkit.sources.git import without_credentials
from patchkit.sources.progress import Progress, silent

__all__ = ["Progress", "Upstream", "open_upstream", "silent"]

_TRANSPORTS = ("https://", "http://", "git://", "ssh://", "file://")
_SCHEME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::?//|[A-Za-z0-9+.-]*::")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SSH_ADDRESS = re.compile(r"[A-Za-z0-9_][^/:\s]*:[^:]")
_ACCEPTED = "Give a URL, a local git repository, or a folder with a folder or tarball per version."


class Upstream(Protocol):
    """A source of versions. Close it when its trees are no longer read."""

    @property
    def description(self) -> str:
        """How it is shown to a person: a path, or a URL without credentials."""

    @property
    def is_partial(self) -> bool:
        """Whether a file that is asked for may have to be fetched over a network first."""

    def tree(self, version: str) -> Tree:
        """The source tree of a version.

        Raises `UpstreamError` for an unknown version, naming near ones, and when the source cannot
        be read.
        """

    def history(self, old: str, new: str) -> History | None:
        """The commits between two versions; None where the source has none.

        May have to fetch them. Raises `UpstreamError` as `tree` does.
        """

    def identity(self, version: str) -> str:
        """What changes when the source tree of a version does: the id of its commit, or else the
        names, sizes and times of its files, of which none is read.

        Raises `UpstreamError` as `tree` does.
        """

    def names(self) -> Collection[str]:
        """The names that versions may have in it: of its tags, or of its folders and tarballs.

        Raises `UpstreamError` when the source cannot be read.
        """

    def close(self) -> None:
        """End what runs on its behalf."""


def open_upstream(
    source: str,
    *,
    package: str | None = None,
    tag_pattern: str | None = None,
    cache: pathlib.Path | None = None,
    progress: Progress = silent,
) -> Upstream:
    """Open a git repository (URL or path) or a folder of versions.

    `package` and `tag_pattern` (`v{version}`) help to find a version; see `revisions.TAG_PATTERNS`
    and `versions`. `cache` is the folder that keeps the clones of URLs, by default `upstreams` in
    the person's cache folder for patchkit. A URL is not asked before a version is.

    Raises `UpstreamError` where the source is none of these.
    """
    if not source or source.startswith("-") or _CONTROL.search(source):
        raise UpstreamError(f"{source!r} cannot be an upstream source.", _ACCEPTED)
    if source.startswith(_TRANSPORTS):
        return _clone(source, package, tag_pattern, cache, progress)
    if _SCHEME.match(source):
        raise UpstreamError(
            f"{without_credentials(source)}: patchkit does not use this kind of URL.",
            f"It can use {', '.join(_TRANSPORTS)} and git@host:path.",
        )
    folder = pathlib.Path(source)
    try:
        if folder.is_dir():
            return _local(folder, package, tag_pattern, progress)
        if folder.exists():
            raise UpstreamError(f"{source}: is a single file.", "Give the folder that it is in.")
    except OSError as problem:
        raise UpstreamError(f"{source}: cannot be read: {problem.strerror}.") from problem
    if _SSH_ADDRESS.match(source):
        return _clone(source, package, tag_pattern, cache, progress)
    raise UpstreamError(f"{source}: there is no such folder.", _ACCEPTED)


def _clone(
    url: str,
    package: str | None,
    tag_pattern: str | None,
    cache: pathlib.Path | None,
    progress: Progress,
) -> Upstream:
    from patchkit.sources.clone import CachedClone

    if cache is None:
        kept = cache_folder()
        if kept is None:
            raise UpstreamError(
                f"{without_credentials(url)}: there is no folder to keep a clone in.",
                "Set HOME or XDG_CACHE_HOME to an absolute path.",
            )
        cache = kept / "upstreams"
    return CachedClone(url, cache, package=package, tag_pattern=tag_pattern, progress=progress)


def _local(
    folder: pathlib.Path, package: str | None, tag_pattern: str | None, progress: Progress
) -> Upstream:
    from patchkit.sources.local import LocalRepository, RepositoryWithArchives, git_dir_of
    from patchkit.sources.repository import GitRepository
    from patchkit.sources.versions import VersionFolder

    git_dir = git_dir_of(folder)
    if git_dir is None:
        return VersionFolder(folder, package)
    repository = GitRepository(git_dir, name=str(folder), progress=progress)
    local = LocalRepository(repository, package, tag_pattern)
    archives = VersionFolder(folder, package)
    return RepositoryWithArchives(local, archives) if archives.archives() else local
