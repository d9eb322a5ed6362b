"""What the siblings did, as plain data and back: `siblings` in report.json (face floor).

The format is a part of `patchkit-report/1`; alone it is `patchkit-siblings-report/1`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from patchkit.model.report import Lines, Report, UpstreamCommit
from patchkit.model.siblings import (
    Cell,
    CellState,
    EditState,
    Family,
    FamilyKind,
    Finding,
    FindingKind,
    Rank,
    SiblingEdit,
    SiblingPlace,
    SiblingReport,
    UnusedIgnore,
)
from patchkit.render.jsonreading import Node
from patchkit.render.jsontext import json_name, json_text

SIBLINGS_SCHEMA = "patchkit-siblings-report/1"


def siblings_document(report: Report, commit: Callable[[UpstreamCommit], Any]) -> dict[str, Any]:
    """What `patchkit siblings --json` prints; `commit` makes the value of a commit."""
    return {
        "schema": SIBLINGS_SCHEMA,
        "package": json_name(report.package),
        "from": json_name(report.old_version),
        "to": json_name(report.new_version),
        "siblings": [sibling_report(one, commit) for one in report.siblings],
    }


def sibling_report(
    report: SiblingReport, commit: Callable[[UpstreamCommit], Any]
) -> dict[str, Any]:
    """One report as plain data."""
    return {
        "axis": json_name(report.axis),
        "variant": json_name(report.variant),
        "columns": [json_name(name) for name in report.columns],
        "open": report.open,
        "families": [_family(one) for one in report.families],
        "findings": [_finding(one, commit) for one in report.findings],
        "proposal": json_text(report.proposal),
        "unused_ignores": [
            {"line": one.line, "pattern": json_name(one.pattern), "reason": json_name(one.reason)}
            for one in report.unused_ignores
        ],
        "notes": [json_name(note) for note in report.notes],
    }


def _family(family: Family) -> dict[str, Any]:
    return {
        "kind": family.kind.value,
        "name": json_text(family.name),
        "place": json_name(family.place),
        "line": family.line,
        "is_new": family.is_new,
        "is_inferred": family.is_inferred,
        "cells": [
            {
                "variant": json_name(cell.variant),
                "state": cell.state.value,
                "paths": [json_text(path) for path in cell.paths],
            }
            for cell in family.cells
        ],
    }


def _finding(finding: Finding, commit: Callable[[UpstreamCommit], Any]) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "rank": finding.rank.value,
        "path": json_text(finding.path),
        "line": finding.line,
        "symbol": json_name(finding.symbol),
        "note": json_name(finding.note),
        "is_new": finding.is_new,
        "siblings": [
            {"variant": json_name(one.variant), "path": json_text(one.path), "line": one.line}
            for one in finding.siblings
        ],
        "edit": finding.edit and _edit(finding.edit),
        "commit": finding.commit and commit(finding.commit),
        "patch": None if finding.patch is None else json_name(finding.patch),
        "ignored": None if finding.ignored is None else json_name(finding.ignored),
    }


def _edit(edit: SiblingEdit) -> dict[str, Any]:
    return {
        "state": edit.state.value,
        "removed": _lines(edit.removed),
        "added": _lines(edit.added),
        "before": _lines(edit.before),
        "after": _lines(edit.after),
    }


def _lines(lines: Sequence[bytes]) -> list[Any]:
    return [json_text(line) for line in lines]


def read_sibling_report(node: Node, commit: Callable[[Node], UpstreamCommit]) -> SiblingReport:
    """The report that was written so. Raises `PatchkitError` for another shape."""
    return SiblingReport(
        axis=node.at("axis").name(),
        variant=node.at("variant").name(),
        columns=tuple(one.name() for one in node.at("columns").items()),
        families=tuple(map(_read_family, node.at("families").items())),
        findings=tuple(_read_finding(one, commit) for one in node.at("findings").items()),
        proposal=node.at("proposal").text(),
        unused_ignores=tuple(
            UnusedIgnore(one.at("line").number(), one.at("pattern").name(), one.at("reason").name())
            for one in node.at("unused_ignores").items()
        ),
        notes=tuple(one.name() for one in node.at("notes").items()),
    )


def _read_family(node: Node) -> Family:
    return Family(
        kind=node.at("kind").word(FamilyKind),
        name=node.at("name").text(),
        cells=tuple(map(_read_cell, node.at("cells").items())),
        is_new=node.at("is_new").is_true(),
        is_inferred=node.at("is_inferred").is_true(),
        place=node.at("place").name(),
        line=node.at("line").optional(Node.number),
    )


def _read_cell(node: Node) -> Cell:
    return Cell(
        node.at("variant").name(),
        node.at("state").word(CellState),
        tuple(path.text() for path in node.at("paths").items()),
    )


def _read_finding(node: Node, commit: Callable[[Node], UpstreamCommit]) -> Finding:
    return Finding(
        kind=node.at("kind").word(FindingKind),
        rank=node.at("rank").word(Rank),
        path=node.at("path").text(),
        note=node.at("note").name(),
        line=node.at("line").optional(Node.number),
        symbol=node.at("symbol").name(),
        siblings=tuple(map(_read_place, node.at("siblings").items())),
        is_new=node.at("is_new").is_true(),
        edit=node.at("edit").optional(_read_edit),
        commit=node.at("commit").optional(commit),
        patch=node.at("patch").optional(Node.name),
        ignored=node.at("ignored").optional(Node.name),
    )


def _read_place(node: Node) -> SiblingPlace:
    return SiblingPlace(
        node.at("variant").name(), node.at("path").text(), node.at("line").optional(Node.number)
    )


def _read_edit(node: Node) -> SiblingEdit:
    return SiblingEdit(
        node.at("state").word(EditState),
        _read_lines(node.at("removed")),
        _read_lines(node.at("added")),
        _read_lines(node.at("before")),
        _read_lines(node.at("after")),
    )


def _read_lines(node: Node) -> Lines:
    return tuple(line.text() for line in node.items())
