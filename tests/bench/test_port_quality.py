"""The yardstick itself: what it reads, what it counts as right, and a small case for each tool."""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bench.port_quality.cases import (
    Case,
    Entry,
    Prepared,
    load_prepared,
    read_cases,
    read_series,
    save_prepared,
)
from tests.bench.port_quality.debian import nearest_version, prepare, source_package
from tests.bench.port_quality.documents import BEGIN, END, as_json, write_figures
from tests.bench.port_quality.own import PATCHKIT, port_with_patchkit
from tests.bench.port_quality.processes import BenchError
from tests.bench.port_quality.results import (
    Outcome,
    PatchResult,
    PortResult,
    load_result,
    save_result,
)
from tests.bench.port_quality.scoring import (
    Change,
    Verdict,
    changes_of,
    find_truths,
    is_same,
    likeness,
    score,
)
from tests.bench.port_quality.stock import STOCK_TOOLS, port_with_stock_tool
from tests.bench.port_quality.tables import not_right, tables

CASE = Case("pears", "1.0-1", "2.0-1", "development")
NUMBERS = "".join(f"line {number}\n" for number in range(1, 41))


def diff(old: str, new: str, path: str = "a.txt") -> str:
    """A patch that makes one text of another."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(lines)


def edit(text: str, **lines: str) -> str:
    """A text with other lines: `l3="x"` for the third."""
    found = text.splitlines()
    for number, line in lines.items():
        found[int(number[1:]) - 1] = line
    return "\n".join(found) + "\n"


def write_stack(folder: Path, patches: Mapping[str, str]) -> None:
    """A series with its patches."""
    folder.mkdir(parents=True)
    (folder / "series").write_text("".join(f"{name}\n" for name in patches))
    for name, text in patches.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def make_case(root: Path, stack: Mapping[str, str], truth: Mapping[str, str]) -> Prepared:
    """A prepared case without upstream trees."""
    prepared = Prepared(CASE, root / CASE.package)
    write_stack(prepared.stack, stack)
    write_stack(prepared.truth, truth)
    return prepared


# --- reading ----------------------------------------------------------------------------


def test_series_is_read_as_quilt_does(tmp_path: Path) -> None:
    """Comments and blank lines name no patch; the last strip level of a line counts."""
    (tmp_path / "series").write_text(
        "# all ours\n\nplain.patch\nsub/level.patch -p0 # why\n"
        "\tindented#1.diff -p2 -p3\n#off.patch\n"
    )
    assert (
        Entry("plain.patch", 1),
        Entry("sub/level.patch", 0),
        Entry("indented#1.diff", 3),
    ) == read_series(tmp_path)


def test_listed_cases_can_be_told_apart() -> None:
    """The cases of the repository are read, and a third of the packages or more is set aside."""
    cases = read_cases()
    assert {"development", "set-aside"} == set(cases)
    assert 3 * len(cases["set-aside"]) >= len(cases["development"])
    assert all(case.old != case.new for group in cases.values() for case in group)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("development: [{package: x, from: '1-1'}]", "not a list of cases"),
        ("- x", "not a list of cases"),
        ("development: [", "not a list of cases"),
        (
            "a: [{package: x, from: '1', to: '2'}]\nb: [{package: x, from: '1', to: '3'}]",
            "listed twice: x",
        ),
    ],
)
def test_wrong_lists_of_cases_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    """What is wrong with the list is said, with its name."""
    place = tmp_path / "cases.yaml"
    place.write_text(text)
    with pytest.raises(BenchError, match=problem) as caught:
        read_cases(place)
    assert str(place) in str(caught.value)


def test_prepared_case_counts_only_for_its_versions(tmp_path: Path) -> None:
    """A case on disk is used again, but not when the list has other versions by now."""
    prepared = Prepared(CASE, tmp_path / CASE.package, ("a note",))
    assert load_prepared(CASE, tmp_path) is None
    prepared.folder.mkdir()
    save_prepared(prepared)
    assert prepared == load_prepared(CASE, tmp_path)
    assert load_prepared(Case("pears", "1.0-1", "2.0-2", "development"), tmp_path) is None


# --- Debian -----------------------------------------------------------------------------


def test_complete_download_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source package all of whose files are there is taken as it is, without apt."""
    (tmp_path / "pears_1.0.orig.tar.gz").write_bytes(b"12345")
    dsc = tmp_path / "pears_1.0-1.dsc"
    dsc.write_text("Format: 3.0 (quilt)\nFiles:\n 0123 5 pears_1.0.orig.tar.gz\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dsc == source_package("pears", "2:1.0-1", tmp_path)
    (tmp_path / "pears_1.0.orig.tar.gz").write_bytes(b"1234")
    with pytest.raises(BenchError, match="apt-get: there is no such program"):
        source_package("pears", "2:1.0-1", tmp_path)


def test_missing_source_lines_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apt lists no sources at all, the message says what to add."""
    apt = tmp_path / "bin/apt-get"
    apt.parent.mkdir()
    apt.write_text("#!/bin/sh\nexit 0\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(apt.parent))
    with pytest.raises(BenchError, match=r"no source packages.* `deb-src` lines"):
        prepare(CASE, tmp_path / "work", tmp_path / "downloads")
    assert not (tmp_path / "work").exists()


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="compares versions with dpkg")
def test_later_update_of_the_same_upstream_is_taken() -> None:
    """Debian replaces versions; another upstream version would be another case, though."""
    available = ["1.0-1+deb12u9", "1.0-1+deb12u10", "1.1-1"]
    assert nearest_version("pears", "1.0-1+deb12u8", available) == "1.0-1+deb12u10"
    with pytest.raises(BenchError, match=r"pears 1\.2-1: not in the archive; apt knows 1\.0-1"):
        nearest_version("pears", "1.2-1", available)
    with pytest.raises(BenchError, match="does not know it at all"):
        nearest_version("pears", "1.2-1", [])


# --- what a patch changes ---------------------------------------------------------------


def test_only_changed_lines_count() -> None:
    """Context, blank lines, indentation and the header do not count; repeated lines do."""
    text = (
        "Subject: pears\n-not a change\n--- a/x.c\t2001-01-01\n+++ b/x.c\n@@ -1,4 +1,5 @@ f()\n"
        " context\n-\told\n+  new\n+new\n+\n\n-last\n"
    )
    assert {
        Change("x.c", "-", "old"): 1,
        Change("x.c", "+", "new"): 2,
        Change("x.c", "-", "last"): 1,
    } == changes_of(text)


def test_lines_like_headers_inside_a_hunk_are_lines() -> None:
    """A removed `-- x` and an added `++ y` look like names of files; the counts tell."""
    text = (
        "--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1 @@\n--- x\n-z\n+++ y\n"
        "--- a/r\n+++ b/r\n@@ -1 +1 @@\n-1\n+2\n"
    )
    assert {
        Change("q.sql", "-", "-- x"): 1,
        Change("q.sql", "-", "z"): 1,
        Change("q.sql", "+", "++ y"): 1,
        Change("r", "-", "1"): 1,
        Change("r", "+", "2"): 1,
    } == changes_of(text)


@pytest.mark.parametrize(
    ("header", "strip", "name"),
    [
        ("--- a/x\n+++ b/y\n", 1, "y"),
        ("--- /dev/null\n+++ b/new\n", 1, "new"),
        ("--- a/gone\n+++ /dev/null\n", 1, "gone"),
        ('--- "a/s p"\n+++ "b/s p"\n', 1, "s p"),
        ("--- x.orig\n+++ src/x\n", 0, "src/x"),
        ("--- x\n+++ x\n", 1, "x"),
    ],
)
def test_changes_belong_to_the_file(header: str, strip: int, name: str) -> None:
    """The new name without its prefix; the old one where the file is deleted."""
    changes = changes_of(f"{header}@@ -1 +1,2 @@\n 0\n+1\n", strip)
    assert [Change(name, "+", "1")] == list(changes)


def test_renames_modes_and_binaries_count() -> None:
    """What has no lines is a change all the same."""
    text = (
        "diff --git a/x b/y\nold mode 100644\nnew mode 100755\nrename from x\nrename to y\n"
        "diff --git a/z b/z\nGIT binary patch\n"
    )
    assert ["new mode 100755", "rename from x", "rename to y", "GIT binary patch"] == [
        change.text for change in changes_of(text)
    ]


def test_two_diffs_of_one_change_are_the_same() -> None:
    """A diff may remove a line and add it again; what is left of that counts."""
    hunk = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n"
    long = changes_of(f"{hunk}-1\n-2\n+2\n+3\n 9\n")
    short = changes_of(f"{hunk}-1\n 2\n+3\n 9\n")
    other = changes_of(f"{hunk}-1\n 2\n+4\n 9\n")
    assert is_same(long, short)
    assert not is_same(long, other)


def test_patches_that_only_move_lines_are_not_all_the_same() -> None:
    """Where every line that goes comes again, the lines themselves decide."""
    hunk = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n"
    one = changes_of(f"{hunk}-1\n 2\n+1\n")
    other = changes_of(f"{hunk}-3\n 2\n+3\n")
    assert is_same(one, one)
    assert not is_same(one, other)


def test_likeness_is_the_share_in_common() -> None:
    """Half of the lines in common is a half; two empty patches have nothing in common."""
    one = changes_of(diff(NUMBERS, edit(NUMBERS, l3="x")))
    other = changes_of(diff(NUMBERS, edit(NUMBERS, l3="y")))
    assert likeness(one, one) == 1
    assert likeness(one, other) == 0.5
    assert likeness(changes_of(""), changes_of("")) == 0


# --- which of the maintainers' patches --------------------------------------------------


def test_truth_is_found_by_name_then_by_content(tmp_path: Path) -> None:
    """The file name counts, not its folder; a renamed patch is known by its lines; one that is too
    different, or taken already, is not it."""
    first, second, third = (
        diff(NUMBERS, edit(NUMBERS, **{line: "x = 1", more: "y = 2", "l30": f"z = {line}"}))
        for line, more in (("l3", "l6"), ("l13", "l16"), ("l23", "l26"))
    )
    other = diff(NUMBERS, edit(NUMBERS, l40="all new"))
    prepared = make_case(
        tmp_path,
        {
            "old/named.patch": first,
            "02-numbered.patch": second,
            "gone.patch": third,
            "03-again.patch": second,
        },
        {"07-numbered.patch": second, "debian/named.patch": other, "unrelated.patch": other},
    )
    assert {
        "old/named.patch": Entry("debian/named.patch", 1),
        "02-numbered.patch": Entry("07-numbered.patch", 1),
        "gone.patch": None,
        "03-again.patch": None,
    } == find_truths(prepared)


# --- what an outcome is worth -----------------------------------------------------------

X, Y = (diff(NUMBERS, edit(NUMBERS, l3=line)) for line in "xy")


@pytest.mark.parametrize(
    ("outcome", "ported", "truth", "verdict", "same_lines"),
    [
        (Outcome.PORTED, Y, Y, Verdict.EQUAL, False),
        (Outcome.PORTED, X, X, Verdict.EQUAL, True),
        (Outcome.PORTED, X, Y, Verdict.DIFFERENT, False),
        (Outcome.PORTED, X, None, Verdict.NOT_DROPPED, False),
        (Outcome.DROPPED, None, None, Verdict.DROPPED, False),
        (Outcome.DROPPED, None, X, Verdict.DROPPED_WRONGLY, True),
        (Outcome.HELD, None, None, Verdict.PERSON_DROPPED, False),
        (Outcome.HELD, None, Y, Verdict.PERSON_KEPT, False),
        (Outcome.HELD, X, X, Verdict.PERSON_KEPT, True),
    ],
)
def test_outcome_is_compared_with_the_truth(
    tmp_path: Path,
    outcome: Outcome,
    ported: str | None,
    truth: str | None,
    verdict: Verdict,
    same_lines: bool,
) -> None:
    """Every outcome against every fate; the old patch is always X."""
    prepared = make_case(tmp_path, {"x.patch": X}, {} if truth is None else {"x.patch": truth})
    if ported is not None:
        write_stack(prepared.ported("quilt"), {"x.patch": ported})
    result = PatchResult("x.patch", outcome, "as it says")
    scored = score(prepared, PortResult("quilt", 1.0, (result,)))
    assert [(verdict, same_lines)] == [
        (patch.verdict, patch.same_lines) for patch in scored.patches
    ]
    assert int(verdict in (Verdict.EQUAL, Verdict.DROPPED)) == scored.right


def test_ported_patch_is_read_at_its_own_strip_level(tmp_path: Path) -> None:
    """A series may say -p0; what git writes has a prefix, whatever the series says."""
    bare = X.replace("a/a.txt", "a.txt").replace("b/a.txt", "a.txt")
    prepared = make_case(tmp_path, {"x.patch": bare}, {"x.patch": bare})
    for folder in (prepared.stack, prepared.truth):
        (folder / "series").write_text("x.patch -p0\n")
    write_stack(prepared.ported("quilt"), {"x.patch": X})
    write_stack(prepared.ported(PATCHKIT), {"x.patch": bare})
    for tool, strip in (("quilt", 1), (PATCHKIT, 0)):
        result = PatchResult("x.patch", Outcome.PORTED, "ported", strip=strip)
        assert score(prepared, PortResult(tool, 1.0, (result,))).right == 1


# --- the tools on a small case ----------------------------------------------------------

OLD = NUMBERS
NEW = edit("one more\n" + NUMBERS, l11="line 10, better", l31="line 30 upstream")
STACK = {
    "moves.patch": diff(OLD, edit(OLD, l20="line 20, ours")),
    "taken.patch": diff(
        edit(OLD, l20="line 20, ours"), edit(OLD, l10="line 10, better", l20="line 20, ours")
    ),
    "clashes.patch": diff(OLD, edit(OLD, l30="line 30, ours")),
}
TRUTH = {
    "moves.patch": diff(NEW, edit(NEW, l21="line 20, ours")),
    "clashes.patch": diff(NEW, edit(NEW, l31="line 30 upstream, ours")),
}


@pytest.fixture
def small_case(tmp_path: Path) -> Prepared:
    """A case of three patches: one moves down, upstream has one, and one clashes."""
    prepared = make_case(tmp_path, STACK, TRUTH)
    for version, text in (("old", OLD), ("new", NEW)):
        (prepared.upstream / version).mkdir(parents=True)
        (prepared.upstream / version / "a.txt").write_text(text)
    save_prepared(prepared)
    return prepared


def port(prepared: Prepared, tool: str) -> PortResult:
    """What a tool makes of a case."""
    if tool == PATCHKIT:
        return port_with_patchkit(prepared)
    return port_with_stock_tool(prepared, tool)


@pytest.mark.parametrize("tool", [PATCHKIT, *STOCK_TOOLS])
def test_small_case_with_each_tool(small_case: Prepared, tool: str) -> None:
    """Each tool ports the first, sees that the second is there, and leaves the third."""
    if tool == "wiggle" and shutil.which("wiggle") is None:
        pytest.skip("there is no wiggle")
    result = port(small_case, tool)
    scored = score(small_case, result)
    assert [Verdict.EQUAL, Verdict.DROPPED, Verdict.PERSON_KEPT] == [
        patch.verdict for patch in scored.patches
    ]
    assert result == load_result(small_case, tool)


def test_failure_is_a_result(small_case: Prepared) -> None:
    """Where patchkit gives up, every patch is left to a person, and the tables say why."""
    shutil.rmtree(small_case.upstream / "new")
    scored = score(small_case, port_with_patchkit(small_case))
    assert {"failed"} == {patch.result.status for patch in scored.patches}
    assert "- patchkit failed on pears: " in tables({PATCHKIT: [scored]})


# --- what is shown ----------------------------------------------------------------------


def test_tables_count_what_was_found(small_case: Prepared) -> None:
    """A row for each tool, the right ones by package, and what patchkit holds."""
    scores = {
        tool: [score(small_case, port(small_case, tool))] for tool in (PATCHKIT, "cherry-pick")
    }
    rows = [line.strip("| ").split(" | ") for line in tables(scores).splitlines()]
    by_first = {row[0]: row[1:] for row in rows}
    expected = ["3", "2", "67", "1", "1", "0", "0", "1 (0)", "0", "0", "0", "0"]
    assert expected == by_first["git cherry-pick"][:-1]
    assert ["3", "2", "2"] == by_first["pears 1.0-1 → 2.0-1"]
    assert ["3", "1", "1", "33", "33"] == by_first["all"][:5]


def test_list_names_what_is_not_right(small_case: Prepared) -> None:
    """One line for the patch that a person has to port, with the tools that did better."""
    own = score(small_case, port(small_case, PATCHKIT))
    save_result(
        PortResult(
            "quilt", 1.0, tuple(PatchResult(name, Outcome.PORTED, "ported") for name in STACK)
        ),
        small_case,
    )
    write_stack(small_case.ported("quilt"), {**STACK, **TRUTH})
    quilt = load_result(small_case, "quilt")
    assert quilt is not None
    lines = list(not_right([own], {"quilt": [score(small_case, quilt)]}))
    assert len(lines) == 1
    words = lines[0].split()
    assert words[:3] == ["pears", "person,", "kept"]
    assert "clashes.patch (right: quilt)" in lines[0]
    assert "1 held" in lines[0]


def test_json_has_the_report_of_each_patch(small_case: Prepared) -> None:
    """Whoever goes through the causes finds the held regions with their lines."""
    own = score(small_case, port(small_case, PATCHKIT))
    document = json.loads(as_json({"development": {PATCHKIT: [own]}}))
    patches = document["development"][PATCHKIT][0]["patches"]
    clash = next(patch for patch in patches if patch["name"] == "clashes.patch")
    assert clash["verdict"] == "person, kept"
    assert clash["held"] == clash["causes"] == 1
    assert len(clash["report"]["files"][0]["regions"]) == 1


def test_figures_replace_those_of_the_last_time(tmp_path: Path) -> None:
    """What people wrote around the marks stays; a file without marks is left alone."""
    page = tmp_path / "figures.md"
    write_figures(page, {"development": "| old |\n"})
    assert "| old |" in page.read_text()
    page.write_text(page.read_text() + "\nRead on.\n")
    write_figures(page, {"development": "| a |\n", "set-aside": "| b |\n"})
    assert page.read_text() == (
        f"# Port quality\n\n{BEGIN}\n\n### development\n\n| a |\n\n"
        f"### set-aside\n\n| b |\n\n{END}\n\nRead on.\n"
    )
    page.write_text("no marks\n")
    with pytest.raises(BenchError, match="not marked"):
        write_figures(page, {})
    assert page.read_text() == "no marks\n"
