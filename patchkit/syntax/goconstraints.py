"""Whether the Go compiler takes a file for a variant, on Linux (pure).

By the end of its name (`_linux_arm64.go`), and by the `//go:build` line or the `// +build` lines
above its package clause."""

from __future__ import annotations

import re

from patchkit.model.tree import Path
from patchkit.model.variants import ARCHITECTURES
from patchkit.syntax.expressions import Expression
from patchkit.syntax.targets import Target

_ARCHES = frozenset((
    "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle",
    "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv",
    "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm",
))  # fmt: skip
_SYSTEMS = frozenset((
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux",
    "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
))  # fmt: skip
_TRUE = frozenset(("linux", "unix", "gc", "cgo"))
_OTHERWISE = "amd64"
"""What a project is built for that has other variants than architectures."""
_HEAD = re.compile(rb"\A(?:\s|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_TOKEN = re.compile(r"&&|\|\||[!()]|[\w.]+")


def is_go_file_built(path: Path, content: bytes, target: Target) -> bool:
    """Whether the file is part of its package when that is built for the target.

    What a project's own build tags choose is taken as not chosen.
    """
    return _is_named_for(path, target) and _is_chosen(content, target)


def is_go_test(path: Path) -> bool:
    """Whether the file is part of the tests alone."""
    return path.endswith(b"_test.go")


def go_architecture(target: Target) -> str:
    """What Go calls the architecture of the target."""
    words = ("386",) if target.variant.name == "i386" else target.variant.words
    known = (word for word in (target.variant.name, *words) if word in _ARCHES)
    is_architecture = target.axis.name == ARCHITECTURES.name
    return next(known, "" if is_architecture else _OTHERWISE)


def _is_named_for(path: Path, target: Target) -> bool:
    name = path.rpartition(b"/")[2].removesuffix(b".go").removesuffix(b"_test")
    parts = [part.decode("utf-8", "replace") for part in name.split(b"_")[1:]]
    if not parts:
        return True
    system = None
    if parts[-1] in _ARCHES:
        if parts[-1] != go_architecture(target):
            return False
        system = parts[-2] if len(parts) > 1 else None
    elif parts[-1] in _SYSTEMS:
        system = parts[-1]
    return system not in _SYSTEMS or system == "linux"


def _is_chosen(content: bytes, target: Target) -> bool:
    if b"build" not in content:
        return True
    head = _HEAD.match(content)
    lines = head[0].split(b"\n") if head is not None else []
    old = []
    for line in lines:
        text = line.strip()
        if text.startswith(b"//go:build "):
            return _holds(text[len("//go:build ") :].decode("utf-8", "replace"), target)
        words = text.removeprefix(b"//").split()
        if text.startswith(b"//") and words[:1] == [b"+build"]:
            old.append(_old_expression(b" ".join(words[1:]).decode("utf-8", "replace")))
    return all(_holds(one, target) for one in old)


def _old_expression(line: str) -> str:
    """A `+build` line in the new form: space is "or", comma is "and"."""
    return " || ".join(f"({option.replace(',', ' && ')})" for option in line.split())


def _holds(expression: str, target: Target) -> bool:
    architecture = go_architecture(target)

    def is_true(tag: str) -> bool:
        is_version = re.fullmatch(r"go1\.\d+", tag) is not None
        return tag == architecture or tag in _TRUE or is_version or target.is_named_by(tag) is True

    tokens = _TOKEN.findall(expression)
    return Expression(tokens, is_true).holds() is not False
