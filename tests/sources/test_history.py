"""The history of a git repository between two commits; repositories and git are real."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.model.history import History, Stored, Touch
from patchkit.model.tree import File, blob_id
from patchkit.sources import history as history_module
from patchkit.sources.commitlog import read_log
from patchkit.sources.upstream import Upstream, open_upstream

from .commits import Made
from .made import git

TEXT = b"".join(b"line %d of a file that is long enough\n" % at for at in range(20))
OTHER = b"".join(b"something %d altogether different\n" % at for at in range(20))


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An empty repository."""
    return Made(tmp_path / "upstream.git")


def opened(made: Made) -> Upstream:
    """The repository as an upstream."""
    return open_upstream(str(made.git_dir))


def history_of(made: Made, old: str, new: str) -> History:
    """The range between two commits."""
    found = opened(made).history(old, new)
    assert found is not None
    return found


def subjects(touches: tuple[Touch, ...]) -> list[str]:
    """The subjects of the commits."""
    return [touch.commit.subject for touch in touches]


def test_a_line_of_commits(made: Made) -> None:
    """Only commits that touched the file come, oldest first, with what it was before and after."""
    old = made.commit({b"f": b"1\n"})
    *_, new = made.line(
        old,
        ("second", {b"f": b"2\n"}),
        ("not this", {b"f": b"2\n", b"g": b"g\n"}),
        ("third", {b"f": b"3\n", b"g": b"g\n"}),
    )
    history = history_of(made, old, new)
    touches = history.walk(b"f").touches
    assert subjects(touches) == ["second", "third"]
    assert [touch.before for touch in touches] == [
        Stored(b"f", 0o100644, blob_id(b"1\n")),
        Stored(b"f", 0o100644, blob_id(b"2\n")),
    ]
    assert touches[1].after is not None
    assert history.content(touches[1].after) == b"3\n"
    assert history.version(touches[0].commit.identity, b"f") == File(b"2\n")
    assert touches[0].commit.author == "A U Thor"
    assert touches[0].commit.date == "2020-02-02T02:02:02+00:00"


def test_a_merge_is_one_step_of_the_trunk(made: Made) -> None:
    """The trunk has the merge; the commits that came in with it, nested merges too, are inside."""
    old = made.commit({b"f": b"1\n"})
    (first,) = made.line(old, ("on the trunk", {b"f": b"1\n", b"g": b""}))
    side = made.line(old, ("side 1", {b"f": b"2\n"}), ("side 2", {b"f": b"3\n"}))
    nested = made.commit({b"f": b"4\n"}, side[0], message="nested")
    inner = made.commit({b"f": b"5\n"}, side[1], nested, message="inner merge")
    merge = made.commit({b"f": b"5\n", b"g": b""}, first, inner, message="Merge side")
    history = history_of(made, old, merge)
    (touch,) = history.walk(b"f").touches
    assert touch.commit.subject == "Merge side"
    assert touch.commit.identity == merge
    assert sorted(subjects(history.inside(merge, b"f"))) == ["nested", "side 1", "side 2"]
    assert history.inside(first, b"f") == ()
    assert sorted(subjects(history.touching([b"f"]))) == ["nested", "side 1", "side 2"]


@pytest.mark.parametrize("moved", [TEXT, TEXT + b"and one line more\n"])
def test_renames_are_followed(made: Made, moved: bytes) -> None:
    """A file is followed through two renames; one of another file is not taken for it."""
    old = made.commit({b"a/f.c": TEXT})
    *_, new = made.line(
        old,
        ("away", {b"b/f.c": moved, b"b/other.c": OTHER}),
        ("changed", {b"b/f.c": moved + b"2\n", b"b/other.c": OTHER}),
        ("on", {b"b/other.c": OTHER, b"c/g.c": moved + b"2\n"}),
        ("changed again", {b"b/other.c": OTHER, b"c/g.c": moved + b"3\n"}),
    )
    touches = history_of(made, old, new).walk(b"a/f.c").touches
    assert subjects(touches) == ["away", "changed", "on", "changed again"]
    paths = [(one.before and one.before.path, one.after and one.after.path) for one in touches]
    assert paths[0] == (b"a/f.c", b"b/f.c")
    assert paths[2:] == [(b"b/f.c", b"c/g.c"), (b"c/g.c", b"c/g.c")]


def test_a_deletion_is_the_end(made: Made) -> None:
    """A file that is gone, and that no other took the place of, ends with None."""
    old = made.commit({b"f": TEXT})
    (new,) = made.line(old, ("gone", {b"g": OTHER}))
    (touch,) = history_of(made, old, new).walk(b"f").touches
    assert touch.after is None


def test_branches_that_parted(made: Made) -> None:
    """Where the old version is no ancestor of the new one, both sides can be asked."""
    fork = made.commit({b"f": b"1\n"})
    (old,) = made.line(fork, ("on the old side", {b"f": b"old\n"}))
    (new,) = made.line(fork, ("on the new side", {b"f": b"new\n"}))
    history = history_of(made, old, new)
    assert subjects(history.walk(b"f").touches) == ["on the new side"]
    assert subjects(history.on_old_side(b"f")) == ["on the old side"]
    assert history.commit(old) is None
    assert history.commit(new) is not None


def test_commits_are_found_by_id_and_message(made: Made) -> None:
    """A shortened id is enough; a number must end where it ends; merges have messages too."""
    old = made.commit({b"f": b"1\n"}, message="Not in the range, #12")
    commits = made.line(
        old,
        ("Fix (#12)", {b"f": b"2\n"}),
        ("Fix (#123)\n\nalso cve-2024-0012 and CVE-2024-00123", {b"f": b"3\n"}),
    )
    merge = made.commit({b"f": b"4\n"}, commits[-1], old, message="Merge pull request #12 from x")
    history = history_of(made, old, merge)
    found = history.commit(commits[0][:9])
    assert found is not None
    assert found.identity == commits[0]
    assert history.commit(old[:12]) is None
    mentions = history.mentioning(["#12", "CVE-2024-0012", "nothing"])
    assert [one.identity for one in mentions["#12"]] == [commits[0], merge]
    assert [one.identity for one in mentions["CVE-2024-0012"]] == [commits[1]]
    assert mentions["nothing"] == ()


def test_what_a_commit_did_as_a_whole(made: Made) -> None:
    """All files of a commit, also of the first one that a repository has."""
    old = made.commit({b"f": b"1\n"})
    apart = made.commit({b"new": b"n\n"}, message="a root of its own")
    merge = made.commit({b"f": b"1\n", b"new": b"n\n"}, old, apart, message="join")
    history = history_of(made, old, merge)
    assert history.commit(apart) is not None
    (touch,) = history.touches_of(apart)
    assert (touch.before, touch.after and touch.after.path) == (None, b"new")
    assert history.commit(merge) is not None
    assert [one.after and one.after.path for one in history.touches_of(merge)] == [b"new"]


def test_odd_names_and_messages(made: Made) -> None:
    """Names that look like patterns and options, and a subject that looks like a record."""
    names = [b"*", b":(top)f", b"-n", b"caf\xe9", b'quo"te\\', b"\x01mark"]
    old = made.commit(dict.fromkeys(names, b"1\n"))
    (new,) = made.line(old, (":100644 \x01 odd \u00e9", dict.fromkeys(names, b"2\n")))
    history = history_of(made, old, new)
    for name in names:
        (touch,) = history.walk(name).touches
        assert touch.commit.subject == ":100644 \x01 odd \u00e9"
        assert touch.after is not None
        assert touch.after.path == name


def test_the_repository_configuration_changes_nothing(made: Made) -> None:
    """Settings for people do not get into what is parsed."""
    old = made.commit({b"f": TEXT})
    (side,) = made.line(old, ("moved", {b"g": TEXT}))
    (other,) = made.line(old, ("besides", {b"f": TEXT, b"h": b""}))
    new = made.commit({b"g": TEXT, b"h": b""}, other, side, message="merge")
    git(made.git_dir, "config", "log.showSignature", "true")
    git(made.git_dir, "config", "color.ui", "always")
    git(made.git_dir, "config", "diff.renames", "copies")
    git(made.git_dir, "config", "diff.external", "false")
    git(made.git_dir, "config", "log.diffMerges", "combined")
    git(made.git_dir, "config", "log.follow", "true")
    history = history_of(made, old, new)
    (touch,) = history.walk(b"f").touches
    assert touch.after is not None
    assert touch.after.path == b"g"
    assert subjects(history.inside(new, b"f")) == ["moved"]


def test_only_the_newest_commits_of_a_file(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with a long history is cut, and the walk says so."""
    monkeypatch.setattr(history_module, "MOST_TOUCHES", 3)
    old = made.commit({b"f": b"0\n"})
    *_, new = made.line(old, *((f"{at}", {b"f": b"%d\n" % at}) for at in range(1, 7)))
    walk = history_of(made, old, new).walk(b"f")
    assert subjects(walk.touches) == ["4", "5", "6"]
    assert walk.is_cut
    assert len(walk.notes) == 1


def test_versions_without_commits(made: Made, tmp_path: Path) -> None:
    """A tag of a tree has no history, nor has a folder of versions."""
    commit = made.commit({b"f": b"1\n"})
    made.tag("bare", git(made.git_dir, "rev-parse", f"{commit}^{{tree}}").decode().strip())
    assert opened(made).history("bare", commit) is None
    (tmp_path / "folder" / "1").mkdir(parents=True)
    assert open_upstream(str(tmp_path / "folder")).history("1", "1") is None


def missing_in(git_dir: Path) -> set[str]:
    """The ids of the objects that a clone lacks."""
    listed = git(git_dir, "rev-list", "--objects", "--missing=print", "--all").decode()
    return {line[1:] for line in listed.splitlines() if line.startswith("?")}


def test_a_url_gets_the_commits_of_the_range_only(made: Made, tmp_path: Path) -> None:
    """The clone in the cache gets the commits of the range, not those before; contents come when
    they are asked for; versions that are there already stay."""
    before = made.line(
        made.commit({b"f": b"0\n"}), *((f"b{at}", {b"f": b"b%d\n" % at}) for at in range(9))
    )
    made.tag("v1.0", before[-1])
    after = made.line(before[-1], *((f"a{at}", {b"f": b"a%d\n" % at}) for at in range(5)))
    made.tag("v2.0", after[-1])
    said: list[str] = []
    upstream = open_upstream(f"file://{made.git_dir}", cache=tmp_path / "c", progress=said.append)
    upstream.tree("1.0")
    history = upstream.history("1.0", "2.0")
    assert history is not None
    touches = history.walk(b"f").touches
    assert subjects(touches) == [f"a{at}" for at in range(5)]
    (clone,) = (tmp_path / "c").glob("*/")
    there = git(clone, "rev-list", "--all").decode().split()
    assert before[0] not in there
    assert blob_id(b"a2\n") in missing_in(clone)
    history.prefetch(one.after for one in touches if one.after is not None)
    assert blob_id(b"a2\n") not in missing_in(clone)
    fetched = len(said)
    assert [history.content(one.after) for one in touches if one.after] == [
        b"a%d\n" % at for at in range(5)
    ]
    again = upstream.history("1.0", "2.0")
    assert again is not None
    assert again.walk(b"f") == history.walk(b"f")
    assert len(said) == fetched
    assert upstream.tree("1.0").get(b"f") == File(b"b8\n")
    upstream.close()


def test_renames_in_a_partial_clone(made: Made, tmp_path: Path) -> None:
    """A file that was moved and changed at once is followed; the candidates are fetched."""
    old = made.commit({b"a.c": TEXT})
    (new,) = made.line(old, ("moved", {b"b.c": TEXT + b"more\n", b"c.c": OTHER}))
    made.tag("1", old)
    made.tag("2", new)
    upstream = open_upstream(f"file://{made.git_dir}", cache=tmp_path / "c")
    history = upstream.history("1", "2")
    assert history is not None
    (touch,) = history.walk(b"a.c").touches
    assert touch.after is not None
    assert touch.after.path == b"b.c"
    upstream.close()


def test_a_shallow_clone_ends_where_it_is_cut(made: Made, tmp_path: Path) -> None:
    """The commit at which a clone is cut says nothing of what it changed."""
    old = made.commit({b"f": b"0\n"})
    *_, new = made.line(old, *((f"{at}", {b"f": b"%d\n" % at}) for at in range(1, 5)))
    made.tag("1", old)
    git(made.git_dir, "update-ref", "refs/heads/main", new)
    clone = tmp_path / "shallow.git"
    url = f"file://{made.git_dir}"
    git(tmp_path, "clone", "--quiet", "--bare", "--depth=2", "--branch=main", url, str(clone))
    git(clone, "fetch", "--quiet", "--depth=1", "origin", "refs/tags/1:refs/tags/1")
    history = open_upstream(str(clone)).history("1", "main")
    assert history is not None
    assert subjects(history.walk(b"f").touches) == ["4"]


@pytest.mark.parametrize("date", ["2020-02-02T02:02:02Z", "2020-02-02T02:02:02+00:00"])
def test_the_date_is_the_same_from_every_git(date: str) -> None:
    """git has written a date in UTC with Z since 2.45, and with +00:00 before."""
    fields = ("\x01" + "0" * 40, "", "A", date, "subject")
    (logged,) = read_log("".join(f"{field}\0" for field in fields).encode())
    assert "2020-02-02T02:02:02+00:00" == logged.commit.date
