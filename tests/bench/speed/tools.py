"""The tools that are measured: how each is run, from what state, and how far it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.bench.speed.workloads import STACK, Workload


class Task(Enum):
    """What a tool does with the stack."""

    PORT = "port"
    """Bring it to the new version."""
    APPLY = "apply"
    """Put it on the version that it is for."""


class Start(Enum):
    """What a tool finds when it starts."""

    NOTHING = "nothing"
    """patchkit reads the upstream's repository; there is neither a cache nor an earlier port."""
    PORTED = "ported"
    """The same, with the cache and the port of the run before."""
    OLD_TREE = "old tree"
    """The older version as a plain folder."""
    OLD_CHECKOUT = "old"
    """A git work tree with the older version."""
    NEW_CHECKOUT = "new"
    """A git work tree with the newer version."""
    STACK_CHECKOUT = "stack"
    """A git work tree with the stack's last commit."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folders that a tool works with in one run of the bench."""

    workload: Workload
    tree: Path
    """Where the tool starts."""
    out: Path
    """Where patchkit writes a port."""
    progress: Path
    """A file to which a loop writes a line a patch."""
    series_list: Path
    """The stack as the distribution has it, a line a patch: strip level and name."""
    mails_list: Path
    """The stack for git, likewise."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by its name and its title in tables. `done` counts the patches that an unfinished run
    is through with; None: the tool is never cut short. `accepts` are the exit codes of a run that
    went as it should."""

    name: str
    title: str
    task: Task
    start: Start
    command: Callable[[Place], Sequence[str]]
    done: Callable[[Place], int] | None
    program: str
    accepts: tuple[int, ...] = (0,)


_READ = 'while read -r strip name; do {command} || exit 1; echo >&3; done <"$1" 3>"$2"'
_PATCH = 'patch "-p$strip" -s -f --no-backup-if-mismatch -i "$3/$name"'
_GIT_APPLY = 'git apply "$3/$name"'
_MOVED = 'before=$(git rev-parse HEAD); {0}; test "$(git rev-parse HEAD)" != "$before"'
_SKIP_CONFLICTS = _MOVED.format('{start}; while [ -d "{state}" ]; do {skip}; done')
_PICK = _MOVED.format(
    'for commit in $(git rev-list --reverse "$1..$2"); do'
    " git cherry-pick $commit || git cherry-pick --skip; echo >&3; done 3>$3"
)
_AM_STATE = ".git/rebase-apply"
_REBASE_STATE = ".git/rebase-merge"


def patchkit(*arguments: str) -> Sequence[str]:
    """The command line of the patchkit beside the running Python."""
    return (str(Path(sys.executable).with_name("patchkit")), *arguments)


def _rebase(place: Place, *options: str) -> Sequence[str]:
    workload = place.workload
    return patchkit(
        *("rebase", "--from", workload.old, "--to", workload.new, "-q"),
        *("--stack", str(workload.project), "--upstream", str(workload.repository)),
        *("--out", str(place.out), *options),
    )


def _apply(place: Place) -> Sequence[str]:
    workload = place.workload
    return patchkit(
        *("apply", "-q", "--at", workload.old, "--stack", str(workload.project), str(place.tree))
    )


def _bash(script: str, *arguments: object) -> Sequence[str]:
    return ("bash", "-c", script, "bash", *map(str, arguments))


def _loop(command: str, entries: Path, place: Place, patches: Path) -> Sequence[str]:
    return _bash(_READ.format(command=command), entries, place.progress, patches)


def _quilt(place: Place) -> Sequence[str]:
    return (
        *("env", f"QUILT_PATCHES={place.workload.series}", "quilt", "--quiltrc=-"),
        *("push", "-a", "-q"),
    )


def _rapidquilt(place: Place) -> Sequence[str]:
    # It reads the series from the folder that it works in.
    return _bash(
        'ln -s "$1/series" series && rapidquilt push -a -q -b never -p "$1" && rm series',
        place.workload.series,
    )


def _am(place: Place) -> Sequence[str]:
    return ("git", "am", "-q", str(place.workload.mails / "all.mbox"))


def _am_three_way(place: Place) -> Sequence[str]:
    start, skip = 'git am -q -3 "$1"', "git am -q --skip"
    script = _SKIP_CONFLICTS.format(start=start, state=_AM_STATE, skip=skip)
    return _bash(script, place.workload.mails / "all.mbox")


def _cherry_pick(place: Place) -> Sequence[str]:
    return _bash(_PICK, place.workload.old, STACK, place.progress)


def _git_rebase(place: Place) -> Sequence[str]:
    start, skip = 'git rebase -q --onto "$1" "$2"', "git rebase --skip"
    script = _SKIP_CONFLICTS.format(start=start, state=_REBASE_STATE, skip=skip)
    return _bash(script, place.workload.new, place.workload.old)


def _lines_of_progress(place: Place) -> int:
    return _lines(place.progress)


def _lines_of_quilt(place: Place) -> int:
    return _lines(place.tree / ".pc" / "applied-patches")


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.is_file() else 0


def _number_of_am(place: Place) -> int:
    return max(0, _number(place.tree / _AM_STATE / "next") - 1)


def _number_of_rebase(place: Place) -> int:
    return max(0, _number(place.tree / _REBASE_STATE / "msgnum") - 1)


def _number(file: Path) -> int:
    return int(file.read_text()) if file.is_file() else 0


_NO_SIBLINGS = "--no-siblings"
_PORTED = (0, 1)
"""patchkit rebase ends with 1 when regions are left to a person."""

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "patchkit-rebase", "`patchkit rebase`", Task.PORT, Start.NOTHING,
            _rebase, None, "patchkit", _PORTED,
        ),
        Tool(
            "patchkit-again", "`patchkit rebase` again, nothing changed", Task.PORT, Start.PORTED,
            _rebase, None, "patchkit", _PORTED,
        ),
        Tool(
            "patchkit-no-siblings", "`patchkit rebase --no-siblings`", Task.PORT, Start.NOTHING,
            lambda place: _rebase(place, _NO_SIBLINGS), None, "patchkit", _PORTED,
        ),
        Tool(
            "git-am-3", "`git am -3`", Task.PORT, Start.NEW_CHECKOUT,
            _am_three_way, _number_of_am, "git",
        ),
        Tool(
            "cherry-pick", "`git cherry-pick` loop", Task.PORT, Start.NEW_CHECKOUT,
            _cherry_pick, _lines_of_progress, "git",
        ),
        Tool(
            "git-rebase", "`git rebase --onto`", Task.PORT, Start.STACK_CHECKOUT,
            _git_rebase, _number_of_rebase, "git",
        ),
        Tool(
            "patchkit-apply", "`patchkit apply`", Task.APPLY, Start.OLD_TREE,
            _apply, None, "patchkit",
        ),
        Tool(
            "quilt", "`quilt push -a -q`", Task.APPLY, Start.OLD_TREE,
            _quilt, _lines_of_quilt, "quilt",
        ),
        Tool(
            "patch", "`patch` loop", Task.APPLY, Start.OLD_TREE,
            lambda place: _loop(_PATCH, place.series_list, place, place.workload.series),
            _lines_of_progress, "patch",
        ),
        Tool(
            "git-apply", "`git apply` loop", Task.APPLY, Start.OLD_TREE,
            lambda place: _loop(_GIT_APPLY, place.mails_list, place, place.workload.mails),
            _lines_of_progress, "git",
        ),
        Tool(
            "rapidquilt", "`rapidquilt push -a -q -b never`", Task.APPLY, Start.OLD_TREE,
            _rapidquilt, None, "rapidquilt",
        ),
        Tool(
            "git-am", "`git am`", Task.APPLY, Start.OLD_CHECKOUT,
            _am, _number_of_am, "git",
        ),
    )
}  # fmt: skip


def is_installed(tool: Tool) -> bool:
    """Whether a tool can be run here; patchkit is the one beside the running Python."""
    return tool.program == "patchkit" or shutil.which(tool.program) is not None


def is_own(tool: Tool) -> bool:
    """Whether it is patchkit itself."""
    return tool.program == "patchkit"
