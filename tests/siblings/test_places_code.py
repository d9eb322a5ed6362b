"""Places in source code: conditions and choices of Rust, Go, C and others, and what ours gets."""

from __future__ import annotations

import pytest

from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.place_model import Gets, Need, Place, PlaceKind
from patchkit.siblings.places import places_in


def places(path: str, text: str) -> tuple[Place, ...]:
    """The places of a file."""
    return places_in(path.encode(), text.encode(), ARCHITECTURES)


def only(path: str, text: str) -> Place:
    """The one place of a file."""
    found = places(path, text)
    assert len(found) == 1, [one.what for one in found]
    return found[0]


ROOT_BUS = """\
#[cfg(target_arch = "aarch64")]
pub const ROOT_BUS: &str = "/platform/pcie";

/// The others.
#[cfg(any(target_arch = "s390x", target_arch = "x86_64"))]
pub const ROOT_BUS: &str = "/pci0000:00";
"""


def test_alternatives_of_a_rust_item_are_one_place() -> None:
    """Two cfg definitions of a constant are one place, with a branch and lines for each."""
    found = only("src/bus.rs", ROOT_BUS)
    assert (PlaceKind.CONDITION, "cfg of const ROOT_BUS") == (found.kind, found.what)
    assert ("arm64", "s390x", "x86_64") == found.named
    assert (1, 6) == (found.first, found.last)
    assert (5,) == found.lines("x86_64")
    assert (Gets.NOTHING, Need.ITEM) == (found.gets("riscv64"), found.need)
    assert Gets.NAMED is found.gets("s390x")


@pytest.mark.parametrize(
    ("last", "gets"),
    [
        ('not(any(target_arch = "aarch64", target_arch = "s390x"))', Gets.DEFAULT),
        ('all(unix, not(target_arch = "s390x"))', Gets.DEFAULT),
        ('all(target_arch = "s390x", not(feature = "small"))', Gets.NOTHING),
        ('any(target_arch = "s390x", feature = "small")', Gets.DEFAULT),
        ('any(target_arch = "s390x", target_arch = "riscv64")', Gets.NAMED),
    ],
)
def test_rust_conditions_are_evaluated(last: str, gets: Gets) -> None:
    """What `any`, `all` and `not` say of an architecture that they do not name is what it gets."""
    text = f"""\
#[cfg(target_arch = "aarch64")]
fn width() -> u8 {{
    1
}}
#[cfg({last})]
fn width() -> u8 {{
    2
}}
"""
    assert gets is only("src/width.rs", text).gets("riscv64")


def test_compile_error_stops_the_build() -> None:
    """A condition for all that is not named, with `compile_error!`, stops the build for ours."""
    text = """\
#[cfg(not(any(
    target_arch = "aarch64",
    target_arch = "x86_64"
)))]
compile_error!("who are you?");
"""
    found = only("src/lib.rs", text)
    assert Gets.STOPS is found.gets("riscv64")
    assert (1, 5) == (found.first, found.last)


def test_a_module_and_its_use_are_one_place() -> None:
    """`mod` and `pub use` of each architecture tell of the same place."""
    text = """\
#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;
"""
    found = only("src/arch/mod.rs", text)
    assert "cfg of mod …, use …::*" == found.what
    assert Need.ITEM is found.need


def test_methods_are_told_from_those_of_other_types() -> None:
    """The same method in two blocks is two places."""
    method = """\
    #[cfg(target_arch = "aarch64")]
    fn size(&self) -> usize {
        8
    }
    #[cfg(target_arch = "x86_64")]
    fn size(&self) -> usize {
        16
    }
"""
    found = places("src/a.rs", f"impl One {{\n{method}}}\n\nimpl Two {{\n{method}}}\n")
    assert ["cfg of fn size in impl One", "cfg of fn size in impl Two"] == [
        one.what for one in found
    ]


def test_statements_side_by_side_are_one_place() -> None:
    """What a function returns for each architecture in turn is one place that ours needs."""
    text = """\
fn load(image: &Image) -> Result<Kernel> {
    #[cfg(target_arch = "x86_64")]
    return elf::load(
        image,
    )
    .map_err(Error::Loader);

    #[cfg(target_arch = "aarch64")]
    return pe::load(image);
}
"""
    found = only("src/load.rs", text)
    assert "cfg of return in fn load(image: &Image) -> Result<Kernel>" == found.what
    assert Need.ITEM is found.need


def test_an_import_is_no_place() -> None:
    """Imports that other code of an architecture needs follow from that code."""
    text = """\
#[cfg(any(target_arch = "s390x", target_arch = "x86_64"))]
use std::path::Path;
"""
    assert () == places("src/a.rs", text)


def test_what_one_kin_alone_has_is_no_place() -> None:
    """x86 in 32 and 64 bits is one sort of machine."""
    text = """\
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn cpuid() {}
"""
    assert () == places("src/a.rs", text)


def test_tests_of_a_rust_file_are_known() -> None:
    """What stands in `mod tests` is in a test."""
    text = f"mod tests {{\n{ROOT_BUS.replace('#', '    #').replace('pub', '    pub')}}}\n"
    assert only("src/bus.rs", text).is_test


def test_a_chain_of_cfg_macros_is_read() -> None:
    """`if cfg!(…)` with an `else` serves all others."""
    text = """\
fn page() -> u64 {
    if cfg!(target_arch = "aarch64") {
        65536
    } else if cfg!(target_arch = "powerpc64") {
        65536
    } else {
        4096
    }
}
"""
    found = only("src/page.rs", text)
    assert ("arm64", "ppc64le", "ppc64") == found.named
    assert Gets.DEFAULT is found.gets("riscv64")


@pytest.mark.parametrize(
    ("rest", "gets"),
    [
        ("_ => 0,", Gets.DEFAULT),
        ('_ => panic!("unknown"),', Gets.FAILS),
        ('"riscv64" => 7,', Gets.NAMED),
    ],
)
def test_a_match_of_rust(rest: str, gets: Gets) -> None:
    """The arm for all others serves ours, or fails."""
    text = f"""\
fn machine(arch: &str) -> u16 {{
    match arch {{
        "aarch64" => 183,
        "x86_64" |
        "amd64" => {{
            62
        }}
        {rest}
    }}
}}
"""
    found = only("src/machine.rs", text)
    assert "match arch in fn machine(arch: &str) -> u16" == found.what
    assert (PlaceKind.CHOICE, gets) == (found.kind, found.gets("riscv64"))
    assert (4,) == found.lines("x86_64")


@pytest.mark.parametrize(
    ("constraint", "gets"),
    [
        ("amd64 || arm64", Gets.NOTHING),
        ("linux && (amd64 || arm64)", Gets.NOTHING),
        ("!amd64 && !arm64", Gets.DEFAULT),
        ("amd64 || arm64 || !ppc64le", Gets.DEFAULT),
        ("amd64 || arm64 || riscv64", Gets.NAMED),
    ],
)
def test_a_build_constraint_of_go(constraint: str, gets: Gets) -> None:
    """A constraint decides whether our build has the file."""
    text = f"// Copyright\n\n//go:build {constraint}\n\npackage one\n\nvar x = 1\n"
    found = only("one/two.go", text)
    assert (3, gets) == (found.first, found.gets("riscv64"))


@pytest.mark.parametrize(
    ("constraint", "gets"),
    [("linux && !amd64 && !arm64", Gets.STOPS), ("amd64 || arm64", Gets.NOTHING)],
)
def test_a_file_without_code_stops_the_build(constraint: str, gets: Gets) -> None:
    """A package clause alone, for all that is not named, is there to stop such builds."""
    text = f"//go:build {constraint}\n\n// Tells what is wrong.\n\npackage not_supported\n"
    assert gets is only("one/sentinel.go", text).gets("riscv64")


@pytest.mark.parametrize(
    "constraint", ["windows && !amd64 && !arm64", "darwin && (amd64 || arm64)"]
)
def test_a_file_for_another_system_is_no_place(constraint: str) -> None:
    """What Linux never builds is none of ours."""
    assert () == places("one/two.go", f"//go:build {constraint}\n\npackage one\n")


def test_a_constraint_below_the_package_is_none() -> None:
    """The compiler reads no constraint there."""
    assert () == places("one/two.go", "package one\n\n//go:build amd64 || arm64\n")


@pytest.mark.parametrize(
    ("rest", "gets"),
    [
        ("", Gets.NOTHING),
        ("\tdefault:\n\t\treturn 1\n", Gets.DEFAULT),
        ('\tdefault:\n\t\tpanic("what?")\n', Gets.FAILS),
        ('\tdefault:\n\t\treturn errors.New("what?")\n', Gets.FAILS),
        ('\tcase "riscv64":\n\t\treturn 2\n', Gets.NAMED),
    ],
)
def test_a_switch_of_go(rest: str, gets: Gets) -> None:
    """`switch runtime.GOARCH` with and without a default."""
    text = f"""\
package one

func slots() int {{
	switch runtime.GOARCH {{
	case "amd64", "386":
		return 256
	case "arm64":
		return 32
{rest}	}}
	return 0
}}
"""
    found = only("one/slots.go", text)
    assert "switch runtime.GOARCH in func slots() int" == found.what
    assert gets is found.gets("riscv64")


@pytest.mark.parametrize(
    ("condition", "gets"),
    [
        ('arch == "arm64" || arch == "s390x"', Gets.NOTHING),
        ('arch != "arm64" && arch != "s390x"', Gets.DEFAULT),
    ],
)
def test_a_condition_of_go(condition: str, gets: Gets) -> None:
    """A comparison with `!=` holds for what is not named."""
    text = f"package one\n\nfunc f(arch string) {{\n\tif {condition} {{\n\t\tg()\n\t}}\n}}\n"
    assert gets is only("one/f.go", text).gets("riscv64")


@pytest.mark.parametrize(
    ("rest", "gets"),
    [
        ("", Gets.NOTHING),
        ("#else\n#define SLOTS 1\n", Gets.DEFAULT),
        ('#else\n#error "port me"\n', Gets.STOPS),
        ("#elif defined(__riscv)\n#define SLOTS 4\n", Gets.NAMED),
    ],
)
def test_a_chain_of_the_preprocessor(rest: str, gets: Gets) -> None:
    """`#if` with its alternatives, and what becomes of all others."""
    text = f"""\
#ifdef __x86_64__
#define SLOTS 2
#elif defined(__aarch64__) && \\
      !defined(BIG)
#define SLOTS 3
{rest}#endif
"""
    found = only("src/slots.h", text)
    assert gets is found.gets("riscv64")
    assert Need.ITEM is found.need
    assert "SLOTS" in found.title


def test_chains_below_one_another_are_one_place() -> None:
    """`#ifdef` for each architecture in turn is one place; negated conditions serve ours."""
    text = """\
#ifdef __x86_64__
int a = 1;
#endif

#ifdef __aarch64__
int a = 2;
#endif
"""
    assert Gets.NOTHING is only("a.c", text).gets("riscv64")
    third = "\n#if defined(__x86_64__) || defined(__s390x__)\nint a = 3;\n#endif\n"
    assert ("x86_64", "arm64", "s390x") == only("a.c", text + third).named
    assert 2 == len(places("a.c", text + "\n" + text.replace("a =", "b =")))
    assert 1 == len(places("a.c", text + "\n" + text))
    other = "#if !defined(__x86_64__) && !defined(__s390x__)\nint b;\n#endif\n"
    assert Gets.DEFAULT is only("b.c", other).gets("riscv64")


def test_definitions_of_one_name_are_one_place() -> None:
    """A name that is defined for one machine after another, also for some that nobody knows, is
    one place; what is done where it has no definition is what ours gets."""
    text = """\
#ifdef __x86_64__
# define SHIFT 4
#endif
#ifdef __mips__
# if defined(OLD)
#  define SHIFT 1
# else
#  define SHIFT 2
# endif
#endif
#ifdef __tile__
# define SHIFT 3
#endif
#ifdef __s390x__
# define SHIFT 5
#endif
"""
    found = only("shift.h", text)
    assert (Gets.NOTHING, Need.ITEM) == (found.gets("riscv64"), found.need)
    assert {"x86_64", "mips32", "s390x"} <= set(found.named)
    last = "#ifndef SHIFT\n# {} SHIFT\n#endif\n"
    assert Gets.STOPS is only("shift.h", text + last.format("error")).gets("riscv64")
    assert Gets.DEFAULT is only("shift.h", text + last.format("define")).gets("riscv64")


def test_nested_chains_are_read() -> None:
    """A chain inside of another one is a place of its own."""
    text = """\
#ifdef __linux__
# if defined(__x86_64__) || defined(__i386__)
int a;
# elif defined(__s390x__)
int b;
# endif
#endif
"""
    found = only("a.c", text)
    assert (2, 6) == (found.first, found.last)


def test_comments_name_nothing() -> None:
    """Words in comments make no place in any language."""
    assert () == places("a.rs", "// x86_64 and aarch64\n/* s390x, ppc64le */\nfn f() {}\n")
    assert () == places("a.sh", "# x86_64, aarch64\n: # s390x, ppc64le\n")
    assert () == places("a.go", "package a\n\n// amd64, arm64\n/*\n * s390x, ppc64le\n */\n")


@pytest.mark.parametrize(
    "text",
    [
        "kernel-arm-experimental, kernel-x86_64\n",
        "1.0-alpha, amd64\n",
        "made by ARM for arm64\n",
        "the alarm64x of xamd64\n",
    ],
)
def test_words_that_only_look_like_variants(text: str) -> None:
    """A part of another word, and the names of releases, are no variants."""
    assert () == places("notes.yaml", text)


def test_a_match_of_python() -> None:
    """`match` and chains of `if` are read in Python as well."""
    text = """\
def word(arch):
    match arch:
        case "x86_64":
            return 1
        case "aarch64":
            return 2
        case _:
            raise ValueError(arch)
    if arch == "s390x":
        return 3
    elif arch in ("ppc64le", "x86_64"):
        return 4
"""
    choice, chain = places("word.py", text)
    assert (Gets.FAILS, Gets.NOTHING) == (choice.gets("riscv64"), chain.gets("riscv64"))
    assert ("s390x", "ppc64le", "x86_64") == chain.named


def test_binary_and_huge_files_have_no_places() -> None:
    """They are not handwritten."""
    text = ROOT_BUS.encode()
    assert () == places_in(b"a.rs", b"\0" + text, ARCHITECTURES)
    assert () == places_in(b"a.rs", text + b"\n" * 1_000_000, ARCHITECTURES)


def test_what_a_chain_defines_is_what_all_its_branches_define() -> None:
    """A function, a macro or a value; neither calls nor statements."""
    chain = "#ifdef __x86_64__\n{}\n#elif defined(__s390x__)\n{}\n#endif\n"
    for text, need in (
        ("#define SLOTS 1", Need.ITEM),
        ("static inline int slots(void)\n{ return 1; }", Need.ITEM),
        ("int slots = 1;", Need.ITEM),
        ("\tcall(1);", Need.PART),
        ("\tif (x)\n\t\treturn;", Need.PART),
    ):
        assert need is only("a.c", chain.format(text, text)).need, text


def test_neighbours_that_are_for_one_each_are_one_place() -> None:
    """Modules that only some machines have, right below one another, are one place; where
    something stands between, they are none."""
    text = """\
#[cfg(target_arch = "x86_64")]
mod i8042;
#[cfg(target_arch = "x86_64")]
pub use i8042::*;

#[cfg(target_arch = "aarch64")]
#[path = "clock.rs"]
mod rtc;
"""
    found = only("src/lib.rs", text)
    assert ("cfg of mod i8042, use i8042::*, mod rtc", Need.PART) == (found.title, found.need)
    assert () == places("src/lib.rs", text.replace("\n\n", "\n\nmod other;\n\n"))


def test_members_for_one_each_are_one_place() -> None:
    """Fields of a struct that follow one another are one place, called by the first."""
    text = """\
struct Vcpu {
    id: u8,
    #[cfg(target_arch = "x86_64")]
    cpuid: CpuId,
    #[cfg(target_arch = "aarch64")]
    mpidr: u64,
}
"""
    assert "cfg of cpuid in struct Vcpu" == only("src/vcpu.rs", text).what


def test_an_attribute_that_is_cut_short_is_no_place() -> None:
    """A file may end anywhere."""
    assert () == places("a.rs", '#[cfg(any(target_arch = "x86_64",\n target_arch = "s390x"')
    assert () == places("a.rs", '#[cfg(any(target_arch = "x86_64", target_arch = "s390x"))]\n')
