"""Puts the trees back, runs a tool some times, and says what it took."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from tests.bench.port_quality.cases import read_series
from tests.bench.port_quality.processes import attempt, run
from tests.bench.port_quality.stock import WorkTree, clone
from tests.bench.speed.measuring import Measured, measure
from tests.bench.speed.tools import Place, Start, Tool, is_installed
from tests.bench.speed.workloads import STACK, Workload, listed

SHORT = 12
"""Seconds under which a run counts as short."""
RUNS_OF_SHORT = 3
NOT_INSTALLED = "not installed"

_BYTES_AS_THEY_ARE = "* -text -ident -filter -working-tree-encoding\n"
_UNDER_WAY = (
    "rebase-apply", "rebase-merge", "sequencer", "CHERRY_PICK_HEAD", "AUTO_MERGE", "index.lock",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timing:
    """What a tool took for a workload: the median run of `runs`, wall and CPU in seconds, memory
    in KiB. `done` of `patches` were through when it was cut short. `trouble` says why there is no
    figure."""

    tool: str
    workload: str
    patches: int
    runs: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    done: int = 0
    trouble: str = ""

    @property
    def was_cut(self) -> bool:
        """Whether the figures have to be scaled."""
        return self.done < self.patches and not self.trouble

    @property
    def whole(self) -> float:
        """The seconds for all patches: as measured, or scaled by the patches done."""
        return self.wall * self.patches / self.done if self.was_cut else self.wall

    @property
    def whole_cpu(self) -> float:
        """Likewise for CPU time."""
        return self.cpu * self.patches / self.done if self.was_cut else self.cpu


class Bench(AbstractContextManager["Bench"]):
    """One workload with its trees; what the tools write is gone afterwards, the trees are kept."""

    def __init__(self, workload: Workload, limit: float | None) -> None:
        self.workload = workload
        self._limit = limit
        self._scratch = TemporaryDirectory(prefix="speed-")
        scratch = Path(self._scratch.name)
        self._cache = scratch / "cache"
        self._out = scratch / "out"
        self._lists = scratch / "series.list", scratch / "mails.list"
        for place, folder in zip(self._lists, (workload.series, workload.mails), strict=True):
            place.write_text("".join(listed(read_series(folder))))

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def time(self, tool: Tool) -> Timing:
        """Run a tool, a short one several times, each time from the same state."""
        name, patches = self.workload.name, self.workload.patches
        if not is_installed(tool):
            return Timing(tool.name, name, patches, trouble=NOT_INSTALLED)
        runs = [self._run(tool)]
        place = self._place(tool)
        first = runs[0]
        if first.was_cut:
            done = tool.done(place) if tool.done is not None else 0
            trouble = "" if done else "cut short before the first patch"
            return _timing(tool, self.workload, first, 1, min(done, patches), trouble)
        if first.exit_code not in tool.accepts:
            done = tool.done(place) if tool.done is not None else 0
            trouble = f"ends with {first.exit_code} after {done} patches: {first.told}"
            return Timing(tool.name, name, patches, runs=1, done=done, trouble=trouble)
        trouble = self._difference(tool, place)
        while first.wall < SHORT and len(runs) < RUNS_OF_SHORT:
            runs.append(self._run(tool))
        wall = statistics.median_low(one.wall for one in runs)
        median = next(one for one in runs if one.wall == wall)
        return _timing(tool, self.workload, median, len(runs), patches, trouble)

    def _run(self, tool: Tool) -> Measured:
        self._reset(tool.start)
        place = self._place(tool)
        surroundings = {
            "XDG_CACHE_HOME": str(self._cache),
            "GIT_CEILING_DIRECTORIES": str(self.workload.folder.resolve()),
        }
        if tool.start is Start.PORTED and not self._out.exists():
            measure(tool.command(place), self.workload.folder, self._folder(), None, surroundings)
        limit = None if tool.done is None else self._limit
        folder = place.tree if place.tree.is_dir() else self.workload.folder
        return measure(tool.command(place), folder, self._folder(), limit, surroundings)

    def _folder(self) -> Path:
        return Path(self._scratch.name)

    def _place(self, tool: Tool) -> Place:
        tree = _TREES.get(tool.start, "checkout")
        return Place(
            self.workload, self.workload.folder / tree, self._out, self._folder() / "progress",
            *self._lists,
        )  # fmt: skip

    def _reset(self, start: Start) -> None:
        (self._folder() / "progress").unlink(missing_ok=True)
        if start is Start.NOTHING:
            self._put_aside(self._out)
            self._put_aside(self._cache)
        _RESETS[start](self.workload)

    def _put_aside(self, folder: Path) -> None:
        """Not removed: for a while after that, a file system finds places for new files slowly."""
        if folder.exists():
            folder.rename(Path(mkdtemp(prefix="aside-", dir=self._folder())) / folder.name)

    def _difference(self, tool: Tool, place: Place) -> str:
        """What is wrong with the folder that a tool leaves; nothing is where it leaves none."""
        if tool.start is not Start.OLD_TREE:
            return ""
        shutil.rmtree(place.tree / ".pc", ignore_errors=True)
        git = _plain_git(self.workload)
        run([*git, "add", "-f", "-A", "."], place.tree)
        made = run([*git, "write-tree"], place.tree)
        wanted = run(["git", "rev-parse", f"{STACK}^{{tree}}"], self.workload.repository)
        return "" if made == wanted else "leaves another tree than the stack's"


def _timing(
    tool: Tool, workload: Workload, run: Measured, runs: int, done: int, trouble: str
) -> Timing:
    return Timing(
        tool.name, workload.name, workload.patches, runs,
        round(run.wall, 3), round(run.cpu, 2), run.memory, done, trouble,
    )  # fmt: skip


_TREES: Mapping[Start, str] = {Start.OLD_TREE: "plain", Start.NOTHING: "-", Start.PORTED: "-"}


def _plain_git(workload: Workload) -> list[str]:
    folder = workload.folder
    return ["git", f"--git-dir={folder / 'plain.git'}", f"--work-tree={folder / 'plain'}"]


def _restore_plain(workload: Workload) -> None:
    """The older version in a folder without `.git`; its repository lies beside it."""
    tree, repository = workload.folder / "plain", workload.folder / "plain.git"
    git = _plain_git(workload)
    if not repository.is_dir():
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        making = repository.with_suffix(".part")
        shutil.rmtree(making, ignore_errors=True)
        run(["git", "clone", "-q", "--bare", "--shared", str(workload.repository), str(making)])
        run(["git", "config", "core.bare", "false"], making)
        run(["git", "config", "core.autocrlf", "false"], making)
        (making / "info").mkdir(exist_ok=True)
        (making / "info" / "attributes").write_text(_BYTES_AS_THEY_ARE)
        making.rename(repository)
    (repository / "index.lock").unlink(missing_ok=True)
    run([*git, "update-ref", "--no-deref", "HEAD", f"{workload.old}^0"], tree)
    run([*git, "reset", "-q", "--hard"], tree)
    run([*git, "clean", "-q", "-ffdx"], tree)


def _check_out(version: Callable[[Workload], str]) -> Callable[[Workload], None]:
    def reset(workload: Workload) -> None:
        folder = workload.folder / "checkout"
        if not (folder / ".git").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            clone(workload.repository, folder)
        tree = WorkTree(folder)
        for name in _UNDER_WAY:
            _remove(folder / ".git" / name)
        tree.check_out(f"{version(workload)}^0")
        tree.wipe()
        # What the run before committed must not be there already.
        for loose in (folder / ".git" / "objects").glob("[0-9a-f][0-9a-f]"):
            shutil.rmtree(loose)
        attempt(["git", "update-ref", "-d", "ORIG_HEAD"], folder)

    return reset


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _nothing(workload: Workload) -> None:
    """patchkit reads the repository and leaves it as it is."""


_RESETS: Mapping[Start, Callable[[Workload], None]] = {
    Start.NOTHING: _nothing,
    Start.PORTED: _nothing,
    Start.OLD_TREE: _restore_plain,
    Start.OLD_CHECKOUT: _check_out(lambda workload: workload.old),
    Start.NEW_CHECKOUT: _check_out(lambda workload: workload.new),
    Start.STACK_CHECKOUT: _check_out(lambda _: STACK),
}
