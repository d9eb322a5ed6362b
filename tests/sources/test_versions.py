"""Folders in which versions name folders or tarballs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import File
from patchkit.sources.upstream import open_upstream

from .made import write_files, write_tar


def put(root: Path, name: str) -> None:
    """Put a version there, in which the file `a` has its name as content."""
    files = {b"a": File(name.encode())}
    if name.endswith("/"):
        write_files(root / name, files)
    elif name.endswith("gz"):
        plain = write_tar(root / "plain", files, top="top/")
        (root / name).write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    else:
        write_tar(root / name, files, top="top/")


def found(root: Path, version: str, package: str | None = None) -> str:
    """The content of the file `a` of a version."""
    file = open_upstream(str(root), package=package).tree(version).get(b"a")
    assert file is not None
    return file.content.decode()


OF_ANY_PACKAGE = ("1.2/", "v1.2/", "1.2.tar", "1.2.tar.gz", "v1.2.tgz")
OF_THE_PACKAGE = ("foo-1.2/", "foo-v1.2/", "foo-1.2.tar", "foo-1.2.tgz", "foo-v1.2.tar.gz")
OF_DEBIAN = ("foo_1.2.orig.tar", "foo_1.2.orig.tar.gz")
OTHERS = (
    "1.2.3/",
    "foo-1.2.1.tar",
    "11.2.tar",
    "foo-1.2.tar.asc",
    "foo_1.2-3.debian.tar",
    "foo-1x2.tar",
)


@pytest.mark.parametrize("name", OF_ANY_PACKAGE + OF_THE_PACKAGE + OF_DEBIAN)
@pytest.mark.parametrize("package", ["foo", None])
def test_documented_names_are_found(tmp_path: Path, name: str, package: str | None) -> None:
    """Each form is found among names that only look like it, with and without the package."""
    for other in OTHERS:
        put(tmp_path, other)
    put(tmp_path, name)
    assert name == found(tmp_path, "1.2", package)


def test_package_decides_between_several(tmp_path: Path) -> None:
    """Without the package's name several fit, and are all named; with it one does."""
    for name in ("foo-1.2.tar", "bar-1.2/", "foo-bar_1.2.orig.tar.gz"):
        put(tmp_path, name)
    assert found(tmp_path, "1.2", "bar") == "bar-1.2/"
    assert found(tmp_path, "1.2", "foo-bar") == "foo-bar_1.2.orig.tar.gz"
    with pytest.raises(UpstreamError, match=r"1\.2: bar-1\.2, foo-1\.2\.tar, foo-"):
        found(tmp_path, "1.2")


def test_folder_and_tarball_of_one_version_are_not_chosen_between(tmp_path: Path) -> None:
    """Nothing says that both are the same, so neither is taken."""
    put(tmp_path, "foo-1.2/")
    put(tmp_path, "foo-1.2.tar")
    with pytest.raises(UpstreamError, match=r"several are version 1\.2"):
        found(tmp_path, "1.2", "foo")


def test_package_and_version_are_plain_text(tmp_path: Path) -> None:
    """Letters that mean something in patterns mean themselves."""
    put(tmp_path, "lib(c++)-1.0+b1.tar")
    assert found(tmp_path, "1.0+b1", "lib(c++)") == "lib(c++)-1.0+b1.tar"
    with pytest.raises(UpstreamError, match="there is no version"):
        found(tmp_path, "1.0.b1", "lib(c++)")
    with pytest.raises(UpstreamError, match="there is no version"):
        found(tmp_path, ".*")


def test_unknown_version_suggests_what_is_there(tmp_path: Path) -> None:
    """Near versions by their names, else some of what the folder holds."""
    for name in ("foo-3.2.0.tar.gz", "foo_2.5.1.orig.tar", "0.9/", "notes.txt"):
        put(tmp_path, name)
    with pytest.raises(UpstreamError, match=r"Near ones are: foo-3\.2\.0\.tar\.gz"):
        found(tmp_path, "3.2.1", "foo")
    with pytest.raises(UpstreamError, match=r"Near ones are: foo_2\.5\.1\.orig\.tar"):
        found(tmp_path, "2.5.0")
    with pytest.raises(UpstreamError, match="It holds: ") as caught:
        found(tmp_path, "x")
    assert "notes" not in str(caught.value)


@pytest.mark.parametrize("version", ["", "..", ".", "../x", "/", "a\0b", "\n"])
def test_version_never_leaves_the_folder(tmp_path: Path, version: str) -> None:
    """Only what the folder itself holds can be a version."""
    put(tmp_path, "foo-1.2/")
    put(tmp_path.parent, "x/")
    with pytest.raises(UpstreamError, match="there is no version") as caught:
        found(tmp_path, version)
    assert "\n" not in str(caught.value)


def test_folder_without_versions(tmp_path: Path) -> None:
    """An empty folder says what would be accepted."""
    with pytest.raises(UpstreamError, match="no git repository, and holds neither folders nor"):
        found(tmp_path, "1.2")
