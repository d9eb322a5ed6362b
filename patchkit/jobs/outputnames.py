"""How the files of a new stack are called, and their digests (jobs floor)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from patchkit.workspace.staging import Output

REPORT_JSON = "report.json"
REPORT_TEXT = "report.txt"
SCRIPT = "apply-patches"
FURTHER_REPORTS: Mapping[str, str] = {
    "html": "report.html",
    "markdown": "report.md",
    "junit": "report.xml",
    "sarif": "report.sarif",
}
"""The reports that are written when they are asked for: name of the format, name of the file."""


def digests_of(outputs: Iterable[Output]) -> Mapping[str, str]:
    """The SHA-256 of every output but the JSON report itself, which records them."""
    return {
        one.path: hashlib.sha256(one.content).hexdigest()
        for one in outputs
        if one.path != REPORT_JSON
    }
