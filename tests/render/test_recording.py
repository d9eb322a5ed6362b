"""The terminal recording in the documents shows what patchkit prints."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.render.recording import RECORDING, recording

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_recording_is_what_is_printed() -> None:
    """Otherwise: `python -m tests.render.recording`."""
    assert recording() == RECORDING.read_text(encoding="utf-8")


def test_the_recording_asks_for_nothing_outside() -> None:
    """Forges show it as a picture, which runs no script and loads nothing."""
    tree = ET.fromstring(RECORDING.read_bytes())  # noqa: S314 # our own file
    assert {
        f"{_SVG}{name}" for name in ("svg", "title", "style", "rect", "clipPath", "g", "text")
    } == {one.tag for one in tree.iter()}
    assert not any("href" in name for one in tree.iter() for name in one.attrib)
    assert "url(" not in tree.findtext(f"{_SVG}style", "")
