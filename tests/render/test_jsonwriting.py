"""Indented JSON is that of the standard library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.render.jsonwriting import indented_json

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
    ),
)


@given(_VALUES)
def test_it_is_what_the_standard_library_writes(value: Any) -> None:
    """To the byte, whatever is in the strings and however deep it is."""
    assert json.dumps(value, ensure_ascii=False, indent=2) == indented_json(value)


@given(_VALUES)
def test_the_margin_stands_before_every_further_line(value: Any) -> None:
    """As if the value stood deeper in another one."""
    plain = json.dumps(value, ensure_ascii=False, indent=2)
    assert plain.replace("\n", "\n    ") == indented_json(value, "    ")


@pytest.mark.parametrize("value", [b"x", 1.5, {1, 2}, {"a": [object()]}])
def test_what_json_has_not_is_refused(value: Any) -> None:
    """Never written as something else."""
    with pytest.raises(TypeError, match="nothing that JSON has"):
        indented_json(value)
