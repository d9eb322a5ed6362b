"""What may be an upstream source, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import File
from patchkit.sources.clone import CachedClone
from patchkit.sources.upstream import open_upstream

from .made import SAMPLE, new_repository, write_files


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/x.git",
        "http://example.org/x",
        "git://example.org/x",
        "ssh://git@example.org:22/x",
        "file:///srv/x",
        "git@example.org:group/x.git",
        "example.org:x",
    ],
)
def test_url_is_a_clone_and_not_asked_before_it_is_needed(source: str, tmp_path: Path) -> None:
    """Opening a URL uses neither the network nor the cache."""
    upstream = open_upstream(source, cache=tmp_path)
    upstream.close()
    assert isinstance(upstream, CachedClone)
    assert source == upstream.description
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "source",
    [
        "",
        "-",
        "--upload-pack=touch x",
        "-oProxyCommand=touch x",
        "ext::sh -c touch% x",
        "ext://sh",
        "fd::0",
        "::x",
        "http::https://example.org/x",
        "git@example.org::x",
        "ftp://me:secret@example.org/x",
        "HTTPS://example.org/x",
        "no/such/folder",
        "a\0b",
        "https://example.org/\n",
        "x" * 5000,
    ],
)
def test_other_sources_are_refused(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown transports, options and what is not there give one line."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UpstreamError) as caught:
        open_upstream(source, cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_host_that_looks_like_an_option_is_refused_by_git(tmp_path: Path) -> None:
    """A URL cannot give options to ssh."""
    marker = tmp_path / "marker"
    upstream = open_upstream(f"ssh://-oProxyCommand=touch%20{marker}/x", cache=tmp_path / "cache")
    with pytest.raises(UpstreamError, match="strange hostname"):
        upstream.tree("1")
    assert not marker.exists()


def test_single_file_is_refused(tmp_path: Path) -> None:
    """A tarball is not an upstream: the folder that holds it is."""
    (tmp_path / "x-1.tar").write_bytes(b"")
    with pytest.raises(UpstreamError, match="folder that it is in"):
        open_upstream(str(tmp_path / "x-1.tar"))


def test_existing_folder_with_a_colon_is_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is there comes before an ssh address, as for git."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "host:path" / "1.0", SAMPLE)
    assert SAMPLE[b"README"] == open_upstream("host:path").tree("1.0").get(b"README")


def test_folder_of_versions_in_a_git_work_tree(tmp_path: Path) -> None:
    """Only a folder that is a repository itself is read as one, not one inside of a work tree."""
    new_repository(tmp_path / ".git")
    write_files(tmp_path / "upstream" / "1.0", SAMPLE)
    tree = open_upstream(str(tmp_path / "upstream")).tree("1.0")
    assert SAMPLE[b"run.sh"] == tree.get(b"run.sh")


def test_broken_git_file_is_no_repository(tmp_path: Path) -> None:
    """A `.git` that leads nowhere leaves a plain folder of versions."""
    (tmp_path / ".git").write_bytes(b"gitdir: ../gone\n")
    write_files(tmp_path / "1.0", {b"a": File(b"a")})
    assert File(b"a") == open_upstream(str(tmp_path)).tree("1.0").get(b"a")
