"""The speed bench itself: what it makes from a seed, how it counts, and what it writes."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import patchkit
from tests.bench.port_quality.cases import read_series
from tests.bench.port_quality.processes import BenchError, run
from tests.bench.speed.__main__ import as_json, with_earlier
from tests.bench.speed.measuring import measure
from tests.bench.speed.profiling import PHASES, profile_table, read_profile
from tests.bench.speed.running import NOT_INSTALLED, Bench, Timing
from tests.bench.speed.synthetic import (
    CHURN,
    OVERLAP,
    RENAMED,
    Content,
    Ledger,
    Shape,
    SyntheticPatch,
    lines_of,
    new_files,
    old_files,
    patches,
    path_of,
)
from tests.bench.speed.tables import BEGIN, END, Figures, growth, tables, write_figures
from tests.bench.speed.tools import TOOLS, Task
from tests.bench.speed.workloads import (
    STACK,
    UPSTREAM_VARIABLE,
    LeftOut,
    Workload,
    lay_out,
    write_synthetic,
)

SMALL = Shape(files=60, patches=40)
TINY = Shape(files=20, patches=10)
TOUCHING_ALL = 1000


def made(shape: Shape) -> tuple[list[Content], list[SyntheticPatch], list[Content]]:
    """Everything that a shape gives."""
    ledger = Ledger()
    stack = list(patches(shape, ledger))
    return list(old_files(shape)), stack, list(new_files(shape, ledger))


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    """A tiny synthetic workload on disk."""
    folder = tmp_path_factory.mktemp("speed") / "tiny"
    folder.mkdir()
    write_synthetic(TINY, folder)
    return Workload(
        "tiny", "tiny", folder, folder / "series", "old", "new", TINY.patches, TINY.files
    )


def test_the_same_seed_gives_the_same_bytes() -> None:
    """No figure rests on a workload that cannot be made again."""
    assert made(SMALL) == made(SMALL)


def test_another_seed_gives_others() -> None:
    """The seed is not just accepted."""
    assert made(SMALL)[1] != made(replace(SMALL, seed=2))[1]


def test_files_do_not_depend_on_how_many_there_are() -> None:
    """A larger tree is the smaller one with more in it."""
    few, many = old_files(SMALL), old_files(replace(SMALL, files=SMALL.files * 2))
    assert list(few) == list(many)[: SMALL.files]


def test_lengths_are_spread_between_their_bounds() -> None:
    """Short files and long ones, none outside."""
    lengths = [len(lines_of(1, number)) for number in range(500)]
    assert 20 <= min(lengths) < 25
    assert 350 < max(lengths) <= 400


def test_a_stack_has_the_hunks_and_files_that_are_said() -> None:
    """About 2.4 hunks a patch, and 3 % that add a file."""
    shape = Shape(files=400, patches=TOUCHING_ALL)
    _, stack, _ = made(shape)
    hunks = sum(patch.text.count(b"\n@@ ") for patch in stack)
    adding = sum(b"\nnew file mode" in patch.text for patch in stack)
    assert 2.1 < hunks / shape.patches < 2.7
    assert 0.015 < adding / shape.patches < 0.05


def test_upstream_moves_on_as_much_as_is_said() -> None:
    """A fifth of the files is edited, 1 % renamed."""
    shape = Shape(files=1000, patches=20)
    old, _, new = made(shape)
    before, after = dict(old), dict(new)
    kept = before.keys() & after.keys()
    assert len(before) - len(kept) == round(shape.files * RENAMED)
    edited = sum(before[path] != after[path] for path in kept)
    assert CHURN * 0.9 < edited / shape.files < CHURN * 1.1


def test_upstream_keeps_the_lines_that_patches_show_but_for_a_few() -> None:
    """So that most patches go on, and some conflict."""
    ledger = Ledger()
    list(patches(SMALL, ledger))
    new = dict(new_files(SMALL, ledger))
    lost = 0
    for file, shown in ledger.shown.items():
        own = {lines_of(SMALL.seed, file)[line] for line in shown}
        kept = set(new.get(path_of(file), b"".join(own)).splitlines(keepends=True))
        lost += len(own - kept)
    assert 0 < lost <= round(len(ledger.hunks) * OVERLAP)


def test_git_imports_what_gnu_patch_makes_of_the_series(workload: Workload, tmp_path: Path) -> None:
    """The patches apply without fuzz, and the commits say the same."""
    tree = tmp_path / "tree"
    tree.mkdir()
    archive = subprocess.run(
        ["git", "archive", "old"], cwd=workload.repository, capture_output=True, check=True
    )
    subprocess.run(["tar", "x"], cwd=tree, input=archive.stdout, check=True)
    for entry in read_series(workload.series):
        run(["patch", "-p1", "-s", "-F0", "-i", str(workload.series / entry.name)], tree)
    git = ["git", f"--git-dir={workload.repository}", f"--work-tree={tree}"]
    listed = run([*git, "ls-tree", "-r", "--name-only", STACK]).decode().splitlines()
    assert sorted(listed) == sorted(
        str(place.relative_to(tree)) for place in tree.rglob("*") if place.is_file()
    )
    for path in listed:
        assert (tree / path).read_bytes() == run([*git, "cat-file", "blob", f"{STACK}:{path}"])


@pytest.mark.parametrize(
    "name", ["patchkit-rebase", "patchkit-again", "patchkit-apply", "patch", "git-apply",
             "git-am", "git-am-3", "cherry-pick", "git-rebase"],
)  # fmt: skip
def test_each_tool_gets_through(workload: Workload, name: str) -> None:
    """Every tool that needs no more than git and patch, from a fresh state."""
    with Bench(workload, limit=60) as bench:
        timing = bench.time(TOOLS[name])
    assert timing.trouble == ""
    assert timing.done == timing.patches == TINY.patches
    assert timing.runs == 3
    assert timing.memory > 500


def test_a_tool_that_leaves_another_tree_is_found_out(workload: Workload) -> None:
    """Doing nothing is fast."""
    idle = replace(TOOLS["patch"], command=lambda _: ("true",))
    with Bench(workload, limit=60) as bench:
        assert bench.time(idle).trouble == "leaves another tree than the stack's"


def test_a_tool_that_fails_has_no_figure(workload: Workload) -> None:
    """What it said is told instead."""
    broken = replace(TOOLS["patch"], command=lambda _: ("sh", "-c", "echo no; exit 9"))
    with Bench(workload, limit=60) as bench:
        assert bench.time(broken).trouble == "ends with 9 after 0 patches: no"


def test_a_tool_that_is_not_there_is_said_to_be(workload: Workload) -> None:
    """The run goes on without it."""
    missing = replace(TOOLS["patch"], program="no-such-program")
    with Bench(workload, limit=60) as bench:
        assert bench.time(missing).trouble == NOT_INSTALLED


def test_a_run_over_its_limit_is_scaled(workload: Workload) -> None:
    """By the patches that it is through with."""
    slow = replace(
        TOOLS["patch"],
        command=lambda place: ("sh", "-c", f"printf '1\\n2\\n' >{place.progress}; sleep 60"),
    )
    with Bench(workload, limit=1) as bench:
        timing = bench.time(slow)
    assert timing.was_cut
    assert timing.done == 2
    assert timing.whole == timing.wall * TINY.patches / 2


def test_the_memory_is_that_of_the_largest_process(tmp_path: Path) -> None:
    """A child's own, and not that of this process."""
    taken = measure(
        ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1"], tmp_path, tmp_path, None, {}
    )
    assert 64 << 10 < taken.memory < 80 << 10
    small = measure(["sh", "-c", "exit 3"], tmp_path, tmp_path, None, {})
    assert small.memory < 16 << 10
    assert small.exit_code == 3


def test_kata_without_a_repository_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason names the variable."""
    monkeypatch.delenv(UPSTREAM_VARIABLE, raising=False)
    with pytest.raises(LeftOut, match=UPSTREAM_VARIABLE):
        lay_out("kata", tmp_path)


def timing(tool: str, workload: str, wall: float, patches: int, done: int | None = None) -> Timing:
    """A timing whose CPU time is half of the wall time."""
    return Timing(
        tool, workload, patches, 3, wall, wall / 2, 2048, patches if done is None else done
    )


def figures(*timings: Timing) -> Figures:
    """Figures of a run with these timings."""
    names = dict.fromkeys(timing.workload for timing in timings)
    here = Path()
    workloads = [Workload(name, f"the {name}", here, here, "1", "2", 100, 5000) for name in names]
    return Figures({"CPU": "slow"}, "python -m tests.bench.speed run", workloads, timings, 0.05)


def test_tables_have_ratios_and_mark_what_was_scaled() -> None:
    """And say what failed, and what was not there."""
    text = tables(
        figures(
            timing("patchkit-rebase", "5k-100", 0.5, 100),
            timing("cherry-pick", "5k-100", 2.0, 100, done=10),
            timing("quilt", "5k-100", 5.0, 100),
            replace(timing("patch", "5k-100", 1.0, 100), trouble="it\nbroke"),
            Timing("rapidquilt", "5k-100", 100, trouble=NOT_INSTALLED),
        )
    )
    assert "| 5k-100 | the 5k-100 | 100 | 5,000 |\n" in text
    assert "| `git cherry-pick` loop | ~ 20.0 |\n" in text
    assert "| `git cherry-pick` loop | ~ 40.0 |\n" in text
    assert "| `quilt push -a -q` | 10.0 |\n" in text
    assert "| `patch` loop | fails |\n" in text
    assert "- `patch` loop on 5k-100: it broke\n" in text
    assert f"| {TOOLS['rapidquilt'].title} | {NOT_INSTALLED} |\n" in text
    assert "`patchkit --version`: 50 ms" in text


def test_growth_is_by_patches_and_files() -> None:
    """Seconds for 1,000 patches, and the ratio of the two trees."""
    text = growth(
        figures(
            timing("patchkit-rebase", "5k-1000", 4.0, 1000),
            timing("patchkit-rebase", "50k-1000", 5.0, 1000),
            timing("patchkit-rebase", "50k-10000", 30.0, 10000),
        )
    )
    assert "| 1,000 | 4.00 | 5.00 | 1.25 |\n" in text
    assert "| 10,000 |  | 3.00 |  |\n" in text


def test_the_figures_of_an_earlier_run_are_shown_as_well() -> None:
    """In the usual order of the cases, with both commands; what is measured again goes before. Not
    those of another machine."""
    now = figures(timing("quilt", "ppp", 1.0, 13))
    earlier = replace(figures(timing("quilt", "5k-100", 5.0, 100)), command="earlier")
    both = with_earlier(now, json.loads(as_json(earlier)))
    assert ["ppp", "5k-100"] == [one.name for one in both.workloads]
    assert {1.0, 5.0} == {one.wall for one in both.timings}
    assert f"```sh\nearlier\n{now.command}\n```\n" in tables(both)
    again = figures(timing("quilt", "ppp", 2.0, 13))
    all_of_them = tables(with_earlier(again, json.loads(as_json(both))))
    assert f"```sh\nearlier\n{now.command}\n```\n" in all_of_them
    assert "| 2.00 | 5.00 |" in all_of_them
    with pytest.raises(BenchError, match="another machine"):
        with_earlier(now, {**json.loads(as_json(earlier)), "machine": {"CPU": "another"}})


def test_figures_go_between_the_marks(tmp_path: Path) -> None:
    """What is written by hand stays."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nstale\n{END}\nafter\n")
    write_figures(page, figures(timing("quilt", "ppp", 1.0, 13)))
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n\n### Machine\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "stale" not in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    """There is no place to write to."""
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(BenchError, match="not marked"):
        write_figures(page, figures(timing("quilt", "ppp", 1.0, 13)))
    assert page.read_text() == "nothing\n"


def test_every_tool_is_of_a_task() -> None:
    """Both tasks have tools."""
    assert {tool.task for tool in TOOLS.values()} == set(Task)


SAMPLES = """\
<module> (patchkit/__main__.py:6);port_stack (patchkit/engine/rebasing.py:67);modify (a/b.py:1) 50
<module> (patchkit/__main__.py:6);port_stack (patchkit/engine/rebasing.py:67);x (engine/y.py:3);\
modify (patchkit/engine/modifying.py:9) 100
<module> (patchkit/__main__.py:6);ProofInStages.finish (patchkit/proof/stages.py:131) 25
<module> (patchkit/__main__.py:3) 20
<module> (patchkit/__main__.py:6);GitTree.prefetch (patchkit/sources/gittree.py:3) 5
Thread._bootstrap (threading.py:1002);finish (patchkit/proof/stages.py:131) 1000
"""


def test_samples_are_counted_by_phase() -> None:
    """Those of the main thread; a part counts for the whole that it is in as well."""
    profile = read_profile("tiny", SAMPLES)
    assert 200 == profile.total
    counts = {phase.function: count for phase, count in profile.of_phase.items()}
    assert {"port_stack": 150, "modify": 100, "finish": 25} == counts
    rows = [line.strip("| ").split(" | ") for line in profile_table([profile]).splitlines()]
    shown = dict(row for row in rows if len(row) == 2)
    assert "2.00 s" == shown["main thread"]
    assert "1.50 s, 75 %" == shown["porting"]
    assert "1.00 s, 50 %" == shown["… merging"]
    assert "0.25 s, 12 %" == shown["start-up and the rest"]


def test_the_phases_are_functions_of_patchkit() -> None:
    """Whoever renames one has to rename it here."""
    source = Path(patchkit.__file__).parent
    for phase in PHASES:
        assert f"def {phase.function}(" in (source / phase.file).read_text("utf-8"), phase
