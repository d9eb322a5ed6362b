"""Missing symbols in Rust, C, makefiles and shell."""

from __future__ import annotations

from patchkit.model.siblings import FindingKind, Rank

from .symbol_scenes import findings, only, siblings, told

RUST = "pub fn speed() -> u32 { 1 }\nfn inner() {}\npub const TOP: u8 = 1;\n"


def rust(user: str, lib: str = "pub mod arch;\n") -> dict[str, str]:
    """A crate whose module `arch` has one module for each variant."""
    arch = "".join(
        f'#[cfg(target_arch = "{name}")]\nmod {name};\n#[cfg(target_arch = "{name}")]\n'
        f"pub use {name}::*;\n"
        for name in ("x86_64", "aarch64")
    )
    return {
        "Cargo.toml": "",
        "src/lib.rs": lib,
        "src/arch/mod.rs": arch,
        **siblings("src/arch/{}.rs", RUST, "x86_64", "aarch64"),
        "src/user.rs": user,
    }


def test_rust_names_by_their_module() -> None:
    """What is looked up where the siblings stand is missed; a local name is not."""
    used = "use crate::arch::speed;\nfn f() -> u8 { crate::arch::TOP }\n"
    assert told(findings(rust(used))) == {
        ("missing-symbol", "build", "src/arch/riscv64.rs", "speed"),
        ("missing-symbol", "build", "src/arch/riscv64.rs", "TOP"),
    }
    local = "fn f(speed: u8) { let g = other::speed(); const TOP: u8 = 2; h(TOP, speed) }\n"
    assert findings(rust(local)) == ()
    ours = {"src/arch/riscv64.rs": RUST}
    assert only(findings({**rust(used), **ours}), FindingKind.SYMBOL, Rank.BUILD) == []


def test_rust_conditions_hide_what_is_for_others() -> None:
    """What a condition keeps from ours is not used by it, nor defined for it."""
    hidden = '#[cfg(target_arch = "x86_64")]\nfn f() { crate::arch::speed() }\n'
    assert findings(rust(hidden)) == ()
    limits = "".join(
        f'#[cfg(target_arch = "{name}")]\npub const LIMIT: u8 = 1;\n'
        for name in ("x86_64", "aarch64")
    )
    (one,) = findings(rust(limits + "fn f() -> u8 { LIMIT }\n"))
    assert (one.path, one.symbol, one.rank) == (b"src/user.rs", "LIMIT", Rank.BUILD)
    assert "let it have it for riscv64 too" in one.note
    other = '#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]\n'
    assert (
        findings(rust(limits + other + "pub const LIMIT: u8 = 2;\nfn f() -> u8 { LIMIT }\n")) == ()
    )


def test_rust_modules_under_a_condition() -> None:
    """A module that is declared for others is not built; one that may be left out stops only with
    what may be left out as well."""
    used = "fn f() { crate::arch::speed() }\n"
    for condition, count in (
        ('target_arch = "x86_64"', 0),
        ('feature = "more"', 0),
        ('target_arch = "riscv64"', 1),
    ):
        lib = f"pub mod arch;\n#[cfg({condition})]\npub mod user;\n"
        assert len(findings(rust(used, lib))) == count, condition
    both = '#[cfg(feature = "more")]\npub mod arch;\n#[cfg(feature = "more")]\nmod user;\n'
    assert len(findings(rust(used, both))) == 1


def test_rust_names_of_other_crates_are_not_the_same() -> None:
    """A bare name is looked up in its own crate."""
    nested = {"inner/Cargo.toml": "", "inner/src/lib.rs": "fn f() { speed() }\n"}
    assert findings({**rust(""), **nested}) == ()


C_OWN = "int speed(int n)\n{\n\treturn n;\n}\n\nstatic void inner(void) {}\n"


def c(user: str) -> dict[str, str]:
    """A program with one folder for each variant."""
    return {
        "main.c": user,
        "boat.h": "int speed(int n);\n",
        **siblings("arch/{}/boat.c", C_OWN, "x86", "arm64"),
    }


def test_c_functions_that_only_the_siblings_define() -> None:
    """A prototype defines nothing; a condition on a variant hides a use."""
    (one,) = findings(c("int f(void) { return speed(1); }\n"))
    assert (one.path, one.symbol, one.rank) == (b"arch/riscv64/boat.c", "speed", Rank.BUILD)
    assert findings(c("int f(int speed) { return speed; }\n")) == ()
    guarded = "#ifdef __x86_64__\nint f(void) { return speed(1); }\n#endif\n"
    assert findings(c(guarded)) == ()
    weak = "int speed(int n) { return 0; }\nint f(void) { return speed(1); }\n"
    assert findings(c(weak)) == ()
    beside = c("int f(void) { return speed(1); }\n")
    assert findings({**beside, "arch/riscv/boat.S": "ENTRY(speed)\n"}) == ()
    assert findings({**beside, "boat.h.in": "# undef speed\n"}) == ()
    assert len(findings({**beside, "arch/mips/boat.S": "ENTRY(speed)\n"})) == 1
    (test,) = findings({**c(""), "tests/a.c": "int f(void) { return speed(1); }\n"})
    assert test.rank is Rank.BEHAVIOUR
    some = {**c("int f(void) { return speed(1); }\n"), "arch/arm64/boat.c": "int x;\n"}
    assert findings(some) == ()


def test_c_names_that_only_their_file_can_use() -> None:
    """What a .c file has for itself is missed by nobody; what a header has is."""
    own = "#define LIMIT 3\nenum { TOP = 2 };\ntypedef int knot;\n"
    user = {"main.c": "knot f(void) { return LIMIT + TOP; }\n"}
    assert findings({**siblings("arch/{}/a.c", own, "x86", "arm64"), **user}) == ()
    found = findings({**siblings("arch/{}/a.h", own, "x86", "arm64"), **user})
    assert {one.symbol for one in found} == {"LIMIT", "TOP", "knot"}


def test_c_calls_with_other_arguments() -> None:
    """A prototype says how many there are; a dropped result is seen as in Go."""
    base = {"base.c": "int tie(int a, int b) { return a; }\n", "main.c": "int f(void);\n"}
    own = siblings("arch/{}/a.c", "int f(void) { return tie(1, 2); }\n", "x86", "arm64")
    (one,) = findings({**base, **own, "arch/riscv/a.c": "int f(void) { return tie(1); }\n"})
    assert (one.kind, one.rank, one.symbol) == (FindingKind.CALL, Rank.BUILD, "tie")
    (drop,) = findings({**base, **own, "arch/riscv/a.c": "int f(void) { tie(1, 2); return 0; }\n"})
    assert (drop.kind, drop.rank) == (FindingKind.CALL, Rank.BEHAVIOUR)


def test_c_signatures_by_the_siblings() -> None:
    """What shared code calls has to take what the siblings' take."""
    tree = c("int f(void) { return speed(1); }\n")
    (one,) = findings({**tree, "arch/riscv/boat.c": C_OWN.replace("int n", "long n")})
    assert (one.kind, one.symbol) == (FindingKind.SIGNATURE, "speed")
    named = {**tree, "arch/riscv/boat.c": C_OWN.replace("int n", "int other")}
    assert findings(named) == ()


def test_variables_of_makefiles() -> None:
    """What a shared makefile uses and every sibling sets; what it only asks for stops nothing."""
    own = "RIG := sloop\nCREW := 3\nOWN := $(CREW)\n"
    shared = (
        "include rig/$(ARCH)-options.mk\nall:\n\techo $(RIG)\nifneq (,$(CREW))\nX := 1\nendif\n"
    )
    tree = {**siblings("src/rig/{}-options.mk", own), "src/Makefile": shared}
    assert told(findings(tree)) == {
        ("missing-symbol", "build", "src/rig/riscv64-options.mk", "RIG"),
        ("missing-symbol", "behaviour", "src/rig/riscv64-options.mk", "CREW"),
    }
    assert findings({**tree, "src/Makefile": shared + "RIG ?= raft\nCREW ?=\n"}) == ()
    some = {**tree, "src/rig/arm64-options.mk": "CREW := 3\n"}
    assert {one.symbol for one in findings(some)} == {"CREW"}


def test_functions_of_shell_scripts() -> None:
    """What a shared script calls and every sibling's defines."""
    own = "hoist() {\n\techo up\n}\n"
    tree = {
        **siblings("lib/{}.sh", own),
        "run.sh": '. "lib/$(uname -m).sh"\nhoist "$1"\n',
    }
    (one,) = findings(tree)
    assert (one.path, one.symbol, one.rank) == (b"lib/riscv64.sh", "hoist", Rank.BUILD)
    assert findings({**tree, "run.sh": '. "$lib"\nhoist() { :; }\nhoist\n'}) == ()
    # A script that runs the siblings' has nothing of their names.
    assert findings({**tree, "run.sh": 'sh "lib/$(uname -m).sh"\nhoist\n'}) == ()
