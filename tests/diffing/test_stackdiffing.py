"""A stack beside another one: laws and stories."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.patch import LineKind
from patchkit.model.stackdiff import ComparedLine, Likeness, Side, Standing
from tests.diffing.stackmaking import compared, patch_named, stack, text_patch, words

_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")
_PATCHES = {f"{word}.patch": text_patch(word) for word in _WORDS}
_subsets = st.lists(st.sampled_from(sorted(_PATCHES)), unique=True)
_ALPHA = _PATCHES["alpha.patch"]


def _of(names: list[str]) -> Mapping[str, bytes]:
    return {name: _PATCHES[name] for name in names}


@given(_subsets)
def test_a_stack_is_the_same_as_itself(names: list[str]) -> None:
    """Nothing differs, and every patch stands there once."""
    found = compared(stack(_of(names)), stack(_of(names)))
    assert found.is_same
    assert names == [patch.name for patch in found.patches]


@given(_subsets, _subsets)
def test_swapping_the_stacks_swaps_added_and_dropped(old: list[str], new: list[str]) -> None:
    """And as many patches moved, in either direction."""
    there = dict(compared(stack(_of(old)), stack(_of(new))).counts())
    back = dict(compared(stack(_of(new)), stack(_of(old))).counts())
    assert there.get(Standing.ADDED) == back.get(Standing.DROPPED)
    assert there.get(Standing.DROPPED) == back.get(Standing.ADDED)
    assert there.get(Standing.MOVED) == back.get(Standing.MOVED)


@given(st.permutations(sorted(_PATCHES)))
def test_a_permutation_is_only_moved(names: list[str]) -> None:
    """Those that are not said to have moved stand in their old order, and no more could."""
    found = compared(stack(_of(sorted(_PATCHES))), stack(_of(names)))
    assert {Standing.SAME, Standing.MOVED} >= {patch.standing for patch in found.patches}
    stayed = [patch.name for patch in found.patches if patch.standing is Standing.SAME]
    assert sorted(stayed) == stayed
    assert _longest_ascending(names) == len(stayed)


def _longest_ascending(names: list[str]) -> int:
    lengths: list[int] = []
    for at, name in enumerate(names):
        lengths.append(1 + max((lengths[i] for i in range(at) if names[i] < name), default=0))
    return max(lengths, default=0)


def _one(new: bytes, old: bytes = _ALPHA) -> list[str]:
    return words(compared(stack({"a": old}), stack({"a": new})))["a"]


def test_what_is_made_anew_is_the_same() -> None:
    """The commit, the numbering, the diffstat, `index` lines and git's version do not count."""
    anew = (
        b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
        + _ALPHA.replace(b"[PATCH]", b"[PATCH 3/18]")
        .replace(b"---\ndiff", b"---\n alpha.c | 2 +-\n 1 file changed, 1 insertion(+)\n\ndiff")
        .replace(b"1111111..2222222", b"3333333..4444444")
        + b"-- \n2.39.5\n\n"
    )
    assert ["same"] == _one(anew)


def test_a_mode_that_only_the_index_line_has() -> None:
    """It is the file's, not what the patch does: another one is the same patch."""
    assert ["same"] == _one(_ALPHA.replace(b"2222222 100644", b"2222222 100755"))


def test_context() -> None:
    """Other line numbers and other context lines are not a change of what the patch does."""
    assert ["context"] == _one(text_patch("alpha", at=90))
    found = compared(
        stack({"a": _ALPHA}), stack({"a": _ALPHA.replace(b"alpha before", b"other before")})
    )
    (hunk,) = patch_named(found, "a").files[0].hunks
    assert Likeness.CONTEXT is hunk.likeness
    assert not any(line.is_telling for line in hunk.lines)
    assert ["context"] == words(found)["a"]


def test_a_changed_line() -> None:
    """The diff of the diffs has the two added lines, with the context around."""
    found = compared(stack({"a": _ALPHA}), stack({"a": _ALPHA.replace(b"alpha new", b"newer")}))
    patch = patch_named(found, "a")
    (hunk,) = patch.files[0].hunks
    assert (Standing.CHANGED,) == patch.standings
    assert {
        ComparedLine(Side.OLD, b"alpha new\n", LineKind.ADDED),
        ComparedLine(Side.NEW, b"newer\n", LineKind.ADDED),
    } == {line for line in hunk.lines if line.side is not Side.BOTH}


def test_the_same_lines_at_another_place() -> None:
    """An added line on the other side of a context line is a change."""
    old = b"--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n first\n+mine\n second\n"
    new = b"--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n first\n second\n+mine\n"
    assert ["changed"] == _one(new, old)
    found = compared(stack({"a": old}), stack({"a": new}))
    assert patch_named(found, "a").files[0].is_elsewhere


def test_the_message_the_mode_and_the_options() -> None:
    """Each alone is a change, and each is shown."""
    message = compared(stack({"a": _ALPHA}), stack({"a": text_patch("alpha", message="why")}))
    sides = [(line.side, line.content) for line in patch_named(message, "a").message]
    assert (Side.OLD, b"alpha\n") in sides
    assert (Side.NEW, b"why\n") in sides
    mode = _ALPHA.replace(b"index", b"old mode 100644\nnew mode 100755\nindex")
    facts = patch_named(compared(stack({"a": _ALPHA}), stack({"a": mode})), "a").files[0].facts
    assert b"mode 100644 to 100755" in [fact.content for fact in facts]
    options = compared(stack({"a": _ALPHA}), stack({"a": _ALPHA}, b"a -R\n"))
    assert ("", "-R") == patch_named(options, "a").options
    for found in (message, options):
        assert ["changed"] == words(found)["a"]


def test_another_file_that_is_moved() -> None:
    """A patch that moves another file to the same place does something else."""
    old = b"diff --git a/one b/to\nsimilarity index 100%\nrename from one\nrename to to\n"
    new = old.replace(b"a/one", b"a/two").replace(b"from one", b"from two")
    assert ["same"] == _one(old, old)
    assert ["changed"] == _one(new, old)


def test_a_lost_line_end_is_a_change() -> None:
    r"""A last line without its `\n` is another line."""
    new = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
    assert ["changed"] == _one(new + b"\\ No newline at end of file\n", new)


def test_renumbered_patches() -> None:
    """Patches under other names are found by what they do, the changed ones too."""
    old = {f"{number:04}-{word}": text_patch(word) for number, word in enumerate(_WORDS, 1)}
    new = {f"{number:04}-{word}": text_patch(word) for number, word in enumerate(_WORDS[1:], 1)}
    new["0003-delta"] = new["0003-delta"].replace(b"delta new", b"delta newer")
    found = words(compared(stack(old), stack(new)))
    assert ["dropped"] == found.pop("0001-alpha")
    assert ["changed", "renamed"] == found.pop("0003-delta")
    assert [["renamed"]] * 5 == list(found.values())


def test_nothing_in_common_is_no_pair() -> None:
    """One patch dropped and another one added."""
    found = words(compared(stack({"a": _ALPHA}), stack({"b": _PATCHES["beta.patch"]})))
    assert {"a": ["dropped"], "b": ["added"]} == found


def test_a_file_that_upstream_moved() -> None:
    """The same lines in another file: one file with two paths."""
    new = text_patch("alpha", path="src/moved.c")
    (one,) = patch_named(compared(stack({"a": _ALPHA}), stack({"a": new})), "a").files
    assert (b"alpha.c", b"src/moved.c", ()) == (one.old, one.new, one.hunks)


def test_why_a_patch_is_gone() -> None:
    """The comment of the new series that names it; a longer name is another patch."""
    old = stack({"a.patch": _ALPHA})
    reasons = {
        b"# patchkit: dropped, upstream has it: a.patch\n": "dropped, upstream has it",
        b"# a.patch: not needed any more\n": "a.patch: not needed any more",
        b"# a.patch.old went\n": "",
        b"#a.patch\n": "commented out",
    }
    for comment, note in reasons.items():
        gone = patch_named(compared(old, stack({}, comment)), "a.patch")
        assert ("dropped", note) == (gone.standing.value, gone.note)


def test_other_encodings_are_kept() -> None:
    """Bytes that are not UTF-8 come out as they are."""
    found = compared(stack({"a": _ALPHA}), stack({"a": _ALPHA.replace(b"alpha new", b"caf\xe9")}))
    lines = patch_named(found, "a").files[0].hunks[0].lines
    assert ComparedLine(Side.NEW, b"caf\xe9\n", LineKind.ADDED) in lines
