"""Upstreams that cannot be found or read: one line says why, and nothing is written."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.cli.demo import NEW, OLD, Demo
from tests.cli.folders import names_in, state_of
from tests.cli.running import assert_refused, run
from tests.sources.made import commit, git, new_repository, write_tar


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A bare repository with the tags v1.0 and v2.0, and many others."""
    git_dir = new_repository(tmp_path / "upstream.git")
    git(git_dir, "tag", "v1.0", commit(git_dir, OLD))
    newest = commit(git_dir, NEW)
    for tag in ("v2.0", "v2.0-rc1", "unrelated"):
        git(git_dir, "tag", tag, newest)
    return git_dir


def test_an_unknown_tag_suggests_near_ones(demo: Demo, repository: Path) -> None:
    """A version that upstream does not have is named with those that look like it."""
    done = demo.rebase("--upstream", repository, "--to", "2.0.1")
    assert_refused(done, "upstream.git", "version 2.0.1", "Near ones are: v2.0")
    assert not demo.out.exists()


def test_an_unknown_old_version_is_named_as_well(demo: Demo, repository: Path) -> None:
    """The version that the stack is for is looked up in the same way."""
    done = demo.rebase("--upstream", repository, "--from", "1.O")
    assert_refused(done, "version 1.O", "v1.0")


def test_no_such_version_in_a_folder_of_tarballs(demo: Demo, tmp_path: Path) -> None:
    """A folder of tarballs tells which versions it has."""
    folder = tmp_path / "tarballs"
    folder.mkdir()
    for version, files in (("1.0", OLD), ("2.0.1", NEW)):
        write_tar(folder / f"demo-{version}.tar", files, top=f"demo-{version}/")
    done = demo.rebase("--upstream", folder)
    assert_refused(done, f"{folder}: there is no version 2.0", "demo-2.0.1.tar")
    assert not demo.out.exists()


def test_a_damaged_tarball(demo: Demo, tmp_path: Path) -> None:
    """A tarball that was cut off is named."""
    folder = tmp_path / "tarballs"
    folder.mkdir()
    for version in ("1.0", "2.0"):
        with tarfile.open(folder / f"demo-{version}.tar.gz", "w:gz") as archive:
            archive.add(demo.upstream / version, f"demo-{version}")
    cut = folder / "demo-2.0.tar.gz"
    cut.write_bytes(cut.read_bytes()[:-60])
    done = demo.rebase("--upstream", folder)
    assert_refused(done, "demo-2.0.tar.gz")
    assert not demo.out.exists()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nonsense", ("nonsense: there is no such folder", "Give a URL")),
        ("upstream/1.0/main.c", ("main.c: is a single file", "folder that it is in")),
        ("", ("''", "Give a URL")),
        ("-x", ("'-x' cannot be an upstream source", "Give a URL")),
        ("--upload-pack=touch x", ("cannot be an upstream source",)),
        ("ext::sh -c touch% x", ("does not use this kind of URL", "https://")),
        ("fd::17", ("does not use this kind of URL",)),
        ("ftp://example.invalid/x", ("does not use this kind of URL",)),
        ("file:///nowhere/at/all", ("file:///nowhere/at/all", "Check the URL")),
        ("demo-1.0", ("there is no version 1.0", "It holds: patches")),
    ],
)
def test_what_is_no_upstream(demo: Demo, source: str, words: tuple[str, ...]) -> None:
    """Whatever is given to --upstream, it is either read or refused, and never run."""
    before = names_in(demo.root)
    done = run(
        *("rebase", "--from", "1.0", "--to", "2.0", "--stack", demo.stack),
        f"--upstream={source}",
        cwd=demo.root,
    )
    assert_refused(done, *words)
    assert before == names_in(demo.root)


def test_no_upstream_is_named(demo: Demo) -> None:
    """Without settings and --upstream, both ways to name one are told."""
    done = run("rebase", "--from", "1.0", "--to", "2.0", "--stack", demo.stack)
    assert_refused(done, "No upstream is named", "--upstream", "patchkit.yaml")


def test_a_folder_that_is_no_repository(demo: Demo, tmp_path: Path) -> None:
    """A folder that is neither a repository nor holds versions is said to be neither."""
    folder = tmp_path / "empty"
    folder.mkdir()
    assert_refused(demo.rebase("--upstream", folder), "no git repository", "nor tarballs")


def test_a_damaged_cache(demo: Demo, repository: Path, isolated_environment: Path) -> None:
    """A clone in the cache that is damaged is named, and making it anew cures it."""
    url = f"file://{repository}"
    assert 1 == demo.rebase("--upstream", url).exit_code
    before = state_of(demo.out)
    (clone,) = (isolated_environment / "cache/patchkit/upstreams").glob("*[!k]")
    damaged = [place for place in clone.glob("objects/**/*") if place.is_file()]
    assert damaged
    for place in damaged:
        place.chmod(0o644)
        place.write_bytes(b"damaged")
    # Not what is remembered of the port before.
    done = demo.rebase("--upstream", url, "--fuzz", "1")
    assert_refused(done, url, "safe to delete", str(clone))
    assert before == state_of(demo.out)
    clone.rename(clone.with_name("moved-away"))
    assert 1 == demo.rebase("--upstream", url).exit_code
    assert before == state_of(demo.out)


def test_a_cache_that_is_a_file(demo: Demo, repository: Path, isolated_environment: Path) -> None:
    """Where no cache can be made, the message names the place and the way out."""
    (isolated_environment / "cache").write_bytes(b"")
    done = demo.rebase("--upstream", f"file://{repository}")
    assert_refused(done, "the cache cannot be written", "XDG_CACHE_HOME")
    assert not demo.out.exists()


def test_git_is_missing(demo: Demo, repository: Path, tmp_path: Path) -> None:
    """A machine without git is told to install it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    done = demo.rebase("--upstream", repository, changes={"PATH": str(programs)})
    assert_refused(done, "git", "Install git")
