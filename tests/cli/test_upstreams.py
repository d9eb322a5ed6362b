"""Every kind of upstream gives the same port."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.demo import NEW, OLD, Demo
from tests.cli.folders import contents_of
from tests.cli.running import run
from tests.sources.made import commit, git, new_repository, write_files, write_tar


def _without_reports(folder: Path) -> Mapping[str, bytes]:
    """What a port wrote, but for the reports, which name the upstream."""
    content = contents_of(folder)
    return {path: raw for path, raw in content.items() if not path.startswith("report.")}


@pytest.fixture
def expected(demo: Demo) -> Mapping[str, bytes]:
    """The port as it comes out with a folder for each version."""
    assert 1 == demo.rebase("--out", demo.root / "expected").exit_code
    return _without_reports(demo.root / "expected")


def _bare(demo: Demo) -> Path:
    repository = new_repository(demo.root / "upstream.git")
    git(repository, "tag", "v1.0", commit(repository, OLD))
    git(repository, "tag", "v2.0", commit(repository, NEW))
    return repository


def test_a_git_work_tree(demo: Demo, expected: Mapping[str, bytes]) -> None:
    """A clone with tags, whatever stands in its work tree."""
    repository = demo.root / "work"
    repository.mkdir()
    git_dir = new_repository(repository / ".git")
    git(git_dir, "config", "core.bare", "false")
    git(git_dir, "tag", "-am", "annotated", "v1.0", commit(git_dir, OLD))
    git(git_dir, "tag", "v2.0", commit(git_dir, NEW))
    (repository / "util.c").write_bytes(b"not committed\n")
    assert 1 == demo.rebase("--upstream", repository).exit_code
    assert expected == _without_reports(demo.out)


def test_a_bare_repository(demo: Demo, expected: Mapping[str, bytes]) -> None:
    """A repository without a work tree, versions by tag, and by the ids of commits."""
    repository = _bare(demo)
    assert 1 == demo.rebase("--upstream", repository).exit_code
    assert expected == _without_reports(demo.out)
    new = git(repository, "rev-parse", "v2.0").decode().strip()
    out = demo.root / "by-commit"
    assert 1 == demo.rebase("--upstream", repository, "--to", new, "--out", out).exit_code
    assert expected["patches/0001-util.patch"] == (out / "patches/0001-util.patch").read_bytes()


@pytest.mark.parametrize(
    ("suffix", "compressor"),
    [("gz", "gzip"), ("xz", "xz"), ("bz2", "bzip2"), ("zst", "zstd")],
)
def test_a_folder_of_tarballs(
    demo: Demo, expected: Mapping[str, bytes], suffix: str, compressor: str
) -> None:
    """Release tarballs, however they are compressed; their top folder does not count."""
    folder = demo.root / "tarballs"
    folder.mkdir()
    for name, files in (("demo-1.0", OLD), ("demo-2.0", NEW)):
        archive = write_tar(folder / f"{name}.tar", files, top=f"{name}/")
        try:
            with (folder / f"{name}.tar.{suffix}").open("wb") as compressed:
                subprocess.run([compressor, "-c", archive], stdout=compressed, check=True)
        except FileNotFoundError:
            pytest.skip(f"{compressor} is not installed")
        archive.unlink()
    assert 1 == demo.rebase("--upstream", folder).exit_code
    assert expected == _without_reports(demo.out)


def test_an_upstream_is_shown_by_its_name(demo: Demo) -> None:
    """Also where it was given as the current folder."""
    stack, out = f"--stack={demo.stack}", f"--out={demo.out}"
    done = run("rebase", "--from=1.0", "--to=2.0", stack, out, "--upstream=.", cwd=demo.upstream)
    assert "Upstream: upstream\n" in done.stdout


def test_folders_and_tarballs_side_by_side(demo: Demo, expected: Mapping[str, bytes]) -> None:
    """One version may be a folder, the other a tarball as Debian names it."""
    folder = demo.root / "mixed"
    folder.mkdir()
    write_files(folder / "demo-1.0", OLD)
    write_tar(folder / "demo_2.0.orig.tar", NEW, top="whatever/")
    assert 1 == demo.rebase("--upstream", folder).exit_code
    assert expected == _without_reports(demo.out)


def test_a_url_and_then_its_cache(
    demo: Demo, expected: Mapping[str, bytes], isolated_environment: Path
) -> None:
    """A URL is cloned in part into the cache; afterwards the versions need no network."""
    repository = _bare(demo)
    url = f"file://{repository}"
    assert 1 == demo.rebase("--upstream", url).exit_code
    assert expected == _without_reports(demo.out)
    (clone,) = (isolated_environment / "cache/patchkit/upstreams").glob("*.git-*[!k]")
    assert "blob:none" == git(clone, "config", "remote.origin.partialclonefilter").decode().strip()

    repository.rename(demo.root / "moved-away")
    again = demo.rebase("--upstream", url)
    assert (1, "") == (again.exit_code, again.stderr)
    assert f"Nothing changed: {demo.out} is identical" in again.stdout
