"""What binds one patch to another: a story for each kind."""

from __future__ import annotations

import pytest

from patchkit.engine.dependencies import dependencies_of
from patchkit.engine.policy import Policy
from patchkit.model.dependencies import BondKind, Dependencies
from patchkit.model.series import Entry
from patchkit.model.tree import MemoryTree

from .making import Files, diff, edited, file, numbered, program, stack_of

OLD: Files = {b"f": file(numbered(30)), b"g": file(numbered(30, "other"))}


def found_in(old: Files, *steps: Files, options: tuple[str, ...] = ()) -> Dependencies:
    """The dependencies of the stack that leads from a tree over these steps."""
    patches = [
        diff(before, after, "-M", *options)
        for before, after in zip((old, *steps), steps, strict=False)
    ]
    assert all(patches)
    return dependencies_of(stack_of(*patches), MemoryTree(old), Policy())


def told(found: Dependencies) -> list[tuple[str, str, str]]:
    """Each bond: the patch, the kind, the earlier patch, by the first letters."""
    return [(one.patch[0], one.kind.value, one.to[0]) for one in found.bonds]


def changed(tree: Files, *changes: tuple[bytes, bytes], path: bytes = b"f") -> Files:
    """The tree with lines of one file replaced."""
    return {**tree, path: file(edited(tree[path].content, *changes))}


def test_far_apart_patches_are_free() -> None:
    """Patches of other files, or of other parts of a file, are not bound."""
    one = changed(OLD, (b"line 3\n", b"ours\n"))
    two = changed(one, (b"line 20\n", b"ours as well\n"))
    three = changed(two, (b"other 3\n", b"ours\n"), path=b"g")
    found = found_in(OLD, one, two, three)
    assert [] == told(found)
    assert (None, None) == (found.last_before("2.patch"), found.first_behind("2.patch"))


def test_lines() -> None:
    """Who changes what another wrote needs it."""
    one = changed(OLD, (b"line 10\n", b"ours\n"))
    two = changed(one, (b"ours\n", b"ours, better\n"))
    assert [("2", "lines", "1")] == told(found_in(OLD, one, two))


def test_context() -> None:
    """Who has lines of another as context needs it."""
    one = changed(OLD, (b"line 10\n", b"ours\n"))
    two = changed(one, (b"line 12\n", b"another\n"))
    found = found_in(OLD, one, two)
    assert [("2", "context", "1")] == told(found)
    assert (b"f",) == found.bonds[0].files


def test_a_removed_line_leaves_a_gap() -> None:
    """Who edits or has context on both sides of where another removed lines needs it."""
    one = changed(OLD, (b"line 10\n", b""))
    at_it = changed(one, (b"line 11\n", b"another\n"))
    near_it = changed(one, (b"line 13\n", b"another\n"))
    beyond = changed(one, (b"line 15\n", b"another\n"))
    assert [("2", "lines", "1")] == told(found_in(OLD, one, at_it))
    assert [("2", "context", "1")] == told(found_in(OLD, one, near_it))
    assert [] == told(found_in(OLD, one, beyond))


def test_files() -> None:
    """Who touches, moves or removes a file that another made needs it."""
    made = {**OLD, b"new": file(numbered(9, "new"))}
    edit = changed(made, (b"new 5\n", b"ours\n"), path=b"new")
    moved = {path: found for path, found in edit.items() if path != b"new"}
    moved[b"moved"] = edit[b"new"]
    gone = {path: found for path, found in moved.items() if path != b"moved"}
    again = {**gone, b"new": file(b"another\n")}
    found = found_in(OLD, made, edit, moved, gone, again)
    kinds = {(one.patch[0], one.to[0]): one.kind for one in found.bonds}
    assert BondKind.FILE is kinds["2", "1"]
    assert BondKind.FILE is kinds["3", "1"]
    assert BondKind.ORDER is kinds["3", "2"]
    assert BondKind.FILE is kinds["4", "3"]
    assert BondKind.FILE is kinds["5", "3"]
    assert ("1.patch", "3.patch") == found.with_needs(["3.patch"])
    assert found.patches == found.with_dependents(["1.patch"])


def test_order_alone() -> None:
    """Who changes the context of another does not need it, but cannot come before it."""
    patches = [
        diff(OLD, one := changed(OLD, (b"line 10\n", b"ours\n"))),
        diff(one, changed(one, (b"line 12\n", b"another\n")), "-U1"),
    ]
    found = dependencies_of(stack_of(*patches), MemoryTree(OLD), Policy())
    assert [("2", "order", "1")] == told(found)
    assert () == found.needs("2.patch")
    assert ("2.patch",) == found.with_dependents(["2.patch"])
    assert "1.patch" == found.last_before("2.patch")
    assert "2.patch" == found.first_behind("1.patch")


def test_modes_of_one_file() -> None:
    """The last mode counts, so whoever sets it stays behind."""
    one = {**OLD, b"f": program(OLD[b"f"].content)}
    found = found_in(OLD, one, OLD)
    assert [("2", "order", "1")] == told(found)


def test_line_numbers_decide_between_equal_places() -> None:
    """Text that stands twice is found by its number, so who shifts it is needed."""
    block = b"start\na\nb\nc\nend\n"
    old = {b"f": file(numbered(5) + block + block + numbered(5, "last"))}
    one = changed(old, (b"line 2\n", b"line 2\n" + numbered(6, "more")))
    content = one[b"f"].content
    at = content.index(b"b\n", content.index(b"end\n"))
    two = {b"f": file(content[:at] + b"ours\n" + content[at + 2 :])}
    assert [("2", "place", "1")] == told(found_in(old, one, two, options=("-U1",)))
    assert [] == told(found_in(old, one, two, options=("-U5",)))


def test_a_far_copy_of_the_text_is_no_doubt() -> None:
    """Where no other patch can shift a hunk to the other place, its numbers do not matter."""
    block = b"start\na\nb\nc\nend\n"
    old = {b"f": file(numbered(5) + block + numbered(50, "between") + block)}
    one = changed(old, (b"line 2\n", b"line 2\nmore\n"))
    content = one[b"f"].content
    at = content.rindex(b"b\n")
    two = {b"f": file(content[:at] + b"ours\n" + content[at + 2 :])}
    assert [] == told(found_in(old, one, two, options=("-U1",)))


def test_fuzz_leaves_context_out() -> None:
    """Context that GNU patch ignores is no need, within the limit."""
    one = changed(OLD, (b"line 10\n", b"ours\n"))
    two = diff(OLD, changed(OLD, (b"line 13\n", b"another\n")))
    stack = stack_of(diff(OLD, one), two)
    found = dependencies_of(stack, MemoryTree(OLD), Policy(max_fuzz=2))
    assert () == found.needs("2.patch")
    strict = dependencies_of(stack, MemoryTree(OLD), Policy(max_fuzz=0))
    assert ("2.patch",) == strict.unplaced


def test_a_reversed_patch() -> None:
    """A line of the series with -R is taken the other way round."""
    one = changed(OLD, (b"line 10\n", b"ours\n"))
    patch = diff(OLD, one)
    stack = stack_of(patch, patch, entries=[Entry("1.patch"), Entry("2.patch", None, True)])
    assert [("2", "lines", "1")] == told(dependencies_of(stack, MemoryTree(OLD), Policy()))


@pytest.mark.parametrize("names", [["3.patch"], ["2.patch", "3.patch"]])
def test_needs_of_needs(names: list[str]) -> None:
    """What is needed by what is needed comes along; the graph of some has their bonds alone."""
    one = changed(OLD, (b"line 10\n", b"ours\n"))
    two = changed(one, (b"ours\n", b"ours, better\n"))
    three = changed(two, (b"ours, better\n", b"ours, best\n"))
    found = found_in(OLD, one, two, three)
    assert ("1.patch", "2.patch", "3.patch") == found.with_needs(names)
    part = found.among(["1.patch", "3.patch"])
    assert ("1.patch", "3.patch") == part.patches
    assert {("3", "lines", "1")} >= set(told(part))


def test_copies() -> None:
    """A copy shows what was changed before, needs what made its source, and is needed by what
    changes it; who changes the source stays on its side."""
    made = {**OLD, b"new": file(numbered(30, "new"))}
    edit = changed(made, (b"new 5\n", b"ours\n"), path=b"new")
    copied = {**edit, b"copy": edit[b"new"]}
    in_copy = changed(copied, (b"ours\n", b"ours, better\n"), path=b"copy")
    in_source = changed(in_copy, (b"new 20\n", b"more of ours\n"), path=b"new")
    found = found_in(OLD, made, edit, copied, in_copy, in_source, options=("--find-copies-harder",))
    kinds = {(one.patch[0], one.to[0]): one.kind for one in found.bonds}
    assert {
        ("2", "1"): BondKind.FILE,
        ("3", "1"): BondKind.FILE,
        ("3", "2"): BondKind.ORDER,
        ("4", "2"): BondKind.LINES,
        ("4", "3"): BondKind.FILE,
        ("5", "1"): BondKind.FILE,
        ("5", "3"): BondKind.ORDER,
    } == {pair: kind for pair, kind in kinds.items() if pair != ("4", "1")}


def test_a_patch_that_patch_cannot_make() -> None:
    """Of a binary diff nothing is known, and that is said."""
    binary = {**OLD, b"b": file(b"\0\1" * 50)}
    found = found_in(OLD, binary, options=("--binary",))
    assert ("1.patch",) == found.unplaced


def test_what_is_not_understood_is_taken_as_a_whole() -> None:
    """A copy of a file that the same patch changed twice is the patch's from end to end."""
    one = changed(OLD, (b"line 3\n", b"ours\n"))
    two = changed(one, (b"line 20\n", b"ours as well\n"))
    copied = {**two, b"copy": two[b"f"]}
    parts = (
        diff(OLD, one),
        diff(one, two),
        diff(two, copied, "-C", "--find-copies-harder"),
    )
    later = diff(copied, changed(copied, (b"line 10\n", b"another\n"), path=b"copy"))
    stack = stack_of(b"".join(parts), later)
    found = dependencies_of(stack, MemoryTree(OLD), Policy())
    assert () == found.unplaced
    assert BondKind.FILE is found.needs("2.patch")[0].kind
    assert BondKind.CONTEXT in found.needs("2.patch")[0].kinds
