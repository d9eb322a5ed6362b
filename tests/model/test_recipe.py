"""Tests of `patchkit.model.recipe`; the rules are those of BitBake's manual and patch.bbclass."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.entry import OFF, Entry
from patchkit.model.recipe import format_word, names_from, parse_recipe
from tests.strategies.lists import recipe_entries as entries
from tests.strategies.lists import recipes

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


def test_a_patch_of_several_builds_is_one() -> None:
    """It is read once, and goes from all statements."""
    raw = b"""SRC_URI:append:class-native = " file://a.patch"
SRC_URI:append:class-nativesdk = " file://a.patch"
"""
    recipe = parse_recipe(raw, "x.bb")
    assert (Entry("a.patch"),) == recipe.entries
    assert () == recipe.removed("a.patch").entries == recipe.commented_out("a.patch", "x").entries
    twice = parse_recipe(b'SRC_URI = "file://a.patch file://a.patch"\n', "x.bb")
    assert 2 == len(twice.entries)


def test_what_is_not_read_is_said() -> None:
    """Patches from the network, in an inline expression, and in another variable."""
    raw = b"""SRC_URI = "https://example.org/fix.patch \\
           ${@bb.utils.contains('A', 'b', 'file://c.patch', '', d)} ${EXTRA}"
EXTRA:class-target = "file://d.patch"
"""
    recipe = parse_recipe(raw, "x.bb")
    assert () == recipe.entries
    assert (
        (1, "https://example.org/fix.patch is fetched, so it is not read."),
        (2, "a patch in an inline expression is not read."),
        (2, "the patches in EXTRA are not read."),
    ) == recipe.remarks


def test_what_a_second_assignment_replaces_is_not_applied() -> None:
    """The last `=` counts; `:remove` takes out, `?=` is for what is not set."""
    raw = b"""SRC_URI = "file://a.patch"
SRC_URI = "file://b.patch file://c.patch"
SRC_URI ?= "file://d.patch"
SRC_URI:remove = "file://c.patch"
"""
    applied = [one.name for one in parse_recipe(raw, "x.bb").entries if not one.guards]
    assert ["b.patch"] == applied


_PIECES = (
    b"SRC_URI", b" = ", b" += ", b'"', b"file://a.patch", b";striplevel=", b"9" * 5000, b" \\\n",
    b"\n", b"${@", b"}", b":append", b"\xe9", b"#", b"do_x() {\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(b"".join))
def test_any_text_is_read_or_refused(raw: bytes) -> None:
    """No text makes another error than one on what is not understood; what is read is kept."""
    with suppress(SeriesFormatError):
        assert raw == parse_recipe(raw, "x").raw


@pytest.mark.parametrize(
    ("raw", "longer"),
    [
        (b"", b'SRC_URI += "file://new.patch"\n'),
        (b'PV = "1"', b'PV = "1"\nSRC_URI += "file://new.patch"\n'),
        (b'PV = "1"\n', b'PV = "1"\nSRC_URI += "file://new.patch"\n'),
        (b'SRC_URI = "file://a.patch"\n', b'SRC_URI = "file://a.patch file://new.patch"\n'),
        (
            b'SRC_URI = "file://a.patch \\\n\tfile://b.patch \\\n"\n',
            b'SRC_URI = "file://a.patch \\\n\tfile://b.patch \\\n\tfile://new.patch \\\n"\n',
        ),
        (
            b'SRC_URI = "file://x.c \\\r\n  file://a.patch"\r\n',
            b'SRC_URI = "file://x.c \\\r\n  file://a.patch \\\r\n  file://new.patch"\r\n',
        ),
        (
            b'SRC_URI = "file://a.patch \\\n  file://x.c"\n',
            b'SRC_URI = "file://a.patch \\\n    file://new.patch \\\n  file://x.c"\n',
        ),
    ],
)
def test_a_new_patch_is_written_as_its_neighbours_are(raw: bytes, longer: bytes) -> None:
    """On a line of its own where the list has lines, with their indentation and line ends."""
    assert longer == parse_recipe(raw, "x.bb").inserted_after(None, Entry("new.patch")).raw


def test_the_variables_of_a_name() -> None:
    """BitBake takes them from the file; a version that is a pattern is none."""
    assert {
        "PN": "nativesdk-foo-cross", "BPN": "foo", "PV": "1.2", "P": "nativesdk-foo-cross-1.2",
        "BP": "foo-1.2",
    } == names_from("nativesdk-foo-cross_1.2_r3.bb")  # fmt: skip
    assert {"PN": "foo", "BPN": "foo"} == names_from("foo_%.bbappend") == names_from("foo")


@pytest.mark.parametrize("word", ["yes", "y", "true", "t", "1", "YES"])
def test_what_is_applied_by_its_parameter(word: str) -> None:
    """Whatever its name, by any word that oe.types takes for yes."""
    raw = f'SRC_URI = "file://a.txt;apply={word} file://b.patch;apply={word}"\n'.encode()
    assert (Entry("a.txt"), Entry("b.patch")) == parse_recipe(raw, "x.bb").entries


@pytest.mark.parametrize("word", ["no", "n", "false", "f", "0", "No"])
def test_what_is_kept_from_being_applied(word: str) -> None:
    """A file that no patch is by its name is none at all."""
    raw = f'SRC_URI = "file://a.txt;apply={word} file://b.patch;apply={word}"\n'.encode()
    assert (Entry("b.patch", guards=(OFF,)),) == parse_recipe(raw, "x.bb").entries


@pytest.mark.parametrize(
    "ending", [".patch", ".diff", ".patch.gz", ".diff.bz2", ".patch.xz", ".patch.Z"]
)
def test_a_patch_by_its_name(ending: str) -> None:
    """Compressed or not, as patch.bbclass takes it; others are sources."""
    raw = f'SRC_URI = "file://a{ending} file://b{ending}.txt file://c.z"\n'.encode()
    assert (Entry(f"a{ending}"),) == parse_recipe(raw, "x.bb").entries


@pytest.mark.parametrize(
    "name", ["patchdir", "mindate", "maxdate", "minrev", "maxrev", "rev", "notrev"]
)
def test_a_parameter_on_which_it_depends_whether_a_patch_is_applied(name: str) -> None:
    """Or where: it is refused by its name, as what comes of it is not known here."""
    with pytest.raises(SeriesFormatError, match=f"the parameter {name} of a patch"):
        parse_recipe(f'SRC_URI = "file://a.patch;{name}=1"\n'.encode(), "x.bb")


@pytest.mark.parametrize(
    ("operators", "applied"),
    [
        (["=", "+="], "12"),
        (["=", "=+"], "21"),
        (["=", ".="], "12"),
        (["=", "=."], "21"),
        (["=", ":="], "2"),
        (["=", "?="], "1"),
        (["?=", "?="], "1"),
        (["?=", "="], "2"),
        (["+=", "+=", "=+"], "312"),
        ([":append =", ":append =", "="], "312"),
        ([":prepend =", ":prepend =", "="], "213"),
        (["=", ":riscv64 ="], "1"),
    ],
)
def test_each_operator(operators: list[str], applied: str) -> None:
    """The order in which BitBake has the words in the end; what is replaced is off."""
    lines = [
        f'SRC_URI{" " if one[0] != ":" or one == ":=" else ""}{one} " file://{number}.patch "\n'
        for number, one in enumerate(operators, 1)
    ]
    found = parse_recipe("".join(lines).encode(), "x.bb").entries
    assert applied == "".join(one.name[0] for one in found if not one.guards)
    assert len(operators) == len(found) or "?=" in operators[1:]
