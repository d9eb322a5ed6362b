"""The documents of `patchkit diff --json` and `patchkit deps --json` follow their schemas."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from patchkit.model.dependencies import Dependencies
from patchkit.model.stackdiff import StackComparison
from patchkit.render.graph import dependencies_document
from patchkit.render.schemas import Schema
from patchkit.render.stackdiff import stack_diff_document
from tests.strategies.reports import comparisons, dependencies_between, names

_DIFF, _DEPENDENCIES = (
    Draft202012Validator(json.loads(schema.document()))
    for schema in (Schema.DIFF, Schema.DEPENDENCIES)
)
_stacks = st.lists(names, max_size=4, unique=True).flatmap(dependencies_between)
_warnings = st.lists(names, max_size=1)


@given(comparisons, _warnings)
def test_any_comparison_follows_its_schema(found: StackComparison, warnings: list[str]) -> None:
    """Whatever differs, in whatever bytes."""
    _DIFF.validate(json.loads(json.dumps(stack_diff_document(found, warnings))))


@given(_stacks, _warnings)
def test_any_dependencies_follow_their_schema(found: Dependencies, warnings: list[str]) -> None:
    """Whatever binds patches to each other, of all that were asked about."""
    _DEPENDENCIES.validate(
        json.loads(json.dumps(dependencies_document(found, found.patches, warnings)))
    )


def test_a_schema_refuses_what_is_not_in_it() -> None:
    """Another word, and a key that is not described, are errors."""
    document = {**stack_diff_document(StackComparison("a", "b", ())), "odd": 1}
    with pytest.raises(ValidationError, match="odd"):
        _DIFF.validate(document)
    with pytest.raises(ValidationError, match="patchkit-deps/1"):
        _DEPENDENCIES.validate({"schema": "patchkit-deps/2", "warnings": [], "patches": []})
