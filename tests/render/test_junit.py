"""report.xml: what the JUnit schema of Jenkins asks for, checked by hand, and nothing lost."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from hypothesis import given

from patchkit.model.report import Report, Status
from patchkit.render.junit import report_junit

from .hostile import HOSTILE
from .reports import REPORT, reports

_ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname", "status"},
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


@given(reports)
def test_any_report_follows_the_schema(report: Report) -> None:
    """Whatever a report holds, it is well-formed XML of the right shape, a case for each patch."""
    cases = list(_checked(report).iter("testcase"))
    assert [patch.status.value for patch in report.patches] == [
        case.get("status") for case in cases
    ]


def test_control_characters_are_replaced() -> None:
    """What XML 1.0 cannot hold is shown or replaced, and tags are text."""
    root = _checked(HOSTILE)
    assert 3 == len(list(root.iter("testcase")))
    assert "<img src=x" in next(root.iter("failure")).attrib["message"]


def test_each_status_has_its_verdict() -> None:
    """Ported patches pass, others fail, are skipped or in error, with the three sides."""
    verdicts = {
        case.get("status"): [child.tag for child in case]
        for report in (REPORT, HOSTILE)
        for case in _checked(report).iter("testcase")
    }
    assert verdicts == {
        Status.UNCHANGED.value: [],
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
