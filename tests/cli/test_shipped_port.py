"""The finished port that ships is what the main command makes of stack and recorded decisions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.folders import contents_of, state_of, without_times
from tests.cli.running import assert_done, run
from tests.cli.shipped import SERIES, statuses

_NAMED = os.environ.get("PATCHKIT_UPSTREAM", "")
_UPSTREAM = str(Path(_NAMED).absolute())
_REBASE = ("rebase", "--from", "2.5.1", "--to", "3.2.0")

on_the_real_upstream = pytest.mark.skipif(
    not _NAMED, reason="PATCHKIT_UPSTREAM names no clone of kata-containers"
)


def test_every_byte_of_the_shipped_port_comes_from_the_command(clone: Path, tmp_path: Path) -> None:
    """The same names, modes and bytes, offline, from the old stack and the decisions alone."""
    out = tmp_path / "3.2.0"
    (clone / SERIES / "3.2.0").rename(tmp_path / "shipped")
    assert_done(run(*_REBASE, "--out", out, cwd=clone))
    shipped = without_times(state_of(tmp_path / "shipped"))
    assert shipped
    assert shipped == without_times(state_of(out))


def test_without_the_decisions_the_regions_are_held(clone: Path, tmp_path: Path) -> None:
    """All but what a person decided comes out by itself."""
    done = run(
        *_REBASE, "--resolutions", "/dev/null", "--out", tmp_path / "out", "--json", cwd=clone
    )
    assert (1, "") == (done.exit_code, done.stderr)
    document = json.loads(done.stdout)
    assert {
        **dict.fromkeys(("0001", "0002", "0003", "0005", "0006"), "unchanged"),
        **dict.fromkeys(("0009", "0015", "0016"), "unchanged"),
        **dict.fromkeys(("0004", "0012", "0018"), "shifted"),
        **dict.fromkeys(("0010", "0017"), "merged"),
        **dict.fromkeys(("0008", "0013", "0014"), "partial"),
        "0011": "resolved",
        "0007": "conflicted",
    } == {patch["name"][:4]: patch["status"] for patch in document["patches"]}
    assert (5, 5) == (document["summary"]["held_regions"], document["summary"]["causes"])
    assert [] == document["warnings"]


@on_the_real_upstream
def test_the_real_upstream_gives_the_shipped_port(clone: Path, tmp_path: Path) -> None:
    """Patches, series and script are the same; of the reports what names the upstream differs."""
    out = tmp_path / "out"
    done = run(*_REBASE, "--out", out, "--upstream", _UPSTREAM, cwd=clone)
    assert_done(done)
    assert 18 == len(statuses(done.stdout))
    real, shipped = contents_of(out), contents_of(clone / SERIES / "3.2.0")
    assert real.keys() == shipped.keys()
    assert _without_reports(shipped) == _without_reports(real)
    assert _findings(shipped) == _findings(real)


def _without_reports(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {path: raw for path, raw in files.items() if not path.startswith("report.")}


def _findings(files: Mapping[str, bytes]) -> Mapping[str, object]:
    """The report, but for the upstream, what a whole tree has of siblings, and the digest of the
    other report, which names them."""
    document = json.loads(files["report.json"])
    outputs = [one for one in document["outputs"] if one["path"] != "report.txt"]
    return {**document, "upstream": None, "siblings": None, "outputs": outputs}
