"""Ports a case with what a maintainer would use instead of patchkit.

Each tool gets one patch after the other, in a work tree of the new upstream with the patches that
went in before; what does not go in is left out, and the next one is tried.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.port_quality.cases import Entry, Prepared, read_series
from tests.bench.port_quality.processes import BenchError, attempt, run
from tests.bench.port_quality.results import Outcome, PatchResult, PortResult, save_result

_LONGEST = 300
"""Seconds that a tool may take for one patch."""
_CONFIGURATION = {"core.autocrlf": "false", "gc.auto": "0", "advice.detachedHead": "false"}
_BYTES_AS_THEY_ARE = "* -text -ident -filter -working-tree-encoding\n"
_FIRST_FILE = re.compile(rb"^(?:diff --git |Index: |--- \S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A git work tree; what a tool got right is committed in it."""

    folder: Path

    def git(self, *arguments: str) -> bytes:
        """Run a git command that must not fail."""
        return run(["git", *arguments], self.folder)

    def attempt(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run any program that may fail, in the work tree."""
        return attempt(list(command), self.folder, _LONGEST)

    def head(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD").decode().strip()

    def check_out(self, commit: str) -> None:
        """Move to a commit, whatever lies about."""
        self.git("checkout", "-q", "-f", "--detach", commit)

    def wipe(self, commit: str = "HEAD") -> None:
        """Throw away what is not committed, and go to a commit."""
        self.git("reset", "-q", "--hard", commit)
        self.git("clean", "-q", "-fdx")

    def commit_all(self, message: str) -> None:
        """Commit whatever is in the folder."""
        self.git("add", "-f", "-A", ".")
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", message)

    def patch(self, file: Path, strip: int, *options: str) -> subprocess.CompletedProcess[bytes]:
        """Run GNU patch as `quilt push` does: it allows a fuzz of 2."""
        return self.attempt(
            *("patch", f"-p{strip}", "-f", "-E", "-s", "-V", "never", "--no-backup-if-mismatch"),
            *(*options, "-i", str(file)),
        )


@dataclass(frozen=True, slots=True)
class Original:
    """A patch of the old stack: its file, and the commit that it is on the old upstream ("" for a
    tool that does not ask)."""

    name: str
    file: Path
    strip: int
    commit: str


@dataclass(frozen=True, slots=True)
class StockTool:
    """A tool to compare with: its name in tables, what it does with one patch, and whether it needs
    the old stack as commits."""

    title: str
    port: Callable[[WorkTree, Original], Outcome]
    takes_commits: bool


def quilt(tree: WorkTree, original: Original) -> Outcome:
    """`quilt push`: GNU patch; what can be undone without applying it is dropped."""
    if tree.patch(original.file, original.strip, "-r", "-").returncode == 0:
        tree.commit_all(original.name)
        return Outcome.PORTED
    tree.wipe()
    undone = tree.patch(original.file, original.strip, "-R", "--dry-run", "-r", "-")
    return Outcome.DROPPED if undone.returncode == 0 else Outcome.HELD


def git_am(tree: WorkTree, original: Original) -> Outcome:
    """`git am -3`, which has the blobs that the patch was made for."""
    mail = tree.folder.parent / "patch.mbox"
    mail.write_bytes(
        tree.git("format-patch", "-1", "--stdout", "--full-index", "--binary", original.commit)
    )
    before = tree.head()
    command = ("git", "am", "-q", "-3", "--keep-cr", "--keep-non-patch", str(mail))
    if tree.attempt(*command).returncode == 0:
        return Outcome.PORTED if tree.head() != before else Outcome.DROPPED
    tree.attempt("git", "am", "--abort")
    tree.wipe(before)
    return Outcome.HELD


def cherry_pick(tree: WorkTree, original: Original) -> Outcome:
    """`git cherry-pick`, as `git rebase` does it."""
    before = tree.head()
    picked = tree.attempt("git", "cherry-pick", "--strategy=ort", "--allow-empty", original.commit)
    if picked.returncode == 0:
        return Outcome.PORTED
    is_empty = b"now empty" in picked.stdout + picked.stderr
    tree.attempt("git", "cherry-pick", "--quit")
    tree.wipe(before)
    return Outcome.DROPPED if is_empty else Outcome.HELD


def wiggle(tree: WorkTree, original: Original) -> Outcome:
    """GNU patch, then wiggle for what it rejects; wiggle gives up where it leaves a marker."""
    applied = tree.patch(original.file, original.strip)
    is_whole = applied.returncode == 0
    if applied.returncode == 1 and b"ignored" not in applied.stdout + applied.stderr:
        is_whole = _wiggle_rejects(tree)
    if not is_whole:
        tree.wipe()
        return Outcome.HELD
    tree.git("add", "-f", "-A", ".")
    if tree.attempt("git", "diff", "--cached", "--quiet").returncode == 0:
        return Outcome.DROPPED
    tree.commit_all(original.name)
    return Outcome.PORTED


def _wiggle_rejects(tree: WorkTree) -> bool:
    """Whether all rejects that GNU patch left could be worked in; they are gone afterwards."""
    untracked = tree.git("ls-files", "-o", "-z").decode(errors="surrogateescape").split("\0")
    rejects = [name for name in untracked if name.endswith(".rej")]
    merges = []
    for reject in rejects:
        file = reject.removesuffix(".rej")
        merges.append(tree.attempt("wiggle", "--merge", "--replace", file, reject))
        for leftover in (reject, f"{file}.porig"):
            (tree.folder / leftover).unlink(missing_ok=True)
    return bool(merges) and all(merge.returncode == 0 for merge in merges)


STOCK_TOOLS: Mapping[str, StockTool] = {
    "quilt": StockTool("quilt, fuzz 2", quilt, takes_commits=False),
    "git-am": StockTool("git am -3", git_am, takes_commits=True),
    "cherry-pick": StockTool("git cherry-pick", cherry_pick, takes_commits=True),
    "wiggle": StockTool("wiggle", wiggle, takes_commits=False),
}


def port_with_stock_tool(prepared: Prepared, name: str) -> PortResult:
    """Port the whole series with one of `STOCK_TOOLS`, and keep what it ported.

    The time is that of the tool's own work: with making the commits, without the upstream's.
    """
    tool = STOCK_TOOLS[name]
    out = prepared.ported(name)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    entries = read_series(prepared.stack)
    with tempfile.TemporaryDirectory(prefix="port-quality-") as scratch:
        tree = clone(repository_of(prepared), Path(scratch, "tree"))
        started = time.monotonic()
        commits = commit_stack(tree, prepared.stack, entries) if tool.takes_commits else {}
        tree.check_out("new")
        patches = []
        for entry in entries:
            file = (prepared.stack / entry.name).resolve()
            original = Original(entry.name, file, entry.strip, commits.get(entry.name, ""))
            outcome = tool.port(tree, original)
            if outcome is Outcome.PORTED:
                _write(_last_change(tree, original), out / entry.name)
            patches.append(PatchResult(entry.name, outcome, outcome.value))
        seconds = round(time.monotonic() - started, 2)
    result = PortResult(name, seconds, tuple(patches))
    save_result(result, prepared)
    return result


def repository_of(prepared: Prepared) -> Path:
    """The two upstream trees as the commits `old` and `new`, made when they are first needed."""
    final = prepared.repository
    if final.is_dir():
        return final
    making = final.with_name("repository.part")
    shutil.rmtree(making, ignore_errors=True)
    tree = _initialise(making)
    for tag in ("old", "new"):
        tree.git("rm", "-r", "-q", "--ignore-unmatch", ".")
        run(["cp", "-a", f"{prepared.upstream / tag}/.", str(making)])
        tree.commit_all(tag)
        tree.git("tag", tag)
    making.rename(final)
    return final


def clone(repository: Path, folder: Path) -> WorkTree:
    """A work tree of its own, with nothing checked out yet, that shares a repository's objects."""
    run(["git", "clone", "-q", "--shared", "--no-checkout", str(repository), str(folder)])
    return _initialise(folder)


def _initialise(folder: Path) -> WorkTree:
    run(["git", "init", "-q", "-b", "main", str(folder)])
    tree = WorkTree(folder)
    for key, value in _CONFIGURATION.items():
        tree.git("config", key, value)
    # The tree's own .gitattributes would change its bytes.
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/attributes").write_text(_BYTES_AS_THEY_ARE)
    return tree


def commit_stack(
    tree: WorkTree, stack: Path, entries: Iterable[Entry], onto: str = "old"
) -> Mapping[str, str]:
    """Each patch of a stack as a commit on the version that it is for; the commit by its name.

    Raises `BenchError` when a patch does not apply.
    """
    tree.check_out(onto)
    commits = {}
    for entry in entries:
        if tree.patch((stack / entry.name).resolve(), entry.strip).returncode != 0:
            raise BenchError(f"{entry.name}: does not apply to the version it was made for.")
        tree.commit_all(entry.name)
        commits[entry.name] = tree.head()
    return commits


def _last_change(tree: WorkTree, original: Original) -> bytes:
    """What the last commit did, under the header of the old patch."""
    text = original.file.read_bytes()
    renames = "-M" if b"\nrename from " in text else "--no-renames"
    header = _FIRST_FILE.split(text, maxsplit=1)[0]
    return header + tree.git("diff", "--binary", renames, "HEAD~1", "HEAD")


def _write(content: bytes, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
