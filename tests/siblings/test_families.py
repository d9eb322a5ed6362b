"""Families of files: what each variant has, what is new, and what ours lacks."""

from __future__ import annotations

import pytest

from patchkit.model.siblings import CellState, Family, FamilyKind, Finding, FindingKind, Rank
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.families import templates_of
from patchkit.siblings.filegaps import FileFamilies
from patchkit.siblings.moves import moved_files

from .making import compared, scene

ALL = ("amd64", "arm64", "s390x")


def each(pattern: str, *words: str, content: bytes = b"x\n") -> dict[str, bytes]:
    """A file for each word."""
    return {pattern.format(word): content for word in words}


def families(
    old: dict[str, bytes], new: dict[str, bytes], ours: dict[str, bytes]
) -> tuple[dict[bytes, Family], tuple[Finding, ...]]:
    """The families by name, and the findings about them."""
    files = FileFamilies(scene(old, new, ours))
    found = files.families()
    return {one.name: one for one in found}, files.findings(found)


def cells(family: Family) -> dict[str, CellState]:
    """The states that are more than nothing."""
    return {one.variant: one.state for one in family.cells if one.state is not CellState.NONE}


@pytest.mark.parametrize(
    ("path", "templates"),
    [
        (b"qemu_arm64.go", [b"qemu_{}.go"]),
        (b"arch/arm64/gic_arm64.c", [b"arch/{}/gic_{}.c"]),
        (b"arm64/from_amd64.c", [b"{}/from_amd64.c", b"arm64/from_{}.c"]),
        (b"plain.c", []),
    ],
)
def test_the_templates_of_a_path(path: bytes, templates: list[bytes]) -> None:
    """Every sort of variant that a path names gives a template of its own."""
    assert templates == [one.path for one in templates_of(path, ARCHITECTURES)]


def test_what_each_variant_has() -> None:
    """The cells say who has it, who changed it, whose is new or gone, and what is ours."""
    old = {
        **each("q_{}.go", "amd64", "arm64"),
        "q_ppc64le.go": b"x\n",
        "q_s390x.go": b"x\n",
    }
    new = {**each("q_{}.go", "amd64", "loong64"), "q_arm64.go": b"y\n", "q_s390x.go": b"x\n"}
    found, missing = families(old, new, {"q_riscv64.go": b"x\n"})
    assert {
        "riscv64": CellState.OURS,
        "x86_64": CellState.THERE,
        "arm64": CellState.CHANGED,
        "s390x": CellState.THERE,
        "loong64": CellState.NEW,
    } == cells(found[b"q_{}.go"])
    assert () == missing


def test_a_sibling_that_is_gone_has_a_column_where_it_is_named_elsewhere() -> None:
    """What a variant had in the old version only is told as gone."""
    old = {**each("q_{}.go", *ALL), **each("r_{}.go", *ALL)}
    new = {**each("q_{}.go", "amd64", "arm64"), **each("r_{}.go", *ALL)}
    found, _ = families(old, new, {})
    assert found[b"q_{}.go"].cell("s390x").state is CellState.GONE


def test_ours_is_missing() -> None:
    """A source that all siblings have likely breaks the build; the path is where ours would be."""
    _, (one,) = families(each("q_{}.go", *ALL), each("q_{}.go", *ALL), {})
    assert (FindingKind.FILE, Rank.BUILD, b"q_riscv64.go") == (one.kind, one.rank, one.path)
    assert not one.is_new
    assert ["x86_64", "arm64", "s390x"] == [at.variant for at in one.siblings]


def test_the_word_that_our_paths_have() -> None:
    """Where the project says `riscv` in paths nearby, the missing file is named so."""
    new = {**each("conf/{}/base.conf", *ALL), **each("conf/{}/mmu.conf", *ALL)}
    _, (one,) = families(new, new, {"conf/riscv/base.conf": b"x\n"})
    assert b"conf/riscv/mmu.conf" == one.path


@pytest.mark.parametrize(
    ("pattern", "words", "rank"),
    [
        ("src/q_{}.go", ALL, Rank.BUILD),
        ("tests/q_{}.go", ALL, Rank.BEHAVIOUR),
        ("src/q_{}_test.go", ALL, Rank.BEHAVIOUR),
        ("ci/{}.yaml", ALL, Rank.BEHAVIOUR),
        ("docs/{}.md", ALL, Rank.NOTHING),
    ],
)
def test_how_much_a_missing_file_matters(pattern: str, words: tuple[str, ...], rank: Rank) -> None:
    """Sources that every sibling has may break the build; tests, data and documents do not."""
    new = each(pattern, *words)
    _, (one,) = families(new, new, {})
    assert rank is one.rank


def test_what_only_some_siblings_have() -> None:
    """A source that few of a component's siblings have is no matter of the build."""
    new = {
        **each("src/a/q_{}.go", *ALL),
        **each("src/a/r_{}.go", *ALL),
        **each("src/a/sgx_{}.go", "amd64", "arm64"),
    }
    ours = each("src/a/{}_riscv64.go", "q", "r")
    _, (one,) = families(new, new, ours)
    assert (b"src/a/sgx_riscv64.go", Rank.BEHAVIOUR) == (one.path, one.rank)


def test_a_folder_is_told_once() -> None:
    """Where ours has nothing of a folder for each variant, that is one finding."""
    new = {
        **each("src/{}/mod.rs", *ALL),
        **each("src/{}/gic/its.rs", *ALL),
        "src/arm64/only.rs": b"",
    }
    found, (one,) = families({}, new, {})
    assert (FindingKind.FOLDER, b"src/riscv64", True) == (one.kind, one.path, one.is_new)
    assert FamilyKind.FOLDER is found[b"src/{}"].kind
    _, parts = families({}, new, {"src/riscv64/mod.rs": b"x\n"})
    assert [b"src/riscv64/gic/its.rs"] == [part.path for part in parts]


def test_families_that_complete_each_other() -> None:
    """Who is in `h_linux_{}.go` needs nothing in `h_{}.go`, where no variant is in both."""
    new = {**each("h_linux_{}.go", "amd64", "arm64"), **each("h_{}.go", "ppc64le", "s390x")}
    found, missing = families(new, new, {"h_linux_riscv64.go": b"x\n"})
    assert CellState.DEFAULT is found[b"h_{}.go"].cell("riscv64").state
    assert () == missing
    shared = {**new, "h_amd64.go": b"x\n"}
    _, missing = families(shared, shared, {"h_linux_riscv64.go": b"x\n"})
    assert [b"h_riscv64.go"] == [one.path for one in missing]


def test_what_is_no_family() -> None:
    """One sibling alone, and patches for other projects, are no families."""
    new = {"x_arm64.c": b"", **each("patches/fix-{}.patch", *ALL)}
    found, missing = families(new, new, {})
    assert ({}, ()) == (found, missing)


def test_new_families_come_first() -> None:
    """What came since the old version is told before what was there."""
    old = each("b_{}.go", *ALL)
    new = {**old, **each("z_{}.go", *ALL)}
    found, missing = families(old, new, {})
    assert [b"z_{}.go", b"b_{}.go"] == list(found)
    assert [True, False] == [one.is_new for one in missing]
    report = compared(scene(old, new, {})).report
    assert [b"z_riscv64.go", b"b_riscv64.go"] == [one.path for one in report.findings]


def test_what_moved_is_not_new() -> None:
    """A family whose files moved as they are was there before; so it is where a folder moved."""
    old = {f"cli/q_{word}.go": word.encode() for word in ALL}
    new = {f"cmd/run/q_{word}.go": word.encode() for word in ALL}
    new["cmd/run/q_s390x.go"] = b"edited"
    found, _ = families(old, new, {})
    family = found[b"cmd/run/q_{}.go"]
    assert not family.is_new
    assert CellState.THERE is family.cell("arm64").state
    assert CellState.CHANGED is family.cell("s390x").state


def test_moved_files() -> None:
    """By content where it is one file's alone, and with the folder where most of it moved."""
    old = {b"a/1": "id1", b"a/2": "id2", b"a/3": "id3", b"kept": "id4"}
    new = {b"b/1": "id1", b"b/2": "id2", b"b/3": "changed", b"kept": "id4"}
    twins = {b"twin1": "t", b"twin2": "t"}
    moves = moved_files({**old, **twins}, {**new, b"other": "t"}, ARCHITECTURES)
    assert {b"b/1": b"a/1", b"b/2": b"a/2", b"b/3": b"a/3"} == moves
    assert {} == moved_files(new, new, ARCHITECTURES)
    assert {} == moved_files({b"q_arm64.c": "x"}, {b"q_amd64.c": "x"}, ARCHITECTURES)
    renamed = moved_files({b"q_arm64.c": "x"}, {b"linux_arm64.c": "x"}, ARCHITECTURES)
    assert {b"linux_arm64.c": b"q_arm64.c"} == renamed
