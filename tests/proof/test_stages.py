"""The proof in stages: all of a stack is proved, and what is wrong anywhere is found."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from patchkit.engine.stages import Stage
from patchkit.engine.versions import Text, Version
from patchkit.errors import ProofError
from patchkit.model.report import PortedPatch, Status
from patchkit.model.stack import Dialect, Layout
from patchkit.model.tree import REGULAR, File
from patchkit.proof import ProofInStages, Statement
from patchkit.proof.stages import statements_of

COUNT = 6
LAYOUT = Layout(Dialect.SERIES_CONF, "series.conf", "patches")


def _step(number: int) -> bytes:
    return b"--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-%d\n+%d\n" % (number, number + 1)


def _stage(first: int, stop: int, left: int | None = None) -> Stage:
    patches = tuple(
        PortedPatch(f"{one}.patch", Status.UNCHANGED, (), _step(one)) for one in range(first, stop)
    )
    after = Version(b"f", REGULAR, Text([b"%d\n" % (stop if left is None else left)]))
    return Stage(patches, {b"f"}, {b"f": File(b"0\n")}, {b"f": after})


def _whole(expected: bytes = b"%d\n" % COUNT, series: bytes = b"") -> Statement:
    names = b"".join(b"%d.patch\n" % one for one in range(COUNT))
    return Statement(
        series=series or b"# the stack\n" + names,
        layout=LAYOUT,
        patches={f"{one}.patch": _step(one) for one in range(COUNT)},
        pristine={b"f": File(b"0\n")},
        expected={b"f": File(expected)},
        strip=1,
        flags=frozenset(),
        package="demo",
    )


def _prove(whole: Statement, *stages: Stage, foreseen: tuple[Statement, ...] = ()) -> None:
    with ProofInStages() as proof:
        for one in foreseen:
            proof.foresee(one)
        proof.begin(whole, stages)
        proof.finish()


def test_the_stages_make_up_the_stack() -> None:
    """Their series are its series, and each begins with what the one before it ends with."""
    stages = _stage(0, 2), _stage(2, 5), _stage(5, 6)
    parts = list(statements_of(_whole(), stages))
    assert _whole().series == b"".join(part.series for part in parts)
    assert parts[0].expected == parts[1].pristine
    assert parts[1].expected == parts[2].pristine
    _prove(_whole(), *stages)
    _prove(_whole(), *stages, foreseen=tuple(parts))


def test_a_wrong_end_is_found() -> None:
    """Also where each stage by itself was foreseen otherwise."""
    stages = _stage(0, 3), _stage(3, 6, left=7)
    foreseen = tuple(statements_of(_whole(), (_stage(0, 3), _stage(3, 6))))
    with pytest.raises(ProofError, match="line 1 should be"):
        _prove(_whole(b"7\n"), *stages, foreseen=foreseen)


def test_a_patch_that_is_missing_in_the_middle_is_found() -> None:
    """No stage may take for granted what no patch does."""
    series = b"".join(b"%d.patch\n" % one for one in range(COUNT) if one != 2)
    with pytest.raises(ProofError, match="GNU patch does not apply it"):
        _prove(_whole(series=series), _stage(0, 3), _stage(3, 6))


def test_the_whole_decides() -> None:
    """Stages that were cut wrongly do not fail a stack that is right."""
    _prove(_whole(), _stage(0, 3, left=1), _stage(3, 6))


def test_what_was_foreseen_otherwise_is_no_proof() -> None:
    """A single stage, too, is proved as it is to be written: to the byte."""
    (right,) = statements_of(_whole(), (_stage(0, 6),))
    otherwise = replace(right, series=right.series.replace(b"# the stack", b"# a stack"))
    _prove(_whole(), _stage(0, 6), foreseen=(otherwise,))
    with pytest.raises(ProofError, match="line 1 should be"):
        _prove(_whole(b"7\n"), _stage(0, 6, left=7), foreseen=(right,))


def test_a_proof_that_is_given_up_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever interrupts the work meanwhile: the script gets no further, and is cleaned up."""
    begun = tmp_path / "begun"
    slow = tmp_path / "bin" / "patch"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\nif [ "$*" != --version ]; then echo x >>"{begun}"; sleep 1; fi\n'
        f'exec {shutil.which("patch")} "$@"\n'
    )
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupted() -> None:
        with ProofInStages() as proof:
            proof.begin(_whole(), (_stage(0, 6),))
            while not begun.exists():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(begun.read_bytes().split()) < COUNT
    assert [] == list(tmp_path.glob("patchkit-proof-*"))
