"""Symbols of Rust files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.syntax.parsing import Language
from patchkit.syntax.reading import may_define
from patchkit.syntax.rust import read_rust
from patchkit.syntax.symbols import MEMBER, DefinitionKind, Symbols
from patchkit.syntax.words import first_words


def read(content: bytes) -> Symbols:
    """The symbols of a file."""
    found = read_rust(content)
    assert found is not None
    return found


def test_definitions_of_all_kinds() -> None:
    """Items, methods with their type, what `pub use` gives on, and what is private."""
    found = read(
        b"pub fn hoist(a: u8, b: &str) -> Result<(), E> { Ok(()) }\nfn inner() {}\n"
        b"pub struct Deck<T> { t: T }\nenum Wind { Up }\npub type R = u8;\npub const A: u8 = 1;\n"
        b"static B: u8 = 2;\nmacro_rules! knot { () => {} }\npub mod hull;\n"
        b"impl<T> Deck<T> { pub fn new() -> Self { x() } fn own(&mut self, n: u8) {} }\n"
        b"pub use far::{left, right as wrong, deep::*};\nmod here { pub fn near() {} }\n"
        b"#[cfg(test)]\nmod tests { fn not() {} }\n"
    )
    kinds = {(one.owner, one.name): (one.kind, one.is_private) for one in found.definitions}
    function, value = DefinitionKind.FUNCTION, DefinitionKind.VALUE
    kind, method = DefinitionKind.TYPE, DefinitionKind.METHOD
    assert kinds == {
        ("", "hoist"): (function, False),
        ("", "inner"): (function, True),
        ("", "Deck"): (kind, False),
        ("", "Wind"): (kind, True),
        ("", "R"): (kind, False),
        ("", "A"): (value, False),
        ("", "B"): (value, True),
        ("", "knot"): (DefinitionKind.MACRO, False),
        ("", "hull"): (DefinitionKind.MODULE, False),
        ("Deck", "new"): (method, False),
        ("Deck", "own"): (method, True),
        ("", "left"): (value, False),
        ("", "wrong"): (value, False),
        ("", "near"): (function, False),
    }
    signatures = {one.name: one.signature for one in found.definitions}
    hoist, own = signatures["hoist"], signatures["own"]
    assert hoist is not None
    assert (hoist.parameters, hoist.results) == (("u8", "&str"), ("Result<(), E>",))
    assert own is not None
    assert own.parameters == ("&mut self", "u8")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"let x = y; x", {"y"}),
        (b"let (a, mut b) = far; a + b", {"far"}),
        (b"if let Some(z) = near { z } else { w }", {"near", "Some", "w"}),
        (b"match given { LOW => 1, v if v > top => v, Wind::Up(w) => w, _ => 0 }", {"LOW", "top"}),
        (b"for i in many { i }", {"many"}),
        (b"let c = |k: Kind| k + out; c(1)", {"Kind", "out"}),
        (b"const TOP: u8 = 1; fn f() {} TOP + f()", set[str]()),
        (b"Deck { hull: keel, ..rest }", {"Deck", "keel", "rest"}),
        (b'print!("{}", word(1), Kind, [x], y)', {"print", "word", "Kind"}),
        (b"self.hull.keel()", set[str]()),
        (b"&given[at..end]", {"at", "end"}),
    ],
)
def test_free_names(body: bytes, names: set[str]) -> None:
    """Free is what no pattern, parameter or item around it declares."""
    found = read(b"fn f(given: u8) -> u8 { " + body + b" }\n")
    assert {one.name for one in found.references if not one.qualifier} - {"Wind"} == names


def test_names_in_paths_and_uses() -> None:
    """A name has the path before it; `use` names what it brings."""
    found = read(
        b"use crate::arch::{self, speed, deep::{low as bass}};\nuse super::near;\n"
        b"fn f() -> far::Kind { here::there::go(); x.y() }\n"
    )
    qualified = {(one.qualifier, one.name) for one in found.references if one.qualifier}
    assert qualified == {
        ("crate::arch", "speed"),
        ("crate::arch::deep", "low"),
        ("super", "near"),
        ("far", "Kind"),
        ("here::there", "go"),
        ("here", "there"),
        (MEMBER, "y"),
    }


def test_calls() -> None:
    """Arguments are counted, and a call that ends in a semicolon drops its result."""
    found = read(
        b"fn f() -> u8 { drop(1, 2); let a = take(); x.go(a); far::away::<u8>(1)?; last() }"
    )
    calls = {one.name: (one.qualifier, one.arguments, one.taken) for one in found.calls}
    assert calls == {
        "drop": ("", 2, 0),
        "take": ("", 0, None),
        "go": (MEMBER, 1, 0),
        "away": ("far", 1, None),
        "last": ("", 0, None),
    }
    assert {one.caller for one in found.calls} == {"f"}


def test_traits_and_what_provides_them() -> None:
    """Members with a body are optional; an implementation names its trait and type."""
    found = read(
        b"pub trait Sail: Rig + far::Rope { const N: u8; fn up(&self); fn down(&self) {} }\n"
        b"impl far::Sail for Deck<u8> { const N: u8 = 1; fn up(&self) {} }\n"
    )
    (contract,) = found.contracts
    assert (contract.name, contract.embedded) == ("Sail", ("Rig", "Rope"))
    assert [one.name for one in contract.members] == ["N", "up", "down"]
    assert contract.optional == {"down"}
    (given,) = found.implementations
    assert (given.contract, given.owner, given.line) == ("Sail", "Deck", 2)
    assert [one.name for one in given.members] == ["N", "up"]


RUST_ITEMS = st.sampled_from(
    (
        "fn {}() {{}}\n",
        "pub fn  {}(a: u32) -> u32 {{ other(a) }}\n",
        "fn /* why */ {}() {{}}\n",
        "struct {};\n",
        "pub enum\n{} {{ One }}\n",
        "trait {} {{ fn inner(&self); }}\n",
        "const {}: u32 = 1;\n",
        "static mut {}: u32 = 1;\n",
        "pub const fn {}() {{}}\n",
        'pub const unsafe extern "C" fn {}() {{}}\n',
        "type {} = u32;\n",
        "pub mod {};\n",
        "macro_rules! {} {{ () => {{}} }}\n",
        "pub use a::{};\n",
        "pub(crate) use a::{{b, c as {}}};\n",
        "pub use {{a::b, c::{{{}, d}}}};\n",
        "impl X {{ fn {}(&self) {{}} }}\n",
        "fn f() {{ {}(); }}\n",
        "use a::{};\n",
        "// {}\n",
        "fn r#{}() {{}}\n",
    )
)


@given(st.lists(st.tuples(RUST_ITEMS, st.sampled_from(("one", "two", "Three"))), max_size=5))
def test_what_defines_a_name_says_so(items: list[tuple[str, str]]) -> None:
    """A file that defines one of the names is never passed over."""
    content = "".join(item.format(name) for item, name in items).encode()
    found = read_rust(content)
    assert found is not None
    for one in found.definitions:
        assert may_define(Language.RUST, content, first_words([one.name.encode()]))


@pytest.mark.parametrize("text", ["fn f() { one(); }\n", "use a::one;\n", "// fn one(\n"])
def test_what_only_uses_a_name_does_not(text: str) -> None:
    """A call, an import for the file itself; what stands in a comment is not told apart."""
    is_comment = text.startswith("//")
    assert may_define(Language.RUST, text.encode(), frozenset((b"one",))) is is_comment


def test_other_languages_do_not_say_it() -> None:
    """So every file of theirs may in which a word stands."""
    assert may_define(Language.C, b"x (one);", frozenset((b"one",)))
    assert not may_define(Language.C, b"x (two);", frozenset((b"one",)))
