"""Archives of strangers are read and never unpacked; what is too much is refused."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from tests.cli.demo import OLD, PORTED, make_stack
from tests.cli.running import Run, run
from tests.security.canaries import state

_TOP = "demo-1.0"


def _member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    member.mode = 0o6777
    return member


def _check(tmp_path: Path, *members: tarfile.TarInfo, limits: str = "") -> Run:
    """Check the stack on a tarball with the files of version 1.0 and these members."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    with tarfile.open(folder / f"{_TOP}.tar.gz", "w:gz") as archive:
        for path, file in OLD.items():
            member = tarfile.TarInfo(f"{_TOP}/{path.decode()}")
            member.size = len(file.content)
            archive.addfile(member, io.BytesIO(file.content))
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return _run(tmp_path, folder, limits)


def _run(tmp_path: Path, folder: Path, limits: str) -> Run:
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    before = state(tmp_path)
    done = run(
        *("check", "--stack", stack, "--at", "1.0", "--upstream", folder),
        changes={"PATCHKIT_LIMITS": limits},
    )
    assert before == state(tmp_path)
    return done


@pytest.mark.parametrize("name", ["../canary", "/tmp/canary", f"{_TOP}/../../canary"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE])
def test_zip_slip(tmp_path: Path, name: str, kind: bytes) -> None:
    """A member that is outside of the archive is refused, with its name."""
    done = _check(tmp_path, _member(name, kind, "x"))
    assert (2, True) == (done.exit_code, "is outside of the archive" in done.stderr)


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices(tmp_path: Path, kind: bytes) -> None:
    """A device or pipe is no file of the tree: nothing opens it."""
    assert 0 == _check(tmp_path, _member(f"{_TOP}/x", kind)).exit_code


def test_links(tmp_path: Path) -> None:
    """Links are entries and never followed, neither those to elsewhere nor hard ones."""
    links = [
        _member(f"{_TOP}/out", tarfile.SYMTYPE, "/etc"),
        _member(f"{_TOP}/out/passwd"),
        _member(f"{_TOP}/hard", tarfile.LNKTYPE, "../../../etc/passwd"),
        _member(f"{_TOP}/round", tarfile.LNKTYPE, f"{_TOP}/round"),
    ]
    assert 0 == _check(tmp_path, *links).exit_code


def _large(size: int) -> tarfile.TarInfo:
    member = _member(f"{_TOP}/large")
    member.size = size
    return member


def test_gigantic_members(tmp_path: Path) -> None:
    """A member beyond the limit is refused before it is read, with how to raise the limit."""
    done = _check(tmp_path, _large(3_000_000), limits="file_bytes=2000000")
    assert 2 == done.exit_code
    assert "3000000 bytes of demo-1.0/large; 2000000 is the limit" in done.stderr
    assert "PATCHKIT_LIMITS=file_bytes=NUMBER" in done.stderr


def test_sparse_members(tmp_path: Path) -> None:
    """A sparse member counts with the size that it claims, here 1 TiB in 512 bytes."""
    member = _member(f"{_TOP}/sparse")
    member.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": f"{_TOP}/sparse",
        "GNU.sparse.realsize": str(1 << 40),
    }
    body = b"1\n1099511627776\n0\n".ljust(512, b"\0")
    member.size = len(body)
    folder = tmp_path / "upstream"
    folder.mkdir()
    with tarfile.open(folder / f"{_TOP}.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member, io.BytesIO(body))
    done = _run(tmp_path, folder, "")
    assert (2, True) == (done.exit_code, "bytes of demo-1.0/sparse" in done.stderr), done


def test_bombs(tmp_path: Path) -> None:
    """What is small and gets large when it is unpacked: in its members, and behind their end."""
    done = _check(tmp_path, _large(900_000), limits="archive_bytes=800000")
    assert (2, True) == (done.exit_code, "bytes in all; 800000 is the limit" in done.stderr)


def test_a_bomb_behind_the_end(tmp_path: Path) -> None:
    """An archive of nothing that goes on for long."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    (folder / f"{_TOP}.tar.gz").write_bytes(gzip.compress(bytes(20_000_000)))
    done = _run(tmp_path, folder, "archive_bytes=1000000")
    assert (2, True) == (done.exit_code, "bytes behind its end" in done.stderr)


def test_many_members(tmp_path: Path) -> None:
    """More entries than the limit has."""
    done = _check(tmp_path, _member(f"{_TOP}/x"), limits="archive_members=3")
    assert (2, True) == (done.exit_code, "4 members; 3 is the limit" in done.stderr)


def test_gigantic_headers(tmp_path: Path) -> None:
    """A name of megabytes is not read into memory."""
    done = _check(tmp_path, _member(f"{_TOP}/{'n' * 2_000_000}"))
    assert (2, True) == (done.exit_code, "a header of" in done.stderr)
