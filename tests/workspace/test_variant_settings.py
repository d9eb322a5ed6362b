"""The keys `variant` and `variants` of patchkit.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from patchkit.errors import SettingsError
from patchkit.workspace.settings import Settings, load_settings

from .stacks import is_one_line


def read(tmp_path: Path, text: str) -> Settings:
    """The settings in a file of this text."""
    place = tmp_path / "patchkit.yaml"
    place.write_text(text, "utf-8")
    return load_settings(place)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name: x\n", ()),
        ("variant: riscv64\n", ("riscv64",)),
        ("variant: [riscv64, loong64]\n", ("riscv64", "loong64")),
        ("variant:\n  - riscv64\n", ("riscv64",)),
        ("variant: []\n", ()),
        ('variant: "386"\n', ("386",)),
    ],
)
def test_variant(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    """One name, or a list of names; none where the key is not there."""
    assert names == read(tmp_path, text).variant


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("name: x\n", {}),
        ("variants: {}\n", {}),
        ("variants: {database: {mysql: , pg: []}}\n", {"database": {"mysql": (), "pg": ()}}),
        ("variants: {database: {mysql: mariadb}}\n", {"database": {"mysql": ("mariadb",)}}),
        (
            "variants:\n  architecture:\n    e2k: [elbrus, E2K]\n  db:\n    my-sql: [a.b, a+b]\n",
            {"architecture": {"e2k": ("elbrus", "E2K")}, "db": {"my-sql": ("a.b", "a+b")}},
        ),
    ],
)
def test_variants(
    tmp_path: Path, text: str, axes: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> None:
    """Axes with variants, each with a word, a list of words, or none of its own."""
    assert axes == read(tmp_path, text).variants


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("variant:\n", ":1:9: variant: has no value."),
        ("variant: 386\n", ":1:10: variant: must be a text"),
        ("variant: {a: b}\n", ":1:10: variant: must be a text"),
        ("variant: [a, [b]]\n", ":1:14: variant: must be a text"),
        ("variant: a\nvariant: b\n", ":2:1: variant: given twice"),
        ("variants:\n", ":1:10: variants: must be keys with values"),
        ("variants: [a]\n", ":1:11: variants: must be keys with values"),
        ("variants: riscv64\n", ":1:11: variants: must be keys with values"),
        ("variants: {db: [x]}\n", ":1:16: db: must be keys with values"),
        ("variants: {db: {my: {a: b}}}\n", ":1:21: my: must be a text"),
        ("variants: {db: {my: [[a]]}}\n", "my: must be a text"),
        ("variants: {db: {my: [1]}}\n", ":1:22: my: must be a text"),
        ("variants: {db: {1: []}}\n", ":1:17: db: must be a text"),
        ("variants: {db: {[a]: []}}\n", ":1:17: db: must be a text"),
        ("variants: {db: {my: [a b]}}\n", ":1:21: my: a b is not a word."),
        ("variants: {db: {my: [/]}}\n", ":1:21: my: / is not a word."),
        ("variants: {db: {ä: []}}\n", "ä is not a word."),
        ("variants: {db: {my: ['']}}\n", ":1:22: my: must be a text on one line."),
        ("variants: {db: {my: [], my: []}}\n", ":1:25: db: my is given twice."),
        ("variants: {db: {}, db: {}}\n", ":1:20: variants: db is given twice."),
        ("variantes: {}\n", "unknown key"),
    ],
)
def test_what_is_not_understood(tmp_path: Path, text: str, said: str) -> None:
    """Any other form is refused on one line, with its place."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert said in caught.value.message
    assert is_one_line(caught.value)
