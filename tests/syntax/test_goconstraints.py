"""Which Go files are built for a variant."""

from __future__ import annotations

import pytest

from patchkit.model.variants import ARCHITECTURES, Axis, Variant
from patchkit.syntax.goconstraints import go_architecture, is_go_file_built, is_go_test
from patchkit.syntax.targets import Target


def target(name: str) -> Target:
    """A target by the name of its architecture."""
    variant = ARCHITECTURES.variant(name)
    assert variant is not None
    return Target(ARCHITECTURES, variant)


@pytest.mark.parametrize(
    ("path", "is_built"),
    [
        (b"a/plain.go", True),
        (b"a/x_riscv64.go", True),
        (b"a/x_riscv64_test.go", True),
        (b"a/x_arm64.go", False),
        (b"a/x_linux.go", True),
        (b"a/x_linux_riscv64.go", True),
        (b"a/x_darwin_riscv64.go", False),
        (b"a/x_windows.go", False),
        (b"a/arm64.go", True),
        (b"a/linux_arm64.go", False),
        (b"a/x_riscv.go", False),
        (b"a/x_arm64_more.go", True),
        (b"a/x_unix.go", True),
    ],
)
def test_names(path: bytes, is_built: bool) -> None:
    """The last parts of a name choose system and architecture, where something stands before."""
    assert is_go_file_built(path, b"package a\n", target("riscv64")) is is_built


@pytest.mark.parametrize(
    ("line", "is_built"),
    [
        (b"//go:build riscv64", True),
        (b"//go:build amd64 || arm64", False),
        (b"//go:build (amd64 || riscv64) && linux", True),
        (b"//go:build !riscv64", False),
        (b"//go:build !amd64 && unix", True),
        (b"//go:build ignore", False),
        (b"//go:build !custom", True),
        (b"//go:build go1.18 && !windows", True),
        (b"// +build amd64 riscv64", True),
        (b"// +build amd64,linux", False),
        (b"// +build linux\n// +build !riscv64", False),
        (b"// Text.\n\n//go:build amd64", False),
        (b"/* Text\n */\n\n//go:build amd64", False),
        (b"// to build amd64", True),
    ],
)
def test_build_lines(line: bytes, is_built: bool) -> None:
    """Lines above the package clause choose, in the new form and in the old one."""
    content = line + b"\n\npackage a\n"
    assert is_go_file_built(b"a/x.go", content, target("riscv64")) is is_built


def test_a_line_below_the_package_clause_is_a_comment() -> None:
    """Go looks above the clause only."""
    assert is_go_file_built(b"x.go", b"package a\n\n//go:build amd64\n", target("riscv64"))


def test_what_go_calls_an_architecture() -> None:
    """It is one of the variant's words, and 386 for the 32-bit PC."""
    names = ("x86_64", "i386", "arm64", "ppc64le", "loong64", "mips64le", "hppa")
    found = [go_architecture(target(name)) for name in names]
    assert found == ["amd64", "386", "arm64", "ppc64le", "loong64", "mips64le", ""]


def test_tags_of_another_axis() -> None:
    """A tag that names the variant is set, one that names another is not."""
    mine = Variant("red", ("red",))
    colours = Target(Axis("colour", (mine, Variant("blue", ("blue",)))), mine)
    assert is_go_file_built(b"x.go", b"//go:build red\n\npackage a\n", colours)
    assert not is_go_file_built(b"x.go", b"//go:build blue\n\npackage a\n", colours)
    assert is_go_file_built(b"x_amd64.go", b"package a\n", colours)


def test_tests_by_their_name() -> None:
    """Only the end of a name makes a test."""
    assert is_go_test(b"a/x_arm64_test.go")
    assert not is_go_test(b"a/x_test_arm64.go")
