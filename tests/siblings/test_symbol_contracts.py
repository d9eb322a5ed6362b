"""Contracts that all variants serve."""

from __future__ import annotations

from patchkit.model.siblings import FindingKind, Rank

from .symbol_scenes import findings, only, siblings

FACE = "package boat\n\ntype sailor interface {\n\ttie(n int) error\n\trun()\n}\n"
BASE = "package boat\n\ntype base struct{}\n\nfunc (b *base) run() {}\n"
OWN = (
    "package boat\n\ntype manArch struct{ base }\n\n"
    "func (m *manArch) tie(n int) error { return nil }\n"
)


def tree(**more: str) -> dict[str, str]:
    """An interface, a shared base, and a type for each variant."""
    mine = OWN.replace("Arch", "Riscv64")
    return {
        "boat/face.go": more.get("face", FACE),
        "boat/base.go": more.get("base", BASE),
        **siblings("boat/man_{}.go", more.get("own", OWN)),
        "boat/man_riscv64.go": more.get("mine", mine),
    }


def test_what_is_provided_wholly_and_did_not_change_is_no_finding() -> None:
    """Own and embedded methods together make the interface."""
    assert findings(tree()) == ()


def test_a_new_member_that_ours_lacks() -> None:
    """The siblings have it of their own, and nothing that ours embeds has."""
    face = FACE.replace("\trun()\n", "\trun()\n\trest(s string) int\n")
    own = OWN + "\nfunc (m *manArch) rest(s string) int { return 1 }\n"
    (one,) = only(findings(tree(face=face, own=own), tree()), FindingKind.CONTRACT)
    assert (one.rank, one.path, one.symbol) == (Rank.BUILD, b"boat/man_riscv64.go", "rest")
    assert one.is_new
    assert "the interface sailor (face.go:3) has the member rest(string) -> (int)" in one.note
    assert [place.variant for place in one.siblings] == ["arm64", "s390x", "x86_64"]
    given = tree(face=face, base=BASE + "\nfunc (b *base) rest(s string) int { return 1 }\n")
    (counted,) = findings(given, tree())
    assert counted.rank is Rank.NOTHING
    assert "went from 2 to 3 members (1 added); riscv64 provides all of them" in counted.note


def test_a_member_with_another_signature() -> None:
    """Ours kept the old parameters of a method that changed."""
    face, own = FACE.replace("n int", "n int64"), OWN.replace("n int", "n int64")
    (one,) = findings(tree(face=face, own=own), tree())
    assert (one.kind, one.rank, one.line) == (FindingKind.CONTRACT, Rank.BUILD, 5)
    assert one.is_new
    assert "tie is (int64) -> (error) in the interface sailor" in one.note
    assert "(int) -> (error) here: change it" in one.note
    (again,) = findings(tree(face=face, own=own))
    assert not again.is_new


def test_a_member_that_left() -> None:
    """The siblings dropped the method with it; ours still carries it."""
    own = OWN.replace("tie(n int) error { return nil }", "run() {}")
    face = FACE.replace("\ttie(n int) error\n", "")
    found = findings(tree(face=face, own=own), tree())
    (one,) = only(found, FindingKind.CONTRACT, Rank.BEHAVIOUR)
    assert (one.symbol, one.line) == ("tie", 5)
    assert "left the interface sailor" in one.note
    kept = OWN + "\nfunc (m *manArch) run() {}\n"
    mine = kept.replace("Arch", "Riscv64")
    (counted,) = findings(tree(face=face, own=kept, mine=mine), tree())
    assert counted.rank is Rank.NOTHING


def test_an_interface_that_only_one_sibling_provides_is_its_own_affair() -> None:
    """Two siblings make a contract."""
    files = tree()
    for name in ("arm64", "s390x"):
        files[f"boat/man_{name}.go"] = "package boat\n"
    files["boat/man_riscv64.go"] = "package boat\n\ntype manRiscv64 struct{}\n"
    assert only(findings(files), FindingKind.CONTRACT) == []


def test_a_type_that_embeds_what_is_not_known_is_not_accused() -> None:
    """A type of another package can bring every method."""
    mine = "package boat\n\ntype manRiscv64 struct{ far.Hand }\n\nfunc (m *manRiscv64) run() {}\n"
    assert only(findings(tree(mine=mine)), FindingKind.CONTRACT) == []


def test_embedded_interfaces_count() -> None:
    """The members of an interface that is embedded are members."""
    face = FACE.replace("\trun()\n", "\trunner\n") + "\ntype runner interface { run() }\n"
    assert findings(tree(face=face)) == ()
    mine = OWN.replace("Arch", "Riscv64").replace("{ base }", "{}")
    (one,) = only(
        findings(tree(face=face, mine=mine), tree(face=face)), FindingKind.CONTRACT, Rank.BUILD
    )
    assert one.symbol == "run"


TRAIT = "pub trait Sailor {\n    fn tie(&self, n: u32) -> bool;\n    fn rest(&self) {}\n}\n"
IMPL = "pub struct Man;\nimpl Sailor for Man {\n    fn tie(&self, n: u32) -> bool { true }\n}\n"


def crate(trait: str, own: str, mine: str) -> dict[str, str]:
    """A crate with a trait, and a module for each variant."""
    return {
        "Cargo.toml": "",
        "src/lib.rs": trait,
        **siblings("src/{}/mod.rs", own, "x86_64", "aarch64"),
        "src/riscv64/mod.rs": mine,
    }


def test_traits() -> None:
    """A required member, one with another signature and one that left stop the build."""
    assert findings(crate(TRAIT, IMPL, IMPL)) == ()
    more = TRAIT.replace("pub trait Sailor {\n", "pub trait Sailor {\n    fn up(&self) -> u8;\n")
    own = IMPL.replace("for Man {\n", "for Man {\n    fn up(&self) -> u8 { 1 }\n")
    (added,) = only(
        findings(crate(more, own, IMPL), crate(TRAIT, IMPL, IMPL)), FindingKind.CONTRACT
    )
    assert (added.rank, added.symbol, added.path) == (Rank.BUILD, "up", b"src/riscv64/mod.rs")
    (gone,) = only(findings(crate(TRAIT, IMPL, own), crate(more, own, own)), FindingKind.CONTRACT)
    assert (gone.rank, gone.symbol) == (Rank.BUILD, "up")
    wide = TRAIT.replace("n: u32", "n: u64")
    (changed,) = findings(crate(wide, IMPL.replace("n: u32", "n: u64"), IMPL))
    assert (changed.kind, changed.rank, changed.symbol) == (
        FindingKind.CONTRACT,
        Rank.BUILD,
        "tie",
    )


TABLE = "struct ops {\n\tint (*tie)(int n);\n\tvoid (*rest)(void);\n\tint depth;\n};\n"
FILLED = "const struct ops arch_ops = {\n\t.tie = arch_tie,\n\t.rest = arch_rest,\n};\n"


def test_tables_of_functions() -> None:
    """A function that every sibling gives and ours does not is missed at run time only."""

    def program(mine: str, table: str = TABLE) -> dict[str, str]:
        return {
            "ops.h": table,
            **siblings("arch/{}/ops.c", FILLED, "x86", "arm64"),
            "arch/riscv/ops.c": mine,
        }

    assert findings(program(FILLED)) == ()
    bare = FILLED.replace("\t.rest = arch_rest,\n", "")
    (one,) = findings(program(bare))
    assert (one.kind, one.rank, one.symbol) == (FindingKind.CONTRACT, Rank.BEHAVIOUR, "rest")
    new = program(FILLED, TABLE.replace("\tvoid (*rest)(void);\n", ""))
    for path in ("arch/x86/ops.c", "arch/arm64/ops.c"):
        new[path] = bare
    (gone,) = only(findings(new, program(FILLED)), FindingKind.CONTRACT)
    assert (gone.rank, gone.symbol) == (Rank.BUILD, "rest")


def test_an_interface_that_ours_never_provided_is_no_contract_of_it() -> None:
    """That the siblings have its one method by the way binds nobody."""
    files = tree(face=FACE + "\ntype namer interface { name() string }\n")
    for name in ("amd64", "arm64", "s390x"):
        files[f"boat/man_{name}.go"] += (
            f"\nfunc (m *man{name.capitalize()}) name() string {{ return m }}\n"
        )
    assert only(findings(files), FindingKind.CONTRACT) == []
