"""Recorded resolutions: what each answer does to a held region; GNU patch proves every port."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given

from patchkit.engine.policy import Policy
from patchkit.engine.rules import Certainty, Rule
from patchkit.model.report import (
    RESOLUTION,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    Report,
    Settled,
    Status,
)
from patchkit.model.resolutions import Answer, Resolution, Side
from patchkit.model.series import Entry
from patchkit.model.tree import File, Path
from patchkit.model.uses import decisions_used, with_uses_of
from tests.strategies.stories import RANDOM

from .deciding import WHY, Asked, answer_to, asked_in, only_question, policy_of, result_of
from .generating import some_story
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
from .test_laws import EXAMPLES
from .test_stacks import TEXT, line, patches_between

OLD: Files = {b"f": file(TEXT)}
PATCHED = edited(TEXT, line(3, b"three"), line(10, b"ten"))
PATCH = diff(OLD, {b"f": file(PATCHED)}, "-U1")
CLASHING = edited(TEXT, line(10, b"dix"))
NEW: Files = {b"f": file(CLASHING)}


def decided(old: Files, new: Files, patch: bytes, answer: Answer) -> tuple[PortedPatch, Files]:
    """Port a patch, answer the one region that it holds, and port it again."""
    held, _ = port_one(patch, old, new)
    again = port_one(patch, old, new, policy_of(answer_to(only_question(held), answer)))
    found = {path: there for path, there in again[1].result.items() if there is not None}
    return again[0], {**new, **found}


# --- lines of a file


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        pytest.param((b"ten and dix\n",), b"ten and dix\n", id="a text"),
        pytest.param((), b"", id="no line"),
        pytest.param(Side.THEIRS, b"ten\n", id="theirs"),
        pytest.param(
            (b"caf\xe9\r\n", b"\n", b"@@ -1 +1 @@\n"), b"caf\xe9\r\n\n@@ -1 +1 @@\n", id="odd"
        ),
    ],
)
def test_the_answer_goes_into_the_region(answer: Answer, text: bytes) -> None:
    """The patch is complete, is marked for review, and the report has the text and the reason."""
    ported, whole = decided(OLD, NEW, PATCH, answer)
    assert Status.RESOLVED is ported.status
    assert text == result_of(ported)
    assert file(edited(CLASHING, line(3, b"three"), (b"dix\n", text))) == whole[b"f"]
    found = only_file(ported)
    assert (2, 2) == (found.hunks, found.carried)


def test_a_port_that_an_answer_served_is_noted_in_its_record() -> None:
    """With the versions and the day, as often as it is run; another record stays as it is."""
    held, _ = port_one(PATCH, OLD, NEW)
    answer = answer_to(only_question(held), (b"both\n",))
    other = replace(answer, question=replace(answer.question, places=frozenset((b"g",))))
    policy = policy_of(answer, other)
    ported, _ = port_one(PATCH, OLD, NEW, policy)
    report = Report("demo", "1", "3", "upstream", "", (ported,))
    assert [answer] == list(decisions_used(policy.resolutions, report))
    noted = with_uses_of(policy.resolutions, report, "2026-11-29")
    found = [record.decision.provenance for record in noted.records]
    assert [((("1", "2"), ("1", "3")), "2026-11-29"), ((("1", "2"),), "")] == sorted(
        ((one.ports, one.used) for one in found), key=len, reverse=True
    )
    assert noted == with_uses_of(noted, report, "2026-11-30")


def test_ours_leaves_the_region_out() -> None:
    """The other hunks are carried, the one of the region is not counted."""
    ported, whole = decided(OLD, NEW, PATCH, Side.OURS)
    assert Status.RESOLVED is ported.status
    assert b"dix\n" == result_of(ported)
    assert file(edited(CLASHING, line(3, b"three"))) == whole[b"f"]
    found = only_file(ported)
    assert (2, 1) == (found.hunks, found.carried)


@pytest.mark.parametrize("answer", [Side.THEIRS, (b"our twenty",), (b"our twenty\n",)])
def test_the_region_is_the_end_of_a_file_without_newline(answer: Answer) -> None:
    """The answer says whether the file ends with a newline."""
    old, new = TEXT.removesuffix(b"\n"), edited(TEXT, line(20, b"vingt")).removesuffix(b"\n")
    patch = plain_diff("f", old, edited(old, (b"line 20", b"twenty")))
    ported, whole = decided({b"f": file(old)}, {b"f": file(new)}, patch, answer)
    text = b"".join(answer) if isinstance(answer, tuple) else b"twenty"
    assert file(edited(new, (b"vingt", text))) == whole[b"f"]
    assert Status.RESOLVED is ported.status


def test_the_next_patches_go_on_from_the_answer() -> None:
    """What changes the lines of the answer is carried or held on its own account."""
    texts = [TEXT, edited(TEXT, line(10, b"ten"))]
    texts.append(edited(texts[-1], (b"ten\n", b"ten again\n")))
    texts.append(edited(texts[-1], line(11, b"eleven")))
    versions: list[Files] = [{b"f": file(text)} for text in texts]
    stack = stack_of(*patches_between(*versions))
    held = port(stack, versions[0], NEW)
    assert [Status.CONFLICTED] * 2 == statuses(held)[:2]
    assert why_held(held.patches[1]).consequence_of is not None
    question = only_question(held.patches[0])

    theirs = port(stack, versions[0], NEW, policy_of(answer_to(question, Side.THEIRS)))
    assert [Status.RESOLVED, Status.UNCHANGED, Status.UNCHANGED] == statuses(theirs)
    assert versions[-1][b"f"] == theirs.result[b"f"]

    ours = port(stack, versions[0], NEW, policy_of(answer_to(question, Side.OURS)))
    assert [Status.RESOLVED, Status.CONFLICTED] == statuses(ours)[:2]
    assert why_held(ours.patches[1]).consequence_of is None


def test_a_patch_of_which_nothing_is_left_is_dropped() -> None:
    """It is resolved, not conflicted, and has no content."""
    patch = diff(OLD, {b"f": file(edited(TEXT, line(10, b"ten")))})
    ported, whole = decided(OLD, NEW, patch, Side.OURS)
    assert Status.RESOLVED is ported.status
    assert ported.content is None
    assert ported.is_dropped
    assert NEW == whole


def test_a_resolution_goes_before_the_rules() -> None:
    """What a person decided counts also where a rule would settle the region."""
    held, _ = port_one(PATCH, OLD, NEW)
    resolutions = policy_of(answer_to(only_question(held), Side.OURS)).resolutions
    rule = Rule("theirs", Certainty.CERTAIN, "The patch wins.", lambda sides: sides.theirs)
    ported, _ = port_one(PATCH, OLD, NEW, Policy(rules=(rule,), resolutions=resolutions))
    assert b"dix\n" == result_of(ported)


def test_a_renamed_file_takes_the_answer() -> None:
    """The region of a file that the patch renames and changes is settled like any other."""
    patch = diff(OLD, {b"g": file(edited(TEXT, line(10, b"ten")))}, "-M")
    ported, whole = decided(OLD, NEW, patch, (b"ten and dix\n",))
    assert Status.RESOLVED is ported.status
    assert file(edited(CLASHING, (b"dix\n", b"ten and dix\n"))) == whole[b"g"]


def test_the_hunk_says_the_answer_also_where_its_old_text_would_fit() -> None:
    """Upstream doubled the line, and the answer changes as many lines as the hunk did."""
    old = edited(TEXT, line(10, b"x"))
    patch = plain_diff("f", old, edited(old, (b"x\n", b"one\ntwo\nthree\n")), context=0)
    new = edited(old, (b"x\n", b"x\nx\n"))
    answer = (b"one\n", b"and more\n")
    ported, whole = decided({b"f": file(old)}, {b"f": file(new)}, patch, answer)
    assert Status.RESOLVED is ported.status
    assert file(edited(new, (b"x\nx\n", b"one\nand more\n"))) == whole[b"f"]


# --- what a resolution is found by


def _answered(patch: bytes, old: Files, new: Files) -> PortedPatch:
    """What becomes of a patch when `PATCH` on `NEW` was answered before."""
    held, _ = port_one(PATCH, OLD, NEW)
    policy = policy_of(answer_to(only_question(held), (b"ten and dix\n",)))
    return port_one(patch, old, new, policy)[0]


def test_it_is_found_again_when_other_lines_moved() -> None:
    """In the next version, in another patch, at another line, and after upstream moved the file."""
    old, new = b"first\n" + TEXT, b"first\nsecond\n" + CLASHING + b"last\n"
    patch = diff({b"f": file(old)}, {b"f": file(edited(old, line(10, b"ten")))}, "-U2")
    assert Status.RESOLVED is _answered(patch, {b"f": file(old)}, {b"f": file(new)}).status
    assert Status.RESOLVED is _answered(PATCH, OLD, {b"moved/f": file(CLASHING)}).status


@pytest.mark.parametrize(
    ("base", "theirs", "ours"),
    [
        pytest.param(b"line 10", b"ten", b"Dix", id="ours"),
        pytest.param(b"line 10", b"ten ", b"dix", id="theirs"),
        pytest.param(b"line 10\r", b"ten", b"dix", id="base"),
    ],
)
def test_it_is_not_found_where_a_side_differs(base: bytes, theirs: bytes, ours: bytes) -> None:
    """One byte on one side makes it another question."""
    texts = [edited(TEXT, line(10, text)) for text in (base, theirs, ours)]
    patch = plain_diff("f", texts[0], texts[1], context=1)
    ported = _answered(patch, {b"f": file(texts[0])}, {b"f": file(texts[2])})
    assert Status.CONFLICTED is ported.status


def test_it_is_not_found_in_another_file() -> None:
    """The same conflict in a file of another name is for a person again."""
    patch = PATCH.replace(b"a/f", b"a/g").replace(b"b/f", b"b/g")
    ported = _answered(patch, {b"g": file(TEXT)}, {b"g": file(CLASHING)})
    assert Status.PARTIAL is ported.status


def test_of_two_answers_the_last_one_counts() -> None:
    """Two records may answer the same region through different names of its file."""
    held, _ = port_one(PATCH, OLD, NEW)
    question = only_question(held)
    other = type(question)(question.places | {b"x"}, question.cause, question.sides)
    policy = policy_of(answer_to(other, Side.OURS), answer_to(question, Side.THEIRS))
    assert 2 == len(policy.resolutions.records)
    assert b"ten\n" == result_of(port_one(PATCH, OLD, NEW, policy)[0])


@EXAMPLES
@given(RANDOM)
def test_an_answer_settles_its_region_and_no_other(rng: Random) -> None:
    """Of any stack: that region gets the text; other regions and other files stay as they are."""
    story = some_story(rng)
    before = port(story.stack, story.old, story.new)
    held = list(asked_in(before))
    if not held:
        return
    picked = rng.choice(held)
    resolution = answer_to(picked.question, _some_answer(rng, picked))
    # The same question may come earlier as well: then it is answered there.
    first = next(one for one in held if resolution.answers(one.question))
    after = port(story.stack, story.old, story.new, policy_of(resolution))

    assert before.patches[: first.patch] == after.patches[: first.patch]
    _assert_settled(first, resolution, after.patches[first.patch])
    touched = {first.file.old_path, first.file.new_path}
    for one, other in zip(before.patches[first.patch :], after.patches[first.patch :], strict=True):
        for was, now in zip(one.files, other.files, strict=True):
            if {was.old_path, was.new_path, now.new_path} & touched - {None}:
                touched |= {was.old_path, was.new_path, now.new_path}
            else:
                assert _without_causes(was) == _without_causes(now)


def _some_answer(rng: Random, asked: Asked) -> Answer:
    """Where nothing but `ours` says something, that; of a link only what is a name."""
    if asked.question.cause is not HeldCause.OVERLAP:
        return Side.OURS
    sides = asked.question.sides
    is_at_end = any(
        lines[-1:] and not lines[-1].endswith(b"\n") for lines in (sides.base, sides.ours)
    )
    texts: tuple[Answer, ...] = () if is_at_end else ((), (b"decided\n", b"}\n"))
    return rng.choice((Side.OURS, Side.THEIRS, *texts))


def _without_causes(found: PortedFile) -> PortedFile:
    return replace(
        found,
        regions=tuple(
            replace(region, settlement=replace(region.settlement, consequence_of=None))
            if isinstance(region.settlement, Held)
            else region
            for region in found.regions
        ),
    )


def _assert_settled(first: Asked, resolution: Resolution, patch: PortedPatch) -> None:
    """The region is settled; those beside it are as they were."""
    now = next(
        found
        for found in patch.files
        if (found.old_path, len(found.regions)) == (first.file.old_path, len(first.file.regions))
        and any(_is_decided(region, resolution) for region in found.regions)
    )
    for before, after in zip(first.file.regions, now.regions, strict=True):
        assert (before.hunks, before.base, before.theirs, before.ours) == (
            after.hunks,
            after.base,
            after.theirs,
            after.ours,
        )
        if _asks_the_same(before, first):
            assert _is_decided(after, resolution)
        else:
            assert before.settlement == after.settlement


def _asks_the_same(region: Region, asked: Asked) -> bool:
    sides = (region.base.lines, region.theirs.lines, region.ours.lines)
    known = asked.question.sides
    return region.is_held and sides == (known.base, known.theirs, known.ours)


def _is_decided(region: Region, resolution: Resolution) -> bool:
    return region.settlement == Settled(RESOLUTION, WHY, resolution.result)


# --- whole files


@pytest.mark.parametrize(
    ("theirs", "new", "cause"),
    [
        pytest.param({b"f": file(PATCHED)}, {}, HeldCause.FILE_GONE, id="changed, gone"),
        pytest.param({b"f": program(TEXT)}, {}, HeldCause.FILE_GONE, id="mode, gone"),
        pytest.param({b"g": file(PATCHED)}, {}, HeldCause.FILE_GONE, id="renamed, gone"),
        pytest.param(
            {**OLD, b"n": file(b"new\n")},
            {**OLD, b"n": file(b"other\n")},
            HeldCause.FILE_EXISTS,
            id="created, there",
        ),
        pytest.param(
            {**OLD, b"n/x": file(b"new\n")},
            {**OLD, b"n": file(b"other\n")},
            HeldCause.FILE_EXISTS,
            id="created, a file in the way",
        ),
        pytest.param(
            {b"g": file(TEXT)},
            {**OLD, b"g": file(b"other\n")},
            HeldCause.FILE_EXISTS,
            id="renamed, there",
        ),
        pytest.param(
            {**OLD, b"n": program(b"new\n")},
            {**OLD, b"n": file(b"new\n")},
            HeldCause.MODE,
            id="created, other mode",
        ),
        pytest.param({}, {b"f": file(CLASHING)}, HeldCause.FILE_CHANGED, id="deleted, changed"),
        pytest.param({b"f": file(PATCHED)}, {b"f": link(b"x")}, HeldCause.KIND, id="now a link"),
    ],
)
def test_ours_answers_whatever_is_held(theirs: Files, new: Files, cause: HeldCause) -> None:
    """Upstream's state stays: the patch has nothing to do there, and carries nothing."""
    patch = diff(OLD, theirs, "-M", "-U1")
    held, before = port_one(patch, OLD, new)
    asked = [one.question for one in asked_in(before)]
    assert cause in [question.cause for question in asked]
    policy = policy_of(*(answer_to(question, Side.OURS) for question in asked))
    ported, whole = port_one(patch, OLD, new, policy)
    assert Status.CONFLICTED is held.status
    assert Status.RESOLVED is ported.status
    assert ported.is_dropped
    assert () == ported.held
    assert 0 == only_file(ported).carried
    left = {path: found for path, found in whole.result.items() if found is not None}
    assert left.items() <= new.items()


MADE = numbered(6, "ours")
UPSTREAMS = edited(MADE, (b"ours 3\nours 4\nours 5\n", b"trois\nquatre\ncinq\n")) + b"more\n"
"""Too far from `MADE` for it to be the same file in another form."""


@pytest.mark.parametrize(
    ("patch", "entry"),
    [
        pytest.param(diff({}, {b"d/n": file(MADE)}), Entry("1.patch"), id="git"),
        pytest.param(diff({}, {b"d/n": program(MADE)}), Entry("1.patch"), id="git, executable"),
        pytest.param(
            diff({}, {b"d/n": file(MADE)}, "--no-prefix"), Entry("1.patch", 0), id="git, -p0"
        ),
        pytest.param(
            diff({b"d/n": file(MADE)}, {}), Entry("1.patch", 1, is_reversed=True), id="git, -R"
        ),
        pytest.param(plain_diff("d/n", b"", MADE), Entry("1.patch"), id="plain, two names"),
        pytest.param(
            plain_diff("d/n", b"", MADE).replace(b"a/d/n", b"/dev/null", 1),
            Entry("1.patch"),
            id="plain",
        ),
        pytest.param(
            b"Index: d/n\n===\n"
            + plain_diff("d/n", b"", MADE).replace(b"a/d/n", b"d/n", 1).replace(b"b/d/n", b"d/n"),
            Entry("1.patch", 0),
            id="plain, -p0, Index",
        ),
        pytest.param(
            plain_diff("d/n", MADE, b"").replace(b"b/d/n", b"/dev/null", 1),
            Entry("1.patch", 1, is_reversed=True),
            id="plain, -R",
        ),
    ],
)
@pytest.mark.parametrize("answer", [Side.THEIRS, (b"both\n",), ()])
def test_a_file_that_upstream_made_as_well(patch: bytes, entry: Entry, answer: Answer) -> None:
    """Upstream's file becomes what was decided, and keeps its mode; a later patch goes on there."""
    later = diff({b"d/n": file(MADE)}, {b"d/n": file(edited(MADE, (b"ours 1\n", b"one\n")))})
    new = {b"d/n": file(UPSTREAMS)}
    stack = stack_of(patch, later, entries=[entry, Entry("2.patch")])
    held = port(stack, {}, new)
    assert HeldCause.FILE_EXISTS is why_held(held.patches[0]).cause
    ported = port(stack, {}, new, policy_of(answer_to(only_question(held.patches[0]), answer)))
    assert Status.RESOLVED is ported.patches[0].status
    assert () == ported.patches[0].held
    content = ported.patches[0].content
    assert content is not None
    assert b"file mode" not in content
    text = b"".join(answer) if isinstance(answer, tuple) else MADE
    if answer is Side.THEIRS:
        assert Status.UNCHANGED is ported.patches[1].status
        text = edited(text, (b"ours 1\n", b"one\n"))
    assert file(text) == ported.result[b"d/n"]


@pytest.mark.parametrize(
    ("patch", "entry"),
    [
        pytest.param(diff(OLD, {}), Entry("1.patch"), id="git"),
        pytest.param(diff(OLD, {}, "--no-prefix"), Entry("1.patch", 0), id="git, -p0"),
        pytest.param(diff({}, OLD), Entry("1.patch", 1, is_reversed=True), id="git, -R"),
        pytest.param(
            plain_diff("f", TEXT, b"").replace(b"b/f", b"/dev/null", 1),
            Entry("1.patch"),
            id="plain",
        ),
        pytest.param(
            plain_diff("f", b"", TEXT).replace(b"a/f", b"/dev/null", 1),
            Entry("1.patch", 1, is_reversed=True),
            id="plain, -R",
        ),
    ],
)
@pytest.mark.parametrize("place", [b"f", b"moved/f"])
def test_a_file_that_goes_though_upstream_changed_it(
    patch: bytes, entry: Entry, place: Path
) -> None:
    """With `theirs` it is deleted as upstream has it, wherever that is."""
    new = {place: file(edited(TEXT, line(10, b"dix")))}
    stack = stack_of(patch, entries=[entry])
    held = port(stack, OLD, new)
    assert HeldCause.FILE_CHANGED is why_held(held.patches[0]).cause
    policy = policy_of(answer_to(only_question(held.patches[0]), Side.THEIRS))
    ported = port(stack, OLD, new, policy)
    assert [Status.RESOLVED] == statuses(ported)
    assert b"" == result_of(ported.patches[0])
    assert ported.result[place] is None


@pytest.mark.parametrize(
    ("patch", "there"),
    [
        pytest.param(diff(OLD, {}), link(b"elsewhere"), id="a link now"),
        pytest.param(
            plain_diff("f", TEXT, b"").replace(b"b/f", b"/dev/null", 1), file(b""), id="empty now"
        ),
    ],
)
def test_a_deletion_that_patch_cannot_make_stays_held(patch: bytes, there: File) -> None:
    """The answer cannot be followed, so the region is still for a person."""
    ported, whole = decided(OLD, {b"f": there}, patch, Side.THEIRS)
    assert HeldCause.FILE_CHANGED is why_held(ported).cause
    assert {b"f": there} == whole


@pytest.mark.parametrize("answer", [Side.THEIRS, (b"text\n",)])
def test_an_answer_that_cannot_be_followed_leaves_the_region_held(answer: Answer) -> None:
    """Where upstream has no such file, only `ours` says something."""
    ported, whole = decided(
        OLD, {b"x": file(b"x\n")}, diff(OLD, {b"f": file(PATCHED)}, "-U9"), answer
    )
    assert HeldCause.FILE_GONE is why_held(ported).cause
    assert {b"x": file(b"x\n")} == whole


# --- consequences


def test_what_followed_from_a_decided_region_stands_for_itself() -> None:
    """A later region names an earlier one as its cause only as long as that is held."""
    versions: list[Files] = [{}, {b"n": file(MADE)}]
    versions.append({b"n": file(edited(MADE, (b"ours 4\n", b"four\n")))})
    stack = stack_of(*(diff(one, two) for one, two in pairwise(versions)))
    new = {b"n": file(UPSTREAMS)}
    held = port(stack, {}, new)
    assert why_held(held.patches[1]).consequence_of is not None
    policy = policy_of(answer_to(only_question(held.patches[0]), Side.OURS))
    ported = port(stack, {}, new, policy)
    assert [Status.RESOLVED, Status.CONFLICTED] == statuses(ported)
    assert why_held(ported.patches[1]).consequence_of is None
    assert new == ported.result


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(PATCH.replace(b" line 9\n", b" LINE 9\n"), id="rejected"),
        pytest.param(PATCH.replace(b" 100644\n", b" 160000\n"), id="unsupported"),
    ],
)
def test_a_broken_patch_asks_nothing(broken: bytes) -> None:
    """What does not apply to its own base cannot be answered: the patch is to be mended."""
    held = port(stack_of(broken), OLD, NEW, Policy(max_fuzz=0))
    assert [Status.BROKEN] == statuses(held)
    assert [] == list(asked_in(held))


def test_a_file_is_as_good_as_what_is_left_of_it() -> None:
    """One of two regions decided: the other one is held, and the patch is partial."""
    patch = diff(OLD, {b"f": file(edited(TEXT, line(3, b"three"), line(10, b"ten")))}, "-U1")
    new = {b"f": file(edited(TEXT, line(3, b"trois"), line(10, b"dix")))}
    first, second = asked_in(port(stack_of(patch), OLD, new))
    ported, whole = port_one(patch, OLD, new, policy_of(answer_to(first.question, Side.THEIRS)))
    assert Status.PARTIAL is ported.status
    assert [second.region] == list(ported.held)
    assert file(edited(TEXT, line(3, b"three"), line(10, b"dix"))) == whole.result[b"f"]
    assert (2, 1) == (only_file(ported).hunks, only_file(ported).carried)
