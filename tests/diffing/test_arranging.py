"""Other orders for the patches of a series; comments and blank lines stay where they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.arranging import arranged
from patchkit.model.series import Entry, Series, parse_series

RAW = b"# head\n\na.patch -p0 # why\n# about b\nb.patch\n\n+flag g.patch\nc.patch\nd.patch"


def test_a_line_moves_whole() -> None:
    """With options and comment; the other lines stay, and so does the missing last line end."""
    series = parse_series(RAW)
    moved = arranged(
        series, ["a.patch", "b.patch", "c.patch", "d.patch"],
        ["b.patch", "c.patch", "a.patch", "d.patch"], {},
    )  # fmt: skip
    assert (
        b"# head\n\n# about b\nb.patch\n\n+flag g.patch\nc.patch\na.patch -p0 # why\nd.patch"
        == moved.raw
    )


def test_first_last_new_and_gone() -> None:
    """A new first one stands before the first that stays, a new last one gets a line end before
    it."""
    series = parse_series(b"# head\r\na\r\nb")
    made = arranged(series, ["a", "b"], ["n", "b", "z"], {"n": Entry("n", 0), "z": Entry("z")})
    assert b"# head\r\nn -p0\r\nb\r\nz\r\n" == made.raw
    assert b"x\n" == arranged(parse_series(b""), [], ["x"], {"x": Entry("x")}).raw


def test_the_byte_order_mark_stays_first() -> None:
    """It is no part of the name on the first line."""
    series = parse_series(b"\xef\xbb\xbfa\nb\n")
    assert b"\xef\xbb\xbfb\na\n" == arranged(series, ["a", "b"], ["b", "a"], {}).raw


@given(st.permutations(["a", "b", "c", "d", "e"]), st.sets(st.sampled_from("abcde")))
def test_any_order(order: list[str], gone: set[str]) -> None:
    """The entries are as asked, comments keep their order, and the old order changes no byte."""
    raw = b"#1\na\n#2\nb\nc #x\n\n#3\nd\ne\n"
    series = parse_series(raw)
    old = ["a", "b", "c", "d", "e"]
    new = [name for name in order if name not in gone]
    made = arranged(series, old, new, {})
    assert isinstance(made, Series)
    assert new == [entry.name for entry in made.entries]
    assert [b"#1", b"#2", b"#3"] == [
        line.raw.strip() for line in made.lines if line.raw.startswith(b"#")
    ]
    assert raw == arranged(series, old, old, {}).raw
    assert made.raw == parse_series(made.raw).raw
