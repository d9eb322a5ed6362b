"""What lint found, as text, as JSON and as SARIF (face floor)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_from_bytes

from patchkit.lint.rules import LINT_RULES
from patchkit.model.lint import Finding, LintRule, Severity
from patchkit.model.shown import shown_path, shown_text
from patchkit.render.jsontext import json_name, json_text
from patchkit.render.sariftext import sarif_document, sarif_message, sarif_rule
from patchkit.render.summary import counted

LINT_SCHEMA = "patchkit-lint/1"
_ROOT = "SRCROOT"
_ROOTS = {_ROOT: "The packaging repository."}
_FINGERPRINT = "patchkitFinding/v1"


def lint_text(
    findings: Sequence[Finding], mended: Sequence[Finding] = (), notes: Sequence[str] = ()
) -> str:
    """A line for each finding, as compilers write them, and one that counts."""
    lines = [f"mended: {_line(finding)}" for finding in mended]
    lines += map(_line, findings)
    lines += (f"note: {shown_text(note)}" for note in notes)
    return "\n".join([*lines, *_end(findings, mended)]) + "\n"


def lint_document(
    findings: Sequence[Finding], mended: Sequence[Finding] = (), notes: Sequence[str] = ()
) -> Mapping[str, Any]:
    """The same as plain data: `lint.schema.json` beside this module describes it."""
    return {
        "schema": LINT_SCHEMA,
        "notes": [json_name(note) for note in notes],
        "findings": [_document(finding) for finding in findings],
        "mended": [_document(finding) for finding in mended],
    }


def lint_sarif(findings: Sequence[Finding]) -> bytes:
    """The findings as SARIF 2.1.0, at the files and lines of the repository."""
    numbers = {rule.code: number for number, rule in enumerate(LINT_RULES)}
    rules = [
        {
            **sarif_rule(rule.code, rule.what, rule.advice, rule.severity.value),
            "name": rule.name,
        }
        for rule in LINT_RULES
    ]
    results = [_result(finding, numbers[finding.rule.code]) for finding in findings]
    return sarif_document("patchkit/lint/", rules, _ROOTS, results)


def rules_text() -> str:
    """A line for each rule."""
    return "".join(
        f"{rule.code} {rule.severity.value:7} {rule.name}: {rule.what}{_mark(rule)}\n"
        for rule in LINT_RULES
    )


def rules_document() -> Mapping[str, Any]:
    """The rules as plain data."""
    return {
        "schema": "patchkit-lint-rules/1",
        "rules": [
            {
                "code": rule.code,
                "name": rule.name,
                "severity": rule.severity.value,
                "what": rule.what,
                "advice": rule.advice,
                "is_mended": rule.is_mended,
            }
            for rule in LINT_RULES
        ],
    }


def _mark(rule: LintRule) -> str:
    return " (--fix)" if rule.is_mended else ""


def _line(finding: Finding) -> str:
    rule = finding.rule
    place = shown_path(finding.path)
    if finding.line is not None:
        place = f"{place}:{finding.line}"
    mark = " (--fix)" if finding.is_mendable else ""
    message = shown_text(finding.message)
    return f"{place}: {rule.severity.value} {rule.code} {rule.name}: {message}{mark}"


def _end(findings: Sequence[Finding], mended: Sequence[Finding]) -> Iterator[str]:
    if mended:
        yield f"{counted(len(mended), 'finding', 'findings')} mended."
    if not findings:
        yield "Nothing is wrong here." if not mended else "Nothing else is wrong here."
        return
    kinds = [finding.rule.severity for finding in findings]
    told = [
        counted(kinds.count(severity), word, f"{word}s")
        for severity, word in zip(Severity, ("error", "warning", "note"), strict=True)
        if severity in kinds
    ]
    mendable = sum(finding.is_mendable for finding in findings)
    more = f" {mendable} of them can be mended with --fix." if mendable else ""
    yield f"{', '.join(told)}.{more}"


def _document(finding: Finding) -> Mapping[str, Any]:
    return {
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.rule.severity.value,
        "path": json_text(finding.path),
        "line": finding.line,
        "message": json_name(finding.message),
        "is_mendable": finding.is_mendable,
    }


def _result(finding: Finding, number: int) -> Mapping[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote_from_bytes(finding.path, safe="/"), "uriBaseId": _ROOT}
    }
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
    told = f"{finding.rule.code}\0{finding.message}".encode("utf-8", "surrogateescape")
    # Without the line, so that a finding stays the same when lines move.
    identity = hashlib.sha256(finding.path + b"\0" + told).hexdigest()
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": number,
        "level": finding.rule.severity.value,
        "message": {"text": sarif_message(shown_text(finding.message))},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {_FINGERPRINT: identity},
    }
