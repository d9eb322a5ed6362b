"""Which repository a URL of a package is about."""

from __future__ import annotations

import pytest

from patchkit.model.forges import repository_of

_KATA = "https://github.com/kata-containers/kata-containers"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (_KATA, _KATA),
        (f"{_KATA}.git", f"{_KATA}.git"),
        (f"{_KATA}/archive/refs/tags/2.5.1.tar.gz", _KATA),
        (f"{_KATA}/releases/download/2.5.1/x.tar.xz", _KATA),
        ("https://codeload.github.com/kata-containers/kata-containers/tar.gz/2.5.1", _KATA),
        ("https://api.github.com/repos/kata-containers/kata-containers/tags", _KATA),
        ("git://github.com/a/b.git", "https://github.com/a/b.git"),
        ("scm:git:https://example.org/b.git", "https://example.org/b.git"),
        ("git+https://example.org/b.git#main", "https://example.org/b.git"),
        ("ssh://git@example.org/b.git", "ssh://git@example.org/b.git"),
        ("https://gitlab.com/a/b/c/-/archive/1.0/c-1.0.tar.gz", "https://gitlab.com/a/b/c"),
        ("https://gitlab.example.org/a/b/repository/archive", "https://gitlab.example.org/a/b"),
        ("https://salsa.debian.org/debian/ppp/", "https://salsa.debian.org/debian/ppp"),
        ("https://git.sr.ht/~a/b/archive/1.tar.gz", "https://git.sr.ht/~a/b"),
        ("https://github.com/kata-containers", None),
        (r"https://github.com/a/(.*)/b", None),
        ("https://github.com/a/%{name}", None),
        ("https://example.org/b-1.0.tar.gz", None),
        ("ftp://github.com/a/b", None),
        ("https://example.org/.git", None),
        ("", None),
    ],
)
def test_the_repository_of_a_url(url: str, expected: str | None) -> None:
    """A forge's URL tells it whatever page or tarball it is of; nothing is guessed."""
    assert expected == repository_of(url)
