"""Which tag, branch or commit a version means, and what is near to one that is not there (pure)."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Mapping

from patchkit.errors import UpstreamError

TAG_PATTERNS = (
    "{version}",
    "v{version}",
    "{package}-{version}",
    "{package}-v{version}",
    "release-{version}",
    "upstream/{version}",
    "{package}-{underscored}",
    "{package}_{underscored}",
    "V_{underscored}",
)
"""The tags that are tried for a version, in this order; `underscored` is 1_2_3 for 1.2.3."""

_NO_REF = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^[./]|[./]$|\.lock(/|$)"
)  # git-check-ref-format(1)
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(r"^\D+(?=\d)")
_MOST_SUGGESTIONS = 5


def tag_refs(version: str, package: str | None, tag_pattern: str | None) -> tuple[str, ...]:
    """The full names of the tags that may stand for a version, the likeliest first.

    A `tag_pattern` such as `v{version}` is tried alone, then the version as it is. Raises
    `UpstreamError` for a pattern without `{version}`.
    """
    if tag_pattern is None:
        patterns = [name for name in TAG_PATTERNS if package or "{package}" not in name]
    elif "{version}" in tag_pattern:
        patterns = [tag_pattern, "{version}"]
    else:
        raise UpstreamError(
            f"The tag pattern {tag_pattern!r} does not say where the version stands.",
            "Write {version} there, for instance v{version}.",
        )
    names = [
        name.replace("{package}", package or "")
        .replace("{underscored}", version.replace(".", "_"))
        .replace("{version}", version)
        for name in patterns
    ]
    return _refs("refs/tags/", names)


def only_tag(version: str, refs: Iterable[str]) -> str | None:
    """The one tag that is the version with any word before it, as in `lxc-4.0.3`; else None.

    >>> only_tag("4.0.3", ["refs/tags/lxc-4.0.3", "refs/tags/lxc-4.0.30", "refs/heads/4.0.3"])
    'refs/tags/lxc-4.0.3'
    """
    ending = re.compile(rf"refs/tags/(?:.*[-_/.])?[vV]?{re.escape(version)}")
    found = [ref for ref in refs if ending.fullmatch(ref)]
    return found[0] if len(found) == 1 else None


def branch_refs(version: str) -> tuple[str, ...]:
    """The full names of the branches that a version may be, the repository's own first."""
    local = _refs("refs/heads/", [version])
    return (*local, *_refs("refs/remotes/", [f"origin/{version}", version]))


def first_of(names: Iterable[str], refs: Mapping[str, str]) -> str | None:
    """The first of the names that is a ref."""
    return next((name for name in names if name in refs), None)


def commit_prefix(version: str) -> str | None:
    """The version as the (shortened) id of a commit; None where it cannot be one."""
    return version.lower() if _COMMIT.fullmatch(version) else None


def full_commit_id(version: str) -> str | None:
    """The version as the whole id of a commit, SHA-1 or SHA-256; None where it is not one."""
    prefix = commit_prefix(version)
    return prefix if prefix is not None and len(prefix) in (40, 64) else None


def unknown_version(version: str, source: str, refs: Iterable[str]) -> UpstreamError:
    """The error for a version that is no tag, branch or commit; suggests near ones of the refs."""
    tags = [ref.removeprefix("refs/tags/") for ref in refs if ref.startswith("refs/tags/")]
    branches = [ref.removeprefix("refs/heads/") for ref in refs if ref.startswith("refs/heads/")]
    suggested = near(version, tags) or near(version, branches)
    return UpstreamError(
        f"{source}: there is no tag, branch or commit for version {shown(version)}.",
        f"Near ones are: {', '.join(suggested)}."
        if suggested
        else "A tag pattern such as v{version} says how the versions are tagged.",
    )


def near(version: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to five names that look like the version, the nearest first.

    Only what begins with the first digit is compared, so that `foo-1.2.4` is near to `1.2.3`.
    A version that is only the beginning of others is near to them.

    >>> near("1.2.4", ["foo-1.2.3", "foo-7.1", "main"])
    ('foo-1.2.3',)
    >>> near("v7", ["foo-1.2.3", "foo-7.1", "main"])
    ('foo-7.1',)
    """
    by_number: dict[str, list[str]] = {}
    for name in names:
        by_number.setdefault(_BEFORE_NUMBER.sub("", name), []).append(name)
    wanted = _BEFORE_NUMBER.sub("", version)
    close = difflib.get_close_matches(wanted, by_number, n=_MOST_SUGGESTIONS)
    longer = (number for number in by_number if number.startswith(f"{wanted}."))
    found = (name for number in dict.fromkeys((*close, *longer)) for name in by_number[number])
    return tuple(itertools.islice(found, _MOST_SUGGESTIONS))


def shown(version: str) -> str:
    """The version as one readable word in a message, whatever is in it."""
    return version if version and version.isprintable() else repr(version)


def _refs(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(prefix + name for name in names if name and not _NO_REF.search(name))
    )
