"""Which git repository a URL is about (ground floor; nothing is asked).

Packages name their upstream by the URL of a tarball, of a page or of a repository. Of a forge's URL
the repository can be told; the ways of writing them are those of GitHub, GitLab, Gitee, Forgejo
(Codeberg), Bitbucket, sourcehut and cgit.
"""

from __future__ import annotations

import re

_URL = re.compile(
    r"(?:scm:|git\+|git:(?!//))*(?P<scheme>https?|git|ssh)://(?P<rest>[^\s\"'<>;?#]+)"
)
_SAFE = re.compile(r"~?[\w.+-]+")
_ALIASES = {
    "www.github.com": "github.com",
    "codeload.github.com": "github.com",
    "api.github.com": "github.com",
    "raw.githubusercontent.com": "github.com",
}
_TWO_PARTS = ("github.com", "gitee.com", "codeberg.org", "bitbucket.org", "git.sr.ht")
_GITLABS = ("salsa.debian.org", "invent.kde.org")
_PAGES = ("-", "archive", "raw", "releases", "repository", "tags", "tree", "uploads", "wikis")
"""What follows the name of a repository at a GitLab."""
_LEAST_PARTS = 2


def repository_of(url: str) -> str | None:
    """The URL of the git repository that `url` is about; None where that cannot be told.

    >>> repository_of("https://github.com/kata-containers/kata-containers/archive/2.5.1.tar.gz")
    'https://github.com/kata-containers/kata-containers'
    >>> repository_of("https://gitlab.gnome.org/GNOME/glib/-/tags?sort=updated")
    'https://gitlab.gnome.org/GNOME/glib'
    >>> repository_of("git://git.kernel.org/pub/scm/utils/dtc/dtc.git;branch=main")
    'git://git.kernel.org/pub/scm/utils/dtc/dtc.git'
    >>> repository_of("https://github.com/kata-containers")
    """
    found = _URL.match(url.strip())
    if found is None:
        return None
    host, _, path = found["rest"].partition("/")
    host = _ALIASES.get(host.lower(), host)
    parts = [part for part in path.split("/") if part]
    if host == "github.com" and parts[:1] == ["repos"]:
        parts = parts[1:]
    for number, part in enumerate(parts, 1):
        if part.endswith(".git") and part != ".git":
            whole = parts[:number]
            scheme = "https" if host in _TWO_PARTS else found["scheme"]
            return f"{scheme}://{host}/{'/'.join(whole)}" if _are_safe(whole) else None
    if host in _TWO_PARTS:
        parts = parts[:_LEAST_PARTS]
    elif host in _GITLABS or host.startswith("gitlab."):
        ends = [at for at, part in enumerate(parts) if at >= _LEAST_PARTS and part in _PAGES]
        parts = parts[: ends[0]] if ends else parts
    else:
        return None
    is_whole = len(parts) >= _LEAST_PARTS and _are_safe(parts)
    return f"https://{host}/{'/'.join(parts)}" if is_whole else None


def _are_safe(parts: list[str]) -> bool:
    return all(map(_SAFE.fullmatch, parts))
