"""The words of reports and files are those of the schemas and reference pages, by which programs
read them."""

from __future__ import annotations

import re
from enum import Enum

import pytest

from patchkit.model.dependencies import BondKind
from patchkit.model.fleet import Ending
from patchkit.model.generated import GeneratedKind
from patchkit.model.lint import Severity
from patchkit.model.report import FollowKind, HeldCause, Status
from patchkit.model.siblings import CellState, EditState, FamilyKind, FindingKind, Rank
from patchkit.model.stack import Dialect
from patchkit.model.stackdiff import Likeness, Standing
from tests.cli.running import REPOSITORY


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (BondKind, "patchkit/render/deps.schema.json"),
        (CellState, "patchkit/render/report.schema.json"),
        (Dialect, "docs/reference/dialects.md"),
        (EditState, "patchkit/render/report.schema.json"),
        (Ending, "docs/reference/fleet.md"),
        (FamilyKind, "patchkit/render/report.schema.json"),
        (FindingKind, "docs/reference/siblings.md"),
        (FollowKind, "patchkit/render/report.schema.json"),
        (GeneratedKind, "docs/reference/generated-files.md"),
        (HeldCause, "patchkit/render/report.schema.json"),
        (Likeness, "patchkit/render/diff.schema.json"),
        (Rank, "patchkit/render/report.schema.json"),
        (Severity, "patchkit/render/lint.schema.json"),
        (Standing, "docs/reference/report-json.md"),
        (Status, "docs/reference/report-formats.md"),
    ],
)
def test_every_word_stands_where_it_is_explained(words: type[Enum], place: str) -> None:
    """As a word of its own, in the same letters."""
    text = (REPOSITORY / place).read_text("utf-8")
    missing = [
        word.value
        for word in words
        if not re.search(rf"(?<![\w-]){re.escape(word.value)}(?![\w-])", text)
    ]
    assert [] == missing
