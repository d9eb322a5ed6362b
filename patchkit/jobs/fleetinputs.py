"""Which versions the port of a package of a fleet is between, where nobody says (jobs floor)."""

from __future__ import annotations

import re
from pathlib import Path

from patchkit.errors import StackError, UpstreamError
from patchkit.jobs.project import Project
from patchkit.lint.spec import Spec
from patchkit.sources.upstream import Upstream
from patchkit.workspace.spec import spec_files_in

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
