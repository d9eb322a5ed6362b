"""What a report says of the two stacks: the very same as `deps` and `diff` say of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from patchkit.jobs.deps import find_dependencies
from patchkit.jobs.diff import diff_stacks
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.project import Project, find_project
from patchkit.jobs.rebase import Overwrite, RebasePlan, plan_rebase
from patchkit.jobs.report import saved_report
from patchkit.model.report import Report
from patchkit.model.stackdiff import StackComparison
from patchkit.render.html import report_html
from tests.cli.demo import OLD, Demo, diff, make_demo, numbered

_MANY = numbered("made", 90)


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """A stack of which one patch needs another, one is held, and one makes a long file that
    upstream has otherwise."""
    util = OLD[b"util.c"].content
    twenty = util.replace(b"util 20\n", b"our twenty\n")
    main = OLD[b"main.c"].content
    demo = make_demo(
        tmp_path,
        {
            "0001-util.patch": diff("util.c", util, twenty),
            "0002-again.patch": diff("util.c", twenty, twenty.replace(b"our t", b"our own t")),
            "0003-main.patch": diff("main.c", main, main.replace(b"main 10\n", b"our ten\n")),
            "0004-made.patch": diff("made.txt", None, _MANY) + diff("b.txt", None, b"b\n"),
        },
    )
    (demo.upstream / "2.0" / "made.txt").write_bytes(numbered("other", 90))
    return demo


def _planned(demo: Demo, *only: str) -> RebasePlan:
    return plan_rebase(
        _project(demo), "1.0", "2.0", upstream=str(demo.upstream), out=demo.out, only=only
    )


def _project(demo: Demo) -> Project:
    return find_project(demo.stack)


def _without_hunks_of_one_side(found: StackComparison) -> StackComparison:
    patches = (
        replace(
            patch,
            files=tuple(
                replace(one, hunks=()) if None in (one.old, one.new) else one for one in patch.files
            ),
        )
        for patch in found.patches
    )
    return replace(found, old="", new="", patches=tuple(patches))


def _comparison(report: Report) -> StackComparison:
    assert report.comparison is not None
    return report.comparison


def test_the_comparison_is_that_of_diff(demo: Demo) -> None:
    """Of the stack with the port as it was written, but that a long file which only one of two
    patches has is not repeated."""
    plan = _planned(demo)
    plan.write()
    found = diff_stacks(str(demo.stack), str(demo.out)).comparison
    told = _comparison(plan.report)
    assert _without_hunks_of_one_side(found) == _without_hunks_of_one_side(told)
    assert ("1.0", "2.0") == (told.old, told.new)
    files = {one.old: one for patch in told.patches for one in patch.files}
    (whole,) = [one for patch in found.patches for one in patch.files if one.old == b"made.txt"]
    assert (90, ()) == (sum(len(hunk.lines) for hunk in whole.hunks), files[b"made.txt"].hunks)


def test_the_dependencies_are_those_of_deps(demo: Demo) -> None:
    """Of the whole stack; of a part of it, those among the patches that are ported."""
    project = _project(demo)
    with source_tree(project, "1.0", upstream=str(demo.upstream)) as tree:
        found = find_dependencies(project, "1.0", tree).dependencies
    whole = _planned(demo).report.dependencies
    assert found == whole
    assert [("0002-again.patch", "0001-util.patch")] == [(one.patch, one.to) for one in found.bonds]
    part = _planned(demo, "0002").report
    assert found.among(["0001-util.patch", "0002-again.patch"]) == part.dependencies
    assert ["0001-util.patch", "0002-again.patch"] == [
        patch.name for patch in _comparison(part).patches
    ]


def test_a_saved_report_says_the_same(demo: Demo) -> None:
    """Read again it is the same value, and so gives the same page."""
    plan = _planned(demo)
    plan.write(Overwrite.FORCE)
    saved = saved_report(demo.out).report
    assert plan.report == saved
    assert report_html(plan.report) == report_html(saved)
