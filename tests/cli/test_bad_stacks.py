"""Stacks that cannot be ported as they are: one line says why, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.demo import CREATED, SHIFTED, Demo, make_stack
from tests.cli.folders import names_in, state_of
from tests.cli.running import assert_refused, run

_SERIES = "demo-1.0/series.conf"


def _missing(demo: Demo) -> None:
    demo.patch("0002-new.patch").unlink()


def _doubled(demo: Demo) -> None:
    _append(demo, b"0001-util.patch\n")


def _unlisted(demo: Demo) -> None:
    demo.patch("0009-left-over.patch").write_bytes(SHIFTED)


def _upwards(demo: Demo) -> None:
    (demo.root / "outside.patch").write_bytes(SHIFTED)
    _append(demo, b"../../outside.patch\n")


def _absolute(demo: Demo) -> None:
    _append(demo, b"/etc/passwd\n")


def _linked(demo: Demo) -> None:
    (demo.root / "outside.patch").write_bytes(SHIFTED)
    demo.patch("0009-link.patch").symlink_to("../../outside.patch")
    _append(demo, b"0009-link.patch\n")


def _truncated(demo: Demo) -> None:
    lines = SHIFTED.splitlines(keepends=True)
    demo.patch("0001-util.patch").write_bytes(b"".join(lines[:-2]))


def _cut_off(demo: Demo) -> None:
    demo.patch("0001-util.patch").write_bytes(SHIFTED[:-3])


def _too_many_lines(demo: Demo) -> None:
    demo.patch("0001-util.patch").write_bytes(SHIFTED.replace(b"-17,7", b"-17,6") + b"+more\n")


def _utf_16(demo: Demo) -> None:
    demo.patch("0001-util.patch").write_bytes(SHIFTED.decode().encode("utf-16"))


def _utf_16_series(demo: Demo) -> None:
    series = demo.stack / "series.conf"
    series.write_bytes(series.read_text().encode("utf-16"))


def _garbage(demo: Demo) -> None:
    demo.patch("0001-util.patch").write_bytes(bytes(range(256)) * 20)


def _folder(demo: Demo) -> None:
    demo.patch("0001-util.patch").unlink()
    demo.patch("0001-util.patch").mkdir()


def _compressed(demo: Demo) -> None:
    demo.patch("0009.patch.gz").write_bytes(b"\x1f\x8b")
    _append(demo, b"0009.patch.gz\n")


def _unknown_option(demo: Demo) -> None:
    _append(demo, b"0009-x.patch --frobnicate\n")


def _loop(demo: Demo) -> None:
    demo.patch("0001-util.patch").unlink()
    demo.patch("0001-util.patch").symlink_to("0001-util.patch")


def _pipe(demo: Demo) -> None:
    demo.patch("0001-util.patch").unlink()
    os.mkfifo(demo.patch("0001-util.patch"))


def _two_faults(demo: Demo) -> None:
    _missing(demo)
    _truncated(demo)


def _append(demo: Demo, line: bytes) -> None:
    series = demo.stack / "series.conf"
    series.write_bytes(series.read_bytes() + line)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_missing, (f"{_SERIES}:3: 0002-new.patch", "no such file in patches/", "delete the line")),
        (_doubled, (f"{_SERIES}:6: 0001-util.patch", "listed twice, first on line 2", "Delete")),
        (_unlisted, (_SERIES, "0009-left-over.patch", "not listed", "List it, delete it")),
        (_upwards, (f"{_SERIES}:6: ../../outside.patch", "out of the folder")),
        (_absolute, (f"{_SERIES}:6: /etc/passwd", "out of the folder")),
        (_linked, (f"{_SERIES}:6: 0009-link.patch", "symbolic link", "outside.patch")),
        (_truncated, ("0001-util.patch:3:", "ends inside this hunk", "get it anew")),
        (_cut_off, ("0001-util.patch:11:", "ends in the middle of this line", "anew")),
        (_too_many_lines, ("0001-util.patch:", "hunk")),
        (_utf_16, ("0001-util.patch:1:", "UTF-16", "iconv")),
        (_utf_16_series, (f"{_SERIES}:1:", "UTF-16", "iconv")),
        (_garbage, ("0001-util.patch", "Remove it from the series, or get the patch anew")),
        (_folder, (f"{_SERIES}:2: 0001-util.patch", "a folder, not a patch file")),
        (_compressed, (f"{_SERIES}:6: 0009.patch.gz", "compressed", "Unpack")),
        (_unknown_option, (f"{_SERIES}:6:", "--frobnicate", "-pN, -R")),
        (_loop, (f"{_SERIES}:2: 0001-util.patch",)),
        (_pipe, (f"{_SERIES}:2: 0001-util.patch", "not a regular file")),
        (_two_faults, ("2 problems", f"{_SERIES}:3: 0002-new.patch", "0001-util.patch:3:")),
    ],
)
def test_a_damaged_stack_is_refused(
    demo: Demo, spoil: Callable[[Demo], None], words: tuple[str, ...]
) -> None:
    """Every fault is named with its file and line, and the output folder stays as it was."""
    spoil(demo)
    demo.out.mkdir()
    (demo.out / "series.conf").write_bytes(b"of an earlier run\n")
    before = state_of(demo.out)
    assert_refused(demo.rebase(), *words)
    assert before == state_of(demo.out)
    assert ["demo-1.0", "out", "upstream"] == [
        name for name in names_in(demo.root) if name != "outside.patch"
    ]


@pytest.mark.parametrize("command", ["check", "refresh", "show"])
def test_every_command_refuses_it(demo: Demo, command: str) -> None:
    """The same fault is the same error in the other commands."""
    _missing(demo)
    before = state_of(demo.root)
    upstream = [] if command == "show" else [f"--upstream={demo.upstream}"]
    done = run(command, "--stack", demo.stack, "--at", "1.0", *upstream)
    assert_refused(done, "0002-new.patch", "no such file")
    assert before == state_of(demo.root)


def test_a_stack_without_patches_is_ported_with_a_warning(tmp_path: Path, demo: Demo) -> None:
    """A series in which everything was dropped is a stack still, but hardly what is meant."""
    stack = make_stack(tmp_path / "empty", {})
    done = demo.rebase("--stack", stack)
    assert (0, "") == (done.exit_code, done.stderr)
    assert "warning: series.conf: it names no patch." in done.stdout
    assert ["apply-patches", "report.json", "report.txt", "series.conf"] == names_in(demo.out)


def test_a_misspelt_stack_suggests_the_near_one(demo: Demo) -> None:
    """A folder that is not there is named, with the one that looks like it."""
    wrong = demo.root / "demo-1.O"
    assert_refused(demo.rebase("--stack", wrong), f"{wrong}: no such folder", str(demo.stack))


def test_a_file_is_no_stack(demo: Demo) -> None:
    """Whoever names the series file is told to name its folder."""
    done = demo.rebase("--stack", demo.stack / "series.conf")
    assert_refused(done, "series.conf: a file", f"Did you mean {demo.stack}?")


def test_a_folder_without_a_series_suggests_those_near(demo: Demo) -> None:
    """The folder above a stack is no stack; the message says where there is one."""
    done = demo.rebase("--stack", demo.root)
    assert_refused(done, "no series file here", str(demo.stack))


def test_no_stack_anywhere(tmp_path: Path) -> None:
    """Without a patchkit.yaml or series file in sight the option that names one is told."""
    done = run("rebase", "--from", "1.0", "--to", "2.0", cwd=tmp_path)
    assert_refused(done, "no patchkit.yaml", "--stack")


def test_several_settings_below(tmp_path: Path) -> None:
    """Which of two projects is meant is not guessed."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "patchkit.yaml").write_text("name: x\n")
    done = run("check", cwd=tmp_path)
    assert_refused(done, "several patchkit.yaml", "one/patchkit.yaml", "two/patchkit.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: demo\nupstraem: x\n", ("patchkit.yaml:2:1: upstraem", "Did you mean upstream?")),
        ("name: demo\nfuzz: much\n", ("patchkit.yaml:2:7: fuzz", "whole number")),
        ("name: [\n", ("patchkit.yaml:", "not YAML")),
    ],
)
def test_settings_that_are_not_understood(demo: Demo, text: str, words: tuple[str, ...]) -> None:
    """Unknown keys, wrong values and broken YAML are named with their line."""
    (demo.stack / "patchkit.yaml").write_text(text)
    assert_refused(demo.rebase(), *words)


def test_which_of_several_stacks(demo: Demo) -> None:
    """A project with two stacks asks for the version, and does not take the first."""
    (demo.root / "patchkit.yaml").write_text("stack: s-{version}\n")
    make_stack(demo.root / "s-1.0", {"a.patch": CREATED})
    make_stack(demo.root / "s-1.1", {"a.patch": CREATED})
    assert_refused(run("show", cwd=demo.root), "There are stacks for 1.0, 1.1.", "--at")
