"""Lists of patches in every dialect, as people and tools write them."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from patchkit.model.entry import OFF
from patchkit.model.recipe import format_word
from patchkit.model.series import Entry, Guard

MARK = b"\xef\xbb\xbf"

names = st.text("ab01é_./+#-", max_size=8).map(lambda text: f"a{text}z")
spaced_names = st.lists(names, min_size=1, max_size=3).map(" ".join)
blanks = st.sampled_from(["", " ", "\t", " \t "])
some_blanks = st.sampled_from([" ", "\t", "  \t"])
flags = st.sampled_from(["virt", "debug", "x-y"])
guards = st.builds(Guard, st.sampled_from("+-"), flags, st.booleans())
comments = st.text("abc#+-. -p0é", max_size=12).map(lambda text: f"#{text}")
line_ends = st.sampled_from(["\n", "\r\n"])
patch_names = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,8}\.patch", fullmatch=True)
"""Names that every dialect can say."""
sorted_by_shell = st.text("019-aBé_.~+ ", min_size=1, max_size=6).filter(
    lambda name: name[0] != "."
)
"""Names that different locales sort differently."""


@st.composite
def options(draw: st.DrawFn) -> tuple[str, int | None, bool]:
    """The options of a line as written, with what they mean."""
    text, strip, is_reversed = "", None, False
    for form in draw(st.lists(st.sampled_from(["-p", "-p ", "--strip=", "-R", "--reverse"]))):
        number = draw(st.integers(0, 12)) if form.startswith(("-p", "--s")) else ""
        strip = number if isinstance(number, int) else strip
        is_reversed = is_reversed or number == ""
        text += f"{draw(some_blanks)}{form}{number}"
    return text, strip, is_reversed


@st.composite
def entry_lines(draw: st.DrawFn) -> tuple[bytes, Entry]:
    """A line that names a patch, without its end, with what it means."""
    wanted = tuple(draw(st.lists(guards, max_size=3)))
    name = draw(spaced_names)
    option_text, strip, is_reversed = draw(options())
    text = draw(blanks) + "".join(f"{guard}{draw(some_blanks)}" for guard in wanted)
    text += name + option_text + draw(blanks)
    if draw(st.booleans()):
        text += draw(some_blanks) + draw(comments)
    return text.encode(), Entry(name, strip, is_reversed, wanted)


@st.composite
def series_files(draw: st.DrawFn) -> tuple[bytes, tuple[Entry, ...]]:
    """A whole series file, with the patches that it names."""
    mark = draw(st.sampled_from([b"", MARK]))
    plain = st.one_of(blanks, st.builds("".join, st.tuples(blanks, comments)))
    nothing = st.tuples(plain.map(str.encode), st.none())
    lines = draw(st.lists(st.one_of(nothing, entry_lines()), max_size=6))
    raw = mark + b"".join(line + draw(line_ends).encode() for line, _ in lines)
    if draw(st.booleans()):
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    entries = tuple(entry for _, entry in lines if entry is not None)
    assume(len({entry.name for entry in entries}) == len(entries))
    return raw, entries


recipe_entries = st.builds(
    Entry,
    patch_names,
    st.one_of(st.none(), st.integers(0, 9)),
    guards=st.sampled_from([(), (OFF,)]),
)
_entry_lists = st.lists(recipe_entries, max_size=6, unique_by=lambda one: one.name)
_joints = st.sampled_from([b" ", b" \\\n    ", b" \\\r\n\t", b"   \\\n"])
_surroundings = st.sampled_from([b"", b'A = "b"\n', b"\n# a comment \xe9\n", b"do_x() {\n  a\n}\n"])


@st.composite
def recipes(draw: st.DrawFn) -> tuple[bytes, list[Entry]]:
    """A recipe with one list, with its patches."""
    wanted = draw(_entry_lists)
    words = b"".join(draw(_joints) + format_word(entry) for entry in wanted)
    tail = draw(st.sampled_from([b"", b" ", b" \\\n"]))
    statement = b'SRC_URI = "https://example.org/x.tar.gz' + words + tail + b'"\n'
    return draw(_surroundings) + statement + draw(_surroundings), wanted


SPEC_HEAD = b"""Name: demo
Version: 1.0
Release: 1%{?dist}
Summary: A demonstration
License: MIT
Source0: %{name}-%{version}.tar.gz
"""
SPEC_PREP = b"\n%description\nA demonstration.\n\n%prep\n%setup -q\n"


@st.composite
def specs(draw: st.DrawFn) -> bytes:
    """A spec with patches in tags and in %patchlist, applied in one of the ways of rpm."""
    some = draw(st.lists(patch_names, min_size=1, max_size=5, unique=True))
    number, numbers, tags = 0, [], b""
    cut = draw(st.integers(0, len(some)))
    for name in some[:cut]:
        skipped = draw(st.one_of(st.none(), st.integers(0, 3)))
        if skipped is not None:
            number += skipped
        written = b"" if skipped is None else b"%d" % number
        tags += b"Patch" + written + draw(st.sampled_from([b": ", b":\t", b" : "]))
        tags += name.encode() + draw(st.sampled_from([b"\n", b"\n\n", b"\n# 100%% a note\n"]))
        numbers.append(number)
        number += 1
    listed = b"".join(name.encode() + b"\n" for name in some[cut:])
    numbers += range(number, number + len(some) - cut)
    order = draw(st.permutations(numbers))
    level = draw(st.integers(0, 3))
    steps = draw(st.sampled_from(["auto", "each", "joined"]))
    if steps == "auto":
        prep = b"%%autopatch -p%d\n" % level
    elif steps == "each":
        prep = b"".join(b"%%patch -P %d -p%d\n" % (one, level) for one in order)
    else:
        prep = b"%patch" + b"".join(b" -P%d" % one for one in order) + b" -p%d\n" % level
    patchlist = b"\n%patchlist\n# listed\n" + listed if listed else b""
    return SPEC_HEAD + tags + patchlist + SPEC_PREP + prep


entries = st.builds(
    Entry, patch_names, st.sampled_from([None, 1, 0, 2]), st.booleans(),
    st.lists(guards, max_size=2).map(tuple),
)  # fmt: skip
plain_entries = st.builds(Entry, patch_names, st.sampled_from([None, 1]))
_notes = st.sampled_from([b"", b"\n", b"# a comment\n", b"\t# indented, 100%\n"])


def series_of(some: st.SearchStrategy[Entry]) -> st.SearchStrategy[list[tuple[bytes, Entry]]]:
    """The lines of a series.conf: what stands before each patch, and the patch."""
    lines = st.tuples(_notes, some)
    return st.lists(lines, max_size=5, unique_by=lambda one: one[1].name)
