"""Checks the changelog of a spec as rpm reads it (lint floor; pure): build/parseChangelog.c."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchkit.lint.rules import (
    BAD_DATE,
    CHANGELOG_INCOMPLETE,
    CHANGELOG_ORDER,
    CHANGELOG_VERSION,
    NO_WEEKDAY,
    SPEC_ENCODING,
    WRONG_WEEKDAY,
)
from patchkit.lint.spec import KEPT_SECTIONS, Spec, SpecLine
from patchkit.model.lint import Edit, Finding, LintRule
from patchkit.model.shown import shown_text

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_DATE = re.compile(
    r"(?P<star>\s*\*\s*)"
    r"(?:(?P<weekday>[A-Za-z]+)(?P<comma>[.,]?)\s+)?"
    r"(?P<month>[A-Z][a-z]{2})\s+(?P<day>\d{1,2})\s+(?:\d\d?:\d\d:\d\d\s+\S+\s+)?(?P<year>\d{4})"
    r"(?=\s|$)(?P<rest>.*)"
)
_WHOLE_MONTH = re.compile(
    r"\s(?P<name>January|February|March|April|June|July|August|Sept|September|October|November"
    r"|December)(?=\s)"
)
_VERSION = re.compile(r"(?:^|[\s>-])((?:\d+:)?v?\d[\w.+~^]*)-(\d[\w.+~^]*)\s*$")
_DIST = re.compile(r"\.(?:oe\w*|fc\d+|el\d\w*)$")


@dataclass(frozen=True, slots=True)
class _Entry:
    """The first line of an entry, and whether text follows below it."""

    line: SpecLine
    has_text: bool

    @property
    def shown(self) -> str:
        return shown_text(self.line.text.strip())


def changelog_findings(spec: Spec) -> Iterator[Finding]:
    """What is wrong with the changelog of a spec."""
    lines = spec.section("changelog")
    entries = list(_entries(lines))
    yield from _text_before(spec, lines)
    newer: datetime.date | None = None
    for entry in entries:
        yield from _date_findings(spec, entry)
        date = _date_of(entry)
        if date is not None and newer is not None and date > newer:
            yield _finding(
                spec, CHANGELOG_ORDER, entry,
                f"{date} is after {newer} of the entry above.",
            )  # fmt: skip
        newer = date or newer
        yield from _incomplete(spec, entry)
    if entries:
        yield from _version(spec, entries[0])


def encoding_findings(spec: Spec) -> Iterator[Finding]:
    """Lines of a spec that rpm would have to keep and cannot."""
    for line in spec.lines:
        is_comment = line.text.lstrip().startswith("#") and line.section != "changelog"
        if line.section in KEPT_SECTIONS and not is_comment:
            try:
                spec.raw_lines[line.number - 1].decode("utf-8")
            except UnicodeDecodeError:
                told = f"not UTF-8: {shown_text(line.text.strip())}"
                yield Finding(SPEC_ENCODING, spec.path, line.number, told)


def _entries(lines: Sequence[SpecLine]) -> Iterator[_Entry]:
    for at, line in enumerate(lines):
        if not line.text.lstrip().startswith("*"):
            continue
        if not _begins_entry(lines, at):
            continue
        has_text = False
        for following in lines[at + 1 :]:
            if following.text.lstrip().startswith("*") and has_text:
                break
            has_text = has_text or bool(following.text.strip())
        yield _Entry(line, has_text)


def _begins_entry(lines: Sequence[SpecLine], at: int) -> bool:
    """Whether a line with a star begins an entry, as rpm sees it: only at the left edge, except
    for the first of all."""
    is_first = not any(line.text.strip() for line in lines[:at])
    return is_first or lines[at].text.startswith("*")


def _text_before(spec: Spec, lines: Sequence[SpecLine]) -> Iterator[Finding]:
    for line in lines:
        text = line.text.strip()
        if text.startswith("*"):
            return
        if text and not text.startswith(("#", "%")):
            yield Finding(
                CHANGELOG_INCOMPLETE, spec.path, line.number,
                f"text before the first entry: {shown_text(text)}",
            )  # fmt: skip
            return


def _date_findings(spec: Spec, entry: _Entry) -> Iterator[Finding]:
    match = _DATE.match(entry.line.text)
    if match is None:
        edits = tuple(_with_short_month(spec, entry.line))
        yield _finding(spec, BAD_DATE, entry, f"not a date as rpm reads it: {entry.shown}", edits)
        return
    date = _date_in(match)
    if date is None:
        told = f"{match['month']} {match['day']} {match['year']}"
        yield _finding(spec, BAD_DATE, entry, f"there is no such date: {told}")
        return
    right = _DAYS[date.weekday()]
    written = match["weekday"]
    if written == right and not match["comma"]:
        return
    edits = (_with_weekday(spec, entry.line, match, right),)
    if written in _DAYS and not match["comma"]:
        message = f"{date} was a {right}, not a {written}."
        yield _finding(spec, WRONG_WEEKDAY, entry, message, edits)
    elif written is None:
        message = f"no weekday, {right} is right: {entry.shown}"
        yield _finding(spec, NO_WEEKDAY, entry, message, edits)
    else:
        message = (
            f"{written}{match['comma']} is no weekday for rpm, {right} is right: {entry.shown}"
        )
        yield _finding(spec, NO_WEEKDAY, entry, message, edits)


def _with_short_month(spec: Spec, line: SpecLine) -> Iterator[Edit]:
    """The month as rpm knows it, where its whole name is all that is wrong."""
    match = _WHOLE_MONTH.search(line.text)
    if match is None or match["name"][:3] not in _MONTHS:
        return
    text = f"{line.text[: match.start('name') + 3]}{line.text[match.end('name') :]}"
    if _DATE.match(text) is not None:
        yield _replaced(spec, line, text)


def _with_weekday(spec: Spec, line: SpecLine, match: re.Match[str], weekday: str) -> Edit:
    text = line.text
    begin = match["star"] if match["star"].endswith((" ", "\t")) else f"{match['star']} "
    return _replaced(spec, line, f"{begin}{weekday} {text[match.start('month') :]}")


def _replaced(spec: Spec, line: SpecLine, text: str) -> Edit:
    raw = spec.raw_lines[line.number - 1]
    end = raw[len(raw.rstrip(b"\r\n")) :]
    mended = text.encode("utf-8", "surrogateescape") + end
    return Edit(spec.path, line.number - 1, line.number, (mended,))


def _date_of(entry: _Entry) -> datetime.date | None:
    match = _DATE.match(entry.line.text)
    return None if match is None else _date_in(match)


def _date_in(match: re.Match[str]) -> datetime.date | None:
    if match["month"] not in _MONTHS:
        return None
    year = int(match["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime.date(year, _MONTHS.index(match["month"]) + 1, int(match["day"]))
    except ValueError:
        return None


def _incomplete(spec: Spec, entry: _Entry) -> Iterator[Finding]:
    match = _DATE.match(entry.line.text)
    if match is not None and not match["rest"].strip():
        yield _finding(spec, CHANGELOG_INCOMPLETE, entry, "no name behind the date.")
    if not entry.has_text:
        yield _finding(spec, CHANGELOG_INCOMPLETE, entry, "no text below this entry.")


def _version(spec: Spec, entry: _Entry) -> Iterator[Finding]:
    version, release = spec.value("Version"), spec.value("Release")
    told = _VERSION.search(entry.line.text.replace(">-", "> - "))
    if told is None or not version or not release:
        return
    said_version, said_release = told[1].rpartition(":")[2], _DIST.sub("", told[2])
    if said_version.lstrip("v") == version.lstrip("v") and said_release in (
        release, _DIST.sub("", release),
    ):  # fmt: skip
        return
    yield _finding(
        spec, CHANGELOG_VERSION, entry,
        f"the newest entry is for {told[1]}-{told[2]}, the spec is {version}-{release}.",
    )  # fmt: skip


def _finding(
    spec: Spec, rule: LintRule, entry: _Entry, message: str, edits: tuple[Edit, ...] = ()
) -> Finding:
    return Finding(rule, spec.path, entry.line.number, message, edits=edits)
