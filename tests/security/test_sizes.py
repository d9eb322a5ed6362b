"""Inputs that are made to take all memory or for ever end soon, with what to do."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest

from patchkit.model.tree import File
from tests.cli.demo import PORTED, Demo, make_demo, make_stack
from tests.cli.ports import ADDS, NEW, OLD
from tests.cli.running import Run, run
from tests.sources.commits import Made

_SECONDS = 20
"""How long a run may take that would take minutes: far more than it does, far less than that."""


def _check(demo: Demo, limits: str = "") -> Run:
    at = ("--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream)
    return run("check", *at, changes={"PATCHKIT_LIMITS": limits})


def test_a_gigantic_patch(tmp_path: Path) -> None:
    """A patch beyond the limit is not read; this one takes no room on the disk."""
    demo = make_demo(tmp_path, PORTED)
    with demo.patch("0001-util.patch").open("r+b") as patch:
        patch.truncate(1 << 30)
    done = _check(demo)
    assert 2 == done.exit_code
    assert "a patch of 1073741824 bytes; 67108864 is the limit" in done.stderr
    assert "PATCHKIT_LIMITS=patch_bytes=NUMBER" in done.stderr


def test_a_long_line(tmp_path: Path) -> None:
    """A line of ten megabytes is a line."""
    line = b"a" * 10_000_000
    patch = b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+" + line + b"\n"
    demo = make_demo(tmp_path, {"0001-long.patch": patch})
    assert 0 == _check(demo).exit_code


def _many_hunks(count: int) -> bytes:
    hunks = (b"@@ -%d,0 +%d @@\n+x\n" % (at, at * 2 + 1) for at in range(count))
    return b"--- a/main.c\n+++ b/main.c\n" + b"".join(hunks)


def test_many_hunks(tmp_path: Path) -> None:
    """In one file, and in many files of one patch."""
    cases = {
        "default": (_many_hunks(20_001), ""),
        "two": (_many_hunks(150) + _many_hunks(150), "hunks=200"),
    }
    for name, (patch, limits) in cases.items():
        done = _check(make_demo(tmp_path / name, {"0001-many.patch": patch}), limits)
        assert 2 == done.exit_code
        assert "hunks" in done.stderr
        assert "PATCHKIT_LIMITS=hunks=NUMBER" in done.stderr


def test_nested_renames(tmp_path: Path) -> None:
    """A file that is renamed three hundred times, a patch each, into deeper folders."""
    places = ["main.c", *("/".join(["d"] * depth) + "/main.c" for depth in range(1, 300))]
    patches = {
        f"{number:04}.patch": (
            f"diff --git a/{old} b/{new}\nsimilarity index 100%\n"
            f"rename from {old}\nrename to {new}\n"
        ).encode()
        for number, (old, new) in enumerate(itertools.pairwise(places))
    }
    demo = make_demo(tmp_path, patches)
    at = ("--stack", demo.stack, "--at", "1.0", "--upstream", demo.upstream)
    assert 0 == _within("check", *at)


def test_nested_conditions(tmp_path: Path) -> None:
    """Thousands of conditions in one another, which are compared with those of the siblings."""
    words = (b"X86_64", b"ARM64")
    text = b"".join(
        b"#ifdef CONFIG_%b\n#define A%d 1\n" % (words[at % 2], at) for at in range(5000)
    )
    text += b"#endif\n" * 5000
    made = Made(tmp_path / "upstream.git")
    first = made.commit({**OLD, b"shared.c": File(text)})
    last = made.line(first, ("demo: more", {**NEW, b"shared.c": File(text + b"int x;\n")}))[-1]
    made.tag("1.0", first)
    made.tag("2.0", last)
    stack = make_stack(tmp_path / "demo-1.0", {"0001-riscv64.patch": ADDS})
    versions = ("--from", "1.0", "--to", "2.0")
    code = _within("siblings", *versions, "--stack", stack, "--upstream", made.git_dir)
    assert code in (0, 1)


@pytest.mark.parametrize("limits", ["hunks", "hunks=x", "hunks=-1", "evil=1", "hunks=1=2"])
def test_limits_that_are_not_understood(tmp_path: Path, limits: str) -> None:
    """The variable is checked like every other input."""
    done = _check(make_demo(tmp_path, PORTED), limits)
    assert (2, True) == (done.exit_code, "PATCHKIT_LIMITS" in done.stderr)


def _within(*arguments: str | Path) -> int:
    """The exit code of a run that must not take for ever."""
    from tests.cli.running import PATCHKIT, environment

    command = [*PATCHKIT, *map(str, arguments)]
    done = subprocess.run(
        command, env=environment(), capture_output=True, check=False, timeout=_SECONDS
    )
    return done.returncode
