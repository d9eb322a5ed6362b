"""What a version of an upstream is known by, and what versions each kind of upstream has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.sources.upstream import Upstream, open_upstream
from tests.sources.made import SAMPLE, commit, git, new_repository, write_files


def _git(root: Path) -> Path:
    repository = new_repository(root / "upstream")
    git(repository, "tag", "v1.0", commit(repository, {}))
    git(repository, "tag", "pkg-2.0", commit(repository, SAMPLE))
    return repository


@pytest.fixture(params=["path", "url"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Upstream]:
    """A git repository, as a folder and behind a URL."""
    place = _git(tmp_path)
    source = str(place) if request.param == "path" else place.as_uri()
    return place, open_upstream(source, package="pkg", cache=tmp_path / "cache")


def test_git_knows_a_version_by_its_object(repository: tuple[Path, Upstream]) -> None:
    """Its names are its tags; an unknown version is told as by `tree`."""
    place, upstream = repository
    assert git(place, "rev-parse", "pkg-2.0").decode().strip() == upstream.identity("2.0")
    assert ["pkg-2.0", "v1.0"] == sorted(upstream.names())
    with pytest.raises(UpstreamError, match=r"3\.0"):
        upstream.identity("3.0")
    upstream.close()


def test_a_folder_is_known_by_the_facts_of_its_files(tmp_path: Path) -> None:
    """Size, time, mode and name of each; contents are not read."""
    write_files(tmp_path / "1.0", SAMPLE)
    (tmp_path / "pkg-2.0.tar.gz").write_bytes(b"not even a tarball")
    (tmp_path / "notes.txt").touch()
    upstream = open_upstream(str(tmp_path))
    assert ["1.0", "pkg-2.0"] == sorted(upstream.names())
    seen = [upstream.identity("1.0"), upstream.identity("2.0")]
    place = tmp_path / "1.0" / "run.sh"
    os.utime(place, ns=(0, 1))
    seen.append(upstream.identity("1.0"))
    place.chmod(0o644)
    seen.append(upstream.identity("1.0"))
    place.rename(place.with_name("walk.sh"))
    seen.append(upstream.identity("1.0"))
    (tmp_path / "1.0" / "added").touch()
    seen.append(upstream.identity("1.0"))
    (tmp_path / "1.0" / "src" / "to").symlink_to("..")
    seen.append(upstream.identity("1.0"))
    assert 7 == len(set(seen))
    assert seen[-1] == upstream.identity("1.0")
    with pytest.raises(UpstreamError, match=r"3\.0"):
        upstream.identity("3.0")
