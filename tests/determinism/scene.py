"""Inputs of all kinds, the commands that are run on them, and what came of each."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cli.demo import HELD, NEW, OLD, PORTED, diff, make_stack
from tests.cli.folders import state_of
from tests.cli.ports import make_port
from tests.cli.running import REPOSITORY
from tests.cli.test_branch import HEADER
from tests.determinism.surroundings import Surroundings
from tests.lint.making import clean
from tests.sources.commits import Made
from tests.sources.made import write_files

_DIALECTS = ("openeuler", "quilt", "debian", "suse", "yocto", "openwrt", "rpm")
_REPORTS = ("html", "markdown", "junit", "sarif")
_ON_OLD = ("--at", "1.0", "--upstream", "upstream")
_BOTH = ("--from", "1.0", "--to", "2.0")
_KATA = ("--from", "2.5.1", "--to", "3.2.0", "--stack", "kata/2.5.1")
_PORT = ("--stack", "port/demo-1.0", "--upstream", "port/upstream.git")
_ALL_REPORTS = tuple(word for one in _REPORTS for word in ("--report", one))

_ODD = {
    "0005-gr\u00f6\u00dfe-\u540d\u524d.patch": diff(
        "gr\u00f6\u00dfe/\u540d.txt", None, b"gr\xc3\xb6\xc3\x9fe\n\xff\n"
    ),
}
"""A patch whose name, path and text are not ASCII."""

Command = tuple[str, ...]

KATA: Sequence[Command] = (
    ("rebase", *_KATA, "--out", "out/kata", *_ALL_REPORTS),
    ("rebase", *_KATA, "--out", "out/held", "--resolutions", "/dev/null", *_ALL_REPORTS),
    ("siblings", *_KATA, "--json"),
)
"""The stack that ships, with the decisions on it and without."""

OTHERS: Sequence[Command] = (
    *(("report", "out/held", "--format", one) for one in ("text", "json", *_REPORTS)),
    ("report", "out/held", "--open"),
    ("rebase", *_KATA, "--out", "out/kata", *_ALL_REPORTS),
    ("diff", "kata/2.5.1", "out/kata"),
    ("diff", "kata/2.5.1", "out/held", "--json"),
    ("show", "--stack", "out/held"),
    ("show", "--stack", "kata/2.5.1", "--json"),
    ("deps", "--stack", "kata/2.5.1", "--at", "2.5.1"),
    ("deps", "--stack", "kata/2.5.1", "--at", "2.5.1", "--json"),
    ("deps", "--stack", "kata/2.5.1", "--at", "2.5.1", "--format", "mermaid"),
    ("check", "--stack", "kata/2.5.1", "--at", "2.5.1"),
    ("check", "--stack", "loose", *_ON_OLD, "--json"),
    ("rebase", *_BOTH, *_PORT, "--out", "out/port", *_ALL_REPORTS),
    ("siblings", *_BOTH, *_PORT, "--out", "out/proposed", "--propose"),
    ("rebase", *_BOTH, "--stack", "demo", "--upstream", "demo.git", "--out", "out/demo"),
    ("resolve", *_BOTH, "--stack", "demo", "--out", "out/demo"),
    ("resolve", *_BOTH, "--stack", "demo", "--out", "out/demo", "--all", "--take", "ours"),
    ("resolutions", "list", "--stack", "demo", "--json"),
    ("rebase", *_BOTH, "--stack", "demo", "--upstream", "demo.git", "--out", "out/demo"),
    *(("convert", "demo", "--to", one, "--out", f"out/in-{one}") for one in _DIALECTS),
    *(("convert", f"out/in-{one}", "--out", f"out/from-{one}") for one in _DIALECTS[1:]),
    ("refresh", "--stack", "loose", *_ON_OLD),
    ("series", "move", "0003", "--first", "--stack", "edited", *_ON_OLD),
    ("series", "rename", "0001", "0001-other.patch", "--stack", "edited", *_ON_OLD),
    ("series", "disable", "0002", "--reason", "not yet", "--stack", "edited", *_ON_OLD),
    ("series", "fold", "0003", "0001", "--stack", "edited", *_ON_OLD),
    ("branch", "--stack", "mails", "--at", "1.0", "--repo", "demo.git"),
    ("export", "--stack", "mails", "--at", "1.0", "--repo", "demo.git", "--json"),
    ("apply", "tree", "--stack", "demo"),
    ("lint", "package"),
    ("lint", "package", "--format", "json"),
    ("lint", "package", "--format", "sarif"),
    ("lint", "package", "--fix"),
    ("rules", "--json"),
    ("init", "package", "--dry-run"),
    ("rebase", *_BOTH, "--stack", "no-such-stack"),
    ("fleet", "FLEET.yaml", "--out", "out/fleet", "--quiet"),
)
"""Every other kind of output, errors too."""

WITH_SPEC: Sequence[Command] = (
    ("upgrade", "--to", "2.0", "--stack", "spec", "--upstream", "upstream", "--dry-run"),
    ("upgrade", "--to", "2.0", "--stack", "spec", "--upstream", "upstream"),
)
"""What rpm's library has a part in."""


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended. The root is written as ROOT."""

    exit_code: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of all commands: what each said, and all files with their modes."""

    said: Mapping[Command, Said]
    files: Mapping[str, tuple[int, bytes]]


_MEASURED = ("out/fleet/fleet.txt", "out/fleet/index.html", "out/fleet/.lock")
"""What a fleet's ports were measured to take, for a person; docs/reference/fleet.md names it."""


def make_inputs(root: Path) -> Path:
    """Put the inputs of all commands below `root`, which is made."""
    kata = root / "kata"
    shutil.copytree(REPOSITORY / "series" / "kata-containers", kata)
    shutil.rmtree(kata / "3.2.0")
    write_files(root / "upstream" / "1.0", OLD)
    write_files(root / "upstream" / "2.0", NEW)
    write_files(root / "tree", OLD)
    made = Made(root / "demo.git")
    first = made.commit(OLD)
    (last,) = made.line(first, ("demo: the next version", NEW))
    made.tag("1.0", first)
    made.tag("2.0", last)
    make_stack(root / "demo", {**HELD, **_ODD})
    make_stack(root / "edited", {**PORTED, **_ODD})
    loose = {name: _three_lines_off(raw) for name, raw in PORTED.items()}
    make_stack(root / "loose", loose)
    mails = {name: HEADER % name[5:-6].encode() + raw for name, raw in {**PORTED, **_ODD}.items()}
    make_stack(root / "mails", mails)
    (root / "out").mkdir()
    (root / "port").mkdir()
    make_port(root / "port")
    for name, raw in _packaging().items():
        place = root / "package" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    for name in ("one", "two", "three"):
        make_stack(root / "fleet" / name, HELD if name == "two" else PORTED)
    (root / "FLEET.yaml").write_text(
        'fleet: 1\nstack: "fleet/{name}"\nupstream: demo.git\nfrom: "1.0"\nto: "2.0"\n'
        "packages:\n  - name: one\n  - name: two\n  - name: three\n"
    )
    return root


def put_spec(root: Path, spec: str) -> None:
    """Add the packaging repository with a spec, for `upgrade`."""
    make_stack(root / "spec", PORTED)
    (root / "spec" / "demo.spec").write_text(spec)


def play(inputs: Path, around: Surroundings, commands: Sequence[Command]) -> Outcome:
    """Copy the inputs to these surroundings and run the commands there, in order."""
    _copy(inputs, around.root, backwards=around.backwards)
    said = {}
    for number, command in enumerate(commands):
        ran = around.run(around.python, "-m", "patchkit", *command)
        where = bytes(around.root)
        said[(str(number), *command)] = Said(
            ran.returncode, *(raw.replace(where, b"ROOT") for raw in (ran.stdout, ran.stderr))
        )
    return Outcome(said, dict(_written(around)))


def _written(around: Surroundings) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """All files; of git's repositories the refs, since git's own files are git's affair."""
    for path, (mode, content, _) in state_of(around.root).items():
        if (stat.S_ISLNK(mode) or ".git/" not in path) and path not in _MEASURED:
            yield path, (mode, _measured(path, content))
    for place in sorted(around.root.rglob("*.git")):
        refs = around.run("git", "--git-dir", str(place), "for-each-ref")
        assert refs.returncode == 0, refs
        yield f"{place.relative_to(around.root)}: refs", (0, refs.stdout)


def _measured(path: str, content: bytes) -> bytes:
    """Without what a fleet's port was measured to take, which docs/reference/fleet.md names."""
    if not path.startswith("out/fleet/") or path.startswith("out/fleet/packages/"):
        return content
    return re.sub(rb'("seconds": |"memory": )[\d.]+', rb"\1N", content)


def _copy(source: Path, target: Path, *, backwards: bool) -> None:
    target.mkdir(parents=True, exist_ok=True)
    entries = sorted(os.scandir(source), key=lambda one: one.name, reverse=backwards)
    for entry in entries:
        place = target / entry.name
        if entry.is_dir(follow_symlinks=False):
            _copy(Path(entry.path), place, backwards=backwards)
            shutil.copymode(entry.path, place)
        elif entry.is_symlink():
            place.symlink_to(Path(entry.path).readlink())
        else:
            shutil.copyfile(entry.path, place)
            shutil.copymode(entry.path, place)


def _three_lines_off(patch: bytes) -> bytes:
    """The patch with line numbers that are too high."""
    return re.sub(
        rb"@@ -([1-9]\d*),(\d+) \+(\d+)",
        lambda found: b"@@ -%d,%s +%d" % (int(found[1]) + 3, found[2], int(found[3]) + 3),
        patch,
    )


def _packaging() -> dict[str, bytes]:
    """A packaging repository in which lint finds several things, some of them to be mended."""
    files = dict(clean())
    files["series.conf"] = files["series.conf"].replace(b"\n", b"  \r\n") + b"no-such.patch\n"
    files["zz-unlisted.patch"] = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n"
    return files
