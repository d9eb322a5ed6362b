"""Trees as values: what an overlay changes, what is a folder, how content is cut into lines."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patchkit.model.tree import (
    EXECUTABLE,
    File,
    MemoryTree,
    Overlay,
    Path,
    Tree,
    blob_id,
    split_lines,
)
from tests.strategies.trees import NAMES, changed_trees, trees

_FILES: Mapping[Path, File] = {
    b"top": File(b"1\n"),
    b"folder/one": File(b"2\n", EXECUTABLE),
    b"folder/deep/two": File(b"3\n"),
    b"folder-not": File(b"4\n"),
}


@dataclass(frozen=True)
class AskedTree(MemoryTree):
    """A tree that remembers what it was asked to fetch ahead."""

    asked: list[Path] = field(default_factory=list)

    def prefetch(self, paths: Iterable[Path]) -> None:
        self.asked.extend(paths)


def _folders(tree: Tree) -> set[Path]:
    """All folders of a tree, from its listing."""
    return {b""} & {b"" for _ in tree.listing()} | {
        b"/".join(name.split(b"/")[:depth])
        for name in tree.listing()
        for depth in range(1, name.count(b"/") + 1)
    }


@given(st.data())
def test_an_overlay_is_the_tree_after_the_changes(data: st.DataObject) -> None:
    """It has the files, the listing and the folders of a tree that was changed for good."""
    old = data.draw(trees())
    new = data.draw(changed_trees(old))
    changes = {name: new.get(name) for name in {*old, *new} if old.get(name) != new.get(name)}
    overlay, expected = Overlay(MemoryTree(old), changes), MemoryTree(new)
    assert expected.listing() == overlay.listing()
    for name in {*old, *new, b"missing"}:
        assert expected.get(name) == overlay.get(name)
    for folder in _folders(MemoryTree(old)) | _folders(expected) | {b"missing"}:
        assert (folder in _folders(expected)) == overlay.has_folder(folder)
        assert (folder in _folders(expected)) == expected.has_folder(folder)


@given(trees(), st.data())
def test_overlays_can_lie_on_overlays(tree: dict[Path, File], data: st.DataObject) -> None:
    """The upper change counts, also where it brings back what the lower one deleted."""
    name = data.draw(st.sampled_from(NAMES))
    deleted = Overlay(MemoryTree(tree), {name: None})
    assert deleted.get(name) is None
    back = Overlay(deleted, {name: File(b"back\n")})
    assert File(b"back\n") == back.get(name)
    assert blob_id(b"back\n") == back.listing()[name]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"", True),
        (b"folder", True),
        (b"folder/deep", True),
        (b"fold", False),
        (b"top", False),
        (b"folder/one", False),
    ],
)
def test_folders_are_what_has_files_below(path: Path, expected: bool) -> None:
    """A file is no folder, and neither is the start of a name."""
    assert expected == MemoryTree(_FILES).has_folder(path)
    assert expected == Overlay(MemoryTree(_FILES), {b"other": None}).has_folder(path)


def test_a_folder_goes_with_its_last_file() -> None:
    """A deletion empties a folder only when nothing else is below it."""
    tree = MemoryTree(_FILES)
    assert Overlay(tree, {b"folder/one": None}).has_folder(b"folder")
    gone: dict[Path, File | None] = {b"folder/one": None, b"folder/deep/two": None}
    assert not Overlay(tree, gone).has_folder(b"folder")
    assert Overlay(tree, {**gone, b"folder/new": File(b"")}).has_folder(b"folder")
    assert not Overlay(MemoryTree({}), {}).has_folder(b"")


def test_only_unchanged_paths_are_fetched_ahead() -> None:
    """What the overlay has itself is not asked of the tree below."""
    below = AskedTree(_FILES)
    Overlay(below, {b"top": None}).prefetch([b"top", b"folder/one"])
    assert [b"folder/one"] == below.asked
    MemoryTree(_FILES).prefetch([b"top"])


@settings(max_examples=30, deadline=None)
@given(st.binary())
@example(b"")
def test_blob_ids_are_those_of_git(content: bytes) -> None:
    """The id of a content is what git hash-object gives it."""
    done = subprocess.run(
        ("git", "hash-object", "--stdin"), input=content, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == blob_id(content)


@given(st.binary())
@example(b"a\r\nb\rc\x0cd\x85\n\n")
def test_lines_are_cut_at_newlines_only(content: bytes) -> None:
    """All lines together are the content; each but the last ends in its one newline."""
    lines = split_lines(content)
    assert content == b"".join(lines)
    assert all(line.endswith(b"\n") for line in lines[:-1])
    assert all(line.count(b"\n") <= 1 and line for line in lines)
