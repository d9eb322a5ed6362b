"""`patchkit resolutions`: list, forget, and the import of a real cache of git rerere."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from patchkit.model.tree import File
from tests.cli.demo import CONFLICTED, NEW, OLD, PORTED, Demo, make_demo
from tests.cli.folders import state_of
from tests.cli.running import Run, assert_done, assert_refused, run
from tests.sources.made import write_files

_MAIN = "0004-main.patch"


@pytest.fixture
def held(demo: Demo) -> Demo:
    """The made project after a rebase that holds one region."""
    assert 1 == demo.rebase().exit_code
    return demo


def _resolve(demo: Demo, *options: str) -> None:
    plain = ("resolve", "--stack", demo.stack, "--out", demo.out, "--by", "A <a@b>")
    assert_done(run(*plain, *options))


def _of(demo: Demo, command: str, *options: str | Path) -> Run:
    return run("resolutions", command, "--stack", demo.stack, *options)


def _listed(demo: Demo) -> list[dict[str, object]]:
    document = json.loads(_of(demo, "list", "--json").stdout)
    assert "patchkit-decisions/1" == document["schema"]
    return list(document["decisions"])


# --- list and forget


def test_no_decisions(demo: Demo) -> None:
    """An empty list where nothing was recorded."""
    done = _of(demo, "list")
    assert_done(done)
    assert f"0 decisions in {demo.stack / 'patchkit.resolutions'}.\n" == done.stdout


def test_the_list(held: Demo) -> None:
    """Identity, kind, patch, file, versions, who, when, and the first words of why."""
    why = "one two three four five six seven eight nine"
    _resolve(held, _MAIN, "--take", "theirs", "--why", why)
    text = _of(held, "list").stdout
    for word in ("resolution", _MAIN, "main.c", "1.0 -> 2.0", "A <a@b>", "one two three"):
        assert word in text
    assert "eight …" in text
    (found,) = _listed(held)
    assert (why, [["1.0", "2.0"]]) == (found["why"], found["versions"])
    assert Run(0, "", "") == _of(held, "list", "--quiet")


def test_forget(held: Demo) -> None:
    """By the identity or its beginning; the next rebase holds the region again."""
    _resolve(held, _MAIN, "--take", "theirs")
    (found,) = _listed(held)
    identity = str(found["identity"])
    before = state_of(held.root)
    assert_refused(_of(held, "forget", identity, "nonsense"), "nonsense: no decision")
    assert before == state_of(held.root)
    assert_done(held.rebase())
    done = _of(held, "forget", identity[:5])
    assert_done(done)
    assert identity in done.stdout
    assert [] == _listed(held)
    assert 1 == held.rebase().exit_code


def test_forgetting_keeps_the_rest(held: Demo) -> None:
    """Comments and records of others keep their bytes."""
    _resolve(held, _MAIN, "--take", "theirs")
    record = held.stack / "patchkit.resolutions"
    record.write_text(record.read_text() + "\n# The end.\n")
    other = record.read_text().replace("main.c", "other.c").partition("\n")[2]
    record.write_text(record.read_text() + other)
    whole = record.read_text()
    (first, _) = _listed(held)
    assert_done(_of(held, "forget", str(first["identity"])))
    left = record.read_text()
    assert left.startswith("patchkit-resolutions/1\n")
    assert whole.endswith(left.partition("\n")[2])
    assert "other.c" in left


def test_usage(held: Demo) -> None:
    """A group without a command shows its help; forget needs an identity."""
    assert "import-rerere" in run("resolutions", "--help").stdout
    assert_refused(_of(held, "forget"), "Missing argument 'ID...'")
    assert_refused(run("resolutions", "nope"), "No such command 'nope'")


# --- git rerere


class _Clone:
    """A clone of upstream in which somebody merges the stack by hand, with rerere."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        for key, value in (("user.name", "A"), ("user.email", "a@b"), ("rerere.enabled", "true")):
            self.git("config", key, value)

    def git(self, *arguments: str, check: bool = True) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=check, capture_output=True)

    def commit(self, files: Mapping[bytes, File]) -> None:
        """The files as a commit."""
        write_files(self.root, files)
        self.git("add", "-A")
        self.git("commit", "-qm", "a version")

    def settle(self, patched: Mapping[bytes, File], answer: Mapping[bytes, bytes]) -> None:
        """Merge what a patch makes of the old version into the new one, and settle it."""
        self.commit(OLD)
        self.git("branch", "stack")
        self.commit(NEW)
        self.git("checkout", "-q", "stack")
        self.commit(patched)
        self.git("checkout", "-q", "main")
        self.git("merge", "stack", check=False)
        for path, content in answer.items():
            (self.root / os.fsdecode(path)).write_bytes(content)
        self.git("add", "-A")
        self.git("commit", "-qm", "settled")


def _patched(before: bytes, after: bytes) -> Mapping[bytes, File]:
    return {**OLD, b"main.c": File(OLD[b"main.c"].content.replace(before, after))}


def _settled(text: bytes) -> bytes:
    return NEW[b"main.c"].content.replace(b"upstream's ten\n", text)


def _import(demo: Demo, place: Path, *options: str) -> Run:
    return run(
        "resolutions", "import-rerere", place, "--stack", demo.stack, "--out", demo.out, *options
    )


@pytest.mark.parametrize("place", ["clone", "clone/.git", "clone/.git/rr-cache", "tree"])
def test_the_answer_that_git_recorded(held: Demo, tmp_path: Path, place: str) -> None:
    """The repository, its .git, the cache itself or a linked work tree: the next rebase goes by
    the answer."""
    clone = _Clone(tmp_path / "clone")
    clone.settle(_patched(b"main 10\n", b"our ten\n"), {b"main.c": _settled(b"ten of both\n")})
    if place == "tree":
        clone.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    done = _import(held, tmp_path / place, "--why", "As we merged it.")
    assert_done(done)
    assert f"{_MAIN}:main.c:1" in done.stdout
    assert "Held regions that git has an answer to: 1, of 1 answer in its cache." in done.stdout
    assert_done(held.rebase())
    assert "+ten of both\n" in (held.out / "patches" / _MAIN).read_text()
    (found,) = _listed(held)
    assert "As we merged it." == found["why"]


def test_lines_that_both_sides_share(tmp_path: Path) -> None:
    """git leaves out of a conflict what both sides begin and end with; the answer is fitted in."""
    ours = b"both first\nour ten\nour 10\nour X\nboth last\n"
    theirs = b"both first\nupstream's ten\nboth last\n"
    patch = CONFLICTED.replace(b"+our ten\n", b"+" + ours.replace(b"\n", b"\n+").removesuffix(b"+"))
    demo = make_demo(tmp_path, {**PORTED, _MAIN: patch.replace(b"-7,7 +7,7", b"-7,7 +7,11")})
    new = {**NEW, b"main.c": File(_settled(theirs))}
    write_files(demo.upstream / "2.0", new)
    assert 1 == demo.rebase().exit_code
    clone = _Clone(tmp_path / "clone")
    clone.commit(OLD)
    clone.git("branch", "stack")
    clone.commit(new)
    clone.git("checkout", "-q", "stack")
    clone.commit(_patched(b"main 10\n", ours))
    clone.git("merge", "main", check=False)  # the other way round
    (clone.root / "main.c").write_bytes(_settled(b"both first\nten of all\nboth last\n"))
    clone.git("commit", "-qam", "settled")
    assert_done(_import(demo, clone.root))
    assert_done(demo.rebase())
    assert "-upstream's ten\n+ten of all\n" in (demo.out / "patches" / _MAIN).read_text()


def test_other_conflicts_are_not_taken(held: Demo, tmp_path: Path) -> None:
    """A conflict with other sides answers nothing; the region stays held."""
    clone = _Clone(tmp_path / "clone")
    clone.settle(_patched(b"main 10\n", b"another ten\n"), {b"main.c": _settled(b"x\n")})
    done = _import(held, clone.root)
    assert_done(done)
    assert "has an answer to: 0, of 1 answer in its cache." in done.stdout
    assert "Nothing was recorded." in done.stdout
    assert not (held.stack / "patchkit.resolutions").exists()


def test_an_answer_that_is_not_clear(held: Demo, tmp_path: Path) -> None:
    """Whoever changed the lines beside the conflict as well left no clear answer to it."""
    clone = _Clone(tmp_path / "clone")
    answer = _settled(b"ten of both\n").replace(b"main 9\n", b"main nine\n")
    clone.settle(_patched(b"main 10\n", b"our ten\n"), {b"main.c": answer})
    document = json.loads(_import(held, clone.root, "--json").stdout)
    assert ("patchkit-import/1", [], 0, 1) == tuple(
        document[key] for key in ("schema", "recorded", "conflicts", "unclear")
    )


def test_no_cache(held: Demo, tmp_path: Path) -> None:
    """A folder without a cache, and one that is not there."""
    assert_refused(_import(held, tmp_path), "no rr-cache here", "rerere.enabled")
    assert_refused(_import(held, tmp_path / "nowhere"), "no rr-cache here")
