"""Laws of places: what holds whatever the file says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.tree import File, MemoryTree
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.place_findings import place_findings
from patchkit.siblings.place_model import Gets
from patchkit.siblings.places import places_in
from patchkit.siblings.scene import Scene

Template = tuple[str, Callable[[Sequence[str]], str]]

WORDS = ("x86_64", "aarch64", "s390x", "ppc64le", "loongarch64", "mips64el")
"""Words of six kins, none of which is part of another."""


def _each(before: str, line: str, after: str) -> Callable[[Sequence[str]], str]:
    return lambda words: before + "".join(line.format(word) for word in words) + after


TEMPLATES: tuple[Template, ...] = (
    ("a.rs", _each("", '#[cfg(target_arch = "{0}")]\nfn size() -> u8 {{\n    1\n}}\n', "")),
    ("a.rs", _each("fn f(a: &str) {{\n    match a {{\n".format(), '        "{0}" => g(),\n',
                   "    }\n}\n")),
    ("a.go", _each("package a\n\nfunc f() {\n\tswitch runtime.GOARCH {\n",
                   '\tcase "{0}":\n\t\tg()\n', "\t}\n}\n")),
    ("b.go", lambda words: f"//go:build {' || '.join(words)}\n\npackage b\n"),
    ("a.c", _each("", "#ifdef __{0}__\nint a = 1;\n#endif\n", "")),
    ("Makefile", _each("", "ifeq ($(ARCH),{0})\n  A = 1\nendif\n", "")),
    ("a.sh", _each("case $arch in\n", "\t{0}) echo;;\n", "esac\n")),
    ("b.sh", _each("", 'if [ "$a" = {0} ]; then\n\tf\nfi\n', "")),
    ("c.sh", lambda words: f"ALL=( {' '.join(words)} )\n"),
    ("a.yaml", _each("all:\n", "  {0}:\n    image: x\n", "")),
    ("b.yaml", lambda words: f"platforms: {', '.join(f'linux/{one}' for one in words)}\n"),
    ("a.md", _each("# All\n\n", "- {0}\n", "")),
)  # fmt: skip

some_words = st.lists(st.sampled_from(WORDS), min_size=2, unique=True)
templates = st.sampled_from(TEMPLATES)


def _places(path: str, text: str) -> int:
    return len(places_in(path.encode(), text.encode(), ARCHITECTURES))


@given(templates, some_words)
def test_a_construct_is_one_place_for_all_that_it_names(
    template: Template, words: Sequence[str]
) -> None:
    """Whichever variants a construct names, it is one place, and names just them."""
    path, make = template
    (place,) = places_in(path.encode(), make(words).encode(), ARCHITECTURES)
    known = {ARCHITECTURES.variant(word) for word in words}
    assert {one.name for one in known if one is not None} == set(place.named)
    assert Gets.NOTHING is place.gets("riscv64")


@given(templates, some_words, st.permutations(WORDS))
def test_other_names_leave_the_places(
    template: Template, words: Sequence[str], others: Sequence[str]
) -> None:
    """Places stay where every sibling is called like another one."""
    path, make = template
    renamed = [others[WORDS.index(word)] for word in words]
    before, after = (
        places_in(path.encode(), make(some).encode(), ARCHITECTURES) for some in (words, renamed)
    )
    assert [(one.kind, one.first, one.last, one.key) for one in before] == [
        (one.kind, one.first, one.last, one.key) for one in after
    ]


@given(templates, some_words, st.data())
def test_naming_ours_is_what_serves_it(
    template: Template, words: Sequence[str], data: st.DataObject
) -> None:
    """A construct is a finding until ours is named in it, wherever that is done."""
    path, make = template
    at = data.draw(st.integers(0, len(words)))
    served = [*words[:at], "riscv64", *words[at:]]
    assert 1 == len(_findings(path, make(words)))
    assert () == _findings(path, make(served))


def _findings(path: str, text: str) -> tuple[object, ...]:
    tree = MemoryTree({path.encode(): File(text.encode())})
    ours = ARCHITECTURES.variant("riscv64")
    assert ours is not None
    _, findings = place_findings(Scene(ARCHITECTURES, ours, tree, tree, {}, {}))
    assert not any(one.is_new for one in findings)
    return findings


@given(
    st.sampled_from(("a.rs", "a.go", "a.c", "a.sh", "Makefile", "a.yaml", "a.md", "a")),
    st.lists(st.sampled_from((
        "case $a in", "esac", "\tone) x;;", "#if A", "#else", "#endif", "if a {", "} else {", "}",
        "ifeq (a,b)", "endif", "match a {", "_ => 1,", "#[cfg(", ")]", "//go:build", '"', "- x", "",
        "switch a {", "\tcase 1:", "default:", "x86_64", "if s390x", '  "aarch64"', "ppc64le)",
    ))),
)  # fmt: skip
def test_no_text_is_too_odd(path: str, lines: Sequence[str]) -> None:
    """Cut and mixed constructs are read without an error; without words there is no place, and
    every place lies in the file."""
    text = "\n".join(lines)
    count = len(lines)
    for place in places_in(path.encode(), text.encode(), ARCHITECTURES):
        assert 1 <= place.first <= place.last <= count
        for branch in place.branches:
            assert place.first <= branch.first <= branch.last <= place.last
    assert 0 == _places(
        path, "\n".join(line for line in lines if not ARCHITECTURES.named_in(line.encode()))
    )
