"""The real kata-containers, where `PATCHKIT_UPSTREAM` names a git directory of it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchkit.model.tree import SYMLINK, Tree
from patchkit.sources.tarball import TarballTree
from patchkit.sources.upstream import Upstream, open_upstream

from .made import git

GIT_DIR = os.environ.get("PATCHKIT_UPSTREAM", "")
VERSIONS = ("2.5.1", "3.2.0")

pytestmark = pytest.mark.skipif(
    not GIT_DIR, reason="PATCHKIT_UPSTREAM does not name a git directory of kata-containers"
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """The real repository."""
    opened = open_upstream(GIT_DIR, package="kata-containers")
    yield opened
    opened.close()


def listed(version: str) -> dict[bytes, tuple[bytes, bytes]]:
    """What `git ls-tree` says: path to mode and blob id."""
    lines = git(Path(GIT_DIR), "ls-tree", "-r", "-z", "--full-tree", version).split(b"\0")
    facts = [line.partition(b"\t") for line in lines if line]
    return {path: (fact.split()[0], fact.split()[2]) for fact, _, path in facts}


def assert_same(version: str, tree: Tree) -> None:
    """Listing, and two hundred files chosen by chance but always the same, are what git shows."""
    expected = listed(version)
    assert {path: object_id.decode() for path, (_, object_id) in expected.items()} == tree.listing()
    links = [path for path, (mode, _) in expected.items() if int(mode, 8) == SYMLINK]
    chosen = [*random.Random(version).sample(sorted(expected), 200), *links[:20]]
    tree.prefetch(chosen)
    for path in chosen:
        mode, _ = expected[path]
        file = tree.get(path)
        assert file is not None
        assert int(mode, 8) == file.mode
        assert git(Path(GIT_DIR), "show", f"{version}:{os.fsdecode(path)}") == file.content


@pytest.mark.parametrize("version", VERSIONS)
def test_git_tree_is_what_git_shows(upstream: Upstream, version: str) -> None:
    """The real tags, read from git."""
    assert_same(version, upstream.tree(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_tarball_is_what_git_shows(version: str, tmp_path: Path) -> None:
    """The real tags, packed by git as a release is."""
    archive = tmp_path / f"kata-containers-{version}.tar.gz"
    packed = git(
        Path(GIT_DIR), "archive", "--format=tar.gz", f"--prefix=kata-containers-{version}/", version
    )
    archive.write_bytes(packed)
    assert_same(version, TarballTree(archive))
