"""The conflicts of a generated file are one cause, and everything else stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings

from patchkit.engine.generated import Recogniser
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack
from patchkit.engine.regenerating import as_one_cause, with_causes_to_regenerate
from patchkit.model.generated import Generated, GeneratedKind, GeneratedPattern
from patchkit.model.report import (
    RESOLUTION,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Settled,
    Sides,
    Status,
)
from patchkit.model.resolutions import (
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
)
from patchkit.model.tree import File, MemoryTree
from tests.strategies.stories import RANDOM

from .generating import edited_content, some_content
from .making import Files, diff, edited, file, numbered, port, port_one, stack_of

GENERATED = Generated(GeneratedKind.CODE, "somebody says so", "make it")
KEEPING = Policy(absorbed_from=2.0)


def laid_over(
    ported: PortedStack,
    old: Files,
    new: Files,
    policy: Policy = KEEPING,
    patterns: Sequence[GeneratedPattern] = (),
) -> tuple[PortedPatch, ...]:
    """The patches of a port with the conflicts of generated files made one."""
    recogniser = Recogniser(MemoryTree(old), MemoryTree(new), patterns)
    return with_causes_to_regenerate(ported.patches, recogniser, policy)


def three_places(word: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Changes of three lines of a numbered file, far from each other."""
    return tuple((b"line %d\n" % at, b"%b %d\n" % (word, at)) for at in (10, 30, 50))


PATH = b"go.sum"
OLD: Files = {PATH: file(numbered(60))}
NEW: Files = {PATH: file(edited(numbered(60), *three_places(b"upstream")))}
OURS: Files = {PATH: file(edited(numbered(60), *three_places(b"ours"), (b"line 20\n", b"20\n")))}


def only_held(patch: PortedPatch) -> tuple[Region, Held]:
    """The one held region of a patch, with why it is held."""
    (region,) = patch.held
    assert isinstance(region.settlement, Held)
    return region, region.settlement


def test_all_that_is_held_is_one_region() -> None:
    """Three conflicts become one, which names kind, evidence and command; the hunk that went in
    still counts."""
    ported = port(stack_of(diff(OLD, OURS)), OLD, NEW, KEEPING)
    assert 3 == len(ported.patches[0].held)
    (patch,) = laid_over(ported, OLD, NEW)
    region, held = only_held(patch)
    assert (HeldCause.REGENERATE, None) == (held.cause, held.consequence_of)
    assert "This is a lock file: its name says so." in held.note
    assert "Its 3 conflicts are one cause" in held.note
    assert "`go mod tidy`" in held.note
    assert (1, (1, 3, 4)) == (region.number, region.hunks)
    assert (b"ours 10\n", b"ours 30\n", b"ours 50\n") == region.theirs.lines
    assert (b"upstream 10\n", b"upstream 30\n", b"upstream 50\n") == region.ours.lines
    assert 10 == region.base.start
    before = ported.patches[0]
    assert (before.status, before.content) == (patch.status, patch.content)
    assert before.files[0].carried == patch.files[0].carried == 1


def test_other_files_stay_as_they_are() -> None:
    """Nothing changes where nothing says that a tool makes the file."""
    old, new, ours = ({b"f.c": files[PATH]} for files in (OLD, NEW, OURS))
    ported = port(stack_of(diff(old, ours)), old, new, KEEPING)
    assert ported.patches == laid_over(ported, old, new)
    (patch,) = laid_over(ported, old, new, patterns=[GeneratedPattern("*.c", "make f.c")])
    assert "`make f.c`" in only_held(patch)[1].note


def test_later_regions_point_at_the_one() -> None:
    """What follows from any of the folded regions follows from the one that they are now."""
    more = {PATH: file(edited(OURS[PATH].content, (b"ours 50\n", b"ours, again\n")))}
    ported = port(stack_of(diff(OLD, OURS), diff(OURS, more)), OLD, NEW, KEEPING)
    (region,) = ported.patches[1].held
    assert isinstance(region.settlement, Held)
    assert RegionRef("1.patch", PATH, 3) == region.settlement.consequence_of
    _, later = laid_over(ported, OLD, NEW)
    assert RegionRef("1.patch", PATH, 1) == only_held(later)[1].consequence_of


def test_settled_regions_are_kept_and_counted_anew() -> None:
    """Numbers count from one without a gap, in the order of the file."""
    ported, _ = port_one(diff(OLD, OURS), OLD, NEW, KEEPING)
    (found,) = ported.files
    first, second, third = found.regions
    settled = replace(second, settlement=Settled("touching", "settled"))
    folded = as_one_cause(replace(found, regions=(first, settled, third)), GENERATED)
    assert [1, 2] == [region.number for region in folded.regions]
    assert settled == folded.regions[1]
    assert (*first.hunks, *third.hunks) == folded.regions[0].hunks


def test_a_broken_patch_is_none_to_regenerate() -> None:
    """What does not apply to its own base is to be mended, whatever file it is for."""
    ported = port(stack_of(diff(OURS, NEW)), OLD, OLD, KEEPING)
    assert Status.BROKEN is ported.patches[0].status
    assert ported.patches == laid_over(ported, OLD, OLD)


def test_a_file_that_is_gone() -> None:
    """The note still says that upstream has it no more."""
    ported = port(stack_of(diff(OLD, OURS)), OLD, {}, KEEPING)
    (patch,) = laid_over(ported, OLD, {})
    held = only_held(patch)[1]
    assert HeldCause.REGENERATE is held.cause
    assert "no such file" in held.note or "removed the file" in held.note
    assert Status.CONFLICTED is patch.status


def test_vendored_code_says_what_became_of_the_module() -> None:
    """Held or not, a patch into vendored code has a note where the module is another now."""
    path, lists = b"vendor/example.invalid/net/a.go", b"vendor/modules.txt"
    text = b"# example.invalid/net v0.7.0\nexample.invalid/net\n"
    old = {path: OLD[PATH], lists: file(text)}
    new = {path: NEW[PATH], lists: file(text.replace(b"0.7.0", b"0.17.0"))}
    ours = {**old, path: OURS[PATH]}
    told = "vendor/modules.txt had example.invalid/net v0.7.0 and has v0.17.0 now (bumped)."
    ported = port(stack_of(diff(old, ours)), old, new, KEEPING)
    (patch,) = laid_over(ported, old, new)
    assert (f"It changes vendored code: {told}",) == patch.notes
    assert f"This is vendored code: {told}" in only_held(patch)[1].note
    easy = {**old, path: file(edited(numbered(60), (b"line 20\n", b"20\n")))}
    ported = port(stack_of(diff(old, easy)), old, new, KEEPING)
    (patch,) = laid_over(ported, old, new)
    assert (f"It changes vendored code: {told}",) == patch.notes
    assert () == patch.held


def test_a_person_may_leave_it_to_be_made() -> None:
    """A recorded `ours` settles the one region; what followed from it is a cause of its own."""
    more = {PATH: file(edited(OURS[PATH].content, (b"ours 50\n", b"ours, again\n")))}
    ported = port(stack_of(diff(OLD, OURS), diff(OURS, more)), OLD, NEW, KEEPING)
    first, _ = laid_over(ported, OLD, NEW)
    region, held = only_held(first)
    sides = Sides(region.base.lines, region.theirs.lines, region.ours.lines)
    question = Question(frozenset([PATH]), held.cause, sides)
    decision = Resolution(question, Side.OURS, Provenance("1.patch", (("1", "2"),), why="made"))
    policy = replace(KEEPING, resolutions=Resolutions().with_decision(decision))
    first, later = laid_over(ported, OLD, NEW, policy)
    assert Status.RESOLVED is first.status
    (region,) = first.files[0].regions
    assert Settled(RESOLUTION, "made", region.ours.lines) == region.settlement
    assert only_held(later)[1].consequence_of is None


@settings(max_examples=60, deadline=None)
@given(RANDOM)
def test_folding_loses_nothing(rng: Random) -> None:
    """At most one region is held, at the place of the first; its sides and hunks are all of them,
    and the others are as they were, in order."""
    base = some_content(rng)
    theirs, ours = (edited_content(rng, base, word) for word in (b"theirs", b"ours"))
    patch = diff({b"f": file(base)}, {b"f": file(theirs)})
    if not patch:
        return
    ported, _ = port_one(patch, {b"f": file(base)}, {b"f": File(ours)}, KEEPING)
    for before in ported.files:
        after = as_one_cause(before, GENERATED)
        assert min(1, len(before.held)) == len(after.held)
        # A region whose code moved elsewhere leaves a gap, which stays where nothing is folded.
        numbers = [one.number for one in before.regions]
        counted = [*range(1, len(after.regions) + 1)] if before.held else numbers
        assert counted == [one.number for one in after.regions]
        assert settlements(before) == settlements(after)
        assert {n for one in before.held for n in one.hunks} == {
            n for one in after.held for n in one.hunks
        }
        for side in ("base", "theirs", "ours"):
            assert lines_of(before, side) == lines_of(after, side)
        assert replace(before, regions=()) == replace(after, regions=())


def settlements(found: PortedFile) -> list[Settled]:
    """How the regions that are not held were settled."""
    every = (region.settlement for region in found.regions)
    return [one for one in every if isinstance(one, Settled)]


def lines_of(found: PortedFile, side: str) -> list[bytes]:
    """All lines of one side of the held regions."""
    return [line for region in found.held for line in getattr(region, side).lines]


def test_what_follows_from_another_file_still_does() -> None:
    """Only references to the folded regions change; a single conflict is told as one."""
    clash = (b"line 30\n", b"ours\n"), (b"line 30\n", b"upstream\n")
    old: Files = {PATH: file(numbered(60)), b"f.c": file(numbered(60))}
    ours: Files = {path: file(edited(one.content, clash[0])) for path, one in old.items()}
    new: Files = {path: file(edited(one.content, clash[1])) for path, one in old.items()}
    more: Files = {**ours, b"f.c": file(edited(ours[b"f.c"].content, (b"ours\n", b"again\n")))}
    ported = port(stack_of(diff(old, ours), diff(ours, more)), old, new, KEEPING)
    first, second = laid_over(ported, old, new)
    assert RegionRef("1.patch", b"f.c", 1) == only_held(second)[1].consequence_of
    (folded,) = (
        region.settlement for one in first.files if one.old_path == PATH for region in one.held
    )
    assert isinstance(folded, Held)
    assert (
        "This is a lock file: its name says so. Its conflict is one cause, and not for merging: "
        "make the file anew with `go mod tidy` once all that it is made from is in."
    ) == folded.note
