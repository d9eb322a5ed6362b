"""What `report.json` says of itself: its format, and the files that were written with it (face
floor)."""

from __future__ import annotations

from collections.abc import Mapping

from patchkit.errors import PatchkitError
from patchkit.model.shown import shown_text
from patchkit.render.jsonreading import Node, parse_json

REPORT_SCHEMA = "patchkit-report/1"


def recorded_outputs(raw: bytes, source: str = "report.json") -> Mapping[str, str]:
    """The SHA-256 of every file that was written with this report, by its relative path.

    Raises `PatchkitError` as `load_report` does.
    """
    return {
        output.at("path").name(): output.at("sha256").name()
        for output in report_node(raw, source).at("outputs").items()
    }


def report_node(raw: bytes, source: str) -> Node:
    """The report as a document, of which only the format is looked at. Raises `PatchkitError`."""
    document = parse_json(raw, source)
    schema = document.at("schema").name()
    if schema != REPORT_SCHEMA:
        raise PatchkitError(
            f"{source}: this patchkit reads {REPORT_SCHEMA}, not {shown_text(schema)}.",
            "Use the patchkit that wrote it, or run the rebase again.",
        )
    return document
