"""The text of a first patchkit.yaml is read back as what was put into it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from patchkit.render.settingstext import SetKey, settings_text
from patchkit.workspace.settings import load_settings

_texts = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1)


@given(_texts.map(str.strip).filter(bool), _texts)
@example("2048", "a file")
@example("no", "a: b")
@example("y", "# x")
@example("1.0", "x")
@example("~", "x")
@example("-x", "x")
@example("x: y", "x")
@example("a #b", "x")
@example('"', "x")
@example("{version}", "x")
@example("https://example.org/a:8", "x")
def test_every_value_comes_back(value: str, origin: str) -> None:
    """Whatever a folder or a file is called: one that is set, and one in a comment does no harm."""
    text = settings_text(
        {"upstream-note": SetKey(value, origin)}, {"upstream": [SetKey(value, origin)]}, [origin]
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "patchkit.yaml")
        place.write_text(text, "utf-8")
        settings = load_settings(place)
    assert (value, None) == (settings.upstream_note, settings.upstream)
