"""Symbols of C files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.syntax.c import definable_in_c, read_c
from patchkit.syntax.symbols import MEMBER, DefinitionKind, Symbols
from patchkit.syntax.words import may_name


def read(content: bytes) -> Symbols:
    """The symbols of a file."""
    found = read_c(content)
    assert found is not None
    return found


def test_definitions_of_all_kinds() -> None:
    """Functions, prototypes, variables, types, macros and values of enums."""
    found = read(
        b"#define TOP 1\n#define MAX(a, b) ((a) > (b))\n"
        b"int *hoist(struct deck *d, int, ...)\n{\n}\nstatic void inner(void) {}\n"
        b"int later(char *s);\nextern int far;\nint near[3], *p = &far;\nstruct deck { int a; };\n"
        b"typedef unsigned int u32;\nenum wind { UP, DOWN = 2 };\ntypedef struct { int b; } hull;\n"
        b"int (*fp)(int);\n#ifdef X\nint a_x;\n#else\nint no_x;\n#endif\n"
    )
    kinds = {one.name: (one.kind, one.is_private) for one in found.definitions}
    function, value, kind = DefinitionKind.FUNCTION, DefinitionKind.VALUE, DefinitionKind.TYPE
    macro, declared = DefinitionKind.MACRO, DefinitionKind.PROTOTYPE
    assert kinds == {
        "TOP": (macro, False),
        "MAX": (macro, False),
        "hoist": (function, False),
        "inner": (function, True),
        "later": (declared, False),
        "far": (declared, False),
        "near": (value, False),
        "p": (value, False),
        "deck": (kind, False),
        "u32": (kind, False),
        "wind": (kind, False),
        "UP": (DefinitionKind.CONSTANT, False),
        "DOWN": (DefinitionKind.CONSTANT, False),
        "hull": (kind, False),
        "fp": (value, False),
        "a_x": (value, False),
        "no_x": (value, False),
    }
    signatures = {one.name: one.signature for one in found.definitions}
    hoist, inner, many = signatures["hoist"], signatures["inner"], signatures["MAX"]
    assert hoist is not None
    assert hoist.parameters == ("struct deck*", "int")
    assert (hoist.results, hoist.is_variadic) == (("int*",), True)
    assert inner is not None
    assert (inner.parameters, inner.results, inner.is_variadic) == ((), (), False)
    assert many is not None
    assert len(many.parameters) == 2


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"int x = y; return x;", {"y"}),
        (b"{ int x = 1; use(x); } return x;", {"use", "x"}),
        (b"for (int i = 0; i < top; i++) given = i;", {"top"}),
        (b"given->hull.keel = far->near;", {"far"}),
        (b"struct deck d = { .hull = keel };", {"deck", "keel"}),
        (b"u32 n = sizeof(struct hull); goto out; out: return n;", {"u32", "hull"}),
    ],
)
def test_free_names(body: bytes, names: set[str]) -> None:
    """Free is what no block and no parameter declares, and what is no field or label."""
    found = read(b"int f(int given)\n{\n" + body + b"\n}\n")
    assert {one.name for one in found.references if not one.qualifier} == names


def test_calls() -> None:
    """A call that is a statement drops its result, unless it says that it does so on purpose."""
    found = read(
        b"int f(void)\n{\n\tdrop(1, 2);\n\t(void)meant();\n\tint a = take(1);\n\to->init(a);\n"
        b"\treturn last();\n}\n"
    )
    calls = {one.name: (one.qualifier, one.arguments, one.taken) for one in found.calls}
    assert calls == {
        "drop": ("", 2, 0),
        "meant": ("", 0, None),
        "take": ("", 1, 1),
        "init": (MEMBER, 1, 0),
        "last": ("", 0, None),
    }


def test_tables_of_functions_and_what_fills_them() -> None:
    """A struct with pointers to functions is a contract; a variable of it names what it gives."""
    found = read(
        b"struct ops {\n\tint (*up)(int n);\n\tvoid (*down)(void);\n\tint deep;\n};\n"
        b"typedef struct { void (*go)(void); } table;\n"
        b"static const struct ops a_ops = { .up = a_up, .deep = 3 };\ntable t = { .go = go };\n"
    )
    assert [(one.name, [member.name for member in one.members]) for one in found.contracts] == [
        ("ops", ["up", "down"]),
        ("table", ["go"]),
    ]
    given = [(one.contract, one.owner, len(one.members)) for one in found.implementations]
    assert given == [("ops", "a_ops", 2), ("table", "t", 1)]


C_ITEMS = st.sampled_from(
    (
        "int {}(int a) {{ return other(a); }}\n",
        "void *{} (void);\n",
        "#define {} 1\n",
        "  #  define {}(a) (a)\n",
        "struct {} {{ int (*read)(int a); }};\n",
        "enum {{ FIRST, {} = 3 }};\n",
        "static struct ops {} = {{ .read = other }};\n",
        "typedef unsigned {}; /* {} */\n",
        "#ifdef {}\nint other;\n#endif\n",
        '#include "{}.h"\n',
        'char *text = "{} // \\" {}"; char quote = \'"\';\n',
        "// it's {}\n",
    )
)


@given(st.lists(st.tuples(C_ITEMS, st.sampled_from(("one", "two", "THREE"))), max_size=6))
def test_what_is_left_out_of_a_file_defines_nothing(items: list[tuple[str, str]]) -> None:
    """Each name that a file defines stands in the text that can define one."""
    content = "".join(item.format(name, name) for item, name in items).encode()
    found = read_c(content)
    assert found is not None
    text = definable_in_c(content)
    assert all(may_name(text, [one.name]) for one in found.definitions)


@pytest.mark.parametrize(
    "text",
    ["#if defined(one) && \\\n  one\n", "/* one\n*/ // one\n", 'x("one");\n', "#include <one>\n"],
)
def test_what_only_tells_of_a_name_is_left_out(text: str) -> None:
    """Conditions, comments, strings and included files."""
    assert not may_name(definable_in_c(text.encode()), ["one"])
