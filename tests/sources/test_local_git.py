"""Reading a git repository on this machine; `git` itself is the oracle."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import EXECUTABLE, REGULAR, SUBMODULE, File, blob_id
from patchkit.sources.repository import parse_folder
from patchkit.sources.upstream import Upstream, open_upstream
from tests.cli.programs import put_before

from .made import SAMPLE, commit, git, new_repository

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def git_dir(tmp_path: Path) -> Path:
    """A bare repository with the sample under the tag v1.0."""
    made = new_repository(tmp_path / "made.git")
    git(made, "tag", "v1.0", commit(made, SAMPLE))
    return made


@contextlib.contextmanager
def opened(source: Path, package: str | None = None) -> Iterator[Upstream]:
    """A local repository, opened and closed again."""
    upstream = open_upstream(str(source), package=package)
    yield upstream
    upstream.close()


def test_content_is_what_git_show_says(git_dir: Path) -> None:
    """Every file of the sample is byte for byte what git shows, and listed under git's blob id."""
    with opened(git_dir) as upstream:
        tree = upstream.tree("1.0")
        for path, object_id in tree.listing().items():
            file = tree.get(path)
            assert file is not None
            assert git(git_dir, "cat-file", "blob", object_id) == file.content
        assert {path: blob_id(file.content) for path, file in SAMPLE.items()} == tree.listing()


def test_large_and_many_files_come_from_one_process(git_dir: Path) -> None:
    """Megabytes between small files do not get the answers out of step."""
    files = {b"big": File(os.urandom(3 << 20)), b"none": File(b""), b"small": File(b"\n")}
    git(git_dir, "tag", "2", commit(git_dir, files))
    with opened(git_dir) as upstream:
        tree = upstream.tree("2")
        for path in (*files, *files, *reversed(files)):
            assert files[path] == tree.get(path)


def test_submodule_is_an_empty_file_and_not_listed(git_dir: Path) -> None:
    """A submodule has its own mode and no content; the listing leaves it out."""
    made = commit(git_dir, {b"a/b": File(b"")})
    git(git_dir, "update-index", "--add", "--cacheinfo", f"160000,{made},a/sub")
    git(git_dir, "tag", "sub", git(git_dir, "write-tree").decode().strip())
    with opened(git_dir) as upstream:
        tree = upstream.tree("sub")
        tree.prefetch([b"a/sub"])
        assert File(b"", SUBMODULE) == tree.get(b"a/sub")
        assert tree.get(b"a/sub/x") is None
        assert not tree.has_folder(b"a/sub")
        assert list(tree.listing()) == [b"a/b"]
        # Now that it is listed:
        assert File(b"", SUBMODULE) == tree.get(b"a/sub")
        assert tree.get(b"a/sub/x") is None
        assert not tree.has_folder(b"a/sub")
        assert tree.has_folder(b"a")


def test_modes_of_old_repositories_are_made_regular(git_dir: Path) -> None:
    """Trees from the time when git kept the group's right to write have today's modes."""
    blob = bytes.fromhex(git(git_dir, "hash-object", "-w", "--stdin", stdin=b"x").decode())
    entries = b"100664 a\0" + blob + b"100775 b\0" + blob
    command = ("hash-object", "-t", "tree", "-w", "--stdin", "--literally")
    tree_id = git(git_dir, *command, stdin=entries).decode().strip()
    git(git_dir, "tag", "old", tree_id)
    with opened(git_dir) as upstream:
        tree = upstream.tree("old")
        assert File(b"x", REGULAR) == tree.get(b"a")
        assert File(b"x", EXECUTABLE) == tree.get(b"b")


def test_sha256_repository(tmp_path: Path) -> None:
    """Ids of 32 bytes are read as well; the listing has git's own."""
    made = new_repository(tmp_path / "sha256.git", "--object-format=sha256")
    git(made, "tag", "1", commit(made, SAMPLE))
    with opened(made) as upstream:
        tree = upstream.tree("1")
        assert {path: tree.get(path) for path in tree.listing()} == SAMPLE
        assert {64} == {len(object_id) for object_id in tree.listing().values()}


def test_repository_in_every_layout(git_dir: Path, tmp_path: Path) -> None:
    """Bare, bare without a config file, work tree, linked work tree and a moved git directory."""
    work, linked, moved = tmp_path / "work", tmp_path / "linked", tmp_path / "moved"
    git(git_dir, "clone", "--quiet", "--no-checkout", str(git_dir), str(work))
    git(work / ".git", "worktree", "add", "--quiet", "--no-checkout", str(linked), "v1.0")
    git(git_dir, "clone", "--quiet", "--no-checkout", f"--separate-git-dir={moved}.git",
        str(git_dir), str(moved))  # fmt: skip
    (git_dir / "config").unlink()
    for place in (git_dir, work, work / ".git", linked, moved, Path(f"{moved}.git")):
        with opened(place) as upstream:
            assert str(place) == upstream.description
            assert SAMPLE[b"README"] == upstream.tree("1.0").get(b"README")


def test_relative_path(git_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path relative to the current folder is shown as it was given."""
    monkeypatch.chdir(git_dir.parent)
    with opened(Path("made.git")) as upstream:
        assert upstream.description == "made.git"
        assert SAMPLE[b"empty"] == upstream.tree("v1.0").get(b"empty")


def test_dollar_in_a_path_is_no_variable(git_dir: Path) -> None:
    """A repository may lie in a folder whose name looks like a shell variable."""
    place = git_dir.rename(git_dir.parent / "$HOME %s {x}.git")
    with opened(place) as upstream:
        assert SAMPLE[b"empty"] == upstream.tree("v1.0").get(b"empty")


def test_environment_of_a_git_hook_does_not_leak_in(
    git_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git sets for its hooks names another repository, and is not followed."""
    other = new_repository(tmp_path / "other.git")
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(other))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    monkeypatch.setenv("GIT_NAMESPACE", "other")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "bad")
    with opened(git_dir) as upstream:
        assert SAMPLE[b"README"] == upstream.tree("1.0").get(b"README")


def test_replace_refs_are_not_followed(git_dir: Path) -> None:
    """The bytes are those that the tag names, whatever `git replace` puts in their place."""
    for content in (b"original\n", b"replaced\n"):
        git(git_dir, "hash-object", "-w", "--stdin", stdin=content)
    git(git_dir, "tag", "r", commit(git_dir, {b"a": File(b"original\n")}))
    git(git_dir, "replace", blob_id(b"original\n"), blob_id(b"replaced\n"))
    with opened(git_dir) as upstream:
        assert File(b"original\n") == upstream.tree("r").get(b"a")


def test_damaged_object_is_a_clear_error(git_dir: Path) -> None:
    """A broken object is named with its repository; other files stay readable."""
    object_id = blob_id(SAMPLE[b"README"].content)
    place = git_dir / "objects" / object_id[:2] / object_id[2:]
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    place.write_bytes(b"junk")
    with opened(git_dir) as upstream:
        tree = upstream.tree("1.0")
        for _ in range(2):
            with pytest.raises(UpstreamError, match=rf"{git_dir}: .*{object_id}"):
                tree.get(b"README")
            assert SAMPLE[b"run.sh"] == tree.get(b"run.sh")


def test_missing_object_is_a_clear_error(git_dir: Path) -> None:
    """A clone that is not complete says which object it lacks."""
    object_id = blob_id(SAMPLE[b"README"].content)
    (git_dir / "objects" / object_id[:2] / object_id[2:]).unlink()
    with opened(git_dir) as upstream:
        tree = upstream.tree("1.0")
        with pytest.raises(UpstreamError, match=f"{git_dir}: object {object_id} is missing"):
            tree.get(b"README")
        assert SAMPLE[b"run.sh"] == tree.get(b"run.sh")


def test_broken_repository_is_a_clear_error(git_dir: Path) -> None:
    """A configuration that git cannot read is git's own message, in one line."""
    (git_dir / "config").write_text("[core\n")
    with opened(git_dir) as upstream, pytest.raises(UpstreamError) as caught:
        upstream.tree("1.0")
    assert "bad config" in caught.value.message
    assert "\n" not in str(caught.value)


def complaint_about(git_dir: Path, changes: Mapping[str, str] | None = None) -> bytes:
    """What a process of its own says when it opens a repository and reads 1.0."""
    program = (
        "import sys\n"
        "from patchkit.errors import UpstreamError\n"
        "from patchkit.sources.upstream import open_upstream\n"
        "try:\n"
        "    open_upstream(sys.argv[1]).tree('1.0')\n"
        "except UpstreamError as problem:\n"
        "    print(problem)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(changes or {})}
    ran = subprocess.run(
        [sys.executable, "-c", program, str(git_dir)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ran.stderr == b""
    return ran.stdout


def test_git_that_is_not_installed(git_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the error says what to install, also when GitPython notices it first."""
    monkeypatch.setenv("PATH", str(git_dir))
    with opened(git_dir) as upstream, pytest.raises(UpstreamError, match="Install git"):
        upstream.tree("1.0")
    assert complaint_about(git_dir) == b"git cannot be run. Install git 2.30 or newer.\n"


def test_git_that_is_too_old(git_dir: Path, tmp_path: Path) -> None:
    """It is named with what is needed, before it is asked for anything."""
    old = put_before(tmp_path / "bin", "git", 'test "$1" = version && echo git version 2.29.3\n')
    said = b"git is version 2.29.3; patchkit needs 2.30. Install a newer git.\n"
    assert complaint_about(git_dir, old) == said


def test_upstream_that_is_not_closed_ends_with_the_program(git_dir: Path) -> None:
    """A program that forgets to close its upstream ends at once, and without a word."""
    program = (
        "import sys\n"
        "from patchkit.sources.upstream import open_upstream\n"
        "upstream = open_upstream(sys.argv[1])\n"
        "print(upstream.tree('1.0').get(b'README').content)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(git_dir)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == (b"b'no final newline'\n", b"")


@root_only
def test_repository_of_somebody_else_is_read_but_runs_nothing(
    git_dir: Path, tmp_path: Path
) -> None:
    """Another owner is no obstacle to reading; nothing that its configuration names is run."""
    marker = tmp_path / "has run"
    object_id = blob_id(SAMPLE[b"README"].content)
    (git_dir / "objects" / object_id[:2] / object_id[2:]).unlink()
    git(git_dir, "config", "remote.origin.url", str(git_dir))
    git(git_dir, "config", "remote.origin.promisor", "true")
    git(git_dir, "config", "remote.origin.uploadpack", f"touch '{marker}'; false")
    os.chown(git_dir, 65534, 65534)
    with opened(git_dir) as upstream:
        tree = upstream.tree("1.0")
        assert SAMPLE[b"run.sh"] == tree.get(b"run.sh")
        with pytest.raises(UpstreamError, match="belongs to somebody else"):
            tree.get(b"README")
        with pytest.raises(UpstreamError, match="belongs to somebody else"):
            tree.prefetch([b"README"])
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"x", b"100644 a", b"100644 a\0short", b"9 a\0" + b"i" * 20])
def test_what_is_no_tree_object_is_refused(content: bytes) -> None:
    """Cut off or senseless tree objects raise, and never give half an answer."""
    with pytest.raises(ValueError, match=r"."):
        parse_folder(content, 20)


def commits_alike(git_dir: Path) -> tuple[str, str]:
    """Two commits whose ids have their first seven digits in common, found by trying."""
    tree = commit(git_dir, {b"a": File(b"1")})
    tree = git(git_dir, "rev-parse", f"{tree}^{{tree}}").decode().strip()
    seen: dict[str, int] = {}
    number = 0
    while True:
        content = f"tree {tree}\nauthor A <a> {number} +0000\ncommitter A <a> {number} +0000\n\nx\n"
        header = f"commit {len(content)}\0"
        digits = hashlib.sha1((header + content).encode(), usedforsecurity=False).hexdigest()[:7]
        if digits in seen:
            break
        seen[digits] = number
        number += 1
    other = content.replace(f" {number} ", f" {seen[digits]} ")
    command = ("hash-object", "-t", "commit", "-w", "--stdin")
    made = [
        git(git_dir, *command, stdin=text.encode()).decode().strip() for text in (content, other)
    ]
    return made[0], made[1]


def test_short_commit_id_that_fits_two_is_refused(git_dir: Path) -> None:
    """An id that is too short names both commits; with one more digit it is understood."""
    first, second = commits_alike(git_dir)
    with opened(git_dir) as upstream:
        with pytest.raises(UpstreamError, match="several commits begin with") as caught:
            upstream.tree(first[:7])
        assert first in str(caught.value)
        assert second in str(caught.value)
        assert File(b"1") == upstream.tree(first[:20]).get(b"a")
