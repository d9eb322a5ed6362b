"""Tests of `patchkit.model.recipe`; the rules are those of BitBake's manual and patch.bbclass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.entry import OFF, Entry
from patchkit.model.recipe import format_word, names_from, parse_recipe

RECIPE = rb"""SUMMARY = "A demonstration"
LICENSE = "MIT"

SRC_URI = "https://example.org/demo-${PV}.tar.gz \
           file://0001-first.patch \
           file://${BPN}-second.patch;striplevel=0 \
           file://defconfig \
           file://off.patch;apply=no \
           file://plain.txt;apply=yes"
SRC_URI:append:riscv64 = " file://later.diff;pnum=2"
SRC_URI =+ "file://early.patch"
SRC_URI += 'file://more.patch file://even-more.patch'
# SRC_URI += "file://commented.patch"

do_install() {
SRC_URI = "file://in-a-function.patch"
}
"""
NAMES = names_from("demo_1.0.bb")

names = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,8}\.patch", fullmatch=True)
entries = st.builds(
    Entry, names, st.one_of(st.none(), st.integers(0, 9)), guards=st.sampled_from([(), (OFF,)])
)
entry_lists = st.lists(entries, max_size=6, unique_by=lambda one: one.name)
joints = st.sampled_from([b" ", b" \\\n    ", b" \\\r\n\t", b"   \\\n"])
surroundings = st.sampled_from([b"", b'A = "b"\n', b"\n# a comment \xe9\n", b"do_x() {\n  a\n}\n"])


@st.composite
def recipes(draw: st.DrawFn) -> tuple[bytes, list[Entry]]:
    """A recipe with one list, with its patches."""
    wanted = draw(entry_lists)
    words = b"".join(draw(joints) + format_word(entry) for entry in wanted)
    tail = draw(st.sampled_from([b"", b" ", b" \\\n"]))
    statement = b'SRC_URI = "https://example.org/x.tar.gz' + words + tail + b'"\n'
    return draw(surroundings) + statement + draw(surroundings), wanted


def test_what_is_read() -> None:
    """The operators decide on the order, the parameters on whether and how a patch is applied."""
    recipe = parse_recipe(RECIPE, "demo_1.0.bb", NAMES)
    assert (
        (11, Entry("early.patch")),
        (5, Entry("0001-first.patch")),
        (6, Entry("demo-second.patch", 0)),
        (8, Entry("off.patch", guards=(OFF,))),
        (9, Entry("plain.txt")),
        (12, Entry("more.patch")),
        (12, Entry("even-more.patch")),
        (10, Entry("later.diff", 2)),
    ) == recipe.numbered
    assert RECIPE == recipe.raw
    assert ((10, "SRC_URI:append:riscv64 counts for some builds only."),) == recipe.remarks


@given(recipes())
def test_any_list_is_read_and_kept(given_recipe: tuple[bytes, list[Entry]]) -> None:
    """However the lines are joined, the patches are found and the bytes stay."""
    raw, wanted = given_recipe
    recipe = parse_recipe(raw, "x.bb")
    assert (raw, tuple(wanted)) == (recipe.raw, recipe.entries)


@given(recipes(), st.data())
def test_a_patch_that_goes_takes_nothing_along(
    given_recipe: tuple[bytes, list[Entry]], data: st.DataObject
) -> None:
    """The others stay in order, and only the word, its line or a comment differs."""
    raw, wanted = given_recipe
    if not wanted:
        return
    gone = data.draw(st.sampled_from(wanted))
    recipe = parse_recipe(raw, "x.bb")
    rest = tuple(one for one in wanted if one != gone)
    removed, commented = recipe.removed(gone.name), recipe.commented_out(gone.name, "why\nnot")
    assert rest == removed.entries == commented.entries
    assert not removed.mentions(gone.name)
    assert commented.mentions(gone.name)
    assert [one for one in words_of(raw) if one != format_word(gone)] == words_of(removed.raw)


def words_of(raw: bytes) -> list[bytes]:
    """Every word of a recipe, quotes apart from what they enclose."""
    joined = raw.replace(b"\\\n", b" ").replace(b"\\\r\n", b" ")
    return joined.replace(b'"', b' " ').split()


@given(recipes(), entries, st.data())
def test_a_patch_that_comes_stands_where_it_should(
    given_recipe: tuple[bytes, list[Entry]], new: Entry, data: st.DataObject
) -> None:
    """After the one that is named, or at the end; taking it out again gives the old list."""
    raw, wanted = given_recipe
    wanted_names = [one.name for one in wanted]
    if new.name in wanted_names:
        return
    after = data.draw(st.sampled_from([None, *wanted_names]))
    at = len(wanted) if after is None else wanted_names.index(after) + 1
    longer = parse_recipe(raw, "x.bb").inserted_after(after, new)
    assert (*wanted[:at], new, *wanted[at:]) == longer.entries
    assert tuple(wanted) == longer.removed(new.name).entries


def test_a_comment_says_what_was_dropped() -> None:
    """It stands above the statement: none may stand between continued lines."""
    recipe = parse_recipe(RECIPE, "demo_1.0.bb", NAMES)
    said = recipe.commented_out("demo-second.patch", "dropped, upstream has it in 2.0").raw
    word = b"file://${BPN}-second.patch;striplevel=0"
    comment = (
        b"# patchkit: dropped, upstream has it in 2.0: demo-second.patch: " + word + b"\nSRC_URI = "
    )
    line = b"           " + word + b" \\\n"
    assert RECIPE.replace(line, b"").replace(b"SRC_URI = ", comment, 1) == said


def test_a_renamed_patch_keeps_its_parameters() -> None:
    """Only the name differs."""
    recipe = parse_recipe(RECIPE, "demo_1.0.bb", NAMES)
    renamed = recipe.renamed("later.diff", "new.patch").raw
    assert RECIPE.replace(b"file://later.diff;", b"file://new.patch;") == renamed


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b'SRC_URI = "file://${FOO}.patch"\n', "variable"),
        (b'\nSRC_URI = "file://a.patch;patchdir=src"\n', "patchdir"),
        (b'SRC_URI = "file://a.patch;striplevel=one"\n', "striplevel is one"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_line(line: bytes, word: str) -> None:
    """A patch that would be applied in another way than patchkit thinks is none that it reads."""
    with pytest.raises(SeriesFormatError, match=word) as caught:
        parse_recipe(line, "x.bb")
    assert line.count(b"\n") == caught.value.line


@pytest.mark.parametrize(
    "entry", [Entry("a b.patch"), Entry("a.patch", is_reversed=True), Entry('a".patch')]
)
def test_what_cannot_be_said_is_refused(entry: Entry) -> None:
    """Neither reversed patches nor names that end the value."""
    with pytest.raises(StackError):
        parse_recipe(RECIPE, "demo_1.0.bb", NAMES).inserted_after(None, entry)


def test_what_a_second_assignment_replaces_is_not_applied() -> None:
    """The last `=` counts; `:remove` takes out, `?=` is for what is not set."""
    raw = b"""SRC_URI = "file://a.patch"
SRC_URI = "file://b.patch file://c.patch"
SRC_URI ?= "file://d.patch"
SRC_URI:remove = "file://c.patch"
"""
    applied = [one.name for one in parse_recipe(raw, "x.bb").entries if not one.guards]
    assert ["b.patch"] == applied
