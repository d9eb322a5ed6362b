"""report.json: it loses nothing, follows its schema, and is refused in words when damaged."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from patchkit.errors import PatchkitError
from patchkit.model.report import HeldCause, Report, Status
from patchkit.render.json import load_report, report_document, report_json
from patchkit.render.recorded import recorded_outputs
from patchkit.render.schemas import Schema
from tests.strategies.reports import names, reports

from .reports import REPORT

OUTPUTS = {"series.conf": "0" * 64, "patches/0001-same.patch": "ab" * 32}
VALIDATOR = Draft202012Validator(json.loads(Schema.REPORT.document()))

outputs = st.dictionaries(names, st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=3)


@pytest.mark.parametrize("schema", Schema)
def test_the_schema_is_a_schema(schema: Schema) -> None:
    """Each published schema is itself valid, and describes every key."""
    document = json.loads(schema.document())
    Draft202012Validator.check_schema(document)
    parts = [document]
    while parts:
        part = parts.pop()
        # In patchkit.yaml a person names axes and variants.
        assert schema is Schema.SETTINGS or part.get("additionalProperties", False) is False
        inner = [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]
        # A reference may lean on the description of what it refers to.
        assert all("description" in one or "$ref" in one for one in inner)
        parts += [*inner, *part.get("oneOf", ()), *([part["items"]] if "items" in part else [])]


@given(reports, outputs)
def test_every_report_follows_the_schema(report: Report, written: dict[str, str]) -> None:
    """Whatever a report holds, its JSON is what the schema says, in UTF-8, with a final newline."""
    raw = report_json(report, written)
    VALIDATOR.validate(json.loads(raw.decode("utf-8")))
    assert raw.endswith(b"}\n")
    assert json.loads(raw) == report_document(report, written)


@given(reports, outputs)
def test_nothing_is_lost(report: Report, written: dict[str, str]) -> None:
    """A report that was written is read back as the same value, its outputs as well."""
    raw = report_json(report, written)
    assert report == load_report(raw)
    assert written == recorded_outputs(raw)


def test_what_a_program_finds() -> None:
    """The keys and words that the format promises are there, with their values."""
    document = json.loads(report_json(REPORT, OUTPUTS))
    assert list(document) == [
        *("schema", "from", "to", "package", "upstream", "summary", "patches", "guarded"),
        *("warnings", "dependencies", "comparison", "siblings", "outputs"),
    ]
    assert document["schema"] == "patchkit-report/1"
    assert document["upstream"] == {
        "source": "https://example.invalid/kata",
        "note": "A reduced upstream.",
    }
    summary = document["summary"]
    assert {status.value for status in Status} == summary["counts"].keys()
    figures = (summary["patches"], summary["causes"], summary["held_regions"], summary["exit_code"])
    assert figures == (5, 1, 2, 1)
    followed = document["patches"][1]["files"][0]
    assert (followed["old_path"], followed["new_path"]) == ("cli/a.go", "cmd/a.go")
    assert followed["followed"] == {"kind": "similar", "similarity": 87}
    held = document["patches"][2]
    assert held["content"] == {"base64": "bGF0aW4g6Qo="}
    region = held["files"][0]["regions"][0]
    assert region["base"] == {"start": 100, "lines": ["\tx := 1\n", "old"]}
    assert region["settlement"]["held"]["cause"] == HeldCause.OVERLAP.value
    later = document["patches"][3]["files"][0]
    assert later["old_path"] == {"base64": "Z29uZS3pLmdv"}
    assert later["regions"][0]["settlement"]["held"]["consequence_of"] == {
        "patch": "0003-held.patch",
        "file": "src/x.go",
        "region": 1,
    }
    ruled = document["patches"][4]["files"][0]["regions"][0]["settlement"]
    assert ruled == {
        "settled": {
            "rule": "identical",
            "note": "Both sides made the same edit.",
            "result": ["b\n"],
        }
    }
    assert [output["path"] for output in document["outputs"]] == sorted(OUTPUTS)


def test_what_a_program_finds_of_the_two_stacks() -> None:
    """Who needs whom, and each line of an inner diff as one string with its markers."""
    document = json.loads(report_json(REPORT, OUTPUTS))
    assert document["dependencies"] == {
        "bonds": [
            {
                "patch": "0004-later.patch",
                "to": "0003-held.patch",
                "reasons": [{"kind": "lines", "file": "src/x.go"}],
            },
            {
                "patch": "0005-ruled.patch",
                "to": "0001-same.patch",
                "reasons": [{"kind": "order", "file": "r.go"}],
            },
        ],
        "unplaced": ["0003-held.patch"],
    }
    compared = document["comparison"]
    assert ("2.5.1", "3.2.0") == (compared["old"], compared["new"])
    assert {"same": 2, "context": 1, "changed": 1, "dropped": 1} == compared["counts"]
    same, _, changed, gone, _ = compared["patches"]
    place = {"number": 1, "name": "0001-same.patch"}
    assert {"old": place, "new": place, "statuses": ["same"]} == same
    assert (None, "left out, conflicts") == (gone["new"], gone["note"])
    assert ["+One more word.\n"] == changed["message"]
    lines = changed["files"][0]["hunks"][0]["lines"]
    assert ["  a\n", "-+b\n", {"base64": "KytjYWbpCg=="}] == lines


def test_a_part_of_a_report() -> None:
    """It keeps what is said of its patches alone, and can be written and read like the whole."""
    part = REPORT.of_patches(REPORT.patches[2:4])
    assert part == load_report(report_json(part, {}))
    assert part.comparison is not None
    assert part.dependencies is not None
    assert ["0003-held.patch", "0004-later.patch"] == [
        patch.name for patch in part.comparison.patches
    ]
    assert ("0003-held.patch", "0004-later.patch") == part.dependencies.patches
    assert 1 == len(part.dependencies.bonds)


def test_unknown_keys_are_passed_over() -> None:
    """A key that a later patchkit adds does not hinder this one."""
    document = report_document(REPORT, OUTPUTS)
    document["later"] = True
    document["patches"][0]["later"] = {}
    assert load_report(json.dumps(document).encode()) == REPORT


def _set(*way: Any) -> Callable[[dict[str, Any]], None]:
    """A change that puts the last of `way` where the others lead."""
    *keys, last, value = way

    def change(document: dict[str, Any]) -> None:
        part: Any = document
        for key in keys:
            part = part[key]
        part[last] = value

    return change


def _drop(key: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        del document[key]

    return change


HELD = ("patches", 2, "files", 0, "regions", 0)
COMPARED = ("comparison", "patches", 3)
INNER = ("comparison", "patches", 2, "files", 0, "hunks", 0, "lines")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_set("schema", "patchkit-report/2"), "reads patchkit-report/1, not patchkit-report/2"),
        (_set("schema", 1), 'schema: expected a string or {"base64": ...}, found 1.'),
        (_drop("schema"), "the key schema is missing."),
        (_drop("patches"), "the key patches is missing."),
        (_set("patches", {}), "patches: expected a list, found an object."),
        (_set("patches", 1, 7), "patches[1]: expected an object, found 7."),
        (_set("patches", 1, "status", "fine"), "patches[1].status: expected one of unchanged, "),
        (_set("patches", 1, "name", None), 'patches[1].name: expected a string or {"base64"'),
        (_set("patches", 1, "name", {"base64": "?"}), "patches[1].name: expected text, found an"),
        (_set("patches", 1, "name", "\ud800"), "patches[1].name: expected text, found '\\ud800'"),
        (_set("patches", 1, "files", 0, "hunks", True), "found true or false."),
        (_set("patches", 1, "files", 0, "hunks", 1.5), "expected a whole number, found 1.5."),
        (_set(*HELD, "settlement", {}), "regions[0].settlement: the key held is missing."),
        (_set(*HELD, "base", "lines", [1]), "regions[0].base.lines[0]: expected a string"),
        (_set("dependencies", "bonds", 0, "reasons", []), "bonds[0].reasons: expected a reason"),
        (_set(*COMPARED, "old", None), "patches[3]: expected a patch of one of the two stacks"),
        (_set(*COMPARED, "options", ["a"]), "patches[3].options: expected the options of both"),
        (_set(*COMPARED, "message", ["x"]), "patches[3].message[0]: expected a line with the mark"),
        (_set(*INNER, [" "]), "hunks[0].lines[0]: expected a line with the markers of its side"),
    ],
)
def test_damaged_report(change: Callable[[dict[str, Any]], None], problem: str) -> None:
    """What has another shape is refused with its place, and never ends in a traceback."""
    document = copy.deepcopy(report_document(REPORT, OUTPUTS))
    change(document)
    with pytest.raises(PatchkitError) as caught:
        load_report(json.dumps(document).encode(), "out/report.json")
    assert problem in caught.value.message
    assert caught.value.message.startswith("out/report.json: ")
    assert caught.value.hints


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b"[]", b"null", b'{"schema": NaN}', b"7"]
)
def test_not_a_report(raw: bytes) -> None:
    """What is no JSON object at all is refused in words, for both readers."""
    with pytest.raises(PatchkitError, match=r"^report\.json: "):
        load_report(raw)
    with pytest.raises(PatchkitError, match=r"^report\.json: "):
        recorded_outputs(raw)
