"""Where the recorded decisions of a stack are, and reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.errors import StackError
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.resolutions import load_resolutions
from patchkit.workspace.settings import Settings, load_settings

RAW = b"""\
patchkit-resolutions/1
# ours

amendment
patch: a.patch
file: f
before:
|one
after:
"""


def test_the_place(tmp_path: Path) -> None:
    """As the settings say, else beside them, else in the stack's folder."""
    stack, yaml = tmp_path / "2.5.1", tmp_path / "patchkit.yaml"
    assert stack / "patchkit.resolutions" == resolutions_place(Settings(), stack)
    yaml.write_text("name: kata\n")
    assert tmp_path / "patchkit.resolutions" == resolutions_place(load_settings(yaml), stack)
    for given, expected in (
        ("x/decided", tmp_path / "x/decided"),
        ("../other", tmp_path.parent / "other"),
        (str(tmp_path / "absolute"), tmp_path / "absolute"),
    ):
        yaml.write_text(f"resolutions: {given}\n")
        assert expected == resolutions_place(load_settings(yaml), stack)


def test_reading(tmp_path: Path) -> None:
    """The bytes are kept; a file that is not there has no decision."""
    place = tmp_path / "patchkit.resolutions"
    assert () == load_resolutions(place).records
    place.write_bytes(RAW)
    assert RAW == load_resolutions(place).raw
    assert 1 == len(load_resolutions(place).amendments)
    assert () == load_resolutions(Path("/dev/null")).records


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(StackError, match="cannot be read: Is a directory") as caught:
        load_resolutions(tmp_path)
    assert str(tmp_path) in str(caught.value)
