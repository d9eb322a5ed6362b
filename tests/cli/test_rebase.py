"""The main job from end to end: what is written, what is printed, and the exit codes."""

from __future__ import annotations

import json
import subprocess

import jsonschema
import pytest

from patchkit.render.schemas import Schema
from tests.cli.demo import (
    CONFLICTED,
    CREATED,
    LAYOUTS,
    NEW,
    OLD,
    PORTED,
    SHIFTED,
    UNCHANGED,
    Demo,
    change,
    diff,
    make_stack,
)
from tests.cli.folders import contents_of, names_in, state_of
from tests.cli.running import run
from tests.sources.made import write_files

_REPORTS = ["report.json", "report.txt"]


def test_a_stack_that_is_ported_whole(clean_demo: Demo) -> None:
    """Exit code 0: patches that still apply keep their bytes, the others get new line numbers."""
    done = clean_demo.rebase()
    assert (0, "") == (done.exit_code, done.stderr)
    assert "Next: nothing is left to do by hand; build." in done.stdout
    out = contents_of(clean_demo.out)
    assert (
        SHIFTED.replace(b"@@ -17,7 +17,7 @@", b"@@ -18,7 +18,7 @@")
        == (out["patches/0001-util.patch"])
    )
    assert CREATED == out["patches/0002-new.patch"]
    assert UNCHANGED == out["patches/0003-notes.patch"]
    assert (clean_demo.stack / "series.conf").read_bytes() == out["series.conf"]


def test_a_conflict_is_held_and_the_rest_goes_on(demo: Demo) -> None:
    """Exit code 1: what conflicts is a comment in the series, its file the old one."""
    demo.put("0005-after.patch", diff("after.txt", None, b"after\n"))
    done = demo.rebase()
    assert (1, "") == (done.exit_code, done.stderr)
    assert (
        "# The patches of demo.\n0001-util.patch\n0002-new.patch\n0003-notes.patch\n"
        "# patchkit: left out, conflicts with 2.0 (1 region), see report.txt: 0004-main.patch\n"
        "0005-after.patch\n"
    ) == (demo.out / "series.conf").read_text()
    assert CONFLICTED == (demo.out / "patches/0004-main.patch").read_bytes()
    report = (demo.out / "report.txt").read_text()
    for side in ("upstream's ten", "our ten", "main 10"):
        assert side in report


def test_twice_changes_nothing(demo: Demo) -> None:
    """The second run says so, prints the whole table, and leaves even the times of files alone."""
    first = demo.rebase()
    before = state_of(demo.out)
    second = demo.rebase()
    assert first.exit_code == second.exit_code == 1
    assert first.stdout.splitlines()[:-1] == second.stdout.splitlines()[:-1]
    assert (
        f"Nothing changed: {demo.out} is identical to this result already.\n"
        == (second.stdout.splitlines(keepends=True)[-1])
    )
    assert before == state_of(demo.out)


def test_a_changed_input_updates_what_nobody_edited(demo: Demo) -> None:
    """The next run writes what differs, removes what is gone from the series, and no more."""
    demo.rebase()
    before = state_of(demo.out)
    demo.put("0001-util.patch", change("util.c", b"util 21\n", b"our twenty-one\n"))
    series = demo.stack / "series.conf"
    series.write_text(series.read_text().replace("0002-new.patch\n", ""))
    demo.patch("0002-new.patch").unlink()
    done = demo.rebase()
    assert (1, "") == (done.exit_code, done.stderr)
    assert "4 changed, 3 already the same, 1 removed" in done.stdout
    after = state_of(demo.out)
    assert "patches/0002-new.patch" not in after
    same = {"patches/0003-notes.patch", "patches/0004-main.patch", "apply-patches"}
    assert same == {path for path in before if before[path] == after.get(path)}


def test_dry_run_writes_nothing(demo: Demo) -> None:
    """`--dry-run` prints what the run would print, and the number of files."""
    before = state_of(demo.root)
    dry = demo.rebase("--dry-run")
    assert (1, "") == (dry.exit_code, dry.stderr)
    assert f"Dry run: nothing was written; 8 files would go to {demo.out}." in dry.stdout
    assert before == state_of(demo.root)
    assert not demo.out.exists()
    assert dry.stdout.splitlines()[:-1] == demo.rebase().stdout.splitlines()[:-1]


@pytest.mark.parametrize("option", ["--dry-run", "--force"])
def test_json_is_the_report_and_nothing_else(demo: Demo, option: str) -> None:
    """`--json` prints one document that fits the published schema, as report.json does."""
    schema = json.loads(Schema.REPORT.document())
    done = demo.rebase("--json", option)
    assert (1, "") == (done.exit_code, done.stderr)
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema)
    assert {"0001-util.patch": "shifted", "0004-main.patch": "conflicted"}.items() <= {
        patch["name"]: patch["status"] for patch in document["patches"]
    }.items()
    if option == "--force":
        assert document == json.loads((demo.out / "report.json").read_bytes())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_is_kept(demo: Demo, layout: str) -> None:
    """The output has the shape of the input, with the reports beside it."""
    stack = make_stack(demo.root / "laid-out-1.0", PORTED, layout)
    done = run(
        *("rebase", "--from", "1.0", "--to", "2.0", "--stack", stack, "--upstream", demo.upstream)
    )
    assert (0, "") == (done.exit_code, done.stderr)
    out = demo.root / "laid-out-2.0"
    script = ["apply-patches"] if layout == "series.conf" else []
    assert sorted([*contents_of(stack), *_REPORTS, *script]) == sorted(contents_of(out))
    again = run("check", "--stack", out, "--upstream", demo.upstream)
    assert (0, "") == (again.exit_code, again.stderr)
    assert "All 3 patches apply exactly" in again.stdout


def test_quilt_applies_what_comes_out(clean_demo: Demo) -> None:
    """A quilt stack is one for quilt's own program as well."""
    if subprocess.run(["which", "quilt"], capture_output=True, check=False).returncode:
        pytest.skip("quilt is not installed")
    stack = make_stack(clean_demo.root / "quilt", PORTED, "patches/series")
    assert 0 == clean_demo.rebase("--stack", stack).exit_code
    tree = write_files(clean_demo.root / "tree", NEW)
    (tree / "patches").symlink_to(clean_demo.out / "patches")
    done = subprocess.run(
        ["quilt", "--quiltrc=-", "push", "-a", "--fuzz=0"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert "offset" not in done.stdout
    assert b"our twenty\n" in (tree / "util.c").read_bytes()


def test_a_broken_patch_is_reported_and_the_rest_goes_on(clean_demo: Demo) -> None:
    """A patch that does not fit its own version is named with the place most like it."""
    broken = change("main.c", b"main 20\n", b"x\n").replace(b" main 18\n", b" other 18\n")
    broken = broken.replace(b" main 22\n", b" other 22\n").replace(b" main 19\n", b" other 19\n")
    clean_demo.put("0000-broken.patch", broken)
    series = clean_demo.stack / "series.conf"
    series.write_text("0000-broken.patch\n0001-util.patch\n0002-new.patch\n0003-notes.patch\n")
    done = clean_demo.rebase("--fuzz", "0")
    assert (1, "") == (done.exit_code, done.stderr)
    assert "0000-broken.patch  broken" in done.stdout
    assert "Next: mend 0000-broken.patch" in done.stdout
    assert "1 broken" in done.stdout
    report = (clean_demo.out / "report.txt").read_text()
    assert "the nearest place is line 17, where 4 of its 7 lines" in report
    written = (clean_demo.out / "series.conf").read_text()
    assert written.startswith("# patchkit: left out, does not apply to its own base")
    assert written.endswith("0001-util.patch\n0002-new.patch\n0003-notes.patch\n")


def test_what_upstream_has_is_dropped(clean_demo: Demo) -> None:
    """A patch that the new upstream has is a comment that says so; its file is not written."""
    taken = change("main.c", b"main 10\n", b"upstream's ten\n")
    clean_demo.put("0004-backport.patch", taken)
    done = clean_demo.rebase()
    assert (0, "") == (done.exit_code, done.stderr)
    assert "0004-backport.patch  upstreamed" in done.stdout
    dropped = "# patchkit: dropped, upstream has it in 2.0: 0004-backport.patch\n"
    assert dropped in (clean_demo.out / "series.conf").read_text()
    assert "0004-backport.patch" not in names_in(clean_demo.out / "patches")


def test_options_guards_and_comments_of_the_series(clean_demo: Demo) -> None:
    """-p0, -R, guards and comments are understood and kept, byte for byte."""
    util = OLD[b"util.c"].content
    with_more = util.replace(b"util 12\n", b"util 12\nand more\n")
    clean_demo.put("0001-util.patch", SHIFTED.replace(b"a/util.c", b"util.c").replace(b"b/", b""))
    clean_demo.put("0009-back.patch", diff("util.c", with_more, util))
    clean_demo.put("0010-guarded.patch", diff("main.c", b"nothing like it\n", b"x\n"))
    series = (
        b"# first the easy ones\n\n0001-util.patch -p0   # flat\r\n"
        b"0009-back.patch -R\n+other 0010-guarded.patch\n-other 0002-new.patch\n"
        b"+virt 0003-notes.patch"
    )
    (clean_demo.stack / "series.conf").write_bytes(series)
    (clean_demo.root / "patchkit.yaml").write_text("flags: [virt]\nname: demo\n")
    done = clean_demo.rebase()
    assert (0, "") == (done.exit_code, done.stderr)
    assert "0010-guarded.patch" not in done.stdout
    out = contents_of(clean_demo.out)
    assert series == out["series.conf"]
    assert clean_demo.patch("0010-guarded.patch").read_bytes() == out["patches/0010-guarded.patch"]
    assert 4 == json.loads(out["report.json"])["summary"]["patches"]


def test_the_settings_decide(demo: Demo) -> None:
    """With a patchkit.yaml and a folder for each version no option is needed, from anywhere."""
    project = demo.root / "project"
    project.mkdir()
    make_stack(project / "1.0", PORTED)
    (project / "patchkit.yaml").write_text(
        "name: demo\nupstream: ../upstream\nupstream-note: Made for a test.\n"
    )
    for place in (project / "1.0" / "patches", project, demo.root):
        done = run("rebase", "--from", "1.0", "--to", "2.0", cwd=place)
        assert (0, "") == (done.exit_code, done.stderr)
        assert "Made for a test." in done.stdout
    assert ["1.0", "2.0", "patchkit.yaml"] == names_in(project)
    checked = run("check", "--at", "2.0", cwd=project)
    assert "Made for a test." in checked.stdout
    assert "All 3 patches apply exactly" in checked.stdout


def test_reports_are_the_same_everywhere(demo: Demo) -> None:
    """Neither the folder of the stack nor that of the upstream is in what is written."""
    demo.put("x", b"")
    stack = make_stack(demo.root / "quilt", {**PORTED, "left-over.patch": b""}, "patches/series")
    (stack / "patches/series").write_text("0001-util.patch\n")
    outputs = []
    for name in ("one", "two/three"):
        place = demo.root / name
        (place / "out").parent.mkdir(parents=True)
        moved = stack.rename(place / "quilt")
        done = demo.rebase("--stack", moved, "--out", place / "out")
        assert (0, "") == (done.exit_code, done.stderr)
        assert "warning: patches/series: not listed: " in done.stdout
        outputs.append(contents_of(place / "out"))
        stack = moved
    assert outputs[0] == outputs[1]
    for content in outputs[0].values():
        assert str(demo.root).encode() not in content


def test_the_new_version_is_a_branch_with_a_slash(clean_demo: Demo) -> None:
    """Versions may be names of branches; the folder that is named for one has a dash there."""
    (clean_demo.upstream / "2.0").rename(clean_demo.root / "work")
    repository = clean_demo.root / "work"
    for command in (
        ["init", "--quiet", "--initial-branch=next/major"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@example.invalid", "commit", "-qm", "made"],
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
    (clean_demo.root / "demo-next").mkdir()
    stack = clean_demo.stack.rename(clean_demo.root / "demo-main")
    done = run(
        *("rebase", "--from", "next/major", "--to", "next/major", "--stack", stack),
        *("--upstream", repository),
    )
    assert "" == done.stderr
    assert (clean_demo.root / "demo-main-next-major" / "report.json").is_file()


def test_what_patchkit_cannot_carry_is_said(clean_demo: Demo) -> None:
    """A binary diff is reported as such, and keeps nothing else from being ported."""
    binary = (
        b"diff --git a/logo b/logo\nnew file mode 100644\nindex 0000000..1111111\n"
        b"GIT binary patch\nliteral 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n"
    )
    clean_demo.put("0009-logo.patch", binary)
    done = clean_demo.rebase()
    assert (1, "") == (done.exit_code, done.stderr)
    assert "binary" in (clean_demo.out / "report.txt").read_text()
