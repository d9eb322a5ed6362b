"""The same edit in several siblings: what counts as the same, and who made it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.changes import SharedChange, Sibling, Text, shared_changes

lines = st.lists(
    st.sampled_from((b"}\n", b"\n", b"{\n", b"\t)\n", b"call(one)\n", b"call(arm64)\n", b"end\n")),
    max_size=9,
).map(tuple)


def sibling(variant: str, old: tuple[bytes, ...], new: tuple[bytes, ...]) -> Sibling:
    """The file of a variant in both versions."""
    path = f"q_{variant}.go".encode()
    return Sibling(variant, path, path, old, new, ARCHITECTURES)


def shared(*siblings: Sibling) -> list[tuple[str, ...]]:
    """Who made each edit, the edits of most siblings first."""
    return [one.variants for one in shared_changes(siblings)]


@given(lines, lines)
def test_every_change_is_told_once(old: tuple[bytes, ...], new: tuple[bytes, ...]) -> None:
    """Whatever a sibling changed, braces and blank lines alone too, its edits make the new text
    out of the old one, and each is in exactly one shared edit."""
    one = sibling("arm64", old, new)
    told = [change for each in shared_changes([one]) for change in each.changes]
    assert sorted(id(change) for change in told) == sorted(id(change) for change in one.changes)
    made: list[bytes] = []
    at = 0
    for change in one.changes:
        made += [*old[at : change.edit.start], *change.added]
        assert change.removed == old[change.edit.start : change.edit.stop]
        assert change.new_start == len(made) - len(change.added)
        at = change.edit.stop
    assert ARCHITECTURES.neutral(b"".join((*made, *old[at:]))) == ARCHITECTURES.neutral(
        b"".join(new)
    )


@given(lines, lines)
def test_the_same_versions_give_the_same_edits(
    old: tuple[bytes, ...], new: tuple[bytes, ...]
) -> None:
    """Two siblings with the same text in both versions share every edit."""
    names = set(shared(sibling("arm64", old, new), sibling("s390x", old, new)))
    assert names <= {("arm64", "s390x")}


BASE = (b"first()\n", b"second()\n", b"third()\n", b"}\n")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ((b"use(arm64)\n",), (b"use(s390x)\n",)),
        ((b"\n", b"more()\n"), (b"more()\n", b"\n")),
        ((b"\tmore()\n",), (b"    more()\n",)),
        ((b"}\n", b"\n", b"more()\n"), (b"more()\n", b"}\n")),
    ],
)
def test_what_is_the_same_edit(one: tuple[bytes, ...], two: tuple[bytes, ...]) -> None:
    """The word of the variant, blank lines around, indentation, and the closing brace that a run
    begins or ends with make no other edit."""
    left = sibling("arm64", BASE, (*BASE[:2], *one, *BASE[2:]))
    right = sibling("s390x", BASE, (*BASE[:2], *two, *BASE[2:]))
    assert [("arm64", "s390x")] == shared(left, right)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ((b"more(1)\n",), (b"more(2)\n",)),
        ((b"more()\n", b"again()\n"), (b"again()\n", b"more()\n")),
        ((b"more()\n",), (b"more()\n", b"more()\n")),
    ],
)
def test_what_is_another_edit(one: tuple[bytes, ...], two: tuple[bytes, ...]) -> None:
    """Other lines, another order or another number of them are edits of their own."""
    left = sibling("arm64", BASE, (*BASE[:2], *one, *BASE[2:]))
    right = sibling("s390x", BASE, (*BASE[:2], *two, *BASE[2:]))
    assert {("arm64",), ("s390x",)} == set(shared(left, right))


def test_edits_of_most_siblings_come_first() -> None:
    """What three made is told before what one made, wherever it stands."""
    new = (*BASE[:2], b"all()\n", *BASE[2:])
    alone = (b"alone()\n", *new)
    made = shared(sibling("arm64", BASE, alone), *(sibling(w, BASE, new) for w in ("arm", "s390x")))
    assert [("arm64", "arm", "s390x"), ("arm64",)] == made


def test_one_edit_of_two_files_of_a_variant_names_it_once() -> None:
    """Two files of one variant that made the edit are one sibling, with two places."""
    new = (*BASE, b"more()\n")
    (one,) = shared_changes([sibling("arm64", BASE, new), sibling("arm64", BASE, new)])
    assert isinstance(one, SharedChange)
    assert (("arm64",), 2) == (one.variants, len(one.changes))


@pytest.mark.parametrize(
    ("wanted", "text", "is_there"),
    [
        ((b"b\n",), (b"a\n", b"b\n", b"c\n"), True),
        ((b"a\n", b"c\n"), (b"a\n", b"\n", b"  c\n"), True),
        ((b"a\n", b"c\n"), (b"a\n", b"b\n", b"c\n"), False),
        ((b"a\n", b"b\n"), (b"a\n", b"a\n", b"b\n"), True),
        ((b"\n",), (b"\n", b"a\n"), False),
        ((), (b"a\n",), False),
    ],
)
def test_lines_that_stand_in_a_text(
    wanted: tuple[bytes, ...], text: tuple[bytes, ...], is_there: bool
) -> None:
    """One after the other, white space aside; blank lines alone stand nowhere."""
    assert is_there is Text(text).has(wanted)
