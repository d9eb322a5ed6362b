"""Where each rule fires and where it must not; GNU patch proves every outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from patchkit.engine.policy import Policy
from patchkit.engine.rules import CERTAIN_RULES, RULES, Certainty
from patchkit.model.report import Held, PortedPatch, Settled, Sides, Status
from patchkit.model.tree import split_lines
from tests.strategies.stories import RANDOM

from .generating import edited_content, some_content, some_story
from .making import file, numbered, plain_diff, port, port_one
from .test_laws import EXAMPLES

BEFORE, AFTER = numbered(9, "before"), numbered(9, "after")
BY_NAME = {rule.name: rule for rule in RULES}
NOBODY = "held, nothing suggested"


def text(lines: str) -> bytes:
    """Words are lines; `_` stands for a space, `~` for CR, `.` for no line."""
    words = () if lines == "." else lines.split(" ")
    return b"".join(word.replace("_", " ").replace("~", "\r").encode() + b"\n" for word in words)


def sides_of(base: str, theirs: str, ours: str) -> Sides:
    """The three sides of a region."""
    return Sides(*(tuple(split_lines(text(side))) for side in (base, theirs, ours)))


def ported_of(
    base: str, theirs: str, ours: str, policy: Policy | None = None
) -> tuple[PortedPatch, bytes]:
    """What becomes of the region in the middle of a file, and the text that ours has there."""
    before, after, new = (BEFORE + text(side) + AFTER for side in (base, theirs, ours))
    patch = plain_diff("f", before, after)
    never_absorbed = replace(policy or Policy(), absorbed_from=2.0)
    ported, whole = port_one(patch, {b"f": file(before)}, {b"f": file(new)}, never_absorbed)
    found = whole.result[b"f"]
    assert found is not None
    assert found.content.startswith(BEFORE)
    assert found.content.endswith(AFTER)
    return ported, found.content[len(BEFORE) : -len(AFTER)]


def settled_by(ported: PortedPatch) -> str:
    """The one rule that settled or suggested something."""
    ((_, region),) = ((found, one) for found in ported.files for one in found.regions)
    match region.settlement:
        case Settled(rule):
            return rule
        case Held(_, _, _, suggestion):
            return NOBODY if suggestion is None else suggestion.rule


FIRES = [
    # already-there: white space aside, in another order, with something else besides
    ("already-there", "aa zz", "aa new1 zz", "aa more __new1 zz", "aa more __new1 zz"),
    ("already-there", "aa zz", "aa new1 new2 zz", "aa new2 new1 zz", "aa new2 new1 zz"),
    ("already-there", "aa old1 zz", "aa new1 zz", "aa new1 more zz", "aa new1 more zz"),
    # touching: lines that follow each other, deletions, insertions at an edge
    ("touching", "aa bb", "a1 bb", "aa b1", "a1 b1"),
    ("touching", "aa bb", "aa b1", "a1 bb", "a1 b1"),
    ("touching", "aa bb cc", "a1 bb cc", "aa cc", "a1 cc"),
    ("touching", "aa bb", "aa new1 bb", "aa b1", "aa new1 b1"),
    ("touching", "aa bb", "a1 a2 bb", "aa new1 bb", "a1 a2 new1 bb"),
    ("touching", "aa bb cc dd", "a1 bb cc d1", "aa bb c1 dd", "a1 bb c1 d1"),
    ("touching", "aa~ bb~", "a1~ bb~", "aa~ b1~", "a1~ b1~"),
    # deletes-retouched
    ("deletes-retouched", "aa bb cc dd ee", ".", "aa bb c1 dd ee", "."),
    ("deletes-retouched", "aa bb cc dd ee", ".", "aa bb cc new1 new2 dd ee", "."),
    ("deletes-retouched", "aa bb cc dd ee", ".", "aa bb dd ee", "."),
    # spacing
    ("spacing", "a__b c__d", "a__x c__d", "a_b c_d", "a__x c_d"),
    ("spacing", "ab cd", "ax cd", "ab_ cd__", "ax cd__"),
    ("spacing", "a__b c__d", "c__d", "a_b c_d", "c_d"),
]

CERTAIN_MISSES = [
    # identical and already-there: not all of it is there
    ("aa zz", "aa new1 new2 zz", "aa new1 zz", NOBODY),
    ("aa zz", "aa new1 zz", "aa new2 zz", "both-insert"),
    ("aa bb old1 zz", "aa b1 zz", "aa b1 old1 zz", NOBODY),
    # already-there: what it removes came back in another form
    ("aa f_(_1_,_2_) zz", "aa zz", "aa f_(_1_,_3_) zz", NOBODY),
    # already-there: nothing added that could be recognised; what is only gone may have moved
    ("aa old1 old2 zz", "aa old2 zz", "aa zz", "upstream-deleted"),
    ("aa zz", "aa } zz", "aa } ) zz", "both-insert"),
    # touching: the same line, the same place
    ("aa bb", "a1 bb", "a2 bb", NOBODY),
    ("aa bb", "aa new1 bb", "aa new2 bb", "both-insert"),
    ("aa bb cc", "a1 b1 cc", "aa b2 c2", NOBODY),
    # touching: an insertion that could stand at two places
    ("aa xx zz", "aa one zz", "aa xx xx zz", NOBODY),
    # touching, spacing: the line ends would be mixed
    ("aa~ bb~", "aa~ x1~ bb~", "aa bb", NOBODY),
    ("aa~ bb~", "aa~ x1~", "aa bb", "words"),
    # deletes-retouched: at an edge, too much of it, put back by the patch
    ("aa bb cc dd ee", ".", "aa bb cc dd e1", NOBODY),
    ("aa bb cc dd ee", ".", "a1 bb cc dd ee", NOBODY),
    ("aa bb cc dd ee", ".", "aa b1 c1 d1 ee", NOBODY),
    ("aa bb cc dd ee", "new1", "aa bb c1 dd ee", NOBODY),
    # spacing: the indentation, another word, one line for two, equal lines spaced otherwise
    ("a__b cc", "x__b cc", "_a__b cc", "words"),
    ("a__b cc", "x__b cc", "a_b c1", "words"),
    ("a__b c__d", "x__b c__d", "a_b_c__d", NOBODY),
    ("a__b a__b", "x__b a__b", "a_b a___b", "words"),
]

SUGGESTED = [
    ("words", "f(a,b)", "f(x,b)", "f(a,y)", "f(x,y)"),
    ("words", "f(a,b) g(c)", "f(x,b) g(d)", "f(a,y) g(c)", "f(x,y) g(d)"),
    ("both-insert", "aa zz", "aa x1 x2 zz", "aa y1 zz", "aa y1 x1 x2 zz"),
    ("reindented", "aa bb", "a1 a2 bb", "__aa __bb", "__a1 __a2 __bb"),
    ("reindented", "__aa __bb", "__a1 __a2 __bb", "aa bb", "a1 a2 bb"),
    ("renamed", "f(aa)+aa", "g(aa) h(aa)+aa", "f(bb)+bb", "g(bb) h(bb)+bb"),
    ("upstream-deleted", "aa bb", "a1 bb", ".", "."),
    ("upstream-deleted", "aa bb", "a1 b1 c1", ".", "."),
]

SUGGESTED_MISSES = [
    # words: the same word, words that touch are no word apart, another number of lines
    ("words", "f(a,b)", "f(x,b)", "f(y,b)"),
    ("words", "f(a,b)", "f(x,b)", "f(a,y) g(c)"),
    # both-insert: one of them replaces, or inserts twice
    ("both-insert", "aa zz", "aa x1 z1", "aa y1 zz"),
    ("both-insert", "aa mm zz", "aa x1 mm x2 zz", "aa y1 mm zz"),
    # reindented: not all of them alike, a word changed, a line that has nothing to take away
    ("reindented", "aa bb", "a1 a2 bb", "__aa ___bb"),
    ("reindented", "aa bb", "a1 a2 bb", "__aa __b2"),
    ("reindented", "__aa __bb", "__a1 a2 __bb", "aa bb"),
    # renamed: one name became two, two became one, a number changed, words came
    ("renamed", "f(aa)+aa", "g(aa) h(aa)", "f(bb)+cc"),
    ("renamed", "f(aa)+cc", "g(aa) h(cc)", "f(bb)+bb"),
    ("renamed", "f(aa)+1", "g(aa) h(aa)", "f(bb)+2"),
    ("renamed", "f(aa)", "g(aa) h(aa)", "f(bb,1)"),
    # upstream-deleted: something is left, or the patch only inserts
    ("upstream-deleted", "aa bb", "a1 bb", "bb"),
    ("upstream-deleted", "aa bb", "aa x1 bb", "."),
]


@pytest.mark.parametrize(("rule", "base", "theirs", "ours", "result"), FIRES)
def test_a_certain_rule_fires(rule: str, base: str, theirs: str, ours: str, result: str) -> None:
    """Its result goes into ours; the patch is for review, or dropped when nothing is left."""
    ported, found = ported_of(base, theirs, ours)
    assert rule == settled_by(ported)
    assert text(result) == found
    assert ported.status.is_dropped is (text(result) == text(ours))
    assert ported.status.is_dropped or Status.RESOLVED is ported.status
    assert Certainty.CERTAIN is BY_NAME[rule].certainty


@pytest.mark.parametrize(("base", "theirs", "ours", "suggested"), CERTAIN_MISSES)
def test_no_certain_rule_fires(base: str, theirs: str, ours: str, suggested: str) -> None:
    """A precondition that does not hold leaves the region to a person, and ours its text."""
    ported, found = ported_of(base, theirs, ours)
    assert Status.CONFLICTED is ported.status
    assert text(ours) == found
    assert suggested == settled_by(ported)


@pytest.mark.parametrize(("rule", "base", "theirs", "ours", "result"), SUGGESTED)
def test_a_suggested_rule_fires(rule: str, base: str, theirs: str, ours: str, result: str) -> None:
    """Its result stands beside the held region; made certain by a policy, it goes into ours."""
    assert tuple(split_lines(text(result))) == BY_NAME[rule].settle(sides_of(base, theirs, ours))
    ported, found = ported_of(base, theirs, ours)
    assert text(ours) == found
    assert rule == settled_by(ported)
    rules = (*CERTAIN_RULES, BY_NAME[rule])
    _, found = ported_of(base, theirs, ours, Policy(rules=rules))
    assert text(result) == found


@pytest.mark.parametrize(("rule", "base", "theirs", "ours"), SUGGESTED_MISSES)
def test_a_suggested_rule_does_not_fire(rule: str, base: str, theirs: str, ours: str) -> None:
    """A precondition that does not hold gives no suggestion of that name."""
    assert BY_NAME[rule].settle(sides_of(base, theirs, ours)) is None


def test_a_file_that_is_emptied_is_left_to_a_person() -> None:
    """Upstream retouched it: as for a deletion of the whole file, no rule decides."""
    old, new = numbered(20), numbered(20).replace(b"line 10\n", b"upstream\n")
    ported, whole = port_one(plain_diff("f", old, b""), {b"f": file(old)}, {b"f": file(new)})
    assert Status.CONFLICTED is ported.status
    assert file(new) == whole.result[b"f"]


def test_rules_are_tried_in_their_order() -> None:
    """The first one whose precondition holds is taken."""
    ported, _ = ported_of("a__b cc", "a__b c1", "a_b c1")
    assert "already-there" == settled_by(ported)
    reordered = tuple(rule for rule in CERTAIN_RULES if rule.name != "already-there")
    ported, _ = ported_of("a__b cc", "a__b c1", "a_b c1", Policy(rules=reordered))
    assert "already-there" != settled_by(ported)


@pytest.mark.parametrize("side", ["missing in ours", "missing in theirs"])
def test_a_last_line_without_newline_is_never_put_in_the_middle(side: str) -> None:
    """What a rule makes must be able to stand there."""
    base, theirs, ours = BEFORE + b"aa\nbb", BEFORE + b"a1\nbb", BEFORE + b"aa\nb1\nb2"
    if side == "missing in theirs":
        base, theirs, ours = BEFORE + b"aa\n", BEFORE + b"aa\nb1", BEFORE + b"aa\nc1\nc2\n"
    ported, whole = port_one(plain_diff("f", base, theirs), {b"f": file(base)}, {b"f": file(ours)})
    found = whole.result[b"f"]
    assert found is not None
    if side == "missing in ours":
        assert (Status.RESOLVED, BEFORE + b"a1\nb1\nb2") == (ported.status, found.content)
    else:
        assert (Status.CONFLICTED, ours) == (ported.status, found.content)


# --- laws


def _some_sides(rng: Random) -> tuple[bytes, bytes, bytes]:
    base = some_content(rng, 12)
    return base, edited_content(rng, base, b"theirs"), edited_content(rng, base, b"ours")


@EXAMPLES
@given(RANDOM)
def test_certain_rules_invent_no_lines(rng: Random) -> None:
    """Every line of a result stands on one of the three sides."""
    sides = Sides(*(tuple(split_lines(side)) for side in _some_sides(rng)))
    for rule in CERTAIN_RULES:
        result = rule.settle(sides)
        if result is not None:
            assert set(result) <= {*sides.base, *sides.theirs, *sides.ours}, rule.name


@EXAMPLES
@given(RANDOM)
def test_touching_makes_every_change_once(rng: Random) -> None:
    """What each side adds is there as often as it adds it, and what it takes is gone."""
    sides = Sides(*(tuple(split_lines(side)) for side in _some_sides(rng)))
    result = BY_NAME["touching"].settle(sides)
    if result is not None:
        assert Counter(result) + Counter(sides.base) == Counter(sides.theirs) + Counter(sides.ours)


@EXAMPLES
@given(RANDOM)
def test_touching_knows_no_sides_and_no_direction(rng: Random) -> None:
    """Exchanged or read backwards, the same comes out."""
    sides = Sides(*(tuple(split_lines(side)) for side in _some_sides(rng)))
    settle = BY_NAME["touching"].settle
    result = settle(sides)
    backwards = settle(Sides(sides.base[::-1], sides.theirs[::-1], sides.ours[::-1]))
    assert result == (None if backwards is None else backwards[::-1])


@EXAMPLES
@given(RANDOM)
def test_what_upstream_left_alone_is_as_the_patch_has_it(rng: Random) -> None:
    """Where ours is base, no rule makes anything but theirs of it."""
    base, theirs, _ = (tuple(split_lines(side)) for side in _some_sides(rng))
    for rule in RULES:
        assert rule.settle(Sides(base, theirs, base)) in (None, theirs), rule.name


@EXAMPLES
@given(RANDOM)
def test_suggestions_change_no_outcome(rng: Random) -> None:
    """Without them, everything but the suggestions is the same, of any stack."""
    story = some_story(rng)
    with_them = port(story.stack, story.old, story.new)
    without = port(story.stack, story.old, story.new, Policy(suggestions=()))
    assert without.result == with_them.result
    # What is doubtful is suggested as it was placed, with or without rules.
    one, other = (tuple(map(_unsuggested, done.patches)) for done in (without, with_them))
    assert one == other


def _unsuggested(patch: PortedPatch) -> PortedPatch:
    files = tuple(
        replace(
            found,
            regions=tuple(
                replace(region, settlement=replace(region.settlement, suggestion=None))
                if isinstance(region.settlement, Held)
                else region
                for region in found.regions
            ),
        )
        for found in patch.files
    )
    return replace(patch, files=files)


@EXAMPLES
@given(RANDOM)
def test_rules_only_settle_what_is_held_without_them(rng: Random) -> None:
    """Of one patch, the regions are the same ones: each is held, or settled, and no other file
    changes."""
    base, theirs, ours = _some_sides(rng)
    patch = plain_diff("f", base, theirs)
    if not base or not patch:
        return
    old, new = {b"f": file(base)}, {b"f": file(ours)}
    plain = Policy(absorbed_from=2.0)
    ruled, _ = port_one(patch, old, new, plain)
    bare, _ = port_one(patch, old, new, replace(plain, rules=()))
    if any(found.followed for found in (*ruled.files, *bare.files)):
        return
    assert [(one.base, one.theirs, one.ours) for found in bare.files for one in found.regions] == [
        (one.base, one.theirs, one.ours) for found in ruled.files for one in found.regions
    ]
    held = {(one.base, one.theirs) for found in ruled.files for one in found.held}
    assert held <= {(one.base, one.theirs) for found in bare.files for one in found.held}
