"""docs/explanation/reliability.md names tests that exist."""

from __future__ import annotations

import re

from tests.cli.running import REPOSITORY

_PAGE = REPOSITORY / "docs" / "explanation" / "reliability.md"


def test_every_claim_names_its_tests() -> None:
    """Every claim of the table has a test, and each test that is named is there."""
    rows = [line for line in _PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for line in rows:
        claim, tests, tried, mended = line.removeprefix("| ").removesuffix("|").split(" | ", 3)
        assert claim
        assert tried
        assert re.fullmatch(r"`test_\w+`(, `test_\w+`)*", tests), line
        assert mended is not None
    named = set(re.findall(r"`(test_\w+)`", "\n".join(rows)))
    written = {
        name
        for place in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", place.read_text("utf-8"), re.M)
    }
    assert set() == named - written
