"""What a port depends on, so that the same port need not be made twice (jobs floor)."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import patchkit
from patchkit.jobs.project import Project
from patchkit.sources.upstream import Upstream
from patchkit.workspace.ignores import ignores_place
from patchkit.workspace.resolutions import resolutions_place

_MOST_FILES = 100_000
_MOST_READ = 64 << 20
"""Bytes: of a larger file, such as a tarball beside the patches, size and time tell enough."""
_LEFT_OUT = (".git", ".svn", ".hg")


def key_of(
    project: Project, folder: Path, source: Upstream, old: str, new: str, *asked: object
) -> str | None:
    """A text that is the same for two ports exactly when all that they go by is: every file in the
    `folder` of the stack, the settings, the recorded decisions, both versions of the upstream, what
    else was `asked`, and patchkit itself.

    None where that cannot be told: the changelog of a spec also goes by the day and the person.
    Raises `UpstreamError` for an unknown version.
    """
    digest = hashlib.sha256()

    def take(*words: object) -> None:
        for word in words:
            raw = word if isinstance(word, bytes) else str(word).encode("utf-8", "surrogateescape")
            digest.update(b"%d:" % len(raw) + raw)

    take(patchkit.__version__, _own_code(), platform.python_version())
    take(old, new, source.description, source.identity(old), source.identity(new))
    take(project.package, *asked)
    beside = [resolutions_place(project.settings, folder), ignores_place(project.settings, folder)]
    if project.settings.path is not None:
        beside.append(project.settings.path)
    try:
        found = list(_files_in(folder))
        if len(found) > _MOST_FILES or any(name.endswith(".spec") for name, _ in found):
            return None
        for name, place in found:
            take(name, *_told(place))
        for place in beside:
            take(place.name, *(_told(place) if place.is_file() else ()))
    except OSError:
        return None  # what cannot be read here is for the port itself to complain about
    return digest.hexdigest()


def _told(place: Path) -> Iterator[object]:
    status = place.lstat()
    yield status.st_mode
    if place.is_symlink():
        yield os.readlink(os.fsencode(place))  # noqa: PTH115 (pathlib would tidy it)
    if place.is_file() and status.st_size > _MOST_READ:
        yield from (status.st_size, status.st_mtime_ns)
    elif place.is_file():
        yield place.read_bytes()


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            place = Path(parent, name)
            yield str(place.relative_to(folder)), place


@cache
def _own_code() -> str:
    """What changes whenever a module of patchkit does."""
    root = Path(patchkit.__file__).parent
    listed = sorted(
        f"{place.relative_to(root)} {place.stat().st_size} {place.stat().st_mtime_ns}"
        for place in root.rglob("*")
        if place.suffix in (".py", ".in", ".json", ".html")
    )
    return "\n".join(listed)
