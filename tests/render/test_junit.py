"""report.xml: what the JUnit schema of Jenkins asks for, and nothing lost.

No wheel brings that schema, and it is not ours to copy: where `PATCHKIT_JUNIT_XSD` names a folder
with it, as in CI, real documents are validated by it, and everywhere by what it says put in words.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema
from hypothesis import given, settings

from patchkit.model.report import Report, Status
from patchkit.render.junit import report_junit
from tests.strategies.reports import reports

from .hostile import HOSTILE
from .reports import REPORT

_ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "skipped": {"message"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "system-out": set[str](),
}
_CHILDREN = {
    "testsuites": ("testsuite",),
    "testsuite": ("testcase", "system-out"),
    "testcase": ("skipped", "error", "failure", "system-out"),
}


def _checked(report: Report) -> Element:
    """The parsed document, after what the schema says of elements, attributes and order."""
    root = fromstring(report_junit(report))  # noqa: S314 (made here)
    for element in root.iter():
        assert set(element.attrib) == _ATTRIBUTES[element.tag]
        order = [_CHILDREN[element.tag].index(child.tag) for child in element]
        assert order == sorted(order)
        for key in {"tests", "failures", "errors", "skipped"} & element.attrib.keys():
            kind = {"tests": "testcase", "failures": "failure", "errors": "error"}.get(key, key)
            assert int(element.attrib[key]) == len(list(element.iter(kind)))
        if element.tag == "testcase":
            verdicts = [child.tag for child in element if child.tag != "system-out"]
            assert len(verdicts) <= 1
    return root


_XSDS = sorted(Path(os.environ.get("PATCHKIT_JUNIT_XSD", os.devnull)).rglob("junit-10.xsd"))


@pytest.mark.skipif(not _XSDS, reason="PATCHKIT_JUNIT_XSD names no folder with junit-10.xsd")
@settings(max_examples=60, deadline=None)
@given(reports)
def test_the_schema_of_jenkins_agrees(report: Report) -> None:
    """Each version of junit-10.xsd takes any report, and one with something of everything."""
    for place in _XSDS:
        schema = xmlschema.XMLSchema(place)
        for one in (report, REPORT, HOSTILE):
            schema.validate(BytesIO(report_junit(one)))
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            schema.validate(BytesIO(report_junit(REPORT).replace(b" classname=", b" odd=")))


def _status(case: Element) -> str:
    """The last word of the first line of what is told of a patch."""
    text = next(str(child.text) for child in case if child.text and child.text.strip())
    return text.splitlines()[0].rpartition(": ")[2]


@given(reports)
def test_any_report_follows_the_schema(report: Report) -> None:
    """Whatever a report holds, it is well-formed XML of the right shape, a case for each patch."""
    cases = list(_checked(report).iter("testcase"))
    assert [patch.status.value for patch in report.patches] == [*map(_status, cases)]


def test_control_characters_are_replaced() -> None:
    """What XML 1.0 cannot hold is shown or replaced, and tags are text."""
    root = _checked(HOSTILE)
    assert 3 == len(list(root.iter("testcase")))
    assert "<img src=x" in next(root.iter("failure")).attrib["message"]


def test_each_status_has_its_verdict() -> None:
    """Ported patches pass, others fail, are skipped or in error, with the three sides."""
    verdicts = {
        _status(case): [child.tag for child in case]
        for report in (REPORT, HOSTILE)
        for case in _checked(report).iter("testcase")
    }
    assert verdicts == {
        Status.UNCHANGED.value: ["system-out"],
        Status.FOLLOWED.value: ["system-out"],
        Status.RESOLVED.value: ["system-out"],
        Status.PARTIAL.value: ["failure"],
        Status.CONFLICTED.value: ["failure"],
        Status.ABSORBED.value: ["skipped", "system-out"],
        Status.BROKEN.value: ["error"],
    }
    failure = next(_checked(REPORT).iter("failure"))
    assert "1 region held: src/y.go:120" == failure.attrib["message"]
    assert "<<<<<<< ours, 3.2.0: src/y.go:120" in str(failure.text)
