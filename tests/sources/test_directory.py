"""A folder on disk as a tree: what is special on a real file system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File
from patchkit.sources.directory import DirectoryTree

from .made import write_files

FILES = {b"a": File(b"a\n"), b"dir/b": File(b"b\n")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two files."""
    return write_files(tmp_path / "root", FILES)


def test_links_are_never_followed(root: Path) -> None:
    """Links to files, to folders, upwards and in circles are files with their target as content."""
    targets = {b"file": b"a", b"folder": b"dir", b"up": b"..", b"loop": b"loop", b"out": b"/etc"}
    write_files(root, {name: File(target, SYMLINK) for name, target in targets.items()})
    tree = DirectoryTree(root)
    assert targets == {name: file.content for name in targets if (file := tree.get(name))}
    assert {*FILES, *targets} == set(tree.listing())
    for path in (b"folder/b", b"up/root/a", b"loop/x", b"out/passwd", b"file/x"):
        assert tree.get(path) is None
        assert not tree.has_folder(path.partition(b"/")[0])


def test_root_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    """The folder that a person names is followed; only what is inside is not."""
    (tmp_path / "link").symlink_to(root)
    assert FILES[b"dir/b"] == DirectoryTree(tmp_path / "link").get(b"dir/b")


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o655, 0o700, 0o755, 0o744])
def test_mode_is_by_the_owner_s_right_to_execute(root: Path, mode: int) -> None:
    """As for git, only the owner's right decides."""
    (root / "a").chmod(mode)
    file = DirectoryTree(root).get(b"a")
    assert file is not None
    assert (EXECUTABLE if mode & 0o100 else REGULAR) == file.mode


def test_pipe_is_named_and_not_waited_for(root: Path) -> None:
    """A pipe is an error when asked for, and left out of the listing."""
    os.mkfifo(root / "dir" / "pipe")
    tree = DirectoryTree(root)
    with pytest.raises(UpstreamError, match="dir/pipe: is neither a file nor"):
        tree.get(b"dir/pipe")
    assert set(FILES) == set(tree.listing())
    assert tree.get(b"dir/pipe/x") is None


def test_git_folder_is_left_out_at_the_top_only(root: Path) -> None:
    """The git directory of a work tree is no part of it; files like .github are."""
    more = {b".git/config": File(b"x"), b".github/x": File(b"x"), b"dir/.git": File(b"gitdir: x")}
    tree = DirectoryTree(write_files(root, more))
    assert {*FILES, b".github/x", b"dir/.git"} == set(tree.listing())
    assert tree.get(b".git/config") is None
    assert not tree.has_folder(b".git")


def test_folders_without_files_are_none(root: Path) -> None:
    """Empty folders, also nested ones, do not count."""
    (root / "empty" / "deep").mkdir(parents=True)
    tree = DirectoryTree(root)
    assert not tree.has_folder(b"empty")
    assert tree.has_folder(b"dir")
    assert tree.get(b"empty") is None
    assert set(FILES) == set(tree.listing())


@pytest.mark.parametrize("name", ["gone", "root/a"])
def test_root_that_is_no_folder(root: Path, tmp_path: Path, name: str) -> None:
    """A missing folder is an error at once, and not a tree without files."""
    with pytest.raises(UpstreamError, match=f"{name}: there is no such folder"):
        DirectoryTree(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(root: Path) -> None:
    """A file or folder without the right to read is one clear line."""
    tree = DirectoryTree(root)
    (root / "a").chmod(0)
    (root / "dir").chmod(0)
    for path in (b"a", b"dir/b"):
        with pytest.raises(UpstreamError, match="cannot be read: Permission denied"):
            tree.get(path)
    with pytest.raises(UpstreamError, match="cannot be read: Permission denied"):
        tree.listing()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_file_that_fails_while_it_is_read() -> None:
    """An error of the disk is one line that names the file."""
    with pytest.raises(UpstreamError, match="/proc/self/mem: cannot be read: "):
        DirectoryTree(Path("/proc/self")).get(b"mem")
