"""`patchkit branch` and `patchkit export`: a stack as a git branch, and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import OLD, PORTED, Demo, make_demo, make_stack
from tests.cli.folders import contents_of, state_of
from tests.cli.running import Run, assert_done, assert_refused, run
from tests.cli.shipped import SERIES
from tests.jobs.branchmaking import git
from tests.sources.made import write_files

HEADER = (
    b"From: A B <a@b.invalid>\nDate: Mon, 23 Nov 2026 10:18:00 +0100\n"
    b"Subject: [PATCH] %b\n\nWhy.\n---\n x | 1 +\n\n"
)


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """The made project, each patch with the header of a mail."""
    patches = {
        name: HEADER % name[5:-6].encode() + content + b"-- \n2.39.5\n"
        for name, content in PORTED.items()
    }
    return make_demo(tmp_path, patches)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a work tree at the tag 1.0, on a branch of its own."""
    work = tmp_path / "repository"
    write_files(work, OLD)
    git(tmp_path, "init", "-q", "-b", "main", str(work))
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "upstream")
    git(work, "tag", "1.0")
    return work


def branch(demo: Demo, repository: Path, *options: str | Path) -> Run:
    """Make the branch of the stack."""
    return run("branch", "--stack", demo.stack, "--at", "1.0", "--repo", repository, *options)


def export(demo: Demo, repository: Path, *options: str | Path) -> Run:
    """Write the branch back."""
    return run("export", "--stack", demo.stack, "--at", "1.0", "--repo", repository, *options)


def commits(repository: Path, name: str = "patches/1.0") -> list[str]:
    """The commits of the branch, the first one first."""
    return git(repository, "rev-list", "--reverse", f"1.0..{name}").split()


def test_there_and_back(demo: Demo, repository: Path) -> None:
    """A commit for each patch, with author, date and message of its header; back changes
    nothing."""
    before = state_of(demo.stack)
    done = branch(demo, repository)
    assert_done(done)
    assert "3 patches on " in done.stdout
    assert 3 == len(commits(repository))
    told = git(repository, "log", "-1", "--format=%an|%ae|%ai|%cn|%B", commits(repository)[0])
    assert (
        "A B|a@b.invalid|2026-11-23 10:18:00 +0100|patchkit|"
        "util\n\nWhy.\n\nPatchkit-Patch: 0001-util.patch"
    ) == told
    assert "at " in branch(demo, repository).stdout
    assert "already" in branch(demo, repository).stdout
    assert_done(export(demo, repository))
    assert before == state_of(demo.stack)


def test_the_commits_are_the_same_anywhere(demo: Demo, repository: Path, tmp_path: Path) -> None:
    """In a clone, with other settings, hooks, attributes and filters, the ids are the same, and
    neither work tree nor index nor another branch is touched."""
    assert_done(branch(demo, repository))
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(clone))
    (clone / ".git/hooks/reference-transaction").write_text("#!/bin/sh\nexit 1\n")
    (clone / ".git/hooks/reference-transaction").chmod(0o755)
    (clone / ".git/info/attributes").write_text("* text eol=crlf filter=odd\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\nname = Somebody\n[core]\nautocrlf = true\n[commit]\ngpgsign = true\n"
        '[filter "odd"]\nclean = tr a-z A-Z\n[i18n]\ncommitEncoding = latin1\n'
    )
    (clone / "main.c").write_text("work in progress\n")
    before = {path: one for path, one in state_of(clone).items() if not path.startswith(".git/")}
    index = (clone / ".git/index").read_bytes()
    changes = {"HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / ".gitconfig")}
    done = run(*("branch", "--stack", demo.stack, "--at", "1.0", "--repo", clone), changes=changes)
    assert_done(done)
    assert commits(repository) == commits(clone)
    after = {path: one for path, one in state_of(clone).items() if not path.startswith(".git/")}
    assert before == after
    assert index == (clone / ".git/index").read_bytes()
    assert git(repository, "rev-parse", "main") == git(clone, "rev-parse", "main")


def test_a_rebase_by_hand(demo: Demo, repository: Path) -> None:
    """One commit is edited, one reworded, two change places, one goes, one is new."""
    demo.put("0005-more.patch", HEADER % b"more" + b"--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+m\n")
    assert_done(branch(demo, repository))
    first, _, third, last = commits(repository)
    git(repository, "checkout", "-q", "-b", "mine", "1.0")
    git(repository, "cherry-pick", third, first)
    util = repository / "util.c"
    util.write_bytes(util.read_bytes().replace(b"util 2\n", b"two\n"))
    git(repository, "commit", "-q", "-a", "--amend", "--no-edit")
    (repository / "extra").write_text("extra\n")
    git(repository, "add", "extra")
    git(repository, "commit", "-q", "-m", "docs: Something extra\n\nOf course.")
    git(repository, "cherry-pick", last)
    git(
        repository,
        "commit",
        "-q",
        "--amend",
        "-m",
        "other words\n\nPatchkit-Patch: 0005-more.patch",
    )
    before = contents_of(demo.stack / "patches")
    done = export(demo, repository, "--branch", "mine")
    assert_done(done)
    assert "docs: " not in done.stdout
    after = contents_of(demo.stack / "patches")
    assert before["0003-notes.patch"] == after["0003-notes.patch"]
    assert "0002-new.patch" not in after
    edited = after["0001-util.patch"]
    assert edited.startswith(HEADER % b"util")
    assert edited.endswith(b"-- \n2.39.5\n")
    assert before["0001-util.patch"].partition(b"@@\n")[2] in edited
    assert b"+two\n" in edited
    assert b"Subject: [PATCH] other words\n\n" in after["0005-more.patch"]
    new = after["0006-docs-Something-extra.patch"]
    assert b"From: A Person <person@example.invalid>\n" in new
    assert b"Subject: [PATCH] docs: Something extra\n\nOf course.\n\ndiff --git a/extra" in new
    assert [
        "# The patches of demo.", "0003-notes.patch", "0001-util.patch",
        "0006-docs-Something-extra.patch", "0005-more.patch",
    ] == (demo.stack / "series.conf").read_text().splitlines()  # fmt: skip
    again = export(demo, repository, "--branch", "mine")
    assert "nothing; 4 patches keep every byte." in again.stdout


def test_what_git_am_made(demo: Demo, repository: Path) -> None:
    """A branch without any mark of patchkit's is known by its messages: no byte changes."""
    git(repository, "checkout", "-q", "-b", "am")
    for name in ("0001-util.patch", "0002-new.patch", "0003-notes.patch"):
        git(repository, "am", "-q", str(demo.patch(name)))
    before = state_of(demo.stack)
    assert_done(export(demo, repository, "--branch", "am"))
    assert before == state_of(demo.stack)


@pytest.mark.skipif(shutil.which("gbp") is None, reason="git-buildpackage is not installed")
def test_what_gbp_made(demo: Demo, tmp_path: Path) -> None:
    """The patch queue of gbp-pq(1) is read, with its topics, and no byte changes."""
    work = tmp_path / "package"
    write_files(work, OLD)
    patches = {
        "one.patch": demo.patch("0001-util.patch").read_bytes(),
        "topic/two.diff": b"Description: two\n more\nAuthor: A <a@b.invalid>\nForwarded: no\n\n"
        + PORTED["0003-notes.patch"],
    }
    make_stack(work, patches, "debian/patches/series")
    (work / "debian/control").write_text("Source: demo\nMaintainer: M <m@example.invalid>\n")
    (work / "debian/changelog").write_text(
        "demo (1.0-1) unstable; urgency=low\n\n  * One.\n\n"
        " -- M <m@example.invalid>  Mon, 23 Nov 2026 10:18:00 +0100\n"
    )
    git(tmp_path, "init", "-q", "-b", "debian/sid", str(work))
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "package")
    person = {"DEBFULLNAME": "M", "DEBEMAIL": "m@example.invalid"}
    names = {"GIT_AUTHOR_NAME": "M", "GIT_COMMITTER_NAME": "M"}
    mails = {"GIT_AUTHOR_EMAIL": "m@b", "GIT_COMMITTER_EMAIL": "m@b"}
    environment = {**os.environ, **person, **names, **mails}
    subprocess.run(["gbp", "pq", "import"], cwd=work, env=environment, check=True)
    git(work, "checkout", "-q", "debian/sid")
    before = contents_of(work / "debian")
    done = run("export", "--stack", work, "--repo", work, "--branch", "patch-queue/debian/sid")
    assert_done(done)
    assert "2 patches keep every byte" in done.stdout
    assert before == contents_of(work / "debian")


def test_an_upstream_that_is_no_repository(demo: Demo, tmp_path: Path) -> None:
    """It becomes the first commit, and is the base of the export."""
    git(tmp_path, "init", "-q", "empty")
    done = branch(demo, tmp_path / "empty", "--upstream", demo.upstream)
    assert_done(done)
    assert "on an imported upstream" in done.stdout
    listed = git(tmp_path / "empty", "rev-list", "--count", "patches/1.0")
    assert "4" == listed
    before = state_of(demo.stack)
    assert_done(export(demo, tmp_path / "empty"))
    assert before == state_of(demo.stack)


def test_the_shipped_stack(clone: Path, tmp_path: Path) -> None:
    """All 18 patches go onto a branch and come back without a changed byte."""
    git(tmp_path, "init", "-q", "repository")
    before = state_of(clone / SERIES)
    where = ("--at", "2.5.1", "--repo", tmp_path / "repository")
    assert_done(run("branch", *where, cwd=clone))
    done = run("export", *where, cwd=clone)
    assert_done(done)
    assert "nothing; 18 patches keep every byte." in done.stdout
    assert before == state_of(clone / SERIES)


def test_other_work_is_not_undone(demo: Demo, repository: Path) -> None:
    """A stack that was edited since, and a branch with other commits, are kept without --force."""
    assert_done(branch(demo, repository))
    git(repository, "checkout", "-q", "-b", "side", "patches/1.0")
    (repository / "util.c").write_bytes(b"edited\n")
    git(repository, "commit", "-q", "-a", "--amend", "--no-edit")
    git(repository, "branch", "-f", "patches/1.0")
    assert_refused(branch(demo, repository), "other commits", "--force")
    name = "0003-notes.patch"
    demo.patch(name).write_bytes(demo.patch(name).read_bytes().replace(b"Why.", b"Who?"))
    before = state_of(demo.stack)
    assert_refused(export(demo, repository), f"{name}: edited in the stack since", "--force")
    assert before == state_of(demo.stack)
    assert_done(export(demo, repository, "--force"))
    assert b"Why." in demo.patch(name).read_bytes()
    git(repository, "checkout", "-q", "patches/1.0")
    (repository / "util.c").write_bytes(b"again\n")
    git(repository, "commit", "-q", "-a", "--amend", "--no-edit")
    assert_refused(branch(demo, repository, "--force"), "is checked out in")


def test_what_cannot_be_a_stack(demo: Demo, repository: Path, tmp_path: Path) -> None:
    """Merges, binary files, branches that are not there or stand elsewhere are refused."""
    assert_refused(export(demo, repository), "there is no branch patches/1.0", "patchkit branch")
    assert_done(branch(demo, repository))
    git(repository, "checkout", "-q", "-b", "merged", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "patches/1.0")
    assert_refused(export(demo, repository, "--branch", "merged"), "is a merge")
    git(repository, "checkout", "-q", "-b", "binary", "patches/1.0")
    (repository / "blob").write_bytes(b"\0\1")
    git(repository, "add", "blob")
    git(repository, "commit", "-q", "-m", "a blob")
    binary = export(demo, repository, "--branch", "binary")
    assert_refused(binary, '("a blob")', "blob: a binary file")
    git(repository, "checkout", "-q", "--orphan", "elsewhere")
    git(repository, "commit", "-q", "-m", "root")
    assert_refused(export(demo, repository, "--branch", "elsewhere"), "does not stand on", "--base")
    assert_refused(branch(demo, tmp_path / "none"), "needs a git repository")
    assert_refused(branch(demo, repository, "--branch", "a..b"), "cannot name a branch")


def test_dry_runs_and_json(demo: Demo, repository: Path) -> None:
    """Nothing is made, and the documents follow their schemas."""
    dry = branch(demo, repository, "--dry-run", "--json")
    assert_done(dry)
    assert "" == git(repository, "branch", "--list", "patches/*")
    validator = Draft202012Validator(json.loads(Schema.BRANCH.document()))
    validator.validate(json.loads(dry.stdout))
    made = branch(demo, repository, "--json")
    validator.validate(json.loads(made.stdout))
    assert git(repository, "rev-parse", "patches/1.0") == json.loads(made.stdout)["tip"]
    out = export(demo, repository, "--dry-run", "--json")
    assert_done(out)
    document = json.loads(out.stdout)
    Draft202012Validator(json.loads(Schema.EXPORT.document())).validate(document)
    assert ["same"] * 3 == [patch["fate"] for patch in document["patches"]]
    assert "" == branch(demo, repository, "--quiet").stdout + export(demo, repository, "-q").stdout
    for command, schema in (("branch", Schema.BRANCH), ("export", Schema.EXPORT)):
        assert schema.document().decode() == run(command, "--schema").stdout
        assert f"Examples:\n  patchkit {command} " in run(command, "--help").stdout
