"""What the port of a package of a fleet depends on: its versions, and an identity of it all (jobs
floor)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import patchkit
from patchkit.errors import StackError, UpstreamError
from patchkit.jobs.project import Project
from patchkit.lint.spec import Spec
from patchkit.sources.upstream import Upstream
from patchkit.workspace.ignores import ignores_place
from patchkit.workspace.layout import read_layout
from patchkit.workspace.spec import spec_files_in

IDENTITY_FORMAT = "patchkit-fleet-identity/1"
_OWN_FILES = ("patchkit.*", "apply-patches", "*.spec")
_DEBIAN = re.compile(r"[\w.+-]+ \((?:\d+:)?([^()\s]+?)(?:-[^-()\s]+)?\) ")
_REPACKED = re.compile(r"[+~.](?:dfsg|ds|repack)[.\d]*$")
_VERSION = re.compile(r"(?:.*?[-_/])??v?(\d+(?:[._]\d+)*)")
_PARTS = re.compile(r"\d+|[A-Za-z]+|~")


def old_version(project: Project, upstream: Upstream) -> str:
    """The upstream version that a packaging repository is for.

    What its spec says, else `debian/changelog` (without `+dfsg` and the like where upstream does
    not have it so), else the newest that there is a stack for. Raises `StackError` where nothing
    tells.
    """
    folder = repository_of(project)
    for found in (_of_spec(folder), _of_changelog(folder / "debian/changelog")):
        if found:
            return _as_upstream_has_it(found, upstream)
    versions = sorted(project.versions(), key=version_key)
    if versions:
        return versions[-1]
    raise StackError(
        f"{folder}: which upstream version the stack is for, nothing in it tells.",
        "Say it with `from` in FLEET.yaml, or with --from.",
    )


def newest_version(upstream: Upstream, old: str) -> str:
    """The newest version that the upstream has; `old` where there is none after it.

    Only names that are numbers, such as 1.2.3 or package-v1.2.3, count: no release candidate does.
    Raises `UpstreamError` where the upstream has no such name at all.
    """
    numbers = [
        found[1].replace("_", ".") if "." not in found[1] else found[1]
        for name in upstream.names()
        if (found := _VERSION.fullmatch(name))
    ]
    if not numbers:
        raise UpstreamError(
            f"{upstream.description}: no name in it is a version with numbers alone.",
            "Say the new version with `to` in FLEET.yaml, or with --to.",
        )
    newest = max(numbers, key=version_key)
    return newest if version_key(newest) > version_key(old) else old


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """What versions are sorted by: their numbers as numbers; `~` and words come before nothing.

    >>> sorted(["1.10", "1.9", "1.10~rc1", "1.10rc1", "1.10.1"], key=version_key)
    ['1.9', '1.10~rc1', '1.10rc1', '1.10', '1.10.1']
    """
    parts = _PARTS.findall(version)
    return (
        *((2, int(one), "") if one.isdecimal() else (-(one == "~"), 0, one) for one in parts),
        (1, 0, ""),
    )


def identity_of(
    project: Project, folder: Path, resolutions: Path, upstream: Upstream, versions: tuple[str, str]
) -> str:
    """A SHA-256 over all that the port of the stack in `folder` depends on.

    That is: patchkit's version, the versions of upstream with what they are now, the list of
    patches and every patch, the settings, the decisions, and what else of the stack patchkit reads.
    Raises `StackError` and `UpstreamError`.
    """
    digest = hashlib.sha256()
    words = (IDENTITY_FORMAT, patchkit.__version__, project.package, upstream.description)
    for word in (*words, *versions, *map(upstream.identity, versions)):
        _add(digest, word.encode("utf-8", "surrogateescape"))
    for place in _files_of(project, folder, resolutions):
        name = str(place).removeprefix(f"{folder}/")
        _add(digest, name.encode("utf-8", "surrogateescape"))
        try:
            _add(digest, place.read_bytes())
        except FileNotFoundError:
            digest.update(b"missing:")
        except OSError as error:
            raise StackError(f"{place}: cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def _add(digest: hashlib._Hash, content: bytes) -> None:
    digest.update(b"%d:" % len(content))
    digest.update(content)


def _files_of(project: Project, folder: Path, resolutions: Path) -> Iterable[Path]:
    layout, series = read_layout(folder)
    named = [folder / layout.place_of(entry.name) for entry in series.entries]
    listed = [folder / layout.series] if layout.has_file else []
    beside = [place for pattern in _OWN_FILES for place in sorted(folder.glob(pattern))]
    settings = [project.settings.path] if project.settings.path is not None else []
    ignores = ignores_place(project.settings, folder)
    return dict.fromkeys((*listed, *named, *beside, *settings, resolutions, ignores))


def repository_of(project: Project) -> Path:
    """The folder with the stack, or that with the settings which say where the stacks are."""
    if project.stack is not None:
        return project.stack
    assert project.settings.path is not None  # a project has a stack or settings
    return project.settings.path.parent


def _of_spec(folder: Path) -> str | None:
    specs = spec_files_in(folder)
    if len(specs) != 1:
        return None
    return Spec(specs[0].name.encode(), specs[0].read_bytes()).value("Version")


def _of_changelog(place: Path) -> str | None:
    """The upstream version of the newest entry."""
    if not place.is_file():
        return None
    with place.open(encoding="utf-8", errors="replace") as lines:
        found = _DEBIAN.match(next(lines, ""))
    return None if found is None else found[1]


def _as_upstream_has_it(version: str, upstream: Upstream) -> str:
    try:
        upstream.identity(version)
    except UpstreamError:
        return _REPACKED.sub("", version)
    return version
