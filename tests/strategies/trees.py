"""Source trees, and other versions of them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File, Path
from tests.strategies.text import changed, files

NAMES = (
    b"plain.c",
    b"folder/deep/er.go",
    b"with blank/and two.txt",
    b"caf\xc3\xa9/Latin\xe9",
    b'quo"te\\back',
    b"tab\there",
    b"+++ b",
    b"-rf",
    b"dev/null",
    b"x",
)
"""File names as a repository may hold them: blanks, quotes, controls, other encodings."""

_tree_files = st.one_of(
    st.builds(File, files().map(b"".join), st.sampled_from((REGULAR, REGULAR, EXECUTABLE))),
    st.builds(File, st.sampled_from((b"plain.c", b"../out", b"with blank")), st.just(SYMLINK)),
    st.builds(File, st.sampled_from((b"\0binary\n", b"\0\x01\x02" * 50)), st.just(REGULAR)),
)


@st.composite
def trees(draw: st.DrawFn) -> dict[Path, File]:
    """A few files with odd names and contents, some executable, some symbolic links."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    return {name: draw(_tree_files) for name in names}


@st.composite
def changed_trees(draw: st.DrawFn, tree: Mapping[Path, File]) -> dict[Path, File]:
    """Another version of a tree: files changed, made executable, moved, removed and added."""
    result = dict(tree)
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)):
        old = result.pop(name, None)
        if old is None:
            result[name] = draw(_tree_files)
            continue
        what = draw(st.sampled_from(("remove", "change", "mode", "move")))
        if what == "change" and old.mode != SYMLINK:
            lines = old.content.splitlines(keepends=True)
            result[name] = File(b"".join(draw(changed(lines))), old.mode)
        elif what == "mode" and old.mode != SYMLINK:
            result[name] = File(old.content, REGULAR + EXECUTABLE - old.mode)
        elif what == "move":
            result[b"moved/" + name] = old
    return result


@st.composite
def tree_versions(draw: st.DrawFn) -> tuple[dict[Path, File], dict[Path, File]]:
    """A tree and another version of it."""
    old = draw(trees())
    return old, draw(changed_trees(old))
