"""The port of the shipped stack before a person decided anything: what a reviewer gets first."""

from __future__ import annotations

from pathlib import Path

from patchkit.model.report import Report
from patchkit.render.json import load_report
from tests.cli.running import run
from tests.cli.shipped import copy_clone


def kata_report(root: Path) -> Report:
    """Port the shipped stack in `root` without the recorded decisions, offline."""
    clone = copy_clone(root / "clone")
    words = ("rebase", "--from", "2.5.1", "--to", "3.2.0", "--resolutions", "/dev/null")
    done = run(*words, "--out", root / "out", cwd=clone)
    assert (1, "") == (done.exit_code, done.stderr)
    return load_report((root / "out" / "report.json").read_bytes())
