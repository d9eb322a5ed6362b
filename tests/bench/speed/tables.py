"""The timings as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.marked import write_marked
from tests.bench.speed.machine import STARTS
from tests.bench.speed.running import NOT_INSTALLED, Timing
from tests.bench.speed.tools import TOOLS, Task
from tests.bench.speed.workloads import Workload, synthetic_shapes

BEGIN = "<!-- figures: begin; written by speed -->"
END = "<!-- figures: end -->"
_NEW_PAGE = f"# Performance\n\n{BEGIN}\n{END}\n"
_REBASE = "patchkit-rebase"
_AGAIN = "patchkit-again"
_APPLY = "patchkit-apply"
_KIB_A_MIB = 1024
_MARK_OF_CUT = "~ "


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one run found out. `start_up` is in seconds; `left_out` says which workloads
    could not be had."""

    machine: Mapping[str, str]
    command: str
    workloads: Sequence[Workload]
    timings: Sequence[Timing]
    start_up: float
    left_out: Sequence[str] = ()

    def find(self, tool: str, workload: str) -> Timing | None:
        """The timing of a tool that has a figure, None where there is none."""
        for timing in self.timings:
            if (timing.tool, timing.workload) == (tool, workload) and timing.runs:
                return None if _is_void(timing) else timing
        return None


def write_figures(file: Path, figures: Figures) -> None:
    """Put the tables between the marks in a Markdown file, or into a new one.

    Raises `BenchError` when the file has no such marks.
    """
    write_marked(file, BEGIN, END, f"{tables(figures)}\n", _NEW_PAGE)


def tables(figures: Figures) -> str:
    """All tables."""
    parts = [
        _section("Machine", _machine(figures)),
        _section("Cases", _cases(figures)),
        _section("Wall time, seconds", _grid(figures, _wall)),
        _section("Times that of `patchkit rebase`", _ratios(figures, _REBASE, _rivals_of_rebase())),
        _section("Times that of `patchkit apply`", _ratios(figures, _APPLY, _rivals_of_apply())),
        _section("Patches and files", growth(figures)),
        _section("CPU time (user and system), seconds", _grid(figures, _cpu)),
        _section("Peak memory of the largest process, MiB", _grid(figures, _memory)),
    ]
    notes = "".join(f"- {note}\n" for note in _notes(figures))
    return "\n".join(part for part in (*parts, _start_up(figures), notes) if part)


def _section(title: str, body: str) -> str:
    return f"### {title}\n\n{body}" if body else ""


def _machine(figures: Figures) -> str:
    rows = list(figures.machine.items())
    command = f"\n<!-- not run: measures for hours -->\n```sh\n{figures.command}\n```\n"
    return _table(("what", "which"), rows) + command


def _cases(figures: Figures) -> str:
    rows = [
        [one.name, one.title, f"{one.patches:,}", f"{one.files:,}"] for one in figures.workloads
    ]
    return _table(("name", "case", "patches", "files of the old version"), rows)


def _start_up(figures: Figures) -> str:
    taken = f"{1000 * figures.start_up:.0f} ms, the median of {STARTS} runs"
    return f"### Start-up\n\n`patchkit --version`: {taken}.\n"


def _grid(figures: Figures, shown: Callable[[Timing], str]) -> str:
    """A row a tool, a column a workload."""
    rows = []
    for name, tool in TOOLS.items():
        cells = [_cell(figures, name, workload.name, shown) for workload in figures.workloads]
        if any(cells):
            rows.append([tool.title, *cells])
    return _table(("tool", *(workload.name for workload in figures.workloads)), rows)


def _cell(figures: Figures, tool: str, workload: str, shown: Callable[[Timing], str]) -> str:
    for timing in figures.timings:
        if (timing.tool, timing.workload) == (tool, workload):
            if timing.trouble == NOT_INSTALLED:
                return NOT_INSTALLED
            return "fails" if _is_void(timing) else shown(timing)
    return ""


def _is_void(timing: Timing) -> bool:
    """Whether a tool did not get through for a reason other than the time limit."""
    return bool(timing.trouble)


def _wall(timing: Timing) -> str:
    return _scaled(timing, timing.whole)


def _cpu(timing: Timing) -> str:
    # The time of programs that were ended with the tool is nobody's.
    is_known = not timing.was_cut or timing.cpu > 0
    return _scaled(timing, timing.whole_cpu) if is_known else ""


def _memory(timing: Timing) -> str:
    return f"{timing.memory / _KIB_A_MIB:.0f}"


def _scaled(timing: Timing, seconds: float) -> str:
    return f"{_MARK_OF_CUT if timing.was_cut else ''}{_three_digits(seconds)}"


def _three_digits(number: float) -> str:
    """A number as exact as is sensible."""
    for limit, digits in ((1, 3), (10, 2), (100, 1)):
        if number < limit:
            return f"{number:.{digits}f}"
    return f"{number:.0f}"


def _rivals_of_rebase() -> Iterator[str]:
    yield from (name for name, tool in TOOLS.items() if tool.task is Task.PORT and name != _REBASE)
    yield "quilt"


def _rivals_of_apply() -> Iterator[str]:
    yield from (name for name, tool in TOOLS.items() if tool.task is Task.APPLY and name != _APPLY)


def _ratios(figures: Figures, own: str, rivals: Iterable[str]) -> str:
    """How many times as long as one of patchkit's commands the other tools take."""
    measured = {workload.name: figures.find(own, workload.name) for workload in figures.workloads}
    if not any(measured.values()):
        return ""
    rows = []
    for rival in rivals:
        cells = []
        for workload in figures.workloads:
            ours, theirs = measured[workload.name], figures.find(rival, workload.name)
            if ours is None or theirs is None:
                cells.append("")
                continue
            mark = _MARK_OF_CUT if theirs.was_cut else ""
            cells.append(f"{mark}{_three_digits(theirs.whole / ours.wall)}")
        if any(cells):
            rows.append([TOOLS[rival].title, *cells])
    return _table(("tool", *(workload.name for workload in figures.workloads)), rows)


def growth(figures: Figures) -> str:
    """What `patchkit rebase` takes for 1,000 patches, by the number of patches and of files."""
    found: dict[int, dict[int, float]] = {}
    for name, shape in synthetic_shapes().items():
        timing = figures.find(_REBASE, name)
        if timing is not None:
            found.setdefault(shape.patches, {})[shape.files] = 1000 * timing.wall / shape.patches
    sizes = sorted({files for row in found.values() for files in row})
    rows = []
    for patches, row in sorted(found.items()):
        cells = [_three_digits(row[files]) if files in row else "" for files in sizes]
        both = [row[files] for files in sizes if files in row]
        ratio = _three_digits(both[-1] / both[0]) if len(both) == len(sizes) > 1 else ""
        rows.append([f"{patches:,}", *cells, ratio])
    titles = [f"s per 1,000, {files:,} files" for files in sizes]
    return _table(("patches", *titles, "most to fewest files"), rows) if rows else ""


def _notes(figures: Figures) -> Iterator[str]:
    yield from figures.left_out
    for timing in figures.timings:
        if timing.trouble and timing.trouble != NOT_INSTALLED:
            told = " ".join(timing.trouble.split())
            yield f"{TOOLS[timing.tool].title} on {timing.workload}: {told}"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
