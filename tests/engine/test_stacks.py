"""Stacks in which one patch builds on another; GNU patch proves every port."""

from __future__ import annotations

from itertools import pairwise

import pytest

from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import patch_status, port_stack, touched_paths
from patchkit.engine.rules import Certainty, Rule
from patchkit.model.report import (
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Settled,
    Status,
)
from patchkit.model.series import Entry
from patchkit.model.tree import SUBMODULE, File, MemoryTree

from .making import (
    POLICY,
    Files,
    diff,
    edited,
    file,
    link,
    numbered,
    port,
    program,
    stack_of,
    statuses,
    why_held,
)

TEXT = numbered(20)


def patches_between(*versions: Files) -> list[bytes]:
    """A patch from each version to the next."""
    return [diff(one, two, "-M", "-C", "--find-copies-harder") for one, two in pairwise(versions)]


def line(number: int, text: bytes) -> tuple[bytes, bytes]:
    """Replaces one line of `TEXT`."""
    return b"line %d\n" % number, text + b"\n"


def cause_of(patch: PortedPatch) -> tuple[str, bytes, int] | None:
    """The region without which the one held region of a patch would not be."""
    ref = why_held(patch).consequence_of
    return None if ref is None else (ref.patch, ref.file, ref.region)


def test_a_later_patch_changes_a_file_that_an_earlier_one_made() -> None:
    """The file is created where its folder moved to, and the later patch follows it there."""
    side = {b"src/%d" % number: file(numbered(9, f"side {number}")) for number in range(3)}
    moved = {b"lib/" + path[4:]: found for path, found in side.items()}
    versions: list[Files] = [
        side,
        {**side, b"src/n": file(TEXT)},
        {**side, b"src/n": program(edited(TEXT, line(5, b"five")))},
        {**side, b"src/m": program(edited(TEXT, line(5, b"five"), line(9, b"nine")))},
        side,
    ]
    ported = port(stack_of(*patches_between(*versions)), side, moved)
    assert [Status.FOLLOWED] * 4 == statuses(ported)
    assert all(path.startswith(b"lib/") for path, found in ported.result.items() if found)
    followed = [found.followed for patch in ported.patches for found in patch.files]
    assert [FollowKind.FOLDER, FollowKind.EARLIER] == [one.kind for one in followed[:2] if one]


def test_a_later_patch_changes_a_file_that_an_earlier_one_renamed() -> None:
    """After a rename the new name is the file, with upstream's changes in it."""
    versions: list[Files] = [
        {b"f": file(TEXT)},
        {b"g": file(TEXT)},
        {b"g": file(edited(TEXT, line(5, b"five")))},
        {b"h": file(edited(TEXT, line(5, b"five")))},
    ]
    upstream = edited(TEXT, line(15, b"upstream's"))
    ported = port(stack_of(*patches_between(*versions)), versions[0], {b"f": file(upstream)})
    assert [Status.UNCHANGED] * 3 == statuses(ported)
    assert file(edited(upstream, line(5, b"five"))) == ported.result[b"h"]


def test_a_later_patch_changes_a_file_whose_rename_was_held() -> None:
    """The file stays where it is in ours, and later patches find it there."""
    versions: list[Files] = [
        {b"f": file(TEXT)},
        {b"g": file(TEXT)},
        {b"g": file(edited(TEXT, line(5, b"five")))},
        {},
    ]
    new = {b"f": file(TEXT), b"g": file(b"another\n")}
    ported = port(stack_of(*patches_between(*versions)), versions[0], new)
    assert [Status.CONFLICTED, Status.FOLLOWED, Status.FOLLOWED] == statuses(ported)
    assert file(b"another\n") == ported.result[b"g"]
    assert ported.result[b"f"] is None


def test_a_later_patch_changes_a_copy_that_was_held() -> None:
    """What is not in ours cannot be changed; the source that it was copied from is left alone."""
    copied = edited(TEXT, line(5, b"five"))
    versions: list[Files] = [
        {b"f": file(TEXT)},
        {b"f": file(TEXT), b"g": file(copied)},
        {b"f": file(TEXT), b"g": file(edited(copied, line(15, b"fifteen")))},
    ]
    new = {b"f": file(TEXT), b"g": file(b"another\n")}
    ported = port(stack_of(*patches_between(*versions)), versions[0], new)
    assert [Status.CONFLICTED, Status.CONFLICTED] == statuses(ported)
    assert ("1.patch", b"g", 1) == cause_of(ported.patches[1])
    assert new == {path: ported.result[path] for path in new}


def test_what_follows_from_a_held_region_names_it() -> None:
    """Only a later patch on the held lines is a consequence, also after the file has grown."""
    first = edited(TEXT, line(10, b"ten"))
    second = b"0\n0\n" + first
    third = edited(second, (b"ten\n", b"ten again\n"))
    fourth = edited(third, line(15, b"fifteen"))
    versions: list[Files] = [{b"f": file(text)} for text in (TEXT, first, second, third, fourth)]
    upstream = edited(TEXT, line(10, b"dix"), line(15, b"quinze"))
    ported = port(stack_of(*patches_between(*versions)), versions[0], {b"f": file(upstream)})
    assert [
        Status.CONFLICTED,
        Status.UNCHANGED,
        Status.CONFLICTED,
        Status.CONFLICTED,
    ] == statuses(ported)
    assert ("1.patch", b"f", 1) == cause_of(ported.patches[2])
    assert cause_of(ported.patches[0]) is None
    assert cause_of(ported.patches[3]) is None
    assert file(b"0\n0\n" + upstream) == ported.result[b"f"]


def test_what_follows_from_a_held_creation_names_it() -> None:
    """Upstream made another file of that name: changes of the stack's own are consequences."""
    versions: list[Files] = [
        {},
        {b"n": file(TEXT)},
        {b"n": file(edited(TEXT, line(5, b"five")))},
        {b"n": file(edited(TEXT, line(5, b"five"), line(15, b"fifteen")))},
    ]
    shared = edited(TEXT, line(5, b"cinq"))
    never_absorbed = Policy(absorbed_from=2.0)
    stack = stack_of(*patches_between(*versions))
    ported = port(stack, {}, {b"n": file(shared)}, never_absorbed)
    assert [Status.CONFLICTED, Status.CONFLICTED, Status.UNCHANGED] == statuses(ported)
    assert ("1.patch", b"n", 1) == cause_of(ported.patches[1])
    assert file(edited(shared, line(15, b"fifteen"))) == ported.result[b"n"]


def test_what_follows_from_a_blocked_creation_names_it() -> None:
    """Upstream has a folder of that name: nothing of the file can be there."""
    versions: list[Files] = [{}, {b"n": file(TEXT)}, {b"n": file(b"0\n" + TEXT)}, {}]
    new = {b"n/in/the/way": file(b"x\n")}
    ported = port(stack_of(*patches_between(*versions)), {}, new)
    assert [Status.CONFLICTED, Status.CONFLICTED, Status.UPSTREAMED] == statuses(ported)
    assert ("1.patch", b"n", 1) == cause_of(ported.patches[1])


@pytest.mark.parametrize(
    ("new", "path"),
    [
        pytest.param({b"d": file(b"a file\n")}, b"d/n", id="a file above"),
        pytest.param({b"d": link(b"e"), b"e/x": file(b"x\n")}, b"d/n", id="a link above"),
        pytest.param({b"d": File(b"", SUBMODULE)}, b"d/e/n", id="a submodule above"),
        pytest.param({b"d": File(b"", SUBMODULE)}, b"d", id="a submodule"),
        pytest.param({b"d/e/f": file(b"x\n")}, b"d/e", id="a folder"),
    ],
)
def test_what_is_in_the_way_of_a_new_file_is_left_alone(new: Files, path: bytes) -> None:
    """A new file is held where the new version has no room for it."""
    ported = port(stack_of(diff({}, {path: file(TEXT)})), {}, new)
    assert [Status.CONFLICTED] == statuses(ported)
    assert why_held(ported.patches[0]).cause in (HeldCause.FILE_EXISTS, HeldCause.KIND)
    written = {name for name, found in ported.result.items() if found is not None}
    assert written <= new.keys()


def test_a_folder_gives_way_to_a_file() -> None:
    """A file may take the name of a folder that the stack emptied, but not of one it filled."""
    old: Files = {b"d/x": file(TEXT)}
    ported = port(stack_of(*patches_between(old, {}, {b"d": file(TEXT)})), old, old)
    assert [Status.UNCHANGED, Status.UNCHANGED] == statuses(ported)
    changed: Files = {b"d/x": file(b"0\n" + TEXT)}
    ported = port(stack_of(*patches_between(old, {}, {b"d": file(TEXT)})), old, changed)
    assert [Status.CONFLICTED, Status.CONFLICTED] == statuses(ported)
    assert [HeldCause.FILE_CHANGED, HeldCause.FILE_EXISTS] == [
        why_held(patch).cause for patch in ported.patches
    ]


def test_a_folder_that_the_stack_made_is_in_the_way() -> None:
    """A folder that stays because its file could not be deleted blocks a file of its name."""
    versions: list[Files] = [
        {},
        {b"d/x": file(TEXT)},
        {b"d/x": file(edited(TEXT, line(10, b"ten")))},
        {},
        {b"d": file(TEXT)},
    ]
    first, second, third, fourth = patches_between(*versions)
    broken = edited(second, (b" line 9\n", b" LINE 9\n"), (b" line 8\n", b" LINE 8\n"))
    broken = edited(broken, (b" line 7\n", b" LINE 7\n"))
    stack = stack_of(first, broken, third, fourth)
    ported = port(stack, {}, {})
    assert Status.BROKEN in statuses(ported)
    assert file(TEXT) == ported.result[b"d/x"]


def test_two_files_that_became_one_share_it() -> None:
    """Two copies in the old version are one file in the new: patches of both go into it."""
    old = {b"a/f": file(TEXT), b"b/f": file(TEXT)}
    patches = [
        diff(old, {**old, b"a/f": file(edited(TEXT, line(3, b"three")))}),
        diff(old, {**old, b"b/f": file(edited(TEXT, line(17, b"seventeen")))}),
        diff(old, {**old, b"a/f": file(edited(TEXT, line(10, b"ten")))}),
    ]
    third = diff(
        {b"a/f": file(edited(TEXT, line(3, b"three")))},
        {b"a/f": file(edited(TEXT, line(3, b"three"), line(10, b"ten")))},
    )
    ported = port(stack_of(patches[0], patches[1], third), old, {b"c/f": file(TEXT)})
    assert [Status.FOLLOWED] * 3 == statuses(ported)
    expected = edited(TEXT, line(3, b"three"), line(10, b"ten"), line(17, b"seventeen"))
    assert file(expected) == ported.result[b"c/f"]


def test_two_files_that_became_one_cannot_both_be_deleted() -> None:
    """When the stack deletes the one file, the other is gone as well."""
    old = {b"a/f": file(TEXT), b"b/f": file(TEXT)}
    after = {b"b/f": file(TEXT)}
    changed = {b"b/f": file(edited(TEXT, line(10, b"ten")))}
    stack = stack_of(diff(old, after), diff(after, changed), diff(changed, {}))
    ported = port(stack, old, {b"c/f": file(TEXT)})
    assert [Status.FOLLOWED, Status.CONFLICTED, Status.UPSTREAMED] == statuses(ported)
    assert "earlier patch of the stack" in why_held(ported.patches[1]).note
    both_known = stack_of(
        diff(old, {**old, b"b/f": file(b"0\n" + TEXT)}),
        diff({b"a/f": file(TEXT)}, {b"a/f": file(b"0\n" + TEXT)}),
        diff({b"a/f": file(b"0\n" + TEXT)}, {}),
        diff({b"b/f": file(b"0\n" + TEXT)}, {b"b/f": file(b"0\n" + TEXT + b"end\n")}),
    )
    ported = port(both_known, old, {b"c/f": file(TEXT)})
    assert ported.result[b"c/f"] is None
    assert HeldCause.FILE_GONE is why_held(ported.patches[3]).cause


def test_a_name_that_is_free_again_is_used_again() -> None:
    """A file is deleted, and a later patch makes another of its name."""
    versions: list[Files] = [
        {b"f": file(TEXT)},
        {},
        {b"f": file(b"new\n")},
        {b"f": program(b"new\n")},
    ]
    ported = port(stack_of(*patches_between(*versions)), versions[0], versions[0])
    assert [Status.UNCHANGED] * 3 == statuses(ported)
    assert program(b"new\n") == ported.result[b"f"]
    held = port(stack_of(*patches_between(*versions)), versions[0], {b"f": file(TEXT + b"x\n")})
    assert [Status.CONFLICTED, Status.CONFLICTED, Status.UNCHANGED] == statuses(held)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({b"f": file(b"new\n"), b"s": file(b"s\n" * 9)}, id="created"),
        pytest.param({b"f": file(b"s\n" * 9)}, id="renamed"),
        pytest.param({b"f": file(b"s\n" * 9), b"s": file(b"s\n" * 9)}, id="copied"),
    ],
)
def test_what_follows_from_a_held_deletion_names_it(after: Files) -> None:
    """A file that could not be deleted is in the way of the one that takes its name."""
    source = {b"s": file(b"s\n" * 9)}
    old: Files = {**source, b"f": file(TEXT)}
    patches = patches_between(old, source, after)
    ported = port(stack_of(*patches), old, {**source, b"f": file(b"0\n" + TEXT)})
    assert [Status.CONFLICTED, Status.CONFLICTED] == statuses(ported)
    assert HeldCause.FILE_EXISTS is why_held(ported.patches[1]).cause
    assert ("1.patch", b"f", 1) == cause_of(ported.patches[1])


def test_a_rule_of_the_policy_settles_a_region() -> None:
    """What a rule makes of the three sides goes into ours, and the patch is for review."""
    theirs = Rule(
        "theirs", Certainty.CERTAIN, "The patch wins.", lambda sides: (*sides.theirs, *sides.ours)
    )
    patch = diff({b"f": file(TEXT)}, {b"f": file(edited(TEXT, line(10, b"ten")))})
    upstream = {b"f": file(edited(TEXT, line(10, b"dix")))}
    ported = port(stack_of(patch), {b"f": file(TEXT)}, upstream, Policy(rules=(theirs,)))
    assert [Status.RESOLVED] == statuses(ported)
    assert file(edited(TEXT, line(10, b"ten\ndix"))) == ported.result[b"f"]
    (region,) = ported.patches[0].files[0].regions
    assert Settled("theirs", "The patch wins.", (b"ten\n", b"dix\n")) == region.settlement


def test_patches_of_one_stack_may_have_levels_and_directions_of_their_own() -> None:
    """Each line of the series says -p and -R for itself."""
    first, second = edited(TEXT, line(5, b"five")), edited(TEXT, line(5, b"five"), line(15, b"x"))
    patches = [
        diff({b"f": file(first)}, {b"f": file(TEXT)}, "--no-prefix"),
        diff({b"f": file(first)}, {b"f": file(second)}, "--src-prefix=a/b/", "--dst-prefix=c/d/"),
        diff({b"f": file(second)}, {b"f": file(first)}),
    ]
    entries = [
        Entry("up", strip=0, is_reversed=True),
        Entry("more", strip=2),
        Entry("down", is_reversed=False),
    ]
    upstream = b"0\n" + TEXT
    ported = port(stack_of(*patches, entries=entries), {b"f": file(TEXT)}, {b"f": file(upstream)})
    assert [Status.SHIFTED] * 3 == statuses(ported)
    assert file(b"0\n" + first) == ported.result[b"f"]
    assert (b"f",) == touched_paths(stack_of(*patches, entries=entries), 1)


def test_a_patch_is_as_good_as_its_files() -> None:
    """Nothing carried is conflicted, also beside what upstream has; a drop beside a carried file
    is for review."""

    def status(*files: Status) -> Status:
        return patch_status(PortedFile(b"f", b"f", found, 1, 1) for found in files)

    assert Status.MERGED is status(Status.UNCHANGED, Status.MERGED, Status.SHIFTED)
    assert Status.RESOLVED is status(Status.UNCHANGED, Status.UPSTREAMED)
    assert Status.ABSORBED is status(Status.UPSTREAMED, Status.ABSORBED)
    assert Status.PARTIAL is status(Status.UNCHANGED, Status.CONFLICTED)
    assert Status.CONFLICTED is status(Status.CONFLICTED, Status.UPSTREAMED)
    assert Status.BROKEN is status(Status.UNCHANGED, Status.BROKEN, Status.CONFLICTED)


def test_a_watcher_hears_of_every_patch() -> None:
    """Whoever watches is told each patch before it is ported."""
    heard: list[tuple[int, str]] = []
    stack = stack_of(b"", diff({}, {b"n": file(TEXT)}))
    port_stack(stack, MemoryTree({}), MemoryTree({}), POLICY, lambda *told: heard.append(told))
    assert [(1, "1.patch"), (2, "2.patch")] == heard


def test_folders_above_a_new_file_are_no_results() -> None:
    """The proof is asked about files only, also where folders had to be looked at."""
    ported = port(stack_of(diff({}, {b"a/b/c": file(TEXT)})), {}, {b"a/x": file(TEXT)})
    assert {b"a/b/c"} == ported.result.keys()
    assert {b"a/b/c"} == ported.pristine.keys()


def test_held_regions_survive_what_later_patches_do_around_them() -> None:
    """A whole stack on a conflict: above, below, across and within the held lines."""
    texts = [TEXT]
    for change in (
        (line(10, b"ten")),
        (line(3, b"three\nthree and a half")),
        (line(17, b"seventeen")),
        ((b"line 9\nten\nline 11\n", b"nine to eleven\n")),
        ((b"nine to eleven\n", b"line 9\nline 10\nline 11\n")),
        (line(12, b"twelve")),
    ):
        texts.append(edited(texts[-1], change))
    versions = [{b"f": file(text)} for text in texts]
    upstream = edited(TEXT, line(10, b"dix"))
    ported = port(stack_of(*patches_between(*versions)), versions[0], {b"f": file(upstream)})
    assert [
        Status.CONFLICTED,
        Status.UNCHANGED,
        Status.UNCHANGED,
        Status.CONFLICTED,
        Status.CONFLICTED,
        Status.SHIFTED,
    ] == statuses(ported)
    for patch in (ported.patches[3], ported.patches[4]):
        settlement = patch.held[0].settlement
        assert isinstance(settlement, Held)
        assert settlement.consequence_of is not None
    expected = edited(
        upstream, line(3, b"three\nthree and a half"), line(17, b"seventeen"), line(12, b"twelve")
    )
    assert file(expected) == ported.result[b"f"]
