"""What changes between two runs: a tag, an archive, the clock, a repository that breaks."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from patchkit.model.tree import File
from patchkit.workspace.memory import Memory, Remembered
from patchkit.workspace.writing import Output
from tests.cli.demo import NEW, OLD, PORTED, Demo, make_demo, numbered
from tests.cli.folders import contents_of
from tests.cli.running import assert_done, assert_refused
from tests.sources.made import commit, git, new_repository

_OTHER = {**NEW, b"util.c": File(b"two\nmore lines\n" + numbered("util"))}
_HOURS = [0, 1, 4102444800]
"""In seconds: 1970, and the year 2100."""


@pytest.fixture
def of_git(tmp_path: Path) -> Demo:
    """The made project with its upstream in a git repository."""
    demo = make_demo(tmp_path, PORTED)
    upstream = new_repository(tmp_path / "upstream.git")
    git(upstream, "tag", "v1.0", commit(upstream, OLD))
    git(upstream, "tag", "v2.0", commit(upstream, NEW))
    return Demo(demo.root, demo.stack, upstream, demo.out)


def _util(demo: Demo) -> bytes:
    return (demo.out / "patches" / "0001-util.patch").read_bytes()


def test_a_tag_is_moved(of_git: Demo) -> None:
    """The next run ports to what the tag names then; moved back, to what it named before."""
    assert_done(of_git.rebase())
    first = contents_of(of_git.out)
    git(of_git.upstream, "tag", "-f", "v2.0", commit(of_git.upstream, _OTHER))
    assert_done(of_git.rebase())
    assert b"@@ -19," in _util(of_git)
    assert first != contents_of(of_git.out)
    git(of_git.upstream, "tag", "-f", "v2.0", commit(of_git.upstream, NEW))
    assert_done(of_git.rebase())
    assert first == contents_of(of_git.out)


def test_a_repository_breaks(of_git: Demo) -> None:
    """A port that is remembered was made and proved from objects of the same ids, so it is still
    right; one that is not needs them, and says that they are missing."""
    assert_done(of_git.rebase())
    first = contents_of(of_git.out)
    blobs = git(of_git.upstream, "rev-parse", "v2.0:util.c", "v1.0:util.c").decode().split()
    for blob in blobs:
        (of_git.upstream / "objects" / blob[:2] / blob[2:]).unlink()
    shutil.rmtree(of_git.out)
    assert_done(of_git.rebase())
    assert first == contents_of(of_git.out)
    assert_refused(of_git.rebase("--fuzz", "1"), "missing or damaged")


def _archive(place: Path, files: dict[bytes, File], scratch: Path) -> None:
    with tarfile.open(place, "w") as archive:
        for path, file in files.items():
            part = scratch / "part"
            part.write_bytes(file.content)
            os.utime(part, (1, 1))
            archive.add(part, f"pkg-2.0/{path.decode()}")
    os.utime(place, (1, 1))


def _same_size(files: dict[bytes, File]) -> dict[bytes, File]:
    changed = files[b"util.c"].content.replace(b"util 18", b"UTIL 18")
    return {**files, b"util.c": File(changed)}


@pytest.mark.parametrize("is_link", [False, True])
def test_an_archive_of_the_same_size_and_time(tmp_path: Path, is_link: bool) -> None:
    """An archive that was made anew is another one, although only its content tells."""
    demo = make_demo(tmp_path, PORTED)
    shutil.rmtree(demo.upstream / "2.0")
    place = demo.upstream / "2.0.tar"
    real = tmp_path / "elsewhere.tar" if is_link else place
    if is_link:
        place.symlink_to(real)
    _archive(real, dict(NEW), tmp_path)
    assert_done(demo.rebase())
    assert b"UTIL 18" not in _util(demo)
    size = real.stat().st_size
    _archive(real, _same_size(dict(NEW)), tmp_path)
    assert size == real.stat().st_size
    assert_done(demo.rebase())
    assert b"UTIL 18" in _util(demo)


def test_a_file_of_the_same_size_and_time(tmp_path: Path) -> None:
    """A file in an unpacked upstream whose times were set back is another one."""
    demo = make_demo(tmp_path, PORTED)
    place = demo.upstream / "2.0" / "util.c"
    os.utime(place, (1, 1))
    assert_done(demo.rebase())
    place.write_bytes(place.read_bytes().replace(b"util 18", b"UTIL 18"))
    os.utime(place, (1, 1))
    assert_done(demo.rebase())
    assert b"UTIL 18" in _util(demo)


@pytest.mark.parametrize("hour", _HOURS)
def test_the_clock_jumps(tmp_path: Path, hour: int) -> None:
    """Whatever hour the files are dated with, the ports and what is kept of them are the same."""
    demo = make_demo(tmp_path, PORTED)
    assert_done(demo.rebase())
    first = contents_of(demo.out)
    cache = Path(os.environ["XDG_CACHE_HOME"])
    for folder in (demo.root, cache):
        for place in folder.rglob("*"):
            os.utime(place, (hour, hour))
    again = demo.rebase()
    assert_done(again)
    assert "Nothing changed" in again.stdout
    demo.patch("0003-notes.patch").write_bytes(b"Subject: x\n\n" + PORTED["0003-notes.patch"])
    os.utime(demo.patch("0003-notes.patch"), (hour, hour))
    assert_done(demo.rebase())
    assert first != contents_of(demo.out)


def test_a_memory_from_the_future_makes_room(tmp_path: Path) -> None:
    """What was kept before the clock was set back does not keep out what is kept since."""
    memory = Memory(tmp_path / "runs", 3000)
    given = Remembered((Output("x", b"x" * 800),), 0)
    for key in ("a", "b", "c"):
        memory.remember(key, given)
    for place in memory.folder.iterdir():
        os.utime(place, (4102444800, 4102444800))
    memory.remember("new", given)
    assert given == memory.recall("new")
    assert len(list(memory.folder.iterdir())) < 4


def _killed(folder: Path) -> None:
    (folder / ".new-abcdefgh").write_bytes(b"half of")


def _nothing(_: Path) -> None: ...


@pytest.mark.parametrize("leave", [_killed, _nothing])
def test_what_a_killed_run_was_about_to_keep(tmp_path: Path, leave: Callable[[Path], None]) -> None:
    """It is removed when the next one is kept."""
    memory = Memory(tmp_path)
    leave(tmp_path)
    memory.remember("a", Remembered((), 0))
    assert ["a.run"] == [place.name for place in tmp_path.iterdir()]
