"""Versions of a git repository on this machine (sources floor)."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchkit.errors import UpstreamError
from patchkit.model.tree import Tree
from patchkit.sources import revisions
from patchkit.sources.gittree import GitTree
from patchkit.sources.repository import GitRepository
from patchkit.sources.versions import VersionFolder

if TYPE_CHECKING:
    from patchkit.sources.history import GitHistory


_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class LocalRepository:
    """A local git repository as an `Upstream`.

    A version is looked for as a tag (see `revisions.TAG_PATTERNS`), then as a branch, also of a
    remote, then as the id of a commit, shortened to no less than seven digits, and at last as the
    only tag that ends in it. What it was found to be once it is until the end: a job sees one state
    of its upstream, whoever fetches meanwhile.
    """

    repository: GitRepository
    package: str | None
    tag_pattern: str | None
    _found: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def description(self) -> str:
        """The path of the repository as it was given."""
        return self.repository.name

    @property
    def is_partial(self) -> bool:
        """Whether the repository is itself a partial clone, which fetches what it is asked for."""
        return self.repository.is_partial

    def tree(self, version: str) -> GitTree:
        """The tree of a version. Raises `UpstreamError` for an unknown one."""
        return GitTree(self.repository, self.repository.tree_of(self._resolve(version)))

    def commit(self, version: str) -> str:
        """The id of the commit of a version. Raises `UpstreamError` for an unknown one, and for one
        that is a tree without a commit."""
        found = self.repository.commit_of(self._resolve(version))
        if found is None:
            raise UpstreamError(f"{self.description}: {version} is a tree, not a commit.")
        return found

    def history(self, old: str, new: str) -> GitHistory | None:
        """The commits between two versions; None where one of them is a tree without a commit."""
        from patchkit.sources.history import history_between  # not every job asks for it

        ends = [self.repository.commit_of(self._resolve(version)) for version in (old, new)]
        return history_between(self.repository, *ends)

    def identity(self, version: str) -> str:
        """The id of what the tag, branch or commit names. Raises `UpstreamError`."""
        return self._resolve(version)

    def names(self) -> Collection[str]:
        """Its tags. Raises `UpstreamError`."""
        return [ref.removeprefix("refs/tags/") for ref in self.repository.refs(["refs/tags"])]

    def close(self) -> None:
        """End the process that reads the repository."""
        self.repository.close()

    def _resolve(self, version: str) -> str:
        if version not in self._found:
            self._found[version] = self._look_for(version)
        return self._found[version]

    def _look_for(self, version: str) -> str:
        names = (
            *revisions.tag_refs(version, self.package, self.tag_pattern),
            *revisions.branch_refs(version),
        )
        refs = self.repository.refs(names) if names else {}
        name = revisions.first_of(names, refs)
        if name is not None:
            return refs[name]
        found = self._remote_branch(version) or commit_in(self.repository, version)
        if found is None:
            known = self.repository.refs(["refs/tags", "refs/heads"])
            name = revisions.only_tag(version, known) if self.tag_pattern is None else None
            if name is not None:
                return known[name]
            raise revisions.unknown_version(version, self.description, known)
        return found

    def _remote_branch(self, version: str) -> str | None:
        """The tip of a branch that only remotes have."""
        if not revisions.branch_refs(version):
            return None
        refs = {
            ref: tip
            for ref, tip in self.repository.refs([f"refs/remotes/*/{version}"]).items()
            if ref.endswith(f"/{version}")
        }
        if len(set(refs.values())) > 1:
            raise UpstreamError(
                f"{self.description}: {version} is not the same in {', '.join(refs)}.",
                "Name it with its remote, for instance origin/main.",
            )
        return next(iter(refs.values()), None)


@dataclass(frozen=True, slots=True)
class RepositoryWithArchives:
    """A git work tree in whose folder tarballs stand, as an `Upstream`: a packaging repository that
    has the source it packages.

    A version that the repository does not know may be one of the folder.
    """

    repository: LocalRepository
    archives: VersionFolder

    @property
    def description(self) -> str:
        """The path of the folder as it was given."""
        return self.repository.description

    @property
    def is_partial(self) -> bool:
        """Whether the repository is itself a partial clone."""
        return self.repository.is_partial

    def tree(self, version: str) -> Tree:
        """The tree of a version. Raises `UpstreamError` for one that neither has."""
        return self._home_of(version).tree(version)

    def history(self, old: str, new: str) -> GitHistory | None:
        """The commits between two versions; None where one of them is a tarball."""
        homes = (self._home_of(old), self._home_of(new))
        return self.repository.history(old, new) if self.archives not in homes else None

    def identity(self, version: str) -> str:
        """Of the commit or of the tarball. Raises `UpstreamError`."""
        return self._home_of(version).identity(version)

    def names(self) -> Collection[str]:
        """Its tags, and its tarballs without their endings. Raises `UpstreamError`."""
        return [*self.repository.names(), *self.archives.archives()]

    def close(self) -> None:
        """End the process that reads the repository."""
        self.repository.close()

    def _home_of(self, version: str) -> LocalRepository | VersionFolder:
        try:
            self.repository.identity(version)
        except UpstreamError as error:
            with contextlib.suppress(UpstreamError):
                if self.archives.place_of(version).is_file():
                    return self.archives
            known = ", ".join(sorted(self.archives.archives())[:_MOST_SHOWN])
            raise UpstreamError(
                error.message, *error.hints, f"Nor is it a tarball here; there are: {known}."
            ) from error
        return self.repository


def commit_in(repository: GitRepository, version: str) -> str | None:
    """The full id of the commit that a version names by its (shortened) id; None: there is none.

    Raises `UpstreamError` when several commits begin like that.
    """
    prefix = revisions.commit_prefix(version)
    if prefix is None:
        return None
    found = repository.commits(prefix)
    if len(found) > 1:
        raise UpstreamError(
            f"{repository.name}: several commits begin with {version}: {', '.join(found)}.",
            "Give more of its digits.",
        )
    return found[0] if found else None


def git_dir_of(folder: pathlib.Path) -> pathlib.Path | None:
    """The git directory of a work tree or of a bare repository; None where the folder is neither.

    The folders above are not searched: a folder of tarballs in a git work tree is no repository.
    A bare repository needs no `config` file: gitrepository-layout(5).
    """
    inside = folder / ".git"
    if inside.is_file():
        target = inside.read_bytes().removeprefix(b"gitdir: ").rstrip(b"\r\n")
        inside = folder / os.fsdecode(target)
    return next((place for place in (inside, folder) if _is_git_dir(place)), None)


def _is_git_dir(place: pathlib.Path) -> bool:
    head = place / "HEAD"
    has_objects = (place / "objects").is_dir() or (place / "commondir").is_file()
    return has_objects and (head.is_file() or head.is_symlink())
