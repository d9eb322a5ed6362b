"""Ports a case with patchkit, through its library as anybody would use it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from typing import Any

from patchkit import Overwrite, PatchkitError, find_project, plan_rebase
from patchkit.model.report import Held, HeldCause, PortedPatch
from tests.bench.port_quality.cases import Prepared, read_series
from tests.bench.port_quality.results import Outcome, PatchResult, PortResult, save_result

PATCHKIT = "patchkit"
_FAILED = "failed"


def port_with_patchkit(prepared: Prepared, fuzz: int | None = None) -> PortResult:
    """Port and prove the stack, and write it with its report; the time is that of all of it.

    `fuzz` is the limit, None for patchkit's own. Where patchkit gives up, nothing of the stack is
    ported.
    """
    out = prepared.ported(PATCHKIT)
    entries = read_series(prepared.stack)
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(exist_ok=True)
    started = time.monotonic()
    failure = ""
    try:
        plan = plan_rebase(
            find_project(prepared.stack),
            "old",
            "new",
            upstream=str(prepared.upstream),
            out=out,
            fuzz=fuzz,
        )
        plan.write(Overwrite.FORCE)
        ported = zip(plan.report.patches, entries, strict=True)
        patches = tuple(_result(patch, entry.strip) for patch, entry in ported)
    except PatchkitError as error:
        failure = str(error)
        patches = tuple(PatchResult(entry.name, Outcome.HELD, _FAILED) for entry in entries)
    seconds = round(time.monotonic() - started, 2)
    result = PortResult(PATCHKIT, seconds, patches, failure)
    save_result(result, prepared)
    return result


def _result(patch: PortedPatch, strip: int) -> PatchResult:
    if patch.status.is_dropped:
        outcome = Outcome.DROPPED
    elif patch.status.is_ported:
        outcome = Outcome.PORTED
    else:
        outcome = Outcome.HELD
    settlements = [region.settlement for region in patch.held]
    causes = [held for held in settlements if isinstance(held, Held) and not held.consequence_of]
    counts = len(settlements), len(causes)
    return PatchResult(
        patch.name, outcome, patch.status.value, *counts, strip=strip, why_held=_why_held(patch)
    )


def _why_held(patch: PortedPatch) -> str:
    """The kind of question that the held regions of a patch ask."""
    held = [one.settlement for one in patch.held if isinstance(one.settlement, Held)]
    if not held:
        return ""
    gone = [one.cause in (HeldCause.FILE_GONE, HeldCause.FILE_AMBIGUOUS) for one in held]
    if all(gone):
        return "the file is gone"
    if all(one.suggestion is not None for one in held):
        return "a suggested rule answers every region"
    if any(gone):
        return "a file is gone, and both changed the same lines of another"
    return "both changed the same lines"


def reported_patches(prepared: Prepared) -> Sequence[dict[str, Any]]:
    """What the `report.json` of the last port says of each patch; empty where there is none."""
    place = prepared.ported(PATCHKIT) / "report.json"
    if not place.is_file():
        return ()
    patches: list[dict[str, Any]] = json.loads(place.read_bytes())["patches"]
    return patches
