"""Symbols of Go files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.syntax.golang import read_go
from patchkit.syntax.symbols import MEMBER, Call, DefinitionKind, Symbols

HEAD = b'package boat\n\nimport (\n\t"fmt"\n\tsail "wind/go-sails/v2"\n\t"wind/rudder"\n)\n'


def read(body: bytes) -> Symbols:
    """The symbols of a file with this body."""
    found = read_go(HEAD + body)
    assert found is not None
    return found


def free(body: bytes) -> set[str]:
    """The free names of a function with this body."""
    found = read(b"func f(given int, more ...rope) (out knot) {\n" + body + b"\n}\n")
    return {one.name for one in found.references if not one.qualifier} - {"rope", "knot"}


def test_definitions_of_all_kinds() -> None:
    """Functions, methods, types, constants and variables are found, with what belongs to them."""
    found = read(
        b"func Hoist(a, b int, rest ...string) (bool, error) { return false, nil }\n"
        b"func (d *Deck[K]) Swab() {}\n"
        b"type Deck struct {\n\tHull\n\t*rudder.Blade\n\tname string\n}\n"
        b"type (\n\tHull int\n\tAlias = Hull\n)\n"
        b"const (\n\tOne = iota\n\tTwo\n)\nvar x, y = 1, 2\nvar _ = x\nfunc init() {}\n"
    )
    kinds = {(one.name, one.owner): one.kind for one in found.definitions}
    value, kind = DefinitionKind.VALUE, DefinitionKind.TYPE
    assert kinds == {
        ("Hoist", ""): DefinitionKind.FUNCTION,
        ("Swab", "Deck"): DefinitionKind.METHOD,
        ("Deck", ""): kind,
        ("Hull", ""): kind,
        ("Alias", ""): kind,
        ("One", ""): value,
        ("Two", ""): value,
        ("x", ""): value,
        ("y", ""): value,
    }
    hoist, _, deck = found.definitions[:3]
    assert hoist.signature is not None
    assert hoist.signature.parameters == ("int", "int", "...string")
    assert hoist.signature.results == ("bool", "error")
    assert hoist.signature.is_variadic
    assert deck.embeds == ("Hull", "rudder.Blade")
    assert (hoist.line, deck.line, deck.end_line) == (8, 10, 14)
    assert found.package == "boat"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"x := given\n_ = x", set[str]()),
        (b"mast := mast()\nmast.up()", {"mast"}),
        (b"if ok := try(); ok { ok() } else { no(ok) }\nok()", {"try", "no", "ok"}),
        (b"for i, v := range crew { use(i, v) }\nuse(i)", {"crew", "use", "i"}),
        (b"for i := 0; i < top; i++ { }", {"top"}),
        (b"switch t := given.(type) {\ncase Boat:\n\trun(t)\n}", {"Boat", "run"}),
        (b"select {\ncase m := <-pipe:\n\tm()\n}", {"pipe"}),
        (b"g := func(a int) (b int) { return a + b + c }\ng(1)", {"c"}),
        (b"var q, r = 1, far\nconst near = 2\nprintln(q, r, near)", {"far"}),
        (b"type local struct{ peg Peg }\nvar l local\nl.peg()", {"Peg"}),
        (b"use(Deck{mast: pole, hull: 1})", {"use", "Deck", "pole"}),
        (b"use(map[Key]int{key: val})", {"use", "Key", "key", "val"}),
        (b"use([]int{at: 1, 2})", {"use", "at"}),
        (b"use([]Deck{{mast: pole}})", {"use", "Deck", "pole"}),
        (b"loop:\n\tfor {\n\t\tbreak loop\n\t}", set[str]()),
        (b"out, given = 1, len(more)", set[str]()),
        (b"fmt.Println(sail.Up, rudder.Left)", set[str]()),
        (b"fmt := given\nfmt.Println(deep)", {"deep"}),
        (b"Cast[Kind](given)", {"Cast", "Kind"}),
        (b"a.b.c.d(e)", {"a", "e"}),
    ],
)
def test_free_names(body: bytes, names: set[str]) -> None:
    """Free is what no scope declares, no import brings, and what is no field."""
    assert free(body) == names


def test_names_of_packages_and_members() -> None:
    """A name of an import has its path, one that is reached through a value has the dot."""
    found = read(b"func f(d rudder.Blade) { sail.Set(1); d.Turn(); fmt.Print() }\n")
    assert {(one.name, one.qualifier) for one in found.references} == {
        ("Blade", "wind/rudder"),
        ("Set", "wind/go-sails/v2"),
        ("Turn", MEMBER),
        ("Print", "fmt"),
    }


def test_type_parameters_are_no_free_names() -> None:
    """Neither those of a function nor those that a receiver names."""
    found = read(
        b"func f[K any, V Bound](k K) V { var v V; return v }\n"
        b"func (p *Pair[A, B]) Left() A { var a A; return a }\n"
    )
    assert {one.name for one in found.references} == {"Bound", "Pair"}


def test_calls() -> None:
    """A call has its arguments and how many of its results are taken, where the text says it."""
    found = read(
        b"func f() error {\n\tdrop(1, 2)\n\ta, b := two()\n\tb = one(a)\n\tx.keep(rest...)\n"
        b"\touter(inner())\n\treturn last()\n}\nvar v = first()\n"
    )
    calls = {one.name: one for one in found.calls}
    assert calls["drop"] == Call("drop", 9, "", 2, 0, "f")
    assert (calls["two"].taken, calls["one"].taken, calls["first"].taken) == (2, 1, 1)
    assert calls["keep"] == Call("keep", 12, MEMBER, None, 0, "f")
    assert calls["outer"].arguments is None
    assert calls["inner"].arguments == 0
    assert calls["last"].taken is None
    assert {one.caller for one in found.calls} == {"f", ""}


def test_interfaces_are_contracts() -> None:
    """The methods of an interface with their signatures, and what it embeds."""
    found = read(
        b"type Sailor interface {\n\trudder.Hand\n\tMate\n\tTie(a, b knot) error\n\tGo()\n}\n"
        b"type empty interface{}\n"
    )
    (one,) = found.contracts
    assert (one.name, one.embedded, one.line) == ("Sailor", ("rudder.Hand", "Mate"), 8)
    assert [member.name for member in one.members] == ["Tie", "Go"]
    assert one.members[0].signature is not None
    assert one.members[0].signature.parameters == ("knot", "knot")


def test_a_file_with_errors_gives_the_rest() -> None:
    """What stands beside a syntax error is read."""
    found = read(b"func good() { fine() }\nfunc bad( {\n}}}\nfunc last() {}\n")
    assert {"good", "last"} <= {one.name for one in found.definitions}
    assert "fine" in {one.name for one in found.references}


def test_a_focus_leaves_out_other_declarations() -> None:
    """Names are read where a word of the focus stands; definitions everywhere."""
    body = HEAD + b"func a() { seen(wanted) }\nfunc b() { unseen() }\n"
    found = read_go(body, frozenset((b"wanted",)))
    assert found is not None
    assert {one.name for one in found.definitions} == {"a", "b"}
    assert {one.name for one in found.references} == {"seen", "wanted"}


PARTS = (
    b"func a() int { return b(c) }\n",
    b"func b(x int) int { y := x; return y }\n",
    b"var c = 1\n",
    b"type D struct{ E }\n",
    b"func (d *D) f() { d.g(c); h() }\n",
    b"type I interface { J() }\n",
)


@given(st.permutations(PARTS))
def test_the_order_of_declarations_does_not_matter(parts: list[bytes]) -> None:
    """The declarations of a package see each other, wherever they stand."""

    def told(symbols: Symbols) -> tuple[object, ...]:
        return (
            {(one.name, one.kind, one.owner, one.signature) for one in symbols.definitions},
            {(one.name, one.qualifier) for one in symbols.references},
            {(one.name, one.arguments, one.taken, one.caller) for one in symbols.calls},
            {one.name for one in symbols.contracts},
        )

    assert told(read(b"".join(parts))) == told(read(b"".join(PARTS)))
