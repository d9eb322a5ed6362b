"""Patches as git, GNU diff and people write them, and files that they nearly fit."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from patchkit.diffing.edits import Edit, edits_of
from patchkit.diffing.placing import place_hunks
from patchkit.diffing.unified import parse_patch
from patchkit.model.patch import Hunk
from tests.diffing.oracles import diff, run, scratch
from tests.engine.gnupatch import write_tree
from tests.strategies.text import changed, files, simple_bodies
from tests.strategies.trees import tree_versions

Lines = list[bytes]

FRAGMENTS = (
    b"--- a/f\n", b"+++ b/f\n", b"--- /dev/null\n", b"@@ -1 +1 @@\n", b"@@ -1,2 +1,2 @@ x\n",
    b"@@ -0,0 +1 @@\n", b"-a\n", b"+b\n", b" c\n", b"\n", b"\r\n", b"\tx\n", b"\\ No newline\n",
    b"diff --git a/f b/f\n", b'diff --git "a/\\9" b/f g\n', b"index 0000000..e69de29 100644\n",
    b"old mode 100644\n", b"new mode 100755\n", b"new file mode 100644\n", b"rename from f\n",
    b"rename to g\n", b"similarity index 100%\n", b"deleted file mode 100644\n", b"-- \n", b"-",
    b"GIT binary patch\n", b"literal 1\n", b"IcmZPo\n", b"Binary files a and b differ\n",
    b"diff --cc f\n", b"*** f\n", b"***************\n", b"Index: f\n", b"\xff\xfe", b"\0", b"+",
)  # fmt: skip
"""Pieces of patches, to be put together in any order."""

messages = st.lists(
    st.sampled_from(
        (b"Subject", b"", b" indented", b"--- a/f", b"+++ b/f", b"@@ text",
         b"Index: f", b"---", b"diff of all", b"gr\xc3\xbc\xc3\x9fe", b"*** f", b"-- ")
    ),
    min_size=1, max_size=6,
).map(b"\n".join)  # fmt: skip


@st.composite
def patchings(draw: st.DrawFn) -> tuple[bytes, bytes, int]:
    """A target, a patch that GNU diff made for a version near it, and a fuzz limit."""
    base = draw(files(simple_bodies, min_size=1))
    new = draw(changed(base, simple_bodies))
    target = draw(changed(base, simple_bodies, max_changes=4))
    context = draw(st.sampled_from((0, 1, 2, 3, 3, 3)))
    patch = diff(b"".join(base), b"".join(new), context)
    assume(patch)
    fuzz = draw(st.integers(0, 3))
    assume(_is_ended_as_patch_does(target, fuzz))
    return b"".join(target), patch, fuzz


def _is_ended_as_patch_does(target: list[bytes], fuzz: int) -> bool:
    """With fuzz GNU patch 2.7.6 may add to a last line that has no newline without ending it: two
    lines become one. There we differ on purpose."""
    return not fuzz or not target or target[-1].endswith(b"\n")


@st.composite
def loose_hunks(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    """A hunk as no diff writes it: any context at each end, a header that may be wrong."""
    at = draw(st.integers(0, len(lines)))
    old = lines[at : at + draw(st.integers(0, 6))]
    leading = draw(st.integers(0, min(3, len(old))))
    trailing = draw(st.integers(0, min(3, len(old) - leading)))
    removed = old[leading : len(old) - trailing]
    added = [body + b"\n" for body in draw(st.lists(simple_bodies, max_size=2))]
    if not removed and not added:
        added = [b"new\n"]
    body = (
        *((b" ", line) for line in old[:leading]),
        *((b"-", line) for line in removed),
        *((b"+", line) for line in added),
        *((b" ", line) for line in old[len(old) - trailing :]),
    )
    start = at + min(len(old), 1) + draw(st.sampled_from((0, 0, 0, -3, -1, 1, 2, 4)))
    start = max(start, min(len(old), 1))
    new_count = leading + len(added) + trailing
    return b"@@ -%d,%d +%d,%d @@\n" % (start, len(old), start, new_count) + b"".join(
        mark + (line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n")
        for mark, line in body
    )


@st.composite
def loose_patchings(draw: st.DrawFn) -> tuple[bytes, bytes, int]:
    """A target and a patch of hunks in any order, overlapping, and with any context."""
    base = draw(files(simple_bodies, max_size=14))
    hunks = draw(st.lists(loose_hunks(base), min_size=1, max_size=3))
    target = draw(changed(base, simple_bodies, max_changes=2))
    fuzz = draw(st.integers(0, 3))
    assume(_is_ended_as_patch_does(target, fuzz))
    return b"".join(target), b"--- a/file\n+++ b/file\n" + b"".join(hunks), fuzz


@st.composite
def file_versions(
    draw: st.DrawFn, *, least_context: int = 0
) -> tuple[Lines, Lines, tuple[Hunk, ...]]:
    """A file, another version of it, and the hunks that lead there."""
    base = draw(files(simple_bodies))
    new = draw(changed(base, simple_bodies, max_changes=4))
    context = draw(
        st.sampled_from([count for count in (0, 1, 2, 3, 3, 5) if count >= least_context])
    )
    patch = diff(b"".join(base), b"".join(new), context)
    assume(patch)
    return base, new, parse_patch("p", patch).files[0].hunks


@st.composite
def portings(
    draw: st.DrawFn, *, least_context: int = 0
) -> tuple[Lines, tuple[Edit, ...], tuple[Hunk, ...]]:
    """Hunks of a patch, and where GNU patch would put those that it takes in another version."""
    base, _, hunks = draw(file_versions(least_context=least_context))
    target = draw(changed(base, simple_bodies))
    edits = edits_of(hunks, place_hunks(hunks, target, 2), target)
    assume(edits)
    return target, edits, hunks


@st.composite
def git_patches(draw: st.DrawFn) -> bytes:
    """What `git diff` says of two trees: modes, links, binary files, renames, odd names."""
    old, new = draw(tree_versions())
    options = draw(
        st.sampled_from(((), ("--binary",), ("-U0",), ("--text", "-U1"), ("-C", "-M20%")))
    )
    with scratch() as folder:
        write_tree(folder / "a", old)
        write_tree(folder / "b", new)
        return run(("git", "diff", "--no-index", *options, "a", "b"), folder).stdout
