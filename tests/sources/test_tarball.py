"""Tar archives as trees; GNU tar and the compressors make them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.errors import UpstreamError
from patchkit.model.tree import EXECUTABLE, SYMLINK, File
from patchkit.sources import tarball
from patchkit.sources.tarball import TarballTree

from .made import SAMPLE, commit, git, new_repository, write_files, write_tar

if sys.version_info >= (3, 14):
    from compression.zstd import compress as zstd_compress
else:
    from zstandard import compress as zstd_compress

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd_compress,
    "zstd in two frames": lambda raw: zstd_compress(raw[:700]) + zstd_compress(raw[700:]),
    "gzip in two members": lambda raw: gzip.compress(raw[:700]) + gzip.compress(raw[700:]),
    "plain": bytes,
}


def members(archive: Path, *infos: tarfile.TarInfo, content: bytes = b"content") -> TarballTree:
    """An archive of these members; regular files all have the same content."""
    with tarfile.open(archive, "w") as written:
        for info in infos:
            info.size = len(content) if info.isreg() else 0
            written.addfile(info, io.BytesIO(content))
    return TarballTree(archive)


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A member with a name, a type and what it links to."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def content_of(tree: TarballTree) -> dict[bytes, File | None]:
    """Every file of an archive."""
    return {path: tree.get(path) for path in tree.listing()}


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_compression_is_told_by_content_and_not_by_name(tmp_path: Path, compressor: str) -> None:
    """Each compression is read, whatever the file is called."""
    plain = write_tar(tmp_path / "plain", SAMPLE, top="made-1/").read_bytes()
    archive = tmp_path / "archive.zip"
    archive.write_bytes(COMPRESSORS[compressor](plain))
    assert content_of(TarballTree(archive)) == SAMPLE


@pytest.mark.parametrize(
    ("option", "suffix"), [("-z", "gz"), ("-j", "bz2"), ("-J", "xz"), ("--zstd", "zst")]
)
@pytest.mark.parametrize("tar_format", ["gnu", "pax", "ustar", "oldgnu"])
def test_archives_of_gnu_tar(tmp_path: Path, option: str, suffix: str, tar_format: str) -> None:
    """The formats and compressions of GNU tar, with `./` before each name."""
    files = {path: file for path, file in SAMPLE.items() if len(path) < 100}
    folder = write_files(tmp_path / "made", files)
    archive = tmp_path / f"made.tar.{suffix}"
    command = [
        "tar",
        "-C",
        str(folder),
        "-c",
        option,
        f"--format={tar_format}",
        "-f",
        str(archive),
        ".",
    ]
    if option == "--zstd" and not shutil.which("zstd"):
        pytest.skip("there is no zstd to run")
    subprocess.run(command, check=True)
    assert content_of(TarballTree(archive)) == files


def test_archive_of_git(tmp_path: Path) -> None:
    """The global header that git puts into its archives is no file."""
    git_dir = new_repository(tmp_path / "made.git")
    archive = tmp_path / "made.tar.gz"
    archive.write_bytes(
        git(git_dir, "archive", "--format=tar.gz", "--prefix=made-1/", commit(git_dir, SAMPLE))
    )
    assert content_of(TarballTree(archive)) == SAMPLE


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["p-1/a", "p-1/b/c"], [b"a", b"b/c"]),
        (["./p-1/a", "p-1//./b"], [b"a", b"b"]),
        (["p-1/a", "q/a"], [b"p-1/a", b"q/a"]),
        (["p-1/a", "README"], [b"README", b"p-1/a"]),
        (["README"], [b"README"]),
        (["p/q/a", "p/q/b"], [b"q/a", b"q/b"]),
        ([], []),
    ],
)
def test_single_top_folder_is_stripped(
    tmp_path: Path, names: list[str], expected: list[bytes]
) -> None:
    """Only a folder that holds everything goes, and only one level of it."""
    tree = members(tmp_path / "x.tar", *map(member, names))
    assert sorted(tree.listing()) == expected
    assert [tree.get(path) for path in expected] == [File(b"content")] * len(expected)


def test_folders_count_as_members(tmp_path: Path) -> None:
    """A second folder at the top keeps the first from being stripped, even an empty one."""
    tree = members(tmp_path / "x.tar", member("p/a"), member("q", tarfile.DIRTYPE))
    assert list(tree.listing()) == [b"p/a"]
    assert tree.has_folder(b"p")
    assert not tree.has_folder(b"q")


def test_hard_links_are_files(tmp_path: Path) -> None:
    """A hard link has content and mode of the file that it is linked to, also over two links."""
    folder = write_files(tmp_path / "made-1", {b"a/x": File(b"content", EXECUTABLE)})
    os.link(folder / "a" / "x", folder / "y")
    os.link(folder / "a" / "x", folder / "z")
    subprocess.run(["tar", "-C", tmp_path, "-cf", tmp_path / "x.tar", "made-1"], check=True)
    expected = dict.fromkeys((b"a/x", b"y", b"z"), File(b"content", EXECUTABLE))
    assert content_of(TarballTree(tmp_path / "x.tar")) == expected


def test_hard_link_without_its_file_is_named(tmp_path: Path) -> None:
    """A hard link to nothing does not make the rest unreadable."""
    tree = members(tmp_path / "x.tar", member("p/a"), member("p/b", tarfile.LNKTYPE, "p/none"))
    assert list(tree.listing()) == [b"a"]
    with pytest.raises(UpstreamError, match="b: is a hard link to p/none"):
        tree.get(b"b")


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, b"Z"])
def test_devices_and_unknown_members_are_no_files(tmp_path: Path, kind: bytes) -> None:
    """They are left out of the listing, and an error when asked for."""
    tree = members(tmp_path / "x.tar", member("p/a"), member("p/dir/odd", kind))
    assert list(tree.listing()) == [b"a"]
    assert not tree.has_folder(b"dir")
    with pytest.raises(UpstreamError, match=r"x\.tar: dir/odd: is a device"):
        tree.get(b"dir/odd")


def test_last_of_members_with_the_same_name_counts(tmp_path: Path) -> None:
    """As when the archive is extracted, a later member takes the place of an earlier one."""
    old = tmp_path / "old"
    new = tmp_path / "new"
    old.mkdir()
    new.mkdir()
    for folder, content in ((old, b"old"), (new, b"new")):
        write_files(folder / "p", {b"a": File(content), b"b": File(content)})
    archive = tmp_path / "x.tar"
    subprocess.run(["tar", "-C", old, "-cf", archive, "p"], check=True)
    (new / "p" / "b").unlink()
    (new / "p" / "b").symlink_to("a")
    subprocess.run(["tar", "-C", new, "-rf", archive, "p"], check=True)
    expected = {b"a": File(b"new"), b"b": File(b"a", SYMLINK)}
    assert content_of(TarballTree(archive)) == expected


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "p/../../x", "p/.."])
def test_member_outside_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    """An absolute name, or one with `..`, is an error that names the member."""
    tree = members(tmp_path / "x.tar", member("p/a"), member(name))
    with pytest.raises(UpstreamError, match=f"member {name} is outside"):
        tree.get(b"a")


def test_sparse_file_has_its_holes(tmp_path: Path) -> None:
    """A file with holes is read with zeros in them."""
    folder = tmp_path / "p"
    folder.mkdir()
    with (folder / "sparse").open("wb") as file:
        file.seek(1 << 20)
        file.write(b"end")
    for tar_format in ("gnu", "pax"):
        archive = tmp_path / f"{tar_format}.tar"
        subprocess.run(
            ["tar", "-C", tmp_path, "-c", "-S", f"--format={tar_format}", "-f", archive, "p"],
            check=True,
        )
        assert TarballTree(archive).get(b"sparse") == File(bytes(1 << 20) + b"end")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an archive of the sample, not compressed."""
    return write_tar(tmp_path_factory.mktemp("tar") / "x.tar", SAMPLE, top="p/").read_bytes()


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_archive_that_is_cut_off_is_never_half_a_tree(
    tmp_path: Path, sound: bytes, compressor: str
) -> None:
    """Wherever an archive ends too early, it is an error and not a tree with fewer files."""
    end = sound.rindex(b"dots\n") // 512 * 512 + 512
    packed = COMPRESSORS[compressor](sound[: end + 1024])
    archive = tmp_path / "x.tar"
    ends = {0, 1, 100, 511, 512, 513, 1024, len(packed) // 2, len(packed) - 1}
    if compressor == "plain":
        ends = {*ends, *range(0, end, 512)} - {len(packed) - 1}  # the mark of the end is two blocks
    for cut in (cut for cut in ends if cut < len(packed)):
        archive.write_bytes(packed[:cut])
        with pytest.raises(UpstreamError, match=r"x\.tar: is no tar archive, or is damaged"):
            TarballTree(archive).listing()


@settings(max_examples=150, deadline=None)
@given(
    at=st.integers(0, 4000), byte=st.integers(1, 255), compressor=st.sampled_from(list(COMPRESSORS))
)
def test_damage_is_an_error_or_seen_in_the_content(
    tmp_path_factory: pytest.TempPathFactory, sound: bytes, at: int, byte: int, compressor: str
) -> None:
    """One wrong byte never gives a traceback; with a check sum it never goes unnoticed."""
    packed = bytearray(COMPRESSORS[compressor](sound))
    packed[at % len(packed)] ^= byte
    archive = tmp_path_factory.mktemp("damaged") / "x.tar"
    archive.write_bytes(packed)
    try:
        found = content_of(TarballTree(archive))
    except UpstreamError:
        return
    # Plain tar protects only the headers, and this zstd nothing.
    assert found == SAMPLE or compressor.startswith(("plain", "zstd"))


@pytest.mark.parametrize(
    "content", [b"", b"text\n", b"PK\x03\x04" + b"\0" * 600, b"\x1f\x8b", b"BZh9x"]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    """Other files give one clear line."""
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(UpstreamError, match=r"x\.tar: is no tar archive") as caught:
        TarballTree(tmp_path / "x.tar").get(b"a")
    assert "\n" not in str(caught.value)


def test_archive_that_is_not_there(tmp_path: Path) -> None:
    """A missing archive is the system's own message."""
    with pytest.raises(UpstreamError, match=r"x\.tar: cannot be read: No such file"):
        TarballTree(tmp_path / "x.tar").listing()


def test_content_that_is_not_kept_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With little memory set aside every file still comes out right, in any order."""
    monkeypatch.setattr(tarball, "KEPT_BYTES", 10)
    tree = TarballTree(write_tar(tmp_path / "x.tar", SAMPLE, top="p/"))
    tree.prefetch([b"binary", b"nothing"])
    for path in (*SAMPLE, *reversed(SAMPLE), b"binary"):
        assert SAMPLE[path] == tree.get(path)


def test_prefetched_content_survives_the_archive(tmp_path: Path) -> None:
    """What was prefetched is in memory; what was not and is large is read when asked for."""
    large = {b"one": File(os.urandom(3 << 20)), b"two": File(os.urandom(3 << 20))}
    archive = write_tar(tmp_path / "x.tar", large, top="p/")
    tree = TarballTree(archive)
    tree.prefetch([b"one"])
    archive.unlink()
    assert large[b"one"] == tree.get(b"one")
    with pytest.raises(UpstreamError, match="cannot be read"):
        tree.get(b"two")


def test_archive_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is never taken from another archive than the index."""
    monkeypatch.setattr(tarball, "KEPT_BYTES", 0)
    archive = write_tar(tmp_path / "x.tar", {b"a": File(b"old")})
    tree = TarballTree(archive)
    tree.listing()
    write_tar(archive, {b"a": File(b"new")})
    with pytest.raises(UpstreamError, match="has changed"):
        tree.get(b"a")
    write_tar(archive, {})
    with pytest.raises(UpstreamError, match="has changed"):
        tree.get(b"a")
