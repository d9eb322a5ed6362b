"""`patchkit deps`: which patch needs which; `patchkit rebase --only`: what follows from it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.cli.demo import OLD, PORTED, SHIFTED, Demo, diff
from tests.cli.folders import names_in, state_of
from tests.cli.running import Run, assert_done, assert_refused, run

UTIL = OLD[b"util.c"].content
AFTER_SHIFTED = UTIL.replace(b"util 20\n", b"our twenty\n")
BUILDS_ON_IT = diff("util.c", AFTER_SHIFTED, AFTER_SHIFTED.replace(b"our twenty\n", b"our score\n"))
NEXT_TO_IT = diff("util.c", AFTER_SHIFTED, AFTER_SHIFTED.replace(b"util 22\n", b"22 of ours\n"))


@pytest.fixture
def bound(clean_demo: Demo) -> Demo:
    """The made project with a patch that builds on the first one."""
    clean_demo.put("0004-util-more.patch", BUILDS_ON_IT)
    return clean_demo


def deps(demo: Demo, *options: str) -> Run:
    """Ask for the dependencies of the stack on version 1.0."""
    return run(
        *("deps", "--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream), *options
    )


def test_the_text(bound: Demo) -> None:
    """Per patch: what it needs, what needs it, and what can be done with it."""
    done = deps(bound)
    assert_done(done)
    first, new, notes, last, figures = done.stdout.rstrip("\n").split("\n\n")
    assert [
        "0001-util.patch",
        "  needed by 0004-util-more.patch (lines: util.c)",
        "  dropped, it takes 1 patch with it",
        "  can be ported alone",
        "  can be moved anywhere before 0004-util-more.patch",
    ] == first.splitlines()
    assert (
        [
            "  can be dropped alone",
            "  can be ported alone",
            "  can be moved anywhere",
        ]
        == new.splitlines()[1:]
        == notes.splitlines()[1:]
    )
    assert [
        "0004-util-more.patch",
        "  needs 0001-util.patch (lines: util.c)",
        "  can be dropped alone",
        "  ported alone, it takes 1 patch with it",
        "  can be moved anywhere behind 0001-util.patch",
    ] == last.splitlines()
    assert "4 patches, 1 need; 2 neither need one nor are needed." == figures


def test_some_patches(bound: Demo) -> None:
    """Patches are named whole, or by a beginning that no other has."""
    done = deps(bound, "0004", "0002-new.patch")
    assert_done(done)
    assert ["0002-new.patch", "0004-util-more.patch"] == re.findall(
        r"^\S+\.patch$", done.stdout, re.MULTILINE
    )


def test_json(bound: Demo) -> None:
    """The same for programs, by either option."""
    done = deps(bound, "--format", "json", "0004")
    assert_done(done)
    document = json.loads(done.stdout)
    assert ("patchkit-deps/1", []) == (document["schema"], document["warnings"])
    assert [
        {
            "name": "0004-util-more.patch",
            "is_known_whole": True,
            "needs": [
                {
                    "patch": "0001-util.patch",
                    "reasons": [{"kind": "lines", "file": "util.c"}],
                }
            ],
            "needed_by": [],
            "stays_behind": [],
            "ported_with": ["0001-util.patch"],
            "dropped_with": [],
            "last_before": "0001-util.patch",
            "first_behind": None,
        }
    ] == document["patches"]
    assert done == deps(bound, "--json", "0004")


def test_dot(bound: Demo) -> None:
    """Graphviz reads the graph, where it is installed; an arrow leads to what is needed."""
    done = deps(bound, "--format", "dot")
    assert_done(done)
    assert '"0004-util-more.patch" -> "0001-util.patch" [label="lines"];' in done.stdout
    assert '  "0002-new.patch";' in done.stdout
    if shutil.which("dot"):
        subprocess.run(
            ["dot", "-Tsvg"], input=done.stdout.encode(), check=True, capture_output=True
        )


def test_mermaid_of_some(bound: Demo) -> None:
    """A graph of some patches has what they need and what needs them, and no other."""
    done = deps(bound, "--format", "mermaid", "0001")
    assert_done(done)
    assert [
        "graph BT",
        '  p1["0001-util.patch"]',
        '  p2["0004-util-more.patch"]',
        "  p2 -->|lines| p1",
    ] == done.stdout.splitlines()


def test_names_that_would_break_a_graph(bound: Demo) -> None:
    """Quotes and brackets of a name end neither a label nor a node."""
    name = '0005-"a]\\.patch'
    bound.put(name, diff("new2.txt", None, b"one\n"))
    assert '  "0005-\\"a]\\\\.patch";' in deps(bound, "--format", "dot").stdout
    assert '["0005-#34;a#93;#92;.patch"]' in deps(bound, "--format", "mermaid").stdout


def test_a_patch_that_does_not_apply(bound: Demo) -> None:
    """It is named, and the exit code says that not all is known."""
    bound.put("0005-lost.patch", diff("util.c", b"nowhere\n", b"lost\n"))
    done = deps(bound, "0005")
    assert (1, "") == (done.exit_code, done.stderr)
    assert "does not apply to its own version" in done.stdout


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("000", "4 patches begin like this: 0001-util.patch, "),
        ("0001-utli.patch", "Did you mean 0001-util.patch?"),
        ("", "no such patch"),
        ("0009-guarded.patch", "no flag selects this patch"),
    ],
)
def test_names_that_are_not_clear(bound: Demo, word: str, said: str) -> None:
    """What is meant by no patch, or by several, is refused."""
    bound.put("0009-guarded.patch", PORTED["0002-new.patch"])
    series = bound.stack / "series.conf"
    series.write_text(series.read_text().replace("0009", "+x 0009"))
    assert_refused(deps(bound, word), said)


# --- rebase --only ----------------------------------------------------------------------


def test_only_ports_what_is_needed(bound: Demo) -> None:
    """The patch and what it needs are ported; the other lines of the series say why they are
    not, and their files are not there."""
    done = bound.rebase("--only", "0004")
    assert_done(done)
    assert ["0001-util.patch", "0004-util-more.patch"] == names_in(bound.out / "patches")
    assert [
        "# The patches of demo.",
        "0001-util.patch",
        "# patchkit: not ported, left out by --only: 0002-new.patch",
        "# patchkit: not ported, left out by --only: 0003-notes.patch",
        "0004-util-more.patch",
    ] == (bound.out / "series.conf").read_text().splitlines()
    report = (bound.out / "report.txt").read_text()
    assert "Only 2 of 4 patches are ported (--only)" in report
    assert "0004-util-more.patch needs it (lines in util.c)" in " ".join(report.split())
    check = run("check", "--stack", bound.out, "--tree", bound.upstream / "2.0")
    assert_done(check)
    assert "All 2 patches apply exactly" in check.stdout
    before = state_of(bound.out)
    assert "Nothing changed" in bound.rebase("--only", "0004").stdout
    assert before == state_of(bound.out)


def test_only_leaves_a_conflict_out(demo: Demo) -> None:
    """What conflicts elsewhere in the stack does not matter."""
    demo.put("0001-util.patch", SHIFTED)
    done = demo.rebase("--only", "0001", "--only", "0003-notes.patch")
    assert_done(done)
    assert ["0001-util.patch", "0003-notes.patch"] == names_in(demo.out / "patches")


def test_only_ports_without_unneeded_neighbours(clean_demo: Demo) -> None:
    """A patch whose context another one wrote brings it along."""
    clean_demo.put("0004-near.patch", NEXT_TO_IT)
    assert_done(clean_demo.rebase("--only", "0004"))
    assert ["0001-util.patch", "0004-near.patch"] == names_in(clean_demo.out / "patches")


def test_only_needs_a_folder_of_its_own(bound: Demo) -> None:
    """Neither the place of a whole port nor a folder that has more patches is written to."""
    command = ("rebase", "--from", "1.0", "--to", "2.0", "--stack", bound.stack)
    done = run(*command, "--upstream", bound.upstream, "--only", "0001")
    assert_refused(done, "needs a folder of its own", "--out")
    assert_done(bound.rebase())
    before = state_of(bound.out)
    assert_refused(bound.rebase("--only", "0001"), "holds a port of more patches", "0002-new.patch")
    assert before == state_of(bound.out)
    assert_refused(bound.rebase("--only", "0007"), "no such patch")


def test_a_whole_port_after_a_part(bound: Demo) -> None:
    """The folder of a part may become that of the whole."""
    assert_done(bound.rebase("--only", "0001"))
    assert_done(bound.rebase())
    assert 4 == len(names_in(bound.out / "patches"))
