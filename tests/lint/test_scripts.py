"""What is found in scripts, against the shells that run them and against checkbashisms."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from patchkit.syntax.shellfaults import ShellScript, read_script
from tests.lint.cases import BY_HAND
from tests.lint.making import OURS, SPEC, clean, codes_in, found_in

needs_checkbashisms = pytest.mark.skipif(
    shutil.which("checkbashisms") is None, reason="needs checkbashisms"
)
BASH = [
    "[[ -f a ]] && echo", "if [ a == b ]; then :; fi", "((i++))",
    "for ((i=0; i<3; i++)); do :; done",
    "function f() { :; }", "echo ${a[0]}", "echo ${x/a/b}", "echo ${x:1:2}", "echo ${x^^}",
    "echo ${!y}", "diff <(a) <(b)", "cat <<< x", "echo $'a'", "echo {1..3}", "ls &> x", "ls >& x",
    "source x", "x+=1", "a |& b", "read", "declare -a x", "pushd x", "let x=1", "echo $RANDOM",
]  # fmt: skip
POSIX = [
    "[ a = b ]", "f() { local x=1; }", "echo ${x:-y} ${x:=y} ${x:?y} ${x:+y} ${x#a} ${x%%b} ${#x}",
    "ls >x 2>&1", "echo x >&2", "exec 3>&1 3>&-", "x=$((1 + 2))", "case x in y) : ;; esac",
    "read -r x", ". ./x", "cat <<END\n[[ text ]]\nEND", "# [[ a comment ]]", "echo '[[ quoted ]]'",
    'printf "%s\\n" "a == b"', "while :; do break; done", "echo a{b,c",
]  # fmt: skip


def script(text: str) -> ShellScript:
    """A script that is read; the grammar is a requirement of the tests."""
    found = read_script(text.encode())
    assert found is not None
    return found


@needs_checkbashisms
@pytest.mark.parametrize("text", [*BASH, *POSIX])
def test_what_only_bash_knows(text: str, tmp_path: Path) -> None:
    """It is found where checkbashisms finds it, on the same line, and nowhere else."""
    place = tmp_path / "script"
    place.write_text(f"#!/bin/sh\n:\n{text}\n")
    said = subprocess.run(["checkbashisms", place], capture_output=True, check=False, text=True)
    lines = {int(line) for line in re.findall(r" line (\d+) \(", said.stderr)}
    assert lines == {one.line for one in script(place.read_text()).bashisms}
    assert bool(lines) == (text in BASH)


def test_arrays() -> None:
    """checkbashisms sees only where they are used."""
    assert ["an array"] == [one.what for one in script("a=(1 2)").bashisms]


LOOPS = [
    "while read line; do echo $line; done <f",
    "while IFS= read -r line\ndo echo $line; done <f",
    "cat f | while read line; do echo $line; done",
    'while read -r line || [ -n "$line" ]; do echo $line; done <f',
    'while IFS= read -r line || test -n "$line"; do echo $line; done <f',
    'while line=; read -r line || [ "$line" ]; do echo $line; done <f',
]


@pytest.mark.parametrize("text", LOOPS)
def test_loops_that_lose_the_last_line(text: str, tmp_path: Path) -> None:
    """A real shell says whether a last line without an end is read."""
    tmp_path.joinpath("f").write_text("one\ntwo")
    done = subprocess.run(["sh", "-c", text], cwd=tmp_path, capture_output=True, check=True)
    (loop,) = script(text).loops
    assert loop.keeps_last == (b"two" in done.stdout)


FAILING = [
    "patch -p1", "set -e\npatch -p1", "set -ex\npatch -p1", "patch -p1 || exit 1",
    "if ! patch -p1; then exit 1; fi", "patch -p1 && :", "for x in 1; do patch -p1; done",
    "set -e\necho x | while read line; do patch -p1; done", ": && patch -p1",
    "echo x | while read line; do patch -p1; done", "set -o errexit\npatch -p1",
    "patch -p1\n[ $? = 0 ] || exit 1", "f() { patch -p1; }\nf",
]  # fmt: skip


@pytest.mark.parametrize("text", FAILING)
def test_scripts_that_go_on(text: str, tmp_path: Path) -> None:
    """A real shell with a `patch` that fails says whether the script goes on."""
    fake = tmp_path / "patch"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", "-c", f"{text}\necho went on"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    files = clean() | {"apply-patches": text.encode()}
    assert (b"went on" in done.stdout) == ("PK406" in codes_in(files))


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("patch -p1 -F0", []),
        ("patch -p1 -F 0", []),
        ("patch -p1 --fuzz=0", []),
        ("patch -p1 --fuzz 0 -s", []),
        ("patch -p1 -F1", ["PK405"]),
        ("patch -p1 --fuzz=2", ["PK405"]),
        ("patch -p1", ["PK405"]),
        ("patch --version", []),
        ("git apply x", []),
    ],
)
def test_fuzz(command: str, codes: list[str]) -> None:
    """What `patch` may ignore is told; git has no fuzz."""
    files = clean() | {"apply-patches": f"set -e\n{command}\n".encode()}
    assert codes == codes_in(files, "PK405")


def test_who_runs_the_script_with_sh() -> None:
    """Bashisms matter where the spec runs sh, or the script says sh itself."""
    bash = b"#!/bin/bash\n" + BY_HAND.replace(b"[ -n", b"[[ -n").replace(b'" ]', b'" ]]')
    for line, codes in (
        (b"sh apply-patches", ["PK402"]),
        (b"cd x && sh -x ./apply-patches", ["PK402"]),
        (b"bash apply-patches", []),
        (b"./apply-patches", []),
        (b"# sh apply-patches", []),
    ):
        spec = SPEC.replace(b"sh apply-patches", line)
        files = clean() | {"apply-patches": bash, "demo.spec": spec}
        assert codes == codes_in(files, "PK402")
    files = clean() | {"apply-patches": bash.replace(b"bash", b"sh")}
    del files["demo.spec"]
    assert ["PK402"] == codes_in(files, "PK402")


def test_the_tarball_of_a_script() -> None:
    """Plain variables are read, patterns match, what may be there already is left alone."""
    for lines, codes in (
        ("pkg=demo-1.0\ntar -xzf $pkg.tar.gz", []),
        ('pkg=demo-1.1\ntar -xzf "${pkg}.tar.gz"', ["PK407"]),
        ("tar xf demo-*.tar.gz", []),
        ("tar xf other-*.tar.gz", ["PK407"]),
        ("tar -cf new.tar x", []),
        ("tar -xf $(ls).tar.gz", []),
        ("if [ ! -d p ]; then\n  tar -xf p.tar.gz\nfi", []),
    ):
        files = clean() | {"apply-patches": f"set -e\n{lines}\n".encode()}
        assert codes == codes_in(files, "PK407"), lines


def test_the_script_that_patchkit_writes() -> None:
    """No rule finds anything in it, and it is not taken for one made by hand."""
    found = script(OURS.decode())
    assert () == found.bashisms
    assert [] == codes_in(clean(), "PK4")
    assert all(loop.keeps_last for loop in found.loops)


def test_no_script_is_no_finding() -> None:
    """A series without a script, and a script of quilt's, are none of these rules' business."""
    files = clean()
    del files["apply-patches"]
    assert [] == found_in(files, "PK4")
