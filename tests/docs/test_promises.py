"""docs/explanation/what-it-never-does.md names tests that exist, and pages."""

from __future__ import annotations

import re

from tests.cli.running import REPOSITORY

_PAGE = REPOSITORY / "docs" / "explanation" / "what-it-never-does.md"


def test_every_promise_names_its_tests() -> None:
    """Each row has a test, each test is written."""
    text = _PAGE.read_text("utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| (?!it never|---)", line)]
    assert len(rows) > 20
    for line in rows:
        held_by = line.strip("| ").split(" | ")[-1]
        assert re.fullmatch(r"`test_\w+`(, `test_\w+`)*", held_by), line
    named = set(re.findall(r"`(test_\w+)`", text))
    written = {
        name
        for place in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", place.read_text("utf-8"), re.MULTILINE)
    }
    assert set() == named - written
