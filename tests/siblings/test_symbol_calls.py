"""Signatures and calls that differ from those of the siblings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.siblings import FindingKind, Rank
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.symbolsources import focus_on
from patchkit.syntax.words import words_in

from .symbol_scenes import findings, only, siblings

SHARED = "package boat\n\ntype base struct{}\n\n"


def ours(body: str) -> dict[str, str]:
    """Our file of the family."""
    return {"boat/a_riscv64.go": f"package boat\n\n{body}"}


def family(body: str, *names: str) -> dict[str, str]:
    """The siblings' files."""
    return siblings("boat/a_{}.go", f"package boat\n\n{body}", *names)


def test_a_dropped_result_that_siblings_use() -> None:
    """Siblings came to check an error that the shared method gives now; ours drops it."""
    old = {
        "boat/base.go": SHARED + "func (b *base) load(n int) {}\n",
        **family("func newArch(b *base) *base { b.load(1); return b }\n"),
        **ours("func newRiscv64(b *base) *base { b.load(1); return b }\n"),
    }
    checked = "if err := b.load(1); err != nil { return nil }; return b"
    new = {
        "boat/base.go": SHARED + "func (b *base) load(n int) error { return nil }\n",
        **family(f"func newArch(b *base) *base {{ {checked} }}\n"),
        **ours("func newRiscv64(b *base) *base { b.load(1); return b }\n"),
    }
    (one,) = findings(new, old)
    assert (one.kind, one.rank, one.symbol) == (FindingKind.CALL, Rank.BEHAVIOUR, "load")
    assert (one.path, one.line, one.is_new) == (b"boat/a_riscv64.go", 3, True)
    assert "load (error) is dropped here" in one.note
    assert "since the new version" in one.note
    assert [place.variant for place in one.siblings] == ["arm64", "s390x", "x86_64"]
    (again,) = findings(new, new)
    assert not again.is_new
    assert "in the old version already" in again.note
    assert findings(old) == ()
    assert findings({**new, **ours(f"func newRiscv64(b *base) *base {{ {checked} }}\n")}) == ()


@pytest.mark.parametrize(
    "others",
    [
        {"boat/a_s390x.go": "package boat\n\nfunc newS390x(b *base) { b.load(1) }\n"},
        {"boat/base.go": SHARED + "func (b *base) load(n int) {}\n"},
    ],
)
def test_no_alarm_where_a_sibling_drops_it_or_nothing_is_given(others: dict[str, str]) -> None:
    """What one sibling does as well is no fault of ours, nor is dropping nothing."""
    used = "func newArch(b *base) error { return b.load(1) }\n"
    tree = {
        "boat/base.go": SHARED + "func (b *base) load(n int) error { return nil }\n",
        **family(used),
        **ours("func newRiscv64(b *base) { b.load(1) }\n"),
    }
    assert len(findings(tree)) == 1
    assert only(findings({**tree, **others}), FindingKind.CALL) == []


def test_other_arguments_than_the_only_definition_takes() -> None:
    """A function of the package says how many; the siblings' calls are shown beside."""
    tree = {
        "boat/base.go": "package boat\n\nfunc tie(a, b int) {}\n",
        **family("func f() { tie(1, 2) }\n"),
        **ours("func f() { tie(1) }\n"),
    }
    (one,) = findings(tree)
    assert (one.kind, one.rank, one.symbol) == (FindingKind.CALL, Rank.BUILD, "tie")
    assert "called with 1 argument, and takes 2, as arm64, s390x and x86_64 give" in one.note
    spread = "func f() { tie(1); tie(two()); tie(all...) }\n"
    assert len(findings({**tree, **ours(spread)})) == 1
    for definition in ("func tie(a ...int) {}", "func tie(a int, b ...int) {}"):
        assert findings({**tree, "boat/base.go": f"package boat\n\n{definition}\n"}) == ()


def test_methods_are_compared_where_siblings_call_them_so() -> None:
    """What is reached through a value can be of another type; siblings' calls tell."""
    tree = {
        "boat/base.go": SHARED + "func (b base) tie(a, c int) {}\n",
        **family("func f(b base) { b.tie(1, 2) }\n"),
        **ours("func f(b base) { b.tie(1) }\n"),
    }
    (one,) = findings(tree)
    assert (one.kind, one.symbol) == (FindingKind.CALL, "tie")
    assert findings({**tree, **family("func f(b base) {}\n")}) == ()


def test_what_all_siblings_call_otherwise_since_the_new_version() -> None:
    """The definition can be outside of the tree: what ours does is what all did before."""
    head = 'import "far/away"\n\n'
    mine = ours(head + "func f() { away.Go(1) }\n")
    old = {**family(head + "func f() { away.Go(1) }\n"), **mine}
    new = {**family(head + "func f() { away.Go(1, 2) }\n"), **mine}
    (one,) = findings(new, old)
    assert (one.kind, one.rank, one.is_new) == (FindingKind.CALL, Rank.BUILD, True)
    assert findings(new, new) == ()
    assert findings(old, old) == ()


def test_other_numbers_of_results() -> None:
    """An assignment takes as many results as there are."""
    tree = {
        "boat/base.go": "package boat\n\nfunc two() (int, error) { return 1, nil }\n",
        **family("func f() { a, _ := two(); _ = a }\n"),
        **ours("func f() { a := two(); _ = a }\n"),
    }
    (one,) = findings(tree)
    assert (one.kind, one.rank) == (FindingKind.CALL, Rank.BUILD)
    assert "two gives 2 results, and 1 of them are taken here" in one.note


def test_another_signature_than_all_siblings() -> None:
    """Shared code calls the function, so that ours has to look like the siblings'."""
    tree = {
        "boat/run.go": "package boat\n\nvar x = open(1)\n",
        **family(
            "func open(n int64) (*hullArch, error) { return nil, nil }\n\ntype hullArch int\n"
        ),
        **ours("func open(n int) *hullRiscv64 { return nil }\n\ntype hullRiscv64 int\n"),
    }
    (one,) = only(findings(tree), FindingKind.SIGNATURE)
    assert (one.rank, one.path, one.line) == (Rank.BUILD, b"boat/a_riscv64.go", 3)
    assert "(int64) -> (*hullAmd64, error) in" not in one.note
    assert "(int64) -> (*hullArm64, error) in arm64, s390x and x86_64" in one.note
    same = "func open(n int64) (*hullRiscv64, error) { return nil, nil }\n\ntype hullRiscv64 int\n"
    assert findings({**tree, **ours(same)}) == ()
    unused = {path: text for path, text in tree.items() if path != "boat/run.go"}
    assert findings(unused) == ()


def test_siblings_that_differ_among_themselves_say_nothing() -> None:
    """There is no signature to have where two siblings have two."""
    tree = {
        "boat/run.go": "package boat\n\nvar x = open\n",
        **family("func open(n int) {}\n", "amd64", "arm64"),
        **family("func open() {}\n", "s390x"),
        **ours("func open(n string) {}\n"),
    }
    assert findings(tree) == ()


def test_the_way_a_type_is_imported_is_no_difference() -> None:
    """Two files can call the same package by two names."""
    tree = {
        "boat/run.go": "package boat\n\nvar x = open\n",
        **family('import q "far/queue"\n\nfunc open(n q.Item) {}\n'),
        **ours('import "far/queue"\n\nfunc open(n queue.Item) {}\n'),
    }
    assert findings(tree) == ()


def test_calls_under_the_names_of_variants_are_compared() -> None:
    """Each calls its own function; two siblings came to give it one argument more."""

    def tree(theirs: str, mine: str) -> dict[str, str]:
        text = "int trap (void)\n{{\n  return set{}Trap ({});\n}}\n"
        family = siblings("arch/{}/trap.c", text.format("Arch", theirs))
        return {**family, "arch/riscv64/trap.c": text.format("Riscv64", mine)}

    (one,) = findings(tree("1, 2", "1"), tree("1", "1"))
    assert (one.kind, one.rank, one.symbol) == (FindingKind.CALL, Rank.BUILD, "setRiscv64Trap")
    assert one.is_new
    assert findings(tree("1, 2", "1, 2"), tree("1", "1")) == ()


@given(
    st.lists(
        st.sampled_from(("set_arm64_trap", "set_trap", "x86_64_trap", "(", " ", "trap")), max_size=8
    ),
    st.sets(st.sampled_from(("set_{}_trap", "{}_trap", "set_trap", "trap")), min_size=1),
)
def test_the_words_of_a_text_that_are_one_of_the_names(pieces: list[str], names: set[str]) -> None:
    """All of them, with the words of variants in them, and the names that have none."""
    text = "".join(pieces).encode()
    found = focus_on(names, text, ARCHITECTURES)
    assert found is not None
    for word in words_in(text):
        assert (word in found) == (ARCHITECTURES.neutral(word).decode() in names)
    assert found >= {name.encode() for name in names if "{" not in name}


def test_a_name_that_is_no_word_is_not_looked_for() -> None:
    """What it stands in is read whole."""
    assert focus_on({"r#type", "trap"}, b"r#type()", ARCHITECTURES) is None
