"""Where files of the old version are found in the new one, and where they are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pytest

from patchkit.engine.locating import Found, Locator, NotFound, similarity
from patchkit.model.report import Followed, FollowKind, HeldCause
from patchkit.model.tree import File, MemoryTree, Path

from .making import Files, edited, file, numbered

TEXT = numbered(100)


def share(percent: int, name: str = "other") -> bytes:
    """Content that has this share of the lines of a hundred lines of equal length."""
    kept = b"".join(b"kept %05d\n" % number for number in range(percent))
    return kept + b"".join(b"%b%05d\n" % (name.encode(), n) for n in range(100 - percent))


HUNDRED = b"".join(b"kept %05d\n" % number for number in range(100))


def locate(old: Files, new: Files, path: bytes) -> tuple[bytes, FollowKind | None, int] | HeldCause:
    """Where a file is, how it was found and how similar it is; else why it was not."""
    match Locator(MemoryTree(old), MemoryTree(new)).locate(path):
        case Found(place, None):
            return place, None, 100
        case Found(place, Followed(kind, percent)):
            return place, kind, percent
        case NotFound(cause, _):
            return cause
    raise AssertionError


def test_the_same_path_is_the_same_file() -> None:
    """As git has it, also where upstream moved the file away and put another one in its place."""
    old = {b"src/f": file(TEXT)}
    new = {b"src/f": file(b"another\n"), b"lib/f": file(TEXT)}
    assert (b"src/f", None, 100) == locate(old, new, b"src/f")


def test_the_same_bytes_elsewhere() -> None:
    """One file with the same content is it, whatever its name."""
    old = {b"src/f.c": file(TEXT), b"x": file(b"x\n")}
    new = {b"lib/deep/g.py": file(TEXT), b"x": file(b"x\n")}
    assert (b"lib/deep/g.py", FollowKind.EXACT, 100) == locate(old, new, b"src/f.c")


def test_of_several_copies_the_one_of_the_same_name() -> None:
    """The name decides between files with the same content."""
    old = {b"src/f.c": file(TEXT)}
    new = {b"a/g.c": file(TEXT), b"b/f.c": file(TEXT), b"c/h.c": file(TEXT)}
    assert (b"b/f.c", FollowKind.EXACT, 100) == locate(old, new, b"src/f.c")


def test_of_several_copies_the_one_in_the_moved_folder() -> None:
    """Where the name does not decide, the folder does to which the neighbours moved."""
    side = {b"%d.c" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    old = {b"src/f.c": file(TEXT), **{b"src/" + name: found for name, found in side.items()}}
    new = {
        b"a/f.c": file(TEXT),
        b"lib/f.c": file(TEXT),
        **{b"lib/" + name: found for name, found in side.items()},
    }
    assert (b"lib/f.c", FollowKind.EXACT, 100) == locate(old, new, b"src/f.c")


def test_of_several_copies_none_where_nothing_decides() -> None:
    """Two equal copies are ambiguous, never a guess."""
    old = {b"src/f.c": file(TEXT)}
    new = {b"a/f.c": file(TEXT), b"b/f.c": file(TEXT)}
    assert HeldCause.FILE_AMBIGUOUS is locate(old, new, b"src/f.c")


def test_only_new_files_take_the_place_of_an_old_one() -> None:
    """A copy that the old version had already is not where the file went."""
    old = {b"src/f.c": file(TEXT), b"copy.c": file(TEXT)}
    assert HeldCause.FILE_GONE is locate(old, {b"copy.c": file(TEXT)}, b"src/f.c")


def test_a_moved_folder_takes_changed_files_along() -> None:
    """30 % are enough for a file whose folder moved and whose name is the same; 29 are not."""
    side = {b"%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    old = {b"src/f": file(HUNDRED), **{b"src/" + name: found for name, found in side.items()}}
    moved = {b"lib/x/" + name: found for name, found in side.items()}
    assert (b"lib/x/f", FollowKind.FOLDER, 30) == locate(
        old, {**moved, b"lib/x/f": file(share(30))}, b"src/f"
    )
    assert HeldCause.FILE_GONE is locate(old, {**moved, b"lib/x/f": file(share(29))}, b"src/f")


def test_a_folder_that_was_there_is_not_moved_over() -> None:
    """Where folders are joined, a file that the other folder had already is another file."""
    side = {b"%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    old = {
        b"src/f": file(HUNDRED),
        b"lib/f": file(share(60)),
        **{b"src/" + name: found for name, found in side.items()},
    }
    new = {
        b"lib/f": file(share(60)),
        **{b"lib/" + name: found for name, found in side.items()},
    }
    assert HeldCause.FILE_GONE is locate(old, new, b"src/f")


def test_the_outer_folder_decides_where_the_inner_does_not() -> None:
    """A file in a folder of its own moves with the folder above it."""
    side = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    old = {**side, b"src/own/f": file(HUNDRED)}
    new = {b"lib/" + path[4:]: found for path, found in side.items()}
    new[b"lib/own/f"] = file(share(40))
    assert (b"lib/own/f", FollowKind.FOLDER, 40) == locate(old, new, b"src/own/f")


def test_a_folder_that_split_in_two_moves_nowhere() -> None:
    """Half of the neighbours went here, half there: neither is where the folder went."""
    side = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(4)}
    old = {**side, b"src/f": file(HUNDRED)}
    new = {
        b"a/0": side[b"src/0"],
        b"a/1": side[b"src/1"],
        b"b/2": side[b"src/2"],
        b"b/3": side[b"src/3"],
        b"a/f": file(share(40, "here ")),
        b"b/f": file(share(40, "there")),
    }
    assert HeldCause.FILE_GONE is locate(old, new, b"src/f")
    same = {**new, b"a/f": file(share(60, "here ")), b"b/f": file(share(60, "there"))}
    assert HeldCause.FILE_AMBIGUOUS is locate(old, same, b"src/f")


def test_one_file_of_many_moves_no_folder() -> None:
    """Most of the files that left must agree: a stray common name is no evidence."""
    old = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(5)}
    new = {b"other/0": old[b"src/0"]}
    place = Locator(MemoryTree(old), MemoryTree(new)).place_for_new(b"src/new")
    assert Found(b"src/new", None) == place


def test_a_new_file_stays_where_its_folder_is() -> None:
    """Only a folder that is gone takes new files along; a folder of the stack's own stays."""
    side = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    new = {b"lib/" + path[4:]: found for path, found in side.items()}
    moved = Locator(MemoryTree(side), MemoryTree(new))
    followed = Followed(FollowKind.FOLDER, 100)
    assert Found(b"lib/x/y/new", followed) == moved.place_for_new(b"src/x/y/new")
    assert Found(b"own/new", None) == moved.place_for_new(b"own/new")
    assert Found(b"new", None) == moved.place_for_new(b"new")
    left = Locator(MemoryTree(side), MemoryTree({**new, b"src/kept": file(b"")}))
    assert Found(b"src/new", None) == left.place_for_new(b"src/new")


@pytest.mark.parametrize(("percent", "found"), [(49, False), (50, True), (51, True)])
def test_half_of_the_bytes_make_the_same_file(percent: int, *, found: bool) -> None:
    """From 50 % on, as with `git diff -M`."""
    old = {b"src/f.c": file(HUNDRED)}
    actual = locate(old, {b"lib/g.c": file(share(percent))}, b"src/f.c")
    expected = (b"lib/g.c", FollowKind.SIMILAR, percent)
    assert (expected if found else HeldCause.FILE_GONE) == actual


@pytest.mark.parametrize(("second", "found"), [(80, True), (81, False), (90, False)])
def test_the_best_must_be_clearly_better(second: int, *, found: bool) -> None:
    """Ten points ahead of the second best, or it is ambiguous."""
    old = {b"src/f.c": file(HUNDRED)}
    new = {b"a/f.c": file(share(90)), b"b/f.c": file(share(second, "more "))}
    expected = (b"a/f.c", FollowKind.SIMILAR, 90) if found else HeldCause.FILE_AMBIGUOUS
    assert expected == locate(old, new, b"src/f.c")


def test_a_file_that_another_became_is_not_taken() -> None:
    """A new file that is a third one byte for byte has its origin already."""
    third = edited(TEXT, (b"line 3\n", b"three\n"), (b"line 4\n", b"four\n"))
    old = {b"src/f.c": file(TEXT), b"src/g.c": file(third)}
    new = {b"lib/g.c": file(third)}
    assert (b"lib/g.c", FollowKind.EXACT, 100) == locate(old, new, b"src/g.c")
    assert HeldCause.FILE_GONE is locate(old, new, b"src/f.c")


def test_names_without_extension_are_like_each_other() -> None:
    """A `Makefile` may become a `GNUmakefile`, not a `rules.mk`; the dot of a folder is none."""
    old = {b"src.d/Makefile": file(HUNDRED)}
    assert (b"lib/GNUmakefile", FollowKind.SIMILAR, 70) == locate(
        old,
        {b"lib/GNUmakefile": file(share(70)), b"lib/rules.mk": file(share(80))},
        b"src.d/Makefile",
    )


def test_the_same_name_counts_more_than_the_extension() -> None:
    """A file of the same name is compared whatever it is, another only of the same extension."""
    old = {b"src/f.c": file(HUNDRED)}
    assert HeldCause.FILE_GONE is locate(old, {b"src/f.cc": file(share(90))}, b"src/f.c")
    assert (b"x/f.c", FollowKind.SIMILAR, 60) == locate(
        old, {b"src/f.cc": file(share(90)), b"x/f.c": file(share(60))}, b"src/f.c"
    )


def test_an_empty_file_is_not_any_empty_file() -> None:
    """Empty files are all alike: only the folder says where one went."""
    old = {b"src/__init__.py": file(b""), b"src/a.py": file(TEXT), b"src/b.py": file(HUNDRED)}
    new = {b"test/__init__.py": file(b"")}
    assert HeldCause.FILE_GONE is locate(old, new, b"src/__init__.py")
    moved = {**new, **{b"lib/" + path[4:]: found for path, found in old.items()}}
    assert (b"lib/__init__.py", FollowKind.FOLDER, 100) == locate(old, moved, b"src/__init__.py")


def test_a_gone_file_says_how_near_the_best_was() -> None:
    """A person sees whether it is worth looking."""
    locator = Locator(MemoryTree({b"f.c": file(HUNDRED)}), MemoryTree({b"g.c": file(share(40))}))
    location = locator.locate(b"f.c")
    assert isinstance(location, NotFound)
    assert location.note.endswith("The most similar new file has 40 %.")


class CountingTree:
    """A tree in memory that counts what is asked of it."""

    def __init__(self, files: Files) -> None:
        self.tree = MemoryTree(files)
        self.reads = 0
        self.listings = 0

    def get(self, path: Path) -> File | None:
        """The file, counted."""
        self.reads += 1
        return self.tree.get(path)

    def has_folder(self, path: Path) -> bool:
        """Whether it is a folder, not counted."""
        return self.tree.has_folder(path)

    def paths(self) -> Collection[Path]:
        """Those of the listing."""
        return self.listing().keys()

    def listing(self) -> Mapping[Path, str]:
        """The listing, counted."""
        self.listings += 1
        return self.tree.listing()

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Nothing to do."""


def test_files_that_are_there_cost_no_listing() -> None:
    """A tree is listed only when a file is missing."""
    old, new = CountingTree({b"f": file(TEXT)}), CountingTree({b"f": file(TEXT)})
    locator = Locator(old, new)
    locator.locate(b"f")
    locator.place_for_new(b"new")
    assert (0, 0) == (old.listings, new.listings)


def test_a_huge_release_is_not_read_whole() -> None:
    """Of thousands of new files only some hundred are compared, the nearest first."""
    many = {b"many/%d.c" % number: file(b"%d\n" % number) for number in range(3000)}
    new = CountingTree({**many, b"src/near.c": file(share(70))})
    locator = Locator(CountingTree({b"src/f.c": file(HUNDRED)}), new)
    assert Found(b"src/near.c", Followed(FollowKind.SIMILAR, 70)) == locator.locate(b"src/f.c")
    assert new.reads < 500
    locator.locate(b"src/f.c")
    assert 1 == new.listings


def test_similarity_counts_bytes_of_whole_lines() -> None:
    """Of the larger file, each line as often as both have it."""
    assert 100 == similarity(b"", b"")
    assert 0 == similarity(b"a\n", b"")
    assert 50 == similarity(b"a\na\n", b"a\n")
    assert 50 == similarity(b"a\n", b"a\nb\n")
    assert 0 == similarity(b"a\n", b"a")
