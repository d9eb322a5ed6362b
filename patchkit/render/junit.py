"""The report as JUnit XML, for any CI: `report.xml` (face floor).

Each patch is a test case: ported ones pass, one that needs a person fails, one that upstream has is
skipped, one that does not apply to its own base is an error. The order of elements and attributes
keeps to the schema that Jenkins publishes. There is no time in it: the same report gives the same
bytes.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from patchkit.model.report import PortedPatch, Report, Status
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.summary import counted, figures, next_step, shown_file
from patchkit.render.text import STATUS_SENTENCES, patch_text

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML 1.0 document cannot hold in any form."""
_MOST_NAMED = 5


def report_junit(report: Report) -> bytes:
    """The bytes of `report.xml`: UTF-8, with a final newline."""
    name = f"{report.package} {report.old_version} -> {report.new_version}"
    numbers = _numbers(report)
    totals = {key: value for key, value in numbers.items() if key != "skipped"}
    root = Element("testsuites", {"name": "patchkit", **totals})
    suite = SubElement(root, "testsuite", {"name": _text(shown_name(name)), **numbers})
    for patch in report.patches:
        _add_case(suite, patch, report)
    told = [figures(report), next_step(report), *(f"warning: {one}" for one in report.warnings)]
    SubElement(suite, "system-out").text = _text("\n".join(map(shown_text, told)))
    indent(root)
    document: str = tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'.encode()


def _numbers(report: Report) -> dict[str, str]:
    broken = report.counts[Status.BROKEN]
    needing = sum(patch.status.needs_person for patch in report.patches)
    skipped = sum(patch.is_dropped for patch in report.patches)
    return {
        "tests": str(len(report.patches)),
        "failures": str(needing - broken),
        "errors": str(broken),
        "skipped": str(skipped),
    }


def _add_case(suite: Element, patch: PortedPatch, report: Report) -> None:
    # A dot in it would be taken for a package of classes.
    group = shown_name(report.package).replace(".", "_") or "patchkit"
    names = {"name": _text(shown_name(patch.name)), "classname": _text(group)}
    case = SubElement(suite, "testcase", names)
    told = _text(patch_text(patch, report))
    if patch.is_dropped:
        message = " ".join((STATUS_SENTENCES[patch.status], *patch.notes))
        SubElement(case, "skipped", {"message": _text(shown_text(message))})
    elif patch.status.needs_person:
        kind = "error" if patch.status is Status.BROKEN else "failure"
        attributes = {"message": _text(_message(patch)), "type": patch.status.value}
        SubElement(case, kind, attributes).text = told
        return
    # The schema has no attribute for a status, so every patch says it in words.
    SubElement(case, "system-out").text = told


def _message(patch: PortedPatch) -> str:
    places = [
        f"{shown_name(shown_file(file))}:{region.ours.start}"
        for file in patch.files
        for region in file.held
    ]
    if not places:
        return STATUS_SENTENCES[patch.status]
    named = ", ".join(places[:_MOST_NAMED])
    more = len(places) - _MOST_NAMED
    others = f" and {counted(more, 'other place', 'other places')}" if more > 0 else ""
    return f"{counted(len(places), 'region', 'regions')} held: {named}{others}"


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
