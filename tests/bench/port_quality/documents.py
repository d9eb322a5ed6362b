"""The scores for others to read: JSON for programs, the documentation for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.marked import write_marked
from tests.bench.port_quality.own import PATCHKIT, reported_patches
from tests.bench.port_quality.scoring import PortScore
from tests.bench.port_quality.tables import Scores

BEGIN = "<!-- figures: begin; written by port_quality -->"
END = "<!-- figures: end -->"
_NEW_PAGE = f"# Port quality\n\n{BEGIN}\n{END}\n"


def as_json(groups: Mapping[str, Scores]) -> str:
    """Everything that was found out, by group, tool and package.

    A patch that patchkit ported has under `report` what `report.json` says of it.
    """
    document = {
        group: {tool: [_port(port) for port in ports] for tool, ports in scores.items()}
        for group, scores in groups.items()
    }
    return json.dumps(document, indent=1) + "\n"


def _port(score: PortScore) -> dict[str, Any]:
    case, port = score.prepared.case, score.port
    reports = _reports(score)
    patches = []
    for patch in score.patches:
        row = {
            "name": patch.result.name,
            "verdict": patch.verdict.value,
            "outcome": patch.result.outcome.value,
            "status": patch.result.status,
            "truth": patch.truth,
            "same_lines": patch.same_lines,
            "likeness": None if patch.likeness is None else round(patch.likeness, 3),
            "held": patch.result.held,
            "causes": patch.result.causes,
        }
        if patch.result.name in reports:
            row["report"] = reports[patch.result.name]
        patches.append(row)
    return {
        "package": case.package,
        "from": case.old,
        "to": case.new,
        "notes": list(score.prepared.notes),
        "seconds": port.seconds,
        "failure": port.failure,
        "right": score.right,
        "patches": patches,
    }


def _reports(score: PortScore) -> Mapping[str, Any]:
    if score.port.tool != PATCHKIT:
        return {}
    return {str(patch["name"]): patch for patch in reported_patches(score.prepared)}


def write_figures(file: Path, tables: Mapping[str, str]) -> None:
    """Put the tables of each group between the marks in a Markdown file, or into a new one.

    Raises `BenchError` when the file has no such marks.
    """
    sections = "".join(f"### {group}\n\n{table}\n" for group, table in tables.items())
    write_marked(file, BEGIN, END, sections, _NEW_PAGE)
