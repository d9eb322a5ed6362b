"""Ends with an error when one of the guarded packages is covered by less than 90 % of its branches.

Usage: coverage_gate.py COVERAGE.json, the file that `coverage json` writes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

GUARDED = (
    "patchkit/model/",
    "patchkit/diffing/",
    "patchkit/engine/",
    "patchkit/syntax/",
    "patchkit/siblings/",
)
LEAST = 90.0


def branch_coverage(report: dict[str, dict[str, dict[str, dict[str, int]]]], start: str) -> float:
    """The share of branches taken in the files below `start`, in percent."""
    files = report["files"].items()
    summaries = [file["summary"] for name, file in files if name.startswith(start)]
    branches = sum(summary["num_branches"] for summary in summaries)
    covered = sum(summary["covered_branches"] for summary in summaries)
    return 100.0 * covered / branches if branches else 0.0


def main(path: str) -> int:
    """Print the coverage of each guarded package; 1 if one is too low."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    shares = {start: branch_coverage(report, start) for start in GUARDED}
    for start, share in shares.items():
        # What the command of CI is for.
        print(f"{start:20} {share:5.1f} % of branches (at least {LEAST:.0f} %)")  # noqa: T201
    return int(any(share < LEAST for share in shares.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
