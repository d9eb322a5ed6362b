"""The jobs as a library: what a plan promises."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import patchkit
from patchkit import (
    Overwrite,
    PatchkitError,
    Status,
    check,
    find_project,
    plan_apply,
    plan_rebase,
    plan_refresh,
    show_stack,
    source_tree,
)
from patchkit.errors import OutputError
from tests.cli.demo import HELD, OLD, Demo, make_demo
from tests.cli.folders import contents_of, state_of
from tests.sources.made import write_files


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """The made project; one patch of its stack conflicts."""
    return make_demo(tmp_path, HELD)


def test_every_public_name_is_there() -> None:
    """`from patchkit import NAME` works for every name that it lists, and for no other."""
    for name in patchkit.__all__:
        assert getattr(patchkit, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = patchkit.nonsense


def test_a_plan_writes_nothing(demo: Demo) -> None:
    """Planning a port touches neither the stack nor the output; the report is complete."""
    before = state_of(demo.root)
    plan = plan_rebase(
        find_project(demo.stack), "1.0", "2.0", upstream=str(demo.upstream), out=demo.out
    )
    assert before == state_of(demo.root)
    statuses = [patch.status for patch in plan.report.patches]
    assert [Status.SHIFTED, Status.UNCHANGED, Status.UNCHANGED, Status.CONFLICTED] == statuses
    assert (1, demo.out) == (plan.report.exit_code, plan.folder)
    written = plan.write()
    assert tuple(output.path for output in plan.outputs) == written.created
    assert {output.path: output.content for output in plan.outputs} == contents_of(demo.out)
    assert plan.write().is_unchanged


def test_the_report_knows_what_was_written(demo: Demo) -> None:
    """report.json has the digest of every other file, as the file is."""
    project = find_project(demo.stack)
    plan = plan_rebase(project, "1.0", "2.0", upstream=str(demo.upstream), out=demo.out)
    plan.write()
    files = dict(contents_of(demo.out))
    recorded = {
        output["path"]: output["sha256"] for output in json.loads(files["report.json"])["outputs"]
    }
    del files["report.json"]
    assert recorded == plan.digests
    assert recorded == {path: hashlib.sha256(raw).hexdigest() for path, raw in files.items()}


def test_overwriting(demo: Demo) -> None:
    """An edited output is refused unless the caller says otherwise."""
    project = find_project(demo.stack)
    plan = plan_rebase(project, "1.0", "2.0", upstream=str(demo.upstream), out=demo.out)
    plan.write()
    edited = demo.out / "patches/0001-util.patch"
    edited.write_bytes(b"mine\n")
    with pytest.raises(OutputError, match=r"patches/0001-util\.patch.*--force"):
        plan.write()
    assert ("patches/0001-util.patch",) == plan.write(Overwrite.FORCE).changed


def test_the_watcher_hears_of_every_patch(demo: Demo) -> None:
    """Whoever watches is told number and name of each patch, in order."""
    heard: list[tuple[int, str]] = []
    plan_rebase(
        find_project(demo.stack),
        "1.0",
        "2.0",
        upstream=str(demo.upstream),
        watch=lambda number, name: heard.append((number, name)),
    )
    assert list(enumerate(HELD, 1)) == heard


def test_check_refresh_and_show(demo: Demo) -> None:
    """The other jobs on the same stack."""
    project = find_project(demo.stack)
    with source_tree(project, "1.0", upstream=str(demo.upstream)) as tree:
        result = check(project, "1.0", tree)
        plan = plan_refresh(project, "1.0", tree)
    assert (0, list(HELD)) == (result.exit_code, [patch.name for patch in result.patches])
    assert (0, ["apply-patches"]) == (plan.exit_code, [output.path for output in plan.outputs])
    shown = show_stack(project, "1.0")
    assert list(HELD) == [patch.name for patch in shown.patches]


def test_apply(demo: Demo) -> None:
    """A plan to apply has every file that changes; writing it changes just those."""
    tree = write_files(demo.root / "tree", OLD)
    before = state_of(tree)
    plan = plan_apply(find_project(demo.stack), "1.0", tree)
    assert before == state_of(tree)
    assert {"util.c", "new.txt", "docs/notes.txt", "main.c"} == {one.path for one in plan.outputs}
    written = plan.write()
    assert (("new.txt",), ()) == (written.created, written.removed)
    assert 1 == plan_apply(find_project(demo.stack), "1.0", tree).exit_code


def test_errors_are_of_one_family(tmp_path: Path) -> None:
    """Whoever uses the library has one thing to catch, with hints to show."""
    project = find_project(tmp_path / "nowhere-1.0")
    with pytest.raises(PatchkitError, match=r"nowhere-1\.0: no such folder") as caught:
        plan_rebase(project, "1.0", "2.0")
    assert 2 == caught.value.exit_code
