"""`patchkit report` and `rebase --report`: a saved port in every format."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft202012Validator

from patchkit.cli.printing import PatchWatch
from tests.cli.demo import PORTED, Demo
from tests.cli.folders import names_in
from tests.cli.running import REPOSITORY, assert_done, assert_refused, environment, run

_FILES = {
    "html": "report.html",
    "markdown": "report.md",
    "junit": "report.xml",
    "sarif": "report.sarif",
}


@pytest.fixture
def port(demo: Demo) -> Demo:
    """The made project, ported; one region of its last patch is held."""
    assert 1 == demo.rebase().exit_code
    return demo


def test_the_table_again(port: Demo) -> None:
    """A folder and its report.json give the same table, which is that of the rebase; that one
    knows more of what comes next."""
    by_folder = run("report", port.out)
    assert_done(by_folder)
    assert by_folder == run("report", port.out / "report.json")
    assert all(name in by_folder.stdout for name in PORTED)
    table, between, following = by_folder.stdout.partition("Next: settle 1 held region (")
    assert between
    assert table in port.rebase().stdout
    assert following.partition("lists them), ")[2] in port.rebase().stdout


def test_without_a_name_it_is_the_last_port(demo: Demo) -> None:
    """It is found by the stack, as `resolve` finds it."""
    stack = f"--stack={demo.stack}"
    assert_refused(run("report", stack), "no report.json", "patchkit rebase")
    upstream = f"--upstream={demo.upstream}"
    assert 1 == run("rebase", stack, upstream, "--from=1.0", "--to=2.0").exit_code
    assert "0004-main.patch" in run("report", stack, "--open").stdout
    assert_done(run("report", stack, "--from=1.0", "--to=2.0"))
    assert_refused(run("report", demo.stack, stack), "not both")


@pytest.mark.parametrize("form", ["text", "json", *_FILES])
def test_every_format_on_standard_output_and_in_a_file(port: Demo, form: str) -> None:
    """Both have the same bytes; those of text and JSON are the files that the rebase wrote."""
    out = port.root / "made"
    done = run("report", port.out, "--format", form, "--out", out)
    assert_done(done)
    assert f"Written to {out}.\n" == done.stdout
    shown = run("report", port.out, "--format", form)
    assert_done(shown)
    assert out.read_bytes().decode() == shown.stdout
    written = {"text": "report.txt", "json": "report.json"}.get(form)
    if written is not None:
        assert (port.out / written).read_bytes() == out.read_bytes()
    assert "0004-main.patch" in shown.stdout


def test_only_some_patches(port: Demo) -> None:
    """`--patch`, `--status` and `--open` choose, tell what is chosen, and say how many are not."""
    opened = run("report", port.out, "--open")
    assert_done(opened)
    assert "This shows 1 of the 4 patches of the report." in opened.stdout
    assert "<<<<<<< ours, 2.0: main.c:" in opened.stdout
    assert opened == run("report", port.out, "--patch", "0004")
    assert opened == run("report", port.out, "--status", "conflicted", "--patch=0004")
    two = run("report", port.out, "--patch=0001", "--patch=0002-new", "--format=json")
    names = [patch["name"] for patch in json.loads(two.stdout)["patches"]]
    assert ["0001-util.patch", "0002-new.patch"] == names
    none = run("report", port.out, "--status", "broken", "--format", "junit")
    assert [] == list(fromstring(none.stdout).iter("testcase"))  # noqa: S314 (made here)
    assert_refused(run("report", port.out, "--patch", "9"), "no patch begins with 9")
    assert_refused(run("report", port.out, "--status", "odd"), "'odd' is not one of")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "expected an object"),
        (b'{"tests": 3}', "key schema is missing"),
        (b'{"schema": "patchkit-report/2"}', "reads patchkit-report/1, not patchkit-report/2"),
        (b'{"schema": "patchkit-report/1"}', "is missing"),
    ],
)
def test_a_foreign_or_damaged_file(tmp_path: Path, content: bytes, words: str) -> None:
    """What is no report is named, with what is wrong and what to do."""
    (tmp_path / "report.json").write_bytes(content)
    assert_refused(run("report", tmp_path), str(tmp_path / "report.json"), words)
    assert_refused(run("report", tmp_path / "no"), "no such report", "patchkit rebase")


def test_an_old_report(port: Demo) -> None:
    """A report from before there were commits, evidence and suggestions can still be read."""
    place = port.out / "report.json"
    document = json.loads(place.read_bytes())
    del document["dependencies"], document["comparison"]
    for patch in document["patches"]:
        del patch["commits"], patch["head"]
        for file in patch["files"]:
            del file["evidence"]
            for region in file["regions"]:
                for key in ("suggestion", "made_by"):
                    region["settlement"]["held"].pop(key, None)
    place.write_text(json.dumps(document))
    for form in ("text", *_FILES):
        assert_done(run("report", port.out, "--format", form))


def test_the_report_itself_is_not_overwritten(port: Demo) -> None:
    """`--out` on the report that is read is refused."""
    place = port.out / "report.json"
    before = place.read_bytes()
    assert_refused(run("report", port.out, "--out", place), "the report that is read", "--out")
    assert before == place.read_bytes()


def test_every_real_report_follows_the_schema(port: Demo) -> None:
    """`--schema` prints what the new report, that of the shipped port and a part of it are valid
    for."""
    schema = run("report", "--schema")
    assert_done(schema)
    validator = Draft202012Validator(json.loads(schema.stdout))
    shipped = [*(REPOSITORY / "series").glob("*/*/report.json")]
    assert shipped
    for place in (*shipped, port.out / "report.json"):
        validator.validate(json.loads(place.read_bytes()))
    validator.validate(json.loads(run("report", port.out, "--open", "--json").stdout))


def test_further_reports_of_a_rebase(demo: Demo) -> None:
    """They stand beside the others, are recorded, are the same again, and go when not asked for."""
    options = [f"--report={form}" for form in _FILES]
    assert 1 == demo.rebase(*options).exit_code
    assert set(_FILES.values()) < set(names_in(demo.out))
    recorded = json.loads((demo.out / "report.json").read_bytes())["outputs"]
    assert set(_FILES.values()) < {output["path"] for output in recorded}
    for form, name in _FILES.items():
        again = run("report", demo.out, "--format", form).stdout
        assert (demo.out / name).read_bytes().decode() == again
    assert "Nothing changed" in demo.rebase(*options).stdout
    assert "4 removed" in demo.rebase().stdout
    assert not set(_FILES.values()) & set(names_in(demo.out))


def test_an_edited_report_is_not_lost(demo: Demo) -> None:
    """A further report that a person has changed is treated like every other output."""
    demo.rebase("--report=markdown")
    (demo.out / "report.md").write_text("mine\n")
    for options in ([], ["--report=markdown"]):
        assert_refused(demo.rebase(*options), "edited since patchkit wrote it", "report.md")
    assert "mine\n" == (demo.out / "report.md").read_text()
    assert 1 == demo.rebase("--force").exit_code
    assert "report.md" not in names_in(demo.out)


def test_reports_in_the_settings(demo: Demo) -> None:
    """`reports` asks for them once and for all; another word is refused with its line."""
    settings = demo.stack / "patchkit.yaml"
    settings.write_text("reports: [markdown, sarif]\n")
    assert 1 == demo.rebase("--report=junit").exit_code
    assert {"report.md", "report.sarif", "report.xml"} < set(names_in(demo.out))
    settings.write_text("reports: [pdf]\n")
    assert_refused(demo.rebase(), "patchkit.yaml:1:", "pdf", "html, markdown, junit, sarif")
    assert_refused(demo.rebase("--report=pdf"), "'pdf' is not one of")


_FAULT = (
    "import patchkit.cli.main as main, click\n"
    "@main.cli.command('fail')\n"
    "def fail():\n"
    "    raise KeyError('odd\\n\\x1b[31m')\n"
    "main._Commands.get_command = lambda *_: fail\n"
    "main.main()\n"
)


@pytest.mark.parametrize("wanted", ["", "0", "1"])
def test_a_fault_of_its_own_is_one_line(wanted: str) -> None:
    """Nobody gets a traceback who did not ask for it; the exit code is one of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _FAULT, "fail"],
        env=environment({"PATCHKIT_TRACEBACK": wanted}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 70 == done.returncode
    assert "patchkit: error: a fault of patchkit itself: KeyError: " in done.stderr
    assert "PATCHKIT_TRACEBACK=1" in done.stderr
    assert ("Traceback" in done.stderr) == (wanted == "1")
    assert "\x1b" not in done.stderr


def test_progress_says_how_many_and_how_long() -> None:
    """The total is there from the start, an estimate once it can be told on a long run."""
    times = iter([100.0, 101.0, 130.0, 460.0])
    said: list[str] = []
    watch = PatchWatch(said.append, lambda: next(times))
    watch(1, "a")
    watch.expect(4)
    watch(2, "b")
    watch(3, "c")
    watch(4, "d")
    assert said == [
        "Patch 1: a",
        "Patch 2 of 4: b",
        "Patch 3 of 4, about 30 s left: c",
        "Patch 4 of 4, about 2 min left: d",
    ]
