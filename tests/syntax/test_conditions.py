"""What of a file is there for a variant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES
from patchkit.syntax.conditions import is_divided, seen_by
from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.targets import Target


def target(name: str) -> Target:
    """A target by the name of its architecture."""
    variant = ARCHITECTURES.variant(name)
    assert variant is not None
    return Target(ARCHITECTURES, variant)


RISCV = target("riscv64")


def kept(language: Language, content: bytes, of: Target = RISCV) -> list[bytes]:
    """The words that are left."""
    return [word for word in (b"one", b"two", b"three") if word in seen_by(language, content, of)]


@pytest.mark.parametrize(
    ("condition", "is_kept"),
    [
        (b"#ifdef __riscv", True),
        (b"x #ifdef __x86_64__", True),
        (b"#ifdef __x86_64__", False),
        (b"#ifndef __x86_64__", True),
        (b"#ifndef CONFIG_RISCV", False),
        (b"#if defined(__aarch64__) || defined(__riscv)", True),
        (b"#if defined(__aarch64__) || \\\n  defined __x86_64__", False),
        (b"#if defined(__aarch64__) || defined(HAVE_IT)", True),
        (b"#if defined(__riscv) && defined(HAVE_IT)", True),
        (b"#if defined(__s390x__) && defined(HAVE_IT)", False),
        (b"#if !defined(__riscv) /* text */", False),
        (b"#if __riscv_xlen == 64", True),
        (b"#if defined(__riscv) && __riscv_xlen == 32", False),
        (b"#ifdef HAVE_ARM64_NEON", False),
        (b"#ifdef __riscv_vector", True),
        (b"#ifndef __riscv_vector", True),
        (b"#if VERSION > 3", True),
        (b"#if FOO(bar, 1)", True),
        (b"#ifdef CONFIG_64BIT", True),
    ],
)
def test_conditions_of_c(condition: bytes, is_kept: bool) -> None:
    """What names another variant goes; what says more than the name stays."""
    content = b"// riscv\n" + condition + b"\none\n#endif\n"
    assert (kept(Language.C, content) == [b"one"]) is is_kept


def test_branches_of_c() -> None:
    """The first branch that holds is the only one; where one is open, its rest stays."""
    chain = b"#if defined(__x86_64__)\none\n#elif defined(__riscv)\ntwo\n#else\nthree\n#endif\n"
    assert kept(Language.C, chain) == [b"two"]
    assert kept(Language.C, chain, target("x86_64")) == [b"one"]
    assert kept(Language.C, chain, target("s390x")) == [b"three"]
    opened = b"#ifdef HAVE\none\n#elif defined(__x86_64__)\ntwo\n#else\nthree\n#endif\n"
    assert kept(Language.C, opened) == [b"one", b"three"]
    assert b"#ifdef HAVE" in seen_by(Language.C, opened, RISCV)
    inner = b"#ifdef __x86_64__\n#ifdef HAVE\none\n#else\ntwo\n#endif\n#endif\nthree\n"
    assert kept(Language.C, inner) == [b"three"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (b'#[cfg(target_arch = "x86_64")]\nmod one;\nmod two;\n', [b"two"]),
        (b'#[cfg(target_arch = "riscv64")]\nmod one;\nmod two;\n', [b"one", b"two"]),
        (b'#[cfg(not(target_arch = "riscv64"))]\n#[allow(x)]\nfn one() {}\nfn two() {}', [b"two"]),
        (b'#[cfg(any(target_arch = "x86_64", target_arch = "riscv64"))]\nfn one() {}', [b"one"]),
        (b'#[cfg(all(target_arch = "x86_64", feature = "f"))]\nfn one() {}', []),
        (b'#[cfg(any(target_arch = "x86_64", feature = "f"))]\nfn one() {}', [b"one"]),
        (b'#[cfg(target_os = "windows")]\nfn one() {}', []),
        (b"#[cfg(test)]\nmod one {}", [b"one"]),
        (b'#![cfg(target_arch = "x86_64")]\nfn one() {}\nfn two() {}', []),
        (b'fn f() {\n#[cfg(target_arch = "x86_64")]\none();\ntwo();\n}', [b"two"]),
        (b'fn f() { match x {\n#[cfg(target_arch = "x86_64")]\n1 => one,\n_ => two } }', [b"two"]),
        (b'fn f() { S {\n#[cfg(target_arch = "x86_64")]\na: one, b: two } }', [b"two"]),
        (
            b'cfg_if! {\nif #[cfg(target_arch = "x86_64")] { fn one() {} }\n'
            b'else if #[cfg(target_arch = "riscv64")] { fn two() {} } }',
            [b"two"],
        ),
        (b'if cfg!(target_arch = "x86_64") { one() }', [b"one"]),
    ],
)
def test_conditions_of_rust(item: bytes, words: list[bytes]) -> None:
    """An item, a statement, an arm or a field goes with its attribute."""
    assert kept(Language.RUST, item) == words


@pytest.mark.parametrize(
    "item",
    [
        b"struct S {\n%b\na: u8,\nb: u8,\n}\n",
        b"enum E {\n%b\nA(u8),\nB,\n}\n",
        b"fn f() { S {\n%b\na: one,\nb: two } }\n",
        b"fn f(\n%b\na: u8,\nb: u8) {}\n",
        b"static A: [u8; 1] = [\n%b\n1,\n2];\n",
    ],
)
def test_what_is_left_of_rust_can_be_parsed(item: bytes) -> None:
    """The comma behind a part goes with it."""
    left = seen_by(Language.RUST, item % b'#[cfg(target_arch = "x86_64")]', RISCV)
    tree = parse(Language.RUST, left)
    assert tree is not None
    assert not tree.root_node.has_error
    assert left.count(b",") == item.count(b",") - 1


LINES = st.sampled_from(
    (
        b"#ifdef __x86_64__\n",
        b"#if defined(__riscv)\n",
        b"#ifdef OTHER\n",
        b"#elif defined(__aarch64__)\n",
        b"#else\n",
        b"#endif\n",
        b"text\n",
    )
)


@given(st.lists(LINES, max_size=14).map(b"".join))
def test_lines_keep_their_numbers(content: bytes) -> None:
    """Whatever goes, each line that is left is what it was, also where conditions do not close."""
    found = seen_by(Language.C, content, RISCV).split(b"\n")
    lines = content.split(b"\n")
    assert len(found) == len(lines)
    assert all(one in (b"", other) for one, other in zip(found, lines, strict=True))


RUST = st.sampled_from(
    (
        b'#[cfg(target_arch = "x86_64")]\n',
        b'#[cfg(not(target_arch = "s390x"))]\n',
        b"#[cfg(windows)]\n",
        b'#[cfg(feature = "x")]\n',
        b"fn one() {}\n",
        b"fn two() { three(); }\n",
    )
)


@given(
    st.tuples(st.just(Language.C), st.lists(LINES, max_size=6).map(b"".join))
    | st.tuples(st.just(Language.RUST), st.lists(RUST, max_size=6).map(b"".join))
)
def test_what_is_not_divided_is_the_same_for_all(file: tuple[Language, bytes]) -> None:
    """Where variants see different parts, the file is divided."""
    seen = {seen_by(*file, target(name)) for name in ("riscv64", "x86_64", "arm64", "s390x")}
    assert len(seen) == 1 or is_divided(*file, ARCHITECTURES)


@pytest.mark.parametrize(
    ("language", "content", "divided"),
    [
        (Language.C, b"#if A && \\\n  defined(__x86_64__)\n#endif\n", True),
        (Language.C, b"#ifdef OTHER\nint x86_64;\n#endif /* __x86_64__ */\n", False),
        (Language.RUST, b'#[cfg(target_arch = "x86_64")]\n', True),
        (Language.RUST, b"#[cfg(windows)]\nfn x86_64() {}\n", False),
        (Language.SHELL, b"#ifdef __x86_64__\n", False),
    ],
)
def test_what_divides_a_file(language: Language, content: bytes, *, divided: bool) -> None:
    """A condition that names a variant, and nothing else."""
    assert is_divided(language, content, ARCHITECTURES) is divided


def test_other_languages_stay_as_they_are() -> None:
    """Go chooses by files, and a shell script by running."""
    content = b"#ifdef __x86_64__\none\n#endif\n"
    assert seen_by(Language.SHELL, content, RISCV) == content
