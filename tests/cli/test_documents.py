"""The commands of README and tutorial, as they are written, on the stack that ships."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.cli.folders import names_in, state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, Run, assert_done, environment, run
from tests.cli.shipped import SERIES, indented_blocks, statuses

_OUT = f"{SERIES}/3.2.0"


def test_the_first_command_of_the_readme(clone: Path) -> None:
    """It ports the shipped stack, says that upstream is a reduced one, and that nothing changed."""
    first = indented_blocks(clone / "README.md")[0]
    install, _, command = first.rpartition(" && ")
    assert "python3 -m venv .venv && .venv/bin/pip install -q ." == install
    program, *arguments = command.split()
    assert ".venv/bin/patchkit" == program
    out = clone / _OUT
    before = state_of(clone)
    for place in (clone, clone / "series"):
        done = run(*arguments, cwd=place)
        assert_done(done)
        assert "reduced upstream that ships with patchkit" in done.stdout
        assert 18 == len(statuses(done.stdout))
        assert "Next: review 0004-" in done.stdout
        last = f"Nothing changed: {out} is identical to this result already."
        assert last == done.stdout.splitlines()[-1]
    assert before == state_of(clone)
    assert ["apply-patches", "patches", "report.json", "report.txt", "series.conf"] == names_in(out)
    assert 0o755 == (out / "apply-patches").stat().st_mode & 0o777


def test_the_first_command_where_nothing_was_ported_yet(clone: Path) -> None:
    """Without the finished port it writes it: 17 patches, series, script and two reports."""
    shutil.rmtree(clone / _OUT)
    done = run("rebase", "--from", "2.5.1", "--to", "3.2.0", cwd=clone)
    assert_done(done)
    assert f"Written to {clone / _OUT}: files 21 created." in done.stdout


def test_the_tutorial(clone: Path, tmp_path: Path) -> None:
    """Its commands do what it says, and the record that it types settles the conflict."""
    blocks = iter(indented_blocks(clone / "docs/tutorial.md"))
    text = " ".join((clone / "docs/tutorial.md").read_text().split())
    kata = tmp_path / "kata"

    look = _follow(next(blocks), clone, kata)
    assert look.stdout.endswith("All 18 patches apply exactly: no fuzz, no offset.\n")

    port = _follow(next(blocks), clone, kata)
    assert_done(port)
    assert {
        **dict.fromkeys(("0001", "0002", "0003", "0005", "0006", "0009", "0015"), "unchanged"),
        **dict.fromkeys(("0012", "0018"), "shifted"),
        **dict.fromkeys(("0010", "0017"), "merged"),
        **dict.fromkeys(("0004", "0007", "0008", "0011", "0013", "0014", "0016"), "resolved"),
    } == statuses(port.stdout)
    assert "is identical to this result already." in port.stdout

    report = (clone / _OUT / "report.txt").read_text()
    assert "0014-versions-Name-the-guest-image-and-initrd-of-riscv64.patch: resolved" in report
    assert "settled by a recorded resolution" in report
    assert "patchkit.resolutions" in names_in(clone / SERIES)

    before = state_of(clone)
    held = _follow(next(blocks), clone, kata)
    assert (1, "") == (held.exit_code, held.stderr)
    left = {"0007": "conflicted", **dict.fromkeys(("0008", "0013", "0014"), "partial")}
    assert {**left, "0011": "resolved"}.items() <= statuses(held.stdout).items()
    assert "five held regions" in text
    assert "5 regions held" in held.stdout

    listed = _follow(next(blocks), clone, kata)
    assert_done(listed)
    assert 5 == listed.stdout.count("patchkit resolve 00")

    decided = _follow(next(blocks), clone, kata)
    assert (1, "") == (decided.exit_code, decided.stderr)
    expected = {**statuses(held.stdout), "0014": "resolved"}
    assert expected == statuses(decided.stdout)
    assert "4 regions held" in decided.stdout
    shipped, mine = (
        (folder / "patches/0014-versions-Name-the-guest-image-and-initrd-of-riscv64.patch")
        for folder in (clone / _OUT, tmp_path / "kata-port")
    )
    assert shipped.read_bytes() == mine.read_bytes()
    assert [] == list(blocks)
    assert before == state_of(clone)


def _follow(block: str, clone: Path, kata: Path) -> Run:
    """Type a block into a shell; the tutorial's places below /tmp are some of the test's own."""
    changes = put_before(kata.parent / "bin", "patchkit", f'exec {" ".join(PATCHKIT)} "$@"\n')
    done = subprocess.run(
        ["sh", "-e", "-c", block.replace("/tmp/kata", str(kata))],
        cwd=clone,
        env=environment(changes),
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)
