"""Looks for the upstream of a packaging repository (jobs floor).

What is on this machine is tried: it has to have the version that the stack is for. What the
packaging names by a URL is only told, as nothing is asked through the network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from patchkit.errors import UpstreamError
from patchkit.jobs.versions import as_upstream_has_it, newest_version
from patchkit.sources.local import git_dir_of
from patchkit.sources.upstream import Upstream, open_upstream
from patchkit.sources.versions import VersionFolder
from patchkit.workspace.folders import folders_below
from patchkit.workspace.layout import series_files_in
from patchkit.workspace.packagesources import git_urls_in

_INSIDE = ("", "upstream", "SOURCES", "sources", "tarballs", "dl")
_BESIDE = ("..", "../upstream", "../SOURCES", "../sources", "../tarballs", "../dl")
_NAMED = (
    "../{}", "../{}.git", "../{}-upstream", "../{}-upstream.git", "../upstream-{}",
    "../upstream/{}", "../upstream/{}.git", "upstream/{}",
)  # fmt: skip
"""Where people put a clone of upstream, as seen from the packaging repository; `{}` is a name."""


_AROUND = (".", "..")


class UpstreamKind(Enum):
    """What an upstream is; the value is the word for it."""

    GIT = "git"
    """A git repository on this machine."""
    ARCHIVES = "archives"
    """A folder on this machine with a folder or tarball for each version."""
    URL = "url"
    """A git repository elsewhere, which was not asked."""


_ORDER = (UpstreamKind.GIT, UpstreamKind.ARCHIVES)


@dataclass(frozen=True, slots=True)
class FoundUpstream:
    """An upstream as `patchkit.yaml` may name it: a URL, or a path relative to the repository.

    `place` is the file that names it, "" for one that was found by looking. `name` is that of the
    package by which its versions are found. `version` is the version of the stack as it has it,
    and `newest` a later one; None where it was not asked, or has none.
    """

    value: str
    kind: UpstreamKind
    place: str = ""
    name: str | None = None
    version: str | None = None
    newest: str | None = None


def upstreams_of(
    root: Path, home: Path, names: Sequence[str], version: str | None
) -> tuple[FoundUpstream, ...]:
    """Every upstream for the stack in `home`, the one to take first: git on this machine, archives
    on it, URLs, then clones without the version.

    Paths are relative to `root`. `names` are those of the package, the likeliest first.
    """
    local = sorted(_local(root, names, version), key=lambda one: _ORDER.index(one.kind))
    having = [one for one in local if one.version is not None]
    urls = [FoundUpstream(one.url, UpstreamKind.URL, one.place) for one in git_urls_in(home)]
    return (*having, *urls, *(one for one in local if one.version is None))


def _local(root: Path, names: Sequence[str], version: str | None) -> Iterator[FoundUpstream]:
    for place, folder in _folders(root, names):
        found = None if version is None else _with_version(place, folder, names, version)
        if found is not None:
            yield found
        elif place not in _AROUND and git_dir_of(folder) is not None:
            yield FoundUpstream(place, UpstreamKind.GIT, "", next(iter(names), None))


def _with_version(
    place: str, folder: Path, names: Sequence[str], version: str
) -> FoundUpstream | None:
    for name in (*names, None):
        # What is only found by chance and cannot be read is not what is looked for.
        with suppress(UpstreamError, OSError):
            upstream = open_upstream(str(folder), package=name)
            try:
                return _having(upstream, place, name, version)
            finally:
                upstream.close()
    return None


def _having(upstream: Upstream, place: str, name: str | None, version: str) -> FoundUpstream:
    """The upstream with the version. Raises `UpstreamError` where it has no such."""
    own = as_upstream_has_it(version, upstream)
    upstream.tree(own)
    if isinstance(upstream, VersionFolder) and series_files_in(upstream.place_of(own)):
        raise UpstreamError(f"{upstream.description}: its {own} is a stack, not a source tree.")
    newest = None
    with suppress(UpstreamError):
        newest = newest_version(upstream, own)
    is_git = upstream.history(own, own) is not None
    kind = UpstreamKind.GIT if is_git else UpstreamKind.ARCHIVES
    return FoundUpstream(place, kind, "", name, own, newest if newest != own else None)


def _folders(root: Path, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Where upstream may be: as it is written relative to `root`, and the folder; each once."""
    named = (one.format(name) for name in names for one in _NAMED)
    called = (one.name for one in folders_below(root, 1) if "upstream" in one.name)
    seen: set[str] = set()
    for place in (*_INSIDE, *called, *named, *_BESIDE):
        folder = root / place
        real = os.path.realpath(folder)
        if real not in seen and Path(real).is_dir():
            seen.add(real)
            yield place or ".", Path(real)
