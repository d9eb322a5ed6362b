"""What the report says of a change that is held or settled, in full: a person goes by it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from patchkit.engine.rules import IDENTICAL, RULES
from patchkit.model.report import Held, HeldCause, PortedFile, Settled, Status

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
)

TEXT = numbered(30)
PATCHED = edited(TEXT, (b"line 10\n", b"ten\n"))
TWICE = edited(PATCHED, (b"line 25\n", b"twenty-five\n"))
F: Files = {b"f": file(TEXT)}
TO_G = ("-M", "-C", "--find-copies-harder")


def told(found: PortedFile) -> list[tuple[HeldCause | str, str]]:
    """The cause or the rule, and the note, of every region."""
    said: list[tuple[HeldCause | str, str]] = []
    for region in found.regions:
        match region.settlement:
            case Held(cause, note):
                said.append((cause, note))
            case Settled(rule, note):
                said.append((rule, note))
    return said


@pytest.mark.parametrize(
    ("patch", "old", "new", "expected"),
    [
        (
            lambda: diff({}, F), F, F,
            (HeldCause.REJECTED, "It creates a file that its own base has already."),
        ),
        (
            lambda: diff({}, F).replace(b"@@ -0,0 +1,30 @@\n", b"@@ -1 +1,30 @@\n-x\n"), {}, {},
            (HeldCause.REJECTED, "It creates a file, but expects lines in it."),
        ),
        (
            lambda: b"--- /dev/null\n+++ b/f\n@@ -1,0 +1 @@\n+a\n", {}, {},
            (
                HeldCause.REJECTED,
                "Its hunk counts lines in /dev/null, so GNU patch makes no file: write -0,0 there.",
            ),
        ),
        (
            lambda: b"--- a/f\n+++ /dev/null\n@@ -1 +1,0 @@\n-a\n", {b"f": file(b"a\n")}, F,
            (
                HeldCause.REJECTED,
                "Its hunk counts lines in /dev/null, so GNU patch leaves an empty file: "
                "write +0,0.",
            ),
        ),
        (
            lambda: diff(F, {}), {}, {},
            (HeldCause.REJECTED, "It deletes a file that its own base has not."),
        ),
        (
            lambda: diff(F, {}), {b"f": file(PATCHED)}, F,
            (HeldCause.REJECTED, "It deletes a file that has other content in its own base."),
        ),
        (
            lambda: diff(F, {b"f": file(PATCHED)}), {}, F,
            (HeldCause.REJECTED, "The file is not in its own base."),
        ),
        (
            lambda: diff(F, {b"f": file(PATCHED)}), {b"f": link(b"x")}, F,
            (HeldCause.REJECTED, "In its own base the file is of another kind."),
        ),
        (
            lambda: diff(F, {b"f": file(PATCHED)}), F, {b"f": link(b"x")},
            (HeldCause.KIND, "Upstream turned the file into another kind, such as a link."),
        ),
        (
            lambda: diff(F, {}), F, {b"f": file(PATCHED)},
            (HeldCause.FILE_CHANGED, "The patch deletes this file, and upstream changed it."),
        ),
        (
            lambda: diff(F, {}), F, {},
            ("identical", "The new upstream has no such file."),
        ),
        (
            lambda: diff(F, {b"g": file(PATCHED)}, "-M"), {}, F,
            (HeldCause.REJECTED, "The file that it moves is not in its own base."),
        ),
        (
            lambda: diff(F, {b"g": file(PATCHED)}, "-M"), {**F, b"g": file(b"x\n")}, F,
            (HeldCause.REJECTED, "It moves a file onto one that its own base has."),
        ),
        (
            lambda: diff(F, {b"g": file(PATCHED)}, "-M"), {b"f": link(b"x")}, F,
            (HeldCause.REJECTED, "In its own base the file that it moves is of another kind."),
        ),
        (
            lambda: diff({}, F), {}, F,
            ("identical", "The new upstream has exactly this file."),
        ),
        (
            lambda: diff({}, F), {}, {b"f": file(b"another\n")},
            (
                HeldCause.FILE_EXISTS,
                "The patch creates this file, and the new upstream has one with other content.",
            ),
        ),
        (
            lambda: diff({}, F), {}, {b"f": link(b"x")},
            (
                HeldCause.KIND,
                "The patch creates this file, and the new upstream has one of another kind.",
            ),
        ),
        (
            lambda: diff({}, F), {}, {b"f/g": file(b"x\n")},
            (
                HeldCause.FILE_EXISTS,
                "A folder, or a file in place of a folder, is in the way in the new upstream.",
            ),
        ),
        (
            lambda: diff({}, {b"f": program(TEXT)}), {}, F,
            (
                HeldCause.MODE,
                "The patch creates this file with mode 100755, the new upstream has it with mode "
                "100644.",
            ),
        ),
        (
            lambda: diff(F, {b"g": file(TEXT)}, "-M"), F, {b"g": file(TEXT)},
            ("identical", "Upstream moved the file to the same place."),
        ),
        (
            lambda: diff(F, {**F, b"g": file(TEXT)}, *TO_G), F, {**F, b"g": file(TEXT)},
            ("identical", "The new upstream has exactly this file."),
        ),
        (
            lambda: diff(F, {b"g": file(TEXT)}, "-M"), F, {**F, b"g": file(b"x\n")},
            (
                HeldCause.FILE_EXISTS,
                "The patch moves a file to where the new upstream has another one.",
            ),
        ),
        (
            lambda: diff(F, {**F, b"g": file(TEXT)}, *TO_G), F, {**F, b"g": file(b"x\n")},
            (
                HeldCause.FILE_EXISTS,
                "The patch copies a file to where the new upstream has another one.",
            ),
        ),
    ],
)  # fmt: skip
def test_what_is_said(
    patch: Callable[[], bytes], old: Files, new: Files, expected: tuple[HeldCause | str, str]
) -> None:
    """A sentence that names both sides, and the cause that decides on what may answer it."""
    ported, _ = port_one(patch(), old, new)
    assert [expected] == told(only_file(ported))


def test_every_hunk_of_a_patch_for_no_file_is_told() -> None:
    """Numbered from 1, as GNU patch counts them, with what it would change."""
    ported, _ = port_one(diff(F, {b"f": file(TWICE)}), {}, {})
    found = only_file(ported)
    assert [(1, (1,)), (2, (2,))] == [(one.number, one.hunks) for one in found.regions]
    assert [7, 22] == [one.base.start for one in found.regions]
    assert (b"f", None, 2, 0) == (found.old_path, found.new_path, found.hunks, found.carried)


def test_nothing_of_a_copy_that_is_held_is_carried() -> None:
    """Its edits have no file to go into, however well they fit the source."""
    patch = diff(F, {**F, b"g": file(PATCHED)}, *TO_G)
    found = only_file(port_one(patch, F, {**F, b"g": file(b"x\n")})[0])
    assert (1, 0, Status.CONFLICTED) == (found.hunks, found.carried, found.status)


def test_all_of_a_move_that_upstream_made_is_there() -> None:
    """So every hunk counts as carried."""
    patch = diff(F, {b"g": file(PATCHED)}, "-M")
    found = only_file(port_one(patch, F, {b"g": file(PATCHED)})[0])
    assert (1, 1, Status.UPSTREAMED) == (found.hunks, found.carried, found.status)


def test_a_deletion_of_what_may_be_in_two_places_names_the_file() -> None:
    """A person decides which of them it was."""
    changed = [edited(TEXT, (b"line 3\n", b"%b\n" % word)) for word in (b"three", b"trois")]
    new = {b"g": file(changed[0]), b"h": file(changed[1])}
    found = only_file(port_one(diff(F, {}), F, new)[0])
    assert (b"f", None, Status.CONFLICTED) == (found.old_path, found.new_path, found.status)
    assert [HeldCause.FILE_AMBIGUOUS] == [cause for cause, _ in told(found)]


def test_a_file_that_upstream_changed_as_the_patch_does_is_followed_further() -> None:
    """The next patch for it says as well that upstream moved it, and how that is known."""
    moved = edited(PATCHED, (b"line 1\n", b"one\n"))
    again = edited(TWICE, (b"line 1\n", b"one\n"))
    patches = [
        plain_diff("f", TEXT, edited(TEXT, (b"line 10\n", b"ten\n"), (b"line 1\n", b"one\n"))),
        plain_diff("f", moved, again),
    ]
    ported = port(stack_of(*patches), F, {b"g": file(moved)})
    first, second = (only_file(patch) for patch in ported.patches)
    assert first.followed is not None
    assert (b"g", first.followed) == (second.new_path, second.followed)
    assert {"identical"} == {rule for rule, _ in told(first)}


def test_what_a_rule_says_is_a_sentence() -> None:
    """It stands in the report by itself."""
    for rule in (IDENTICAL, *RULES):
        assert re.fullmatch(r"[A-Z][^A-Z]+\.", rule.note), rule.note
