"""Tests of `patchkit.model.specpatches`; the oracle is rpmspec(8)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from patchkit.errors import SeriesFormatError, StackError
from patchkit.model.entry import OFF, Entry
from patchkit.model.specpatches import SpecPatches, parse_spec
from tests.strategies.lists import SPEC_HEAD as HEAD
from tests.strategies.lists import SPEC_PREP as PREP
from tests.strategies.lists import specs

needs_rpm = pytest.mark.skipif(shutil.which("rpmspec") is None, reason="rpmspec is not installed")
ONE_BY_ONE = (
    HEAD
    + b"""Patch3: %{name}-a.patch
Patch:  https://example.org/fixes/b.patch
%if 0%{?with_c}
PATCH7: c.patch
%endif
Patch9000: unused.patch
"""
    + PREP
    + b"""%patch -P 4 -p1
%patch3 -p2 -b .orig
patch -p1 -R < %{PATCH7}
"""
)
_Edited = TypeVar("_Edited")
PATCH = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


def applied_by_rpm(raw: bytes, some: list[str]) -> list[tuple[str, int, bool]]:
    """Which patches %prep applies in what order, with which level, reversed or not."""
    with tempfile.TemporaryDirectory() as folder:
        for name in some:
            Path(folder, name).write_bytes(PATCH)
        Path(folder, "demo.spec").write_bytes(raw)
        done = subprocess.run(
            ["rpmspec", "-P", "--define", f"_sourcedir {folder}", "demo.spec"],
            cwd=folder, capture_output=True, check=True,
        )  # fmt: skip
        said = done.stdout.decode("latin-1").replace("| \n", "| ")
    found = []
    for line in said.splitlines():
        file = re.search(rf"{re.escape(folder)}/(\S+\.patch)", line)
        level = re.search(r"(?<!\S)-p ?(\d+)", line)
        if file and level:
            found.append((file[1], int(level[1]), " -R" in line))
    return found


def unless_refused(words: str, edit: Callable[[], _Edited]) -> _Edited:
    """What an edit gives; the example does not count where it is refused in these words."""
    try:
        return edit()
    except StackError as error:
        if not re.search(words, error.message):
            raise
        return reject()


def applied(spec: SpecPatches) -> list[tuple[str, int, bool]]:
    """The same, as patchkit reads it."""
    return [
        (one.name, 1 if one.strip is None else one.strip, one.is_reversed)
        for one in spec.entries
        if not one.guards
    ]


def test_what_is_read() -> None:
    """Numbers that are not written, macros, URLs, commands with a patch; the unused one is off."""
    spec = parse_spec(ONE_BY_ONE, "demo.spec")
    assert (
        (8, Entry("b.patch", 1)),
        (7, Entry("demo-a.patch", 2)),
        (10, Entry("c.patch", 1, is_reversed=True)),
        (12, Entry("unused.patch", guards=(OFF,))),
    ) == spec.numbered
    assert ONE_BY_ONE == spec.raw
    assert ((10, "c.patch is taken as if `%if 0%{?with_c}` held."),) == spec.remarks


@needs_rpm
@settings(max_examples=30, deadline=None)
@given(specs())
def test_rpm_applies_the_same(raw: bytes) -> None:
    """The same patches in the same order with the same level, and the bytes stay."""
    spec = parse_spec(raw, "demo.spec")
    assert raw == spec.raw
    assert applied_by_rpm(raw, [one.name for one in spec.entries]) == applied(spec)


@needs_rpm
@settings(max_examples=30, deadline=None)
@given(specs(), st.data())
def test_rpm_applies_the_rest_when_one_goes(raw: bytes, data: st.DataObject) -> None:
    """Numbers are kept for those that %prep names, whatever way the patch went."""
    spec = parse_spec(raw, "demo.spec")
    some = [one.name for one in spec.entries]
    gone = data.draw(st.sampled_from(some))
    edited = unless_refused(
        "shift",
        lambda: [spec.removed(gone), spec.commented_out(gone, "100% gone: %{nil}")],
    )
    rest = [one for one in applied(spec) if one[0] != gone]
    for one in edited:
        assert rest == applied(one) == applied_by_rpm(one.raw, some)
    assert edited[1].mentions(gone)


@needs_rpm
@settings(max_examples=30, deadline=None)
@given(specs(), st.data())
def test_rpm_applies_a_new_one_where_it_belongs(raw: bytes, data: st.DataObject) -> None:
    """After the one that is named; or it is refused where all are applied in one way."""
    spec = parse_spec(raw, "demo.spec")
    some = [one.name for one in spec.entries]
    before = data.draw(st.sampled_from([None, *some]))
    new = Entry("zz-new.patch", data.draw(st.integers(0, 3)), data.draw(st.booleans()))
    longer = unless_refused("in the same way|shift", lambda: spec.inserted_after(before, new))
    found = applied_by_rpm(longer.raw, [*some, new.name])
    at = len(some) if before is None else some.index(before) + 1
    wanted = applied(spec)
    wanted.insert(at, (new.name, new.strip or 0, new.is_reversed))
    assert wanted == applied(longer) == found


def test_only_the_lines_of_the_patch_differ() -> None:
    """A comment for the tag and one for its line in %prep, with every % doubled."""
    said = parse_spec(ONE_BY_ONE, "demo.spec").commented_out("demo-a.patch", "dropped").raw
    tag, numbered = b"Patch3: %{name}-a.patch\n", b"Patch4:  https"
    wanted = (
        ONE_BY_ONE.replace(tag, b"# patchkit: dropped: demo-a.patch: Patch3: %%{name}-a.patch\n")
        .replace(b"Patch:  https", numbered)
        .replace(b"%patch3 -p2", b"# patchkit: dropped: demo-a.patch: %%patch3 -p2")
    )
    assert wanted == said


@pytest.mark.parametrize(
    ("body", "line", "word"),
    [
        (b"Patch0: %{nowhere}.patch\n" + PREP, 7, "macro is not known"),
        (b"Patch0: a.patch\n" + PREP + b"%autopatch\n", 14, "without -p"),
        (b"Patch0: a.patch\n" + PREP + b"%patch -P0 -d src -p1\n", 14, "%patch -d"),
        (b"Patch1: a.patch\nPatch01: b.patch\n" + PREP, 8, "patch 1 is declared twice"),
        (b"Patch0: a.patch\n" + PREP + b"%patch -P0 -P0 -p1\n", 14, "applied twice"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_line(
    body: bytes, line: int, word: str
) -> None:
    """A patch that would be applied in another way than patchkit thinks is none that it reads."""
    with pytest.raises(SeriesFormatError, match=word) as caught:
        parse_spec(HEAD + body, "demo.spec")
    assert line == caught.value.line


def test_what_cannot_be_taken_out_is_refused_with_its_line() -> None:
    """A command over several lines, and names whose numbers others count on."""
    raw = HEAD + b"Patch0: a.patch\n" + PREP + b"cat \\\n  %{PATCH0} | patch -p1\n"
    with pytest.raises(StackError, match=r"demo\.spec:15: "):
        parse_spec(raw, "demo.spec").removed("a.patch")
    raw = HEAD + b"%patchlist\na.patch\nb.patch\n" + PREP + b"%patch -P1 -p1\n"
    with pytest.raises(StackError, match=r"demo\.spec:8: .*shift"):
        parse_spec(raw, "demo.spec").removed("a.patch")


_PIECES = (
    b"Patch", b"9" * 5000, b"3: ", b"a.patch", b"\n", b"%patchlist\n", b"%prep\n", b"%patch",
    b" -P", b" -p", b" 3", b"%autosetup -p1", b"%{", b"}", b"%if x\n", b"%else\n", b"%endif\n",
    b"#", b"\\\n", b"\xe9", b"%global name %name\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(b"".join))
def test_any_text_is_read_or_refused(raw: bytes) -> None:
    """No text makes another error than one on what is not understood; what is read is kept."""
    with suppress(SeriesFormatError):
        assert raw == parse_spec(raw, "x").raw


def test_a_number_without_a_patch_gets_none_by_an_insertion() -> None:
    """What %prep names must not become another patch, nor the new one, when tags count on."""
    raw = HEAD + b"Patch: a.patch\nPatch: b.patch\n" + PREP + b"%patch -P 0 -p1\n%patch -P 2 -p1\n"
    longer = parse_spec(raw, "demo.spec").inserted_after("b.patch", Entry("c.patch"))
    assert b"\nPatch3: c.patch\n" in longer.raw
    assert 1 == longer.raw.count(b"-P 3 -p1")
    assert ["a.patch", "c.patch", "b.patch"] == [entry.name for entry in longer.entries]


def test_the_last_line_has_no_newline() -> None:
    """What comes behind it stands on a line of its own, and ends as the file does not."""
    spec = parse_spec(b"Name: demo\r\nPatch0: a.patch", "demo.spec")
    longer = spec.inserted_after(None, Entry("b.patch"))
    assert b"Name: demo\r\nPatch0: a.patch\nPatch1: b.patch\n" == longer.raw
    raw = HEAD + b"Patch0: a.patch\n" + PREP + b"  %patch -P 0 -p1"
    longer = parse_spec(raw, "demo.spec").inserted_after(None, Entry("b.patch", 2))
    assert longer.raw.endswith(b"  %patch -P 0 -p1\n  %patch -P 1 -p2\n")
    carried = parse_spec(b"Name: demo\r\nPatch0: a.patch\r\n", "demo.spec")
    assert b"Name: demo\r\nPatch0: a.patch\r\nPatch1: b.patch\r\n" == (
        carried.inserted_after(None, Entry("b.patch")).raw
    )


@pytest.mark.parametrize("prep", [b"%autosetup -p1\n", b"%patch -P 0 -p1\n%patch -P 5 -p1\n"])
def test_numbers_that_nobody_names_may_shift(prep: bytes) -> None:
    """No line is touched that need not be: rpm counts on by itself."""
    raw = HEAD + b"Patch0: a.patch\nPatch: b.patch\nPatch: c.patch\nPatch5: d.patch\n" + PREP + prep
    shorter = parse_spec(raw, "demo.spec").removed("b.patch")
    assert raw.replace(b"Patch: b.patch\n", b"") == shorter.raw


@pytest.mark.parametrize(
    ("prep", "wanted"),
    [
        (b"%autosetup -N\n%autopatch -p2 1\n", [("b.patch", 2, False)]),
        (b"%autosetup -N\n", []),
        (b"%autosetup -N\n%autopatch -p0 -M 1\n", [("a.patch", 0, False), ("b.patch", 0, False)]),
        (b"%autosetup -N\n%autopatch -p1 -m1\n", [("b.patch", 1, False), ("c.patch", 1, False)]),
        (b"%autosetup -N\n%autopatch -p1 -m1 -M1\n", [("b.patch", 1, False)]),
        (
            b"patch -p3 < %{PATCH2}\ncat %{P:0} | patch -R -p0\n",
            [("c.patch", 3, False), ("a.patch", 0, True)],
        ),
        (b"%patch0 -p1\n%patch -p2 -P2 -R\n", [("a.patch", 1, False), ("c.patch", 2, True)]),
    ],
)
@needs_rpm
def test_ways_to_apply(prep: bytes, wanted: list[tuple[str, int, bool]]) -> None:
    """Of three patches rpm applies the same, in the same order, with the same level."""
    raw = HEAD + b"Patch0: a.patch\nPatch1: b.patch\nPatch2: c.patch\n" + PREP + prep
    assert wanted == applied(parse_spec(raw, "demo.spec"))
    if b"%{P:" not in prep and b"%patch0" not in prep:  # which not every rpm takes
        assert wanted == applied_by_rpm(raw, ["a.patch", "b.patch", "c.patch"])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_new_patch_adds_two_lines_and_no_more(end: bytes) -> None:
    """Its tag behind the tag before it, and its own line of %prep, with the line ends of both."""
    lines = [
        *HEAD.splitlines(),
        b"Patch0: a.patch",
        *PREP.splitlines(),
        b"%patch -P 0 -p1",
        b"make",
    ]
    longer = [*lines[:-1], b"%patch -P 1 -p0 -R", b"make"]
    longer.insert(longer.index(b"Patch0: a.patch") + 1, b"Patch1: b.patch")
    spec = parse_spec(end.join(lines) + end, "demo.spec")
    found = spec.inserted_after("a.patch", Entry("b.patch", 0, is_reversed=True))
    assert end.join(longer) + end == found.raw


def test_a_renamed_patch_keeps_its_number_and_options() -> None:
    """Only the name in its tag is another; a macro in it goes with the old name."""
    spec = parse_spec(ONE_BY_ONE, "demo.spec")
    assert ONE_BY_ONE.replace(b"%{name}-a.patch", b"z.patch") == (
        spec.renamed("demo-a.patch", "z.patch").raw
    )
    listed = parse_spec(HEAD + b"%patchlist\n  a.patch\n", "demo.spec")
    assert HEAD + b"%patchlist\n  z.patch\n" == listed.renamed("a.patch", "z.patch").raw
    with pytest.raises(StackError, match=r"^nothing\.patch: the series has no such patch"):
        spec.renamed("nothing.patch", "z.patch")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"%{name}-%{version}.patch", "demo-1.0.patch"),
        (b"a%{?name:-yes}%{!?name:-no}.patch", "a-yes.patch"),
        (b"a%{?nothing:-yes}%{!?nothing:-no}.patch", "a-no.patch"),
        (b"a%{?nothing}%{?version}.patch", "a1.0.patch"),
        (b"%name.patch", "demo.patch"),
    ],
)
@needs_rpm
def test_macros_in_names(written: bytes, name: str) -> None:
    """As rpm expands them: what is asked for by `?` may be missing."""
    raw = HEAD + b"Patch0: " + written + b"\n" + PREP + b"%autopatch -p1\n"
    assert [name] == [one.name for one in parse_spec(raw, "demo.spec").entries]
    assert [(name, 1, False)] == applied_by_rpm(raw, [name])


@pytest.mark.parametrize("section", ["changelog", "description", "files", "package -n x"])
def test_what_stands_in_other_sections(section: str) -> None:
    """No tag is read of a text; a package that is made beside has tags as the first has."""
    raw = HEAD + b"Patch0: a.patch\n\n%" + section.encode() + b"\nPatch1: b.patch\n"
    names = [one.name for one in parse_spec(raw, "demo.spec").entries]
    assert (["a.patch", "b.patch"] if section.startswith("package") else ["a.patch"]) == names


def test_conditions_around_a_patch() -> None:
    """The innermost is told; of an `%else` what it is the other half of."""
    raw = HEAD + (
        b"%if 0%{?a}\nPatch0: a.patch\n%else\nPatch1: b.patch\n%if 0\nPatch2: c.patch\n"
        b"%endif\nPatch3: d.patch\n%endif\nPatch4: e.patch\n"
    )
    spec = parse_spec(raw + PREP + b"%autosetup -p1\n", "demo.spec")
    assert [
        (8, "a.patch is taken as if `%if 0%{?a}` held."),
        (10, "b.patch is taken as if `%else of %if 0%{?a}` held."),
        (12, "c.patch is taken as if `%if 0` held."),
        (14, "d.patch is taken as if `%else of %if 0%{?a}` held."),
    ] == sorted(spec.remarks)


def test_a_patch_that_is_only_declared() -> None:
    """Where %prep names each patch there may be one that it does not name; else it applies all."""
    off = Entry("off.patch", guards=(OFF,))
    longer = parse_spec(ONE_BY_ONE, "demo.spec").inserted_after("c.patch", off)
    assert off in longer.entries
    assert parse_spec(ONE_BY_ONE, "demo.spec").raw.partition(PREP)[2] in longer.raw
    every = parse_spec(HEAD + b"Patch0: a.patch\n" + PREP + b"%autosetup -p1\n", "demo.spec")
    with pytest.raises(StackError, match="in the same way"):
        every.inserted_after(None, off)
