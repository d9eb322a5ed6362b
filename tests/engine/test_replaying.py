"""Held regions followed through real git repositories, made for the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack, port_stack
from patchkit.engine.replaying import REPLAY, explain
from patchkit.engine.rules import CERTAIN_RULES, IDENTICAL
from patchkit.model.report import Held, HeldCause, PortedPatch
from patchkit.model.stack import Stack
from patchkit.model.tree import split_lines
from patchkit.sources.upstream import open_upstream

from ..sources.commits import Contents, Made
from .making import diff, edited, file, link, numbered, plain_diff, stack_of, why_held
from .remembered import RememberedHistory

TEXT = numbered(30)
NAME = b"src/f"
BARE = Policy(rules=(IDENTICAL,), suggestions=())
"""No rules but the one that everything rests on, so that whatever meets is held."""


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An empty repository."""
    return Made(tmp_path / "upstream.git")


def changed(content: bytes, *numbers: int, to: str = "upstream") -> bytes:
    """The file with these lines changed."""
    pairs = [(b"line %d\n" % at, b"%b %d\n" % (to.encode(), at)) for at in numbers]
    return edited(content, *pairs)


def patch_of(*numbers: int, base: bytes = TEXT) -> bytes:
    """A patch that changes these lines."""
    return plain_diff(NAME.decode(), base, changed(base, *numbers, to="patch"))


def explained(
    made: Made, old: str, new: str, stack: Stack, policy: Policy = BARE
) -> tuple[PortedPatch, ...]:
    """The stack ported between two commits, with what history says."""
    upstream = open_upstream(str(made.git_dir))
    history = upstream.history(old, new)
    assert history is not None
    before, after = upstream.tree(old), upstream.tree(new)
    ported = port_stack(stack, before, after, policy)
    patches = explain(ported, stack, before, history, policy)
    upstream.close()
    return patches


def culprit(patches: tuple[PortedPatch, ...]) -> str | None:
    """The subject of the commit that made the one held region of the last patch."""
    commit = why_held(patches[-1]).made_by
    return None if commit is None else commit.subject


def steps(*contents: tuple[str, bytes]) -> list[tuple[str, Contents]]:
    """Commits that each leave the one file with a content."""
    return [(message, {NAME: content}) for message, content in contents]


def test_the_commit_that_touched_the_line(made: Made) -> None:
    """Of several commits to the file it is the one at the place, with its diff there and no
    other."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old,
        *steps(
            ("above", numbered(3, "new") + TEXT),
            ("the one", numbered(3, "new") + changed(TEXT, 12, 25)),
            ("below", numbered(3, "new") + changed(TEXT, 12, 25, 20)),
        ),
    )
    patches = explained(made, old, new, stack_of(patch_of(12)))
    assert culprit(patches) == "the one"
    commit = why_held(patches[0]).made_by
    assert commit is not None
    assert commit.author == "A U Thor"
    assert commit.diff.startswith(b"--- a/src/f\n+++ b/src/f\n@@ -12,7 +12,7 @@\n")
    assert b"-line 12\n+upstream 12\n" in commit.diff
    assert b"25" not in commit.diff


def test_what_a_diff_shows_together_is_shown(made: Made) -> None:
    """A change near the place stands in the same hunk, one further away does not."""
    old = made.commit({NAME: TEXT})
    (new,) = made.line(old, *steps(("the one", changed(TEXT, 12, 15, 28))))
    commit = why_held(explained(made, old, new, stack_of(patch_of(12)))[0]).made_by
    assert commit is not None
    assert plain_diff(NAME.decode(), TEXT, changed(TEXT, 12, 15)) == commit.diff


def test_what_upstream_took_back_is_not_the_cause(made: Made) -> None:
    """A change and its revert leave the commit after them to blame."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old,
        *steps(
            ("change", changed(TEXT, 12)),
            ("revert", TEXT),
            ("the one", changed(TEXT, 13)),
        ),
    )
    assert culprit(explained(made, old, new, stack_of(patch_of(12)))) == "the one"


def test_a_step_that_a_rule_settles_is_gone_past(made: Made) -> None:
    """Lines that only touch are settled by a certain rule; the commit where that fails is it."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old,
        *steps(
            ("next to it", changed(TEXT, 13)),
            ("the one", TEXT.replace(b"line 12\nline 13\n", b"")),
        ),
    )
    stack = stack_of(patch_of(12))
    with_rules = Policy(rules=CERTAIN_RULES, suggestions=())
    assert culprit(explained(made, old, new, stack, with_rules)) == "the one"
    assert culprit(explained(made, old, new, stack)) == "next to it"


def test_the_commit_inside_of_a_merge(made: Made) -> None:
    """Not the merge is named but the commit that came in with it; else the merge itself."""
    old = made.commit({NAME: TEXT})
    (trunk,) = made.line(old, *steps(("trunk", changed(TEXT, 2))))
    side = made.line(old, *steps(("side", changed(TEXT, 20)), ("the one", changed(TEXT, 20, 12))))
    good = made.commit({NAME: changed(TEXT, 2, 20, 12)}, trunk, side[-1], message="merge")
    assert culprit(explained(made, old, good, stack_of(patch_of(12)))) == "the one"
    evil = made.commit({NAME: changed(TEXT, 2, 20, 12)}, trunk, side[0], message="evil merge")
    assert culprit(explained(made, old, evil, stack_of(patch_of(12)))) == "evil merge"


def test_a_renamed_file(made: Made) -> None:
    """The commit is found after the file was moved, in the file at its new place."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old, ("moved", {b"lib/f": TEXT}), ("the one", {b"lib/f": changed(TEXT, 12)})
    )
    patches = explained(made, old, new, stack_of(patch_of(12)))
    assert culprit(patches) == "the one"
    commit = why_held(patches[0]).made_by
    assert commit is not None
    assert commit.diff.startswith(b"--- a/lib/f\n+++ b/lib/f\n")


def test_a_file_that_is_gone(made: Made) -> None:
    """The commit that deleted it, also inside of a merge; and that which moved it so that nobody
    would know it now."""
    old = made.commit({NAME: TEXT, b"g": b""})
    (side,) = made.line(old, ("the one", {b"g": b""}))
    (trunk,) = made.line(old, ("trunk", {NAME: TEXT, b"g": b"g\n"}))
    merge = made.commit({b"g": b"g\n"}, trunk, side, message="merge")
    patches = explained(made, old, merge, stack_of(patch_of(12)))
    assert why_held(patches[0]).cause is HeldCause.FILE_GONE
    assert culprit(patches) == "the one"
    *_, new = made.line(old, ("moved", {b"lib/f": TEXT}), ("rewritten", {b"lib/f": b"other\n"}))
    patches = explained(made, old, new, stack_of(patch_of(12)))
    commit = why_held(patches[0]).made_by
    assert commit is not None
    assert (commit.subject, commit.diff) == ("moved", b"rename from src/f\nrename to lib/f\n")


def test_files_that_came_or_changed(made: Made) -> None:
    """A file in the way, one that the patch deletes, and a mode."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old,
        ("made it", {NAME: TEXT, b"new": b"theirs\n"}),
        ("the one", {NAME: changed(TEXT, 3), b"new": b"theirs, too\n"}),
    )
    creation = diff({}, {b"new": file(b"ours\n")})
    assert culprit(explained(made, old, new, stack_of(creation))) == "made it"
    deletion = diff({NAME: file(TEXT)}, {})
    patches = explained(made, old, new, stack_of(deletion))
    assert why_held(patches[0]).cause is HeldCause.FILE_CHANGED
    assert culprit(patches) == "the one"


def test_a_file_that_became_a_link(made: Made) -> None:
    """The commit that changed the kind of the file, inside of a merge."""
    old = made.commit({NAME: TEXT})
    (trunk,) = made.line(old, *steps(("trunk", changed(TEXT, 3))))
    (side,) = made.line(old, ("the one", {NAME: link(b"g")}))
    new = made.commit({NAME: link(b"g")}, trunk, side, message="merge")
    patches = explained(made, old, new, stack_of(patch_of(12)))
    assert why_held(patches[0]).cause is HeldCause.KIND
    assert culprit(patches) == "the one"


def test_a_link_that_changed_later(made: Made) -> None:
    """Where a link points to is no kind of file: the commits that changed that are not named."""
    old = made.commit({NAME: TEXT})
    (trunk,) = made.line(old, *steps(("trunk", changed(TEXT, 3))))
    *_, side = made.line(old, ("the one", {NAME: link(b"g")}), ("target", {NAME: link(b"h")}))
    merge = made.commit({NAME: link(b"h")}, trunk, side, message="merge")
    (new,) = made.line(merge, ("later", {NAME: link(b"i")}))
    assert culprit(explained(made, old, new, stack_of(patch_of(12)))) == "the one"


@pytest.mark.parametrize("at", [1, 30])
def test_the_ends_of_a_file(made: Made, at: int) -> None:
    """Where both insert before the first line or after the last, there is no line on one side."""
    old = made.commit({NAME: TEXT})
    above, below = (b"%b\n", b"") if at == 1 else (b"", b"%b\n")

    def around(word: bytes, content: bytes) -> bytes:
        return above.replace(b"%b", word) + content + below.replace(b"%b", word)

    *_, new = made.line(
        old,
        *steps(
            ("inside", changed(TEXT, 2, 29)),
            ("the one", around(b"upstream", changed(TEXT, 2, 29))),
            ("inside again", around(b"upstream", changed(TEXT, 2, 29, 15))),
        ),
    )
    patch = plain_diff(NAME.decode(), TEXT, around(b"patch", TEXT))
    assert culprit(explained(made, old, new, stack_of(patch))) == "the one"


def test_a_long_diff_is_cut(made: Made) -> None:
    """Of a file that was written anew the report gets the beginning, and how much there is more."""
    old = made.commit({NAME: TEXT})
    (new,) = made.line(old, *steps(("the one", numbered(900, "other") + b"line 1\n")))
    commit = why_held(explained(made, old, new, stack_of(patch_of(12)))[0]).made_by
    assert commit is not None
    assert commit.diff.count(b"\n") < 250
    assert commit.diff.endswith(b" more lines]\n")


def test_branches_that_parted(made: Made) -> None:
    """A backport to the old version does not hide the commit after its original; a change that only
    the old version has is named itself."""
    fork = made.commit({NAME: TEXT})
    (old,) = made.line(fork, *steps(("backport", changed(TEXT, 12))))
    *_, new = made.line(
        fork, *steps(("original", changed(TEXT, 12)), ("the one", changed(TEXT, 13, 12)))
    )
    base = changed(TEXT, 12)
    patch = plain_diff(NAME.decode(), base, base.replace(b"upstream 12\n", b"patch 12\n"))
    assert culprit(explained(made, old, new, stack_of(patch))) == "the one"
    (without,) = made.line(fork, *steps(("elsewhere", changed(TEXT, 28))))
    assert culprit(explained(made, old, without, stack_of(patch))) == "backport"


def test_all_that_a_backport_did_to_the_file_is_shown(made: Made) -> None:
    """Nobody can say which of it the new version lacks on purpose."""
    fork = made.commit({NAME: TEXT})
    base = changed(TEXT, 3, 12, 28)
    (old,) = made.line(fork, *steps(("backport", base)))
    (new,) = made.line(fork, *steps(("elsewhere", changed(TEXT, 20))))
    patch = plain_diff(NAME.decode(), base, base.replace(b"upstream 12\n", b"patch 12\n"))
    commit = why_held(explained(made, old, new, stack_of(patch))[0]).made_by
    assert commit is not None
    assert ("backport", plain_diff(NAME.decode(), TEXT, base)) == (commit.subject, commit.diff)


def test_a_file_that_an_earlier_patch_changed(made: Made) -> None:
    """The place is found although earlier patches moved it, and next to what they brought."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(old, *steps(("far", changed(TEXT, 25)), ("the one", changed(TEXT, 25, 12))))
    first = TEXT.replace(b"line 3\n", b"line 3\n" + numbered(6, "first"))
    second = first.replace(b"line 11\n", b"line 11\nsecond\n")
    stack = stack_of(
        plain_diff(NAME.decode(), TEXT, first),
        plain_diff(NAME.decode(), first, second),
        plain_diff(NAME.decode(), second, second.replace(b"second\nline 12\n", b"third\n")),
    )
    patches = explained(made, old, new, stack)
    causes = {
        patch.name: region.settlement.made_by.subject
        for patch in patches
        for region in patch.held
        if isinstance(region.settlement, Held) and region.settlement.made_by is not None
    }
    assert set(causes.values()) == {"the one"}


def test_a_change_that_upstream_made_and_went_on_from(made: Made) -> None:
    """Upstream did just what the patch does, and changed it since: the replay suggests to keep what
    upstream has; nothing is taken by itself."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(
        old,
        *steps(
            ("same change", changed(TEXT, 12, to="patch")),
            ("further", changed(TEXT, 12, to="further")),
        ),
    )
    patches = explained(made, old, new, stack_of(patch_of(12)))
    held = why_held(patches[0])
    assert held.made_by is not None
    assert held.made_by.subject == "same change"
    assert held.suggestion is not None
    assert held.suggestion.rule == REPLAY
    assert held.suggestion.result == (b"further 12\n",)
    assert held.made_by.identity[:12] in held.suggestion.note


def test_a_change_that_merges_in_small_steps(made: Made) -> None:
    """Upstream changed white space in the line, then the line below: a certain rule settles each of
    them, and none the two at once. The text that comes of it is suggested."""
    old = made.commit({NAME: TEXT})
    spaced = TEXT.replace(b"line 12\n", b"line  12\n")
    *_, new = made.line(
        old,
        *steps(("spaced", spaced), ("far", changed(spaced, 28)), ("below", changed(spaced, 13))),
    )
    policy = Policy(rules=CERTAIN_RULES, suggestions=())
    held = why_held(explained(made, old, new, stack_of(patch_of(12)), policy)[0])
    assert held.made_by is not None
    assert held.made_by.subject == "spaced"
    assert held.suggestion is not None
    assert held.suggestion.rule == REPLAY
    assert held.suggestion.result == (b"patch 12\n", b"upstream 13\n")


def test_consequences_and_broken_patches_are_left_alone(made: Made) -> None:
    """A region that another one caused needs no commit, nor does a hunk that never applied."""
    old = made.commit({NAME: TEXT})
    (new,) = made.line(old, *steps(("the one", changed(TEXT, 12))))
    base = changed(TEXT, 12, to="patch")
    follows = plain_diff(NAME.decode(), base, base.replace(b"patch 12\n", b"patch 12b\n"))
    broken = plain_diff("none", b"a\n", b"b\n")
    patches = explained(made, old, new, stack_of(patch_of(12), follows, broken))
    assert why_held(patches[0]).made_by is not None
    assert why_held(patches[1]).consequence_of is not None
    assert why_held(patches[1]).made_by is None
    assert why_held(patches[2]).made_by is None


def test_a_partial_clone(made: Made, tmp_path: Path) -> None:
    """The same from a URL, whose clone in the cache has no history and no contents at first."""
    old = made.commit({NAME: TEXT})
    *_, new = made.line(old, *steps(("a", changed(TEXT, 2)), ("the one", changed(TEXT, 2, 12))))
    made.tag("v1", old)
    made.tag("v2", new)
    upstream = open_upstream(f"file://{made.git_dir}", cache=tmp_path / "cache")
    stack = stack_of(patch_of(12))
    ported = port_stack(stack, upstream.tree("1"), upstream.tree("2"), BARE)
    history = upstream.history("1", "2")
    assert history is not None
    assert culprit(explain(ported, stack, upstream.tree("1"), history, BARE)) == "the one"
    upstream.close()


@given(
    touched=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    wanted=st.integers(1, 9),
)
def test_the_first_commit_at_the_place_is_named(touched: list[int], wanted: int) -> None:
    """Where every commit changes one line for good, and the patch's line is held, it is the first
    that changed that line or one beside it. A replay invents no line."""
    texts = [numbered(9)]
    for step, number in enumerate(touched):
        lines = split_lines(texts[-1])
        lines[number - 1] = b"commit %d\n" % step
        texts.append(b"".join(lines))
    patch = patch_of(wanted, base=texts[0])
    stack = stack_of(patch)
    history = RememberedHistory(NAME, texts)
    ported: PortedStack = port_stack(stack, history.tree(0), history.tree(-1), BARE)
    (after,) = explain(ported, stack, history.tree(0), history, BARE)
    near = [step for step, number in enumerate(touched) if abs(number - wanted) <= 1]
    if not after.held:
        assert wanted not in touched
        return
    held = why_held(after)
    assert held.made_by is not None
    assert held.made_by.subject == f"commit {near[0]}"
    if held.suggestion is not None:
        assert {*held.suggestion.result} <= {*split_lines(texts[-1]), b"patch %d\n" % wanted}
