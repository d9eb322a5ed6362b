"""Every command that writes, each on a small project of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cli.demo import HELD, OLD, PORTED, Demo, make_demo
from tests.cli.running import run
from tests.fleet.made import make_fleet
from tests.jobs.branchmaking import git
from tests.sources.made import commit, new_repository
from tests.workspace.states import tree_of

State = Mapping[str, tuple[int, bytes] | None]
OWN = ("cache", "tmp")
NOT_AGAIN = -1


@dataclass(frozen=True)
class Story:
    """A command, the project that it is run in, and how it ends.

    Where the result is there already the same command ends with `again`; `NOT_AGAIN`: it would then
    do something else. `folders` are those that
    it changes, each as a whole; paths are relative to the project. A fleet has none: it is written
    package by package.
    """

    name: str
    make: Callable[[Path], object]
    arguments: tuple[str, ...]
    folders: tuple[str, ...]
    exit_code: int = 0
    again: int | None = None

    def code_again(self) -> int:
        """How it ends where its result is there."""
        return self.exit_code if self.again is None else self.again


def state_of_project(root: Path) -> State:
    """All files with modes and bytes. Of a git repository its refs, of what is patchkit's own
    nothing: that is for `leftovers_in`."""
    found = {
        path: what
        for path, what in tree_of(root).items()
        if path.split("/")[0] not in (*OWN, "repo.git") and not _is_own(path)
    }
    for path in found.keys() & {"out/fleet.json", "out/fleet.txt", "out/index.html"}:
        found[path] = None  # with seconds and memory
    for path in [path for path in found if path.startswith("out/outcomes/")]:
        found[path] = None
    if (root / "repo.git").is_dir():
        refs = git(root / "repo.git", "for-each-ref").splitlines()
        kept = [line for line in refs if "refs/patchkit/new/" not in line]
        found["repo.git"] = (0, "\n".join(kept).encode())
    return found


def leftovers_in(root: Path) -> list[str]:
    """What patchkit left of its own, and of temporary files. Python tries with a file of eight
    letters whether it can write to a folder: that one may be left."""
    own = [path for path in tree_of(root) if _is_own(path)]
    return sorted([*own, *(f"tmp/{one.name}" for one in (root / "tmp").glob("?????????*"))])


def _is_own(path: str) -> bool:
    return any(
        part.startswith((".patchkit", ".new-", ".work")) or part.endswith(".new")
        for part in path.split("/")
    )


_UPSTREAM = ("--upstream", "upstream")
_STACK = ("--stack", "demo-1.0")
_PORT = ("--from", "1.0", "--to", "2.0", *_STACK, "--out", "out")
_ON_OLD = (*_STACK, "--at", "1.0", *_UPSTREAM)


def _held(root: Path) -> Demo:
    demo = make_demo(root, HELD)
    assert 1 == demo.rebase("--no-siblings").exit_code
    return demo


def _changed_since(root: Path) -> Demo:
    """Ported once; since then the stack has lost one patch, and got another text of one."""
    demo = _held(root)
    series = demo.stack / "series.conf"
    series.write_text(series.read_text().replace("0002-new.patch\n", ""))
    demo.patch("0002-new.patch").unlink()
    demo.put("0001-util.patch", b"Subject: twenty\n\n" + PORTED["0001-util.patch"])
    return demo


def _answered(root: Path) -> Demo:
    demo = _held(root)
    answer = ("resolve", "0004", "--take", "ours", "--by", "A", "--stack", demo.stack)
    assert 0 == run(*answer, "--out", demo.out).exit_code
    (demo.stack / "patchkit.resolutions").chmod(0o640)
    return demo


def _edited(root: Path) -> Demo:
    demo = _held(root)
    place = demo.out / "patches" / "0001-util.patch"
    place.write_bytes(place.read_bytes().replace(b"+our twenty", b"+our own twenty"))
    return demo


def _unclean(root: Path) -> Demo:
    """A stack with a hunk that stands elsewhere."""
    demo = make_demo(root, PORTED)
    moved = PORTED["0001-util.patch"].replace(b"@@ -17,7 +17,7 @@", b"@@ -14,7 +14,7 @@")
    demo.put("0001-util.patch", moved)
    return demo


def _unlinted(root: Path) -> Demo:
    """A patch that is listed twice, and a script that was made by another patchkit."""
    demo = make_demo(root, PORTED)
    assert 0 == demo.refresh().exit_code
    script, series = demo.stack / "apply-patches", demo.stack / "series.conf"
    script.write_text(script.read_text() + "# of old\n")
    series.write_text(series.read_text().replace("0001-util.patch\n", "0001-util.patch\n" * 2))
    return demo


def _with_repository(root: Path) -> Demo:
    demo = make_demo(root, PORTED)
    repository = new_repository(root / "repo.git")
    git(repository, "tag", "v1.0", commit(repository, OLD))
    return demo


def _with_branch(root: Path) -> Demo:
    demo = _with_repository(root)
    made = run("branch", *_stack_at(demo), "--repo", root / "repo.git", "--branch", "work")
    assert 0 == made.exit_code, made
    repository = root / "repo.git"
    tree = git(repository, "rev-parse", "work^{tree}")
    message = b"more\n"
    new = git(repository, "commit-tree", tree.split()[0], "-p", "work~1", data=message)
    git(repository, "update-ref", "refs/heads/work", new)
    return demo


def _stack_at(demo: Demo) -> tuple[str | Path, ...]:
    return ("--stack", demo.stack, "--at", "1.0")


def _one_fleet(root: Path) -> None:
    make_fleet(root, {"good": PORTED})


STORIES = (
    Story("rebase, new folder", lambda root: make_demo(root, HELD),
          ("rebase", *_PORT, *_UPSTREAM), ("out",), 1),
    Story("rebase, again", _changed_since, ("rebase", *_PORT, *_UPSTREAM), ("out",), 1),
    Story("rebase, decided", _answered, ("rebase", *_PORT, *_UPSTREAM, "--report", "html"),
          ("out", "demo-1.0"), 0),
    Story("refresh", _unclean, ("refresh", *_ON_OLD), ("demo-1.0",)),
    Story("series remove", lambda root: make_demo(root, PORTED),
          ("series", "remove", "0002", *_ON_OLD), ("demo-1.0",), again=2),
    Story("series rename", lambda root: make_demo(root, PORTED),
          ("series", "rename", "0002", "sub/0002-other.patch", *_ON_OLD), ("demo-1.0",), again=2),
    Story("series move", lambda root: make_demo(root, PORTED),
          ("series", "move", "0003", "--first", *_ON_OLD), ("demo-1.0",)),
    Story("apply", lambda root: make_demo(root, PORTED), ("apply", *_STACK, "upstream/1.0"),
          ("upstream/1.0",), again=1),
    Story("lint --fix", _unlinted, ("lint", "--fix", "demo-1.0"), ("demo-1.0",), 1),
    Story("convert", lambda root: make_demo(root, PORTED),
          ("convert", *_STACK, "--to", "quilt", "--out", "out"), ("out",)),
    Story("upgrade", lambda root: make_demo(root, PORTED),
          ("upgrade", "--from", "1.0", "--to", "2.0", *_STACK, *_UPSTREAM, "--reports", "out"),
          ("demo-1.0", "out"), again=NOT_AGAIN),
    Story("resolve", _held,
          ("resolve", "0004", "--take", "ours", "--by", "A", *_STACK, "--out", "out"),
          ("demo-1.0",)),
    Story("learn", _edited, ("learn", *_STACK, "--out", "out", *_UPSTREAM, "--by", "A"),
          ("demo-1.0",)),
    Story("resolutions forget", _answered,
          ("resolutions", "forget", "7d0a5b08f3be", *_STACK), ("demo-1.0",), again=2),
    Story("report --out", _held, ("report", "out", "--format", "html", "--out", "page.html"),
          (".",)),
    Story("branch", _with_repository,
          ("branch", *_STACK, "--at", "1.0", "--repo", "repo.git", "--branch", "work"),
          ("repo.git",)),
    Story("export", _with_branch,
          ("export", *_STACK, "--at", "1.0", "--repo", "repo.git", "--branch", "work"),
          ("demo-1.0",)),
    Story("fleet", _one_fleet, ("fleet", "FLEET.yaml", "--out", "out"), ()),
)  # fmt: skip
