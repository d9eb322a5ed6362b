"""One story for each status of the design; GNU patch proves the outcome of every one."""

from __future__ import annotations

from itertools import pairwise

import pytest

from patchkit.engine.policy import Policy
from patchkit.model.report import FollowKind, Held, HeldCause, Region, Settled, Status
from patchkit.model.series import Entry
from patchkit.model.tree import EXECUTABLE, File

from .making import (
    Files,
    diff,
    file,
    link,
    numbered,
    only_file,
    port,
    port_one,
    program,
    stack_of,
    statuses,
)

TEXT = numbered(40)
HEADER = b"From: A <a@example.invalid>\nSubject: change it\n\n---\n"
SIGNATURE = b"-- \n2.39.5\n"


def changed(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The content with each old text, which must stand there once, replaced by the new one."""
    for old, new in changes:
        assert content.count(old) == 1
        content = content.replace(old, new)
    return content


def edit(line: int, new: bytes = b"patched") -> tuple[bytes, bytes]:
    """Replaces one line of `numbered` text."""
    return b"\nline %d\n" % line, b"\n%b %d\n" % (new, line)


def patch_of(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """A mail with the diff of the file `f` that makes the changes."""
    made = diff({b"f": file(content)}, {b"f": file(changed(content, *changes))})
    return HEADER + made + SIGNATURE


def held_causes(regions: tuple[Region, ...]) -> list[HeldCause]:
    """Why each held region is held."""
    return [one.settlement.cause for one in regions if isinstance(one.settlement, Held)]


def test_unchanged() -> None:
    """A patch whose surroundings upstream left alone keeps its bytes."""
    patch = patch_of(TEXT, edit(20))
    new = {b"f": file(changed(TEXT, edit(38, b"upstream")))}
    ported, whole = port_one(patch, {b"f": file(TEXT)}, new)
    assert Status.UNCHANGED is ported.status
    assert patch == ported.content
    result = changed(TEXT, edit(38, b"upstream"), edit(20))
    assert File(result) == whole.result[b"f"]


def test_shifted_by_offset_changes_the_numbers_only() -> None:
    """Lines that upstream added above move the hunk; its body, header and signature stay."""
    patch = patch_of(TEXT, edit(20))
    ported, _ = port_one(patch, {b"f": file(TEXT)}, {b"f": file(b"new\nnew\n" + TEXT)})
    assert Status.SHIFTED is ported.status
    assert patch.replace(b"@@ -17,7 +17,7 @@", b"@@ -19,7 +19,7 @@") == ported.content


def test_shifted_within_the_fuzz_limit() -> None:
    """GNU patch with fuzz 1 would place it the same; with fuzz 0 it takes a merge."""
    patch = patch_of(TEXT, edit(20))
    new = {b"f": file(changed(TEXT, edit(17, b"upstream")))}
    ported, _ = port_one(patch, {b"f": file(TEXT)}, new, Policy(max_fuzz=1))
    assert Status.SHIFTED is ported.status
    ported, _ = port_one(patch, {b"f": file(TEXT)}, new, Policy(max_fuzz=0))
    assert Status.MERGED is ported.status
    assert b"\n upstream 17\n" in (ported.content or b"")


def test_merged_where_patch_would_need_more_fuzz() -> None:
    """Upstream changed two lines of the context, none that touches the edit."""
    patch = patch_of(TEXT, edit(20))
    new = {b"f": file(changed(TEXT, edit(17, b"up"), edit(18, b"up"), edit(22, b"up")))}
    ported, whole = port_one(patch, {b"f": file(TEXT)}, new, Policy(max_fuzz=0))
    assert Status.MERGED is ported.status
    assert (ported.content or b"").startswith(HEADER)
    assert (ported.content or b"").endswith(SIGNATURE)
    assert b"\npatched 20\n" in (whole.result[b"f"] or file(b"")).content


@pytest.mark.parametrize(
    ("moved", "kind", "similarity"),
    [
        ({b"g": file(TEXT)}, FollowKind.EXACT, 100),
        ({b"g": file(changed(TEXT, edit(3, b"upstream")))}, FollowKind.SIMILAR, 96),
    ],
)
def test_followed_by_content(moved: Files, kind: FollowKind, similarity: int) -> None:
    """A renamed file is found by its bytes, or by most of them."""
    ported, whole = port_one(patch_of(TEXT, edit(20)), {b"f": file(TEXT)}, moved)
    found = only_file(ported)
    assert Status.FOLLOWED is ported.status
    assert (b"f", b"g") == (found.old_path, found.new_path)
    assert found.followed is not None
    assert (kind, similarity) == (found.followed.kind, found.followed.similarity)
    assert b"\ndiff --git a/g b/g\n" in (ported.content or b"")
    assert b"\npatched 20\n" in (whole.result[b"g"] or file(b"")).content


def test_followed_with_its_folder() -> None:
    """A new file goes where upstream moved the folder, and a later patch finds it there."""
    neighbours = {b"cli/%d" % n: file(numbered(9, f"file {n}")) for n in range(3)}
    moved = {b"cmd/tool/" + path[4:]: found for path, found in neighbours.items()}
    made = {**neighbours, b"cli/new": file(b"one\n")}
    edited = {**neighbours, b"cli/new": file(b"one\ntwo\n")}
    ported = port(stack_of(diff(neighbours, made), diff(made, edited)), neighbours, moved)
    assert [Status.FOLLOWED, Status.FOLLOWED] == statuses(ported)
    assert file(b"one\ntwo\n") == ported.result[b"cmd/tool/new"]


def test_ambiguous_moves_are_held() -> None:
    """Two files that it could be are a conflict, never a guess."""
    new = {
        b"g": file(changed(TEXT, edit(3, b"up"))),
        b"h": file(changed(TEXT, edit(4, b"up"))),
    }
    ported, _ = port_one(patch_of(TEXT, edit(20)), {b"f": file(TEXT)}, new)
    assert Status.CONFLICTED is ported.status
    assert [HeldCause.FILE_AMBIGUOUS] == held_causes(only_file(ported).regions)


def test_resolved_where_upstream_has_one_of_two_hunks() -> None:
    """The rest is kept, and the report says which rule settled the other."""
    patch = patch_of(TEXT, edit(10), edit(30))
    ported, whole = port_one(patch, {b"f": file(TEXT)}, {b"f": file(changed(TEXT, edit(10)))})
    assert Status.RESOLVED is ported.status
    (region,) = only_file(ported).regions
    assert isinstance(region.settlement, Settled)
    assert "identical" == region.settlement.rule
    assert 1 == (ported.content or b"").count(b"@@ -")
    assert file(changed(TEXT, edit(10), edit(30))) == whole.result[b"f"]


def test_upstreamed() -> None:
    """Nothing is left of a patch that upstream has."""
    patch = patch_of(TEXT, edit(10), edit(30))
    new = {b"f": file(b"new\n" + changed(TEXT, edit(10), edit(30)))}
    ported, _ = port_one(patch, {b"f": file(TEXT)}, new)
    assert Status.UPSTREAMED is ported.status
    assert ported.content is None


def test_an_insertion_that_upstream_made_at_another_brace_is_not_made_twice() -> None:
    """Diffs may put the same new function before or after the same closing brace."""
    base = b"a {\n  1\n}\n\nz {\n  9\n}\n"
    before = b"a {\n  1\n}\n\nm {\n  5\n}\n\nz {\n  9\n}\n"
    patch = b"--- a/f\n+++ b/f\n@@ -1,5 +1,9 @@\n a {\n   1\n+}\n+\n+m {\n+  5\n }\n \n z {\n"
    ported, whole = port_one(patch, {b"f": file(base)}, {b"f": file(before)})
    assert Status.UPSTREAMED is ported.status
    assert file(before) == whole.result[b"f"]


def test_partial_holds_one_region_and_carries_the_rest() -> None:
    """The region has its three sides and their line numbers; the other hunk goes in."""
    patch = patch_of(TEXT, edit(10), edit(30))
    upstream = b"new\n" + changed(TEXT, edit(10, b"upstream"))
    ported, whole = port_one(patch, {b"f": file(TEXT)}, {b"f": file(upstream)})
    assert Status.PARTIAL is ported.status
    (region,) = ported.held
    assert ((1,), (10, (b"line 10\n",))) == (
        region.hunks, (region.base.start, region.base.lines),
    )  # fmt: skip
    assert (b"patched 10\n",) == region.theirs.lines
    assert (11, (b"upstream 10\n",)) == (region.ours.start, region.ours.lines)
    assert file(changed(upstream, edit(30))) == whole.result[b"f"]
    assert (1, 2) == (only_file(ported).carried, only_file(ported).hunks)


def test_touching_changes_are_both_made() -> None:
    """Where git has a conflict, changes with no line between them are for review; without the
    rule they are held."""
    new = {b"f": file(changed(TEXT, edit(21, b"upstream")))}
    ported, whole = port_one(patch_of(TEXT, edit(20)), {b"f": file(TEXT)}, new)
    assert Status.RESOLVED is ported.status
    assert file(changed(TEXT, edit(20), edit(21, b"upstream"))) == whole.result[b"f"]
    ported, _ = port_one(patch_of(TEXT, edit(20)), {b"f": file(TEXT)}, new, Policy(rules=()))
    assert Status.CONFLICTED is ported.status
    assert ported.content is None


def test_changes_of_the_same_line_are_held() -> None:
    """What both sides changed is for a person."""
    new = {b"f": file(changed(TEXT, edit(20, b"upstream")))}
    ported, whole = port_one(patch_of(TEXT, edit(20)), {b"f": file(TEXT)}, new)
    assert Status.CONFLICTED is ported.status
    assert ported.content is None
    assert new[b"f"] == whole.result[b"f"]


def test_a_held_region_does_not_take_later_patches_with_it() -> None:
    """A later patch of the same file goes in; one on the held lines names what it follows from."""
    first = changed(TEXT, edit(10))
    second = changed(first, edit(30))
    third = changed(second, (b"patched 10\n", b"patched again\n"))
    versions: list[Files] = [{b"f": file(text)} for text in (TEXT, first, second, third)]
    patches = [diff(one, two) for one, two in pairwise(versions)]
    new = {b"f": file(changed(TEXT, edit(10, b"upstream")))}
    ported = port(stack_of(*patches), versions[0], new)
    assert [Status.CONFLICTED, Status.UNCHANGED, Status.CONFLICTED] == statuses(ported)
    (consequence,) = ported.patches[2].held
    assert isinstance(consequence.settlement, Held)
    assert consequence.settlement.consequence_of is not None
    assert "1.patch" == consequence.settlement.consequence_of.patch
    assert file(changed(TEXT, edit(10, b"upstream"), edit(30))) == ported.result[b"f"]


def test_broken_names_the_nearest_place_and_the_rest_goes_on() -> None:
    """One hunk that does not fit its own base keeps neither its neighbour nor the next patch."""
    stale = patch_of(changed(TEXT, edit(10, b"older")), (b"older 10", b"patched 10"), edit(30))
    later = diff(
        {b"f": file(changed(TEXT, edit(30)))}, {b"f": file(changed(TEXT, edit(30), edit(38)))}
    )
    ported = port(
        stack_of(stale, later), {b"f": file(TEXT)}, {b"f": file(TEXT)}, Policy(max_fuzz=0)
    )
    assert [Status.BROKEN, Status.UNCHANGED] == statuses(ported)
    (region,) = ported.patches[0].held
    assert isinstance(region.settlement, Held)
    assert HeldCause.REJECTED is region.settlement.cause
    assert "line 7, where 6 of its 7 lines stand" in region.settlement.note
    assert file(changed(TEXT, edit(30), edit(38))) == ported.result[b"f"]


@pytest.mark.parametrize(
    "patch",
    [
        b"diff --git a/f b/f\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZPo\n\n",
        b"diff --git a/m b/m\nindex 1234567..89abcde 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
        b"-Subproject commit 1\n+Subproject commit 2\n",
        b"--- a/../f\n+++ b/../f\n@@ -1 +1 @@\n-line 1\n+x\n",
    ],
    ids=["binary", "submodule", "outside"],
)
def test_what_patch_cannot_do_is_broken(patch: bytes) -> None:
    """Binary diffs, submodules and paths outside the tree are reported, not half done."""
    ported, _ = port_one(patch, {b"f": file(TEXT)}, {b"f": file(TEXT)})
    assert Status.BROKEN is ported.status
    assert HeldCause.UNSUPPORTED in held_causes(only_file(ported).regions)


def test_a_file_that_upstream_removed_is_held() -> None:
    """The rest of the patch goes on."""
    old = {b"f": file(TEXT), b"g": file(numbered(9, "other"))}
    theirs = {b"f": file(changed(TEXT, edit(20))), b"g": file(numbered(10, "other"))}
    ported, _ = port_one(diff(old, theirs), old, {b"g": old[b"g"]})
    assert Status.PARTIAL is ported.status
    assert [HeldCause.FILE_GONE] == held_causes(ported.files[0].regions)


def test_creation() -> None:
    """A new file goes in; one that upstream has too is upstreamed, or held if it differs."""
    patch = diff({}, {b"n": file(b"new\n")})
    assert Status.UNCHANGED is port_one(patch, {}, {})[0].status
    assert Status.UPSTREAMED is port_one(patch, {}, {b"n": file(b"new\n")})[0].status
    ported, _ = port_one(patch, {}, {b"n": file(b"other\n")})
    assert [HeldCause.FILE_EXISTS] == held_causes(only_file(ported).regions)
    ported, _ = port_one(patch, {}, {b"n/in/the/way": file(b"")})
    assert [HeldCause.FILE_EXISTS] == held_causes(only_file(ported).regions)


def test_deletion() -> None:
    """A file goes if upstream left it alone, is gone already, or is held if it changed."""
    old = {b"f": file(TEXT)}
    patch = diff(old, {})
    ported, whole = port_one(patch, old, old)
    assert (Status.UNCHANGED, None) == (ported.status, whole.result[b"f"])
    assert Status.UPSTREAMED is port_one(patch, old, {})[0].status
    ported, whole = port_one(patch, old, {b"f": file(b"new\n" + TEXT)})
    assert [HeldCause.FILE_CHANGED] == held_causes(only_file(ported).regions)
    assert file(b"new\n" + TEXT) == whole.result[b"f"]


def test_rename_with_an_edit() -> None:
    """The edit is merged into upstream's version, which then moves."""
    old = {b"f": file(TEXT)}
    patch = diff(old, {b"g": file(changed(TEXT, edit(20)))}, "-M")
    upstream = changed(TEXT, edit(35, b"upstream"))
    ported, whole = port_one(patch, old, {b"f": file(upstream)})
    assert Status.UNCHANGED is ported.status
    assert whole.result[b"f"] is None
    assert file(changed(upstream, edit(20))) == whole.result[b"g"]


def test_rename_that_upstream_made_too() -> None:
    """Only the edit is left of the patch."""
    old = {b"f": file(TEXT)}
    patch = diff(old, {b"g": file(changed(TEXT, edit(20)))}, "-M")
    ported, whole = port_one(patch, old, {b"g": file(TEXT)})
    assert Status.RESOLVED is ported.status
    assert b"rename from" not in (ported.content or b"")
    assert file(changed(TEXT, edit(20))) == whole.result[b"g"]
    pure = diff(old, {b"g": file(TEXT)}, "-M")
    assert Status.UPSTREAMED is port_one(pure, old, {b"g": file(TEXT)})[0].status


def test_copy() -> None:
    """A copy is made of upstream's version of the source."""
    old = {b"f": file(TEXT)}
    theirs = {b"f": file(TEXT), b"g": file(changed(TEXT, edit(20)))}
    patch = diff(old, theirs, "-C", "--find-copies-harder")
    assert b"\ncopy from f\n" in patch
    upstream = changed(TEXT, edit(35, b"upstream"))
    ported, whole = port_one(patch, old, {b"f": file(upstream)})
    assert Status.UNCHANGED is ported.status
    assert file(changed(upstream, edit(20))) == whole.result[b"g"]


def test_mode_changes() -> None:
    """A mode goes along with upstream's edits; one that upstream set already is upstreamed."""
    old = {b"f": file(TEXT)}
    patch = diff(old, {b"f": program(TEXT)})
    ported, whole = port_one(patch, old, {b"f": file(b"new\n" + TEXT)})
    assert (Status.UNCHANGED, patch) == (ported.status, ported.content)
    assert File(b"new\n" + TEXT, EXECUTABLE) == whole.result[b"f"]
    assert Status.UPSTREAMED is port_one(patch, old, {b"f": program(TEXT)})[0].status


def test_symbolic_links() -> None:
    """Links are made and changed like text; one that became a file is held."""
    made = diff({}, {b"l": link(b"target")})
    ported, whole = port_one(made, {}, {})
    assert (Status.UNCHANGED, link(b"target")) == (ported.status, whole.result[b"l"])
    old = {b"l": link(b"target")}
    patch = diff(old, {b"l": link(b"other")})
    assert Status.UNCHANGED is port_one(patch, old, old)[0].status
    ported, _ = port_one(patch, old, {b"l": file(b"target")})
    assert [HeldCause.KIND] == held_causes(only_file(ported).regions)


def test_reversed_entries() -> None:
    """A patch listed with -R is taken back, and stays reversed in the new stack."""
    after = changed(TEXT, edit(20))
    patch = patch_of(TEXT, edit(20))
    entry = Entry("r.patch", is_reversed=True)
    ported = port(stack_of(patch, entries=(entry,)), {b"f": file(after)}, {b"f": file(after)})
    assert [Status.UNCHANGED] == statuses(ported)
    new = {b"f": file(b"new\n" + changed(after, edit(17, b"upstream")))}
    ported = port(stack_of(patch, entries=(entry,)), {b"f": file(after)}, new, Policy(max_fuzz=0))
    assert [Status.MERGED] == statuses(ported)
    assert file(b"new\n" + changed(TEXT, edit(17, b"upstream"))) == ported.result[b"f"]


def test_strip_levels() -> None:
    """The level of the series line counts, else that of the stack."""
    content = {b"f": file(TEXT)}
    plain = diff(content, {b"f": file(changed(TEXT, edit(20)))}, "--no-prefix")
    entry = Entry("p0.patch", strip=0)
    assert [Status.UNCHANGED] == statuses(port(stack_of(plain, entries=(entry,)), content, content))
    deep = diff(
        content, {b"f": file(changed(TEXT, edit(20)))}, "--src-prefix=x/y/", "--dst-prefix=x/z/"
    )
    moved, _ = port_one(deep, content, {b"moved": file(TEXT)}, Policy(strip=2))
    assert b"--- x/y/moved\n+++ x/z/moved\n" in (moved.content or b"")


def test_two_diffs_of_one_file_in_a_patch() -> None:
    """The second stands on the first, as GNU patch has it."""
    first, second = changed(TEXT, edit(10)), changed(TEXT, edit(10), edit(30))
    patch = diff({b"f": file(TEXT)}, {b"f": file(first)}) + diff(
        {b"f": file(first)}, {b"f": file(second)}
    )
    ported, whole = port_one(patch, {b"f": file(TEXT)}, {b"f": file(b"new\n" + TEXT)})
    assert Status.SHIFTED is ported.status
    assert file(b"new\n" + second) == whole.result[b"f"]


@pytest.mark.parametrize(
    "name", [b"with blank", "umlaut ä".encode(), b"latin \xe4", b'quote"d', b"back\\slash"]
)
def test_odd_names_are_followed(name: bytes) -> None:
    """Names are rewritten in every form in which a header may have them."""
    old = {b"src/" + name: file(TEXT), b"src/x": file(numbered(9, "x"))}
    theirs = {**old, b"src/" + name: file(changed(TEXT, edit(20)))}
    new = {b"lib/" + path[4:]: found for path, found in old.items()}
    ported, whole = port_one(diff(old, theirs), old, new)
    assert Status.FOLLOWED is ported.status
    assert file(changed(TEXT, edit(20))) == whole.result[b"lib/" + name]


def test_a_file_made_in_a_folder_that_is_gone_is_told() -> None:
    """It applies, but whatever built the folder's files does so no more."""
    old = {b"src/a.c": file(TEXT), b"src/b.c": file(b"b\n")}
    patch = diff(old, {**old, b"src/deep/new.c": file(b"new\n")})
    gone, _ = port_one(patch, old, {b"main.c": file(b"other\n")})
    assert Status.UNCHANGED is gone.status
    (note,) = gone.notes
    assert note.startswith("src/deep/new.c is made in src/, which upstream has no more")
    for there in (
        old,
        {b"src/other.c": file(b"x\n")},
        {b"lib/" + path[4:]: old[path] for path in old},
    ):
        assert not port_one(patch, old, there)[0].notes


def test_bytes_survive() -> None:
    """Latin-1, CRLF, form feeds and a missing final newline come through a merge."""
    text = b"caf\xe9 1\r\n\x0c2\n3\n4\n5\n6\n7\n8\n9\nend"
    theirs = changed(text, (b"end", b"end\xe9"))
    patch = diff({b"f": file(text)}, {b"f": file(theirs)}, "-a")
    ported, whole = port_one(patch, {b"f": file(text)}, {b"f": file(b"\x00\xff\n" + text)})
    assert Status.SHIFTED is ported.status
    assert file(b"\x00\xff\n" + theirs) == whole.result[b"f"]


def test_plain_diffs_without_git_headers() -> None:
    """`diff -Nru` output with time stamps and an Index line; the epoch says that a file is new."""
    patch = (
        b"Index: tree/n\n" + b"=" * 67 + b"\n--- tree.orig/n\t1970-01-01 00:00:00.000000000 +0000\n"
        b"+++ tree/n\t2020-01-01 00:00:00.000000000 +0000\n@@ -0,0 +1,2 @@\n+one\n+two\n"
    )
    ported, whole = port_one(patch, {}, {})
    assert Status.UNCHANGED is ported.status
    assert file(b"one\ntwo\n") == whole.result[b"n"]


def test_a_patch_without_a_diff_is_kept() -> None:
    """quilt allows empty patches; they ride along."""
    ported, _ = port_one(b"", {}, {})
    assert (Status.UNCHANGED, b"") == (ported.status, ported.content)
