"""What a finished job wrote comes back as it was, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.workspace.memory import Memory, Remembered
from patchkit.workspace.writing import Output

OUTPUTS = st.builds(
    Output, st.text(st.characters(codec="utf-8"), min_size=1), st.binary(), st.just(0o644)
)
GIVEN = st.builds(Remembered, st.lists(OUTPUTS).map(tuple), st.integers(0, 3), st.tuples(st.text()))
ONE = Remembered((Output("report.json", b"x" * 1000, 0o644),), 1)


@given(GIVEN)
def test_it_comes_back(given_back: Remembered) -> None:
    """Byte for byte, and only by its key."""
    with TemporaryDirectory() as folder:
        memory = Memory(Path(folder, "runs"))
        memory.remember("a", given_back)
        assert given_back == memory.recall("a")
        assert memory.recall("b") is None


@pytest.mark.parametrize("at", [0, 14, 60, 120, 150, 400, 900])
def test_what_is_damaged_is_not_there(tmp_path: Path, at: int) -> None:
    """Whatever byte is another."""
    memory = Memory(tmp_path)
    memory.remember("a", ONE)
    (place,) = tmp_path.iterdir()
    raw = bytearray(place.read_bytes())
    raw[at] ^= 1
    place.write_bytes(raw)
    assert memory.recall("a") is None


def test_it_is_bounded(tmp_path: Path) -> None:
    """What was not asked for longest goes first."""
    memory = Memory(tmp_path, most=4000)
    for number, key in enumerate("abc"):
        memory.remember(key, ONE)
        os.utime(tmp_path / f"{key}.run", (number, number))
    assert ONE == memory.recall("a")
    memory.remember("d", ONE)
    assert [ONE, None, ONE] == [memory.recall(key) for key in "abd"]
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= 4000


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The job is done all the same."""
    (tmp_path / "file").write_bytes(b"")
    memory = Memory(tmp_path / "file" / "runs")
    memory.remember("a", ONE)
    assert memory.recall("a") is None
