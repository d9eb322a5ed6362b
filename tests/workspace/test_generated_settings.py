"""The key `generated` of patchkit.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patchkit.errors import SettingsError
from patchkit.model.generated import GeneratedPattern
from patchkit.workspace.settings import load_settings


def patterns(tmp_path: Path, text: str) -> tuple[GeneratedPattern, ...]:
    """The patterns in a file of this text."""
    place = tmp_path / "patchkit.yaml"
    place.write_text(text)
    return load_settings(place).generated


def test_the_documented_example(tmp_path: Path) -> None:
    """Texts and mappings, with and without a command, and what is not generated."""
    reference = Path(__file__).parents[2] / "docs/reference/generated-files.md"
    example = re.search(r"```yaml\n(.*?)```", reference.read_text("utf-8"), re.DOTALL)
    assert example is not None
    assert (
        GeneratedPattern("docs/reference/*.md"),
        GeneratedPattern("src/api/**", "make -C src/api"),
        GeneratedPattern("src/api/handwritten.c", is_negated=True),
        GeneratedPattern("go.sum", is_negated=True),
    ) == patterns(tmp_path, example[1])


def test_none(tmp_path: Path) -> None:
    """An empty list is no pattern."""
    assert () == patterns(tmp_path, "generated: []\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("generated: x\n", ":1:12: generated: must be a list"),
        ("generated: [1]\n", ":1:13: generated: must be a text"),
        ("generated: [[a]]\n", "must be a text"),
        ('generated: ["!"]\n', "is not a pattern for files"),
        ("generated: [/]\n", "is not a pattern for files"),
        ("generated:\n  - command: make\n", ":2:5: generated: an entry needs a pattern"),
        ("generated:\n  - {pattern: a, tool: b}\n", ":2:18: generated: tool is not known here"),
        ("generated:\n  - {pattern: a, pattern: b}\n", "given twice"),
        ("generated:\n  - {pattern: a, command: 1}\n", "generated: command: must be a text"),
        ("generated:\n  - {pattern: a, [b]: 1}\n", "is not known here"),
    ],
)
def test_what_is_not_understood(tmp_path: Path, text: str, said: str) -> None:
    """Any other form is an error with its place."""
    with pytest.raises(SettingsError) as caught:
        patterns(tmp_path, text)
    assert said in caught.value.message
