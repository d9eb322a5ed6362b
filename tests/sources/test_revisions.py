"""Which tag, branch or commit a version is."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.errors import UpstreamError
from patchkit.model.tree import File
from patchkit.sources.revisions import TAG_PATTERNS
from patchkit.sources.upstream import open_upstream

from .made import commit, git, new_repository


@pytest.fixture
def git_dir(tmp_path: Path) -> Path:
    """A repository without any commit."""
    return new_repository(tmp_path / "made.git")


def set_ref(git_dir: Path, ref: str, content: str) -> str:
    """Point a ref at a commit in which the file `a` has this content; the id of the commit."""
    made = commit(git_dir, {b"a": File(content.encode())})
    git(git_dir, "update-ref", ref, made)
    return made


def found(
    git_dir: Path, version: str, package: str | None = None, tag_pattern: str | None = None
) -> str:
    """The content of the file `a` in the tree of a version."""
    upstream = open_upstream(str(git_dir), package=package, tag_pattern=tag_pattern)
    file = upstream.tree(version).get(b"a")
    upstream.close()
    assert file is not None
    return file.content.decode()


def refused(git_dir: Path, version: str, tag_pattern: str | None = None) -> UpstreamError:
    """The error that a version gives."""
    upstream = open_upstream(str(git_dir), tag_pattern=tag_pattern)
    with pytest.raises(UpstreamError) as caught:
        upstream.tree(version)
    upstream.close()
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("pattern", TAG_PATTERNS)
def test_every_documented_tag_is_found(git_dir: Path, pattern: str) -> None:
    """Each of the documented forms is enough to find a version."""
    tag = pattern.format(version="1.2.3", package="foo", underscored="1_2_3")
    set_ref(git_dir, f"refs/tags/{tag}", tag)
    assert tag == found(git_dir, "1.2.3", package="foo")


def test_tags_are_tried_in_the_documented_order(git_dir: Path) -> None:
    """Of several tags that fit, the one that is first in the list counts."""
    for pattern in reversed(TAG_PATTERNS):
        tag = pattern.format(version="1.2", package="foo", underscored="1_2")
        set_ref(git_dir, f"refs/tags/{tag}", tag)
        assert tag == found(git_dir, "1.2", package="foo")


def test_tag_comes_before_branch_and_branch_before_commit(git_dir: Path) -> None:
    """A name that is several things is the tag, then the branch, then the commit."""
    version = set_ref(git_dir, "refs/heads/main", "commit")[:12]
    assert found(git_dir, version) == "commit"
    set_ref(git_dir, f"refs/remotes/fork/{version}", "branch of a remote")
    assert found(git_dir, version) == "branch of a remote"
    set_ref(git_dir, f"refs/heads/{version}", "branch")
    assert found(git_dir, version) == "branch"
    set_ref(git_dir, f"refs/tags/{version}", "tag")
    assert found(git_dir, version) == "tag"


def test_tag_pattern_is_tried_alone_and_then_the_version_as_it_is(git_dir: Path) -> None:
    """With a pattern no other tag is guessed, but a branch or commit can still be named."""
    set_ref(git_dir, "refs/tags/v1", "guess")
    set_ref(git_dir, "refs/heads/main", "branch")
    set_ref(git_dir, "refs/tags/rel/1/final", "pattern")
    assert found(git_dir, "1", tag_pattern="rel/{version}/final") == "pattern"
    assert found(git_dir, "main", tag_pattern="rel/{version}/final") == "branch"
    assert found(git_dir, "v1", tag_pattern="rel/{version}/final") == "guess"
    assert "no tag" in refused(git_dir, "1", tag_pattern="other-{version}").message


@pytest.mark.parametrize("pattern", ["v", "", "v{0}", "{version.__class__}"])
def test_tag_pattern_without_a_version_is_refused(git_dir: Path, pattern: str) -> None:
    """A pattern must say where the version stands, and is nothing but text otherwise."""
    assert "{version}" in refused(git_dir, "1", tag_pattern=pattern).hints[0]


def test_annotated_and_nested_tags_are_followed_to_the_tree(git_dir: Path) -> None:
    """A tag of a tag of a commit is the tree of the commit."""
    set_ref(git_dir, "refs/heads/main", "content")
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "x")
    git(git_dir, *who, "inner", "main")
    git(git_dir, *who, "v1", "refs/tags/inner")
    assert found(git_dir, "1") == "content"
    assert found(git_dir, git(git_dir, "rev-parse", "v1").decode()[:9]) == "content"


def test_tag_of_a_file_is_no_version(git_dir: Path) -> None:
    """A tag that names a blob, as git's own repository has, is refused."""
    blob = git(git_dir, "hash-object", "-w", "--stdin", stdin=b"key").decode().strip()
    git(git_dir, "update-ref", "refs/tags/key", blob)
    assert "is a file" in refused(git_dir, "key").message
    assert "no tag, branch or commit" in refused(git_dir, blob).message


def test_branches_of_remotes(git_dir: Path) -> None:
    """origin comes first; other remotes must agree, or be named."""
    set_ref(git_dir, "refs/remotes/one/topic", "one")
    assert found(git_dir, "topic") == "one"
    set_ref(git_dir, "refs/remotes/two/topic", "two")
    assert "origin/main" in refused(git_dir, "topic").hints[0]
    assert found(git_dir, "two/topic") == "two"
    set_ref(git_dir, "refs/remotes/origin/topic", "origin")
    assert found(git_dir, "topic") == "origin"


def test_unknown_version_suggests_at_most_five_near_ones(git_dir: Path) -> None:
    """A version that is not there names near tags, and near branches where no tag is near."""
    for minor in range(12):
        set_ref(git_dir, f"refs/tags/foo-2.{minor}.0", "x")
    set_ref(git_dir, "refs/heads/main", "x")
    problem = refused(git_dir, "2.3.00")
    assert "version 2.3.00" in problem.message
    near = problem.hints[0].removeprefix("Near ones are: ").removesuffix(".").split(", ")
    assert near[0] == "foo-2.3.0"
    assert len(near) == 5
    assert refused(git_dir, "mian").hints[0] == "Near ones are: main."
    assert "tag pattern" in refused(git_dir, "quite else").hints[0]


HOSTILE = (
    *("--help", "-n", "", ".", "..", "../x", "@", "@{-1}", "HEAD", "HEAD~1", "main^{tree}", ":/x"),
    *("main:a", "*", "m?in", "[m]ain", "a\0b", "main\n", " main", "main.lock", "/main", "main/"),
    *("refs/heads/main", "heads/main", "v1-0-gabcdef1", "x" * 5000, "\udce9", "caf\u00e9"),
)


@pytest.mark.parametrize("version", HOSTILE)
def test_version_is_never_an_option_or_a_revision(git_dir: Path, version: str) -> None:
    """What git would take for an option, a pattern or an expression is no version."""
    set_ref(git_dir, "refs/heads/main", "x")
    set_ref(git_dir, "refs/tags/v1", "x")
    assert "no tag, branch or commit" in refused(git_dir, version).message


def test_tag_with_unusual_letters(git_dir: Path) -> None:
    """Tags outside of ASCII, even outside of UTF-8, can be named."""
    for version in ("caf\u00e9", "\udce9-1"):
        set_ref(git_dir, f"refs/tags/{version}", version.encode("unicode-escape").decode())
        assert version.encode("unicode-escape").decode() == found(git_dir, version)
