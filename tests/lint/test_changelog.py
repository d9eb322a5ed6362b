"""The changelog of a spec: rpm itself says which entries it refuses."""

from __future__ import annotations

import datetime
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.lint.mending import mended
from patchkit.model.lint import Finding
from tests.lint.making import ENTRY, HEAD, clean, found_in, needs_rpmspec, scene_of

REFUSED = ("PK101", "PK103")


def spec_with(*entries: str) -> bytes:
    """A spec with these lines as its changelog."""
    return HEAD + b"%changelog\n" + "".join(f"{one}\n" for one in entries).encode()


def changelog_of(raw: bytes) -> list[Finding]:
    """What is found in the changelog, the version of its newest entry aside."""
    found = found_in({"demo.spec": raw}, "PK10")
    return [one for one in found if one.rule.code != "PK106"]


def rpm_says(raw: bytes) -> str:
    """What rpmspec complains about."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "demo.spec")
        place.write_bytes(raw)
        command = ("rpmspec", "-q", "--srpm", "--qf", "x", place)
        return subprocess.run(command, capture_output=True, check=False).stderr.decode(
            errors="replace"
        )


ENTRIES = [
    ("* Mon Mar 6 2023 A <a@b> - 1-1", None),
    ("*Mon Mar 06 2023 A <a@b>", None),
    ("* Mon\tMar  6   2023 A", None),
    ("* Mon Mar 6 10:00:00 UTC 2023 A", None),
    ("* Mar 6 2023 A <a@b>", "PK101"),
    ("* Monday Mar 6 2023 A", "PK101"),
    ("* Mon, Mar 6 2023 A", "PK101"),
    ("* mon Mar 6 2023 A", "PK101"),
    ("* Tue Mar 6 2023 A", "PK102"),
    ("* Mon March 6 2023 A", "PK103"),
    ("* Wed Feb 30 2023 A", "PK103"),
    ("* Mon 6 Mar 2023 A", "PK103"),
    ("* Mon Mar 6 23 A", "PK103"),
    ("* Mon Mar 6 1989 A", "PK103"),
    ("* Mon Mar 6, 2023 A", "PK103"),
    ("* 2023-03-06 A", "PK103"),
    ("* Tue Jan 2021 A", "PK103"),
    ("* Mon Mar 6 2023", "PK105"),
]


@needs_rpmspec
@pytest.mark.parametrize(("entry", "code"), ENTRIES)
def test_rpm_refuses_what_is_an_error(entry: str, code: str | None) -> None:
    """A date or an entry that rpm does not take is an error, a wrong weekday a warning."""
    raw = spec_with(entry, "- text")
    assert ([] if code is None else [code]) == [one.rule.code for one in changelog_of(raw)]
    said = rpm_says(raw)
    assert (code in REFUSED) == ("bad date" in said)
    assert (code == "PK102") == ("bogus date" in said)
    assert (code == "PK105") == ("missing name" in said)


days = st.sampled_from(("Mon", "Tue", "Wed", "Sun", "Tues", "Friday", "sat", ""))
months = st.sampled_from(("Jan", "Feb", "Feb", "Dec", "June", "oct", "13"))
dates = st.tuples(days, months, st.integers(0, 32), st.sampled_from(("2020", "2023", "1989", "23")))


@needs_rpmspec
@settings(max_examples=40, deadline=None)
@given(dates)
def test_any_date_is_read_as_rpm_does(parts: tuple[str, str, int, str]) -> None:
    """Errors are where rpm has errors; what rpm takes has a warning at most."""
    weekday, month, day, year = parts
    raw = spec_with(" ".join(filter(None, ("*", weekday, month, str(day), year, "A <a@b>"))), "- x")
    codes = {one.rule.code for one in changelog_of(raw)}
    said = rpm_says(raw)
    # rpm takes day 0, and the last of a February that has no such day, for another date.
    is_other_date = "bogus" in said and "PK103" in codes
    assert is_other_date or bool(codes & set(REFUSED)) == ("bad date" in said)
    assert is_other_date or ("PK102" in codes) == ("bogus date" in said)


@needs_rpmspec
@settings(max_examples=25, deadline=None)
@given(
    st.dates(datetime.date(1995, 1, 1), datetime.date(2050, 1, 1)),
    st.sampled_from(("", "Tues ", "Monday, ", "Fri ")),
    st.sampled_from(("%b", "%B")),
    st.sampled_from(("\n", "\r\n")),
)
def test_what_is_mended_rpm_takes(date: datetime.date, weekday: str, month: str, end: str) -> None:
    """After mending rpm has neither an error nor a warning, and the date is the same one."""
    name = f"{date:{month}}"
    entry = f"* {weekday}{name} {date.day} {date.year} A <a@b> - 1.0-3"
    raw = HEAD + f"%changelog\n{entry}{end}- caf\xe9{end}".encode()
    for _ in range(3):
        scene = scene_of({"demo.spec": raw})
        raw = mended(scene.files, found_in(scene, "PK10"))[0].get(b"demo.spec", raw)
    assert [] == changelog_of(raw)
    line = f"* {date:%a} {date:%b} {date.day} {date.year} A <a@b> - 1.0-3{end}"
    assert line.encode() in raw
    assert raw.endswith(f"- caf\xe9{end}".encode())
    assert "" == rpm_says(raw)


@needs_rpmspec
def test_the_order() -> None:
    """Dates go down, as rpm wants it; the same day twice is fine."""
    days = ("* Mon Mar 6 2023 A", "- x", "* Mon Mar 6 2023 A", "- x", "* Sun Mar 5 2023 A", "- x")
    assert [] == changelog_of(spec_with(*days))
    wrong = spec_with(*days, "* Tue Mar 7 2023 A", "- y")
    (found,) = changelog_of(wrong)
    assert ("PK104", len(HEAD.splitlines()) + 8) == (found.rule.code, found.line)
    assert "not in descending" in rpm_says(wrong)


@needs_rpmspec
def test_incomplete_entries() -> None:
    """Text before the first entry, and an entry without text, are what rpm stops at."""
    before = spec_with("text", "* Mon Mar 6 2023 A", "- x")
    assert ["PK105"] == [one.rule.code for one in changelog_of(before)]
    assert "must start with *" in rpm_says(before)
    empty = spec_with("* Mon Mar 6 2023 A", "")
    assert ["PK105"] == [one.rule.code for one in changelog_of(empty)]
    assert "no description" in rpm_says(empty)


@needs_rpmspec
def test_text_that_is_not_utf_8() -> None:
    """rpm refuses other bytes in what it keeps of a spec, and takes them in scripts."""
    raw = HEAD + b"echo caf\xe9\n" + ENTRY
    assert [] == found_in({"demo.spec": raw}, "PK107")
    assert "" == rpm_says(raw)
    for wrong in (raw + b"- caf\xe9\n", raw.replace(b"A demo", b"caf\xe9")):
        lines = [one.line for one in found_in({"demo.spec": wrong}, "PK107")]
        kept = [at for at, line in enumerate(wrong.splitlines(), 1) if b"caf\xe9" in line]
        assert [at for at in kept if wrong.splitlines()[at - 1] != b"echo caf\xe9"] == lines
        assert "invalid utf-8" in rpm_says(wrong)


def test_stars_inside_of_an_entry_are_text() -> None:
    """A list in the text of an entry is no entry, where it is indented."""
    raw = spec_with("* Mon Mar 6 2023 A", "- x", "  * a point", "  * another")
    assert [] == changelog_of(raw)


@pytest.mark.parametrize(
    ("told", "is_right"),
    [
        ("1.0-3", True),
        ("2:1.0-3", True),
        ("1.0-3.oe1", True),
        ("v1.0-3", True),
        ("1.0-2", False),
        ("0.9-3", False),
    ],
)
def test_the_version_of_the_newest_entry(told: str, is_right: bool) -> None:
    """It is that of the spec; epoch and the distribution's mark aside."""
    raw = HEAD + f"%changelog\n* Mon Mar 6 2023 A <a@b> - {told}\n- x\n".encode()
    codes = [one.rule.code for one in found_in(clean() | {"demo.spec": raw}, "PK106")]
    assert ([] if is_right else ["PK106"]) == codes


def test_no_version_is_no_finding() -> None:
    """Not all changelogs name versions."""
    raw = HEAD + b"%changelog\n* Mon Mar 6 2023 A <a@b>\n- x\n"
    assert [] == found_in({"demo.spec": raw}, "PK106")
    assert re.match(rb"Name", raw)
