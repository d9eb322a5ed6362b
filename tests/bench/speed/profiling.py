"""Where the time of a rebase goes, as py-spy samples its main thread."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.marked import write_marked
from tests.bench.port_quality.processes import BenchError
from tests.bench.port_quality.processes import run as run_process
from tests.bench.speed.tools import TOOLS, Place
from tests.bench.speed.workloads import Workload

BEGIN = "<!-- profile: begin; written by speed -->"
END = "<!-- profile: end -->"
RATE = 100
"""Samples a second: few enough not to slow down what is sampled."""
_FRAME = re.compile(r"(?:[\w.<>]*\.)?(\w+) \((\S+):\d+\)")
_THREAD = "_bootstrap (threading.py"
_NEW_PAGE = f"# Profile\n\n{BEGIN}\n{END}\n"


@dataclass(frozen=True, slots=True)
class Phase:
    """What is going on while a function is on the stack; `depth` is 1 for a part of the one above
    it."""

    title: str
    function: str
    file: str
    depth: int = 0


PHASES = (
    Phase("reading the stack", "load_stack", "workspace/loading.py"),
    Phase("looking for an earlier port", "key_of", "jobs/identity.py"),
    Phase("porting", "port_stack", "engine/rebasing.py"),
    Phase("what upstream has of a patch", "claim_of", "engine/absorbing.py", 1),
    Phase("merging", "modify", "engine/modifying.py", 1),
    Phase("looking for code that moved", "with_moved_code", "engine/relocating.py", 1),
    Phase("upstream's commits", "commit_that_has", "engine/absorbing.py", 1),
    Phase("listing the trees, reading files ahead", "prefetch", "sources/gittree.py", 1),
    Phase("dependencies", "dependencies", "engine/dependencies.py"),
    Phase("upstream's history", "explained", "jobs/histories.py"),
    Phase("siblings", "_compared", "jobs/making.py"),
    Phase("old stack against new", "compare_with_port", "jobs/diff.py"),
    Phase("reports", "planned_outputs", "jobs/outputs.py"),
    Phase("waiting for the proof", "finish", "proof/stages.py"),
    Phase("writing", "write_outputs", "workspace/writing.py"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Samples of the main thread: all, and those in each phase."""

    workload: str
    total: int
    of_phase: Mapping[Phase, int]


def profile(workload: Workload) -> Profile:
    """Sample a rebase. Raises `BenchError` where py-spy is missing or fails."""
    sampler = shutil.which("py-spy", path=Path(sys.executable).parent) or shutil.which("py-spy")
    if sampler is None:
        raise BenchError("py-spy: not installed.", "pip install py-spy")
    with TemporaryDirectory(prefix="speed-") as scratch:
        folder = Path(scratch)
        place = Place(workload, folder, folder / "out", folder / "-", folder / "-", folder / "-")
        _, *arguments = TOOLS["patchkit-rebase"].command(place)
        samples = folder / "samples"
        command = [sys.executable, "-m", "patchkit", *arguments]
        run_process(
            [
                *("env", "-u", "PYTHONDONTWRITEBYTECODE", f"XDG_CACHE_HOME={folder / 'cache'}"),
                *(sampler, "record", "--idle", "--rate", str(RATE), "--format", "raw"),
                *("--output", str(samples), "--", *command),
            ],
            workload.folder,
        )
        return read_profile(workload.name, samples.read_text("utf-8"))


def read_profile(workload: str, text: str) -> Profile:
    """The samples in py-spy's raw format: a line a stack, with the frames from the outermost on,
    and how often it was met."""
    total = 0
    of_phase: Counter[Phase] = Counter()
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        if _THREAD in stack.partition(";")[0]:
            continue
        total += int(count)
        frames = [found.groups() for found in map(_FRAME.fullmatch, stack.split(";")) if found]
        is_in_whole = False
        for phase in PHASES:
            is_on = any(
                name == phase.function and file.endswith(phase.file) for name, file in frames
            )
            if not phase.depth:
                is_in_whole = is_on
            if is_on and is_in_whole:
                of_phase[phase] += int(count)
    return Profile(workload, total, of_phase)


def profile_table(profiles: Sequence[Profile]) -> str:
    """A row a phase, a column a case: seconds, and the share of the whole."""
    rows = [["main thread", *(f"{one.total / RATE:.2f} s" for one in profiles)]]
    for phase in PHASES:
        title = f"… {phase.title}" if phase.depth else phase.title
        rows.append([title, *(_share(one, phase) for one in profiles)])
    rest = "start-up and the rest"
    rows.append([rest, *(_cell(_rest_of(one), one.total) for one in profiles)])
    heads = ["while", *(one.workload for one in profiles)]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write_profiles(file: Path, command: str, profiles: Iterable[Profile]) -> None:
    """Put the table between the marks in a Markdown file, or into a new one. Raises `BenchError`
    when the file has no such marks."""
    shown = f"\n<!-- not run: needs py-spy -->\n```sh\n{command}\n```\n\n"
    write_marked(file, BEGIN, END, f"{shown}{profile_table(list(profiles))}\n", _NEW_PAGE)


def _share(one: Profile, phase: Phase) -> str:
    return _cell(one.of_phase.get(phase, 0), one.total)


def _rest_of(one: Profile) -> int:
    return one.total - sum(count for phase, count in one.of_phase.items() if not phase.depth)


def _cell(count: int, total: int) -> str:
    return f"{count / RATE:.2f} s, {100 * count / total:.0f} %" if count else ""
