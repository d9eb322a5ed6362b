"""Upstream versions, compared and as an upstream has them (jobs floor)."""

from __future__ import annotations

import re

from patchkit.errors import UpstreamError
from patchkit.jobs.project import Project, own_version, upstream_of
from patchkit.sources.progress import Progress, silent
from patchkit.sources.upstream import Upstream

_REPACKED = re.compile(r"[+~.](?:dfsg|ds|repack)[.\d]*$")
_VERSION = re.compile(
    r"(?:.*/)?(?:(?!v?\d+[-_])(?:(?!\d[._]\d)[^/])*?[-_])??"
    r"v?(?P<number>\d+(?:[._]\d+)*)(?P<repacked>(?:[+~.](?:dfsg|ds|repack)[.\d]*)?)"
)
"""A word may stand before a version, and none that is one: debian/2.06-13 is not version 13."""
_PARTS = re.compile(r"\d+|[A-Za-z]+|~")


def start_version(
    project: Project,
    new: str,
    given: str | None = None,
    *,
    upstream: str | None = None,
    progress: Progress = silent,
) -> str:
    """The version that a port to `new` starts from: as given, else the one that the stack is for.

    Raises `StackError` when that is not clear, and `UpstreamError`.
    """
    version = own_version(project, given, besides=new, option="--from")
    if given is not None or _REPACKED.search(version) is None:
        return version
    source = upstream_of(project, upstream, progress=progress)
    try:
        return as_upstream_has_it(version, source)
    finally:
        source.close()


def as_upstream_has_it(version: str, upstream: Upstream) -> str:
    """A version as a package has it, without `+dfsg` and the like where upstream has no such."""
    if _REPACKED.search(version) is None:
        return version
    try:
        upstream.identity(version)
    except UpstreamError:
        return _REPACKED.sub("", version)
    return version


def newest_version(upstream: Upstream, old: str) -> str:
    """The newest version that the upstream has; `old` where there is none after it.

    Only names that are numbers, such as 1.2.3 or package-v1.2.3, count: no release candidate does,
    and no revision of a package, but what Debian has repacked (1.2.3+dfsg) does. Raises
    `UpstreamError` where the upstream has no such name at all.
    """
    numbers = [
        _number_in(found) for name in upstream.names() if (found := _VERSION.fullmatch(name))
    ]
    if not numbers:
        raise UpstreamError(
            f"{upstream.description}: no name in it is a version with numbers alone.",
            "Say the new version with `to` in FLEET.yaml, or with --to.",
        )
    newest = max(numbers, key=version_key)
    return newest if version_key(newest) > version_key(old) else old


def _number_in(found: re.Match[str]) -> str:
    number = found["number"]
    return f"{number if '.' in number else number.replace('_', '.')}{found['repacked']}"


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
