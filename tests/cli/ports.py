"""A made project with one piece for each architecture, and a stack that adds riscv64."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.cli.demo import diff, make_stack
from tests.cli.running import Run, run
from tests.sources.commits import Made

COMMON = b"""package demo

func start(config Config) error {
	machine := newMachine(config)
	machine.prepare(config)
	return machine.run("{w}")
}
"""
CHECKED = COMMON.replace(
    b"\tmachine.prepare(config)\n",
    b"\tif err := machine.prepare(config); err != nil {\n\t\treturn err\n\t}\n",
)
OURS = b"start_riscv64.go"
THE_SUBJECT = "demo: check what prepare returns"


def text(body: bytes, word: str) -> bytes:
    """The piece of an architecture."""
    return body.replace(b"{w}", word.encode())


def pieces(body: bytes) -> dict[bytes, bytes]:
    """The pieces that upstream has."""
    return {f"start_{word}.go".encode(): text(body, word) for word in ("amd64", "arm64")}


PLAIN = {b"README": b"one\ntwo\nthree\n", b"go.mod": b"module demo\n"}
OLD = {**PLAIN, **pieces(COMMON)}
CHECKING = {**PLAIN, **pieces(CHECKED)}
NEW = {
    **CHECKING,
    b"arch/amd64-options.mk": b"MACHINE := q35\n",
    b"arch/arm64-options.mk": b"MACHINE := virt\n",
    b"README": b"one\ntwo\nthree, new\n",
}
ADDS = diff("start_riscv64.go", None, text(COMMON, "riscv64"))
UNRELATED = diff("notes.txt", None, b"some notes\n")


@dataclass(frozen=True, slots=True)
class Port:
    """The project on disk; upstream is a git repository."""

    stack: Path
    upstream: Path
    out: Path
    checking: str

    def siblings(self, *options: str | Path) -> Run:
        """Ask what the siblings did; later options win."""
        return run("siblings", *self._where(), *options)

    def rebase(self, *options: str | Path) -> Run:
        """Port the stack."""
        return run("rebase", *self._where(), *options)

    def _where(self) -> tuple[str | Path, ...]:
        return (
            *("--from", "1.0", "--to", "2.0", "--stack", self.stack),
            *("--upstream", self.upstream, "--out", self.out),
        )


def make_port(
    root: Path, patches: dict[str, bytes] | None = None, layout: str = "series.conf"
) -> Port:
    """Put the project onto disk; `checking` is the commit that all siblings follow."""
    made = Made(root / "upstream.git")
    first = made.commit(OLD)
    other, checking, last = made.line(
        first,
        ("demo: say more", {**OLD, b"README": NEW[b"README"]}),
        (THE_SUBJECT, {**CHECKING, b"README": NEW[b"README"]}),
        ("demo: options", NEW),
    )
    assert other
    made.tag("1.0", first)
    made.tag("2.0", last)
    stack = make_stack(root / "demo-1.0", patches or {"0001-riscv64.patch": ADDS}, layout)
    return Port(stack, root / "upstream.git", root / "out", checking)
