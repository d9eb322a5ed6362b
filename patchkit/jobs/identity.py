"""What a port depends on, so that the same port need not be made twice (jobs floor)."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import patchkit
from patchkit.errors import SeriesFormatError, StackError
from patchkit.jobs.project import Project, upstream_name
from patchkit.model.patchlist import PatchList
from patchkit.model.stack import Layout
from patchkit.sources.upstream import Upstream
from patchkit.workspace.beside import ignores_place, resolutions_place
from patchkit.workspace.layout import read_layout
from patchkit.workspace.stackfolder import unnamed_patches

_FORMAT = "patchkit-port-identity/1"
_OWN_FILES = ("patchkit.*", "apply-patches", "*.spec")
_OWN_CODE = (".py", ".in", ".json", ".css", ".js", ".j2")


def port_identity(
    project: Project, folder: Path, resolutions: Path, upstream: Upstream, versions: tuple[str, str]
) -> str:
    """A SHA-256 over all that the port of the stack in `folder` depends on.

    That is: patchkit's version, the versions of upstream with what they are now, the list of
    patches and every patch, the names of those that it does not name, the settings, the decisions,
    and what else of the stack patchkit reads; not where on this machine it is. Raises
    `StackError`, `SeriesFormatError` and `UpstreamError`.
    """
    digest = hashlib.sha256()
    words = (_FORMAT, patchkit.__version__, project.package, upstream_name(upstream.description))
    for word in (*words, *versions, *map(upstream.identity, versions)):
        _add(digest, word.encode("utf-8", "surrogateescape"))
    layout, series = read_layout(folder)
    for name in unnamed_patches(folder, layout, series):
        _add(digest, name.encode("utf-8", "surrogateescape"))
    for place in _files_of(folder, layout, series, project, resolutions):
        _add(digest, os.path.relpath(place, folder).encode("utf-8", "surrogateescape"))
        _add(digest, _digest_of(place))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, content: bytes) -> None:
    digest.update(b"%d:" % len(content))
    digest.update(content)


def _digest_of(place: Path) -> bytes:
    """The digest of a file; of what is none, such as a pipe that would never end, nothing."""
    try:
        if not place.is_file():
            return b""
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise StackError(f"{place}: cannot be read: {error.strerror}.") from error


def _files_of(
    folder: Path, layout: Layout, series: PatchList, project: Project, resolutions: Path
) -> Iterable[Path]:
    named = [folder / layout.place_of(entry.name) for entry in series.entries]
    listed = [folder / layout.series] if layout.has_file else []
    beside = [place for pattern in _OWN_FILES for place in sorted(folder.glob(pattern))]
    settings = [project.settings.path] if project.settings.path is not None else []
    ignores = ignores_place(project.settings, folder)
    return dict.fromkeys((*listed, *named, *beside, *settings, resolutions, ignores))


def key_of(
    project: Project, folder: Path, source: Upstream, old: str, new: str, *asked: object
) -> str | None:
    """The name under which a port is remembered on this machine: its identity, the places, what
    else was `asked`, the modules of patchkit, and Python's version.

    None where that cannot be told: the changelog of a spec also goes by the day and the person, and
    a stack that cannot be read is for the port itself to complain about. Raises `UpstreamError` for
    an unknown version.
    """
    if any(folder.glob("*.spec")):
        return None
    try:
        decisions = resolutions_place(project.settings, folder)
        identity = port_identity(project, folder, decisions, source, (old, new))
    except (StackError, SeriesFormatError):
        return None
    digest = hashlib.sha256()
    places = (source.description, str(folder))
    for word in (identity, *places, _own_code(), platform.python_version(), *map(str, asked)):
        _add(digest, word.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


@cache
def _own_code() -> str:
    """What changes whenever a module of patchkit does. Not by their times: those of a package are
    often all the same, and a clock may be set back."""
    found: list[str] = []
    folders = [str(Path(patchkit.__file__).parent)]
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(_OWN_CODE):
                    found.append(entry.path)
    digest = hashlib.sha256()
    for place in sorted(found):
        _add(digest, os.path.relpath(place, folders[0]).encode())
        _add(digest, Path(place).read_bytes())
    return digest.hexdigest()
