"""The partial clone of a URL in the cache, and partial clones in general; git is the oracle."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import File, blob_id
from patchkit.model.tree import Path as TreePath
from patchkit.sources.cachefolder import cache_folder
from patchkit.sources.clone import folder_name
from patchkit.sources.upstream import Upstream, open_upstream

from .made import SAMPLE, commit, git, new_repository

FILES = {b"dir%d/file%d" % (at % 5, at): File(b"content of %d\n" % at) for at in range(40)}


@dataclass
class Remote:
    """A repository behind a file:// URL, the cache for its clone, and what was said on the way."""

    git_dir: Path
    cache: Path
    said: list[str] = field(default_factory=list)
    opened: list[Upstream] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"file://{self.git_dir}"

    @property
    def clone(self) -> Path:
        return self.cache / folder_name(self.url)

    def open(self) -> Upstream:
        """The URL as a new upstream."""
        self.opened.append(open_upstream(self.url, cache=self.cache, progress=self.said.append))
        return self.opened[-1]

    def cut_off(self) -> None:
        """Make the URL lead nowhere."""
        self.git_dir.rename(self.git_dir.with_name("gone.git"))

    def tag(self, name: str, files: dict[TreePath, File]) -> str:
        made = commit(self.git_dir, files)
        git(self.git_dir, "update-ref", f"refs/tags/{name}", made)
        return made


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    """A remote with the tags v1.0 (many files) and v2.0 (the sample)."""
    made = Remote(new_repository(tmp_path / "remote.git"), tmp_path / "cache")
    made.tag("v1.0", FILES)
    made.tag("v2.0", SAMPLE)
    yield made
    for upstream in made.opened:
        upstream.close()


def missing_in(clone: Path, *revisions: str) -> set[str]:
    """The ids of the objects of these revisions that a clone does not have."""
    command = ("rev-list", "--objects", "--missing=print", *(revisions or ("--all",)))
    return {
        line[1:].decode() for line in git(clone, *command).splitlines() if line.startswith(b"?")
    }


def ids(*files: File | None) -> set[str]:
    """The blob ids of files that are there."""
    return {blob_id(file.content) for file in files if file is not None}


def test_only_what_is_asked_for_is_fetched(remote: Remote) -> None:
    """A version brings no content; a prefetch brings just the files named, in one fetch."""
    tree = remote.open().tree("1.0")
    assert ids(*FILES.values()) == missing_in(remote.clone)
    wanted = sorted(FILES)[:7]
    tree.prefetch([*wanted, b"dir0", b"nothing"])
    assert ids(*FILES.values()) - ids(*map(FILES.get, wanted)) == missing_in(remote.clone)
    packs = set(remote.clone.glob("objects/pack/*.pack"))
    assert len(packs) == 2
    tree.prefetch(wanted)
    assert [FILES[path] for path in wanted] == [tree.get(path) for path in wanted]
    assert packs == set(remote.clone.glob("objects/pack/*.pack"))


def test_only_the_version_asked_for_is_fetched(remote: Remote) -> None:
    """Neither other tags nor the history behind a version come along."""
    old = commit(remote.git_dir, {b"old": File(b"old")})
    tree = git(remote.git_dir, "rev-parse", "v2.0^{tree}").decode().strip()
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    new = git(remote.git_dir, *who, "commit-tree", "-m", "x", "-p", old, tree).decode().strip()
    git(remote.git_dir, "tag", "v3.0", new)
    assert SAMPLE[b"README"] == remote.open().tree("3.0").get(b"README")
    assert git(remote.clone, "for-each-ref", "--format=%(refname)").split() == [b"refs/tags/v3.0"]
    assert new == git(remote.clone, "rev-list", "--all").decode().strip()


def test_listing_needs_no_content(remote: Remote) -> None:
    """All files are listed with their ids although none of them is there."""
    tree = remote.open().tree("1.0")
    assert {path: blob_id(file.content) for path, file in FILES.items()} == tree.listing()
    assert ids(*FILES.values()) == missing_in(remote.clone)


def test_files_that_were_not_prefetched_come_when_read(remote: Remote) -> None:
    """A file that is read without a prefetch is fetched then, and said so."""
    tree = remote.open().tree("2.0")
    assert {path: tree.get(path) for path in SAMPLE} == SAMPLE
    assert set() == missing_in(remote.clone)
    assert f"Fetching 1 object of {remote.url}" == remote.said[-1]


def test_what_is_in_the_cache_needs_no_network(remote: Remote) -> None:
    """A second run reads version and files from the cache although the URL leads nowhere."""
    remote.open().tree("1.0").prefetch(FILES)
    remote.cut_off()
    remote.said.clear()
    upstream = remote.open()
    tree = upstream.tree("1.0")
    tree.prefetch(FILES)
    assert {path: tree.get(path) for path in FILES} == FILES
    assert FILES[b"dir0/file0"] == upstream.tree("v1.0").get(b"dir0/file0")
    assert remote.said == []


def test_offline_errors_say_what_to_do(remote: Remote) -> None:
    """Without the network, a version or a file that is not in the cache is one clear line."""
    upstream = remote.open()
    tree = upstream.tree("1.0")
    remote.cut_off()
    questions = (lambda: upstream.tree("2.0"), lambda: tree.get(b"dir0/file0"))
    for question in (*questions, lambda: tree.prefetch([b"dir0/file0"])):
        with pytest.raises(UpstreamError, match="with --upstream") as caught:
            question()
        assert remote.url in caught.value.message
        assert ": fatal: " in caught.value.message
        assert "\n" not in str(caught.value)


def test_url_that_leads_nowhere_leaves_nothing_behind(remote: Remote) -> None:
    """A mistyped URL makes no clone."""
    remote.cut_off()
    with pytest.raises(UpstreamError, match="cannot be fetched"):
        remote.open().tree("1.0")
    assert not remote.clone.exists()


def test_unknown_version_suggests_near_ones(remote: Remote) -> None:
    """The tags behind the URL are what is suggested, whatever is in the cache."""
    upstream = remote.open()
    upstream.tree("1.0")
    with pytest.raises(UpstreamError, match=r"Near ones are: v2\.0") as caught:
        upstream.tree("2.00")
    assert remote.url in caught.value.message


def test_branch_is_asked_for_again(remote: Remote) -> None:
    """A branch moves; offline, the error offers the commit that the cache has."""
    first = commit(remote.git_dir, {b"a": File(b"1")})
    git(remote.git_dir, "update-ref", "refs/heads/main", first)
    assert File(b"1") == remote.open().tree("main").get(b"a")
    second = commit(remote.git_dir, {b"a": File(b"2")})
    git(remote.git_dir, "update-ref", "refs/heads/main", second)
    assert File(b"2") == remote.open().tree("main").get(b"a")
    remote.cut_off()
    upstream = remote.open()
    with pytest.raises(UpstreamError, match=f"main as it was at commit {second}"):
        upstream.tree("main")
    assert File(b"2") == upstream.tree(second[:10]).get(b"a")


def test_commit_by_its_id(remote: Remote) -> None:
    """A commit that no ref names is fetched by its whole id, and later found by a short one."""
    made = commit(remote.git_dir, {b"a": File(b"loose")})
    upstream = remote.open()
    with pytest.raises(UpstreamError, match="no tag, branch or commit"):
        upstream.tree(made[:10])
    assert File(b"loose") == upstream.tree(made).get(b"a")
    remote.cut_off()
    assert File(b"loose") == remote.open().tree(made[:10]).get(b"a")


def test_annotated_tag(remote: Remote) -> None:
    """A tag object is kept, and followed to its tree."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    git(remote.git_dir, *who, "tag", "-a", "-m", "x", "v4", "v2.0")
    tree = remote.open().tree("4")
    assert SAMPLE[b"link"] == tree.get(b"link")


def test_sha256_remote(tmp_path: Path) -> None:
    """A SHA-256 repository behind a URL makes a SHA-256 clone."""
    made = Remote(new_repository(tmp_path / "r.git", "--object-format=sha256"), tmp_path / "cache")
    made.tag("1", SAMPLE)
    tree = made.open().tree("1")
    tree.prefetch(SAMPLE)
    assert {path: tree.get(path) for path in tree.listing()} == SAMPLE
    made.opened[0].close()


@pytest.mark.parametrize("damage", ["no HEAD", "bad pack", "a file", "bad config"])
def test_broken_cache_names_the_folder_to_delete(remote: Remote, damage: str) -> None:
    """Whatever is wrong with the clone, the error says where it is and that it can be deleted."""
    upstream = remote.open()
    upstream.tree("1.0").prefetch(FILES)
    upstream.close()
    if damage == "no HEAD":
        (remote.clone / "HEAD").unlink()
    elif damage == "bad config":
        (remote.clone / "config").write_text("[")
    elif damage == "a file":
        shutil.rmtree(remote.clone)
        remote.clone.write_text("junk")
    else:
        for pack in remote.clone.glob("objects/pack/*.pack"):
            pack.chmod(0o600)
            pack.write_bytes(b"junk" * 100)
    with pytest.raises(UpstreamError, match="safe to delete") as caught:
        remote.open().tree("1.0")
    assert str(remote.clone) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("part", ["", "HEAD", "objects", "refs", "packed-refs", "config"])
def test_cache_without_the_right_to_read(remote: Remote, part: str) -> None:
    """A cache that may not be read is one line that names it."""
    remote.open().tree("1.0")
    git(remote.clone, "pack-refs", "--all")
    place = remote.clone / part
    mode = place.stat().st_mode
    place.chmod(0)
    with pytest.raises(UpstreamError) as caught:
        remote.open().tree("1.0")
    place.chmod(mode)
    assert str(remote.clone) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_cache_that_cannot_be_written(remote: Remote) -> None:
    """A file where the cache folder should be is one clear line."""
    remote.cache.write_text("not a folder")
    with pytest.raises(UpstreamError, match="the cache cannot be written"):
        remote.open().tree("1.0")


def test_half_made_clone_of_a_killed_run_is_made_anew(remote: Remote) -> None:
    """What a killed run left behind is neither used nor in the way."""
    unfinished = remote.clone.with_name(f"{remote.clone.name}.new")
    (unfinished / "objects").mkdir(parents=True)
    (unfinished / "HEAD").write_text("ref: refs/heads/main\n")
    assert SAMPLE[b"README"] == remote.open().tree("2.0").get(b"README")
    assert not unfinished.exists()


def test_runs_at_the_same_time(remote: Remote) -> None:
    """Several processes that fill one cache at once all get their files, and leave it sound."""
    for number in range(4):
        remote.tag(f"n{number}", {b"a": File(b"%d" % number)})
    program = (
        "import pathlib, sys\n"
        "from patchkit.sources.upstream import open_upstream\n"
        "upstream = open_upstream(sys.argv[1], cache=pathlib.Path(sys.argv[2]))\n"
        "print(upstream.tree(sys.argv[3]).get(b'a').content.decode())\n"
        "upstream.close()\n"
    )
    arguments = [sys.executable, "-c", program, remote.url, str(remote.cache)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    runs = [
        subprocess.Popen(
            [*arguments, f"n{number}"], stdout=subprocess.PIPE, text=True, env=environment
        )
        for number in range(4)
    ]
    assert [run.communicate()[0] for run in runs] == ["0\n", "1\n", "2\n", "3\n"]
    assert len(git(remote.clone, "for-each-ref").splitlines()) == 4
    git(remote.clone, "fsck", "--connectivity-only")


def test_run_that_has_to_wait_says_so(remote: Remote) -> None:
    """While another run fetches into the same clone, the second waits and then goes on."""
    remote.cache.mkdir()
    holder = remote.clone.with_name(f"{remote.clone.name}.lock").open("wb")
    fcntl.flock(holder, fcntl.LOCK_EX)

    def say(sentence: str) -> None:
        remote.said.append(sentence)
        if sentence.startswith("Waiting"):
            holder.close()

    upstream = open_upstream(remote.url, cache=remote.cache, progress=say)
    assert upstream.tree("2.0").get(b"README") == SAMPLE[b"README"]
    upstream.close()
    assert f"Waiting for another run that fetches {remote.url}" in remote.said


def test_clone_is_private_and_follows_a_changed_url(remote: Remote, tmp_path: Path) -> None:
    """Nobody else can read the clone; its configuration has the URL of the last run."""
    remote.open().tree("1.0")
    assert remote.clone.stat().st_mode & 0o777 == 0o700
    git(remote.clone, "config", "remote.origin.url", "file:///old/password")
    assert SAMPLE[b"README"] == remote.open().tree("2.0").get(b"README")
    assert remote.url == git(remote.clone, "config", "remote.origin.url").decode().strip()


def test_person_s_git_configuration_counts_for_fetching(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings such as url.insteadOf (or a proxy) are used where the network is."""
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "file://{tmp_path}/"]\n\tinsteadOf = https://example.invalid/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    upstream = open_upstream("https://example.invalid/remote.git", cache=remote.cache)
    assert SAMPLE[b"README"] == upstream.tree("2.0").get(b"README")
    upstream.close()


def test_password_is_never_shown(tmp_path: Path) -> None:
    """Neither description, progress, error nor the name of the cache have the credentials."""
    said: list[str] = []
    url = "https://person:s3cr3t@127.0.0.1:9/group/project.git"
    upstream = open_upstream(url, cache=tmp_path, progress=said.append)
    with pytest.raises(UpstreamError) as caught:
        upstream.tree("1.0")
    assert upstream.description == "https://127.0.0.1:9/group/project.git"
    shown = [str(caught.value), *said, *(place.name for place in tmp_path.iterdir())]
    assert said
    assert [text for text in shown if "s3cr3t" in text or "person" in text] == []


def test_default_cache_is_the_person_s(remote: Remote, isolated_environment: Path) -> None:
    """Without a folder given, the clone is under XDG_CACHE_HOME."""
    upstream = open_upstream(remote.url)
    upstream.tree("1.0")
    upstream.close()
    place = isolated_environment / "cache/patchkit/upstreams" / folder_name(remote.url)
    assert (place / "HEAD").is_file()


def test_names_of_clones_are_readable_and_different() -> None:
    """The folder is named after the URL; two URLs never share one."""
    urls = ("https://a.org/b/c", "https://a.org/b-c", "git@a.org:b/c", "https://a.org/" + "x" * 999)
    names = [folder_name(url) for url in urls]
    assert len(urls) == len(set(names))
    assert names[0].startswith("a.org-b-c-")
    assert all(len(name) < 100 for name in names)


@pytest.mark.parametrize("filter_spec", ["blob:none", "tree:0"])
def test_partial_clone_that_a_person_made(remote: Remote, tmp_path: Path, filter_spec: str) -> None:
    """A local clone without blobs, or without trees, is filled up when it is read."""
    clone = tmp_path / "clone"
    git(remote.git_dir, "clone", "--quiet", "--no-checkout", f"--filter={filter_spec}",
        remote.url, str(clone))  # fmt: skip
    upstream = open_upstream(str(clone), progress=remote.said.append)
    tree = upstream.tree("v2.0")
    tree.prefetch([b"README", b"src/main.c"])
    here = ids(*SAMPLE.values()) - missing_in(clone / ".git", "v2.0")
    assert ids(SAMPLE[b"README"], SAMPLE[b"src/main.c"]) == here
    assert f"Fetching 2 objects of {clone}" == remote.said[-1]
    assert set(SAMPLE) == set(tree.listing())
    assert {path: tree.get(path) for path in SAMPLE} == SAMPLE
    upstream.close()


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In XDG_CACHE_HOME or HOME where they are absolute; with neither no clone is made, and the
    working folder gets no folder called `~`."""
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/a")
    assert cache_folder() == Path("/home/a/.cache/patchkit")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/patchkit")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.chdir(tmp_path)
    assert cache_folder() is None
    with pytest.raises(UpstreamError, match="HOME"):
        open_upstream("https://example.invalid/x.git")
    assert not list(tmp_path.iterdir())
