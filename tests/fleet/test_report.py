"""The combined report: JSON that follows its schema and loses nothing, text, and the page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from hypothesis import given
from jsonschema import Draft202012Validator

from patchkit.model.fleet import Ending, FleetReport, Limits, PackageOutcome
from patchkit.model.report import HeldCause, Status
from patchkit.render.fleet import fleet_text, groups_of
from patchkit.render.fleetjson import (
    fleet_document,
    fleet_json,
    load_outcome,
    outcome_document,
    outcome_json,
    read_outcome,
)
from patchkit.render.html.fleet import fleet_html
from patchkit.render.schemas import Schema
from tests.strategies.fleets import EVIL, fleet_reports, outcomes

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

_SCHEMA = Draft202012Validator(json.loads(Schema.FLEET.document()))


@given(fleet_reports)
def test_every_report_follows_the_schema(report: FleetReport) -> None:
    """The file is the document that is printed, a line for each package."""
    raw = fleet_json(report)
    _SCHEMA.validate(json.loads(raw))
    assert fleet_document(report) == json.loads(raw)
    assert len(report.outcomes) == len(re.findall(rb'(?m)^  \{"name"', raw))


@given(outcomes)
def test_a_record_loses_nothing(outcome: PackageOutcome) -> None:
    """What a later run reads is what was written."""
    assert outcome == load_outcome(outcome_json(outcome), "record")
    assert outcome == read_outcome(json.loads(json.dumps(outcome_document(outcome))))


@given(fleet_reports)
def test_every_package_is_in_one_group(report: FleetReport) -> None:
    """In the text and on the page as well, whatever stands in its message."""
    names = sorted(one.name for group in groups_of(report) for one in group.outcomes)
    assert sorted(one.name for one in report.outcomes) == names
    assert not set(re.findall(r"[^\n -~]", fleet_text(report))) & set("\x1b\u202e\r")
    page = fleet_html(report).decode()
    assert 1 == page.count("<script>")
    for name in names:
        assert f">{name}<" in page


def test_the_exit_code_is_the_gravest() -> None:
    """A failed proof, then a person, then nothing."""

    def ended(*endings: Ending) -> int:
        outcomes = (PackageOutcome(ending.value, ending) for ending in endings)
        return FleetReport("made", tuple(outcomes)).exit_code

    assert 0 == ended(Ending.PORTED, Ending.CURRENT)
    assert [1] * 6 == [
        ended(Ending.PORTED, ending)
        for ending in Ending
        if ending.needs_person and ending is not Ending.UNPROVED
    ]
    assert 3 == ended(Ending.CRASHED, Ending.UNPROVED)


def test_a_limit_is_final_for_the_same_limit_only() -> None:
    """And what may be better next time is never taken over."""
    late = PackageOutcome("late", Ending.TIME_LIMIT, limits=Limits(5))
    assert (True, False) == (late.serves(Limits(5)), late.serves(Limits(6)))
    assert PackageOutcome("done", Ending.PORTED, limits=Limits(5)).serves(Limits(6))
    for ending in (Ending.CRASHED, Ending.BAD_INPUT, Ending.NO_UPSTREAM):
        assert not PackageOutcome("not", ending).serves(Limits())


def _report() -> FleetReport:
    return FleetReport(
        "made",
        (
            PackageOutcome("alpha", Ending.PORTED, "1", "2", patches={Status.MERGED: 3}),
            PackageOutcome(
                "beta", Ending.CONFLICTS, "1", "2", patches={Status.PARTIAL: 1}, held=2,
                causes={HeldCause.FILE_GONE: 2},
            ),
            PackageOutcome("gamma", Ending.BAD_INPUT, message=EVIL),
        ),
    )  # fmt: skip


def test_the_page_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """Nothing is asked for and no stranger's script runs; the search finds packages and causes."""
    place = tmp_path / "index.html"
    place.write_bytes(fleet_html(_report()))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("console", lambda message: seen.append(f"logged: {message.text}"))
    page.on("request", lambda request: seen.append(request.url))
    page.goto(place.as_uri())
    rows = page.locator("details.group tbody tr:visible th")
    assert ["gamma", "beta"] == rows.all_text_contents()  # what is done by itself is folded
    assert "Fleet made: 3 packages" == page.title()
    page.fill("#search", "merged alpha")
    page.locator("#told", has_text="0 of 3").wait_for()
    page.fill("#search", "alpha")
    page.locator("#told", has_text="1 of 3").wait_for()
    assert ["alpha"] == rows.all_text_contents()
    page.fill("#search", "")
    page.locator("#told", has_text="3 of 3").wait_for()
    page.fill("#search", "file-gone")
    page.locator("#told", has_text="1 of 3").wait_for()
    assert ["beta"] == rows.all_text_contents()
    assert "packages/beta/report.html" == rows.locator("a").get_attribute("href")
    context.close()
    assert [place.as_uri()] == seen
