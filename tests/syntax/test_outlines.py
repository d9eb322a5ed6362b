"""A file without the bodies of its functions says the same of what it defines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patchkit.syntax.outlines import outline
from patchkit.syntax.parsing import Language, parse
from patchkit.syntax.reading import definable_text, may_define, read_symbols
from patchkit.syntax.symbols import Symbols
from patchkit.syntax.words import first_words

NAMES = ("one", "two", "Three")
PATHS = {Language.GO: b"a.go", Language.RUST: b"a.rs", Language.C: b"a.c"}
LINES = {
    Language.GO: (
        "\t@(1)\n", "\tif x {\n\t\t@(2)\n\t}\n", '\ts := "}"\n', '\ts := "{@"\n', "\t// {\n",
        "\tr := '{'\n", "\ts := `\n}\n`\n", "\ts := `{\n`\n", "@:\n\tfor {\n\t}\n", "\n",
        "\tgo func() {\n\t\t@.f()\n\t}()\n", "\t/* `\n}\n*/\n", "\ttype @ struct{ a int }\n",
    ),
    Language.RUST: (
        "    @(1);\n", "    if x {\n        @(2);\n    }\n", '    let s = "}";\n', "    // {\n",
        '    let s = "\n}\n";\n', "    let c = '{';\n", '    let s = r#"{"a\n}"#;\n', "\n",
        "    fn @() {\n        1\n    }\n", "    let f = |a| {\n        a.@()\n    };\n",
        "    struct @ {\n        a: u8,\n    }\n", '    println!("{{ {}", @);\n',
        "    /* }\n}\n*/\n",
    ),
    Language.C: (
        "  @ (1);\n", "  if (x) {\n    @ (2);\n  }\n", '  s = "}";\n', '  s = "{@";\n',
        "  /* { */\n", "  c = '{';\n", "  /*\n}\n*/\n", "\n",
        "#ifdef @\n  a ();\n#else\n  b ();\n#endif\n",
        "#define @(a) \\\n  { a }\n", "  struct @ { int a; } b;\n", "#if X\n  if (a) {\n#endif\n",
        "  do\n    {\n      @->f ();\n    }\n  while (0);\n", "  }\n", "  {\n",
    ),
}  # fmt: skip
ITEMS = {
    Language.GO: (
        "func @(a int) error {\nBODY}\n", "func (t *T) @() {\nBODY}\n",
        "func @(\n\ta int,\n) int {\nBODY}\n",
        "func @() { two() }\n", "type @ interface {\n\tF(a int) error\n}\n",
        "type @ struct {\n\ta func() // {\n}\n", "var @ = func() {\nBODY}\n", "var (\n\t@ = 1\n)\n",
        "// @\nconst @ = `\nfunc one() {\n}\n`\n", 'import "@"\n',
    ),
    Language.RUST: (
        "pub fn @(a: u8) -> u8 {\nBODY}\n", "impl X for @ {\n    fn @(&self) {\nBODY    }\n}\n",
        "fn @<T>(\n    a: T,\n) -> T\nwhere\n    T: Copy,\n{\nBODY}\n", "fn @() {}\n",
        "pub trait @ {\n    fn f(&self);\n    fn @() {\nBODY    }\n}\n", "pub use a::@;\n",
        "struct @ {\n    a: fn(u8),\n}\n", "macro_rules! @ {\n    () => {\nBODY    };\n}\n",
        "mod @ {\n    pub(crate) async fn @() {\nBODY    }\n}\n", "static @: &str = \"\n}\n\";\n",
        "#[cfg(test)]\nmod tests {\n    fn @() {\nBODY    }\n}\n",
    ),
    Language.C: (
        "int\n@ (int a)\n{\nBODY}\n", "static struct s *@ (void) {\nBODY}\n", "int @ (int a);\n",
        "struct @ __attribute__ ((aligned (4))) {\n  int (*@) (int);\n};\n",
        "#define @(a) two (a)\n",
        "enum @ {\n  @,\n};\n", "struct o @ = {\n  .f = two,\n};\n", '@ ("text");\n',
        'char *t = N_("@");\n', "#ifdef X\nint @ (int a) {\n#else\nint @ (void) {\n#endif\nBODY}\n",
        "int @ (a)\n  int a;\n{\nBODY}\n", "/* @ { */\n", "typedef int @;\n", "int x = two (1);\n",
        "static int @ = 1;\n", "int\n@ (int a)\n{\n  return a;\n  }\n", '#include "@.h"\n',
    ),
}  # fmt: skip


@st.composite
def files(draw: st.DrawFn, language: Language) -> bytes:
    """A file of functions and other items, laid out well or not."""
    lines = st.lists(st.sampled_from(LINES[language]), max_size=4).map("".join)
    text = "\n"
    for item in draw(st.lists(st.sampled_from(ITEMS[language]), max_size=5)):
        before, *behind = item.split("BODY")
        text += before + "".join(draw(lines) + piece for piece in behind)
    names = st.sampled_from(NAMES)
    before, *behind = text.split("@")
    return (before + "".join(draw(names) + piece for piece in behind)).encode()


def read(language: Language, content: bytes, focus: frozenset[bytes] | None) -> Symbols:
    """The symbols of a file that parses: where it does not, what it defines is a guess."""
    tree = parse(language, content)
    assume(tree is not None and not tree.root_node.has_error)
    found = read_symbols(PATHS[language], content, focus)
    assert found is not None
    return found


@pytest.mark.parametrize("language", list(PATHS))
@given(data=st.data())
def test_the_bodies_of_functions_define_nothing(language: Language, data: st.DataObject) -> None:
    """What a file defines, promises and provides is the same without them, line by line, and each
    name stands in what is looked at before a file is parsed."""
    content = data.draw(files(language))
    whole = read(language, content, None)
    found = read_symbols(PATHS[language], content, frozenset())
    assert found == replace(whole, calls=(), references=())
    assert outline(language, content).count(b"\n") == content.count(b"\n")
    text = definable_text(language, content)
    for one in whole.definitions:
        assert may_define(language, text, first_words([one.name.encode()]))


@pytest.mark.parametrize("language", list(PATHS))
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_a_name_in_focus_is_used_where_it_was(
    language: Language, data: st.DataObject, name: str
) -> None:
    """Bodies that hold the name stay, so that each use and call of it is found."""
    content = data.draw(files(language))
    whole = read(language, content, None)
    found = read(language, content, frozenset((name.encode(),)))
    for kind in ("references", "calls", "definitions"):
        mine, theirs = getattr(found, kind), getattr(whole, kind)
        assert [one for one in mine if one.name == name] == [
            one for one in theirs if one.name == name
        ]


@pytest.mark.parametrize(
    ("language", "content", "left"),
    [
        (Language.GO, b"\nfunc one() {\n\ttwo()\n}\n", b"\nfunc one() {\n\n}\n"),
        (
            Language.GO,
            b"\nfunc one(\n\ta int,\n) {\n\ta()\n}\n",
            b"\nfunc one(\n\ta int,\n) {\n\n}\n",
        ),
        (Language.RUST, b"\nfn one() {\n    two();\n}\n", b"\nfn one() {\n\n}\n"),
        (Language.RUST, b"\n  pub const fn f() {\n  2\n  }\n", b"\n  pub const fn f() {\n\n  }\n"),
        (Language.C, b"int\none (void)\n{\n  two ();\n}\n", b"int\none (void)\n{\n\n}\n"),
        (Language.C, b"int one (void) {\n  two ();\n}\n", b"int one (void) {\n\n}\n"),
    ],
)
def test_bodies_are_left_out(language: Language, content: bytes, left: bytes) -> None:
    """Those that are laid out as most people do; the lines stay lines."""
    assert outline(language, content) == left
    assert outline(language, content, frozenset((b"elsewhere",))) == left
    assert definable_text(language, content).find(b"two") < 0


def test_a_brace_that_is_indented_ends_a_function_as_well() -> None:
    """What stands behind it is not taken for the rest of the function."""
    content = b"int one (void) {\n  return 1;\n  }\nint two;\nint three (void) {\n  x ();\n}\n"
    assert outline(Language.C, content) == content.replace(b"  x ();", b"")


@pytest.mark.parametrize(
    ("language", "content"),
    [
        (Language.C, b"struct one __attribute__ ((aligned (4))) {\n  int (*two) (int);\n};\n"),
        (Language.C, b"#if X\nint one (void) {\n#else\nint one (int a) {\n#endif\n  two ();\n}\n"),
        (Language.GO, b"\nfunc one() {\n\ts := `\n}\n`\n}\nvar two = 1\n"),
        (Language.RUST, b'\nfn one() {\n    let s = "\n}\n";\n}\n'),
        (Language.C, b'int one (void)\n{\n  {\n  s = "}";\n}\nint two (void) {\n}\n}\n'),
        (Language.C, b"int one (void)\n{\n  {\n  s = '}';\n}\nint two (void) {\n}\n}\n"),
        (Language.GO, b"\nfunc one() {\n\tif x {\n\ts := `}`\n}\n}\n"),
        (Language.MAKE, b"one:\n\ttwo\n"),
        (Language.SHELL, b"one() {\n  two\n}\n"),
    ],
)
def test_what_is_not_surely_a_body_stays(language: Language, content: bytes) -> None:
    """A brace that ends something else, a struct, a condition around half of a function, and
    languages of which all is looked at."""
    assert outline(language, content) == content


@pytest.mark.parametrize(
    "text", ['ONE ("text");\n', "#define TWO(a) ONE (a)\n", 'x = { N_("a"), 1 };\n']
)
def test_what_is_called_with_a_string_is_not_defined_there(text: str) -> None:
    """Nor is what a macro stands for."""
    plain = definable_text(Language.C, text.encode())
    assert not may_define(Language.C, plain, frozenset((b"ONE", b"N_")))
