"""Places of two versions: what is new, what ours gets, and how much that matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from patchkit.model.siblings import CellState, Family, FamilyKind, Finding, FindingKind, Rank
from patchkit.siblings.place_findings import place_findings

from .making import scene

FILES = {f"run/vm_{one}.go": b"package run\n" for one in ("amd64", "arm64", "s390x")}
"""What says which architectures the project has."""

BUS = b"""\
#[cfg(target_arch = "aarch64")]
pub const BUS: &str = "/platform";
#[cfg(target_arch = "x86_64")]
pub const BUS: &str = "/pci";
"""
OURS = b'#[cfg(target_arch = "riscv64")]\npub const BUS: &str = "/soc";\n'
CASE = b"""\
case $arch in
	aarch64) word=arm64;;
	x86_64) word=amd64;;
	*) word=$arch;;
esac
"""


def found(
    old: Mapping[str, bytes], new: Mapping[str, bytes], patched: Sequence[str] = ()
) -> tuple[tuple[Family, ...], tuple[Finding, ...]]:
    """The places of two trees that have files for three architectures each."""
    made = scene({**FILES, **old}, {**FILES, **new}, {})
    return place_findings(replace(made, patched=frozenset(path.encode() for path in patched)))


def only(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Finding:
    """The one finding."""
    _, findings = found(old, new)
    assert len(findings) == 1
    return findings[0]


def states(family: Family) -> dict[str, CellState]:
    """The state of every variant that a family has a cell for."""
    return {cell.variant: cell.state for cell in family.cells}


def test_a_new_place_is_told_with_its_siblings() -> None:
    """A finding says where the siblings are named, and a family has a cell for each."""
    families, findings = found({}, {"src/bus.rs": BUS})
    (finding,) = findings
    assert (FindingKind.PLACE, Rank.BUILD, True) == (finding.kind, finding.rank, finding.is_new)
    assert (b"src/bus.rs", 1) == (finding.path, finding.line)
    assert [("arm64", 1), ("x86_64", 3)] == [(one.variant, one.line) for one in finding.siblings]
    assert finding.note.startswith("cfg of const BUS: arm64 and x86_64 are named here, ours is not")
    (family,) = families
    assert (FamilyKind.PLACE, b"src/bus.rs", True) == (family.kind, family.name, family.is_new)
    assert {
        "riscv64": CellState.MISSING,
        "arm64": CellState.NEW,
        "x86_64": CellState.NEW,
    } == states(family)


def test_a_place_is_found_again_where_lines_moved() -> None:
    """A place that stands elsewhere in the file is not new, and what changed in it is told."""
    moved = b"use a::b;\n\nfn other() {}\n\n" + BUS.replace(b"/pci", b"/pci0")
    families, findings = found({"src/bus.rs": BUS}, {"src/bus.rs": moved})
    assert [False] == [one.is_new for one in findings]
    assert {
        "riscv64": CellState.MISSING,
        "arm64": CellState.THERE,
        "x86_64": CellState.CHANGED,
    } == states(families[0])


def test_two_alike_places_are_told_apart() -> None:
    """Of two places with the same head, the one with the old text is the old one."""
    other = CASE.replace(b"word=", b"machine=").replace(b"amd64", b"q35").replace(b"arm64", b"virt")
    _, findings = found({"a.sh": CASE}, {"a.sh": other + b"echo\n" + CASE})
    assert [(True, 1), (False, 7)] == [(one.is_new, one.line) for one in findings]


def test_a_file_that_moved_has_its_old_places() -> None:
    """Places of a moved file are old."""
    assert not only({"old/bus.rs": BUS}, {"new/bus.rs": BUS}).is_new


def test_siblings_come_and_go() -> None:
    """A sibling that upstream adds or removes at a place is told so."""
    new = BUS.replace(b"x86_64", b"s390x")
    families, _ = found({"src/bus.rs": BUS}, {"src/bus.rs": new})
    cells = states(families[0])
    assert (CellState.NEW, CellState.GONE) == (cells["s390x"], cells["x86_64"])


def test_a_place_that_the_stack_serves_is_no_finding() -> None:
    """Where the stack names ours, there is a family and nothing to do."""
    files = {"src/bus.rs": BUS + OURS}
    families, findings = found(files, files, ["src/bus.rs"])
    assert () == findings
    assert CellState.OURS is families[0].cell("riscv64").state


def test_a_place_that_upstream_serves_is_upstreams() -> None:
    """Where upstream itself names ours, the stack has no part in it."""
    families, findings = found({"src/bus.rs": BUS}, {"src/bus.rs": BUS + OURS})
    assert () == findings
    assert CellState.NEW is families[0].cell("riscv64").state


@pytest.mark.parametrize(
    ("path", "text", "rank"),
    [
        ("src/bus.rs", BUS, Rank.BUILD),
        ("tests/bus.rs", BUS, Rank.NOTHING),
        ("src/a.h", b"#ifdef __x86_64__\n#elif __s390x__\n#else\n#error x\n#endif\n", Rank.BUILD),
        ("Makefile", b"ifeq ($(A),s390x)\nelse ifeq ($(A),arm64)\nelse\n$(error x)\nendif\n",
         Rank.BUILD),
        ("Makefile", b"ifeq ($(A),s390x)\nX=1\nelse ifeq ($(A),arm64)\nX=2\nendif\n",
         Rank.BEHAVIOUR),
        ("src/a.rs", b'#[cfg(any(target_arch = "s390x", target_arch = "x86_64"))]\nfn f() {}\n',
         Rank.BEHAVIOUR),
        ("run/a.go", b"//go:build amd64 || arm64\n\npackage run\n", Rank.BUILD),
        (".github/workflows/a.yaml", b"arch: [amd64, s390x]\n", Rank.BEHAVIOUR),
        ("packaging/a.sh", CASE.replace(b"word=$arch", b"exit 1"), Rank.BEHAVIOUR),
        ("tests/a.sh", CASE.replace(b"word=$arch", b"exit 1"), Rank.BEHAVIOUR),
        ("tests/data.json", b'{"arch": ["amd64", "s390x"]}\n', Rank.NOTHING),
        ("README.md", b"- amd64\n- s390x\n", Rank.NOTHING),
    ],
)  # fmt: skip
def test_how_much_a_place_matters(path: str, text: bytes, rank: Rank) -> None:
    """What stops the build or defines something for each variant weighs most, documents least."""
    assert rank is only({}, {path: text}).rank


def test_a_default_matters_when_it_is_new_or_siblings_left_it() -> None:
    """An old default that serves ours as ever is of no consequence."""
    assert Rank.BEHAVIOUR is only({}, {"a.sh": CASE}).rank
    assert Rank.NOTHING is only({"a.sh": CASE}, {"a.sh": b"echo\n" + CASE}).rank
    grown = CASE.replace(b"\t*)", b"\ts390x) word=z;;\n\t*)")
    assert Rank.BEHAVIOUR is only({"a.sh": CASE}, {"a.sh": grown}).rank
    families, _ = found({"a.sh": CASE}, {"a.sh": grown})
    assert CellState.DEFAULT is families[0].cell("riscv64").state


def test_the_other_half_of_a_go_file_serves_ours() -> None:
    """Where another file of the package is for all that one does not name, ours has that."""
    some = b"//go:build amd64 || arm64\n\npackage run\n"
    rest = b"//go:build !amd64 && !arm64\n\npackage run\n\nvar x = 1\n"
    _, findings = found({}, {"run/a.go": some})
    assert [Rank.BUILD] == [one.rank for one in findings]
    families, findings = found({}, {"run/a.go": some, "run/b.go": rest})
    assert [CellState.DEFAULT] * 2 == [one.cell("riscv64").state for one in families]
    assert Rank.BUILD not in [one.rank for one in findings]
    _, findings = found({}, {"run/a.go": some, "other/b.go": rest})
    assert Rank.BUILD in [one.rank for one in findings]


@pytest.mark.parametrize(
    "path",
    [
        "fixes/0001-bus.patch",
        "Cargo.lock",
        "build/config.sub",
        "go.sum",
        "CHANGELOG.md",
        "docs/release-notes/1.txt",
        "releases/1.0.toml",
        "src/aarch64/bus.rs",
        "src/vm_s390x.rs",
    ],
)
def test_what_is_not_searched(path: str) -> None:
    """Patches, lock files, notes of releases, and what is for one architecture by its path."""
    assert ((), ()) == found({}, {path: BUS})


def test_other_variants_than_those_of_the_project_do_not_count() -> None:
    """A list of machines that the project has nothing for says nothing of ours."""
    assert ((), ()) == found({}, {"a.list": b"openbios-ppc\nopenbios-sparc64\n"})


def test_new_places_come_first() -> None:
    """Families and findings begin with what the old version did not have."""
    old = {"a/bus.rs": BUS}
    families, findings = found(old, {**old, "b/bus.rs": BUS})
    assert [b"b/bus.rs", b"a/bus.rs"] == [one.name for one in families]
    assert [True, False] == [one.is_new for one in findings]
