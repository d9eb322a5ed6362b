"""Files that a stack makes beside others of nearly the same name."""

from __future__ import annotations

import pytest

from patchkit.engine.foldednames import FoldedName, folded_by_port, folded_by_stack
from patchkit.model.series import Entry
from patchkit.model.tree import MemoryTree

from .making import Files, diff, file, port, stack_of

OLD: Files = {b"README": file(b"one\n"), "caf\u00e9".encode(): file(b"two\n")}
MADE: Files = {**OLD, b"readme": file(b"new\n")}


@pytest.mark.parametrize(
    ("made", "other"),
    [(b"readme", b"README"), ("cafe\u0301".encode(), "caf\u00e9".encode()), (b"x/y", b""),
     ("CAFE\u0301".encode(), "caf\u00e9".encode()), (b"README.md", b"")],
)  # fmt: skip
def test_a_new_file_beside_another(made: bytes, other: bytes) -> None:
    """Names that differ in case or Unicode form are told, be the stack checked or ported."""
    stack = stack_of(diff(OLD, {**OLD, made: file(b"new\n")}))
    expected = (FoldedName("1.patch", made, other),) if other else ()
    tree = MemoryTree(OLD)
    assert expected == folded_by_stack(stack, tree, 1)
    assert expected == folded_by_port(port(stack, OLD, OLD), tree)


def test_a_file_that_only_changes_its_case() -> None:
    """A rename takes the old name away, in one patch or in two."""
    renamed = {path: found for path, found in MADE.items() if path != b"README"}
    tree = MemoryTree(OLD)
    assert () == folded_by_stack(stack_of(diff(OLD, renamed, "-M")), tree, 1)
    two = stack_of(diff(OLD, MADE), diff(MADE, renamed))
    assert () == folded_by_stack(two, tree, 1)
    assert () == folded_by_port(port(two, OLD, OLD), tree)


def test_two_new_files() -> None:
    """The second is told beside the first, and what a reversed patch removes is not made."""
    both = {**OLD, b"new.c": file(b"1\n"), b"New.c": file(b"2\n")}
    (found,) = folded_by_stack(stack_of(diff(OLD, both)), MemoryTree(OLD), 1)
    assert {b"new.c", b"New.c"} == {found.path, found.other}
    back = stack_of(diff(OLD, MADE), entries=[Entry("1.patch", is_reversed=True)])
    assert () == folded_by_stack(back, MemoryTree(MADE), 1)


def test_what_upstream_has_already_is_not_told() -> None:
    """Only what the stack makes counts."""
    twice = {b"a": file(b"1\n"), b"A": file(b"2\n")}
    stack = stack_of(diff(twice, {**twice, b"b": file(b"3\n")}))
    assert () == folded_by_stack(stack, MemoryTree(twice), 1)
    assert "1.patch: makes readme beside README: one file where" in str(
        folded_by_stack(stack_of(diff(OLD, MADE)), MemoryTree(OLD), 1)[0]
    )


def test_a_patch_with_a_level_of_its_own() -> None:
    """Its names count as its line of the series says."""
    patch = diff(OLD, MADE).replace(b"b/readme", b"readme").replace(b"a/readme", b"readme")
    stack = stack_of(patch, entries=[Entry("1.patch", 0)])
    expected = (FoldedName("1.patch", b"readme", b"README"),)
    assert expected == folded_by_stack(stack, MemoryTree(OLD), 1)
