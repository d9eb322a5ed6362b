"""Tests of `patchkit.model.series`; the oracles are quilt(1) and guards(1)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.series import (
    Entry,
    Guard,
    Series,
    SeriesLine,
    encode_name,
    format_entry,
    parse_series,
)
from patchkit.model.shown import shown_name
from patchkit.model.tree import split_lines
from tests.strategies.lists import (
    MARK,
    blanks,
    comments,
    entry_lines,
    flags,
    guards,
    names,
    series_files,
    spaced_names,
)

needs_quilt = pytest.mark.skipif(shutil.which("quilt") is None, reason="quilt is not installed")
needs_guards = pytest.mark.skipif(shutil.which("guards") is None, reason="guards is not installed")


def only_entry(line: bytes) -> Entry:
    """The one patch that a one-line series names."""
    (entry,) = parse_series(line).entries
    return entry


def is_understood(raw: bytes) -> bool:
    """Whether arbitrary bytes are a series file."""
    try:
        parse_series(raw)
    except SeriesFormatError:
        return False
    return True


# --- reading ----------------------------------------------------------------------------


@given(st.binary(max_size=80))
def test_any_bytes_come_back(raw: bytes) -> None:
    """Whatever parses is given back byte for byte, and it always parses or is refused."""
    raw = raw.replace(b"\0", b"")
    assume(is_understood(raw))
    assert raw == parse_series(raw).raw
    assert split_lines(raw) == [line.raw for line in parse_series(raw).lines]


@given(st.text("ab.+-!#pR019 \t\r\n\f\ufeff", max_size=40))
def test_any_series_like_text_comes_back(text: str) -> None:
    """The same for text made of what means something in a series."""
    raw = text.encode()
    assume(is_understood(raw))
    assert raw == parse_series(raw).raw


@given(series_files())
def test_lines_are_understood(series_file: tuple[bytes, tuple[Entry, ...]]) -> None:
    """Guards, names, options and comments are told apart however they are spaced."""
    raw, entries = series_file
    assert entries == parse_series(raw).entries
    assert raw == parse_series(raw).raw


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a.patch", Entry("a.patch")),
        (b"a.patch -p0", Entry("a.patch", 0)),
        (b"a.patch -p 0\n", Entry("a.patch", 0)),
        (b"a.patch\t--strip=2\n", Entry("a.patch", 2)),
        (b"a.patch -R\n", Entry("a.patch", None, is_reversed=True)),
        (b"a.patch --reverse\n", Entry("a.patch", None, is_reversed=True)),
        (b"a.patch -p1 -R # c\n", Entry("a.patch", 1, is_reversed=True)),
        (b"a.patch -R -p1\n", Entry("a.patch", 1, is_reversed=True)),
        (b"a.patch -p1 -p2\n", Entry("a.patch", 2)),
        (b"a.patch # -p0\n", Entry("a.patch")),
        (b"a#b.patch#c\n", Entry("a#b.patch#c")),
        (b"a.patch\t#c\n", Entry("a.patch")),
        (b"  a.patch  \n", Entry("a.patch")),
        (b"a b  c.patch\n", Entry("a b  c.patch")),
        (b"a b.patch -p0\n", Entry("a b.patch", 0)),
        (b"a.patch\r\n", Entry("a.patch")),
        (b"a.patch -p0\r\n", Entry("a.patch", 0)),
        (b"a.patch # c\r\n", Entry("a.patch")),
        (MARK + b"a.patch\n", Entry("a.patch")),
        (MARK + b"  +x a.patch\n", Entry("a.patch", guards=(Guard("+", "x"),))),
        (b"fix-\xe9.patch\n", Entry("fix-\udce9.patch")),
        ("fix-é.patch\n".encode(), Entry("fix-é.patch")),
        (b"patches.suse/a.patch\n", Entry("patches.suse/a.patch")),
        (b"+a.patch\n", Entry("+a.patch")),
        (b"-R\n", Entry("-R")),
        (b"-\tdir/a.patch\n", Entry("dir/a.patch", guards=(Guard("-", ""),))),
        (b"+!x -y a.patch", Entry("a.patch", guards=(Guard("+", "x", True), Guard("-", "y")))),
        (b"a\x0cb.patch\n", Entry("a\x0cb.patch")),
        (b"a\rb.patch\n", Entry("a\rb.patch")),
        (b"a-p1.patch\n", Entry("a-p1.patch")),
    ],
)
def test_forms_of_a_line(line: bytes, expected: Entry) -> None:
    """Each form of a line that is documented means what the documentation says."""
    assert expected == only_entry(line)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b" \t\r\n", b"#", b"# a.patch\n", b"\t# a.patch\n", MARK, MARK + b"# a.patch\n"],
)
def test_lines_without_a_patch(raw: bytes) -> None:
    """Blank lines and comments name nothing, be they indented or behind a byte order mark."""
    assert parse_series(raw).entries == ()
    assert raw == parse_series(raw).raw


@pytest.mark.parametrize(
    "line",
    [
        b"a.patch -p\n",
        b"a.patch -F2\n",
        b"a.patch -p1 b\n",
        b"a.patch -p1b\n",
        b"a.patch -p99999\n",
        b"a.patch -p1-R\n",
        b"a.patch -p-1\n",
        b"a.patch --fuzz=3 -p1\n",
        b"a - b.patch\n",
    ],
)
def test_unknown_options_are_refused(line: bytes) -> None:
    """An option that would be dropped silently is an error that names the line and the options."""
    with pytest.raises(SeriesFormatError, match="option not understood in: a") as caught:
        parse_series(b"ok.patch\n" + line, "dir/series")
    assert caught.value.message.startswith("dir/series:2: ")
    assert "-pN, -R" in caught.value.hints[-1]


def test_guards_without_a_patch_are_refused() -> None:
    """An option where a name should be is no name."""
    with pytest.raises(SeriesFormatError, match=r"series:1: guards .* without a patch"):
        parse_series(b"+virt -p0\n")


def test_every_bad_line_is_named() -> None:
    """The message has the first bad line, the hint all the others."""
    with pytest.raises(SeriesFormatError) as caught:
        parse_series(b"a -x\nb\nc -y\nd -z\n")
    assert caught.value.line == 1
    assert caught.value.hints[0] == "Not understood either: line 3, 4."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encoding: str) -> None:
    """UTF-16 with or without its mark is called by its name, with the way out."""
    with pytest.raises(SeriesFormatError, match="series:1: the file is in UTF-16") as caught:
        parse_series("a.patch\n".encode(encoding))
    assert "iconv -f UTF-16" in caught.value.hints[0]


def test_a_nul_byte_is_refused_with_its_line() -> None:
    """No file name has a NUL byte, so the file is damaged."""
    with pytest.raises(SeriesFormatError, match="series:2: a NUL byte"):
        parse_series(b"a.patch\nb.pa\0tch\n")


def test_a_long_line_is_read_at_once() -> None:
    """A megabyte of blanks is no reason to wait: the reader is linear in the line."""
    name = "a" + " " * 1_000_000 + "b"
    assert Entry(name) == only_entry(name.encode())


@needs_quilt
@given(
    st.lists(
        st.one_of(
            st.builds("{}{}{}".format, blanks, names, st.sampled_from(["", " -p0", "\t-R # c"])),
            comments,
            st.just(""),
        ),
        max_size=5,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_quilt_reads_the_same_names(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    """quilt finds the same patches in the same order."""
    root = tmp_path_factory.mktemp("quilt")
    raw = "".join(f"{line}\n" for line in lines).encode()
    (root / "patches").mkdir()
    (root / "patches/series").write_bytes(raw)
    done = subprocess.run(
        ["quilt", "--quiltrc", "-", "series"],
        cwd=root, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "QUILT_PATCHES": "patches"},
        capture_output=True, check=False,
    )  # fmt: skip
    listed = [Path(line).name for line in done.stdout.decode().splitlines()]
    ours = [Path(entry.name).name for entry in parse_series(raw).entries]
    assert listed == ours


# --- guards -----------------------------------------------------------------------------


@needs_guards
@given(st.lists(guards, max_size=4), st.sets(flags))
@settings(max_examples=60, deadline=None)
def test_guards_select_as_guards_does(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Guard], chosen: set[str]
) -> None:
    """guards(1) selects the same patches for the same symbols."""
    config = tmp_path_factory.mktemp("guards") / "series.conf"
    bare = Entry("bare.patch", guards=(Guard("-", ""),))
    entries = (Entry("a.patch", guards=tuple(wanted)), Entry("b.patch"), bare)
    raw = b"".join(map(format_entry, entries))
    config.write_bytes(raw)
    done = subprocess.run(
        ["guards", f"--config={config}", *sorted(chosen)], capture_output=True, check=True
    )
    series = parse_series(raw)
    assert entries == series.entries
    selected = [entry.name for entry in series.selected(frozenset(chosen))]
    assert done.stdout.decode().split() == selected


@pytest.mark.parametrize(
    ("line", "chosen", "expected"),
    [
        (b"a", set(), True),
        (b"+x a", set(), False),
        (b"+x a", {"x"}, True),
        (b"-x a", set(), True),
        (b"-x a", {"x"}, False),
        (b"+!x a", set(), True),
        (b"-!x a", {"x"}, True),
        (b"+x +y a", {"y"}, True),
        (b"+x -y a", {"x", "y"}, False),
        (b"- a", {"x"}, False),
    ],
)
def test_the_last_matching_guard_decides(line: bytes, chosen: set[str], expected: bool) -> None:
    """Each kind of guard, without any program as a witness."""
    assert expected is only_entry(line).selected_by(frozenset(chosen))


# --- mentions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"a.patch\n",
        b"x.patch # instead of a.patch\n",
        b"# a.patch\n",
        b"#a.patch\n",
        b"#patches/a.patch -p0\n",
        b"# dropped (a.patch), see b\n",
        b"# We had a.patch.\n",
        b'# "a.patch": gone\r\n',
    ],
)
def test_what_is_a_mention(raw: bytes) -> None:
    """A patch is mentioned by its line or as a word of a comment."""
    assert parse_series(raw).mentions("a.patch")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"aa.patch\n",
        b"# a.patch.orig, xa.patch, b-a.patch, a.patch~, a.patches\n",
        b"d/a.patch",
    ],
)
def test_what_is_no_mention(raw: bytes) -> None:
    """A longer name that contains this one, or this name in another folder, is another file."""
    assert not parse_series(raw).mentions("a.patch")


# --- editing ----------------------------------------------------------------------------


def edited_lines(before: Series, after: Series) -> list[int]:
    """The numbers of the lines that differ between two series of the same length."""
    assert len(before.lines) == len(after.lines)
    pairs = zip(before.lines, after.lines, strict=True)
    return [number for number, (old, new) in enumerate(pairs) if old.raw != new.raw]


@given(series_files(), st.data())
def test_commenting_out_touches_one_line(
    series_file: tuple[bytes, tuple[Entry, ...]], data: st.DataObject
) -> None:
    """The line becomes a comment that says why and still has the name; the others stay."""
    raw, entries = series_file
    assume(entries)
    gone = data.draw(st.sampled_from(entries))
    before = parse_series(raw)
    after = before.commented_out(gone.name, "upstream\n has it")
    assert len(edited_lines(before, after)) == 1
    assert tuple(entry for entry in entries if entry != gone) == after.entries
    assert after == parse_series(after.raw)
    assert b"# patchkit: upstream has it: " in after.raw
    assert encode_name(gone.name) in after.raw
    assert raw.startswith(MARK) == after.raw.startswith(MARK)


@given(series_files(), st.data())
def test_removing_takes_one_line_away(
    series_file: tuple[bytes, tuple[Entry, ...]], data: st.DataObject
) -> None:
    """The other lines stay as they are, in their order."""
    raw, entries = series_file
    assume(entries)
    gone = data.draw(st.sampled_from(entries))
    before = parse_series(raw)
    after = before.removed(gone.name)
    assert [line for line in before.lines if line.entry != gone] == list(after.lines)
    assert after == parse_series(after.raw)


@given(series_files(), spaced_names, st.data())
def test_renaming_changes_the_name_only(
    series_file: tuple[bytes, tuple[Entry, ...]], new_name: str, data: st.DataObject
) -> None:
    """Guards, options, comment and line end of the line stay, even if they hold the name too."""
    raw, entries = series_file
    assume(entries)
    old = data.draw(st.sampled_from(entries))
    before = parse_series(raw)
    after = before.renamed(old.name, new_name)
    renamed = Entry(new_name, old.strip, old.is_reversed, old.guards)
    assert tuple(renamed if entry == old else entry for entry in entries) == after.entries
    assert after == parse_series(after.raw)
    assert len(after.raw) - len(raw) == len(new_name.encode()) - len(old.name.encode())
    assert len(edited_lines(before, after)) == (old.name != new_name)


def test_renaming_leaves_a_guard_of_the_same_name() -> None:
    """The name is the name, not the first place where its letters stand."""
    assert parse_series(b"+a a -p1 # a\n").renamed("a", "b").raw == b"+a b -p1 # a\n"


@given(series_files(), entry_lines(), st.data())
def test_inserting_adds_one_line(
    series_file: tuple[bytes, tuple[Entry, ...]],
    new: tuple[bytes, Entry],
    data: st.DataObject,
) -> None:
    """The lines before and after stay; only a missing line end before it is added."""
    raw, entries = series_file
    entry = new[1]
    after_name = data.draw(st.sampled_from([None, *(entry.name for entry in entries)]))
    before = parse_series(raw)
    after = before.inserted_after(after_name, entry)
    assert after == parse_series(after.raw)
    at = [line.entry is entry for line in after.lines].index(True)
    assert (at == len(before.lines)) or after_name is not None
    place = [one is entry for one in after.entries].index(True)
    assert after_name is None or after.entries[place - 1].name == after_name
    rest = b"".join(line.raw for line in (*after.lines[:at], *after.lines[at + 1 :]))
    assert rest.removeprefix(raw) in (b"", b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", b"new -p0\n"),
        (b"a\n", b"a\nnew -p0\n"),
        (b"a", b"a\nnew -p0\n"),
        (b"a\r\n", b"a\r\nnew -p0\r\n"),
        (b"# c\r\na", b"# c\r\na\r\nnew -p0\r\n"),
    ],
)
def test_inserting_follows_the_line_ends_of_the_file(raw: bytes, expected: bytes) -> None:
    """A CRLF file stays one, and no two lines run together."""
    assert expected == parse_series(raw).inserted_after(None, Entry("new", 0)).raw


@pytest.mark.parametrize(
    "name", ["", " a", "a ", "a #b", "#a", "a\nb", "a -b", "a -p1", "+x b", "a\r"]
)
def test_a_name_that_no_line_can_hold_is_refused(name: str) -> None:
    """A name that would be read as something else never gets into a series."""
    series = parse_series(b"old\n")
    with pytest.raises(StackError, match="cannot stand in a series file"):
        series.renamed("old", name)
    with pytest.raises(StackError, match="cannot stand in a series file"):
        series.inserted_after(None, Entry(name))


def test_editing_needs_the_patch() -> None:
    """Each edit of a patch that is not there says so."""
    series = Series((SeriesLine(b"# a\n", None),))
    with pytest.raises(StackError, match="a: the series has no such patch"):
        series.removed("a")
    with pytest.raises(StackError, match="a: the series has no such patch"):
        series.renamed("a", "b")
    with pytest.raises(StackError, match="a: the series has no such patch"):
        series.commented_out("a", "why")
    with pytest.raises(StackError, match="a: the series has no such patch"):
        series.inserted_after("a", Entry("b"))


@given(entry_lines())
def test_a_formatted_entry_reads_as_itself(line: tuple[bytes, Entry]) -> None:
    """A new line for an entry means that entry."""
    assert line[1] == only_entry(format_entry(line[1]))


@given(st.text())
def test_shown_names_can_be_printed(name: str) -> None:
    """Whatever the name, a message with it is one line of printable characters."""
    assume(not any(0xD800 <= ord(c) < 0xDC80 or 0xDCFF < ord(c) <= 0xDFFF for c in name))
    assert shown_name(name).isprintable()


def test_shown_names_keep_what_can_be_read() -> None:
    """Printable names are shown as they are, other bytes as escapes."""
    assert shown_name("fix é.patch") == "fix é.patch"
    assert shown_name("a\udce9\n\x1b.patch") == r"a\xe9\n\x1b.patch"


def test_what_goes_from_the_sorted_section_of_a_kernel() -> None:
    """SUSE's scripts take a comment with a blank there for a heading, so it has none."""
    raw = b"a.patch\n\t# Sorted patches\n\tb.patch\n\t# end of sorted patches\n\tc.patch\n"
    series = parse_series(raw)
    for name in ("a.patch", "b.patch", "c.patch"):
        series = series.commented_out(name, "gone")
    signs = [line.split(b"patchkit")[0].strip() for line in series.raw.splitlines() if b":" in line]
    assert [b"#", b"#", b"#"] == [sign.strip() for sign in signs]
    assert [b"# patchkit", b"#patchkit", b"# patchkit"] == [
        line.strip().partition(b":")[0] for line in series.raw.splitlines() if b": " in line
    ]
