"""Every command takes a stack of every dialect; a port of it is of the same dialect."""

from __future__ import annotations

import difflib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.demo import HELD, NEW, OLD, PORTED
from tests.cli.dialects import ALL, Written, in_openwrt, in_rpm, in_suse, in_yocto, make_demo_in
from tests.cli.folders import contents_of, names_in
from tests.cli.rpm import needs_rpm, prepared
from tests.cli.running import assert_done, run
from tests.jobs.branchmaking import git
from tests.sources.made import write_files

Writer = Callable[[Mapping[str, bytes]], Written]
every_dialect = pytest.mark.parametrize("write", ALL, ids=lambda one: one.__name__)
UPSTREAMED = {
    **PORTED,
    "0004-done.patch": (
        b"--- a/util.c\n+++ b/util.c\n@@ -1,2 +1,3 @@\n+one more line\n util 1\n util 2\n"
    ),
}
HELD_NAME, DONE_NAME = "0004-main.patch", "0004-done.patch"


def differing(old: bytes, new: bytes) -> tuple[list[str], list[str]]:
    """The lines that went and those that came, whole."""
    before, after = (text.decode().splitlines(keepends=True) for text in (old, new))
    found = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    return (
        [line[2:] for line in found if line[0] == "-"],
        [line[2:] for line in found if line[0] == "+"],
    )


def on_patches(text: bytes) -> bytes:
    """A file without what a port changes of a spec apart from its patches: version, changelog."""
    text = text.partition(b"\n%changelog")[0].rstrip(b"\n")
    return re.sub(rb"(?m)^(Version|Release):.*", b"", text)


@every_dialect
def test_show(tmp_path: Path, write: Writer) -> None:
    """It names the dialect and the patches in order."""
    demo, written = make_demo_in(tmp_path, write)
    done = run("show", "--stack", demo.stack, "--json")
    assert_done(done)
    document = json.loads(done.stdout)
    assert written.dialect == document["dialect"]
    names = [patch["name"].rpartition("/")[2] for patch in document["patches"]]
    assert list(HELD) == names


@every_dialect
def test_a_port_without_conflict_changes_no_list(tmp_path: Path, write: Writer) -> None:
    """Only the patch that moved differs; the text around the list stays byte for byte."""
    demo, written = make_demo_in(tmp_path, write, PORTED)
    done = demo.rebase()
    assert_done(done)
    before, after = contents_of(demo.stack), contents_of(demo.out)
    reports = {"report.txt", "report.json"}
    assert before.keys() - {"Makefile"} == after.keys() - reports
    changed = {
        path
        for path in after.keys() - reports
        if on_patches(before[path]) != on_patches(after[path])
    }
    assert {written.place("0001-util.patch")} == changed


@every_dialect
def test_what_conflicts_leaves_only_its_own_lines(tmp_path: Path, write: Writer) -> None:
    """Every line of the list that goes names the patch or applies it; what comes says why."""
    demo, written = make_demo_in(tmp_path, write)
    done = demo.rebase()
    assert_done(done, 1)
    if written.dialect == "openwrt":
        assert not (demo.out / "patches" / HELD_NAME).exists()
        assert (demo.out / "patches-held" / HELD_NAME).read_bytes() == HELD[HELD_NAME]
        return
    assert (demo.out / written.place(HELD_NAME)).read_bytes() == HELD[HELD_NAME]
    old, new = written.files[written.series], (demo.out / written.series).read_bytes()
    gone, come = differing(on_patches(old), on_patches(new))
    assert all(HELD_NAME in line or "%patch -P 3" in line for line in gone)
    assert all("patchkit: left out, conflicts" in line or "SRC_URI" in line for line in come)
    assert any(HELD_NAME in line for line in come)
    assert len(gone) == len(come) - (written.dialect == "yocto")


@every_dialect
def test_what_upstream_has_is_dropped(tmp_path: Path, write: Writer) -> None:
    """Its file goes as well, and the next patches are found where they were."""
    demo, written = make_demo_in(tmp_path, write, UPSTREAMED)
    assert_done(demo.rebase())
    assert not (demo.out / written.place(DONE_NAME)).exists()
    assert not (demo.out / "patches-held").exists()
    names = [
        patch["name"]
        for patch in json.loads(run("show", "--stack", demo.out, "--json").stdout)["patches"]
    ]
    assert list(PORTED) == [name.rpartition("/")[2] for name in names]


@every_dialect
def test_check_deps_apply_and_refresh(tmp_path: Path, write: Writer) -> None:
    """They see the same patches as in the layout of openEuler."""
    demo, written = make_demo_in(tmp_path, write)
    assert_done(demo.check())
    assert_done(run("deps", "--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream))
    target = tmp_path / "tree"
    shutil.copytree(demo.upstream / "1.0", target)
    assert_done(run("apply", "--stack", demo.stack, target))
    assert b"one\ntwo\n" == (target / "new.txt").read_bytes()
    place = demo.stack / written.place("0001-util.patch")
    place.write_bytes(HELD["0001-util.patch"].replace(b"@@ -17,7 +17,7", b"@@ -14,7 +14,7"))
    before = contents_of(demo.stack)
    assert_done(demo.refresh())
    after = contents_of(demo.stack)
    assert HELD["0001-util.patch"] == place.read_bytes()
    assert {written.place("0001-util.patch")} == {
        path for path in after if before.get(path) != after[path]
    }


@every_dialect
def test_diff(tmp_path: Path, write: Writer) -> None:
    """A stack and its port are compared whatever their dialect."""
    demo, written = make_demo_in(tmp_path, write)
    demo.rebase()
    done = run("diff", demo.stack, demo.out)
    assert_done(done)
    assert "0001-util.patch" in done.stdout
    assert "conflicts with 2.0" in done.stdout or written.dialect == "openwrt"


@pytest.mark.parametrize(
    "write", [in_suse, in_yocto, in_openwrt, in_rpm], ids=lambda one: one.__name__
)
def test_an_edited_port_is_learned(tmp_path: Path, write: Writer) -> None:
    """A person mends the held patch in the port, lists it again, and `learn` takes it over."""
    demo, written = make_demo_in(tmp_path, write)
    demo.rebase()
    mended = HELD[HELD_NAME].replace(b"-main 10\n", b"-upstream's ten\n")
    if written.dialect == "openwrt":
        (demo.out / "patches-held" / HELD_NAME).unlink()
    else:
        (demo.out / written.series).write_bytes(written.files[written.series])
    (demo.out / written.place(HELD_NAME)).write_bytes(mended)
    learned = run("learn", "--stack", demo.stack, "--out", demo.out, "--upstream", demo.upstream)
    assert 0 == learned.exit_code, learned
    assert_done(demo.rebase("--force"))
    assert mended == (demo.out / written.place(HELD_NAME)).read_bytes()


def test_a_patch_held_in_the_sorted_section_is_no_heading(tmp_path: Path) -> None:
    """git-sort takes a `# ` between its markers for the heading of a section."""
    patches = dict(reversed(HELD.items()))
    demo, _ = make_demo_in(tmp_path, in_suse, patches)
    demo.rebase()
    said = (demo.out / "series.conf").read_text()
    assert "\n#patchkit: left out, conflicts with 2.0 (1 region), see report.txt: patches." in said
    inside = said.partition("# sorted patches")[2].partition("# end of sorted patches")[0]
    headings = [line.strip() for line in inside.splitlines() if line.strip().startswith("# ")]
    assert ["# out-of-tree patches"] == headings
    assert "apply-patches" not in names_in(demo.out)


def test_guards_and_conditions_are_said(tmp_path: Path) -> None:
    """What is not applied, and what is taken though it counts for some builds only."""
    demo, _ = make_demo_in(tmp_path, in_suse)
    assert "4 patches, 1 guarded away" in run("show", "--stack", demo.stack).stdout
    demo, _ = make_demo_in(tmp_path / "rpm", in_rpm)
    shown = run("show", "--stack", demo.stack).stdout
    assert "demo.spec:12: 0004-main.patch is taken as if `%if 0%{!?without_last:1}`" in shown


@needs_rpm
@pytest.mark.parametrize(
    "write", [one for one in ALL if "rpm" in one.__name__], ids=lambda one: one.__name__
)
def test_rpmbuild_applies_the_port(tmp_path: Path, write: Writer) -> None:
    """The spec of the port gives with `rpmbuild -bp` what patchkit gives with its own script."""
    demo, _ = make_demo_in(tmp_path, write)
    demo.rebase()
    tree = prepared(demo.out, NEW, tmp_path / "rpmbuild")
    target = tmp_path / "applied"
    shutil.copytree(demo.upstream / "2.0", target)
    assert_done(run("apply", "--stack", demo.out, target))
    assert contents_of(target) == tree


@needs_rpm
def test_rpmbuild_applies_the_stack(tmp_path: Path) -> None:
    """The same before the port."""
    demo, _ = make_demo_in(tmp_path, in_rpm)
    tree = prepared(demo.stack, OLD, tmp_path / "rpmbuild")
    assert b"our ten\n" in tree["main.c"]
    assert "new.txt" in tree


def test_several_lists_are_refused(tmp_path: Path) -> None:
    """Two specs with patches: nobody says which one counts."""
    demo, _ = make_demo_in(tmp_path, in_rpm)
    (demo.stack / "more.spec").write_text("Patch0: a.patch\n")
    done = run("show", "--stack", demo.stack)
    assert 2 == done.exit_code
    assert "several files name patches: demo.spec, more.spec" in done.stderr


def test_a_series_goes_before_a_spec(tmp_path: Path) -> None:
    """As in openEuler's packages, whose specs run apply-patches; a warning names the other."""
    demo, _ = make_demo_in(tmp_path, in_rpm)
    (demo.stack / "series.conf").write_text("0001-util.patch\n")
    shown = run("show", "--stack", demo.stack).stdout
    assert "series.conf: is used; demo.spec beside it is not read." in shown
    assert "1 patches, 0 guarded away" in shown


def test_held_openwrt_patches_do_not_come_back(tmp_path: Path) -> None:
    """The next rebase of the same stack gives the same port."""
    demo, _ = make_demo_in(tmp_path, in_openwrt)
    demo.rebase()
    before = contents_of(demo.out)
    done = demo.rebase()
    assert 1 == done.exit_code
    assert before == contents_of(demo.out)


@every_dialect
def test_edits_of_the_series(tmp_path: Path, write: Writer) -> None:
    """Patches are disabled, removed and renamed in place; what is left is as it was."""
    demo, written = make_demo_in(tmp_path, write)
    options = ("--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream)
    assert_done(
        run("series", "disable", written.listed("0002-new.patch"), "--reason", "no", *options)
    )
    assert_done(run("series", "remove", written.listed("0003-notes.patch"), *options))
    new = written.listed("0005-main.patch")
    assert_done(run("series", "rename", written.listed(HELD_NAME), new, *options))
    document = json.loads(run("show", "--stack", demo.stack, "--json").stdout)
    names = [patch["name"] for patch in document["patches"]]
    assert [written.listed("0001-util.patch"), new] == names
    assert not (demo.stack / written.place("0003-notes.patch")).exists()
    aside = "patches-held/0002-new.patch" if written.dialect == "openwrt" else None
    assert (demo.stack / (aside or written.place("0002-new.patch"))).is_file()
    assert_done(demo.check())


@every_dialect
def test_a_patch_is_moved_where_the_dialect_has_an_order_of_its_own(
    tmp_path: Path, write: Writer
) -> None:
    """To the front and to the end; in a numbered folder its name would say another."""
    demo, written = make_demo_in(tmp_path, write)
    options = ("--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream)
    first, second, *_, last = map(written.listed, HELD)
    done = run("series", "move", last, "--first", *options)
    if written.dialect == "openwrt":
        assert 2 == done.exit_code
        assert "another order" in done.stderr
        return
    assert_done(done)
    assert_done(run("series", "move", first, "--last", *options))
    document = json.loads(run("show", "--stack", demo.stack, "--json").stdout)
    names = [patch["name"] for patch in document["patches"]]
    assert [last, second, written.listed("0003-notes.patch"), first] == names


@every_dialect
def test_a_branch_and_back(tmp_path: Path, write: Writer) -> None:
    """An export of what nobody touched changes no byte; a dropped commit drops its patch."""
    demo, written = make_demo_in(tmp_path, write)
    work = tmp_path / "repository"
    write_files(work, OLD)
    git(tmp_path, "init", "-q", "-b", "main", str(work))
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "upstream")
    git(work, "tag", "1.0")
    options = ("--stack", demo.stack, "--at", "1.0", "--repo", work)
    assert_done(run("branch", *options))
    before = contents_of(demo.stack)
    assert_done(run("export", *options))
    assert before == contents_of(demo.stack)
    git(work, "update-ref", "refs/heads/patches/1.0", "patches/1.0~1")
    assert_done(run("export", *options))
    assert not (demo.stack / written.place(HELD_NAME)).exists()
    document = json.loads(run("show", "--stack", demo.stack, "--json").stdout)
    assert [written.listed(name) for name in PORTED] == [one["name"] for one in document["patches"]]


@needs_rpm
def test_a_name_with_the_version_in_it_is_written_out(tmp_path: Path) -> None:
    """The spec gets another version, the file of the patch keeps its name."""
    pytest.importorskip("specfile", reason="the rpm bindings of the system are not there")
    demo, _ = make_demo_in(tmp_path, in_rpm, {"demo-1.0-util.patch": PORTED["0001-util.patch"]})
    spec = demo.stack / "demo.spec"
    spec.write_text(spec.read_text().replace("demo-1.0-util", "%{name}-%{version}-util"))
    assert_done(demo.rebase())
    text = (demo.out / "demo.spec").read_text()
    assert re.search(r"^Version: +2\.0$", text, re.MULTILINE)
    assert re.search(r"^Patch: +demo-1\.0-util\.patch$", text, re.MULTILINE)
    assert b"our twenty\n" in prepared(demo.out, NEW, tmp_path / "rpmbuild")["util.c"]


@every_dialect
def test_upgrade_in_place(tmp_path: Path, write: Writer) -> None:
    """The list of the new version stands where the old one stood, without a patch of before."""
    demo, written = make_demo_in(tmp_path, write, UPSTREAMED)
    before = contents_of(demo.stack)
    done = run(
        *("upgrade", "--from", "1.0", "--to", "2.0", "--stack", demo.stack),
        *("--upstream", demo.upstream),
    )
    assert_done(done)
    is_named = written.dialect == "yocto"
    assert is_named == ("Left to you: the name of demo_1.0.bb says 1.0; make it 2.0" in done.stdout)
    after = contents_of(demo.stack)
    assert before.keys() - after.keys() == {written.place(DONE_NAME)}
    document = json.loads(run("show", "--stack", demo.stack, "--json").stdout)
    assert [written.listed(name) for name in PORTED] == [one["name"] for one in document["patches"]]
