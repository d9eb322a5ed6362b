"""Runs patchkit on true giants and prints a table: what came of it, seconds, peak memory.

    python -m tests.bench.hostile [FOLDER]

They take about 3 GB in FOLDER (by default a temporary one), which is removed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

from tests.cli.demo import OLD, PORTED, make_demo, make_stack
from tests.cli.running import PATCHKIT, environment

_MEBI = 1 << 20
_MOST = "patch_bytes=4000000000 hunks=4000000 file_bytes=4000000000"


class _Zeros(RawIOBase):
    """So many zero bytes."""

    def __init__(self, left: int) -> None:
        self._left = left

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        self._left -= size
        return bytes(size)


def _long_line(size: int) -> Iterator[bytes]:
    yield b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+"
    for _ in range(size // _MEBI):
        yield b"a" * _MEBI
    yield b"\n"


def _long_file(size: int) -> Iterator[bytes]:
    count = size // _MEBI
    yield b"--- /dev/null\n+++ b/x\n@@ -0,0 +1,%d @@\n" % (count * 1024)
    for _ in range(count):
        yield (b"+" + b"a" * 1022 + b"\n") * 1024


def _hunks(count: int) -> Iterator[bytes]:
    yield b"--- a/main.c\n+++ b/main.c\n"
    for at in range(count):
        yield b"@@ -%d,0 +%d @@\n+x\n" % (at, at * 2 + 1)


def _renames(count: int) -> Iterator[bytes]:
    old = b"main.c"
    for at in range(count):
        new = b"d%d/main.c" % at
        yield b"diff --git a/%b b/%b\nsimilarity index 100%%\n" % (old, new)
        yield b"rename from %b\nrename to %b\n" % (old, new)
        old = new


def _with_patch(root: Path, pieces: Iterator[bytes]) -> tuple[Path, Path]:
    demo = make_demo(root, {"0001-evil.patch": b""})
    with demo.patch("0001-evil.patch").open("wb") as patch:
        for piece in pieces:
            patch.write(piece)
    return demo.stack, demo.upstream


def _with_members(root: Path, sizes: list[int]) -> tuple[Path, Path]:
    root.mkdir()
    upstream = root / "upstream"
    upstream.mkdir()
    with tarfile.open(upstream / "demo-1.0.tar.gz", "w:gz", compresslevel=1) as archive:
        for path, file in OLD.items():
            member = tarfile.TarInfo(f"demo-1.0/{path.decode()}")
            member.size = len(file.content)
            archive.addfile(member, BytesIO(file.content))
        for number, size in enumerate(sizes):
            member = tarfile.TarInfo(f"demo-1.0/zeros{number}")
            member.size = size
            archive.addfile(member, _Zeros(size))
    return make_stack(root / "demo-1.0", PORTED), upstream


_CASES: dict[str, tuple[Callable[[Path], tuple[Path, Path]], str]] = {
    "a patch of 1 GiB": (lambda root: _with_patch(root, _long_file(1 << 30)), ""),
    "a patch of 60 MiB": (lambda root: _with_patch(root, _long_file(60 * _MEBI)), ""),
    "a line of 100 MiB": (lambda root: _with_patch(root, _long_line(100 * _MEBI)), ""),
    "a line of 100 MiB, limits raised": (
        lambda root: _with_patch(root, _long_line(100 * _MEBI)),
        _MOST,
    ),
    "a million hunks": (lambda root: _with_patch(root, _hunks(1_000_000)), ""),
    "20,000 hunks": (lambda root: _with_patch(root, _hunks(20_000)), ""),
    "5,000 renames of renames": (lambda root: _with_patch(root, _renames(5000)), ""),
    "a tarball of 2 GiB in 9 MB": (lambda root: _with_members(root, [512 * _MEBI] * 4), ""),
    "a member of 1 GiB": (lambda root: _with_members(root, [1 << 30]), ""),
}


def main() -> None:
    """Print the table."""
    above = sys.argv[1] if len(sys.argv) > 1 else None
    sys.stdout.write("| input | what came of it | seconds | MiB |\n|---|---|---|---|\n")
    for number, (name, (make, limits)) in enumerate(_CASES.items()):
        with tempfile.TemporaryDirectory(dir=above) as folder:
            stack, upstream = make(Path(folder, str(number)))
            seconds, mebibytes, said = _measured(stack, upstream, limits)
        sys.stdout.write(f"| {name} | {said} | {seconds:.1f} | {mebibytes} |\n")
        sys.stdout.flush()


def _measured(stack: Path, upstream: Path, limits: str) -> tuple[float, int, str]:
    command = [
        *PATCHKIT,
        "check",
        "--stack",
        str(stack),
        "--at",
        "1.0",
        "--upstream",
        str(upstream),
    ]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment({"PATCHKIT_LIMITS": limits}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    complaint = process.stderr.read().decode().partition("\n")[0].rpartition(": ")[2]
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    return seconds, _peak(used), complaint or f"exit code {os.waitstatus_to_exitcode(status)}"


def _peak(used: resource.struct_rusage) -> int:
    return used.ru_maxrss // 1024


if __name__ == "__main__":
    main()
