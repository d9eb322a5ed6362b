"""The commands of README and tutorial, as they are written, on the stack that ships."""

from __future__ import annotations

import difflib
import json
import re
import subprocess
from pathlib import Path

from tests.cli.folders import names_in, state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, Run, assert_refused, environment, run
from tests.cli.shipped import indented_blocks

_STACK = "series/kata-containers"
_LINES = re.compile(r"(\d{4})\S+\.patch +(\w+) ")


def _statuses(table: str) -> dict[str, str]:
    """The status of each patch of the shipped stack by its number."""
    return dict(_LINES.findall(table))


def test_the_first_command_of_the_readme(clone: Path) -> None:
    """It ports the shipped stack, says that upstream is a reduced one, and what is left to do."""
    first = indented_blocks(clone / "README.md")[0]
    install, _, command = first.rpartition(" && ")
    assert "python3 -m venv .venv && .venv/bin/pip install -q ." == install
    program, *arguments = command.split()
    assert ".venv/bin/patchkit" == program
    done = run(*arguments, cwd=clone)
    assert (1, "") == (done.exit_code, done.stderr)
    assert "reduced upstream that ships with patchkit" in done.stdout
    out = clone / _STACK / "3.2.0"
    assert ["apply-patches", "patches", "report.json", "report.txt", "series.conf"] == names_in(out)
    assert 0o755 == (out / "apply-patches").stat().st_mode & 0o777
    assert 18 == len(_statuses(done.stdout))
    assert f"Written to {out}: files 22 created." in done.stdout
    assert "Next: settle " in done.stdout
    assert "report.txt" in done.stdout

    before = state_of(out)
    again = run(*arguments, cwd=clone / "series")
    assert (1, "") == (again.exit_code, again.stderr)
    assert done.stdout.splitlines()[:-1] == again.stdout.splitlines()[:-1]
    assert f"Nothing changed: {out} is identical" in again.stdout
    assert before == state_of(out)


def test_the_tutorial(clone: Path, tmp_path: Path) -> None:
    """Its commands do what it says, and the hunk that it asks for settles the conflict."""
    blocks = iter(indented_blocks(clone / "docs/tutorial.md"))
    kata = tmp_path / "kata"

    look = _follow(next(blocks), clone, kata)
    assert look.stdout.endswith("All 18 patches apply exactly: no fuzz, no offset.\n")

    port = _follow(next(blocks), clone, kata)
    assert 1 == port.exit_code
    assert {
        **dict.fromkeys(("0001", "0002", "0003", "0005", "0006"), "unchanged"),
        **dict.fromkeys(("0009", "0015", "0016"), "unchanged"),
        **dict.fromkeys(("0004", "0012", "0018"), "shifted"),
        **dict.fromkeys(("0010", "0017"), "merged"),
        **dict.fromkeys(("0008", "0011", "0013", "0014"), "partial"),
        "0007": "conflicted",
    } == _statuses(port.stdout)

    report = (clone / _STACK / "3.2.0/report.txt").read_text()
    assert "0011-agent-Know-the-PCI-root-bus-of-riscv64.patch: partial" in report
    assert "create_ccw_root_bus_path()" in report

    apply = _follow(next(blocks), clone, kata)
    assert (0, "") == (apply.exit_code, apply.stderr)

    patch = clone / _STACK / "3.2.0/patches/0011-agent-Know-the-PCI-root-bus-of-riscv64.patch"
    assert str(patch.relative_to(clone)) in (clone / "docs/tutorial.md").read_text()
    _settle(clone, kata, patch)
    check = _follow(next(blocks), clone, kata)
    assert (0, "") == (check.exit_code, check.stderr)
    assert "All 17 patches apply exactly" in check.stdout
    assert [] == list(blocks)

    before = state_of(clone)
    again = run("rebase", "--from", "2.5.1", "--to", "3.2.0", cwd=clone)
    assert_refused(again, f"patches/{patch.name}", "--force")
    assert before == state_of(clone)


def _follow(block: str, clone: Path, kata: Path) -> Run:
    """Type a block into a shell; the tutorial's folder below /tmp is one of the test's own."""
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


def _settle(clone: Path, kata: Path, patch: Path) -> None:
    """Add the held function to the file, and make the diff into the patch."""
    document = json.loads((clone / _STACK / "3.2.0/report.json").read_bytes())
    (held,) = (
        region
        for ported in document["patches"]
        if ported["name"] == patch.name
        for file in ported["files"]
        for region in file["regions"]
    )
    path = "src/agent/src/linux_abi.rs"
    edited = kata / path
    lines = edited.read_text().splitlines(keepends=True)
    at = held["ours"]["start"] - 1
    base = held["base"]["lines"]
    added = [line for line in held["theirs"]["lines"] if line not in base or line == "\n"]
    lines[at:at] = added
    edited.write_text("".join(lines))
    pristine = clone / _STACK / "reduced-upstream/3.2.0" / path
    diff = difflib.unified_diff(
        pristine.read_text().splitlines(keepends=True), lines, f"a/{path}", f"b/{path}"
    )
    head, start, rest = patch.read_text().partition(f"--- a/{path}\n")
    assert start
    signature = rest[rest.rindex("-- \n") :]
    patch.write_text(head + "".join(diff) + signature)
