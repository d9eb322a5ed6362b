"""Lines, the files that they make, other versions of these files, and edits."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from patchkit.diffing.edits import Edit
from patchkit.model.patch import Line, LineKind

COMMON_BODIES = (b"a", b"b", b"c", b"\t}", b"")
"""Few enough that a file has the same line again and again."""

ODD_BODIES = (
    b"caf\xe9 Latin-1",
    "gr\u00fc\u00dfe UTF-8".encode(),
    b"carriage\rreturn",
    b"line end of DOS\r",
    b"form\x0cfeed",
    b"vertical\x0btab and \x1c\x1d\x1e\x85 separators",
    b"trailing blanks  \t",
    b"\r",
    b" ",
    b"-- a/foo",
    b"++ b/foo",
    b"- ",
    b"@@ -1 +1 @@",
    b"diff --git a/x b/x",
    b"\\ No newline at end of file",
    b"Index: x",
    b"# comment",
)
"""Bodies that look like the syntax of a patch, or that a careless reader cuts or strips."""

common_bodies = st.sampled_from(COMMON_BODIES)
unique_bodies = st.integers(0, 99).map(lambda number: b"line %d" % number)
simple_bodies = st.one_of(common_bodies, common_bodies, unique_bodies)
bodies = st.one_of(common_bodies, unique_bodies, st.sampled_from(ODD_BODIES))

_mostly = st.sampled_from((True, True, True, False))


def joined(file_bodies: Sequence[bytes], *, ends_with_newline: bool) -> list[bytes]:
    r"""The lines of a file with these bodies; only the last one may lack its `\n`."""
    lines = [body + b"\n" for body in file_bodies]
    if lines and file_bodies[-1] and not ends_with_newline:
        lines[-1] = file_bodies[-1]
    return lines


@st.composite
def files(
    draw: st.DrawFn,
    line_bodies: st.SearchStrategy[bytes] = bodies,
    *,
    min_size: int = 0,
    max_size: int = 25,
) -> list[bytes]:
    """The lines of a file."""
    drawn = draw(st.lists(line_bodies, min_size=min_size, max_size=max_size))
    return joined(drawn, ends_with_newline=draw(_mostly))


@st.composite
def changed(
    draw: st.DrawFn,
    lines: Sequence[bytes],
    line_bodies: st.SearchStrategy[bytes] = bodies,
    *,
    max_changes: int = 3,
) -> list[bytes]:
    """Another version of a file: a few runs of lines replaced, removed or inserted."""
    result = [line.removesuffix(b"\n") for line in lines]
    for _ in range(draw(st.integers(0, max_changes))):
        start = draw(st.integers(0, len(result)))
        stop = draw(st.integers(start, min(start + 3, len(result))))
        result[start:stop] = draw(st.lists(line_bodies, max_size=3))
    return joined(result, ends_with_newline=draw(_mostly))


def edit_of(
    lines: Sequence[bytes], start: int, stop: int, added: Sequence[bytes], hunk: int = 0
) -> Edit:
    """An edit as a hunk without context, removed lines first, would make it."""
    removed = [Line(LineKind.REMOVED, line) for line in lines[start:stop]]
    run = (*removed, *(Line(LineKind.ADDED, line) for line in added))
    return Edit(start, stop, tuple(added), hunk, 0, run)
