"""Files that are read ahead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.tree import File, MemoryTree, Path
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.ahead import read_in_turn
from patchkit.siblings.symbolsources import Sources, SymbolCache
from patchkit.syntax.targets import Target

CONTENTS = {b"%d.c" % at: File(b"int f%d;\n" % at) for at in range(500)}


@dataclass(frozen=True)
class Slow(MemoryTree):
    """A tree that notes what it is told to make ready, and what is asked for."""

    ready: list[tuple[Path, ...]] = field(default_factory=list)
    asked: list[Path] = field(default_factory=list)

    def get(self, path: Path) -> File | None:
        self.asked.append(path)
        return super().get(path)

    def prefetch(self, paths: Iterable[Path]) -> None:
        self.ready.append(tuple(paths))


@given(st.lists(st.sampled_from(sorted(CONTENTS)), max_size=400, unique=True))
def test_every_file_is_read_once_and_in_order(paths: list[Path]) -> None:
    """All are named at once, as what has to be fetched is fetched in one go, and then each again
    just before it is read."""
    tree = Slow(CONTENTS)
    assert [(path, CONTENTS[path]) for path in paths] == list(read_in_turn(tree, paths))
    assert paths == tree.asked
    assert tuple(paths) == tree.ready[0]
    assert paths == [path for chunk in tree.ready[1:] for path in chunk]


@given(st.sets(st.sampled_from(sorted(CONTENTS)), min_size=1), st.data())
def test_what_is_expected_is_made_ready_when_it_is_needed(
    expected: set[Path], data: st.DataObject
) -> None:
    """Nothing before a file is asked for, and each file once at most beside the first go."""
    tree = Slow(CONTENTS)
    sources = Sources(tree, tree.listing(), SymbolCache())
    sources.prefetch((*sorted(expected), b"not/there.c"))
    assert not tree.ready
    asked = data.draw(st.lists(st.sampled_from(sorted(CONTENTS)), max_size=20, unique=True))
    for path in (*asked, *asked):
        assert CONTENTS[path].content == sources.content(path)
    assert asked == tree.asked
    if expected.isdisjoint(asked):
        assert not tree.ready
    else:
        assert tuple(sorted(expected)) == tree.ready[0]
        again = [path for chunk in tree.ready[1:] for path in chunk]
        assert len(set(again)) == len(again)
        assert expected.intersection(asked) <= set(again)


def test_a_file_that_is_not_there_is_empty() -> None:
    """Of its language nothing is known."""
    tree = Slow({})
    sources = Sources(tree, {}, SymbolCache())
    variant = ARCHITECTURES.variant("riscv64")
    assert variant is not None
    assert sources.content(b"x.c") == sources.seen(b"x.c", Target(ARCHITECTURES, variant)) == b""
    assert not tree.asked
