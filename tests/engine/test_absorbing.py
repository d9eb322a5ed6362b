"""Patches that upstream has in another form; GNU patch proves what is left of every stack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchkit.engine.policy import Policy
from patchkit.model.report import Held, HeldCause, Status
from patchkit.model.resolutions import Side
from patchkit.model.series import Entry

from .deciding import answer_to, only_question, policy_of
from .making import (
    Files,
    diff,
    edited,
    file,
    link,
    numbered,
    only_file,
    plain_diff,
    port,
    port_one,
    program,
    stack_of,
    statuses,
    why_held,
)
from .test_stacks import TEXT, line, patches_between

OLD: Files = {b"f": file(TEXT)}
FUNCTION = numbered(10, "call")
PATCHED = edited(TEXT, line(10, b"before\n" + FUNCTION + b"ten"))
"""Twelve lines added, one removed: thirteen in all."""
PATCH = diff(OLD, {b"f": file(PATCHED)})


def taken(*changes: tuple[bytes, bytes]) -> Files:
    """The new version: upstream has the patch, but for these changes."""
    return {b"f": file(edited(PATCHED, *changes))}


def missing(count: int) -> Files:
    """The new version: upstream has the patch, but for some of its lines."""
    return taken(
        *((b"call %d\n" % number, b"other %d\n" % number) for number in range(2, count + 2))
    )


def test_what_upstream_has_in_another_form_is_dropped() -> None:
    """Ours stays as upstream has it; the report says of every line whether it is there."""
    new = missing(2)
    ported, whole = port_one(PATCH, OLD, new)
    assert Status.ABSORBED is ported.status
    assert ported.is_dropped
    assert ported.content is None
    assert () == ported.held
    assert new == whole.result
    found = only_file(ported)
    assert (Status.ABSORBED, 1, 0) == (found.status, found.hunks, found.carried)
    absent = [one.content for one in found.evidence if not one.is_there]
    assert [b"call 2\n", b"call 3\n"] == absent
    assert 13 == len(found.evidence)
    (note,) = ported.notes
    assert "10 of the 12 lines that it adds" in note
    assert "1 of the 1 that it removes" in note
    assert "85 %" in note


@pytest.mark.parametrize(
    ("count", "expected"), [(0, Status.UPSTREAMED), (3, Status.ABSORBED), (4, Status.CONFLICTED)]
)
def test_from_seven_tenths_on(count: int, expected: Status) -> None:
    """10 of 13 lines are enough, 9 are not; what upstream has whole is upstreamed as before."""
    assert expected is port_one(PATCH, OLD, missing(count))[0].status


def test_less_is_enough_for_a_patch_that_says_it_comes_from_upstream() -> None:
    """9 of 13 lines, 69 %: a CVE in its name, or a field of its header, makes it likely."""
    new = missing(4)
    entry = Entry("CVE-2042-1234.patch")
    ported = port(stack_of(PATCH, entries=[entry]), OLD, new)
    assert [Status.ABSORBED] == statuses(ported)
    assert "69 %. From 65 % on" in ported.patches[0].notes[0]
    for header in (
        b"Origin: upstream, https://example.invalid/1\n",
        b"(cherry picked from commit " + b"0" * 40 + b")\n",
        b"Applied-Upstream: 2.0\n",
    ):
        assert Status.ABSORBED is port_one(header + b"\n" + PATCH, OLD, new)[0].status, header
    for header in (b"Origin: vendor\n", b"Applied-Upstream: no\n"):
        assert Status.CONFLICTED is port_one(header + b"\n" + PATCH, OLD, new)[0].status, header


def test_the_threshold_is_a_matter_of_policy() -> None:
    """More than all is never; a lower one drops more."""
    assert (
        Status.CONFLICTED is port_one(PATCH, OLD, missing(1), Policy(absorbed_from=2.0))[0].status
    )
    assert Status.ABSORBED is port_one(PATCH, OLD, missing(5), Policy(absorbed_from=0.55))[0].status


def test_a_patch_that_is_kept_is_not_dropped() -> None:
    """A person said so: its regions are held like those of any other."""
    ported, whole = port_one(PATCH, OLD, missing(2), Policy(kept=frozenset({"1.patch"})))
    assert Status.CONFLICTED is ported.status
    assert () == only_file(ported).evidence
    assert missing(2) == whole.result


def test_a_decided_region_goes_before_absorption() -> None:
    """What a person decided about it means that the patch is wanted."""
    ported, _ = port_one(PATCH, OLD, missing(2), Policy(absorbed_from=2.0))
    policy = policy_of(answer_to(only_question(ported), Side.THEIRS))
    ported, whole = port_one(PATCH, OLD, missing(2), policy)
    assert Status.RESOLVED is ported.status
    assert {b"f": file(PATCHED)} == whole.result


def test_what_can_be_carried_whole_is_carried() -> None:
    """Upstream has the same lines elsewhere in the file, but nothing conflicts: the patch stays."""
    new = {b"f": file(FUNCTION + b"between\n" + TEXT)}
    base = {b"f": file(b"between\n" + TEXT)}
    patch = diff(base, {b"f": file(b"between\n" + edited(TEXT, line(10, FUNCTION + b"line 10")))})
    ported, _ = port_one(patch, base, new)
    assert Status.ABSORBED is not ported.status


def test_later_patches_go_on_from_upstreams_form() -> None:
    """What builds on an absorbed patch is carried into the form that upstream has; on lines that
    upstream has not, it is held on its own account."""
    versions: list[Files] = [
        OLD,
        {b"f": file(PATCHED)},
        {b"f": file(edited(PATCHED, (b"call 7\n", b"call 7\nand more\n")))},
        {b"f": file(edited(PATCHED, (b"call 7\n", b"call 7\nand more\n"), (b"call 2\n", b"2\n")))},
        {b"f": file(edited(PATCHED, (b"call 2\n", b"2\n")))},
    ]
    new = missing(2)
    ported = port(stack_of(*patches_between(*versions)), OLD, new)
    assert [Status.ABSORBED, Status.UNCHANGED, Status.CONFLICTED] == statuses(ported)[:3]
    assert why_held(ported.patches[2]).consequence_of is None
    assert ported.patches[3].status.is_ported
    assert new == ported.result


def test_lines_of_earlier_patches_need_not_be_upstream() -> None:
    """The second patch takes away what the first one brought: upstream never had it."""
    first = edited(TEXT, line(10, b"ours 1\nours 2\nours 3\nten"))
    second = edited(first, (b"ours 1\nours 2\nours 3\nten\n", FUNCTION + b"ten\n"))
    upstream = edited(TEXT, line(10, FUNCTION.replace(b"call 2\n", b"other 2\n") + b"ten"))
    versions: list[Files] = [OLD, {b"f": file(first)}, {b"f": file(second)}]
    ported = port(stack_of(*patches_between(*versions)), OLD, {b"f": file(upstream)})
    assert [Status.CONFLICTED, Status.ABSORBED] == statuses(ported)
    gone = [one.content for one in only_file(ported.patches[1]).evidence if one.is_there]
    assert {b"ours 1\n", b"ours 2\n", b"ours 3\n"} <= set(gone)


# --- patches that only remove


REMOVED = edited(TEXT, (b"".join(b"line %d\n" % number for number in range(8, 14)), b""))


@pytest.mark.parametrize(
    ("upstream", "expected"),
    [
        pytest.param(((8, 13), b""), Status.ABSORBED, id="most of it"),
        pytest.param(((8, 11), b""), Status.CONFLICTED, id="half of it"),
        pytest.param(((8, 13), b"something else\n"), Status.CONFLICTED, id="replaced"),
        pytest.param(((8, 13), b"}\n"), Status.ABSORBED, id="replaced by nothing telling"),
    ],
)
def test_a_patch_that_only_removes(
    upstream: tuple[tuple[int, int], bytes], expected: Status
) -> None:
    """It is absorbed where upstream removed most of it and put nothing in its place."""
    (first, stop), put = upstream
    gone = b"".join(b"line %d\n" % number for number in range(first, stop))
    new = {b"f": file(edited(TEXT, (gone, put)))}
    ported, whole = port_one(diff(OLD, {b"f": file(REMOVED)}), OLD, new, Policy(rules=()))
    assert expected is ported.status
    assert new == whole.result


def test_two_removed_lines_may_be_chance() -> None:
    """Fewer than four that are removed, and none added, are no evidence."""
    theirs = edited(TEXT, (b"line 8\nline 9\nline 10\n", b""))
    new = {b"f": file(edited(TEXT, (b"line 7\nline 8\nline 9\nline 10\n", b"7\n")))}
    ported, _ = port_one(diff(OLD, {b"f": file(theirs)}), OLD, new, Policy(rules=()))
    assert Status.CONFLICTED is ported.status


# --- whole files


MADE = numbered(10, "made")


@pytest.mark.parametrize("prefix", ["git", "plain"])
def test_a_created_file_that_upstream_has_in_another_form(prefix: str) -> None:
    """Upstream's file stays, and a later patch changes it."""
    upstream = edited(MADE, (b"made 4\n", b"upstream's 4\n"))
    made = diff({}, {b"n": file(MADE)})
    if prefix == "plain":
        made = plain_diff("n", b"", MADE).replace(b"a/n", b"/dev/null", 1)
    later = diff({b"n": file(MADE)}, {b"n": file(edited(MADE, (b"made 9\n", b"nine\n")))})
    ported = port(stack_of(made, later), {}, {b"n": file(upstream)})
    assert [Status.ABSORBED, Status.UNCHANGED] == statuses(ported)
    assert {b"n": file(edited(upstream, (b"made 9\n", b"nine\n")))} == ported.result


def test_an_empty_file_says_nothing() -> None:
    """The patch makes an empty file where upstream has one with lines: held, not absorbed."""
    ported, whole = port_one(diff({}, {b"n": file(b"")}), {}, {b"n": file(b"x1\n")})
    assert HeldCause.FILE_EXISTS is why_held(ported).cause
    assert {b"n": file(b"x1\n")} == whole.result


def test_a_file_that_is_gone_has_no_line_that_a_patch_adds() -> None:
    """What a patch adds is not there: held. What it only takes away is gone with the file."""
    other = {b"x": file(b"x1\n")}
    old = {**OLD, **other}
    ported, _ = port_one(diff(old, {b"f": file(PATCHED), **other}), old, other)
    assert HeldCause.FILE_GONE is why_held(ported).cause
    ported, whole = port_one(diff(old, {b"f": file(REMOVED), **other}), old, other)
    assert Status.ABSORBED is ported.status
    assert whole.result.get(b"f") is None


def test_of_two_files_the_lines_of_both_count() -> None:
    """Most of the patch is upstream, but not its test: all of it is dropped, and the evidence
    says what is not there. Where the test is most of it, nothing is dropped."""
    small, large = numbered(2, "test"), numbered(30, "test")
    old = {**OLD, b"t": file(b"a test\n")}
    new = {**missing(1), b"t": file(b"a test\n")}
    theirs = {b"f": file(PATCHED), b"t": file(b"a test\n" + small)}
    ported, whole = port_one(diff(old, theirs), old, new)
    assert Status.ABSORBED is ported.status
    assert new == {**new, **whole.result}
    assert [False, False] == [one.is_there for one in ported.files[1].evidence]

    theirs = {b"f": file(PATCHED), b"t": file(b"a test\n" + large)}
    ported, whole = port_one(diff(old, theirs), old, new)
    assert Status.PARTIAL is ported.status
    assert theirs[b"t"] == whole.result[b"t"]


def test_a_file_that_upstream_has_whole_stays_upstreamed() -> None:
    """Beside one that is absorbed, its own regions say that it is the same."""
    old = {**OLD, b"t": file(b"a test\n")}
    theirs = {b"f": file(PATCHED), b"t": file(b"a test\nof it\n")}
    ported, _ = port_one(diff(old, theirs), old, {**missing(1), b"t": theirs[b"t"]})
    assert Status.ABSORBED is ported.status
    assert [Status.ABSORBED, Status.UPSTREAMED] == [found.status for found in ported.files]


def test_a_mode_or_a_link_is_not_absorbed() -> None:
    """What is held is not a matter of lines: a person must look."""
    made = diff({}, {b"n": program(MADE)})
    ported, _ = port_one(made, {}, {b"n": file(MADE)})
    assert HeldCause.MODE is why_held(ported).cause
    ported, _ = port_one(PATCH, OLD, {b"f": link(b"elsewhere")})
    assert HeldCause.KIND is why_held(ported).cause


def test_a_reversed_patch_is_asked_the_other_way_round() -> None:
    """Listed with -R it adds what it takes away."""
    back = diff({b"f": file(PATCHED)}, OLD)
    stack = stack_of(back, entries=[Entry("r.patch", is_reversed=True)])
    ported = port(stack, OLD, missing(2))
    assert [Status.ABSORBED] == statuses(ported)
    kept = port(stack, OLD, missing(2), replace(Policy(), absorbed_from=2.0))
    assert [Status.CONFLICTED] == statuses(kept)


def test_an_absorbed_patch_causes_nothing() -> None:
    """A later region on its lines names no cause: nothing of it is held any more."""
    first = {b"f": file(PATCHED)}
    second = {b"f": file(edited(PATCHED, (b"call 2\n", b"two\n")))}
    ported = port(stack_of(*patches_between(OLD, first, second)), OLD, missing(2))
    assert [Status.ABSORBED, Status.CONFLICTED] == statuses(ported)
    settlement = ported.patches[1].held[0].settlement
    assert isinstance(settlement, Held)
    assert settlement.consequence_of is None
