"""`patchkit siblings`: what the other variants did, proposed, ignored, and in every report."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patchkit.render.json import load_report
from patchkit.render.schemas import Schema
from tests.cli.demo import LAYOUTS
from tests.cli.folders import contents_of, state_of
from tests.cli.ports import CHECKED, NEW, THE_SUBJECT, UNRELATED, Port, make_port, text
from tests.cli.running import assert_done, assert_refused, run
from tests.sources.commits import tree_of
from tests.sources.made import write_files

PROPOSAL = "0002-follow-the-siblings-of-riscv64.patch"
_NAMED = os.environ.get("PATCHKIT_UPSTREAM", "")


@pytest.fixture
def port(tmp_path: Path) -> Port:
    """The made project."""
    return make_port(tmp_path)


def test_what_a_person_reads(port: Port) -> None:
    """The wall of families, the finding with the commit that made it, and how to take it."""
    done = port.siblings()
    assert_done(done, 1)
    rows = [re.split("  +", line.strip()) for line in done.stdout.splitlines()]
    assert ["riscv64", "x86_64", "arm64", "family"] in rows
    assert ["MISSING", "new", "new", "arch/{}-options.mk (new)"] in rows
    assert ["ours", "changed", "changed", "start_{}.go"] in rows
    assert "start_riscv64.go:5: siblings' edit, proposed" in done.stdout
    assert f"upstream: {port.checking[:12]}" in done.stdout
    assert THE_SUBJECT in done.stdout
    assert "arch/riscv64-options.mk: missing file (new)" in done.stdout
    assert "patchkit siblings --propose" in done.stdout
    assert not port.out.exists()


def test_what_a_program_reads(port: Port) -> None:
    """--json follows the schema that --schema prints, and says the same as report.json."""
    done = port.siblings("--json")
    assert_done(done, 1)
    document = json.loads(done.stdout)
    schema = run("siblings", "--schema")
    assert json.loads(schema.stdout) == json.loads(Schema.SIBLINGS.document())
    Draft202012Validator(json.loads(schema.stdout)).validate(document)
    assert_done(port.rebase())
    report = json.loads((port.out / "report.json").read_bytes())
    Draft202012Validator(json.loads(Schema.REPORT.document())).validate(report)
    assert report["siblings"] == document["siblings"]


def test_the_reports_of_a_rebase(port: Port) -> None:
    """Text, HTML, Markdown and the terminal tell of the siblings; the exit code is the port's."""
    done = port.rebase("--report", "html", "--report", "markdown")
    assert_done(done)
    assert "Siblings of riscv64: " in done.stdout
    for name in ("report.txt", "report.md", "report.html"):
        told = (port.out / name).read_text()
        assert "start_riscv64.go:5" in told, name
        assert "arch/riscv64-options.mk" in told, name
    report = load_report((port.out / "report.json").read_bytes())
    (one,) = report.siblings
    assert ("riscv64", 2) == (one.variant, one.open)


def test_a_rebase_without_them(port: Port) -> None:
    """--no-siblings leaves the comparison out of a port, and changes nothing else of it."""
    assert_done(port.rebase())
    patches = contents_of(port.out / "patches")
    assert_done(port.rebase("--no-siblings"))
    assert [] == json.loads((port.out / "report.json").read_bytes())["siblings"]
    assert patches == contents_of(port.out / "patches")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_proposal_is_a_patch_on_top(tmp_path: Path, layout: str) -> None:
    """--propose stacks what can be merged; the whole stack applies to the pristine upstream."""
    port = make_port(tmp_path, layout=layout)
    done = port.siblings("--propose")
    assert_done(done, 1)
    series = (port.out / layout).read_text().splitlines()
    assert PROPOSAL == series[-1]
    folder = port.out / "patches" if layout == "series.conf" else (port.out / layout).parent
    patch = (folder / PROPOSAL).read_text()
    assert "nobody has read it yet" in patch
    assert port.checking[:12] in patch
    tree = tmp_path / "tree"
    write_files(tree, tree_of(NEW).files)
    for name in series[1:]:
        command = ["patch", "-p1", "-F0", "-s", "-i", str(folder / name)]
        subprocess.run(command, cwd=tree, check=True)
    assert text(CHECKED, "riscv64") == (tree / "start_riscv64.go").read_bytes()


def test_proposing_twice_changes_nothing(port: Port) -> None:
    """The same proposal comes out again, and no file is touched."""
    port.siblings("--propose")
    before = state_of(port.out)
    assert_done(port.siblings("--propose"), 1)
    assert before == state_of(port.out)


def test_a_plain_rebase_takes_the_proposal_away(port: Port) -> None:
    """What nobody edited goes; an edited proposal is a person's work, and is not lost."""
    port.siblings("--propose")
    place = port.out / "patches" / PROPOSAL
    edited = place.read_bytes().replace(b"nobody has read it yet", b"I have read it")
    place.write_bytes(edited)
    before = contents_of(port.out)
    assert_refused(port.rebase(), PROPOSAL)
    assert before == contents_of(port.out)
    assert_done(port.siblings("--propose", "--force"), 1)
    assert_done(port.rebase())
    assert not place.exists()
    assert PROPOSAL not in (port.out / "series.conf").read_text()


def test_left_on_purpose(port: Port) -> None:
    """--ignore records the reason beside the stack; the finding is told with it from then on."""
    done = port.siblings("--ignore", "arch/**", "--why", "The options are those of virt.")
    assert_done(done, 1)
    file = port.stack / "patchkit.siblings"
    assert (
        b"patchkit-siblings/1\n\nignore: arch/**\nwhy: The options are those of virt.\n"
        == file.read_bytes()
    )
    assert "1 ignored on purpose" in done.stdout
    assert "missing file: The options are those of virt." in " ".join(done.stdout.split())
    also = ("--ignore", "start_*.go", "--why", "Not now.", "--kind", "sibling-edit")
    assert_done(port.siblings(*also))
    file.write_bytes(file.read_bytes() + b"\nignore: gone/**\nwhy: It was there.\n")
    done = port.siblings()
    assert "patchkit.siblings:10: gone/** matches no finding any more" in done.stdout
    assert_done(port.siblings("--propose"))
    assert not (port.out / "patches" / PROPOSAL).exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ignore", "x"), ("for a reason only", "--why")),
        (("--why", "x"), ("go with --ignore",)),
        (("--ignore", "x", "--why", "y", "--kind", "wrong"), ("wrong",)),
        (("--variant", "z80"), ("z80: no such variant", "riscv64")),
    ],
)
def test_bad_usage(port: Port, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    """What is not understood is refused in words, and nothing is written."""
    before = contents_of(port.stack)
    assert_refused(port.siblings(*options), *words)
    assert before == contents_of(port.stack)


def test_a_damaged_file_of_ignores(port: Port) -> None:
    """patchkit.siblings is refused with its line, by a rebase as well."""
    (port.stack / "patchkit.siblings").write_bytes(b"patchkit-siblings/1\nignore: x\n")
    assert_refused(port.siblings(), "patchkit.siblings:2", "no reason")
    assert_refused(port.rebase(), "patchkit.siblings:2")


def test_a_stack_without_siblings(tmp_path: Path) -> None:
    """A stack that adds nothing of a variant says so, and its reports have no such part."""
    port = make_port(tmp_path, {"0001-notes.patch": UNRELATED})
    done = port.siblings()
    assert_done(done)
    assert "adds no file that has siblings" in done.stdout
    assert_done(port.rebase())
    assert "iblings" not in (port.out / "report.txt").read_text()
    assert [] == json.loads((port.out / "report.json").read_bytes())["siblings"]


def test_a_variant_by_name(tmp_path: Path) -> None:
    """--variant, and `variant` in patchkit.yaml, ask for one that no file names."""
    port = make_port(tmp_path, {"0001-notes.patch": UNRELATED})
    done = port.siblings("--variant", "loongarch64")
    assert_done(done, 1)
    assert "start_loong64.go: missing file" in done.stdout
    (port.stack / "patchkit.yaml").write_text("variant: [riscv64, loong64]\n")
    done = port.siblings("--json")
    assert ["riscv64", "loong64"] == [one["variant"] for one in json.loads(done.stdout)["siblings"]]


def test_variants_of_ones_own(tmp_path: Path) -> None:
    """patchkit.yaml names further variants and words."""
    port = make_port(tmp_path, {"0001-notes.patch": UNRELATED})
    (port.stack / "patchkit.yaml").write_text(
        "variant: elbrus\nvariants: {architecture: {e2k: [elbrus], arm64: [armv9]}}\n"
    )
    done = port.siblings()
    assert_done(done, 1)
    assert "e2k and its siblings (architecture)" in done.stdout
    assert "start_e2k.go: missing file" in done.stdout


def test_one_version_by_itself(port: Port) -> None:
    """From a version to itself nothing has changed, and what ours lacks there is told."""
    done = run(
        *("siblings", "--from", "1.0", "--to", "1.0", "--variant", "loong64"),
        *("--stack", port.stack, "--upstream", port.upstream),
    )
    assert_done(done, 1)
    assert "start_loong64.go: missing file" in done.stdout
    assert "new" not in done.stdout.split("Likely")[0].split("family")[1]


def test_quiet(port: Port) -> None:
    """--quiet says it with the exit code alone."""
    done = port.siblings("--quiet")
    assert (1, "", "") == (done.exit_code, done.stdout, done.stderr)


def test_without_grammars(port: Port, tmp_path: Path) -> None:
    """Where tree-sitter is not installed the rest works, and a note says what is missing."""
    blocker = tmp_path / "blocked"
    blocker.mkdir()
    (blocker / "tree_sitter.py").write_text("raise ImportError('not here')\n")
    paths = os.pathsep.join((str(blocker), str(Path(__file__).parents[2])))
    done = run(
        *("siblings", "--from", "1.0", "--to", "2.0", "--stack", port.stack),
        *("--upstream", port.upstream),
        changes={"PYTHONPATH": paths},
    )
    assert_done(done, 1)
    assert "tree-sitter-go" in done.stdout
    assert "start_riscv64.go:5: siblings' edit, proposed" in done.stdout


@pytest.mark.skipif(not _NAMED, reason="PATCHKIT_UPSTREAM names no clone of kata-containers")
def test_the_kata_stack_on_the_real_upstream(clone: Path, tmp_path: Path) -> None:
    """As the stack was at 2.5.1, the checked error of handleImagePath is proposed, with the commit
    that made it so; as it is ported, nothing is left to propose."""
    asked = ("siblings", "--from", "2.5.1", "--to", "3.2.0", "--json")
    upstream = ("--upstream", str(Path(_NAMED).absolute()))
    empty = tmp_path / "none.resolutions"
    empty.touch()
    plain = run(*asked, *upstream, "--resolutions", empty, cwd=clone)
    (found,) = json.loads(plain.stdout)["siblings"]
    (edit,) = [one for one in found["findings"] if (one["edit"] or {}).get("state") == "proposed"
               and one["rank"] != "nothing"]  # fmt: skip
    assert "src/runtime/virtcontainers/qemu_riscv64.go" == edit["path"]
    assert ["\tq.handleImagePath(config)\n"] == edit["edit"]["removed"]
    assert "bdf20b5d263c" == edit["commit"]["identity"][:12]
    assert {"x86_64", "arm64", "ppc64le"} == {at["variant"] for at in edit["siblings"]}
    decided = run(*asked, *upstream, cwd=clone)
    (found,) = json.loads(decided.stdout)["siblings"]
    assert "" == found["proposal"]
