"""Tests of `patchkit.model.rewording`: a list goes to another dialect and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.model.entry import Entry
from patchkit.model.patchlist import PatchList
from patchkit.model.recipe import parse_recipe
from patchkit.model.rewording import brought_up_to_date, reworded
from patchkit.model.series import parse_series
from patchkit.model.specpatches import parse_spec
from patchkit.model.stack import Dialect

_SERIES = b"# ours\na.patch   # why\n-virt b.patch\n\nc.patch -p0\n"
_A, _C = Entry("a.patch"), Entry("c.patch", 0)


def back(*now: Entry, kept: tuple[str, ...] = ("b.patch",), strip: int = 1) -> bytes:
    """The list after the stack was a quilt one in which `virt` was set, with these patches."""
    return brought_up_to_date(
        parse_series(_SERIES), now, kept=kept, through=Dialect.QUILT,
        flags=frozenset(("virt",)), strip=strip,
    ).raw  # fmt: skip


@pytest.mark.parametrize("one", [_A, Entry("a.patch", 1)])
def test_what_nobody_touched_keeps_its_bytes(one: Entry) -> None:
    """A level that is said now and was not before is no change; nor is a patch left out."""
    assert _SERIES == back(one, _C)


def test_what_was_done_meanwhile() -> None:
    """Removed, added where it stands now, given another level."""
    assert _SERIES.replace(b"a.patch   # why\n", b"") == back(_C)
    assert _SERIES.replace(b"-virt b.patch\n", b"") == back(_A, _C, kept=())
    assert _SERIES + b"d.patch\n" == back(_A, _C, Entry("d.patch"))
    first = _SERIES.replace(b"# why\n", b"# why\nd.patch -p2\n")
    assert first == back(_A, Entry("d.patch", 2), _C)


@pytest.mark.parametrize(
    "listed",
    [
        parse_series(b"a.patch -p1\nb.patch -p1\nc.patch -p1\n"),
        parse_recipe(b'SRC_URI = "file://a.patch file://b.patch file://c.patch"\n', "x.bb"),
        parse_spec(
            b"Name: x\nPatch0: a.patch\nPatch1: b.patch\nPatch2: c.patch\n"
            b"%prep\n%patch -P0 -p1\n%patch -P1 -p1\n%patch -P2 -p1\n",
            "x.spec",
        ),
    ],
    ids=["series", "recipe", "spec"],
)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_order_is_that_of_the_stack(listed: PatchList, data: st.DataObject) -> None:
    """Wherever patches come, go or get another level, in front as well as behind."""
    # A spec must keep a patch that a new one can stand behind.
    names = ("a.patch", "b.patch", "c.patch")
    kept = data.draw(st.sampled_from(names))
    now = [
        Entry(name, None if name == kept else data.draw(st.sampled_from([None, 1, 2])))
        for name in names
        if name == kept or data.draw(st.booleans())
    ]
    for name in data.draw(st.sampled_from([(), ("x.patch",), ("x.patch", "y.patch")])):
        now.insert(data.draw(st.integers(0, len(now))), Entry(name))
    found = brought_up_to_date(
        listed, now, kept=(), through=Dialect.QUILT, flags=frozenset(), strip=1
    )
    assert [(one.name, one.strip or 1) for one in now] == [
        (one.name, one.strip or 1) for one in found.entries
    ]


def test_a_stack_whose_own_level_is_another() -> None:
    """A patch that is added is applied with -p1, so its line must say so."""
    assert _SERIES + b"d.patch -p1\n" == back(Entry("a.patch", 0), _C, Entry("d.patch"), strip=0)


def test_a_series_for_quilt() -> None:
    """Comments and order stay; what quilt would take for a part of a name goes."""
    mark = b"\xef\xbb\xbf"
    series = parse_series(mark + b"  a.patch # why\r\n# ours\r\n+virt b.patch -p2\n-x c.patch\n")
    said = {"a.patch": _A, "b.patch": Entry("b.patch", 2), "c.patch": None}
    assert (
        b"a.patch # why\n# ours\nb.patch -p2\n"
        b"# patchkit: not applied, no flag selects it: -x c.patch\n"
    ) == reworded(series, Dialect.QUILT, said, "series").raw
