"""Laws of families: the word alone differs, and every cell says what the two trees have."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from patchkit.model.siblings import CellState, FamilyKind, FindingKind
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.families import families_of, templates_of
from patchkit.siblings.filegaps import FileFamilies
from patchkit.siblings.place_words import words_of

from .making import scene

OWN = [(variant.name, word) for variant in ARCHITECTURES.variants for word in variant.words]
parts = st.text("abq_-/.", max_size=6)


@given(parts, parts, st.sampled_from(OWN), st.sampled_from(OWN))
def test_paths_that_differ_in_the_word_are_one_family(
    before: str, after: str, one: tuple[str, str], two: tuple[str, str]
) -> None:
    """Whatever stands around a word, another word in its place gives the same template, and the
    family has both files, each for its variant."""
    paths = [f"{before}/{word}/{after}".encode() for _, word in (one, two)]
    (first,), (second,) = (templates_of(path, ARCHITECTURES) for path in paths)
    assert first.path == second.path
    assert ((one[0],), (two[0],)) == (first.variants, second.variants)
    members = families_of(dict.fromkeys(paths), ARCHITECTURES)[first.path]
    assert {one[0], two[0]} == set(members)
    for (name, _), path in zip((one, two), paths, strict=True):
        assert path in members[name]


UPSTREAM = ("amd64", "arm64", "s390x", "ppc64le")
NAME_OF = {"amd64": "x86_64"}
contents = st.none() | st.sampled_from((b"one\n", b"two\n"))
has = st.fixed_dictionaries({word: st.tuples(contents, contents) for word in UPSTREAM})


@given(has, st.sampled_from(("none", "stack", "upstream")))
@example(dict.fromkeys(UPSTREAM, (None, b"one\n")), "stack")
def test_every_cell_says_what_the_trees_have(
    trees: dict[str, tuple[bytes | None, bytes | None]], whose: str
) -> None:
    """There, changed, new, gone or none, as the file is in the one and the other version; ours is
    missing, the stack's, or upstream's."""
    # A second family names every variant, so that each has a column; it is the same in both.
    others = {f"every/z_{word}.go": word.encode() for word in UPSTREAM}
    old, new = ({f"q/x_{word}.go": both[at] for word, both in trees.items()} for at in (0, 1))
    before = {path: content for path, content in old.items() if content is not None}
    after = {path: content for path, content in new.items() if content is not None}
    assume(2 <= len(after))
    ours = {"q/x_riscv64.go": b"ours\n"}
    upstreams = ours if whose == "upstream" else {}
    made = scene(
        {**before, **others, **upstreams},
        {**after, **others, **upstreams},
        ours if whose == "stack" else {},
    )
    files = FileFamilies(made)
    families = {one.name: one for one in files.families()}
    family = families[b"q/x_{}.go"]
    for word, (was, now) in trees.items():
        wanted = (
            (CellState.NONE if was is None else CellState.GONE)
            if now is None
            else CellState.NEW
            if was is None
            else CellState.THERE
            if was == now
            else CellState.CHANGED
        )
        assert wanted is family.cell(NAME_OF.get(word, word)).state, word
    state = {
        "none": CellState.MISSING,
        "stack": CellState.OURS,
        "upstream": CellState.THERE,
    }[whose]
    assert state is family.cell("riscv64").state
    assert family.is_new is (not before and whose != "upstream")
    missing = {one.path for one in files.findings(tuple(families.values()))}
    assert (b"q/x_riscv64.go" in missing) is (whose == "none")
    assert b"every/z_riscv64.go" in missing


folders = st.lists(
    st.sampled_from(("mod.rs", "gic/its.rs", "a/b/c.rs", "x.md")), min_size=1, unique=True
)


@given(folders, st.sampled_from(({}, {"src/riscv64/own.rs": b"x\n"})))
def test_a_folder_or_its_files(names: list[str], ours: dict[str, bytes]) -> None:
    """Files below the folder of a variant are told as that folder where ours has no file below it,
    else one by one; never both."""
    upstream = {
        f"src/{word}/{name}": word.encode() + name.encode()
        for name in names
        for word in ("amd64", "arm64")
    }
    files = FileFamilies(scene(upstream, upstream, ours))
    families = files.families()
    found = files.findings(families)
    if ours:
        assert {f"src/riscv64/{name}".encode() for name in names} == {one.path for one in found}
        assert {FindingKind.FILE} == {one.kind for one in found}
    else:
        assert [(FindingKind.FOLDER, b"src/riscv64")] == [(one.kind, one.path) for one in found]
        assert [FamilyKind.FOLDER] == [one.kind for one in families]
        assert 2 * len(names) == sum(len(cell.paths) for cell in families[0].cells)


@pytest.mark.parametrize("variant", ["x86_64", "i386"])
def test_a_broad_word_is_of_all_its_kin(variant: str) -> None:
    """A file that says `x86` is one sibling, not two, and for both it is there."""
    both = {f"c_{word}.c": b"x\n" for word in ("arm64", "s390x", "i386", "amd64")}
    upstream = {"a_x86.c": b"x\n", "b_x86.c": b"x\n", "b_arm64.c": b"x\n", **both}
    files = FileFamilies(scene(upstream, upstream, {}))
    assert [b"b_{}.c", b"c_{}.c"] == [one.name for one in files.families()]
    files = FileFamilies(scene(upstream, upstream, {}, variant=variant))
    assert () == files.findings(files.families())


@pytest.mark.parametrize("words", [("x86", "arm"), ("powerpc", "mips"), ("x86", "s390")])
def test_a_project_that_says_broad_words_only(words: tuple[str, str]) -> None:
    """Where no path has a narrow word, the kin is a sibling by its first member."""
    upstream = {f"arch/{word}/mm.c": b"x\n" for word in words}
    files = FileFamilies(scene(upstream, upstream, {}))
    (one,) = files.findings(files.families())
    assert b"arch/riscv64" == one.path
    assert 2 == len(one.siblings)
    assert 3 == len(files.columns)


def test_the_order_of_paths_does_not_matter() -> None:
    """The same families come out of listings in any order."""
    upstream = {f"{name}/{word}.go": b"x\n" for name in "cab" for word in UPSTREAM}
    turned = dict(reversed(upstream.items()))
    assert (
        FileFamilies(scene(upstream, upstream, {})).families()
        == FileFamilies(scene(turned, turned, {})).families()
    )


STEMS = [(stem.decode(), kin) for stem, kin in words_of(ARCHITECTURES).stems]


@given(st.lists(st.tuples(parts, st.sampled_from(("", *(word for _, word in OWN))), parts)))
def test_no_path_that_names_a_variant_is_passed_over(names: list[tuple[str, str, str]]) -> None:
    """Of many paths those are kept, in their order, in which a word stands, and few others."""
    paths = ["".join(name).encode() for name in names]
    kept = words_of(ARCHITECTURES).naming(paths)
    naming = [path for path in paths if any(ARCHITECTURES.mentions(path))]
    assert naming == [path for path in kept if any(ARCHITECTURES.mentions(path))]
    assert all(any(stem in path for stem, _ in words_of(ARCHITECTURES).stems) for path in kept)


@given(st.lists(st.tuples(parts, st.sampled_from(("", *(word for word, _ in STEMS))), parts)))
def test_no_text_that_may_have_a_place_is_passed_over(names: list[tuple[str, str, str]]) -> None:
    """It has stems of two sorts of variants; each of them is found by one of its bytes."""
    text = "".join(map("".join, names)).encode()
    words = words_of(ARCHITECTURES)
    kins = {kin for stem, kin in STEMS if stem.encode() in text.lower()}
    assert words.may_have_place(text) == (len(kins) > 1)
    spots = set(words.spots(text.lower()))
    for stem, _ in STEMS:
        at = text.lower().find(stem.encode())
        assert at < 0 or spots & set(range(at, at + len(stem)))
