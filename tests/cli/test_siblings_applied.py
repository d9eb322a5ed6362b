"""What `patchkit siblings` proposes, applied by the programs that packagers use."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.cli.demo import diff
from tests.cli.folders import contents_of, state_of
from tests.cli.ports import CHECKED, COMMON, NEW, OLD, Port, make_port, text
from tests.cli.running import assert_done, assert_refused, environment, run
from tests.sources.commits import tree_of
from tests.sources.made import write_files

NAME = "0002-follow-the-siblings-of-riscv64.patch"
WANTED = text(CHECKED, "riscv64")


@pytest.fixture
def port(tmp_path: Path) -> Port:
    """The made project."""
    return make_port(tmp_path)


@pytest.mark.skipif(shutil.which("quilt") is None, reason="quilt is not installed")
def test_quilt_pushes_it(tmp_path: Path) -> None:
    """The whole stack with the proposal goes onto the new upstream without fuzz."""
    port = make_port(tmp_path, layout="patches/series")
    assert_done(port.siblings("--propose"), 1)
    tree = tmp_path / "tree"
    write_files(tree, tree_of(NEW).files)
    shutil.copytree(port.out / "patches", tree / "patches")
    done = subprocess.run(
        ["quilt", "push", "-a", "--fuzz=0"],
        cwd=tree, env=environment({"QUILTRC": "-"}), capture_output=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout + done.stderr
    assert b"offset" not in done.stdout
    assert WANTED == (tree / "start_riscv64.go").read_bytes()


def test_apply_patches_applies_it(port: Port, tmp_path: Path) -> None:
    """The generated script unpacks the tarball and applies the stack with the proposal."""
    assert_done(port.siblings("--propose"), 1)
    source = tmp_path / "demo-2.0"
    write_files(source, tree_of(NEW).files)
    with tarfile.open(port.out / "demo-2.0.tar.gz", "w:gz") as archive:
        archive.add(source, "demo-2.0")
    done = subprocess.run(
        ["sh", "apply-patches"], cwd=port.out, env=environment(), capture_output=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert WANTED == (port.out / "start_riscv64.go").read_bytes()


def test_patchkit_takes_its_own_proposal(
    port: Port, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The new stack is one like any other: it is exact, and asked again nothing is to propose."""
    assert_done(port.siblings("--propose"), 1)
    new = ("--stack", port.out, "--upstream", port.upstream)
    done = run("check", *new, "--at", "2.0")
    assert_done(done)
    elsewhere = ("--json", "--out", tmp_path_factory.mktemp("other"))
    again = run("siblings", *new, "--from", "2.0", "--to", "2.0", *elsewhere)
    (report,) = json.loads(again.stdout)["siblings"]
    assert "" == report["proposal"]
    # A person who keeps it as a part of the old stack has done what the siblings did.
    kept = make_port(tmp_path_factory.mktemp("kept"), {"0001-a.patch": _added(WANTED)})
    done = kept.siblings("--json")
    (report,) = json.loads(done.stdout)["siblings"]
    states = [one["edit"]["state"] for one in report["findings"] if one["edit"]]
    assert (["there"], "") == (states, report["proposal"])


def _added(content: bytes) -> bytes:
    return diff("start_riscv64.go", None, content)


def test_upstream_as_folders(tmp_path: Path) -> None:
    """Without a history the same edit is proposed; no commit is named."""
    port = make_port(tmp_path)
    for version, files in (("1.0", OLD), ("2.0", NEW)):
        write_files(tmp_path / "folders" / version, tree_of(files).files)
    done = port.siblings("--upstream", tmp_path / "folders", "--json", "--propose")
    assert_done(done, 1)
    (report,) = json.loads(done.stdout)["siblings"]
    (edit,) = [one for one in report["findings"] if one["edit"]]
    assert ("proposed", None) == (edit["edit"]["state"], edit["commit"])
    assert report["proposal"].encode() == (port.out / "patches" / NAME).read_bytes()


def test_a_rebase_after_a_proposal(port: Port) -> None:
    """A plain rebase takes away what nobody edited, with its line in the series, and what it leaves
    is what it would have written alone."""
    assert_done(port.rebase())
    alone = contents_of(port.out)
    assert_done(port.siblings("--propose"), 1)
    assert NAME in (port.out / "series.conf").read_text()
    assert_done(port.rebase())
    assert alone == contents_of(port.out)


def test_an_edited_proposal_is_not_overwritten(port: Port) -> None:
    """Asked for again, it is refused as well, and every file stays."""
    assert_done(port.siblings("--propose"), 1)
    place = port.out / "patches" / NAME
    place.write_bytes(place.read_bytes().replace(b"return err\n", b"return wrapped(err)\n"))
    before = state_of(port.out)
    done = port.siblings("--propose")
    assert_refused(done, NAME, "--force")
    assert before == state_of(port.out)


@pytest.mark.parametrize("layout", ["series.conf", "debian/patches/series"])
def test_nothing_to_propose_is_the_plain_stack(tmp_path: Path, layout: str) -> None:
    """Where ours has it already, --propose writes what a rebase writes."""
    port = make_port(tmp_path, {"0001-a.patch": _added(WANTED)}, layout)
    port.siblings("--propose")
    proposed = contents_of(port.out)
    assert not any("follow" in path for path in proposed)
    assert_done(port.rebase("--force"))
    assert proposed == contents_of(port.out)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "9"), ("9",)),
        (("--to", "9"), ("9",)),
        (("--propose", "--out", "STACK"), ("would replace the stack itself",)),
        (("--resolutions", "/nowhere"), ("/nowhere: no such file",)),
        (("--kind", "missing-file"), ("go with --ignore",)),
        (("--ignore", "a\nb", "--why", "x"), ("on one line",)),
        (("--ignore", "x", "--why", " "), ("for a reason only",)),
        (("--stack", "/nowhere"), ("/nowhere",)),
    ],
)
def test_what_is_refused(port: Port, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Bad input ends with 2 and says why; neither the stack nor the output is touched."""
    given = [str(port.stack) if one == "STACK" else one for one in options]
    before = contents_of(port.stack)
    assert_refused(port.siblings(*given), *words)
    assert before == contents_of(port.stack)
    assert not port.out.exists()


def test_old_and_new_are_one(port: Port) -> None:
    """Between a version and itself nobody changed anything; what is missing is missing still."""
    done = run(
        *("siblings", "--from", "1.0", "--to", "1.0", "--json", "--out", port.out),
        *("--stack", port.stack, "--upstream", port.upstream),
    )
    assert_done(done)
    (report,) = json.loads(done.stdout)["siblings"]
    assert ([], 0) == (report["findings"], report["open"])
    assert text(COMMON, "riscv64") != WANTED
