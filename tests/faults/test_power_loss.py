"""The power goes off at any moment: what was not synced is lost, and the folder is old or new."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from patchkit.workspace.writing import Recovery, recover, write_outputs
from tests.workspace.states import NEW, OLD, REMOVALS, contents, leftovers, put, tree_of

from .layer import Call, Fault, Layer
from .powerloss import key_of, put_down, states_after


def _calls_of_writing(parent: Path) -> Sequence[Call]:
    """Write the new state into `out`, and note every call."""
    noted = parent.with_name("calls")
    child = os.fork()
    if not child:
        layer = Layer(str(parent), None, Fault.EIO)
        layer.install()
        write_outputs(parent / "out", NEW, removals=REMOVALS)
        noted.write_bytes(pickle.dumps(layer.calls))
        os._exit(0)
    assert 0 == os.waitpid(child, 0)[1]
    calls: Sequence[Call] = pickle.loads(noted.read_bytes())  # noqa: S301  # our own
    return calls


@pytest.mark.parametrize("exists", [True, False])
def test_the_power_goes_off(tmp_path: Path, exists: bool) -> None:
    """Whatever is lost of what was not synced, recovery gives the old state or the new one; and
    after the end nothing is lost any more."""
    parent, template = tmp_path / "parent", tmp_path / "template"
    parent.mkdir()
    before = contents(OLD) if exists else None
    if exists:
        put(parent / "out", OLD)
    after = {**contents(NEW), **({"notes.txt": (0o600, b"mine")} if exists else {})}
    shutil.copytree(parent, template, symlinks=True)
    calls = _calls_of_writing(parent)
    assert after == tree_of(parent / "out")
    seen = set()
    found = []
    for stop in range(len(calls) + 1):
        for state in states_after(template, calls, stop):
            key = key_of(state), stop == len(calls)
            if key in seen:
                continue
            seen.add(key)
            place = tmp_path / "crashed"
            put_down(state, place)
            recovery = recover(place / "out")
            # What a person changes after the end, no later recovery takes back.
            assert stop < len(calls) or recovery is not Recovery.FINISHED
            now = tree_of(place / "out") if (place / "out").exists() else None
            assert now in (before, after), (stop, calls[stop - 1])
            assert stop < len(calls) or now == after
            assert [] == leftovers(place / "out")
            found.append(now == after)
            shutil.rmtree(place)
    assert len(seen) > 40
    assert {True, False} == set(found)
