"""A git tag, a folder and an archive with the same files are the same tree."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.model.tree import File, MemoryTree, Tree
from patchkit.sources.directory import DirectoryTree
from patchkit.sources.gittree import GitTree
from patchkit.sources.repository import GitRepository
from patchkit.sources.tarball import TarballTree

from .made import SAMPLE, commit, new_repository, trees, write_files, write_tar

NO_FOLDERS = (b"/", b".", b"..", b"./README", b"README/", b"README/x", b"/README", b"src//deep")
NO_FILES = (
    *(*NO_FOLDERS, b"", b"src", b"src/", b"src//main.c", b"src/up/main.c", b"link/x", b"nothing"),
    *(
        b"src/../README",
        b"a\0b",
        b".git",
        b".git/HEAD",
        b"x" * 300,
        b"HEAD:src/main.c",
        b"README\n",
    ),
)


def assert_same(expected: Mapping[bytes, File], tree: Tree) -> None:
    """Every question to a tree is answered as by the same files in memory."""
    memory = MemoryTree(expected)
    # Once it is listed, a tree may answer from that.
    assert expected == {path: tree.get(path) for path in expected}
    assert all(memory.has_folder(path) == tree.has_folder(path) for path in (b"", b"a", b"nothing"))
    assert memory.listing() == tree.listing()
    assert set(expected) == set(tree.paths())
    tree.prefetch(expected)
    assert expected == {path: tree.get(path) for path in expected}
    folders = {path.rpartition(b"/")[0] for path in expected} | {b"", b"a", b"a/b", b"nothing"}
    for folder in (*folders, *expected):
        assert memory.has_folder(folder) == tree.has_folder(folder), folder
        assert memory.get(folder) == tree.get(folder), folder


def git_tree(git_dir: Path, files: Mapping[bytes, File]) -> GitTree:
    """The files, committed to a new repository."""
    repository = GitRepository(new_repository(git_dir), name="made")
    return GitTree(repository, repository.tree_of(commit(git_dir, files)))


@settings(max_examples=40, deadline=None)
@given(files=trees(), tar_format=st.sampled_from((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)))
def test_made_trees_survive_every_source(files: dict[bytes, File], tar_format: int) -> None:
    """Whatever the files are, git, folder and archive give them back."""
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        from_git = git_tree(scratch / "repository.git", files)
        assert_same(files, from_git)
        from_git.repository.close()
        assert_same(files, DirectoryTree(write_files(scratch / "folder", files)))
        tar = write_tar(scratch / "x.tar", files, top="made-1.0/", tar_format=tar_format)
        assert_same(files, TarballTree(tar))


def test_the_sample_is_the_same_from_every_source(tmp_path: Path) -> None:
    """Odd names, modes and contents are the same from git, from a folder, and from GNU tar."""
    folder = write_files(tmp_path / "made-1.0", SAMPLE)
    subprocess.run(["tar", "-C", tmp_path, "-czf", tmp_path / "x.tgz", "made-1.0"], check=True)
    git_source = git_tree(tmp_path / "repository.git", SAMPLE)
    for tree in (git_source, DirectoryTree(folder), TarballTree(tmp_path / "x.tgz")):
        assert_same(SAMPLE, tree)
        for path in NO_FILES:
            assert tree.get(path) is None, (tree, path)
        for path in (*NO_FOLDERS, b"src/", b"link", b"src/up", b"src/..", b".git"):
            assert not tree.has_folder(path), (tree, path)
    git_source.repository.close()
