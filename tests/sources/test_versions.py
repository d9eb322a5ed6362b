"""Folders in which versions name folders or tarballs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import File
from patchkit.sources.upstream import open_upstream

from .commits import Made
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


def test_the_names_of_another_package_are_left_out(tmp_path: Path) -> None:
    """A folder with the tarballs of several packages has the versions of one of them."""
    for name in ("foo-1.2.tar", "foo_1.3.orig.tar.gz", "bar_9.orig.tar.gz", "v1.4/", "1.5.tar"):
        put(tmp_path, name)
    upstream = open_upstream(str(tmp_path), package="foo")
    assert ["1.5", "foo-1.2", "foo_1.3", "v1.4"] == sorted(upstream.names())


def test_what_debian_calls_the_original_goes_first(tmp_path: Path) -> None:
    """`apt source` unpacks it beside itself, with the patches in it."""
    for name in ("foo-1.2/", "foo_1.2.orig.tar.gz"):
        put(tmp_path, name)
    assert "foo_1.2.orig.tar.gz" == found(tmp_path, "1.2", "foo")


def test_a_work_tree_with_tarballs(tmp_path: Path) -> None:
    """What git does not know is looked for among the tarballs, and nowhere else; what git knows is
    git's."""
    made = Made(tmp_path / "git")
    made.tag("1.0", made.commit({b"a": b"of git"}))
    root = tmp_path / "package"
    root.mkdir()
    (root / ".git").symlink_to(tmp_path / "git")
    for name in ("foo-1.0.tar", "foo-1.2.tar", "3.0/"):
        put(root, name)
    assert ("of git", "foo-1.2.tar") == (found(root, "1.0", "foo"), found(root, "1.2", "foo"))
    upstream = open_upstream(str(root), package="foo")
    assert {"1.0", "foo-1.0", "foo-1.2"} == set(upstream.names())
    assert upstream.history("1.0", "1.2") is None
    assert upstream.history("1.0", "1.0") is not None
    assert upstream.identity("1.2").startswith("foo-1.2.tar ")
    with pytest.raises(UpstreamError, match=r"no tag, branch or commit for version 3\.0") as told:
        upstream.tree("3.0")
    assert "Nor is it a tarball here; there are: foo-1.0, foo-1.2." in told.value.hints
    upstream.close()
